import { expect, test } from "@odoo/hoot";
import { animationFrame, click } from "@odoo/hoot-dom";
import { getService, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { SellingBar } from "@stock_pos_count/app/components/selling_bar/selling_bar";
import { makeSheet, setupCountEnv } from "../register_utils";

definePosModels();

async function mountBar(page) {
    const { pos } = await setupCountEnv();
    const count = getService("stock_pos_count");
    count.setRunning(makeSheet());
    pos.router.state.current = page;
    await mountWithCleanup(SellingBar);
    return { pos, count };
}

test("the bar leads back to the count in one tap", async () => {
    const { pos } = await mountBar("ProductScreen");
    expect(".stock-count-selling-bar").toHaveText(/Stocktake PD00001 · 214\/480/);
    await click(".stock-count-selling-bar");
    expect(pos.router.state.current).toBe("StockCountScreen");
    expect(pos.router.state.params.sheetUuid).toBe("sheet-1");
});

test("the bar goes when the sheet does not run any more", async () => {
    const { count } = await mountBar("ProductScreen");
    count.remember(makeSheet({ state: "paused" }));
    await animationFrame();
    expect(".stock-count-selling-bar").toHaveCount(0);
});

for (const page of ["PaymentScreen", "ReceiptScreen", "StockCountScreen"]) {
    test(`there is no bar on ${page}`, async () => {
        await mountBar(page);
        expect(".stock-count-selling-bar").toHaveCount(0);
    });
}

test("there is no bar where the stocktake is switched off", async () => {
    const { pos } = await setupCountEnv();
    getService("stock_pos_count").setRunning(makeSheet());
    pos.config.use_stock_count = false;
    pos.router.state.current = "ProductScreen";
    await mountWithCleanup(SellingBar);
    expect(".stock-count-selling-bar").toHaveCount(0);
});
