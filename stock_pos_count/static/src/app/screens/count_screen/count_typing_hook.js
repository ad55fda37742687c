import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";
import { parseFloat } from "@web/views/fields/parsers";
import { doubtAbout, looksLikeBarcode, usualQty } from "@stock_pos_count/app/utils/count_guards";
import { editNumber } from "@stock_pos_count/app/utils/count_keys";
import { formatQty } from "@stock_pos_count/app/utils/format";
import { roundQty } from "@stock_pos_count/app/utils/count_merge";

/**
 * Typing a quantity: what the keys beside the numpad do with the number, and the questions
 * about a number that looks wrong, asked in the card.
 *
 * @param {import("@stock_pos_count/app/services/count_session").CountSession} session as the
 *      component observes it
 * @param {Object} options
 * @param {() => string|null} options.getKey the line the number is for
 * @param {(code: string) => void} options.onScan the number was a barcode after all
 * @param {() => void} options.onDone a number was taken
 */
export function useCountTyping(session, { getKey, onScan, onDone }) {
    const state = useState(session.typing);
    return new CountTyping(session, state, { getKey, onScan, onDone });
}

class CountTyping {
    constructor(session, state, callbacks) {
        this.session = session;
        this.state = state;
        Object.assign(this, callbacks);
        this.shownActions = [];
    }

    get text() {
        return this.state.text;
    }

    /** On a phone: the line whose number keys are open. */
    get sheetKey() {
        return this.state.sheetKey;
    }

    set sheetKey(key) {
        this.state.sheetKey = key;
    }

    get key() {
        return this.getKey();
    }

    get line() {
        return this.key && this.session.shown(this.key);
    }

    /** The number as typed; `null` when it is none (yet). */
    get number() {
        try {
            return this.text ? parseFloat(this.text) : null;
        } catch {
            return null;
        }
    }

    get qty() {
        const { number } = this;
        return number === null ? null : roundQty(number, this.line?.product?.rounding);
    }

    // --- keys --------------------------------------------------------------------------

    /** @param {string} key of the keyboard or of the pad on the screen */
    press(key) {
        this.state.doubt = null;
        if (!this.text) {
            this.state.forKey = this.key;
        }
        this.state.text = editNumber(this.text, key, localization.decimalPoint);
    }

    clear() {
        this.state.doubt = null;
        this.state.text = "";
    }

    /**
     * The keys beside the numpad; the first is the one that Enter means. The same array as
     * long as nothing of it changes: a scan does not draw the numpad again.
     *
     * @returns {{name: string, label: string, isDisabled: boolean, run: Function}[]}
     */
    get actions() {
        const isCounted = this.line && this.line.counted !== null;
        const actions = isCounted ? this.countedActions : this.uncountedActions;
        const isSame = actions.every(
            ({ label, isDisabled }, index) =>
                label === this.shownActions[index]?.label &&
                isDisabled === this.shownActions[index].isDisabled,
        );
        if (!isSame) {
            this.shownActions = actions;
        }
        return this.shownActions;
    }

    /** Nothing that could be taken is typed. */
    get isEmpty() {
        const isReadable = this.line && this.text && this.qty !== null;
        return !isReadable || this.isDoubted || !this.session.isCounting;
    }

    get countedActions() {
        const { isEmpty } = this;
        const add = isEmpty ? _t("Add") : _t("Add → %s", formatQty(this.sum));
        const set = isEmpty ? _t("Set total") : _t("Set total %s", formatQty(this.qty));
        return [
            {
                name: "add",
                label: add.toString(),
                // The server takes no entry that adds nothing.
                isDisabled: isEmpty || this.qty === 0,
                run: () => this.commit("add"),
            },
            {
                name: "set",
                label: set.toString(),
                isDisabled: isEmpty,
                run: () => this.commit("set"),
            },
        ];
    }

    get uncountedActions() {
        return [
            {
                name: "ok",
                label: _t("OK").toString(),
                isDisabled: this.isEmpty,
                run: () => this.commit("set"),
            },
            {
                name: "zero",
                label: _t("0 none here").toString(),
                isDisabled: !this.line || Boolean(this.text) || !this.session.isCounting,
                run: () => this.zero(),
            },
        ];
    }

    get sum() {
        const { line, qty } = this;
        return roundQty(line.counted + qty, line.product?.rounding);
    }

    runPrimary() {
        const [primary] = this.actions;
        if (!primary.isDisabled) {
            primary.run();
        }
    }

    // --- taking the number -----------------------------------------------------------------

    async commit(mode, isSure = false) {
        const { line, number, qty, text, key } = this;
        if (number === null) {
            // The key was pressed twice before it was drawn again.
            return;
        }
        const doubt = doubtAbout({
            text,
            qty: number,
            whole: line.product?.whole,
            isTotal: mode === "set",
            usual: usualQty(this.session.book.shownAll()),
            serialTotal: this.serialTotal(mode),
        });
        if (doubt && !(isSure && doubt === "absurd")) {
            this.state.doubt = { kind: doubt, mode };
            return;
        }
        this.clear();
        const record = await this.session[mode](key, qty);
        if (record) {
            this.onDone();
        } else {
            this.state.text = text;
        }
    }

    /** How many of a serial number it would make; null for everything else. */
    serialTotal(mode) {
        const { line, qty } = this;
        if (line.product?.tracking !== "serial" || !line.lot_name) {
            return null;
        }
        return mode === "add" ? line.counted + qty : qty;
    }

    async zero() {
        const { key } = this;
        this.clear();
        await this.session.zero(key);
        this.onDone();
    }

    /**
     * A number was typed but not confirmed and the card goes to another line: it is not
     * taken, and not forgotten without a word either.
     *
     * @param {string|null} key of the line it was typed for
     */
    leave(key) {
        if (this.text && key && key !== this.session.selectedKey) {
            this.state.left = { key, text: this.text };
            this.clear();
        } else if (this.text && key && !this.session.latest) {
            this.state.left = { key, text: this.text };
            this.clear();
        }
    }

    async takeLeft() {
        const { key, text } = this.state.left;
        this.state.left = null;
        this.session.select(key);
        this.state.forKey = key;
        this.state.text = text;
    }

    /** The card went to another line, whatever brought it there: the number stays with its own. */
    follow() {
        if (this.text && this.state.forKey && this.key !== this.state.forKey) {
            this.leave(this.state.forKey);
        }
    }

    // --- questions ------------------------------------------------------------------------

    get isDoubted() {
        return Boolean(this.state.doubt) || looksLikeBarcode(this.text);
    }

    /** What the card asks, if anything: about this number, or one left behind. */
    get question() {
        const { doubt, left } = this.state;
        if (this.isDoubted) {
            return this.doubtQuestion(doubt || { kind: "barcode" });
        }
        return left && !this.text ? this.leftQuestion(left) : null;
    }

    doubtQuestion({ kind, mode }) {
        const change = { label: _t("Change").toString(), run: () => this.clear() };
        switch (kind) {
            case "barcode":
                return {
                    text: _t("That looks like a barcode").toString(),
                    choices: [
                        {
                            label: _t("Use as barcode").toString(),
                            isPrimary: true,
                            run: () => this.useAsBarcode(),
                        },
                        change,
                    ],
                };
            case "decimals":
                return {
                    text: _t("This is counted in whole pieces").toString(),
                    choices: [{ ...change, isPrimary: true }],
                };
            case "negative":
                return {
                    text: _t("A total cannot be below zero").toString(),
                    choices: [{ ...change, isPrimary: true }],
                };
            case "serial":
                return {
                    text: _t("A serial number is one piece").toString(),
                    choices: [{ ...change, isPrimary: true }],
                };
            default:
                return {
                    text: _t("%s? Ten times the usual", formatQty(this.qty)).toString(),
                    choices: [
                        { label: _t("Yes").toString(), run: () => this.commit(mode, true) },
                        { ...change, isPrimary: true },
                    ],
                };
        }
    }

    leftQuestion({ key, text }) {
        const name = this.session.shown(key)?.product?.name || "";
        return {
            text: _t("Not taken: %(qty)s for %(name)s", { qty: text, name }).toString(),
            choices: [
                { label: _t("Take it").toString(), isPrimary: true, run: () => this.takeLeft() },
                {
                    label: _t("Forget it").toString(),
                    run: () => {
                        this.state.left = null;
                    },
                },
            ],
        };
    }

    useAsBarcode() {
        const code = this.text;
        this.clear();
        this.onScan(code);
    }
}
