import { expect, test } from "@odoo/hoot";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { makeCountProduct, makeLine, NEW_LOT, openSession, sendAll } from "../count_server";

definePosModels();

const PHONE = 7;

/** A server that reads "GS1-NEW" as serial number NEW of a phone, which nobody has yet. */
async function openWithPhone() {
    const phone = makeCountProduct(PHONE, { tracking: "serial" });
    const env = await openSession({
        products: [makeCountProduct(1), phone],
        lines: [
            makeLine(1),
            makeLine(2, { product_id: PHONE, lot_id: 70, lot_name: "SN-70", elsewhere: "WH2" }),
            makeLine(3, { product_id: PHONE }),
        ],
    });
    env.server.lookUp = () => ({
        product: phone,
        products: [],
        lines: [],
        packaging_id: null,
        packaging_qty: null,
        qty: 1,
        lot_id: null,
        lot_name: "NEW",
    });
    return env;
}

test("a lot that nobody knows is counted by its name, and follows the server's lot", async () => {
    const { server, session } = await openWithPhone();
    expect(await session.scan("GS1-NEW")).toBe("taken");
    expect(session.selected.lot_name).toBe("NEW");
    expect(session.selected.counted).toBe(1);
    const [{ entry }] = session.book.withStatus("waiting");
    expect([entry.product_id, entry.lot_id, entry.lot_name]).toEqual([PHONE, null, "NEW"]);
    await sendAll();
    expect(server.lines.at(-1).lot_id).toBe(NEW_LOT);
    expect(session.selectedKey).toBe(`${PHONE}:${NEW_LOT}`);
    expect(session.selected.counted).toBe(1);
    expect(session.book.linesOfProduct(PHONE).length).toBe(3);
});

test("a serial number scanned again is said so and not doubled, on the way to the server too", async () => {
    const { server, session } = await openWithPhone();
    expect(await session.scan("SN-70")).toBe("taken");
    expect(await session.scan("SN-70")).toBe("refused");
    expect(session.notice.text).toMatch(/SN-70 is counted already/);
    await session.scan("GS1-NEW");
    expect(await session.scan("GS1-NEW")).toBe("refused");
    // The first may have left by itself while the server was asked about the second.
    await session.flush();
    expect([...server.entries.values()].map(({ lot_id, lot_name }) => lot_id || lot_name)).toEqual([
        70,
        "NEW",
    ]);
});

test("undoing a lot known by its name takes its line away", async () => {
    const { session } = await openWithPhone();
    await session.scan("GS1-NEW");
    const [{ uuid }] = session.book.withStatus("waiting");
    await session.undo(uuid, session.selectedKey);
    await sendAll();
    expect(session.book.linesOfProduct(PHONE).every(({ counted }) => !counted)).toBe(true);
});

test("a scan is not moved to a serial number that is counted already", async () => {
    const { session } = await openWithPhone();
    await session.scan("SN-70");
    await session.scan(`CODE-${PHONE}`);
    const { uuid, key } = session.latest;
    expect(key).toBe(`${PHONE}:0`);
    await session.moveToLot(uuid, key, `${PHONE}:70`);
    expect(session.notice.text).toMatch(/SN-70 is counted already/);
    expect(session.shown(`${PHONE}:70`).counted).toBe(1);
    expect(session.shown(`${PHONE}:0`).counted).toBe(1);
});

test("a pack is not moved to one serial number", async () => {
    const { session } = await openWithPhone();
    await session.add(`${PHONE}:0`, 2);
    await session.moveToLot(session.latest.uuid, `${PHONE}:0`, `${PHONE}:70`);
    expect(session.notice.text).toMatch(/one piece/);
    expect(session.shown(`${PHONE}:70`).counted).toBe(null);
    expect(session.shown(`${PHONE}:0`).counted).toBe(2);
});

test("a scan that cannot be kept on another lot stays where it is", async () => {
    const { session } = await openWithPhone();
    await session.scan(`CODE-${PHONE}`);
    const { uuid, key } = session.latest;
    session.store.failure = new DOMException("full", "QuotaExceededError");
    await session.moveToLot(uuid, key, `${PHONE}:70`);
    session.store.failure = null;
    await sendAll();
    expect(session.shown(`${PHONE}:0`).counted).toBe(1);
    expect(session.shown(`${PHONE}:70`).counted).toBe(null);
});
