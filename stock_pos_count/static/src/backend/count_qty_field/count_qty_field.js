import { Component } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { formatQty, formatVariance } from "@stock_pos_count/app/utils/format";

/**
 * A quantity without trailing zeros. On a count sheet's line: "—" while the line is not counted, never 0.
 * With `variance` it has its sign, and an arrow beside the colour: ▼ short, ▲ over.
 */
export class CountQtyField extends Component {
    static template = "stock_pos_count.CountQtyField";
    static props = {
        ...standardFieldProps,
        variance: { type: Boolean, optional: true },
    };

    get value() {
        const { data } = this.props.record;
        return data.is_counted === false ? null : data[this.props.name];
    }

    get text() {
        return this.props.variance ? formatVariance(this.value) : formatQty(this.value);
    }

    /** Of a line its own result; elsewhere the sign says it. */
    get result() {
        if (!this.props.variance || this.value === null) {
            return null;
        }
        const { result } = this.props.record.data;
        return result ?? (this.value < 0 ? "short" : this.value > 0 && "over");
    }

    get arrow() {
        return { short: "▼", over: "▲" }[this.result];
    }

    get className() {
        const classes = { short: "text-danger fw-bold", over: "text-success fw-bold" };
        const plain = this.value === null || this.result ? "text-muted" : "";
        return classes[this.result] ?? plain;
    }
}

export const countQtyField = {
    component: CountQtyField,
    supportedTypes: ["float"],
    isEmpty: () => false,
    extractProps: ({ options }) => ({ variance: Boolean(options.variance) }),
};

export const countLineQtyField = {
    ...countQtyField,
    fieldDependencies: [
        { name: "is_counted", type: "boolean" },
        { name: "result", type: "selection" },
    ],
};

registry.category("fields").add("stock_pos_count_qty", countQtyField);
registry.category("fields").add("stock_pos_count_line_qty", countLineQtyField);
