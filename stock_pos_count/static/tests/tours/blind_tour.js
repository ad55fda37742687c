import { registry } from "@web/core/registry";
import * as CountList from "@stock_pos_count/../tests/tours/utils/count_list_util";
import * as CountScreen from "@stock_pos_count/../tests/tours/utils/count_screen_util";
import * as ResultScreen from "@stock_pos_count/../tests/tours/utils/result_screen_util";

/** Tea 10 on hand and 9 counted, on a blind sheet that only managers correct; by its address. */
registry.category("web_tour.tours").add("stock_pos_count_blind", {
    steps: () =>
        [
            CountList.isOpen(),
            CountList.hasSheet("Mismatched"),
            CountList.tellsNoResult(),
            CountList.act("View"),
            ResultScreen.isState("Mismatched"),
            ResultScreen.tellsOnlyCounts("Count Tea", "9"),
            ResultScreen.detailsHide("Count Tea", "On hand", "Variance", "Moved since"),
            ResultScreen.mayOnlyRecount(),
            ResultScreen.recount(),
            CountScreen.isRecounting(),
            CountScreen.progress("0/1"),
        ].flat(),
});
