import { expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import {
    getService,
    makeServerError,
    mountWithCleanup,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { StockCountListScreen } from "@stock_pos_count/app/screens/count_list_screen/count_list_screen";
import { CountStoreError } from "@stock_pos_count/app/services/count_store";
import { drawAll, goOffline, makeSheet, setupCountEnv } from "../register_utils";

definePosModels();

function listAnswer(sheets, total = sheets.length) {
    return { sheets, total, counts: { open: total, all: total }, now: Date.now() };
}

async function mountList(sheets, answers = {}) {
    const env = await setupCountEnv({
        register_list: () => listAnswer(sheets),
        ...answers,
    });
    await mountWithCleanup(StockCountListScreen);
    await animationFrame();
    return env;
}

test("opens on the open sheets and names what may be done with each", async () => {
    const { calls } = await mountList([
        makeSheet({ uuid: "1", state: "new", allowed: ["view", "start", "void"] }),
        makeSheet({ uuid: "2", state: "counting", allowed: ["view", "join"] }),
        makeSheet({ uuid: "3", state: "paused", allowed: ["view", "resume"] }),
        makeSheet({ uuid: "4", state: "mismatched", short: 12, over: 5, allowed: ["view"] }),
    ]);
    expect(calls[0]).toEqual(["register_list", "open", 0, 20]);
    expect(".stock-count-list-act").toHaveCount(4);
    const labels = [...document.querySelectorAll(".stock-count-list-act")].map((button) =>
        button.textContent.trim(),
    );
    expect(labels).toEqual(["Start", "Join", "Continue", "View"]);
    expect(".stock-count-list-facts .stock-count-short").toHaveText("▼ 12 short");
    expect(".stock-count-list-facts .stock-count-over").toHaveText("▲ 5 over");
    expect("button.stock-count-list-more").toHaveCount(1);
});

test("the sheet this device counts is continued, not joined", async () => {
    const sheet = makeSheet();
    await setupCountEnv({ register_list: () => listAnswer([sheet]) });
    getService("stock_pos_count").setRunning(sheet);
    await mountWithCleanup(StockCountListScreen);
    await animationFrame();
    expect(".stock-count-list-act").toHaveText("Continue");
});

test("starting asks the server, then counts", async () => {
    const sheet = makeSheet({ state: "new", allowed: ["start"] });
    const { calls, pos } = await mountList([sheet], {
        register_transition: () => ({ sheet: makeSheet(), notices: [{ text: "WH/IN/1" }] }),
    });
    await click(".stock-count-list-act");
    await animationFrame();
    expect(calls.at(-1).slice(0, 3)).toEqual(["register_transition", "sheet-1", "start"]);
    expect(pos.router.state.current).toBe("StockCountScreen");
    expect(getService("stock_pos_count").notices["sheet-1"]).toHaveLength(1);
});

test("a start that another device was quicker with is explained, and the list looks again", async () => {
    let state = "new";
    const { calls } = await mountList([], {
        register_list: () =>
            listAnswer([makeSheet({ state, allowed: [state === "new" ? "start" : "join"] })]),
        register_transition: () => {
            state = "counting";
            throw makeServerError({ type: "UserError", message: "It is being counted." });
        },
    });
    await click(".stock-count-list-act");
    await animationFrame();
    await animationFrame();
    expect(".stock-count-list-act").toHaveText("Join");
    expect(calls.at(-1)[0]).toBe("register_list");
});

test("more than a page is shown on demand, without doubles", async () => {
    const all = Array.from({ length: 25 }, (_, index) =>
        makeSheet({ uuid: `u${index}`, name: `PD${index}` }),
    );
    await mountList([], {
        register_list: (state, offset, limit) =>
            listAnswer(all.slice(Math.max(0, offset - 1), offset + limit), 25),
    });
    expect(".stock-count-list-row").toHaveCount(20);
    expect(".stock-count-more").toHaveText("Show more (5 left)");
    await click(".stock-count-more");
    await animationFrame();
    expect(".stock-count-list-row").toHaveCount(25);
    expect(".stock-count-more").toHaveCount(0);
});

test("another state is another question, and it is remembered", async () => {
    const { calls, pos } = await mountList([]);
    expect(".stock-count-empty").toHaveText("No open count sheets");
    await click("[data-filter=corrected]");
    await animationFrame();
    expect(calls.at(-1)).toEqual(["register_list", "corrected", 0, 20]);
    expect("[data-filter=corrected]").toHaveAttribute("aria-pressed", "true");
    expect(pos.screenState.stockCountList.filter).toBe("corrected");
});

test("it looks again by itself", async () => {
    const { calls } = await mountList([makeSheet()]);
    await advanceTime(30000);
    await animationFrame();
    expect(calls).toHaveLength(2);
});

test("without network only sheets that are counted on this device can be opened", async () => {
    const here = makeSheet({ uuid: "here", name: "PD1", last_activity_at: 1000 });
    const there = makeSheet({ uuid: "there", name: "PD2", last_activity_at: 2000 });
    const done = makeSheet({
        uuid: "done",
        name: "PD3",
        state: "mismatched",
        allowed: ["view"],
        last_activity_at: 3000,
    });
    await mountList([here, there, done]);
    for (const sheet of [here, done]) {
        await getService("stock_pos_count").store.saveSheet(
            { uuid: sheet.uuid, sheet },
            { lines: [], products: [] },
        );
    }
    goOffline();
    await click("[data-filter=all]");
    await animationFrame();
    await animationFrame();
    expect(".alert-warning").toHaveCount(1);
    expect(".stock-count-create").not.toBeEnabled();
    const rows = [...document.querySelectorAll(".stock-count-list-open")];
    expect(rows.map((row) => row.textContent)).toEqual(["PD3", "PD2", "PD1"]);
    expect(rows.map((row) => row.disabled)).toEqual([true, true, false]);
});

test("without network a browser that keeps nothing still shows the list it has seen", async () => {
    await mountList([makeSheet({ name: "PD1" })]);
    patchWithCleanup(getService("stock_pos_count").store, {
        async heldSheets() {
            throw new CountStoreError(new Error("forbidden"));
        },
    });
    goOffline();
    await click("[data-filter=all]");
    await drawAll();
    expect(".alert-warning").toHaveCount(1);
    expect(".stock-count-list-open").toHaveText("PD1");
});

test("the copy of a sheet that nobody touched for a month is let go of", async () => {
    const now = Date.now();
    const [old, recent, open] = [40, 20, 50].map((days) =>
        makeSheet({ uuid: `${days}`, last_activity_at: now - days * 24 * 3600 * 1000 }),
    );
    await setupCountEnv({ register_list: () => listAnswer([recent]) });
    const count = getService("stock_pos_count");
    const { store } = count;
    count.session(open.uuid);
    for (const sheet of [old, recent, open]) {
        await store.saveSheet({ uuid: sheet.uuid, sheet }, { lines: [], products: [] });
    }
    await mountWithCleanup(StockCountListScreen);
    await animationFrame();
    expect(await store.heldSheets()).toEqual([recent, open]);
});
