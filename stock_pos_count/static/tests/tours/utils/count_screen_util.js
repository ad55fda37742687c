import { negate, scan_barcode } from "@point_of_sale/../tests/generic_helpers/utils";

const SCREEN = ".stock-count-screen";
const CARD = `${SCREEN} .stock-count-card`;
const DIALOG = ".stock-count-complete-dialog";

/** @param {string} text counted/to count */
export function progress(text) {
    return {
        content: `${text} are counted`,
        trigger: `${SCREEN} .stock-count-progress-text:contains(${text})`,
    };
}

export function isRecounting() {
    return { content: "it is a recount", trigger: `${SCREEN} .stock-count-recounting` };
}

/** Scans, and waits until the card shows what that makes. */
export function scan(code, product, qty) {
    return [...scan_barcode(code), cardShows(product, qty)];
}

/** @param {string} product @param {string} qty */
export function cardShows(product, qty) {
    return {
        content: `the card shows ${qty} ${product}`,
        trigger: `${CARD}:contains(${product}) .stock-count-card-number:contains(/^${qty}$/)`,
    };
}

/** Picks a product in the list; on a phone that opens the number keys. */
export function pick(product) {
    return {
        content: `pick ${product} in the list`,
        trigger: `${SCREEN} .stock-count-line-row:contains(${product})`,
        run: "click",
    };
}

/** On a phone: opens the number keys for the product of the card. */
export function openKeys() {
    return {
        isActive: ["mobile"],
        content: "open the number keys",
        trigger: `${SCREEN} button[name=type]`,
        run: "click",
    };
}

/**
 * Types a number with the keys on the screen and takes it.
 *
 * @param {string} digits
 * @param {"ok"|"add"|"set"} action
 */
export function type(digits, action = "ok") {
    return [
        ...[...digits].map((digit) => ({
            content: `press ${digit}`,
            trigger: `${SCREEN} .stock-count-numpad .numpad button:contains(/^${digit}$/)`,
            run: "click",
        })),
        {
            content: `take the number with ${action}`,
            trigger: `${SCREEN} .stock-count-numpad button[name=${action}]:enabled`,
            run: "click",
        },
    ];
}

/** To the sales screen: a button at a desk, in the menu on a phone. */
export function sell() {
    return [
        {
            isActive: ["desktop"],
            content: "press Sell",
            trigger: `${SCREEN} button[name=sell]`,
            run: "click",
        },
        {
            isActive: ["mobile"],
            content: "open the menu",
            trigger: `${SCREEN} .stock-count-header button[aria-label=More]`,
            run: "click",
        },
        {
            isActive: ["mobile"],
            content: "press Sell in the menu",
            trigger: ".stock-count-menu-item:contains(Sell)",
            run: "click",
        },
    ];
}

/** On the sales screen: the bar says how far the count is, and leads back. */
export function backToCount(text) {
    return {
        content: `press Back to count at ${text}`,
        trigger: `.stock-count-selling-bar:contains(${text})`,
        run: "click",
    };
}

export function pause() {
    return { content: "press Pause", trigger: `${SCREEN} button[name=pause]`, run: "click" };
}

/**
 * Completes, and checks what the dialog says and how its button is called.
 *
 * @param {Object} [expected]
 * @param {string} [expected.says]
 * @param {string} [expected.button]
 */
export function complete({ says, button = "Complete" } = {}) {
    return [
        {
            content: "press Complete",
            trigger: `${SCREEN} .stock-count-header button[name=complete]`,
            run: "click",
        },
        says
            ? { content: `the dialog says ${says}`, trigger: `${DIALOG} li:contains(${says})` }
            : { content: "the dialog has nothing to say", trigger: negate("li", DIALOG) },
        {
            content: `press ${button}`,
            trigger: `${DIALOG} button[name=complete]:contains(/^${button}( recount)?$/):enabled`,
            run: "click",
        },
    ];
}
