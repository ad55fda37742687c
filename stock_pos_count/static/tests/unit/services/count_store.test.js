import { afterEach, beforeEach, expect, test } from "@odoo/hoot";
import { CountStore, MemoryCountStore } from "@stock_pos_count/app/services/count_store";

let name = null;
let store = null;

function makeRecord(uuid, values = {}) {
    return { uuid, sheet: "sheet-1", status: "waiting", entry: { kind: "add", qty: 1 }, ...values };
}

beforeEach(() => {
    name = `stock-pos-count-test-${Math.random()}`;
    store = new CountStore(name);
});

afterEach(async () => {
    const database = await store.connect();
    database.close();
    window.indexedDB.deleteDatabase(name);
});

test("entries are numbered by sheet, from one, and survive", async () => {
    await Promise.all([store.append(makeRecord("a")), store.append(makeRecord("b"))]);
    await store.append(makeRecord("c", { sheet: "sheet-2" }));
    const again = new CountStore(name);
    const records = await again.entries("sheet-1");
    expect(records.map(({ uuid, entry }) => [uuid, entry.seq])).toEqual([
        ["a", 1],
        ["b", 2],
    ]);
    expect(await again.sheetsWaiting()).toEqual(["sheet-1", "sheet-2"]);
    (await again.connect()).close();
});

test("a number the server has seen is never used again", async () => {
    const record = await store.append(makeRecord("a"), 41);
    expect(record.entry.seq).toBe(42);
    await store.remove(["a"]);
    expect((await store.append(makeRecord("b"))).entry.seq).toBe(43);
});

test("what the server took never shows less, though the copy is written later", async () => {
    const sheet = { uuid: "sheet-1", round: 0 };
    const before = [
        { id: 1, counted: 3 },
        { id: 2, counted: null },
    ];
    await store.saveSheet({ uuid: "sheet-1", sheet }, { lines: before, products: [] });
    await store.append(makeRecord("a"));
    await store.append(makeRecord("b"));
    const refused = makeRecord("b", { status: "refused", entry: { seq: 2 } });
    const lines = [{ id: 1, counted: 4 }];
    await store.settle({ gone: ["a"], refused: [refused], sheet, lines });
    expect(await store.entries("sheet-1")).toEqual([refused]);
    expect((await store.readSheet("sheet-1")).lines).toEqual([{ id: 1, counted: 4 }, before[1]]);
});

test("the same entry is not kept twice", async () => {
    await store.append(makeRecord("a"));
    await expect(store.append(makeRecord("a"))).rejects.toThrow();
    expect((await store.entries("sheet-1")).length).toBe(1);
});

test("the copy of a sheet takes in what changed and forgets an earlier round", async () => {
    const sheet = { uuid: "sheet-1", round: 0 };
    const lines = [
        { id: 1, counted: null },
        { id: 2, counted: null },
    ];
    await store.saveSheet({ uuid: "sheet-1", sheet }, { lines, products: [{ id: 7 }] });
    await store.saveSheet(
        { uuid: "sheet-1", sheet },
        { lines: [{ id: 2, counted: 5 }], products: [] },
    );
    const snapshot = await store.readSheet("sheet-1");
    expect(snapshot.lines).toEqual([
        { id: 1, counted: null },
        { id: 2, counted: 5 },
    ]);
    expect(snapshot.products).toEqual([{ id: 7 }]);
    await store.saveSheet(
        { uuid: "sheet-1", sheet: { ...sheet, round: 1 } },
        { lines: [{ id: 2, counted: null }], products: [] },
    );
    expect((await store.readSheet("sheet-1")).lines).toEqual([{ id: 2, counted: null }]);
    await store.forgetSheet("sheet-1");
    expect(await store.readSheet("sheet-1")).toBe(undefined);
});

test("a count finds its turn while a large copy is written", async () => {
    const sheet = { uuid: "sheet-1", round: 0 };
    const lines = Array.from({ length: 500 }, (_, id) => ({ id }));
    const pause = async () => {
        const { length } = await store.entries("sheet-1");
        expect.step(`after ${length} counts`);
        await store.append(makeRecord(`count ${length}`));
    };
    await store.saveSheet({ uuid: "sheet-1", sheet }, { lines, products: [] }, { pause });
    expect.verifySteps(Array.from({ length: 10 }, (_, n) => `after ${n} counts`));
    expect((await store.readSheet("sheet-1")).lines.length).toBe(500);
});

test("a large copy puts no older number over what the server answered meanwhile", async () => {
    const sheet = { uuid: "sheet-1", round: 0 };
    const lines = Array.from({ length: 100 }, (_, id) => ({ id, counted: 3 }));
    const known = [...lines];
    const pause = async () => {
        known[99] = { id: 99, counted: 4 };
        await store.settle({ gone: [], refused: [], sheet, lines: [known[99]] });
    };
    const newest = ({ data }) => known[data.id];
    await store.saveSheet({ uuid: "sheet-1", sheet }, { lines, products: [] }, { pause, newest });
    const copied = (await store.readSheet("sheet-1")).lines;
    expect(copied.find(({ id }) => id === 99).counted).toBe(4);
});

test("the store of the tests keeps the same promises", async () => {
    const memory = new MemoryCountStore();
    expect((await memory.append(makeRecord("a"), 41)).entry.seq).toBe(42);
    memory.failure = new Error("full");
    await expect(memory.append(makeRecord("b"))).rejects.toThrow();
    expect((await memory.entries("sheet-1")).length).toBe(1);
});

test("a tab of an older version is told each time it blocks, until it lets go", async () => {
    const held = `${name}-held`;
    const open = () =>
        new Promise((done) => {
            const asked = window.indexedDB.open(held);
            asked.onsuccess = () => done(asked.result);
        });
    const older = await open();
    const newer = new CountStore(held, {
        factory: { open: (database, version) => window.indexedDB.open(database, version + 1) },
    });
    await expect(newer.append(makeRecord("a"))).rejects.toThrow("blocked");
    await expect(newer.entries("sheet-1")).rejects.toThrow("blocked");
    older.close();
    // Stands in line behind the upgrade.
    (await open()).close();
    expect((await newer.append(makeRecord("a"))).entry.seq).toBe(1);
    (await newer.connect()).close();
    window.indexedDB.deleteDatabase(held);
});

test("an entry takes the place of another in one go", async () => {
    await store.append(makeRecord("a", { device: { id: "1" } }));
    await store.append(makeRecord("later"));
    const taken = await store.replace(makeRecord("b", { device: { id: "2" } }), "a");
    expect(taken).toMatchObject({ uuid: "b", device: { id: "1" }, entry: { seq: 1 } });
    expect((await store.entries("sheet-1")).map(({ uuid }) => uuid)).toEqual(["b", "later"]);
    await expect(store.replace(makeRecord("later"), "b")).rejects.toThrow();
    expect((await store.entries("sheet-1")).map(({ uuid }) => uuid)).toEqual(["b", "later"]);
});

test("two tabs put one entry only in the place of another", async () => {
    await store.append(makeRecord("a"));
    const otherTab = new CountStore(name);
    const replaced = await Promise.all([
        store.replace(makeRecord("b"), "a"),
        otherTab.replace(makeRecord("c"), "a"),
    ]);
    expect(replaced.filter(Boolean).length).toBe(1);
    expect((await store.entries("sheet-1")).length).toBe(1);
    (await otherTab.connect()).close();
});

test("each tab has its own copy of a sheet, and shows another's where it has none", async () => {
    const sheet = { uuid: "sheet-1", round: 0 };
    const save = (tab, counted, cursor) =>
        tab.saveSheet(
            { uuid: "sheet-1", sheet, cursor },
            { lines: [{ id: 1, counted }], products: [] },
        );
    const first = new CountStore(name, { owner: "1" });
    const second = new CountStore(name, { owner: "2" });
    await save(first, 5, "before");
    expect(await second.readSheet("sheet-1")).toMatchObject({
        uuid: "sheet-1",
        cursor: "before",
        lines: [{ counted: 5 }],
    });
    await save(second, 8, "after");
    await save(first, 5, "before");
    expect(await first.readSheet("sheet-1")).toMatchObject({ cursor: "before" });
    expect(await second.readSheet("sheet-1")).toMatchObject({
        cursor: "after",
        lines: [{ counted: 8 }],
    });
    const later = { ...sheet, last_activity_at: 2000 };
    await first.saveSheet({ uuid: "sheet-1", sheet: later }, { lines: [], products: [] });
    expect(await second.heldSheets()).toEqual([later]);
    await first.forgetSheet("sheet-1");
    expect(await second.readSheet("sheet-1")).toBe(undefined);
    for (const tab of [first, second]) {
        (await tab.connect()).close();
    }
});

test("what another tab mended does not come back as not accepted", async () => {
    await store.append(makeRecord("a"));
    await store.replace(makeRecord("b"), "a");
    const refused = makeRecord("a", { status: "refused", entry: { seq: 1 } });
    await store.settle({ gone: [], refused: [refused], sheet: { uuid: "sheet-1", round: 0 } });
    expect((await store.entries("sheet-1")).map(({ uuid }) => uuid)).toEqual(["b"]);
});

test("each tab hears that the browser has taken the database away", async () => {
    const otherTab = new CountStore(name);
    for (const tab of [store, otherTab]) {
        await tab.entries("sheet-1");
    }
    await new Promise((done) => {
        window.indexedDB.deleteDatabase(name).onsuccess = done;
    });
    await store.append(makeRecord("a"));
    expect((await otherTab.entries("sheet-1")).length).toBe(1);
    expect([store.losses, otherTab.losses]).toEqual([1, 1]);
    (await otherTab.connect()).close();
});
