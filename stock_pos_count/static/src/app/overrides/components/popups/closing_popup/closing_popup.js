import { onWillStart, useState } from "@odoo/owl";
import { ClosePosPopup } from "@point_of_sale/app/components/popups/closing_popup/closing_popup";
import { CountStateChip } from "@stock_pos_count/app/components/count_state_chip/count_state_chip";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { coverageText } from "@stock_pos_count/app/utils/count_states";
import { patch } from "@web/core/utils/patch";

patch(ClosePosPopup, {
    components: { ...ClosePosPopup.components, CountStateChip },
});

patch(ClosePosPopup.prototype, {
    setup() {
        super.setup(...arguments);
        this.stockCount = useStockPosCount();
        this.openCounts = useState({ sheets: [] });
        onWillStart(() => this.loadOpenCounts());
    },
    /** Closing the register is never held up by a stocktake, nor by the question for one. */
    async loadOpenCounts() {
        if (!this.pos.config.use_stock_count) {
            return;
        }
        try {
            const { sheets } = await this.stockCount.rpc("register_list", "open", 0, 20);
            this.openCounts.sheets = sheets;
        } catch {
            this.openCounts.sheets = [];
        }
    },
    openCountCoverage(sheet) {
        return sheet.total ? coverageText(sheet) : "";
    },
});
