import { expect, test } from "@odoo/hoot";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountStateChip } from "@stock_pos_count/app/components/count_state_chip/count_state_chip";
import { setupCountEnv } from "../register_utils";

definePosModels();

test("a matched sheet says how much of it was counted", async () => {
    await setupCountEnv();
    await mountWithCleanup(CountStateChip, { props: { state: "matched", counted: 3, total: 500 } });
    expect(".stock-count-chip-matched").toHaveText("Matched · 3 of 500 counted");
});

test("other states are one word", async () => {
    await setupCountEnv();
    await mountWithCleanup(CountStateChip, { props: { state: "void", counted: 3, total: 500 } });
    expect(".stock-count-chip-void").toHaveText("Void");
});
