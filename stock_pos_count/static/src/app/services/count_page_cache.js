import { browser } from "@web/core/browser/browser";

/** Where the service worker of the POS keeps its pages. */
const PAGES = "odoo-pos-cache";

/**
 * Keeps the page at the present address, so that it can be loaded again without network:
 * the service worker of the POS keeps pages by their exact address, and those reached
 * inside the register were never fetched.
 *
 * Without network the register's own page is kept under this address too: it is the same
 * page, and the address says what it shows.
 */
export async function keepPageForOffline() {
    const { href } = browser.location;
    const worker = browser.navigator.serviceWorker;
    // On a first visit the worker runs, but does not control the page yet.
    worker?.ready.then(({ active }) => active?.postMessage({ urlsToCache: [href] }));
    try {
        const pages = worker && (await window.caches?.open(PAGES));
        if (!pages || (await pages.match(href))) {
            return;
        }
        const registerPage = await pages.match(`/pos/ui/${odoo.pos_config_id}`);
        if (registerPage) {
            await pages.put(href, registerPage);
        }
    } catch {
        // A browser that keeps no pages still counts; it only cannot reload without network.
    }
}
