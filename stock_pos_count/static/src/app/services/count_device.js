import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { Deferred } from "@web/core/utils/concurrency";
import { uuidv4 } from "@point_of_sale/utils";
import { rememberText } from "@stock_pos_count/app/utils/local_memory";

const DEVICE_KEY = "stock_pos_count.device";
/** Identifiers of further tabs, one in a line. */
const TABS_KEY = "stock_pos_count.tabs";
/** Longer than a tab that is loaded again, or closed by this one, takes to let go of its identifier. */
const HANDOVER_MS = 1000;
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
    const first = browser.localStorage.getItem(DEVICE_KEY);
    const further = browser.localStorage.getItem(TABS_KEY)?.split("\n") || [];
    return [first || makeFirstId(), ...further];
}

/** @returns {boolean} whether this browser ever had a second tab, which may have counted as well */
export function hadTabs() {
    return browser.localStorage.getItem(TABS_KEY) !== null;
}

function makeFirstId() {
    const id = uuidv4();
    rememberText(DEVICE_KEY, id);
    return id;
}

function makeFurtherId([, ...further]) {
    const id = uuidv4();
    rememberText(TABS_KEY, [...further, id].join("\n"));
    return id;
}

/**
 * Takes an identifier until the page is gone, or gives it back.
 *
 * @param {LockManager} locks
 * @param {string} id
 * @param {LockOptions} options
 * @returns {Promise<Function|null>} gives it back; `null` if another tab has it
 */
function claim(locks, id, options) {
    return new Promise((resolve) => {
        const hold = (lock) => {
            const held = new Deferred();
            resolve(lock && (() => held.resolve()));
            return lock && held;
        };
        locks.request(`${DEVICE_KEY}.${id}`, options, hold).catch(() => resolve(null));
    });
}

/** @returns {Promise<{id: string, number: number, release: Function}>} what no other tab has */
async function claimId(locks) {
    const ids = readIds();
    for (const [index, id] of ids.entries()) {
        const patience = { signal: AbortSignal.timeout(HANDOVER_MS) };
        const release = await claim(locks, id, index ? { ifAvailable: true } : patience);
        if (release) {
            return { id, number: index + 1, release };
        }
    }
    const id = makeFurtherId(ids);
    return { id, number: ids.length + 1, release: await claim(locks, id, { ifAvailable: true }) };
}

/**
 * Who this browser is on every count sheet: made once, kept in local storage, the same for
 * all registers opened in it one after the other. Two tabs that are open at once do not see
 * each other's counts until the server has them, so they are two devices.
 *
 * A page that is not served over https has no locks; there all tabs are one device.
 *
 * @param {LockManager} [locks] of the browser
 * @returns {Promise<{device: {id: string, name: string}, release: Function}>} `release` when
 *      this page counts no more, before it is gone
 */
export async function claimDevice(locks = window.navigator.locks) {
    const alone = { id: null, number: 1, release: () => {} };
    const { id, number, release } = locks ? await claimId(locks) : alone;
    const name = deviceName(browser.navigator.userAgent);
    return {
        device: { id: id || readIds()[0], name: number > 1 ? `${name} (${number})` : name },
        release,
    };
}
