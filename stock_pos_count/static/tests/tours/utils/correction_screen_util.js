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
