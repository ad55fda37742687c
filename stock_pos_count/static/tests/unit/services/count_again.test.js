import { expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { ConnectionAbortedError } from "@web/core/network/rpc";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountError, CountOfflineError } from "@stock_pos_count/app/services/count_errors";
import { CountStore } from "@stock_pos_count/app/services/count_store";
import { CountSession } from "@stock_pos_count/app/services/count_session";
import { makeCountProduct, makeLine, openSession, sendAll } from "../count_server";

definePosModels();

/** What is thrown instead of an answer to a sync, as long as there is something. */
function failSyncs(session, failure) {
    const state = { failure };
    patchWithCleanup(session.service, {
        async rpc(method) {
            if (state.failure && method === "register_sync") {
                throw state.failure;
            }
            return super.rpc(...arguments);
        },
    });
    return state;
}

/** Only a browser that had a second tab looks what the other ones did. */
function haveTabs() {
    browser.localStorage.setItem("stock_pos_count.tabs", "tab-2");
}

async function openRefused() {
    const env = await openSession();
    env.server.refusals.set("CODE-2", "no");
    await env.session.scan("CODE-2");
    await sendAll();
    env.server.refusals.clear();
    const [{ uuid }] = env.session.syncState.refused;
    return { ...env, uuid };
}

/** @returns {string[]} what the person is told from now on */
function tellNotifications(session) {
    const told = [];
    patchWithCleanup(session.service.notification, {
        add(text) {
            told.push(text.toString());
        },
    });
    return told;
}

test("sent again by two taps, a count is there once", async () => {
    const { server, session, uuid } = await openRefused();
    const told = tellNotifications(session);
    const mended = [session.mend(uuid, { qty: 4 }), session.mend(uuid, { qty: 4 })];
    expect((await Promise.all(mended)).filter(Boolean).length).toBe(1);
    await sendAll();
    expect(server.lines[1].counted).toBe(4);
    expect(session.syncState.refused).toEqual([]);
    expect(told).toEqual([]);
});

test("sent again in two tabs, a count is there once", async () => {
    const { server, session, uuid } = await openRefused();
    const otherTab = new CountSession(session.service, "sheet-1");
    await otherTab.open();
    expect(otherTab.syncState.refused.length).toBe(1);
    await session.mend(uuid, { qty: 4 });
    const told = tellNotifications(session);
    expect(await otherTab.mend(uuid, { qty: 4 })).toBe(null);
    expect(told.join()).toMatch(/in another tab/);
    await sendAll();
    expect(server.lines[1].counted).toBe(4);
    expect(otherTab.syncState.refused).toEqual([]);
});

/** Two tabs that hold one count, which the server refused to the first of them. */
async function refuseInOneTab() {
    haveTabs();
    const env = await openSession();
    const { server, session } = env;
    const state = failSyncs(session, new CountOfflineError());
    await session.scan("CODE-2");
    const otherTab = new CountSession(session.service, "sheet-1");
    await otherTab.copy.restore();
    server.refusals.set("CODE-2", "no");
    state.failure = null;
    await session.flush();
    server.refusals.clear();
    const [{ uuid }] = session.syncState.refused;
    return { ...env, otherTab, uuid };
}

test("what one tab mended the other one does not send", async () => {
    const { server, session, otherTab, uuid } = await refuseInOneTab();
    await session.mend(uuid, { qty: 4 });
    await session.flush();
    await otherTab.flush();
    expect(server.lines[1].counted).toBe(4);
    expect(otherTab.shown("2:0").counted).toBe(4);
});

test("what one tab let go of, or holds as not accepted, the other one does not send", async () => {
    const { server, session, otherTab, uuid } = await refuseInOneTab();
    await otherTab.flush();
    expect(otherTab.syncState.refused.length).toBe(1);
    await session.discard(uuid);
    await otherTab.flush();
    expect(otherTab.syncState.refused).toEqual([]);
    expect(server.lines[1].counted).toBe(null);
});

test("a tab that stays open sends what a closed one left, without being loaded again", async () => {
    haveTabs();
    const { server, session } = await openSession();
    const { service } = session;
    const state = failSyncs(session, new CountOfflineError());
    const closedTab = new CountSession(service, "sheet-1");
    await closedTab.copy.restore();
    closedTab.sync.schedule = () => {};
    patchWithCleanup(service, { device: { id: "tab-2", name: "Chrome (2)" } });
    closedTab.applySheet(server.sheet);
    await closedTab.add("1:0", 3);
    expect(session.syncState.waiting).toBe(0);
    state.failure = null;
    await advanceTime(60000);
    await sendAll();
    expect(server.lines[0].counted).toBe(3);
});

test("a question of a closed tab is told as that tab's, until it is let go of", async () => {
    haveTabs();
    const { session, calls } = await openSession();
    const device = { id: "tab-2", name: "Chrome (2)" };
    const entry = { uuid: "asked", kind: "add", product_id: 9, qty: 1, round: 0, counted_at: 1 };
    const hold = { kind: "sheet" };
    await session.store.append({
        uuid: "asked",
        sheet: "sheet-1",
        status: "held",
        device,
        hold,
        entry,
    });
    await session.flush();
    const told = () =>
        calls
            .filter(([method]) => method === "register_sync")
            .map(([, , payload]) => [payload.device.id, payload.waiting])
            .at(-1);
    expect(session.syncState.held).toBe(1);
    expect(told()).toEqual([session.book.deviceId, 0]);
    const state = failSyncs(session, new CountOfflineError());
    await session.discard("asked");
    await advanceTime(5000);
    state.failure = null;
    await advanceTime(60000);
    await sendAll();
    expect(calls.map(([, , payload]) => [payload?.device?.id, payload?.waiting])).toInclude([
        "tab-2",
        0,
    ]);
});

test("a question that another tab answered is asked no more", async () => {
    haveTabs();
    const { server, session } = await openSession({ sheet: { scope: "partial" } });
    server.known.set("NEW", makeCountProduct(9));
    await session.scan("NEW");
    const { uuid } = session.notice;
    const otherTab = new CountSession(session.service, "sheet-1");
    await otherTab.open();
    await otherTab.scanner.answer(uuid, true);
    await otherTab.flush();
    await session.flush();
    expect(session.notice).toBe(null);
    await session.scanner.answer(uuid, true);
    await session.flush();
    expect(session.syncState.held).toBe(0);
    expect(server.entries.size).toBe(1);
});

test("a scan that another tab sent goes to a lot, and one it let go of is mended no more", async () => {
    haveTabs();
    const lots = { product_id: 7, lot_id: 70, lot_name: "L70" };
    const { server, session } = await openSession({
        products: [makeCountProduct(7, { tracking: "lot" })],
        lines: [makeLine(3, { product_id: 7 }), makeLine(4, lots)],
    });
    const state = failSyncs(session, new CountOfflineError());
    await session.scan("CODE-7");
    const { uuid } = session.latest;
    const otherTab = new CountSession(session.service, "sheet-1");
    await otherTab.open();
    state.failure = null;
    await otherTab.flush();
    await session.flush();
    await session.moveToLot(uuid, "7:0", "7:70");
    await session.flush();
    expect(server.lines.map(({ counted }) => counted)).toEqual([null, 1]);
    expect(await session.mend("gone", { qty: 4 })).toBe(null);
    const told = tellNotifications(session);
    await session.moveToLot("gone", "7:0", "7:70");
    expect(told.join()).toMatch(/in another tab/);
});

test("a look-up that goes on in another tab is left to it, one of a closed tab is sent", async () => {
    haveTabs();
    const { server, session } = await openSession();
    server.known.set("NEW", makeCountProduct(9));
    session.select("2:0");
    const device = { id: "tab-2", name: "Chrome (2)" };
    const hold = { kind: "lookup" };
    const part = { kind: "add", product_id: null, code: "NEW", qty: 1, round: 0 };
    const keepLookup = (uuid, counted_at) =>
        session.store.append({
            uuid,
            sheet: "sheet-1",
            status: "held",
            device,
            hold,
            entry: { ...part, uuid, counted_at },
        });
    await keepLookup("now", Date.now());
    await keepLookup("left", Date.now() - 60000);
    await session.flush();
    expect([...server.entries.keys()]).toEqual(["left"]);
    expect(session.syncState.held).toBe(1);
    expect(session.selectedKey).toBe("2:0");
});

test("counts are sent though the browser lost its database under the page", async () => {
    const { server, session } = await openSession();
    const name = `stock-pos-count-test-${Math.random()}`;
    const store = new CountStore(name);
    session.store = store;
    const state = failSyncs(session, new CountOfflineError());
    await session.scan("CODE-1");
    await session.scan("CODE-1");
    await new Promise((done) => {
        window.indexedDB.deleteDatabase(name).onsuccess = done;
    });
    await session.scan("CODE-1");
    await expect(session.flush()).rejects.toThrow();
    expect((await store.entries("sheet-1")).length).toBe(3);
    state.failure = null;
    await session.flush();
    expect(server.lines[0].counted).toBe(3);
    expect([...server.entries.values()].map(({ seq }) => seq)).toEqual([1, 2, 3]);
    await advanceTime(2000);
    await session.copy.write();
    expect((await store.readSheet("sheet-1")).lines.length).toBe(3);
    (await store.connect()).close();
    window.indexedDB.deleteDatabase(name);
});

test("a total that was not accepted and is sent again stays below what was added to it", async () => {
    const { server, session } = await openSession();
    server.refusals.set(2, "too large");
    await session.set("2:0", 9999999);
    await sendAll();
    server.refusals.clear();
    const [{ uuid }] = session.syncState.refused;
    await session.add("2:0", 3);
    await session.mend(uuid, { qty: 10 });
    expect(session.shown("2:0").counted).toBe(13);
    await sendAll();
    const { set, add } = Object.fromEntries([...server.entries.values()].map((e) => [e.kind, e]));
    expect(set.seq).toBeLessThan(add.seq);
});

test("an undo of an earlier count changes nothing of the recount's number", async () => {
    const { server, session } = await openSession();
    await session.scan("CODE-1");
    const { uuid } = session.latest;
    await sendAll();
    server.sheet = { ...server.sheet, state: "recounting", round: 1 };
    Object.assign(server.lines[0], { counted: null });
    await session.flush();
    await sendAll();
    const state = failSyncs(session, new CountOfflineError());
    await session.scan("CODE-1");
    await session.undo(uuid, "1:0");
    expect(session.shown("1:0").counted).toBe(1);
    state.failure = null;
});

test("after a reload an undo gives back the zero that was under it", async () => {
    const { session } = await openSession();
    await session.zero("1:0");
    await sendAll();
    await session.scan("CODE-1");
    const { uuid } = session.latest;
    await sendAll();
    const again = new CountSession(session.service, "sheet-1");
    await again.open();
    failSyncs(session, new CountOfflineError());
    await again.undo(uuid, "1:0");
    expect(again.shown("1:0").counted).toBe(0);
});

test("without network a saved scan is taken back, a later one of its product stays", async () => {
    const { session } = await openSession();
    await session.scan("CODE-1");
    const { uuid } = session.latest;
    await sendAll();
    failSyncs(session, new CountOfflineError());
    await session.scan("CODE-1");
    expect(session.shown("1:0").counted).toBe(2);
    await session.undo(uuid, "1:0");
    expect(session.shown("1:0").counted).toBe(1);
});

test("counts that a closed tab left are sent as that tab's", async () => {
    const { server, session, calls } = await openSession();
    const state = failSyncs(session, new CountOfflineError());
    await session.scan("CODE-1");
    const { service } = session;
    session.sync.schedule = () => {};
    patchWithCleanup(service, { device: { id: "tab-2", name: "Chrome (2)" } });
    const nextTab = new CountSession(service, "sheet-1");
    await nextTab.open();
    await nextTab.scan("CODE-1");
    expect(nextTab.shown("1:0").counted).toBe(2);
    state.failure = null;
    await nextTab.flush();
    expect(server.lines[0].counted).toBe(2);
    const sent = calls
        .filter(([method, , payload]) => method === "register_sync" && payload.entries.length)
        .map(([, , { device, entries, waiting }]) => [device.id, entries.length, waiting]);
    expect(sent).toEqual([
        [session.book.deviceId, 1, 0],
        ["tab-2", 1, 0],
    ]);
});

test("sent again during the recount, a count stays one of the count before", async () => {
    const { server, session, uuid } = await openRefused();
    server.sheet = { ...server.sheet, state: "recounting", round: 1 };
    session.applySheet(server.sheet);
    await sendAll();
    const { entry } = await session.mend(uuid, { qty: 1 });
    expect(entry.round).toBe(0);
});

test("an undo of a lot known by its name leaves no line without lot", async () => {
    const { session } = await openSession({
        products: [makeCountProduct(7, { tracking: "lot" })],
        lines: [makeLine(3, { product_id: 7, lot_id: 70, lot_name: "L70" })],
    });
    failSyncs(session, new CountOfflineError());
    const key = session.offerLot(session.book.products.get(7), { id: null, name: "NEW" });
    await session.add(key, 5);
    await session.undo(session.latest.uuid, key);
    expect(session.shown(key)?.counted ?? null).toBe(null);
    expect([...session.book.lines.keys()]).not.toInclude("7:0");
});

test("a server that fails for a moment refuses nothing", async () => {
    const { server, session } = await openSession();
    const state = failSyncs(session, new CountOfflineError());
    for (let scans = 0; scans < 4; scans++) {
        await session.scan("CODE-1");
    }
    state.failure = new CountError("The server could not do this.", { isFault: true });
    await advanceTime(9000);
    expect(session.syncState.refused).toEqual([]);
    expect(session.syncState.waiting).toBe(4);
    state.failure = null;
    await advanceTime(60000);
    await sendAll();
    expect(server.lines[0].counted).toBe(4);
});

test("a sheet whose lines are never answered is asked for again", async () => {
    const { server, session } = await openSession();
    const { orm } = session.service.pos.data;
    let isSwallowed = true;
    patchWithCleanup(orm.silent.constructor.prototype, {
        call(model, method) {
            if (method !== "register_open" || !isSwallowed) {
                return super.call(...arguments);
            }
            let abort;
            const answer = new Promise((resolve, reject) => {
                abort = () => reject(new ConnectionAbortedError());
            });
            return Object.assign(answer, { abort });
        },
    });
    server.sheet = { ...server.sheet, state: "recounting", round: 1 };
    await session.flush();
    await advanceTime(2000);
    isSwallowed = false;
    for (let seconds = 0; seconds < 120; seconds += 10) {
        await advanceTime(10000);
    }
    expect(session.loader.isLoaded).toBe(true);
});
