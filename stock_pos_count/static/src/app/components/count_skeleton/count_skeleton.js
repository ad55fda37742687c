import { Component } from "@odoo/owl";

/** Grey rows in the place of a list that is on its way, so that nothing jumps. */
export class CountSkeleton extends Component {
    static template = "stock_pos_count.CountSkeleton";
    static props = {
        rows: { type: Number, optional: true },
        /** Height of a row in pixels: that of the rows to come. */
        rowHeight: { type: Number, optional: true },
    };
    static defaultProps = { rows: 8, rowHeight: 56 };

    get rows() {
        return Array.from({ length: this.props.rows }, (_, index) => index);
    }
}
