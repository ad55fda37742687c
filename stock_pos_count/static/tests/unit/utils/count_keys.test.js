import { describe, expect, test } from "@odoo/hoot";
import { editNumber, KeyRun } from "@stock_pos_count/app/utils/count_keys";

/** Keys of one run, each this long after the one before. */
function runOf(keys, gap) {
    const run = new KeyRun();
    [...keys].forEach((key, index) => run.push(key, 1000 + index * gap));
    return run;
}

describe("scanner or person", () => {
    test("a scanner's keys are a code, however short", () => {
        expect(runOf("4710088432108", 5).isCode).toBe(true);
        expect(runOf("120", 5).isCode).toBe(true);
        expect(runOf("A12", 40).isCode).toBe(true);
    });

    test("a person's quick digits are a number", () => {
        expect(runOf("120", 90).isCode).toBe(false);
        expect(runOf("1500.5", 100).isCode).toBe(false);
        expect(runOf("12", 5).isCode).toBe(false);
    });

    test("more than six keys are a code at any pace: some scanners are slow", () => {
        expect(runOf("4710088", 120).isCode).toBe(true);
        expect(runOf("471008", 120).isCode).toBe(false);
    });

    test("a key belongs to the code by when it was pressed, not by when the page was ready", () => {
        const run = runOf("4710", 10);
        expect(run.continues(1030 + 140)).toBe(true);
        expect(run.continues(1030 + 160)).toBe(false);
        run.clear();
        expect(run.continues(1040)).toBe(false);
    });
});

describe("a number that is typed", () => {
    const type = (keys, decimalPoint = ".") =>
        keys.reduce((text, key) => editNumber(text, key, decimalPoint), "");

    test("digits, decimals and sign", () => {
        expect(type(["1", "2"])).toBe("12");
        expect(type([".", "5", "."])).toBe("0.5");
        expect(type(["1", ".", "5"], ",")).toBe("1,5");
        expect(type(["0", "0", "7"])).toBe("7");
        expect(type(["1", "2", "-"])).toBe("-12");
        expect(type(["-", "-", "3"])).toBe("3");
    });

    test("taking back", () => {
        expect(type(["1", "2", "Backspace"])).toBe("1");
        expect(type(["Backspace"])).toBe("");
        expect(type(["1", "2", "Delete"])).toBe("");
    });

    test("other keys change nothing, and a number has an end", () => {
        expect(type(["1", "x", "F1", "2"])).toBe("12");
        expect(type([..."12345678901234"])).toBe("1234567890123");
    });
});
