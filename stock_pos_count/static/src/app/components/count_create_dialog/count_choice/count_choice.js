import { Component } from "@odoo/owl";
import { SelectMenu } from "@web/core/select_menu/select_menu";

/** A searchable choice of several records, the chosen ones as chips. */
export class CountChoice extends Component {
    static template = "stock_pos_count.CountChoice";
    static components = { SelectMenu };
    static props = {
        id: String,
        label: { type: [String, Object] },
        placeholder: { type: [String, Object] },
        records: { type: Array, element: { type: Object, shape: { id: Number, name: String } } },
        value: { type: Array, element: Number },
        onSelect: Function,
    };

    get choices() {
        return this.props.records.map(({ id, name }) => ({ value: id, label: name }));
    }

    get placeholder() {
        return this.props.placeholder.toString();
    }
}
