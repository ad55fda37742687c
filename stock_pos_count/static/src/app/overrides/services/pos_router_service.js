import { PosRouter } from "@point_of_sale/app/services/pos_router_service";
import { COUNT_PAGES } from "@stock_pos_count/app/utils/count_pages";
import { patch } from "@web/core/utils/patch";

/** Pages that a login passes through before it is over. */
const LOGIN_PAGES = new Set(["LoginScreen", "SaverScreen"]);

/**
 * A stocktake page that had to give way to the login screen comes back after the login.
 * The router is the one place that every way there and back goes through.
 */
patch(PosRouter.prototype, {
    navigate(routeName, routeParams = {}) {
        const { current, params } = this.state;
        if (routeName === "LoginScreen" && COUNT_PAGES.has(current)) {
            this.stockCountPage = [current, { ...params }];
        } else if (LOGIN_PAGES.has(current) && !LOGIN_PAGES.has(routeName) && this.stockCountPage) {
            const [page, pageParams] = this.stockCountPage;
            this.stockCountPage = null;
            return super.navigate(page, pageParams);
        }
        return super.navigate(routeName, routeParams);
    },
});
