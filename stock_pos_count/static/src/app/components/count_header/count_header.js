import { Component } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/**
 * The head of a stocktake page: the way back on the left, what the page is about in the
 * middle (default slot), what may be done on the right (slot `actions`).
 */
export class CountHeader extends Component {
    static template = "stock_pos_count.CountHeader";
    static props = {
        onBack: Function,
        backLabel: { type: [String, Object] },
        /** Whether the word stands beside the arrow where there is room for it. */
        showBackLabel: { type: Boolean, optional: true },
        slots: { type: Object, optional: true },
    };
    static defaultProps = { showBackLabel: false };

    setup() {
        this.ui = useService("ui");
    }

    get isLabelled() {
        return this.props.showBackLabel && !this.ui.isSmall;
    }
}
