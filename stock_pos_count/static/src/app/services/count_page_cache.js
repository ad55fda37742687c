import { browser } from "@web/core/browser/browser";

/**
 * Asks the service worker of the POS to keep the page at the present address, so that it
 * can be loaded again without network. It keeps pages by their exact address, and those
 * reached inside the register were never fetched.
 */
export function keepPageForOffline() {
    browser.navigator.serviceWorker?.controller?.postMessage({
        urlsToCache: [browser.location.href],
    });
}
