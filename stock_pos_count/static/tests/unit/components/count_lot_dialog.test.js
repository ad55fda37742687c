import { expect, test } from "@odoo/hoot";
import { click, edit, press } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { getService } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountLotDialog } from "@stock_pos_count/app/components/count_lot_dialog/count_lot_dialog";
import { CountServer, makeCountProduct, makeLine } from "../count_server";
import { goOffline, mountDialogs, setupCountEnv } from "../register_utils";

definePosModels();

const CHEESE = makeCountProduct(9, { tracking: "lot" });
const OLD = { id: 91, name: "OLD", expires_at: null, elsewhere: null };

async function openDialog({ mayCreate = false, isOffline = false } = {}) {
    const server = new CountServer({
        products: [CHEESE],
        lines: [makeLine(1, { product_id: CHEESE.id })],
    });
    await setupCountEnv({
        ...server.answers,
        register_lots: (uuid, productId, term) => ({
            lots: [OLD].filter(({ name }) => name.includes(term)),
            may_create: mayCreate,
        }),
    });
    await mountDialogs();
    const session = getService("stock_pos_count").session("sheet-1");
    await session.open();
    await session.scan("CODE-9");
    const scanned = session.latest.uuid;
    if (isOffline) {
        goOffline();
    }
    getService("dialog").add(CountLotDialog, {
        session,
        product: CHEESE,
        onPick: (lot) => session.moveToLot(scanned, "9:0", session.offerLot(CHEESE, lot)),
    });
    await animationFrame();
    await animationFrame();
    return session;
}

async function type(text) {
    await click(".stock-count-lot-dialog input");
    await edit(text);
    await advanceTime(400);
    await animationFrame();
}

test("a lot that is chosen gets the scan just made", async () => {
    const session = await openDialog();
    await click(".stock-count-lot-choice:contains(OLD)");
    await animationFrame();
    await animationFrame();
    expect(session.shown("9:91").counted).toBe(1);
    expect(session.shown("9:0").counted).toBe(null);
    expect(session.selectedKey).toBe("9:91");
});

test("a new name is only taken where lots are made", async () => {
    await openDialog();
    await type("NEW");
    expect("[name=take_name]").toHaveCount(0);
    expect(".stock-count-lot-dialog").toHaveText(/No such number/);
});

test("a new name is taken, by Enter too", async () => {
    const session = await openDialog({ mayCreate: true });
    await type("NEW");
    expect("[name=take_name]").toHaveText("Take NEW");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(session.selected.lot_name).toBe("NEW");
    expect(session.selected.counted).toBe(1);
});

test("without network a name is taken as typed", async () => {
    await openDialog({ isOffline: true });
    await type("ANY");
    expect("[name=take_name]").toHaveText("Take ANY");
});
