import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountFilterChips } from "@stock_pos_count/app/components/count_filter_chips/count_filter_chips";
import { setupCountEnv } from "../register_utils";

definePosModels();

test("numbers of a large sheet are read as on the rest of the screen", async () => {
    await setupCountEnv();
    await mountWithCleanup(CountFilterChips, {
        props: {
            name: "Lines",
            filters: [
                { key: "to_count", label: "To count", number: 18200 },
                { key: "counted", label: "Counted", number: 0 },
            ],
            onSelect: () => {},
        },
    });
    expect(queryAllTexts(".stock-count-filter")).toEqual(["To count 18,200", "Counted"]);
});
