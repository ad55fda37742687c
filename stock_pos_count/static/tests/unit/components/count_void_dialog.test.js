import { expect, test } from "@odoo/hoot";
import { click, edit, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { getService } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountVoidDialog } from "@stock_pos_count/app/components/count_void_dialog/count_void_dialog";
import { makeSheet, mountDialogs, setupCountEnv } from "../register_utils";

definePosModels();

async function openDialog(sheet) {
    const voided = [];
    const env = await setupCountEnv({
        register_transition: () => ({ sheet: { ...sheet, state: "void" }, notices: [] }),
    });
    await mountDialogs();
    getService("dialog").add(CountVoidDialog, { sheet, onVoided: (one) => voided.push(one) });
    await waitFor(".modal-footer .btn-danger");
    return { ...env, voided };
}

test("a sheet with counts is voided with a reason only", async () => {
    const { calls, voided } = await openDialog(makeSheet());
    expect(".modal-footer .btn-danger").not.toBeEnabled();
    await click("#stock-count-void-reason");
    await edit("  Counted twice ");
    await animationFrame();
    await click(".modal-footer .btn-danger");
    await animationFrame();
    const [, uuid, action, , options] = calls[0];
    expect([uuid, action, options]).toEqual(["sheet-1", "void", { reason: "Counted twice" }]);
    expect(voided[0].state).toBe("void");
    expect(".modal").toHaveCount(0);
});

test("a new sheet needs no reason", async () => {
    await openDialog(makeSheet({ state: "new" }));
    expect(".modal-footer .btn-danger").toBeEnabled();
});
