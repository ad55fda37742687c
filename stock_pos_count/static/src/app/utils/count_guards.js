/** Seven digits in a row are a code, not a number of pieces. */
const BARCODE_DIGITS_MIN = 7;
const ABSURD_FACTOR = 10;
/** Counts up to a thousand raise no eyebrow, whatever was counted so far. */
const USUAL_MIN = 100;
/** One pallet of screws must not make a thousand of everything else usual. */
const USUAL_SHARE = 0.9;

/**
 * @param {string} text the number as typed
 * @returns {boolean} whether it is a barcode that landed in the quantity
 */
export function looksLikeBarcode(text) {
    return /^\d+$/.test(text) && text.length >= BARCODE_DIGITS_MIN;
}

/**
 * @param {{counted: number|null}[]} lines as shown
 * @returns {number} what nine of ten counted products have at most
 */
export function usualQty(lines) {
    const quantities = lines.map(({ counted }) => counted).filter((counted) => counted > 0);
    quantities.sort((a, b) => a - b);
    return quantities[Math.floor(USUAL_SHARE * (quantities.length - 1))] || 0;
}

/**
 * @param {number} qty
 * @param {number} usual see `usualQty`
 * @returns {boolean}
 */
export function isAbsurd(qty, usual) {
    return Math.abs(qty) >= ABSURD_FACTOR * Math.max(usual, USUAL_MIN);
}

/**
 * What makes a typed quantity doubtful, without knowing the book. The person answers
 * inside the card; all but `absurd` can only be changed, not confirmed.
 *
 *     "4710088432108"               → barcode
 *     1.5 of a product in pieces    → decimals
 *     −2 as a total                 → negative
 *     2 of a serial number          → serial
 *     1200 where 40 is usual        → absurd
 *     12                            → null
 *
 * @param {Object} input
 * @param {string} input.text as typed
 * @param {number} input.qty the same as a number, not rounded
 * @param {boolean} input.whole the product is counted in whole pieces
 * @param {boolean} input.isTotal the number replaces the total, instead of adding
 * @param {number} input.usual
 * @param {number|null} [input.serialTotal] of a serial number: how many it would make
 * @returns {"barcode"|"decimals"|"negative"|"serial"|"absurd"|null}
 */
export function doubtAbout({ text, qty, whole, isTotal, usual, serialTotal = null }) {
    if (looksLikeBarcode(text)) {
        return "barcode";
    }
    if (whole && !Number.isInteger(qty)) {
        return "decimals";
    }
    if (isTotal && qty < 0) {
        return "negative";
    }
    if (serialTotal > 1) {
        return "serial";
    }
    return isAbsurd(qty, usual) ? "absurd" : null;
}
