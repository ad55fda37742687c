import { expect, test } from "@odoo/hoot";
import { click, edit } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { getService, onRpc } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountRefusedDialog } from "@stock_pos_count/app/components/count_refused_dialog/count_refused_dialog";
import { makeCountProduct, openSession, sendAll } from "../count_server";
import { mountDialogs } from "../register_utils";

definePosModels();

async function openDialog() {
    const env = await openSession();
    env.server.refusals.set("CODE-2", "This product is not kept in stock.");
    await mountDialogs();
    await env.session.scan("CODE-2");
    await sendAll();
    env.server.refusals.clear();
    getService("dialog").add(CountRefusedDialog, { session: env.session });
    await animationFrame();
    return env;
}

test("an entry that was not accepted says why, and is sent again with another quantity", async () => {
    const { server } = await openDialog();
    expect(".stock-count-refused-dialog").toHaveText(/Product 2/);
    expect(".stock-count-refused-dialog").toHaveText(/This product is not kept in stock\./);
    await click(".stock-count-refused-dialog input");
    await edit("7");
    await click("button:contains(Send again)");
    await sendAll();
    expect(server.lines[1].counted).toBe(7);
    expect(".stock-count-refused-dialog").toHaveCount(0);
});

test("an entry that was not accepted is sent again for the product that is chosen", async () => {
    const { server } = await openDialog();
    onRpc("stock.pos.count", "register_search", () => ({
        lines: [],
        products: [makeCountProduct(3)],
    }));
    await click("button:contains(Choose product)");
    await animationFrame();
    await click(".stock-count-product-picker input");
    await edit("Prod");
    await advanceTime(400);
    await animationFrame();
    await click(".stock-count-product-picker-row");
    await sendAll();
    expect(server.lines.map(({ counted }) => counted)).toEqual([null, null, 1]);
});

test("an entry that was not accepted is only let go of at the second press", async () => {
    const { session } = await openDialog();
    await click("button:contains(Discard)");
    await animationFrame();
    expect(session.syncState.refused.length).toBe(1);
    await click("button:contains(Discard for good)");
    await animationFrame();
    await animationFrame();
    expect(session.syncState.refused.length).toBe(0);
    expect(".stock-count-refused-dialog").toHaveCount(0);
});
