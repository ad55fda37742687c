import { expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { getService } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountLateDialog } from "@stock_pos_count/app/components/count_late_dialog/count_late_dialog";
import { makeSheet, mountDialogs, setupCountEnv } from "../register_utils";

definePosModels();

function makeLate(uuid, values = {}) {
    return {
        uuid,
        line_id: 1,
        product_id: 1,
        product: "Tea",
        lot_name: null,
        kind: "add",
        qty: 2,
        code: null,
        who: "Ben",
        at: 1000,
        arrived_at: 2000,
        undone: false,
        late: true,
        included_by: null,
        reason: "Arrived after Amy had completed the count.",
        can_include: true,
        ...values,
    };
}

async function openDialog({ state = "mismatched", allowed = ["include_late"], ...answers }) {
    const sheet = makeSheet({ state, allowed: ["view", ...allowed], late: 2 });
    const { calls } = await setupCountEnv({
        register_late: () => ({ sheet, conflicts: [], ...answers.first }),
        register_include: () => ({ sheet, entries: [], conflicts: [], ...answers.then }),
        register_settle: () => ({ sheet, entries: [], conflicts: [] }),
        register_create_info: () => ({ shop: "Xinyi", persons: [], categories: [], vendors: [] }),
    });
    await mountDialogs();
    getService("dialog").add(CountLateDialog, {
        sheetUuid: "sheet-1",
        onChanged: () => expect.step("changed"),
    });
    await animationFrame();
    await animationFrame();
    return calls;
}

test("says who counted how many, and why it is late", async () => {
    await openDialog({ first: { entries: [makeLate("e-1")] } });
    expect(".stock-count-late-dialog li").toHaveText(/\+2\s*Tea\s*Ben.*Arrived after Amy/s);
    expect("[name=include_all]").toHaveCount(0);
});

test("one entry is included, or all of them", async () => {
    const calls = await openDialog({
        first: { entries: [makeLate("e-1"), makeLate("e-2")] },
        then: { entries: [makeLate("e-2"), makeLate("e-3")] },
    });
    await click(".stock-count-include:first");
    await animationFrame();
    await click("[name=include_all]");
    await animationFrame();
    const included = calls.filter(([method]) => method === "register_include");
    expect(included.map(([, , , uuids]) => uuids)).toEqual([["e-1"], ["e-2", "e-3"]]);
    expect.verifySteps(["changed", "changed"]);
});

test("a conflict that an included total makes is settled at once", async () => {
    const groups = [
        { who: "Amy", qty: 4, uuids: ["a"] },
        { who: "Ben", qty: 6, uuids: ["b"] },
    ];
    const calls = await openDialog({
        first: { entries: [makeLate("e-1", { kind: "set" })] },
        then: { conflicts: [{ line_id: 7, product: "Milk", lot_name: null, groups }] },
    });
    await click(".stock-count-include");
    await animationFrame();
    expect(".stock-count-late-conflict").toHaveText(/Milk\s*Amy 4 · Ben 6/);
    await click(".stock-count-late-conflict button:contains(Keep 6)");
    await animationFrame();
    const [, uuid, lineId, keep] = calls.find(([method]) => method === "register_settle");
    expect([uuid, lineId, keep]).toEqual(["sheet-1", 7, ["b"]]);
    expect(".stock-count-late-dialog").toHaveText(/No late entry is left/);
    expect.verifySteps(["changed", "changed"]);
});

test("on a sheet whose result is final they only start a new one", async () => {
    const can_include = false;
    await openDialog({
        state: "corrected",
        allowed: ["new_from_late"],
        first: {
            entries: [
                makeLate("e-1", { can_include }),
                makeLate("e-2", { can_include }),
                makeLate("e-3", { can_include, product_id: 2 }),
            ],
        },
    });
    expect(".stock-count-include").toHaveCount(0);
    await click("[name=start_sheet]");
    await animationFrame();
    expect(".stock-count-late-dialog").toHaveCount(0);
    expect(".stock-count-create-dialog").toHaveText(/counts came too late for PD00001/);
    expect(".stock-count-create-dialog").toHaveText(/2 products/);
});
