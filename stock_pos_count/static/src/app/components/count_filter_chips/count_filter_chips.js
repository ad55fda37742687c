import { Component, useEffect, useRef } from "@odoo/owl";
import { formatQty } from "@stock_pos_count/app/utils/format";

/** Filters in one row that scrolls sideways; one of them is active. */
export class CountFilterChips extends Component {
    static template = "stock_pos_count.CountFilterChips";
    static props = {
        /** What the filters are about, for screen readers. */
        name: { type: [String, Object] },
        filters: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    key: String,
                    label: { type: [String, Object] },
                    number: { type: Number, optional: true },
                    /** Somebody should look at what it holds. */
                    isAlert: { type: Boolean, optional: true },
                },
            },
        },
        active: { type: [String, { value: null }], optional: true },
        onSelect: Function,
    };
    static defaultProps = { active: null };

    setup() {
        this.formatQty = formatQty;
        this.root = useRef("root");
        useEffect(
            () => {
                const active = this.root.el.querySelector("[aria-pressed=true]");
                active?.scrollIntoView({ block: "nearest", inline: "nearest" });
            },
            () => [this.props.active],
        );
    }

    isActive({ key }) {
        return key === this.props.active;
    }
}
