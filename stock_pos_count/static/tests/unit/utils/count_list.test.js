import { describe, expect, test } from "@odoo/hoot";
import {
    FilterTally,
    fitsFilter,
    scrollTopFor,
    visibleRows,
} from "@stock_pos_count/app/utils/count_list";

const uncounted = { counted: null, conflict: null };
const zero = { counted: 0, conflict: null };
const negative = { counted: -1, conflict: null };
const conflict = { counted: 3, conflict: [{}] };

describe("the chips", () => {
    test("a count of zero is counted; an uncounted line is not to check", () => {
        expect(fitsFilter(zero, "counted")).toBe(true);
        expect(fitsFilter(zero, "to_count")).toBe(false);
        expect(fitsFilter(uncounted, "to_count")).toBe(true);
        expect(fitsFilter(uncounted, "check")).toBe(false);
    });

    test("their numbers fit what they show", () => {
        const lines = [uncounted, zero, negative, conflict];
        const tally = new FilterTally();
        lines.forEach((line, index) => tally.put(index, line));
        expect(tally.counts).toEqual({ to_count: 1, counted: 3, check: 2, all: 4 });
        for (const [filter, number] of Object.entries(tally.counts)) {
            expect(lines.filter((line) => fitsFilter(line, filter))).toHaveLength(number);
        }
    });

    test("their numbers follow a line that is counted, and one that goes", () => {
        const tally = new FilterTally();
        tally.put("1:0", uncounted);
        tally.put("2:0", negative);
        tally.put("1:0", zero);
        expect(tally.counts).toEqual({ to_count: 0, counted: 2, check: 1, all: 2 });
        tally.put("2:0");
        expect(tally.counts).toEqual({ to_count: 0, counted: 1, check: 0, all: 1 });
    });
});

describe("a long list", () => {
    const view = { height: 400, rowHeight: 40, total: 1000, overscan: 2 };

    test("rows that are left out keep their room", () => {
        const { first, last, before, after } = visibleRows({ ...view, scrollTop: 20000 });
        expect([first, last]).toEqual([498, 512]);
        expect(before + (last - first) * view.rowHeight + after).toBe(view.total * view.rowHeight);
    });

    test("the ends of the list", () => {
        expect(visibleRows({ ...view, scrollTop: 0 }).first).toBe(0);
        expect(visibleRows({ ...view, scrollTop: 39600 }).last).toBe(1000);
    });

    test("a list that became shorter while scrolled down shows no row that is gone", () => {
        const { first, last, after } = visibleRows({ ...view, scrollTop: 39600, total: 3 });
        expect(first).toBe(0);
        expect(last).toBe(3);
        expect(after).toBe(0);
    });

    test("scrolling to a row moves no more than needed", () => {
        const place = { scrollTop: 400, height: 400, rowHeight: 40 };
        expect(scrollTopFor(place, 12)).toBe(400);
        expect(scrollTopFor(place, 2)).toBe(80);
        expect(scrollTopFor(place, 20)).toBe(440);
    });
});
