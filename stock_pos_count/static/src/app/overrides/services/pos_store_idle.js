import { PosStore } from "@point_of_sale/app/services/pos_store";
import { COUNT_PAGES } from "@stock_pos_count/app/utils/count_pages";
import { patch } from "@web/core/utils/patch";

/**
 * Nobody who looks for a product on a shelf loses the page to the screen saver, which
 * would also log the person out and close every dialog.
 */
patch(PosStore.prototype, {
    get idleTimeout() {
        return super.idleTimeout.map(({ timeout, action }) => ({
            timeout,
            action: () => !COUNT_PAGES.has(this.router.state.current) && action(),
        }));
    },
});
