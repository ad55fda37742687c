import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** Reasons that have a block of their own; red ones before amber ones. */
const OWN_BLOCKS = {
    superseded: _t("Already settled by a later count"),
    negative: _t("Goes below zero"),
    serial_elsewhere: _t("Serial number is elsewhere"),
};

/**
 * Why lines cannot be corrected, or what to know about them before: red before amber, a
 * handful of blocks however many lines there are. Each opens the lines it is about.
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
            ...this.group(blockers, "danger", _t("Cannot be corrected")),
            ...this.group(warnings, "warning", _t("Check")),
        ];
    }

    group(reasons, color, commonTitle) {
        const groups = new Map();
        for (const reason of reasons) {
            const key = OWN_BLOCKS[reason.kind] ? reason.kind : "common";
            groups.set(key, [...(groups.get(key) || []), reason]);
        }
        return ["common", ...Object.keys(OWN_BLOCKS)]
            .filter((key) => groups.has(key))
            .map((key) => ({
                key: `${color}-${key}`,
                color,
                ...this.describe(groups.get(key), OWN_BLOCKS[key], commonTitle),
            }));
    }

    /** One reason stands at the top of its block, several stand beside the lines. */
    describe(reasons, ownTitle, commonTitle) {
        const isOne = reasons.length === 1;
        const text = isOne ? reasons[0].text : "";
        const head = ownTitle
            ? { title: text || ownTitle, text: "" }
            : { title: commonTitle, text };
        const names = reasons.flatMap((reason) =>
            reason.line_ids.map((id) => ({
                key: `${reason.kind}-${reason.text}-${id}`,
                name: this.lineName(id),
                text: isOne ? "" : reason.text,
            })),
        );
        const number = new Set(reasons.flatMap(({ line_ids }) => line_ids)).size;
        return { ...head, names, number };
    }

    lineName(id) {
        const line = this.props.lines.find(({ line_id }) => line_id === id);
        const name = this.props.products[line?.product_id]?.name || "";
        return line?.lot_name ? _t("%(name)s, lot %(lot)s", { name, lot: line.lot_name }) : name;
    }
}
