import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/**
 * Why lines cannot be corrected, or what to know about them before: one block a reason,
 * red before amber, each opens the lines it is about.
 */
export class CountCorrectionReasons extends Component {
    static template = "stock_pos_count.CountCorrectionReasons";
    static props = {
        blockers: Array,
        warnings: Array,
        lines: Array,
        products: Object,
    };

    get blocks() {
        const { blockers, warnings } = this.props;
        return [
            ...blockers.map((reason) => this.block(reason, "danger", _t("Cannot be corrected"))),
            ...warnings.map((reason) => this.block(reason, "warning", _t("Please look"))),
        ];
    }

    block({ kind, text, line_ids }, color, title) {
        const ids = new Set(line_ids);
        const names = this.props.lines
            .filter((line) => ids.has(line.line_id))
            .map((line) => ({ id: line.line_id, name: this.lineName(line) }));
        return { key: `${color}-${kind}-${text}`, color, title, text, names };
    }

    lineName({ product_id, lot_name }) {
        const name = this.props.products[product_id]?.name || "";
        return lot_name ? _t("%(name)s, lot %(lot)s", { name, lot: lot_name }) : name;
    }
}
