import { registry } from "@web/core/registry";
import * as CountList from "@stock_pos_count/../tests/tours/utils/count_list_util";
import * as CountScreen from "@stock_pos_count/../tests/tours/utils/count_screen_util";
import * as CreateDialog from "@stock_pos_count/../tests/tours/utils/create_dialog_util";

const TEA = "9900000000024";

/**
 * The drinks are being counted, and a delivery of rice is on its way: a full count is made
 * nevertheless, for somebody else; then the clerk helps with the drinks.
 */
registry.category("web_tour.tours").add("stock_pos_count_second_sheet", {
    steps: () =>
        [
            CountList.openFromMenu(),
            CountList.hasSheet("Counting"),
            CountList.create(),
            CreateDialog.total("3 products"),
            CreateDialog.overlapsWith("Count Clerk"),
            CreateDialog.createdBy("Count Ben"),
            CreateDialog.note("Back room first"),
            CreateDialog.createAndStart(),
            CountScreen.noticesSay("is not received yet"),
            CountScreen.progress("0/3"),
            CountScreen.scan(TEA, "Count Tea", "1"),
            CountScreen.scan(TEA, "Count Tea", "2"),
            CountScreen.undoLast(),
            CountScreen.cardShows("Count Tea", "1"),
            CountScreen.note("1 box torn"),
            CountScreen.isSaved(),
            CountScreen.back(),
            CountList.rowSays("Counting", "Back room first"),
            CountList.create(),
            CreateDialog.isFullOpen(),
            CreateDialog.use("Count Clerk", "Join"),
            CountScreen.progress("1/2"),
            CountScreen.scan(TEA, "Count Tea", "1"),
            CountScreen.progress("2/2"),
            CountScreen.isSaved(),
        ].flat(),
});
