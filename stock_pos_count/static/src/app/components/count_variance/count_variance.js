import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatVariance } from "@stock_pos_count/app/utils/format";

const KINDS = {
    short: { sign: "▼", word: _t("short") },
    over: { sign: "▲", word: _t("over") },
    equal: { sign: "✓", word: _t("equal") },
};

/**
 * A variance with its sign, its colour and, for who does not see colours, its word.
 * Nothing for `null`: not counted, or not to be known.
 */
export class CountVariance extends Component {
    static template = "stock_pos_count.CountVariance";
    static props = {
        value: { type: [Number, { value: null }], optional: true },
    };
    static defaultProps = { value: null };

    get isKnown() {
        return this.props.value !== null;
    }

    get kind() {
        const { value } = this.props;
        if (this.text === "0") {
            return "equal";
        }
        return value < 0 ? "short" : "over";
    }

    get sign() {
        return KINDS[this.kind].sign;
    }

    get word() {
        return KINDS[this.kind].word;
    }

    get text() {
        return formatVariance(this.props.value);
    }
}
