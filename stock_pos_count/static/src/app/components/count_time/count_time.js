import { Component, useState } from "@odoo/owl";
import { formatExact, formatRelative } from "@stock_pos_count/app/utils/format";

/** A moment: "5 min. ago", and on tap the exact time; hovering shows it too. */
export class CountTime extends Component {
    static template = "stock_pos_count.CountTime";
    static props = {
        at: { type: [Number, { value: null }], optional: true },
        /** Whether a tap shows the exact time; off where a tap already means something. */
        toggle: { type: Boolean, optional: true },
    };
    static defaultProps = { at: null, toggle: true };

    setup() {
        this.state = useState({ exact: false });
    }

    get exactText() {
        return formatExact(this.props.at);
    }

    get text() {
        return this.state.exact ? this.exactText : formatRelative(this.props.at);
    }

    onClick() {
        this.state.exact = !this.state.exact;
    }
}
