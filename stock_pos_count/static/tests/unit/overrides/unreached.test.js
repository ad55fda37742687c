import { expect, test } from "@odoo/hoot";
import { unreachedErrorHandler } from "@stock_pos_count/app/overrides/utils/error_handlers";

test("a fetch that reached nobody is no error to show", () => {
    expect(unreachedErrorHandler({}, {}, new TypeError("Failed to fetch"))).toBe(true);
    expect(unreachedErrorHandler({}, {}, new TypeError("x is not a function"))).toBe(false);
    expect(unreachedErrorHandler({}, {}, new Error("Failed to fetch"))).toBe(false);
});
