import { negate } from "@point_of_sale/../tests/generic_helpers/utils";

const SCREEN = ".stock-count-result-screen";

/** @param {string} state as the chip names it */
export function isState(state) {
    return {
        content: `the result is ${state}`,
        trigger: `${SCREEN} .stock-count-header:contains(${state})`,
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
