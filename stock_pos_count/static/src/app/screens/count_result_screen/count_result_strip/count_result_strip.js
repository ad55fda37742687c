import { Component } from "@odoo/owl";
import { CountFilterChips } from "@stock_pos_count/app/components/count_filter_chips/count_filter_chips";
import { _t } from "@web/core/l10n/translation";
import { formatQty, formatVariance } from "@stock_pos_count/app/utils/format";

/**
 * The result in three numbers that also filter, and the filters that have no colour.
 * Where the variances may not be known yet the three are left out.
 */
export class CountResultStrip extends Component {
    static template = "stock_pos_count.CountResultStrip";
    static components = { CountFilterChips };
    static props = {
        totals: Object,
        view: String,
        isHidden: Boolean,
        onSelect: Function,
        /** The search box: it narrows what the filters show. */
        slots: { type: Object, optional: true },
    };

    get figures() {
        const { totals } = this.props;
        return [
            this.figure(
                "short",
                "▼",
                _t("Short"),
                totals.short,
                formatVariance(-Math.abs(totals.short_qty)),
            ),
            this.figure("over", "▲", _t("Over"), totals.over, formatVariance(totals.over_qty)),
            this.figure("equal", "✓", _t("Equal"), totals.equal, null),
        ];
    }

    figure(key, sign, label, lines, qty) {
        const isActive = this.props.view === key;
        return { key, sign, label, lines: formatQty(lines), qty: lines ? qty : null, isActive };
    }

    get filters() {
        const { isHidden, totals } = this.props;
        const filters = [
            { key: "uncounted", label: _t("Not counted"), number: totals.uncounted },
            { key: "check", label: _t("Check"), number: totals.check },
            { key: "failed", label: _t("Not corrected"), number: totals.failed },
            { key: "all", label: _t("All"), number: totals.all },
        ];
        return filters.filter(
            ({ key, number }) => key === "all" || (number && !(isHidden && key !== "uncounted")),
        );
    }
}
