import { browser } from "@web/core/browser/browser";

/**
 * Keeps a text for the pages that this browser loads later, if it can: with a storage that is
 * full or forbidden they do without, and nothing else fails.
 *
 * @param {string} key
 * @param {string} text
 */
export function rememberText(key, text) {
    try {
        browser.localStorage.setItem(key, text);
    } catch {
        // What is remembered is a convenience; counts are kept in a database of their own.
    }
}
