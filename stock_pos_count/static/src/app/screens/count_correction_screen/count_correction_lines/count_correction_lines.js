import { Component } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { CountVariance } from "@stock_pos_count/app/components/count_variance/count_variance";
import { formatQty } from "@stock_pos_count/app/utils/format";
import { _t } from "@web/core/l10n/translation";

/** The lines of a correction: what is on hand now, what will be, and a box to leave it out. */
export class CountCorrectionLines extends Component {
    static template = "stock_pos_count.CountCorrectionLines";
    static components = { CountVariance };
    static props = {
        lines: Array,
        products: Object,
        isChosen: Function,
        changedIds: Set,
        isLocked: Boolean,
        onToggle: Function,
    };

    setup() {
        this.ui = useService("ui");
        this.formatQty = formatQty;
    }

    product(line) {
        return this.props.products[line.product_id] || { name: "", sku: "" };
    }

    isBlocked(line) {
        return line.blockers.length > 0;
    }

    isChosen(line) {
        return this.props.isChosen(line);
    }

    isChanged(line) {
        return this.props.changedIds.has(line.line_id);
    }

    secondLine(line) {
        const { sku } = this.product(line);
        if (sku && line.lot_name) {
            return _t("%(sku)s · Lot %(lot)s", { sku, lot: line.lot_name });
        }
        return line.lot_name ? _t("Lot %s", line.lot_name) : sku;
    }

    phoneText(line) {
        const text = _t("On hand now %(now)s → %(after)s", {
            now: formatQty(line.on_hand_now),
            after: formatQty(line.after),
        });
        return line.lot_name ? `${text} · ${line.lot_name}` : text;
    }

    boxId(line) {
        return `stock-count-correct-${line.line_id}`;
    }
}
