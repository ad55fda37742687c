import { expect, test } from "@odoo/hoot";
import { waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { getService } from "@web/../tests/web_test_helpers";
import { ClosePosPopup } from "@point_of_sale/app/components/popups/closing_popup/closing_popup";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { openSession } from "../count_server";
import { goOffline, makeSheet, mountDialogs, setupCountEnv } from "../register_utils";

definePosModels();

const CLOSING = {
    orders_details: { quantity: 0, amount: 0 },
    opening_notes: "",
    default_cash_details: {
        id: 1,
        name: "Cash",
        amount: 0,
        opening: 0,
        payment_amount: 0,
        moves: [],
    },
    non_cash_payment_methods: [],
    is_manager: true,
    amount_authorized_diff: null,
};

async function openClosing() {
    await mountDialogs();
    getService("dialog").add(ClosePosPopup, CLOSING);
    await waitFor(".close-pos-popup");
    await animationFrame();
}

test("closing the register names the shop's open sheets and blocks nothing", async () => {
    await setupCountEnv({
        register_list: () => ({
            sheets: [makeSheet(), makeSheet({ uuid: "b", name: "PD00002", state: "paused" })],
            total: 5,
            counts: {},
        }),
    });
    await openClosing();
    expect(".stock-count-closing li").toHaveCount(2);
    expect(".stock-count-closing li:first").toHaveText(/PD00001.*Counting.*214 of 480 counted/s);
    expect(".stock-count-closing").toHaveText(/3 more are open/);
    expect(".close-pos-popup .btn-primary").toBeEnabled();
});

test("closing the register tells what is on this device only", async () => {
    const { session } = await openSession();
    goOffline();
    await session.scan("CODE-1");
    await openClosing();
    expect(".stock-count-closing-unsent").toHaveText(/1 counts are on this device only/);
    expect(".close-pos-popup .btn-primary").toBeEnabled();
});

test("closing works without network as it always did", async () => {
    await setupCountEnv();
    goOffline();
    await openClosing();
    expect(".stock-count-closing").toHaveCount(0);
    expect(".close-pos-popup .btn-primary").toHaveCount(1);
});
