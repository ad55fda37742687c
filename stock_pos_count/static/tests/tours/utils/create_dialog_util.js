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

/** @param {string} name of who is to stand on the sheet */
export function createdBy(name) {
    return {
        content: `created by ${name}`,
        // The names may come after the number of products.
        trigger: `${DIALOG} #stock-count-created-by:has(option:contains(${name}))`,
        run: `selectByLabel ${name}`,
    };
}

/** @param {string} text */
export function note(text) {
    return { content: `note ${text}`, trigger: `${DIALOG} #stock-count-note`, run: `edit ${text}` };
}

/** An open sheet with some of the same products comes first, and is the main choice. */
export function overlapsWith(createdBy) {
    return [
        {
            content: `the sheet of ${createdBy} is offered`,
            trigger: `${DIALOG} .stock-count-sheet-card:contains(${createdBy}) .btn-primary`,
        },
        {
            content: "another sheet is the second choice",
            trigger: `${DIALOG} .stock-count-create-start.btn-secondary:enabled`,
        },
    ];
}

/** A second full count of a shop is not offered. */
export function isFullOpen() {
    return [
        {
            content: "a full count is open already",
            trigger: `${DIALOG} .stock-count-overlap:contains(full count of this shop)`,
        },
        {
            content: "a second one cannot be created",
            trigger: `${DIALOG} .stock-count-create-start:not(:enabled)`,
        },
    ];
}

/** @param {string} createdBy @param {string} label of the card's button */
export function use(createdBy, label) {
    return {
        content: `${label} the sheet of ${createdBy}`,
        trigger: `${DIALOG} .stock-count-sheet-card:contains(${createdBy}) .btn:contains(${label})`,
        run: "click",
    };
}
