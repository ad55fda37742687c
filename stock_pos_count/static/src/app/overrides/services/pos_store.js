import { PosStore } from "@point_of_sale/app/services/pos_store";
import { COUNT_PAGES } from "@stock_pos_count/app/utils/count_pages";
import { patch } from "@web/core/utils/patch";

patch(PosStore.prototype, {
    /** Without the feature a stocktake address leads to where the register would have opened. */
    navigate(routeName, routeParams = {}) {
        if (COUNT_PAGES.has(routeName) && !this.config.use_stock_count) {
            const { page, params } = this.defaultPage;
            return super.navigate(page, params);
        }
        return super.navigate(routeName, routeParams);
    },
    /** Tells the server the till's clock with each order, so that it knows when goods left the shelf. */
    getSyncAllOrdersContext() {
        return {
            ...super.getSyncAllOrdersContext(...arguments),
            stock_pos_count_till_time: Date.now(),
        };
    },
});
