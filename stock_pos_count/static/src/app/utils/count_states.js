import { formatQty } from "@stock_pos_count/app/utils/format";
import { _t } from "@web/core/l10n/translation";

/** The states in which a sheet is still worked on; the list opens on them. */
export const OPEN_STATES = ["new", "counting", "recounting", "paused", "mismatched"];
/** In these a sheet opens on its counting page, which needs no server once the device holds it. */
export const COUNTABLE_STATES = new Set(["new", "counting", "recounting", "paused"]);
export const SETTLED_STATES = ["matched", "corrected", "void"];

export const STATE_LABELS = {
    new: _t("New"),
    counting: _t("Counting"),
    recounting: _t("Recounting"),
    paused: _t("Paused"),
    matched: _t("Matched"),
    mismatched: _t("Mismatched"),
    corrected: _t("Corrected"),
    void: _t("Void"),
};

export const SCOPE_LABELS = {
    full: _t("Full count"),
    partial: _t("Partial count"),
};

/**
 * How much of a sheet is counted, as one sentence.
 *
 * @param {{counted: number, total: number}} sheet
 * @returns {string}
 */
export function coverageText({ counted, total }) {
    return _t("%(counted)s of %(total)s counted", {
        counted: formatQty(counted),
        total: formatQty(total),
    }).toString();
}

/**
 * The one thing a person most likely wants to do with a sheet.
 *
 * @param {{uuid: string, allowed: string[]}} sheet
 * @param {string|undefined} runningUuid the sheet this device counts right now
 * @returns {"start"|"continue"|"join"|"resume"|"view"}
 */
export function mainAction({ uuid, allowed }, runningUuid) {
    if (allowed.includes("start")) {
        return "start";
    }
    if (allowed.includes("resume")) {
        return "resume";
    }
    if (allowed.includes("join")) {
        return uuid === runningUuid ? "continue" : "join";
    }
    return "view";
}

const ACTION_LABELS = {
    start: _t("Start"),
    continue: _t("Continue"),
    resume: _t("Continue"),
    join: _t("Join"),
    pause: _t("Pause"),
    complete: _t("Complete"),
    view: _t("View"),
};
const RECOUNT_LABELS = {
    continue: _t("Continue recount"),
    resume: _t("Continue recount"),
    join: _t("Join recount"),
    pause: _t("Pause recount"),
    complete: _t("Complete recount"),
};

/**
 * The word on the button of an action; a recount is called one, for many languages have a word of its own.
 *
 * @param {string} action start, resume, join, continue, pause, complete or view
 * @param {{round: number}} sheet
 * @returns {string}
 */
export function actionLabel(action, { round }) {
    return ((round && RECOUNT_LABELS[action]) || ACTION_LABELS[action]).toString();
}
