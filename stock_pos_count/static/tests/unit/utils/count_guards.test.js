import { describe, expect, test } from "@odoo/hoot";
import { doubtAbout, usualQty } from "@stock_pos_count/app/utils/count_guards";

function doubt(text, { whole = true, isTotal = true, usual = 40 } = {}) {
    return doubtAbout({ text, qty: Number(text), whole, isTotal, usual });
}

describe("doubt about a typed quantity", () => {
    test("an ordinary number raises none", () => {
        expect(doubt("12")).toBe(null);
        expect(doubt("0")).toBe(null);
    });

    test("a barcode in the quantity is found, whatever else is wrong with it", () => {
        expect(doubt("4710088432108")).toBe("barcode");
        expect(doubt("1234567", { usual: 1000000 })).toBe("barcode");
        expect(doubt("123456", { usual: 1000000 })).toBe(null);
    });

    test("half a piece is doubted, half a kilogram is not", () => {
        expect(doubt("1.5")).toBe("decimals");
        expect(doubt("1.5", { whole: false })).toBe(null);
    });

    test("a total cannot be negative, a number that is added can", () => {
        expect(doubt("-2")).toBe("negative");
        expect(doubt("-2", { isTotal: false })).toBe(null);
    });

    test("ten times the usual is absurd, but never below a thousand", () => {
        expect(doubt("999", { usual: 1 })).toBe(null);
        expect(doubt("1000", { usual: 1 })).toBe("absurd");
        expect(doubt("4999", { usual: 500 })).toBe(null);
        expect(doubt("5000", { usual: 500 })).toBe("absurd");
        expect(doubt("-1000", { isTotal: false })).toBe("absurd");
    });
});

test("the usual is what nine of ten counted products have at most", () => {
    const lines = [null, 0, -3, ...Array(9).fill(12), 5000].map((counted) => ({ counted }));
    expect(usualQty(lines)).toBe(12);
    expect(usualQty([])).toBe(0);
});

test("more than one of a serial number can only be changed", () => {
    const typed = { text: "1", qty: 1, whole: true, isTotal: false, usual: 5 };
    expect(doubtAbout({ ...typed, serialTotal: 2 })).toBe("serial");
    expect(doubtAbout({ ...typed, serialTotal: 1 })).toBe(null);
    expect(doubtAbout(typed)).toBe(null);
});
