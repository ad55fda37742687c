import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";

const ROW = ".stock-count-list-row";

/** From the login screen through the burger menu to the list of count sheets. */
export function openFromMenu() {
    return [
        Chrome.startPoS(),
        Dialog.confirm("Open Register"),
        Chrome.clickMenuOption("Stocktake"),
        { content: "the list of count sheets is open", trigger: ".stock-count-list-screen" },
    ].flat();
}

export function isEmpty() {
    return { content: "there is no open sheet", trigger: ".stock-count-empty" };
}

export function create() {
    return {
        content: "press New count sheet",
        trigger: ".stock-count-list-screen .stock-count-create",
        run: "click",
    };
}

/** @param {string} state as the chip names it */
export function hasSheet(state) {
    return { content: `a sheet is ${state}`, trigger: `${ROW}:contains(${state})` };
}

/** @param {string} label of the row's button */
export function act(label) {
    return {
        content: `press ${label} on the sheet`,
        trigger: `${ROW} .stock-count-list-act:contains(${label})`,
        run: "click",
    };
}

/** @param {string} label of the chip above the list */
export function filter(label) {
    return {
        content: `show the sheets that are ${label}`,
        trigger: `.stock-count-list-screen .stock-count-filter:contains(${label})`,
        run: "click",
    };
}
