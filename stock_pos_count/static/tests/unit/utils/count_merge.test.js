import { describe, expect, test } from "@odoo/hoot";
import { mergeLine, mergeUnknown, roundQty } from "@stock_pos_count/app/utils/count_merge";

const line = (counted, values = {}) => ({ counted, note: "", conflict: null, ...values });
const add = (qty, uuid = "a") => ({ uuid, kind: "add", qty });
const set = (qty, uuid = "s") => ({ uuid, kind: "set", qty });
const undo = (target, uuid = "u") => ({ uuid, kind: "undo", target });
const counted = (...args) => mergeLine(...args).counted;

describe("own entries on top of the server's line", () => {
    test("scans add up", () => {
        expect(counted(line(10), [add(2, "a1"), add(1, "a2")])).toBe(13);
        expect(counted(line(null), [add(1)])).toBe(1);
    });

    test("a total replaces what came before, not what comes after", () => {
        expect(counted(line(10), [add(2, "a1"), set(8), add(1, "a2")])).toBe(9);
    });

    test("none here is a count of zero; a line without entries stays uncounted", () => {
        expect(counted(line(4), [{ uuid: "z", kind: "zero" }])).toBe(0);
        expect(counted(line(null), [])).toBe(null);
    });

    test("a note alone does not count the line", () => {
        const merged = mergeLine(line(null), [{ uuid: "n", kind: "note", note: "torn" }]);
        expect(merged.note).toBe("torn");
        expect(merged.counted).toBe(null);
        expect(merged.waiting).toBe(1);
    });

    test("weights leave no dust", () => {
        expect(counted(line(0.1), [add(0.2)], { rounding: 0.001 })).toBe(0.3);
        expect(roundQty(7.004, 0.25)).toBe(7);
    });
});

describe("taking an entry back", () => {
    test("one that the server has not got leaves no trace", () => {
        expect(counted(line(null), [add(1), undo("a")])).toBe(null);
        expect(counted(line(10), [add(2, "a1"), set(3), undo("s")])).toBe(12);
    });

    test("an added number that the server has is subtracted", () => {
        const findTarget = () => add(3);
        expect(counted(line(10), [undo("a")], { findTarget })).toBe(7);
    });

    test("the latest entry gives back what was before it", () => {
        const findTarget = () => ({ ...set(8), before: null, isLatest: true });
        expect(counted(line(8), [undo("s")], { findTarget })).toBe(null);
    });

    test("one that the server has goes, what was counted after it stays", () => {
        const findTarget = () => ({ ...add(1, "t"), before: null, isLatest: true });
        expect(counted(line(1), [add(1), undo("t")], { findTarget })).toBe(1);
        const findTotal = () => ({ ...set(8, "t"), before: 5, isLatest: true });
        expect(counted(line(8), [add(2), undo("t")], { findTarget: findTotal })).toBe(7);
    });

    test("what another device added meanwhile stays, whatever its clock said", () => {
        const findTarget = () => ({ ...add(1, "t"), before: null, isLatest: true });
        expect(counted(line(6), [undo("t")], { findTarget })).toBe(5);
        const findTotal = () => ({ ...set(8, "t"), before: null, isLatest: true });
        expect(counted(line(13), [undo("t")], { findTarget: findTotal })).toBe(5);
    });

    test("the only scan leaves a line that is not counted", () => {
        const findTarget = () => ({ ...add(0.3, "t"), isLatest: true, isOnly: true });
        expect(counted(line(0.1 + 0.2), [undo("t")], { findTarget })).toBe(null);
    });

    test("taken back twice it goes once", () => {
        const findTarget = () => add(3, "t");
        expect(counted(line(10), [undo("t", "u1"), undo("t", "u2")], { findTarget })).toBe(7);
    });

    test("a total over it does not change", () => {
        const findTarget = () => ({ ...add(3, "t"), before: 4, isLatest: true });
        expect(counted(line(7), [set(9), undo("t")], { findTarget })).toBe(9);
        expect(counted(line(7), [set(9), add(1), undo("t")], { findTarget })).toBe(10);
    });

    test("an entry that was taken back already changes nothing more", () => {
        const findTarget = () => ({ ...add(3), undone: true });
        expect(counted(line(10), [undo("a")], { findTarget })).toBe(10);
    });

    test("an older total waits for the server", () => {
        const findTarget = () => ({ ...set(8), before: 2, isLatest: false });
        expect(mergeLine(line(9), [undo("s")], { findTarget })).toMatchObject({
            counted: 9,
            settling: true,
        });
    });
});

describe("settling a conflict", () => {
    const conflict = [
        { device: "A", qty: 4, uuids: ["a1", "a2"] },
        { device: "B", qty: 5, uuids: ["b1"] },
    ];
    const decide = (keep) => [
        { uuid: "d", kind: "decision", decision: { targets: ["a1", "a2", "b1"], keep } },
    ];

    test("keep one device's count", () => {
        expect(mergeLine(line(9, { conflict }), decide(["b1"]))).toMatchObject({
            counted: 5,
            conflict: null,
        });
    });

    test("add both up", () => {
        expect(counted(line(null, { conflict }), decide(["a1", "a2", "b1"]))).toBe(9);
    });

    test("a decision about what is settled already changes nothing", () => {
        expect(counted(line(5), decide(["a1", "a2"]))).toBe(5);
    });
});

describe("unknown codes", () => {
    const scan = (code, uuid, counted_at, qty = 1) => ({
        ...add(qty, uuid),
        code,
        counted_at,
    });

    test("own scans join the server's, the latest first", () => {
        const known = [{ code: "X", qty: 2, times: 2, last_at: 100 }];
        expect(mergeUnknown(known, [scan("X", "1", 90), scan("Y", "2", 200, 3)])).toEqual([
            { code: "Y", qty: 3, times: 1, last_at: 200, waiting: 1 },
            { code: "X", qty: 3, times: 3, last_at: 100, waiting: 1 },
        ]);
    });

    test("a scan that was taken back is gone", () => {
        expect(mergeUnknown([], [scan("X", "1", 90), undo("1")])).toEqual([]);
    });
});
