import { Component } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { CountProgressBar } from "@stock_pos_count/app/components/count_progress_bar/count_progress_bar";
import { CountStateChip } from "@stock_pos_count/app/components/count_state_chip/count_state_chip";
import { CountTime } from "@stock_pos_count/app/components/count_time/count_time";
import {
    actionLabel,
    SCOPE_LABELS,
    coverageText,
    mainAction,
} from "@stock_pos_count/app/utils/count_states";
import { _t } from "@web/core/l10n/translation";

const IN_PROGRESS_STATES = new Set(["counting", "recounting", "paused"]);

/**
 * One count sheet of the list, in two lines. The whole row opens the sheet, the button
 * does what is most likely wanted, the ⋮ holds the rest.
 */
export class CountListRow extends Component {
    static template = "stock_pos_count.CountListRow";
    static components = { CountProgressBar, CountStateChip, CountTime, Dropdown, DropdownItem };
    static props = {
        sheet: Object,
        /** The sheet this device counts right now, if any. */
        runningUuid: { type: String, optional: true },
        /** An action of this row is on its way. */
        isBusy: { type: Boolean, optional: true },
        /** The server is out of reach and this device does not hold the sheet. */
        isDisabled: { type: Boolean, optional: true },
        onOpen: Function,
        onAct: Function,
        onVoid: Function,
    };
    static defaultProps = { isBusy: false, isDisabled: false };

    setup() {
        this.ui = useService("ui");
    }

    get sheet() {
        return this.props.sheet;
    }

    get isRunning() {
        return this.sheet.uuid === this.props.runningUuid;
    }

    get action() {
        return mainAction(this.sheet, this.props.runningUuid);
    }

    get actionLabel() {
        return actionLabel(this.action, this.props.sheet);
    }

    get actionName() {
        return _t("%(action)s %(sheet)s", {
            action: this.actionLabel,
            sheet: this.sheet.name,
        }).toString();
    }

    get scopeLabel() {
        return SCOPE_LABELS[this.sheet.scope];
    }

    get coverage() {
        return coverageText(this.sheet);
    }

    get showsProgress() {
        return IN_PROGRESS_STATES.has(this.sheet.state) && this.sheet.total > 0;
    }

    get showsCoverage() {
        return !["new", "void"].includes(this.sheet.state) && this.sheet.total > 0;
    }

    get showsResult() {
        return ["mismatched", "corrected"].includes(this.sheet.state) && this.sheet.short !== null;
    }

    get shortText() {
        return _t("▼ %s short", this.sheet.short);
    }

    get overText() {
        return _t("▲ %s over", this.sheet.over);
    }

    get mayVoid() {
        return this.sheet.allowed.includes("void");
    }

    get voidName() {
        return _t("More about %s", this.sheet.name).toString();
    }
}
