import { expect, test } from "@odoo/hoot";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { setupCountEnv } from "../register_utils";

definePosModels();

test("a stocktake page comes back after the login, also past the screen saver", async () => {
    const { pos } = await setupCountEnv();
    pos.navigate("StockCountResultScreen", { sheetUuid: "sheet-1" });
    pos.navigate("LoginScreen");
    pos.navigate("SaverScreen");
    pos.navigate("LoginScreen");
    expect(pos.router.state.current).toBe("LoginScreen");
    const { page, params } = pos.defaultPage;
    pos.navigate(page, params);
    expect(pos.router.state.current).toBe("StockCountResultScreen");
    expect(pos.router.state.params.sheetUuid).toBe("sheet-1");
});

test("after that, selling is reached as ever", async () => {
    const { pos } = await setupCountEnv();
    pos.navigate("StockCountListScreen");
    pos.navigate("LoginScreen");
    pos.navigate("ProductScreen", { orderUuid: pos.addNewOrder().uuid });
    expect(pos.router.state.current).toBe("StockCountListScreen");
    pos.navigate("ProductScreen", { orderUuid: pos.getOrder().uuid });
    expect(pos.router.state.current).toBe("ProductScreen");
});

test("where the stocktake is switched off its addresses lead to selling", async () => {
    const { pos } = await setupCountEnv();
    pos.config.use_stock_count = false;
    pos.navigate("StockCountListScreen");
    expect(pos.router.state.current).toBe("ProductScreen");
});
