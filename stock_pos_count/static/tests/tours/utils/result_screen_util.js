import { negate } from "@point_of_sale/../tests/generic_helpers/utils";

const SCREEN = ".stock-count-result-screen";

/** @param {string} state as the chip names it */
export function isState(state) {
    return {
        content: `the result is ${state}`,
        trigger: `${SCREEN} .stock-count-header .stock-count-chip:contains(/^${state}( ·|$)/)`,
    };
}

/** @param {"short"|"over"} view @param {number} lines */
export function figure(view, lines) {
    return {
        content: `${lines} lines are ${view}`,
        trigger: `${SCREEN} [data-view=${view}] .stock-count-figure-number:contains(/^${lines}$/)`,
    };
}

/** @param {"short"|"over"|"equal"} view */
export function show(view) {
    return [
        { content: `show ${view}`, trigger: `${SCREEN} [data-view=${view}]`, run: "click" },
        {
            content: `${view} is shown`,
            trigger: `${SCREEN} [data-view=${view}][aria-pressed=true]`,
        },
    ];
}

/** The view in front holds exactly this one line. */
export function hasOnly(product, variance) {
    return {
        content: `only ${product} with ${variance}`,
        trigger:
            `${SCREEN} .stock-count-result-row:only-child:contains(${product})` +
            `:contains(${variance})`,
    };
}

export function recount() {
    return { content: "press Recount", trigger: `${SCREEN} .stock-count-recount`, run: "click" };
}

export function correct() {
    return {
        content: "press Correct stock",
        trigger: `${SCREEN} .stock-count-correct`,
        run: "click",
    };
}

/** Nothing on the page changes the sheet any more. */
export function isReadOnly() {
    return {
        content: "neither Recount nor Correct stock is offered",
        trigger: negate(".stock-count-recount, .stock-count-correct", SCREEN),
    };
}

/** @param {string} text */
export function says(text) {
    return {
        content: `the banner says ${text}`,
        trigger: `${SCREEN} .stock-count-banner:contains(${text})`,
    };
}

/** @param {string} product @param {string} text in its row */
export function rowSays(product, text) {
    return {
        content: `${product} says ${text}`,
        trigger: `${SCREEN} .stock-count-result-row:contains(${product}):contains(${text})`,
    };
}

/** The first row with what was counted, and nowhere a word of the book. */
export function tellsOnlyCounts(product, counted) {
    return [
        {
            content: "the page says that the count is blind",
            trigger: `${SCREEN} .alert:contains(blind count)`,
        },
        {
            content: `${counted} ${product} are counted`,
            trigger: `${SCREEN} .stock-count-result-row:contains(${product}) .stock-count-qty:contains(/^${counted}$/)`,
        },
        {
            content: "no variance is told, and nothing filters by one",
            trigger: negate(".stock-count-variance, [data-view=short], [data-view=check]", SCREEN),
        },
        { content: "on hand is not told", trigger: `${SCREEN}:not(:contains(On hand 1))` },
    ];
}

/** @param {string} product @param {string[]} absent texts that the details do not say */
export function detailsHide(product, ...absent) {
    return [
        {
            content: `open ${product}`,
            trigger: `${SCREEN} .stock-count-result-row:contains(${product}) .stock-count-result-open`,
            run: "click",
        },
        {
            content: "the details show the entries",
            trigger: ".stock-count-line-details:contains(Entries)",
        },
        ...absent.map((text) => ({
            content: `the details do not say ${text}`,
            trigger: `.stock-count-line-details:not(:contains(${text}))`,
        })),
        {
            content: "close the details",
            trigger: ".stock-count-line-details .stock-count-details-close",
            run: "click",
        },
    ];
}

export function mayOnlyRecount() {
    return [
        {
            content: "Recount is offered first",
            trigger: `${SCREEN} .stock-count-recount.btn-primary`,
        },
        {
            content: "Correct stock is not offered",
            trigger: negate(".stock-count-correct", SCREEN),
        },
    ];
}

export function newSheetForUncounted() {
    return [
        { content: "open the menu", trigger: `${SCREEN} .stock-count-menu`, run: "click" },
        {
            content: "press New sheet for what was not counted",
            trigger: ".stock-count-menu-item:contains(not counted)",
            run: "click",
        },
    ];
}

export function back() {
    return {
        content: "back to the list",
        trigger: `${SCREEN} .stock-count-back`,
        run: "click",
    };
}
