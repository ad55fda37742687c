import { negate } from "@point_of_sale/../tests/generic_helpers/utils";

const DIALOG = ".stock-count-create-dialog";
const CATEGORIES = `${DIALOG} .stock-count-choice:has(label[for=stock-count-categories])`;

/** @param {"full"|"partial"} scope */
export function scope(scope) {
    return {
        content: `choose a ${scope} count`,
        trigger: `${DIALOG} [data-scope=${scope}]`,
        run: "click",
    };
}

/**
 * On a phone the categories come in a sheet from below, outside the dialog.
 *
 * @param {string} name
 */
export function category(name) {
    return [
        {
            content: "open the categories",
            trigger: `${CATEGORIES} .o_select_menu_toggler`,
            run: "click",
        },
        {
            content: `choose ${name}`,
            trigger: `body .o_select_menu_item:contains(${name})`,
            run: "click",
        },
        { content: `${name} is chosen`, trigger: `${CATEGORIES}:contains(${name})` },
        { content: "the sheet from below is gone", trigger: negate(".o_bottom_sheet") },
    ];
}

/** @param {string} text */
export function total(text) {
    return {
        content: `the sheet will hold ${text}`,
        trigger: `${DIALOG} .stock-count-create-total:contains(/^${text}$/)`,
    };
}

export function createAndStart() {
    return {
        content: "press Create and start",
        trigger: `${DIALOG} .stock-count-create-start:enabled`,
        run: "click",
    };
}
