import { Component } from "@odoo/owl";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { formatQty } from "@stock_pos_count/app/utils/format";
import { _t } from "@web/core/l10n/translation";

/**
 * The way back to the count while selling: a bar above the sales screen for as long as
 * this device has a running sheet. The whole bar is the button.
 */
export class SellingBar extends Component {
    static template = "stock_pos_count.SellingBar";
    static props = {};

    setup() {
        this.pos = usePos();
        this.count = useStockPosCount();
    }

    get isVisible() {
        return Boolean(
            this.pos.config.use_stock_count &&
            this.count.running &&
            this.pos.router.state.current === "ProductScreen",
        );
    }

    get text() {
        const { name, counted, total } = this.count.running;
        return _t("Stocktake %(name)s · %(counted)s/%(total)s", {
            name,
            counted: formatQty(counted),
            total: formatQty(total),
        });
    }

    backToCount() {
        this.count.openSheet(this.count.running.uuid);
    }
}
