import { Component, useState } from "@odoo/owl";
import { useAutofocus } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { formatNames, formatQty } from "@stock_pos_count/app/utils/format";

/**
 * Counts everything as zero that was not counted, once its number is typed. Lines of which
 * "nobody saw it" does not mean "there is none" stay out unless they are ticked.
 */
export class CountZeroForm extends Component {
    static template = "stock_pos_count.CountZeroForm";
    static props = {
        /** `zero` of `register_completion`: what it would count, and what stands apart. */
        zero: Object,
        uncounted: Number,
        isBusy: Boolean,
        /** Called with the typed number and the kinds that were ticked. */
        onConfirm: Function,
    };

    setup() {
        this.state = useState({ typed: "", also: {} });
        useAutofocus({ refName: "typed" });
    }

    get groups() {
        const texts = {
            moved: _t("received, transferred, sold or returned since the start"),
            lots: _t("another lot of the product was counted"),
            negative: _t("below zero in the books"),
        };
        return this.props.zero.apart.map(({ kind, number, names }) => ({
            kind,
            text: _t("%(number)s: %(reason)s", { number, reason: texts[kind] }).toString(),
            names: formatNames(names, number),
        }));
    }

    get ticked() {
        return Object.keys(this.state.also).filter((kind) => this.state.also[kind]);
    }

    get number() {
        const { number, apart } = this.props.zero;
        return apart
            .filter(({ kind }) => this.state.also[kind])
            .reduce((sum, group) => sum + group.number, number);
    }

    get hint() {
        return _t(
            "%(number)s of %(uncounted)s that are not counted become zero. Type %(number)s to confirm.",
            { number: this.number, uncounted: this.props.uncounted },
        );
    }

    get buttonText() {
        return _t("Count %s as zero", formatQty(this.number));
    }

    get isConfirmed() {
        return this.number > 0 && Number(this.state.typed) === this.number;
    }

    toggle(kind) {
        this.state.also[kind] = !this.state.also[kind];
    }

    confirm() {
        if (this.isConfirmed && !this.props.isBusy) {
            this.props.onConfirm(this.number, this.ticked);
        }
    }
}
