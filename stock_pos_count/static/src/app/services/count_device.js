import { browser } from "@web/core/browser/browser";
import { uuidv4 } from "@point_of_sale/utils";
import { _t } from "@web/core/l10n/translation";

const DEVICE_KEY = "stock_pos_count.device";
/** Order matters: Edge and Opera also call themselves Chrome, Chrome also Safari. */
const BROWSERS = [
    [/Edg\//, "Edge"],
    [/OPR\//, "Opera"],
    [/SamsungBrowser\//, "Samsung Internet"],
    [/Firefox\/|FxiOS\//, "Firefox"],
    [/Chromium\//, "Chromium"],
    [/Chrome\/|CriOS\//, "Chrome"],
    [/Safari\//, "Safari"],
];
/** Order matters: an Android phone also says Linux, an iPhone also Mac OS X. */
const SYSTEMS = [
    [/iPhone/, "iPhone"],
    [/iPad/, "iPad"],
    [/Android/, "Android"],
    [/Windows/, "Windows"],
    [/Mac OS X/, "Mac"],
    [/CrOS/, "ChromeOS"],
    [/Linux/, "Linux"],
];

function firstMatch(candidates, text) {
    return candidates.find(([pattern]) => pattern.test(text))?.[1];
}

/**
 * A name that a colleague recognises, e.g. "Chrome on Android".
 *
 * @param {string} userAgent
 * @returns {string}
 */
export function deviceName(userAgent) {
    const browserName = firstMatch(BROWSERS, userAgent) || _t("Browser").toString();
    const system = firstMatch(SYSTEMS, userAgent);
    if (!system) {
        return browserName;
    }
    return _t("%(browser)s on %(system)s", { browser: browserName, system }).toString();
}

/**
 * Who this browser is on every count sheet: made once, kept in local storage,
 * the same for all registers opened in it.
 *
 * @returns {{id: string, name: string}}
 */
export function readDevice() {
    let id = browser.localStorage.getItem(DEVICE_KEY);
    if (!id) {
        id = uuidv4();
        browser.localStorage.setItem(DEVICE_KEY, id);
    }
    return { id, name: deviceName(browser.navigator.userAgent) };
}
