import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import { negate } from "@point_of_sale/../tests/generic_helpers/utils";

const ROW = ".stock-count-list-row";

/** Rows whose chip names the state; "Matched" is not part of "Mismatched". */
function rowOf(state) {
    return `${ROW}:has(.stock-count-chip:contains(/^${state}$/))`;
}

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
    return { content: `a sheet is ${state}`, trigger: rowOf(state) };
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
        trigger: `.stock-count-list-screen .stock-count-filter:contains(/^${label}/)`,
        run: "click",
    };
}

/** The list, reached by its address: no login screen, no question for the opening cash. */
export function isOpen() {
    return [
        { content: "the list of count sheets is open", trigger: ".stock-count-list-screen" },
        { content: "nothing stands in front of it", trigger: negate(".modal") },
    ];
}

/** On the dashboard of the Point of Sale. @param {string} register */
export function openFromDashboard(register) {
    return {
        content: `press Stocktake on the card of ${register}`,
        trigger: `.o_kanban_record:contains(${register}) button[name=action_open_stock_count]`,
        run: "click",
        expectUnloadPage: true,
    };
}

/** @param {number} number of rows in the list */
export function hasRows(number) {
    return {
        content: `the list has ${number} rows`,
        trigger: `.stock-count-list-screen ul:has(> li:nth-child(${number}):last-child)`,
    };
}

/** @param {number} left as the button says it */
export function showMore(left) {
    return {
        content: `show the ${left} others`,
        trigger: `.stock-count-more:contains(${left} left):enabled`,
        run: "click",
    };
}

/** @param {string} state @param {string} text somewhere in the row */
export function rowSays(state, text) {
    return {
        content: `the ${state} sheet says ${text}`,
        trigger: `${rowOf(state)}:contains(${text})`,
    };
}

/** Nothing in the list tells what is short or over. */
export function tellsNoResult() {
    return {
        content: "the list tells no result",
        trigger: negate(".stock-count-short, .stock-count-over", ".stock-count-list-screen ul"),
    };
}

/** @param {string} state of the sheet to void @param {string} reason */
export function voidSheet(state, reason) {
    return [
        {
            content: `open the menu of the ${state} sheet`,
            trigger: `${rowOf(state)} button.stock-count-list-more`,
            run: "click",
        },
        {
            content: "press Void…",
            trigger: ".stock-count-menu-item:contains(Void)",
            run: "click",
        },
        {
            content: "without a reason it cannot be voided",
            trigger: ".modal .btn-danger:contains(Void count sheet):not(:enabled)",
        },
        { content: "give a reason", trigger: "#stock-count-void-reason", run: `edit ${reason}` },
        {
            content: "press Void count sheet",
            trigger: ".modal .btn-danger:contains(Void count sheet):enabled",
            run: "click",
        },
    ];
}
