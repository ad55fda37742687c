import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { STATE_LABELS } from "@stock_pos_count/app/utils/count_states";
import { formatQty } from "@stock_pos_count/app/utils/format";

/**
 * The state of a count sheet as a coloured word. With `counted` and `total` a matched
 * sheet also says how much of it was counted: 3 of 500 is no clean bill of health.
 */
export class CountStateChip extends Component {
    static template = "stock_pos_count.CountStateChip";
    static props = {
        state: String,
        counted: { type: Number, optional: true },
        total: { type: Number, optional: true },
    };

    get label() {
        const { state, counted, total } = this.props;
        if (state === "matched" && total) {
            return _t("Matched · %(counted)s of %(total)s counted", {
                counted: formatQty(counted),
                total: formatQty(total),
            });
        }
        return STATE_LABELS[state];
    }
}
