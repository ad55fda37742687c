import { Component } from "@odoo/owl";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";

/**
 * What the start of a sheet had to say: deliveries not received, or picked but not
 * validated. Above the counting page only, until someone dismisses it; blocks nothing.
 */
export class CountNotices extends Component {
    static template = "stock_pos_count.CountNotices";
    static props = {};

    setup() {
        this.pos = usePos();
        this.count = useStockPosCount();
    }

    get sheetUuid() {
        const { current, params } = this.pos.router.state;
        return current === "StockCountScreen" ? params.sheetUuid : null;
    }

    get notices() {
        return this.count.notices[this.sheetUuid] || [];
    }

    dismiss() {
        delete this.count.notices[this.sheetUuid];
    }
}
