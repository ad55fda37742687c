import { describe, expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import {
    formatExact,
    formatQty,
    formatRelative,
    formatVariance,
} from "@stock_pos_count/app/utils/format";
import { setupCountEnv } from "../register_utils";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";

definePosModels();

describe("formatQty", () => {
    test("has no trailing zeros, a true minus, and a dash for not counted", async () => {
        await setupCountEnv();
        expect(formatQty(12)).toBe("12");
        expect(formatQty(1.25)).toBe("1.25");
        expect(formatQty(1.1 + 2.2)).toBe("3.3");
        expect(formatQty(-3)).toBe("−3");
        expect(formatQty(0)).toBe("0");
        expect(formatQty(-0.0000001)).toBe("0");
        expect(formatQty(null)).toBe("—");
    });
});

describe("formatVariance", () => {
    test("is always signed unless it is zero", async () => {
        await setupCountEnv();
        expect(formatVariance(2)).toBe("+2");
        expect(formatVariance(-3)).toBe("−3");
        expect(formatVariance(0)).toBe("0");
        expect(formatVariance(0.0000001)).toBe("0");
        expect(formatVariance(null)).toBe("—");
    });
});

describe("from right to left", () => {
    test("a sign stays before its number, and a number without one is as it was", async () => {
        await setupCountEnv();
        patchWithCleanup(localization, { direction: "rtl" });
        expect(formatQty(-3)).toBe("\u200e−3");
        expect(formatVariance(2)).toBe("\u200e+2");
        expect(formatQty(12)).toBe("12");
        expect(formatVariance(0)).toBe("0");
    });
});

describe("times", () => {
    test("are relative, and exact without the year while it is this year", async () => {
        mockDate("2026-10-24 22:03:00");
        await setupCountEnv();
        const now = Date.now();
        expect(formatRelative(now - 20000)).toBe("just now");
        expect(formatRelative(now - 5 * 60000)).toMatch(/^5 min/);
        expect(formatRelative(null)).toBe("");
        expect(formatExact(now)).not.toMatch(/2026/);
        expect(formatExact(now - 400 * 86400000)).toMatch(/2025/);
        expect(formatExact(null)).toBe("");
    });
});
