import { expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred, freezeTime } from "@odoo/hoot-mock";
import { browser } from "@web/core/browser/browser";
import { getService, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountError, CountOfflineError } from "@stock_pos_count/app/services/count_errors";
import { CountStoreError } from "@stock_pos_count/app/services/count_store";
import { makeCountProduct, makeLine, openSession, sendAll } from "../count_server";
import { makeSheet } from "../register_utils";

definePosModels();

const waiting = (session) => session.book.withStatus("waiting");

/** Makes the network of the count service fail or work. */
function network(session) {
    const state = { isDown: true };
    const { service } = session;
    patchWithCleanup(service, {
        async rpc(...args) {
            if (state.isDown) {
                throw new CountOfflineError();
            }
            return super.rpc(...args);
        },
    });
    return state;
}

/** The bus connects whenever it likes, which would be a reason of its own to try at once. */
function ignoreTheBus(session) {
    patchWithCleanup(session.sync, { wake() {} });
}

test("a scan is kept on the device, shown, sent and then let go", async () => {
    const { server, session } = await openSession();
    expect(await session.scan("CODE-1")).toBe("taken");
    expect(session.shown("1:0").counted).toBe(1);
    expect(session.selectedKey).toBe("1:0");
    expect(session.feedback.kind).toBe("taken");
    expect((await session.store.entries("sheet-1")).length).toBe(1);
    await sendAll();
    expect((await session.store.entries("sheet-1")).length).toBe(0);
    expect(server.lines[0].counted).toBe(1);
    expect(session.shown("1:0").counted).toBe(1);
    expect(session.shown("1:0").waiting).toBe(0);
});

test("a burst of scans loses none and doubles none, numbered one after the other", async () => {
    const { server, session } = await openSession();
    const scans = Array.from({ length: 30 }, (_, index) => session.scan(`CODE-${(index % 3) + 1}`));
    await Promise.all(scans);
    expect(waiting(session).map(({ entry }) => entry.seq)).toEqual(
        Array.from({ length: 30 }, (_, index) => index + 1),
    );
    await sendAll();
    expect(server.lines.map(({ counted }) => counted)).toEqual([10, 10, 10]);
});

test("what is counted while a call is on its way leaves right after it", async () => {
    const { server, session } = await openSession();
    const onItsWay = new Deferred();
    patchWithCleanup(session.service, {
        async rpc() {
            const answer = await super.rpc(...arguments);
            await onItsWay;
            return answer;
        },
    });
    session.sync.wake();
    await advanceTime(100);
    await session.scan("CODE-1");
    onItsWay.resolve();
    await animationFrame();
    await sendAll();
    expect(server.entries.size).toBe(1);
});

test("steady scanning does not put off the sending", async () => {
    const { server, session } = await openSession();
    for (let n = 0; n < 4; n++) {
        await session.scan("CODE-1");
        await advanceTime(200);
    }
    expect(server.entries.size).toBeGreaterThan(1);
});

test("steady scanning leaves the server, and the device, time between two calls", async () => {
    const { server, session } = await openSession();
    let calls = 0;
    patchWithCleanup(session.service, {
        async rpc(method) {
            calls += method === "register_sync";
            const answer = await super.rpc(...arguments);
            await new Promise((done) => browser.setTimeout(done, 150));
            return answer;
        },
    });
    for (let n = 0; n < 20; n++) {
        await session.scan("CODE-1");
        await advanceTime(100);
    }
    expect(calls).toBeLessThan(7);
    await session.flush();
    expect(server.entries.size).toBe(20);
});

test("without network counts wait on the device, and leave when it is back", async () => {
    const { server, session } = await openSession();
    const net = network(session);
    await session.scan("CODE-1");
    await session.set("2:0", 12);
    await sendAll();
    expect(session.isOnline).toBe(false);
    expect(session.syncState.waiting).toBe(2);
    expect(session.shown("2:0").counted).toBe(12);
    expect(session.progress).toEqual({ counted: 2, total: 3 });
    net.isDown = false;
    session.sync.wake();
    await sendAll();
    expect(session.syncState.waiting).toBe(0);
    expect(session.isOnline).toBe(true);
    expect(server.entries.size).toBe(2);
});

test("an answer lost on the way is asked for again and counts once", async () => {
    freezeTime();
    const { server, session } = await openSession();
    ignoreTheBus(session);
    server.losesAnswer = new Error("lost");
    patchWithCleanup(session.service, {
        async rpc(...args) {
            try {
                return await super.rpc(...args);
            } catch {
                throw new CountOfflineError();
            }
        },
    });
    await session.scan("CODE-1");
    await sendAll();
    expect(server.lines[0].counted).toBe(1);
    expect(session.syncState.waiting).toBe(1);
    await advanceTime(2000);
    await sendAll();
    expect(session.syncState.waiting).toBe(0);
    expect(server.lines[0].counted).toBe(1);
    expect(session.shown("1:0").counted).toBe(1);
});

test("a refused entry stays with its reason and never blocks the others", async () => {
    const { server, session } = await openSession();
    server.refusals.set("CODE-2", "Not countable here");
    await session.scan("CODE-1");
    await session.scan("CODE-2");
    await session.scan("CODE-3");
    await sendAll();
    expect(server.entries.size).toBe(2);
    const [refused] = session.syncState.refused;
    expect(refused.reason).toBe("Not countable here");
    expect(session.shown("2:0").counted).toBe(null);
    server.refusals.clear();
    await session.mend(refused.uuid, { qty: 4 });
    await sendAll();
    expect(session.syncState.refused.length).toBe(0);
    expect(server.lines[1].counted).toBe(4);
});

test("a refused entry is mended with another product, and lost by nothing on the way", async () => {
    const { server, session } = await openSession();
    server.refusals.set("CODE-2", "Not kept in stock");
    await session.scan("CODE-2");
    await sendAll();
    server.refusals.clear();
    const [refused] = session.syncState.refused;
    session.store.failure = new DOMException("full", "QuotaExceededError");
    expect(await session.mend(refused.uuid, { qty: 5 }, makeCountProduct(3))).toBe(null);
    expect(session.syncState.refused.length).toBe(1);
    expect(session.notice.text).toMatch(/full/);
    await session.mend(refused.uuid, { qty: 5 }, makeCountProduct(3));
    expect(session.syncState.refused.length).toBe(0);
    expect((await session.store.entries("sheet-1")).length).toBe(1);
    await sendAll();
    expect(server.lines.map(({ counted }) => counted)).toEqual([null, null, 5]);
});

test("counts that the device cannot let go of are sent again and count once", async () => {
    const { server, session } = await openSession();
    let isStuck = true;
    patchWithCleanup(session.store, {
        async remove() {
            if (isStuck) {
                throw new CountStoreError(new Error("disk"));
            }
            return super.remove(...arguments);
        },
    });
    await session.scan("CODE-1");
    await sendAll();
    expect(session.syncState.waiting).toBe(1);
    isStuck = false;
    await advanceTime(3000);
    await sendAll();
    expect(session.syncState.waiting).toBe(0);
    expect(server.lines[0].counted).toBe(1);
});

test("a question that the device cannot write down stays a question", async () => {
    const { session } = await openSession({
        sheet: { scope: "partial" },
        lines: [makeLine(1)],
        products: [1, 9].map((id) => makeCountProduct(id)),
    });
    await session.scan("CODE-9");
    const { uuid } = session.notice;
    session.store.failure = new DOMException("full", "QuotaExceededError");
    await session.scanner.answer(uuid, true);
    expect(session.syncState.held).toBe(1);
    expect(session.notice.kind).toBe("refused");
});

test("an entry the server falls over is found and set aside", async () => {
    const { server, session } = await openSession();
    patchWithCleanup(session.service, {
        async rpc(method, uuid, payload) {
            if (method === "register_sync" && payload.entries.some((e) => e.code === "CODE-2")) {
                throw new CountError("The server could not do this.", { isFault: true });
            }
            return super.rpc(...arguments);
        },
    });
    for (const code of ["CODE-1", "CODE-1", "CODE-2", "CODE-3"]) {
        await session.scan(code);
    }
    await sendAll();
    expect(session.syncState.refused.map(({ entry }) => entry.code)).toEqual(["CODE-2"]);
    expect(server.entries.size).toBe(3);
});

test("a code nobody knows is counted, asked for once and shown with its number", async () => {
    const { server, session, calls } = await openSession();
    expect(await session.scan("4711-NOBODY")).toBe("unknown");
    expect(await session.scan("4711-NOBODY")).toBe("unknown");
    expect(session.notice).toEqual({
        kind: "unknown",
        code: "4711-NOBODY",
        times: 2,
        isCertain: true,
    });
    expect(calls.filter(([method]) => method === "register_lookup").length).toBe(1);
    await sendAll();
    expect(session.book.unknown()[0].times).toBe(2);
    expect([...server.entries.values()].every(({ product_id }) => !product_id)).toBe(true);
});

test("a code only the server knows is counted as its product", async () => {
    const { server, session } = await openSession();
    server.known.set("FAR-9", makeCountProduct(9));
    expect(await session.scan("FAR-9")).toBe("taken");
    await sendAll();
    expect(session.shown("9:0").counted).toBe(1);
    expect(server.entries.size).toBe(1);
});

test("without network a strange code is kept, to be checked later", async () => {
    const { session } = await openSession();
    network(session);
    expect(await session.scan("4711-NOBODY")).toBe("unknown");
    expect(session.notice.isCertain).toBe(false);
    expect(session.syncState.waiting).toBe(1);
});

test("a partial count asks before a product joins it, and loses nothing meanwhile", async () => {
    const products = [1, 9].map((id) => makeCountProduct(id));
    const { server, session } = await openSession({
        sheet: { scope: "partial" },
        lines: [makeLine(1)],
        products,
    });
    expect(await session.scan("CODE-9")).toBe("asked");
    expect(await session.scan("CODE-9")).toBe("asked");
    expect(session.notice.kind).toBe("ask");
    expect(session.syncState.held).toBe(2);
    await sendAll();
    expect(server.entries.size).toBe(0);
    await session.scanner.answer(session.notice.uuid, true);
    expect(session.shown("9:0").counted).toBe(2);
    await sendAll();
    expect(server.lines.find(({ product_id }) => product_id === 9).counted).toBe(2);
});

test("a product left aside is not counted", async () => {
    const products = [1, 9].map((id) => makeCountProduct(id));
    const { server, session } = await openSession({
        sheet: { scope: "partial" },
        lines: [makeLine(1)],
        products,
    });
    await session.scan("CODE-9");
    await session.scanner.answer(session.notice.uuid, false);
    await sendAll();
    expect(server.entries.size).toBe(0);
    expect((await session.store.entries("sheet-1")).length).toBe(0);
});

test("a product without stock keeping is not accepted", async () => {
    const products = [makeCountProduct(1), makeCountProduct(2, { countable: false })];
    const { session } = await openSession({ lines: [makeLine(1)], products });
    expect(await session.scan("CODE-2")).toBe("refused");
    expect(session.notice.kind).toBe("refused");
    expect(session.feedback.kind).toBe("refused");
});

test("a serial number counts once", async () => {
    const products = [makeCountProduct(1, { tracking: "serial" })];
    const lines = [makeLine(1, { lot_id: 5, lot_name: "SN-5" })];
    const { session } = await openSession({ lines, products });
    expect(await session.scan("SN-5")).toBe("taken");
    expect(await session.scan("SN-5")).toBe("refused");
    expect(session.shown("1:5").counted).toBe(1);
});

test("a scan is moved to the lot that is chosen afterwards", async () => {
    const products = [makeCountProduct(1, { tracking: "lot" })];
    const lines = [
        makeLine(1, { id: 11, lot_id: 5, lot_name: "L5" }),
        makeLine(1, { id: 12, lot_id: 6, lot_name: "L6" }),
    ];
    const { session } = await openSession({ lines, products });
    await session.scan("CODE-1");
    expect(session.shown("1:0").counted).toBe(1);
    await session.moveToLot(session.latest.uuid, "1:0", "1:6");
    expect(session.shown("1:6").counted).toBe(1);
    expect(session.shown("1:0").counted).toBe(null);
});

test("an undo before the sending leaves nothing counted, and the entry struck through", async () => {
    const { session } = await openSession();
    network(session);
    await session.scan("CODE-1");
    const { uuid, key } = session.latest;
    await session.undo(uuid, key);
    expect(session.shown("1:0").counted).toBe(null);
    const [row] = session.book.lastEntries({ mine: true, limit: 5 });
    expect(row.undone).toBe(true);
});

test("an undo of a total the server has shows what was there before", async () => {
    const { session } = await openSession({ lines: [makeLine(1, { counted: 10 })] });
    const net = network(session);
    net.isDown = false;
    await session.set("1:0", 3);
    await sendAll();
    expect(session.shown("1:0").counted).toBe(3);
    net.isDown = true;
    await session.undo(session.latest.uuid, "1:0");
    expect(session.shown("1:0").counted).toBe(10);
});

test("a device that cannot keep a count says so and does not take it", async () => {
    const { session } = await openSession();
    session.store.failure = new DOMException("full", "QuotaExceededError");
    expect(await session.scan("CODE-1")).toBe("refused");
    expect(session.shown("1:0").counted).toBe(null);
    expect(session.notice.kind).toBe("refused");
});

test("what was counted before a reload is still there and is sent", async () => {
    const { server, session } = await openSession();
    const net = network(session);
    await session.scan("CODE-1");
    await session.scan("CODE-1");
    const { service, store } = session;
    session.leave();
    service.sessions.clear();
    patchWithCleanup(service, { store });
    net.isDown = false;
    const again = service.session("sheet-1");
    await again.open();
    expect(again.shown("1:0").counted).toBe(2);
    await sendAll();
    expect(server.lines[0].counted).toBe(2);
    expect(again.syncState.waiting).toBe(0);
});

test("a sheet opened before can be counted without network", async () => {
    const { session } = await openSession();
    await session.copy.write();
    const { service } = session;
    service.sessions.clear();
    network(session);
    const again = service.session("sheet-1");
    await again.open();
    expect(again.status).toBe("ready");
    expect(await again.scan("CODE-2")).toBe("taken");
});

test("a sheet is asked for once, however it is opened", async () => {
    const { session, calls } = await openSession();
    await sendAll();
    expect(session.loader.isLoaded).toBe(true);
    expect(calls.filter(([method]) => method === "register_open").length).toBe(1);
});

test("steady counting does not put off the device's copy of the sheet", async () => {
    const { session } = await openSession();
    await session.store.forgetSheet("sheet-1");
    for (let n = 0; n < 3; n++) {
        await session.scan("CODE-1");
        await advanceTime(600);
    }
    expect((await session.store.readSheet("sheet-1")).sheet.uuid).toBe("sheet-1");
});

test("a copy that takes long is not overtaken by the next one", async () => {
    const { session } = await openSession();
    await advanceTime(2000);
    const slow = new Deferred();
    patchWithCleanup(session.store, {
        async saveSheet({ selectedKey }) {
            expect.step(`begins with ${selectedKey}`);
            await slow;
            expect.step(`ends with ${selectedKey}`);
        },
    });
    await session.scan("CODE-1");
    await advanceTime(1500);
    await session.scan("CODE-2");
    await advanceTime(1500);
    expect.verifySteps(["begins with 1:0"]);
    slow.resolve();
    await advanceTime(1500);
    expect.verifySteps(["ends with 1:0", "begins with 2:0", "ends with 2:0"]);
});

test("what is copied late is what is known by then", async () => {
    const { session } = await openSession();
    const options = [];
    patchWithCleanup(session.store, {
        async saveSheet(snapshot, changed, { newest }) {
            options.push(newest);
        },
    });
    await session.copy.write();
    await session.scan("CODE-1");
    await sendAll();
    expect(options[0]({ kind: "line", data: makeLine(1) }).counted).toBe(1);
    expect(options[0]({ kind: "product", data: { id: 1 } }).id).toBe(1);
});

test("a browser that keeps nothing shows the sheet and takes no count", async () => {
    const { server, session } = await openSession();
    const forbidden = () => Promise.reject(new CountStoreError(new Error("forbidden")));
    const { service } = session;
    service.sessions.clear();
    Object.assign(service.store, {
        readSheet: forbidden,
        entries: forbidden,
        append: forbidden,
        saveSheet: forbidden,
    });
    const again = service.session("sheet-1");
    await again.open();
    expect(again.status).toBe("ready");
    expect(again.canKeep).toBe(false);
    expect(again.notice.text).toMatch(/keeps nothing on this device/);
    expect(await again.scan("CODE-1")).toBe("refused");
    expect(again.shown("1:0").counted).toBe(null);
    await sendAll();
    expect(server.entries.size).toBe(0);
});

test("a count on its way into the device is not said to be saved", async () => {
    const { session } = await openSession();
    const isKept = new Deferred();
    patchWithCleanup(session.store, {
        async append() {
            await isKept;
            return super.append(...arguments);
        },
    });
    const scanned = session.scan("CODE-1");
    expect(session.syncState.waiting).toBe(1);
    expect(session.shown("1:0").counted).toBe(null);
    isKept.resolve();
    await scanned;
    await sendAll();
    expect(session.syncState.waiting).toBe(0);
});

test("counting on without network does not hasten the next try", async () => {
    freezeTime();
    const { session } = await openSession();
    ignoreTheBus(session);
    await sendAll();
    const net = network(session);
    let tries = 0;
    patchWithCleanup(session.service, {
        rpc() {
            tries++;
            return super.rpc(...arguments);
        },
    });
    for (let n = 0; n < 30; n++) {
        await session.scan("CODE-1");
        await advanceTime(300);
    }
    // after 0.3, 1, 2 and 4 seconds
    expect(tries).toBeGreaterThan(2);
    expect(tries).toBeLessThan(6);
    net.isDown = false;
    session.sync.schedule(0);
    await sendAll();
    expect(session.syncState.waiting).toBe(0);
});

test("counting on during a try that fails does not hasten the next one", async () => {
    freezeTime();
    const { session } = await openSession();
    ignoreTheBus(session);
    await sendAll();
    const tries = [];
    patchWithCleanup(session.service, {
        rpc() {
            tries.push(new Deferred());
            return tries.at(-1);
        },
    });
    await session.scan("CODE-1");
    await advanceTime(300);
    await session.scan("CODE-2");
    tries[0].reject(new CountOfflineError());
    await animationFrame();
    await advanceTime(900);
    expect(tries.length).toBe(1);
    await advanceTime(400);
    expect(tries.length).toBe(2);
});

test("a call that is never answered is given up and made again", async () => {
    const { server, session } = await openSession();
    await sendAll();
    let isSwallowed = true;
    onRpc("stock.pos.count", "register_sync", ({ parent }) =>
        isSwallowed ? new Deferred() : parent(),
    );
    await session.scan("CODE-1");
    await sendAll();
    expect(session.syncState.waiting).toBe(1);
    isSwallowed = false;
    await advanceTime(30000);
    await advanceTime(2000);
    await sendAll();
    expect(session.syncState.waiting).toBe(0);
    expect(server.entries.size).toBe(1);
});

test("lines that a lost network kept back are loaded when it is there again", async () => {
    const { server, session } = await openSession();
    const rest = [makeLine(4)];
    let isDown = true;
    patchWithCleanup(session.service, {
        async rpc(method) {
            if (method === "register_open") {
                return { ...server.open(), more: true };
            }
            if (method === "register_lines" && isDown) {
                throw new CountOfflineError();
            }
            return method === "register_lines"
                ? { lines: rest, products: [makeCountProduct(4)], more: false }
                : super.rpc(...arguments);
        },
    });
    session.loader.isLoaded = false;
    await session.loader.load();
    await animationFrame();
    expect(session.shown("4:0")).toBe(undefined);
    isDown = false;
    session.sync.wake();
    await sendAll();
    expect(session.shown("4:0").product.name).toBe("Product 4");
});

test("a sheet never opened here needs the network", async () => {
    const { session } = await openSession();
    network(session);
    const other = session.service.session("sheet-2");
    await other.open();
    expect(other.status).toBe("failed");
    expect(other.error).toBeInstanceOf(CountOfflineError);
});

test("a recount starts with other lines, all not counted", async () => {
    const { server, session } = await openSession({ lines: [makeLine(1), makeLine(2)] });
    await session.scan("CODE-1");
    await sendAll();
    server.lines = [makeLine(1), makeLine(2, { to_count: false })];
    server.sheet = makeSheet({ ...server.sheet, state: "recounting", round: 1, total: 1 });
    session.sync.schedule(0);
    await sendAll();
    await sendAll();
    expect(session.isRecount).toBe(true);
    expect(session.shown("1:0").counted).toBe(null);
    expect(session.book.list(session.view)).toEqual(["1:0"]);
    expect(await session.scan("CODE-2")).toBe("asked");
    expect(session.notice.about).toBe("recount");
});

test("a sheet that is paused or completed elsewhere takes no scan, and says why", async () => {
    const { server, session } = await openSession();
    server.sheet = { ...server.sheet, state: "paused" };
    session.sync.schedule(0);
    await sendAll();
    expect(await session.scan("CODE-1")).toBe("refused");
    expect(session.notice.text).toMatch(/paused/);
    expect(getService("stock_pos_count").running).toBe(null);
    await animationFrame();
});

test("lines that were long on their way do not put an older count over a newer one", async () => {
    const { server, session } = await openSession();
    const onItsWay = new Deferred();
    const older = server.lines.map((line) => ({ ...line }));
    patchWithCleanup(session.service, {
        async rpc(method) {
            if (method !== "register_lines") {
                return super.rpc(...arguments);
            }
            await onItsWay;
            return { lines: [...older, makeLine(4)], products: [makeCountProduct(4)], more: false };
        },
    });
    session.loader.moreAfterId = 0;
    const loading = session.loader.loadMore();
    await session.scan("CODE-1");
    server.lines[1].counted = 7; // on another device
    await sendAll();
    onItsWay.resolve();
    await loading;
    expect(session.shown("1:0").counted).toBe(1);
    expect(session.shown("2:0").counted).toBe(7);
    expect(session.book.list({ filter: "all", search: "", sort: "name" })).toInclude("4:0");
});

test("a count that is kept is never called not taken, whatever fails in showing it", async () => {
    const { server, session } = await openSession();
    const part = { kind: "add", qty: 1, product_id: 1, source: "scan" };
    const onKept = () => {
        throw new Error("no sound");
    };
    await expect(session.capture(part, { onKept })).rejects.toThrow("no sound");
    expect(session.notice).toBe(null);
    expect(session.feedback.kind).not.toBe("refused");
    expect(session.syncState.waiting).toBe(1);
    await sendAll();
    expect(server.lines[0].counted).toBe(1);
});
