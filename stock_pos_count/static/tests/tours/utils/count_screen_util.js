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

/** What the start had to say, until it is dismissed. @param {...string} texts */
export function noticesSay(...texts) {
    return [
        ...texts.map((text) => ({
            content: `a notice says ${text}`,
            trigger: `.stock-count-notices li:contains(${text})`,
        })),
        {
            content: "dismiss the notices",
            trigger: ".stock-count-notices .stock-count-notices-dismiss",
            run: "click",
        },
        { content: "the notices are gone", trigger: negate(".stock-count-notices", "body") },
    ];
}

/** Takes back the last entry of the product in the card. */
export function undoLast() {
    return {
        content: "press undo in the card",
        trigger: `${CARD} button[aria-label="Undo the last entry"]`,
        run: "click",
    };
}

/** Gives the product in the card a short note. @param {string} text */
export function note(text) {
    return [
        { content: "press Note", trigger: `${CARD} button[aria-label=Note]`, run: "click" },
        {
            content: `write ${text}`,
            trigger: `${CARD} input[aria-label=Note]`,
            run: `edit ${text}`,
        },
        {
            // Enter at the pace of a tour would be the end of a scan.
            content: "leave the field",
            trigger: `${CARD} input[aria-label=Note]`,
            run: ({ anchor }) => anchor.blur(),
        },
        { content: "the card shows the note", trigger: `${CARD} .badge:contains(${text})` },
    ];
}

/** Everything counted here has reached the server. */
export function isSaved() {
    return { content: "all is saved", trigger: `${SCREEN} .stock-count-sync-sign-saved` };
}

export function back() {
    return {
        content: "back to the list",
        trigger: `${SCREEN} .stock-count-header .stock-count-back`,
        run: "click",
    };
}

/** A manager counts as zero what was not counted, by typing how many lines that makes. */
export function countAsZero({ uncounted, apart, number }) {
    const says = (text) => ({
        content: `the dialog says ${text}`,
        trigger: `${DIALOG}:contains(${text})`,
    });
    return [
        {
            content: "press Complete",
            trigger: `${SCREEN} .stock-count-header button[name=complete]`,
            run: "click",
        },
        says(`${uncounted} not counted.`),
        {
            content: "press Count as zero…",
            trigger: `${DIALOG} button:contains(Count as zero)`,
            run: "click",
        },
        says(apart),
        {
            content: "the number is not typed yet",
            trigger: `${DIALOG} .btn-danger:contains(Count ${number} as zero):not(:enabled)`,
        },
        {
            content: `type ${number}`,
            trigger: `${DIALOG} #stock-count-zero-number`,
            run: `edit ${number}`,
        },
        {
            content: `press Count ${number} as zero`,
            trigger: `${DIALOG} .btn-danger:contains(Count ${number} as zero):enabled`,
            run: "click",
        },
        says(`${uncounted - number} not counted.`),
    ];
}

/** Completes from the dialog that is open already. */
export function leaveOut() {
    return {
        content: "press Leave out and complete",
        trigger: `${DIALOG} button[name=complete]:contains(Leave out and complete):enabled`,
        run: "click",
    };
}

/** @param {"to_count"|"counted"|"all"} key of the chip above the list */
export function filter(key) {
    return {
        content: `show ${key}`,
        trigger: `${SCREEN} [data-filter=${key}]`,
        run: "click",
    };
}

const LIST = `${SCREEN} .stock-count-line-list`;

/** Scrolls the list of products. @param {number} pixels */
export function scrollTo(pixels) {
    return {
        content: `scroll to ${pixels}`,
        trigger: LIST,
        run: ({ anchor }) => {
            anchor.scrollTop = pixels;
        },
    };
}

/** Notes where the list stands, for `standsWhereItStood`. */
export function rememberPlace() {
    return {
        content: "remember the place in the list",
        trigger: LIST,
        run: ({ anchor }) => {
            document.body.dataset.stockCountPlace = anchor.scrollTop;
        },
    };
}

/** The list is where it was, with the same product selected. @param {string} product */
export function standsWhereItStood(product) {
    return [
        {
            content: `${product} is still selected`,
            trigger: `${LIST} .stock-count-line-row[aria-selected=true]:contains(${product})`,
        },
        {
            content: "the list did not move",
            trigger: LIST,
            run: ({ anchor }) => {
                const place = Number(document.body.dataset.stockCountPlace);
                if (!place || anchor.scrollTop !== place) {
                    throw new Error(`The list stood at ${place}, now at ${anchor.scrollTop}.`);
                }
            },
        },
    ];
}
