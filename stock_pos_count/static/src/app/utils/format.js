import { formatList } from "@web/core/l10n/utils";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

const { DateTime } = luxon;

const MINUS = "\u2212";
const LEFT_TO_RIGHT_MARK = "\u200e";
const NOT_COUNTED = "—";
/** More digits than any unit of measure has; trailing zeros never show. */
const MAX_DIGITS = 6;
const JUST_NOW_MS_MAX = 60000;

/**
 * A number after its sign. In a text from right to left a mark keeps the sign there: without it "−3" shows as "3−".
 *
 * @param {string} sign "+" or "\u2212"
 * @param {string} text the number without a sign
 * @returns {string}
 */
export function withSign(sign, text) {
    const mark = localization.direction === "rtl" ? LEFT_TO_RIGHT_MARK : "";
    return `${mark}${sign}${text}`;
}

function withTrueMinus(value, options) {
    const text = formatFloat(Math.abs(value), { trailingZeros: false, ...options });
    return value < 0 && text !== "0" ? withSign(MINUS, text) : text;
}

/**
 * A quantity as the screens show it: in the user's number format, without
 * trailing zeros, with a true minus; "—" for `null` (not counted), never 0.
 *
 * @param {number|null|undefined} value
 * @returns {string} e.g. "12", "1.25", "−3", "—"
 */
export function formatQty(value) {
    if (value === null || value === undefined) {
        return NOT_COUNTED;
    }
    return withTrueMinus(value, { digits: [16, MAX_DIGITS] });
}

/**
 * A variance: like a quantity, but always signed unless it is zero.
 *
 * @param {number|null|undefined} value
 * @returns {string} e.g. "−3", "+2", "0", "—"
 */
export function formatVariance(value) {
    const text = formatQty(value);
    return value > 0 && text !== "0" ? withSign("+", text) : text;
}

/**
 * How long ago a moment was, in the user's language.
 *
 * @param {number|null} ms milliseconds since 1970
 * @param {number} [now] the clock to measure against
 * @returns {string} e.g. "5 min. ago", "just now", "" without a moment
 */
export function formatRelative(ms, now = Date.now()) {
    if (!ms) {
        return "";
    }
    if (Math.abs(now - ms) < JUST_NOW_MS_MAX) {
        return _t("just now").toString();
    }
    return DateTime.fromMillis(ms).toRelative({ base: DateTime.fromMillis(now), style: "short" });
}

/**
 * The moment itself, with the year only when it is not this year.
 *
 * @param {number|null} ms milliseconds since 1970
 * @returns {string} e.g. "24 Oct, 22:03", "" without a moment
 */
export function formatExact(ms) {
    if (!ms) {
        return "";
    }
    const moment = DateTime.fromMillis(ms);
    const format = { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" };
    if (moment.year !== DateTime.now().year) {
        format.year = "numeric";
    }
    return moment.toLocaleString(format);
}

/**
 * @param {string[]} names
 * @param {number} [number] of all, of which `names` may be the first few
 * @returns {string} as the user's language lists them in a sentence
 */
export function formatNames(names, number = names.length) {
    const more = number - names.length;
    return formatList(more > 0 ? [...names, _t("%s more", more).toString()] : names);
}
