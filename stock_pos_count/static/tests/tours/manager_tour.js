import { registry } from "@web/core/registry";
import * as CorrectionScreen from "@stock_pos_count/../tests/tours/utils/correction_screen_util";
import * as CountList from "@stock_pos_count/../tests/tours/utils/count_list_util";
import * as CountScreen from "@stock_pos_count/../tests/tours/utils/count_screen_util";
import * as CreateDialog from "@stock_pos_count/../tests/tours/utils/create_dialog_util";
import * as ResultScreen from "@stock_pos_count/../tests/tours/utils/result_screen_util";

/**
 * Tea 10, milk 5, rice 3 and soap −2 on hand, and only tea is counted. The manager counts
 * the rest as zero as far as that is safe, leaves rice out of the correction, opens a sheet
 * for the soap, and voids it.
 */
registry.category("web_tour.tours").add("stock_pos_count_manager_decides", {
    steps: () =>
        [
            CountList.openFromMenu(),
            CountList.create(),
            CreateDialog.total("4 products"),
            CreateDialog.createAndStart(),
            CountScreen.pick("Count Tea"),
            CountScreen.type("9"),
            CountScreen.progress("1/4"),
            CountScreen.countAsZero({ uncounted: 3, apart: "below zero in the books", number: 2 }),
            CountScreen.leaveOut(),
            ResultScreen.isState("Mismatched"),
            ResultScreen.figure("short", 3),
            ResultScreen.correct(),
            CorrectionScreen.hasLine("Count Milk", "−5"),
            CorrectionScreen.leaveOut("Count Rice"),
            CorrectionScreen.warns(),
            CorrectionScreen.confirm("Correct 2 products"),
            ResultScreen.isState("Corrected"),
            ResultScreen.says("Corrected by Count Manager"),
            ResultScreen.rowSays("Count Rice", "Not corrected"),
            ResultScreen.rowSays("Count Milk", "−5"),
            ResultScreen.isReadOnly(),
            ResultScreen.newSheetForUncounted(),
            CreateDialog.total("1 product"),
            CreateDialog.createAndStart(),
            CountScreen.progress("0/1"),
            CountScreen.pick("Count Soap"),
            CountScreen.type("1"),
            CountScreen.progress("1/1"),
            CountScreen.isSaved(),
            CountScreen.back(),
            CountList.voidSheet("Counting", "Soap is being sorted"),
            CountList.isEmpty(),
            CountList.filter("Void"),
            CountList.act("View"),
            ResultScreen.isState("Void"),
            ResultScreen.says("Soap is being sorted"),
            ResultScreen.isReadOnly(),
        ].flat(),
});
