import { registry } from "@web/core/registry";
import * as CountList from "@stock_pos_count/../tests/tours/utils/count_list_util";
import * as ResultScreen from "@stock_pos_count/../tests/tours/utils/result_screen_util";

/**
 * From the dashboard, while no opening cash is entered: a matched sheet and 22 void ones
 * are all there is.
 */
registry.category("web_tour.tours").add("stock_pos_count_list", {
    steps: () =>
        [
            CountList.openFromDashboard("Shop"),
            CountList.isOpen(),
            CountList.isEmpty(),
            CountList.filter("All"),
            CountList.hasRows(20),
            CountList.showMore(3),
            CountList.hasRows(23),
            CountList.filter("Matched"),
            CountList.hasRows(1),
            CountList.rowSays("Matched", "1 of 2 counted"),
            CountList.act("View"),
            ResultScreen.isState("Matched"),
            ResultScreen.says("All counted products agree"),
            ResultScreen.figure("equal", 1),
            ResultScreen.hasOnly("Count Tea", "0"),
            ResultScreen.isReadOnly(),
            ResultScreen.back(),
            CountList.filter("Void"),
            CountList.hasRows(20),
        ].flat(),
});
