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
        const hasNavigated = super.navigate(routeName, routeParams);
        if (this.stockCountClosing && !COUNT_PAGES.has(routeName)) {
            this.closingSessionNotification(this.stockCountClosing);
            this.stockCountClosing = null;
        }
        return hasNavigated;
    },
    /** Counts that wait are sent first; what cannot be sent is told before the register closes. */
    async closePos() {
        if (await this.env.services.stock_pos_count.mayLeave()) {
            await super.closePos(...arguments);
        }
    },
    /** The page comes back, and the counts are kept on this device: nothing to ask. */
    async reloadData() {
        this.env.services.stock_pos_count.isLeaving = true;
        await super.reloadData(...arguments);
    },
    /**
     * A session that is closed on another device interrupts nobody who counts: orders leave
     * at once, core's dialog and its reload wait until the person leaves the stocktake.
     */
    async closingSessionNotification(data) {
        const isElsewhere = data.device_identifier !== this.device.identifier;
        const isOurs = this.session.id === parseInt(data.session_id);
        if (isElsewhere && isOurs && COUNT_PAGES.has(this.router.state.current)) {
            this.stockCountClosing = data;
            await this.syncAllOrders();
            return;
        }
        await super.closingSessionNotification(...arguments);
        // The page comes back by itself, and what was counted is kept: nothing to ask.
        this.env.services.stock_pos_count.isLeaving = this.session.state === "closed";
    },
    /** Tells the server the till's clock with each order, so that it knows when goods left the shelf. */
    getSyncAllOrdersContext() {
        return {
            ...super.getSyncAllOrdersContext(...arguments),
            stock_pos_count_till_time: Date.now(),
        };
    },
});
