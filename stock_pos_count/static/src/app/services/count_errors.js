import { _t } from "@web/core/l10n/translation";
import { ConnectionAbortedError, ConnectionLostError, RPCError } from "@web/core/network/rpc";

const BUSINESS_ERRORS = new Set([
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
    "odoo.exceptions.RedirectWarning",
]);
const QUESTION = "odoo.addons.stock_pos_count.exceptions.CountQuestion";
const SESSION_EXPIRED = "odoo.http.SessionExpiredException";

/** The server was not reached; nothing is known about what it did. Try again later. */
export class CountOfflineError extends Error {
    constructor(message = _t("Needs the network").toString()) {
        super(message);
        this.name = "CountOfflineError";
    }
}

/** The server answered and said no; the message is meant for the person at the register. */
export class CountError extends Error {
    /**
     * @param {string} message
     * @param {Object} [options]
     * @param {boolean} [options.isFault] the server failed, as opposed to refused
     * @param {boolean} [options.isQuestion] the server does it after a person said yes
     */
    constructor(message, { isFault = false, isQuestion = false } = {}) {
        super(message);
        this.name = "CountError";
        this.isFault = isFault;
        this.isQuestion = isQuestion;
    }
}

/**
 * Names what went wrong with a call: not reached, or answered with no.
 * Anything that is not a network or server error comes back unchanged.
 *
 * @param {Error} error
 * @returns {Error}
 */
export function toCountError(error) {
    if (error instanceof ConnectionLostError || error instanceof ConnectionAbortedError) {
        return new CountOfflineError();
    }
    if (!(error instanceof RPCError)) {
        return error;
    }
    if (error.exceptionName === SESSION_EXPIRED) {
        return new CountOfflineError(
            _t("You were logged out. Log in again; everything counted here is kept.").toString(),
        );
    }
    const isQuestion = error.exceptionName === QUESTION;
    if (isQuestion || BUSINESS_ERRORS.has(error.exceptionName)) {
        return new CountError(error.data?.message || error.message, { isQuestion });
    }
    return new CountError(
        _t(
            "The server could not do this. Try again; if it fails again, tell your manager.",
        ).toString(),
        { isFault: true },
    );
}
