import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";

/**
 * Asks for a reason and voids a count sheet. A sheet on which nothing was counted may
 * go without one. What was counted is kept; the dialog says so.
 */
export class CountVoidDialog extends Component {
    static template = "stock_pos_count.CountVoidDialog";
    static components = { Dialog };
    static props = {
        sheet: Object,
        /** Called with the sheet as it is afterwards. */
        onVoided: Function,
        close: Function,
    };

    setup() {
        this.count = useStockPosCount();
        this.state = useState({ reason: "", isBusy: false, error: null });
        useAutofocus({ refName: "reason" });
    }

    get title() {
        return _t("Void %s?", this.props.sheet.name).toString();
    }

    get needsReason() {
        return this.props.sheet.state !== "new";
    }

    get canConfirm() {
        return !this.state.isBusy && (!this.needsReason || Boolean(this.state.reason.trim()));
    }

    async confirm() {
        if (!this.canConfirm) {
            return;
        }
        Object.assign(this.state, { isBusy: true, error: null });
        try {
            const reason = this.state.reason.trim();
            const { sheet } = await this.count.transition(this.props.sheet.uuid, "void", {
                reason,
            });
            this.props.close();
            this.props.onVoided(sheet);
        } catch (error) {
            Object.assign(this.state, { isBusy: false, error: error.message });
        }
    }
}
