import { barcodeService } from "@barcodes/barcode_service";

/** On average slower than this a row of keys comes from a person; scanners take 1 to 50 ms. */
const SCANNER_MS_MAX = 50;
const CODE_LENGTH_MIN = 3;
/** Longer than any number of pieces: a code, however slowly it comes. */
const NUMBER_LENGTH_MAX = 6;
const DIGITS_MAX = 13;

/**
 * The keys that came one after the other without a pause, and whether a scanner or a
 * person pressed them.
 *
 * What counts is when the keys were pressed, not when the page got to them: a page that
 * was busy for a moment must not tear a code in two.
 */
export class KeyRun {
    constructor() {
        this.clear();
    }

    clear() {
        this.keys = [];
        this.startedAt = 0;
        this.lastAt = 0;
    }

    /**
     * @param {number} at when the next key was pressed, in milliseconds
     * @returns {boolean} whether it belongs to this run
     */
    continues(at) {
        return this.keys.length > 0 && at - this.lastAt <= barcodeService.maxTimeBetweenKeysInMs;
    }

    /** @param {string} key @param {number} at */
    push(key, at) {
        if (!this.keys.length) {
            this.startedAt = at;
        }
        this.keys.push(key);
        this.lastAt = at;
    }

    /** @returns {string} the code, with the separators of GS1 in their one form */
    get text() {
        return barcodeService.cleanBarcode(this.keys.join(""));
    }

    /** @returns {boolean} whether it came at the pace of a scanner */
    get isFast() {
        const gaps = this.keys.length - 1;
        return gaps > 0 && (this.lastAt - this.startedAt) / gaps <= SCANNER_MS_MAX;
    }

    /** @returns {boolean} whether it is a code, and not what a person types as a number */
    get isCode() {
        const { length } = this.text;
        return length >= CODE_LENGTH_MIN && (this.isFast || length > NUMBER_LENGTH_MAX);
    }
}

/**
 * A number being typed, after one more key; keys that mean nothing in it change nothing.
 *
 *     "1", "2"            → "12"         "12", "Backspace"  → "1"
 *     "", "."             → "0."         "0", "5"           → "5"
 *     "12", "-"           → "-12"        "1.5", "."         → "1.5"
 *
 * @param {string} text
 * @param {string} key as the keyboard or the on-screen pad names it
 * @param {string} decimalPoint of the user's language
 * @returns {string}
 */
export function editNumber(text, key, decimalPoint) {
    if (/^\d$/.test(key)) {
        return addDigit(text, key);
    }
    if ([".", ",", decimalPoint].includes(key)) {
        return addDecimalPoint(text, decimalPoint);
    }
    switch (key) {
        case "-":
            return text.startsWith("-") ? text.slice(1) : `-${text}`;
        case "Backspace":
            return text.slice(0, -1);
        case "Delete":
            return "";
        default:
            return text;
    }
}

function addDigit(text, digit) {
    const isFull = text.replace(/\D/g, "").length >= DIGITS_MAX;
    return isFull ? text : text.replace(/^(-?)0$/, "$1") + digit;
}

function addDecimalPoint(text, decimalPoint) {
    return text.includes(decimalPoint) ? text : text.replace(/^(-?)$/, "$10") + decimalPoint;
}
