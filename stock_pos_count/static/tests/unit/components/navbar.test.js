import { expect, test } from "@odoo/hoot";
import { animationFrame, click } from "@odoo/hoot-dom";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { Navbar } from "@point_of_sale/app/components/navbar/navbar";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { mountDialogs, setupCountEnv } from "../register_utils";

definePosModels();

test("the menu leads to the stocktake, where neither main button is active", async () => {
    const { pos } = await setupCountEnv();
    await mountDialogs();
    await mountWithCleanup(Navbar);
    await click(".pos-rightheader .fa-bars");
    await animationFrame();
    await click(".stock-count-open-list");
    await animationFrame();
    expect(pos.router.state.current).toBe("StockCountListScreen");
    expect(".register-label.active").toHaveCount(0);
    expect(".orders-button.active").toHaveCount(0);
});

test("the menu is as ever where the stocktake is switched off", async () => {
    const { pos } = await setupCountEnv();
    pos.config.use_stock_count = false;
    await mountDialogs();
    await mountWithCleanup(Navbar);
    await click(".pos-rightheader .fa-bars");
    await animationFrame();
    expect(".pos-burger-menu-items").toHaveCount(1);
    expect(".stock-count-open-list").toHaveCount(0);
});
