import { onWillStart, useState } from "@odoo/owl";
import { ClosePosPopup } from "@point_of_sale/app/components/popups/closing_popup/closing_popup";
import { CountStateChip } from "@stock_pos_count/app/components/count_state_chip/count_state_chip";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { coverageText } from "@stock_pos_count/app/utils/count_states";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/** The cash is what the popup is about: so many sheets are named, the others counted. */
const MAX_NAMED = 3;

patch(ClosePosPopup, {
    components: { ...ClosePosPopup.components, CountStateChip },
});

patch(ClosePosPopup.prototype, {
    setup() {
        super.setup(...arguments);
        this.stockCount = useStockPosCount();
        this.openCounts = useState({ sheets: [], total: 0 });
        this.unsent = useState({ number: this.stockCount.unsentCount });
        onWillStart(() => this.loadOpenCounts());
        this.sendCounts();
    },
    /** Closing the register is never held up by a stocktake, nor by the question for one. */
    async loadOpenCounts() {
        if (!this.pos.config.use_stock_count) {
            return;
        }
        try {
            const answer = await this.stockCount.rpc("register_list", "open", 0, MAX_NAMED);
            Object.assign(this.openCounts, { sheets: answer.sheets, total: answer.total });
        } catch {
            Object.assign(this.openCounts, { sheets: [], total: 0 });
        }
    },
    async sendCounts() {
        if (this.unsent.number) {
            this.unsent.number = await this.stockCount.flush();
        }
    },
    get unsentCounts() {
        const { number } = this.unsent;
        return number
            ? _t(
                  "%s counts are on this device only. They are kept, and sent as soon as this register is opened here with network.",
                  number,
              )
            : "";
    },
    /** What stays on this device was said in the popup: the browser need not ask again. */
    async closeSession() {
        this.stockCount.isLeaving = true;
        await super.closeSession(...arguments);
        this.stockCount.isLeaving = this.pos.session.state === "closed";
    },
    get moreOpenCounts() {
        const more = this.openCounts.total - this.openCounts.sheets.length;
        if (!more) {
            return "";
        }
        return more === 1 ? _t("1 more count sheet is open.") : _t("%s more are open.", more);
    },
    openCountCoverage(sheet) {
        return sheet.total ? coverageText(sheet) : "";
    },
});
