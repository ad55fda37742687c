const SCREEN = ".stock-count-correction-screen";

/**
 * @param {string} product
 * @param {string} change signed
 */
export function hasLine(product, change) {
    return {
        content: `${product} will change by ${change}`,
        trigger:
            `${SCREEN} .stock-count-correction-line:contains(${product}) ` +
            `.stock-count-correction-change:contains(${change})`,
    };
}

/** @param {string} label of the red button */
export function confirm(label) {
    return {
        content: `press ${label}`,
        trigger: `${SCREEN} .stock-count-correct-now:contains(/^${label}$/):enabled`,
        run: "click",
    };
}

/** @param {string} product */
export function leaveOut(product) {
    return [
        {
            content: `untick ${product}`,
            trigger: `${SCREEN} .stock-count-correction-line:contains(${product}) input:checked`,
            run: "click",
        },
        {
            content: `${product} is left out`,
            trigger: `${SCREEN} .stock-count-correction-line:contains(${product}):contains(Left out)`,
        },
    ];
}

export function warns() {
    return {
        content: "the page says that it cannot be undone",
        trigger: `${SCREEN} .stock-count-undone:contains(This cannot be undone)`,
    };
}
