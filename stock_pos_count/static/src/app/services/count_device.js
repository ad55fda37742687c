import { browser } from "@web/core/browser/browser";
import { uuidv4 } from "@point_of_sale/utils";
import { _t } from "@web/core/l10n/translation";

const DEVICE_KEY = "stock_pos_count.device";
/** Identifiers of further tabs, one in a line. */
const TABS_KEY = "stock_pos_count.tabs";
/** Longer than a tab takes to let go of its identifier when it is loaded again or closed for this one. */
const HANDOVER_MS = 2000;
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

/** @returns {string[]} the identifiers of this browser's tabs, the first one for most of them */
function readIds() {
    const { localStorage } = browser;
    if (!localStorage.getItem(DEVICE_KEY)) {
        localStorage.setItem(DEVICE_KEY, uuidv4());
    }
    const further = localStorage.getItem(TABS_KEY)?.split("\n") || [];
    return [localStorage.getItem(DEVICE_KEY), ...further];
}

function addId() {
    const [, ...further] = readIds();
    const id = uuidv4();
    browser.localStorage.setItem(TABS_KEY, [...further, id].join("\n"));
    return id;
}

/**
 * Takes an identifier for as long as this page lives.
 *
 * @param {LockManager} locks
 * @param {string} id
 * @param {LockOptions} options
 * @returns {Promise<boolean>} whether no other tab has it
 */
function claim(locks, id, options) {
    return new Promise((resolve) => {
        const hold = (lock) => {
            resolve(Boolean(lock));
            return lock && new Promise(() => {});
        };
        locks.request(`${DEVICE_KEY}.${id}`, options, hold).catch(() => resolve(false));
    });
}

/** @returns {Promise<string>} an identifier that no other tab of this browser has */
async function claimId(locks) {
    const [first, ...further] = readIds();
    if (await claim(locks, first, { signal: AbortSignal.timeout(HANDOVER_MS) })) {
        return first;
    }
    for (const id of further) {
        if (await claim(locks, id, { ifAvailable: true })) {
            return id;
        }
    }
    const id = addId();
    await claim(locks, id, { ifAvailable: true });
    return id;
}

/**
 * Who this browser is on every count sheet: made once, kept in local storage, the same for
 * all registers opened in it one after the other. Two tabs that are open at once do not see
 * each other's counts until the server has them, so they are two devices.
 *
 * A page that is not served over https has no locks; there all tabs are one device.
 *
 * @param {LockManager} [locks] of the browser
 * @returns {Promise<{id: string, name: string}>}
 */
export async function claimDevice(locks = window.navigator.locks) {
    const id = locks ? await claimId(locks) : readIds()[0];
    const name = deviceName(browser.navigator.userAgent);
    const number = readIds().indexOf(id) + 1;
    return { id, name: number > 1 ? `${name} (${number})` : name };
}
