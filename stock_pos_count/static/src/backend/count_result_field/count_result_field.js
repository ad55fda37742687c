import { Component } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const CLASSES = { "▼": "text-danger fw-bold", "▲": "text-success fw-bold" };

/** A sheet's result, "▼ 2 short · ▲ 1 over": each part in the colour of its own sign. */
export class CountResultField extends Component {
    static template = "stock_pos_count.CountResultField";
    static props = { ...standardFieldProps };

    get parts() {
        const text = this.props.record.data[this.props.name] || "";
        return text
            .split(" · ")
            .map((part) => ({ text: part, className: CLASSES[part[0]] ?? "text-muted" }));
    }
}

registry.category("fields").add("stock_pos_count_result", {
    component: CountResultField,
    supportedTypes: ["char"],
});
