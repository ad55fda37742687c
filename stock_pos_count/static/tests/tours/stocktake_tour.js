import { registry } from "@web/core/registry";
import * as CorrectionScreen from "@stock_pos_count/../tests/tours/utils/correction_screen_util";
import * as CountList from "@stock_pos_count/../tests/tours/utils/count_list_util";
import * as CountScreen from "@stock_pos_count/../tests/tours/utils/count_screen_util";
import * as CreateDialog from "@stock_pos_count/../tests/tours/utils/create_dialog_util";
import * as ResultScreen from "@stock_pos_count/../tests/tours/utils/result_screen_util";

const TEA = "9900000000024";

/** Tea 10, milk 5 and rice 3 on hand: count, recount what differs, correct. */
registry.category("web_tour.tours").add("stock_pos_count_recount_and_correct", {
    steps: () =>
        [
            CountList.openFromMenu(),
            CountList.isEmpty(),
            CountList.create(),
            CreateDialog.scope("full"),
            CreateDialog.total("3 products"),
            CreateDialog.createAndStart(),
            CountScreen.progress("0/3"),
            CountScreen.scan(TEA, "Count Tea", "1"),
            CountScreen.scan(TEA, "Count Tea", "2"),
            CountScreen.pick("Count Milk"),
            CountScreen.type("7"),
            CountScreen.cardShows("Count Milk", "7"),
            CountScreen.progress("2/3"),
            CountScreen.complete({ says: "1 not counted.", button: "Leave out and complete" }),
            ResultScreen.isState("Mismatched"),
            ResultScreen.figure("short", 1),
            ResultScreen.figure("over", 1),
            ResultScreen.show("over"),
            ResultScreen.hasOnly("Count Milk", "+2"),
            ResultScreen.show("short"),
            ResultScreen.hasOnly("Count Tea", "−8"),
            ResultScreen.recount(),
            CountScreen.isRecounting(),
            CountScreen.progress("0/2"),
            CountScreen.scan(TEA, "Count Tea", "1"),
            CountScreen.openKeys(),
            CountScreen.type("9", "set"),
            CountScreen.cardShows("Count Tea", "9"),
            CountScreen.progress("1/2"),
            CountScreen.complete({ says: "1 keeps its earlier count." }),
            ResultScreen.isState("Mismatched"),
            ResultScreen.show("short"),
            ResultScreen.hasOnly("Count Tea", "−1"),
            ResultScreen.correct(),
            CorrectionScreen.hasLine("Count Tea", "−1"),
            CorrectionScreen.hasLine("Count Milk", "+2"),
            CorrectionScreen.confirm("Correct 2 products"),
            ResultScreen.isState("Corrected"),
            ResultScreen.says("Corrected by Count Clerk"),
            ResultScreen.isReadOnly(),
        ].flat(),
});

/** Only drinks, with a customer and a break in between; everything agrees. */
registry.category("web_tour.tours").add("stock_pos_count_partial_with_breaks", {
    steps: () =>
        [
            CountList.openFromMenu(),
            CountList.create(),
            CreateDialog.scope("partial"),
            CreateDialog.total("Choose at least one category or vendor"),
            CreateDialog.category("Count Drinks"),
            CreateDialog.total("2 products"),
            CreateDialog.createAndStart(),
            CountScreen.progress("0/2"),
            CountScreen.pick("Count Milk"),
            CountScreen.type("5"),
            CountScreen.cardShows("Count Milk", "5"),
            CountScreen.sell(),
            CountScreen.backToCount("1/2"),
            CountScreen.progress("1/2"),
            CountScreen.pause(),
            CountList.hasSheet("Paused"),
            CountList.act("Continue"),
            CountScreen.progress("1/2"),
            CountScreen.scan(TEA, "Count Tea", "1"),
            CountScreen.openKeys(),
            CountScreen.type("9", "add"),
            CountScreen.cardShows("Count Tea", "10"),
            CountScreen.complete(),
            ResultScreen.isState("Matched"),
            ResultScreen.says("All counted products agree"),
            ResultScreen.isReadOnly(),
        ].flat(),
});
