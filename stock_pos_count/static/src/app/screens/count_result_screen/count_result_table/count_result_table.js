import { Component } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { CountVariance } from "@stock_pos_count/app/components/count_variance/count_variance";
import { formatQty } from "@stock_pos_count/app/utils/format";
import { _t } from "@web/core/l10n/translation";

/**
 * The lines of a result: a table, or on a phone rows of two lines. On hand and variance
 * have no column while they may not be known.
 */
export class CountResultTable extends Component {
    static template = "stock_pos_count.CountResultTable";
    static components = { CountVariance };
    static props = {
        lines: Array,
        products: Object,
        isHidden: Boolean,
        /** What the book column is called: "On hand", or "Original on hand" once corrected. */
        onHandTitle: { type: [String, Object] },
        selectedId: { type: [Number, { value: null }], optional: true },
        onSelect: Function,
    };
    static defaultProps = { selectedId: null };

    setup() {
        this.ui = useService("ui");
        this.formatQty = formatQty;
    }

    product(line) {
        return this.props.products[line.product_id] || { name: "", sku: "" };
    }

    /** What stands under the name: the SKU and, if tracked, the lot. */
    secondLine(line) {
        const { sku } = this.product(line);
        if (sku && line.lot_name) {
            return _t("%(sku)s · Lot %(lot)s", { sku, lot: line.lot_name });
        }
        return line.lot_name ? _t("Lot %s", line.lot_name) : sku;
    }

    phoneText(line) {
        const counted = formatQty(line.counted);
        if (line.counted === null) {
            return _t("Not counted");
        }
        if (this.props.isHidden) {
            return this.product(line).sku;
        }
        return _t("%(title)s %(on_hand)s · counted %(counted)s", {
            title: this.props.onHandTitle,
            on_hand: formatQty(line.on_hand),
            counted,
        });
    }
}
