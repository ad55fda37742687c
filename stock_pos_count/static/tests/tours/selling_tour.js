/* global posmodel */

import { registry } from "@web/core/registry";
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as CountList from "@stock_pos_count/../tests/tours/utils/count_list_util";
import * as CountScreen from "@stock_pos_count/../tests/tours/utils/count_screen_util";
import * as CreateDialog from "@stock_pos_count/../tests/tours/utils/create_dialog_util";

function orderHolds(number) {
    return {
        content: `the order still holds ${number} product`,
        trigger: ".product-screen",
        run: () => {
            const lines = posmodel.getOrder()?.lines.length;
            if (lines !== number) {
                throw new Error(`The order has ${lines} lines.`);
            }
        },
    };
}

/** A customer comes in the middle of a long list, twice; at last the register is closed. */
registry.category("web_tour.tours").add("stock_pos_count_sell_in_between", {
    steps: () =>
        [
            CountList.openFromMenu(),
            CountList.create(),
            CreateDialog.total("43 products"),
            CreateDialog.createAndStart(),
            CountScreen.filter("all"),
            CountScreen.scrollTo(1400),
            CountScreen.pick("Count Thing 25"),
            CountScreen.type("4"),
            CountScreen.cardShows("Count Thing 25", "4"),
            CountScreen.rememberPlace(),
            CountScreen.sell(),
            ProductScreen.clickDisplayedProduct("Count Tea"),
            orderHolds(1),
            CountScreen.backToCount("1/43"),
            CountScreen.cardShows("Count Thing 25", "4"),
            CountScreen.standsWhereItStood("Count Thing 25"),
            CountScreen.sell(),
            orderHolds(1),
            Chrome.clickMenuOption("Close Register"),
            {
                content: "closing tells of the open sheet",
                trigger: ".modal .stock-count-closing:contains(Counting):contains(1 of 43 counted)",
            },
            {
                content: "and holds nobody up",
                trigger: ".modal .modal-footer .btn-primary:contains(Close Register):enabled",
            },
        ].flat(),
});
