import { Component } from "@odoo/owl";
import { coverageText } from "@stock_pos_count/app/utils/count_states";

/** A thin bar: how much of a sheet is counted. Screen readers hear the sentence. */
export class CountProgressBar extends Component {
    static template = "stock_pos_count.CountProgressBar";
    static props = {
        counted: Number,
        total: Number,
        class: { type: String, optional: true },
    };
    static defaultProps = { class: "" };

    get percent() {
        const { counted, total } = this.props;
        return total ? Math.min(100, Math.round((counted / total) * 100)) : 0;
    }

    get text() {
        return coverageText(this.props);
    }
}
