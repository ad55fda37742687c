/** The chips above the list, in their order. */
export const FILTERS = ["to_count", "counted", "check", "unknown", "all"];
/** Those that lines are in; unknown codes have none. */
const COUNTED_FILTERS = FILTERS.filter((filter) => filter !== "unknown");
export const SORTS = ["name", "category", "last"];

/**
 * @param {Object} shown a line as the screen shows it
 * @param {string} filter one of FILTERS
 * @returns {boolean}
 */
export function fitsFilter(shown, filter) {
    switch (filter) {
        case "to_count":
            return shown.counted === null;
        case "counted":
            return shown.counted !== null;
        case "check":
            return needsCheck(shown);
        default:
            return filter === "all";
    }
}

/** @returns {boolean} whether a person has to look at the line before completing */
export function needsCheck({ conflict, counted }) {
    return Boolean(conflict) || counted < 0;
}

/**
 * How many lines each chip holds, kept up line by line: one scan does not go through
 * 20,000 of them.
 */
export class FilterTally {
    constructor() {
        this.counts = Object.fromEntries(COUNTED_FILTERS.map((filter) => [filter, 0]));
        this.filtersByKey = new Map();
    }

    /**
     * @param {string} key of a line that came, changed or went
     * @param {Object} [shown] as the screen shows it now; none when it is gone
     */
    put(key, shown) {
        const filters = shown ? COUNTED_FILTERS.filter((one) => fitsFilter(shown, one)) : [];
        (this.filtersByKey.get(key) || []).forEach((filter) => this.counts[filter]--);
        filters.forEach((filter) => this.counts[filter]++);
        this.filtersByKey.set(key, filters);
    }
}

/**
 * @param {string[]} words already normalised
 * @param {string} text already normalised
 * @returns {boolean} whether every word occurs
 */
export function matchesWords(words, text) {
    return words.every((word) => text.includes(word));
}

/**
 * Which rows of a long list have to exist: those in sight and a few around them.
 *
 * @param {Object} view
 * @param {number} view.scrollTop
 * @param {number} view.height of the visible part
 * @param {number} view.rowHeight
 * @param {number} view.total number of rows
 * @param {number} [view.overscan] rows kept above and below
 * @returns {{first: number, last: number, before: number, after: number}} `last` is
 *     exclusive; `before` and `after` are the pixels of the rows that are left out
 */
export function visibleRows({ scrollTop, height, rowHeight, total, overscan = 6 }) {
    // A list that became shorter is drawn before the browser tells how far that moved it.
    const top = Math.min(scrollTop, Math.max(0, total * rowHeight - height));
    const first = Math.max(0, Math.floor(top / rowHeight) - overscan);
    const visible = Math.ceil((height || rowHeight) / rowHeight) + 2 * overscan;
    const last = Math.min(total, first + visible);
    return {
        first,
        last,
        before: first * rowHeight,
        after: (total - last) * rowHeight,
    };
}

/**
 * Where to scroll so that a row is in sight; the present place if it already is.
 *
 * @param {{scrollTop: number, height: number, rowHeight: number}} view
 * @param {number} index of the row
 * @returns {number}
 */
export function scrollTopFor({ scrollTop, height, rowHeight }, index) {
    const top = index * rowHeight;
    if (top < scrollTop) {
        return top;
    }
    return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}
