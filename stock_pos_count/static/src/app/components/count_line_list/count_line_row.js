import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { CountPicture } from "@stock_pos_count/app/components/count_picture/count_picture";
import { formatQty } from "@stock_pos_count/app/utils/format";

/** One line of the sheet in the list. */
export class CountLineRow extends Component {
    static template = "stock_pos_count.CountLineRow";
    static components = { CountPicture };
    static props = {
        line: Object,
        isSelected: Boolean,
        /** `taken`, `unknown` or `refused` for as long as the row flashes. */
        flash: { type: [String, { value: null }] },
        isSmall: Boolean,
        /** Where it stands among all rows, most of which do not exist. */
        position: Number,
        total: Number,
        onSelect: Function,
    };

    get name() {
        return this.props.line.product?.name || _t("Loading…").toString();
    }

    get details() {
        const { product, lot_name, to_count, id } = this.props.line;
        const parts = [product?.sku || product?.barcodes[0]?.code];
        if (lot_name) {
            parts.push(lot_name);
        } else if (product && product.tracking !== "none") {
            const isSerial = product.tracking === "serial";
            parts.push((isSerial ? _t("no serial number") : _t("no lot")).toString());
        }
        if (product && !product.active) {
            parts.push(_t("archived").toString());
        }
        if (!to_count) {
            const text = id === null ? _t("not on this sheet") : _t("not part of this recount");
            parts.push(text.toString());
        }
        return parts.filter(Boolean).join(" · ");
    }

    get qty() {
        return formatQty(this.props.line.counted);
    }

    get unit() {
        const { product, counted } = this.props.line;
        return product && !product.whole && counted !== null ? product.uom : "";
    }

    get mark() {
        const { conflict, counted } = this.props.line;
        if (conflict) {
            return _t("Two counts").toString();
        }
        return counted < 0 ? _t("Below zero").toString() : "";
    }

    /** All of the row in one sentence, for screen readers. */
    get label() {
        const { counted, lot_name, note } = this.props.line;
        const text =
            counted === null
                ? _t("%s, not counted", this.name)
                : _t("%(product)s, counted: %(qty)s", { product: this.name, qty: this.qty });
        return [text, lot_name, this.mark, note].filter(Boolean).join(", ");
    }
}
