import { Navbar } from "@point_of_sale/app/components/navbar/navbar";
import { COUNT_PAGES } from "@stock_pos_count/app/utils/count_pages";
import { patch } from "@web/core/utils/patch";

patch(Navbar.prototype, {
    /** On a page of the stocktake neither Register nor Orders is the current place. */
    get mainButton() {
        return COUNT_PAGES.has(this.pos.router.state.current) ? "stock_count" : super.mainButton;
    },
});
