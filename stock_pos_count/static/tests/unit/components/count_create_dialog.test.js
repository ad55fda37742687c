import { expect, test } from "@odoo/hoot";
import { click, edit, waitFor } from "@odoo/hoot-dom";
import { animationFrame, runAllTimers } from "@odoo/hoot-mock";
import { getService, makeServerError } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountCreateDialog } from "@stock_pos_count/app/components/count_create_dialog/count_create_dialog";
import { makeSheet, mountDialogs, setupCountEnv } from "../register_utils";

definePosModels();

const INFO = {
    shop: "Xinyi",
    location: "XY/Stock",
    notice: null,
    persons: [
        { model: "res.users", id: 2, name: "Mitchell Admin" },
        { model: "res.users", id: 9, name: "Amy" },
    ],
    categories: [{ id: 4, name: "Toys" }],
    vendors: [{ id: 5, name: "Acme" }],
};

async function openDialog(answers = {}, props = {}) {
    const created = [];
    const env = await setupCountEnv({
        register_create_info: () => INFO,
        register_scope: () => ({ products: 480, overlapping: [], full_open: null }),
        register_create: (values) => ({
            sheet: makeSheet({ uuid: values.uuid, state: "new" }),
            notices: [],
        }),
        ...answers,
    });
    await mountDialogs();
    getService("dialog").add(CountCreateDialog, {
        onCreated: (sheet) => created.push(sheet),
        ...props,
    });
    await waitFor(".stock-count-create-dialog");
    await animationFrame();
    return { ...env, created };
}

function callsOf(calls, method) {
    return calls.filter(([name]) => name === method).map(([, ...args]) => args);
}

test("says how many products before anything is made", async () => {
    await openDialog();
    expect(".modal-title").toHaveText("New count sheet for Xinyi");
    expect(".stock-count-create-total").toHaveText("480 products");
    expect(".stock-count-create-start").toHaveClass("btn-primary");
});

test("creates a sheet with a uuid of its own and says so", async () => {
    const { calls, created } = await openDialog();
    await click("#stock-count-note");
    await edit("Year end");
    await click(".stock-count-create-only");
    await animationFrame();
    const [[values, person, start]] = callsOf(calls, "register_create");
    expect(values.scope).toBe("full");
    expect(values.note).toBe("Year end");
    expect(values.uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(values.created_by).toEqual(person);
    expect(start).toBe(false);
    expect(created.map((sheet) => sheet.uuid)).toEqual([values.uuid]);
    expect(".stock-count-create-dialog").toHaveCount(0);
});

test("no product fits: the buttons are off", async () => {
    await openDialog({
        register_scope: () => ({ products: 0, overlapping: [], full_open: null }),
    });
    expect(".stock-count-create-total").toHaveText("No product fits");
    expect(".stock-count-create-only").not.toBeEnabled();
    expect(".stock-count-create-start").not.toBeEnabled();
});

test("a partial count needs a category or a vendor", async () => {
    const { calls } = await openDialog();
    await click("[data-scope=partial]");
    await runAllTimers();
    await animationFrame();
    expect(".stock-count-create-total").toHaveText("Choose at least one category or vendor");
    expect(".stock-count-create-start").not.toBeEnabled();
    expect(callsOf(calls, "register_scope")).toEqual([["full", [], []]]);
});

test("open sheets come first, those being counted on top, and joining is the main thing", async () => {
    const { pos } = await openDialog({
        register_scope: () => ({
            products: 480,
            overlapping: [
                makeSheet({ uuid: "b", name: "PD00002", state: "new", allowed: ["start"] }),
                makeSheet({ uuid: "a", name: "PD00001" }),
            ],
            full_open: null,
        }),
    });
    expect(".stock-count-sheet-card b").toHaveCount(2);
    expect(".stock-count-sheet-card:first b").toHaveText("PD00001");
    expect(".stock-count-sheet-card:first .btn").toHaveClass("btn-primary");
    expect(".stock-count-create-start").not.toHaveClass("btn-primary");
    expect(".stock-count-create-start").toBeEnabled();
    await click(".stock-count-sheet-card:first .btn");
    await animationFrame();
    expect(pos.router.state.params.sheetUuid).toBe("a");
});

test("a second full count cannot be made", async () => {
    await openDialog({
        register_scope: () => ({ products: 480, overlapping: [], full_open: makeSheet() }),
    });
    expect(".stock-count-overlap h5").toHaveText(
        "A full count of this shop is already open; there can be only one",
    );
    expect(".stock-count-create-start").not.toBeEnabled();
});

test("what the server refuses is shown, and the dialog stays", async () => {
    await openDialog({
        register_create: () => {
            throw makeServerError({ type: "UserError", message: "PD00001 is still open." });
        },
    });
    await click(".stock-count-create-start");
    await animationFrame();
    expect(".stock-count-create-dialog .alert-danger").toHaveText("PD00001 is still open.");
    expect(".stock-count-create-start").toBeEnabled();
});

test("from what was not counted: nothing to choose, the number is known", async () => {
    const { calls } = await openDialog({}, { fromSheet: makeSheet({ state: "mismatched" }) });
    expect("[data-scope]").toHaveCount(0);
    expect(".stock-count-create-total").toHaveText("266 products");
    await click(".stock-count-create-only");
    await animationFrame();
    expect(callsOf(calls, "register_create")[0][0].from_uncounted).toBe("sheet-1");
});
