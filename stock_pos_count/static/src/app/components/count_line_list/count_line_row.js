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

    /** What tells it apart from others of its name, and why it may not be expected here. */
    get details() {
        const { product } = this.props.line;
        const parts = product ? [this.code, this.lot, this.archived, this.outside] : [this.outside];
        return parts.filter(Boolean).join(" · ");
    }

    get code() {
        const { sku, barcodes } = this.props.line.product;
        return sku || barcodes[0]?.code;
    }

    get lot() {
        const { product, lot_name } = this.props.line;
        const missing = { serial: _t("no serial number"), lot: _t("no lot") };
        return lot_name || missing[product.tracking]?.toString();
    }

    get archived() {
        return this.props.line.product.active ? "" : _t("archived").toString();
    }

    get outside() {
        const { to_count, id } = this.props.line;
        if (to_count) {
            return "";
        }
        return (id === null ? _t("not on this sheet") : _t("not part of this recount")).toString();
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
