import { expect, test } from "@odoo/hoot";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountVariance } from "@stock_pos_count/app/components/count_variance/count_variance";
import { setupCountEnv } from "../register_utils";

definePosModels();

for (const [value, kind, sign, text, word] of [
    [-3, "short", "▼", "−3", "short"],
    [2, "over", "▲", "+2", "over"],
    [0, "equal", "✓", "0", "equal"],
]) {
    test(`${kind} has its colour, its sign and its word`, async () => {
        await setupCountEnv();
        await mountWithCleanup(CountVariance, { props: { value } });
        expect(`.stock-count-${kind}`).toHaveCount(1);
        expect(".stock-count-variance-sign").toHaveText(sign);
        expect(".stock-count-qty").toHaveText(text);
        expect(".visually-hidden").toHaveText(word);
    });
}

test("what is not known is a dash without colour", async () => {
    await setupCountEnv();
    await mountWithCleanup(CountVariance, { props: { value: null } });
    expect(".stock-count-qty").toHaveText("—");
    expect(".stock-count-variance").toHaveCount(0);
});
