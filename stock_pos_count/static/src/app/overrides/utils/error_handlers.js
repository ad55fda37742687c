import { registry } from "@web/core/registry";

/** What the browsers say when a fetch reached nobody (Chromium, Firefox, Safari). */
const UNREACHED = /^(Failed to fetch|NetworkError when attempting to fetch|Load failed)/;

/**
 * A fetch that reached nobody is a lost network, not a bug. Core loads some things in the
 * background by itself (translations among them): without this a register that is loaded
 * again without network greets the person with "Oops!".
 *
 * @returns {boolean} whether the error is dealt with
 */
export function unreachedErrorHandler(env, error, originalError) {
    if (!(originalError instanceof TypeError) || !UNREACHED.test(originalError.message)) {
        return false;
    }
    error.unhandledRejectionEvent?.preventDefault();
    return true;
}

registry
    .category("error_handlers")
    .add("stock_pos_count.unreached", unreachedErrorHandler, { sequence: 50 });
