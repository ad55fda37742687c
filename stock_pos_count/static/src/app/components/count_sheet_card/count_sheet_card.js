import { Component } from "@odoo/owl";
import { CountProgressBar } from "@stock_pos_count/app/components/count_progress_bar/count_progress_bar";
import { CountStateChip } from "@stock_pos_count/app/components/count_state_chip/count_state_chip";
import { CountTime } from "@stock_pos_count/app/components/count_time/count_time";
import { actionLabel, mainAction } from "@stock_pos_count/app/utils/count_states";

/** An open sheet that covers some of the same products, with the way onto it. */
export class CountSheetCard extends Component {
    static template = "stock_pos_count.CountSheetCard";
    static components = { CountProgressBar, CountStateChip, CountTime };
    static props = {
        sheet: Object,
        runningUuid: { type: String, optional: true },
        /** The first of several: the one to use, if any. */
        isFirst: { type: Boolean, optional: true },
        isDisabled: { type: Boolean, optional: true },
        /** Called with the sheet and the action: start, resume, join, continue or view. */
        onAct: Function,
    };
    static defaultProps = { isFirst: false, isDisabled: false };

    get action() {
        return mainAction(this.props.sheet, this.props.runningUuid);
    }

    get actionLabel() {
        return actionLabel(this.action, this.props.sheet);
    }

    get coverage() {
        const { counted, total } = this.props.sheet;
        return `${Math.floor((counted / total) * 100)}%`;
    }
}
