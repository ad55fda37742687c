import { expect, test } from "@odoo/hoot";
import { click, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { browser } from "@web/core/browser/browser";
import { openSession } from "../count_server";
import { goOffline, mountDialogs } from "../register_utils";

definePosModels();

/** Whether the browser would ask before the page is left. */
function asksBeforeUnload() {
    const event = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
}

/** Tells when the register is really closed. */
function watchClosing(pos) {
    pos.session.state = "opened";
    patchWithCleanup(pos, {
        redirectToBackend() {
            expect.step("closed");
        },
        pushOrdersWithClosingPopup: async () => true,
    });
}

test("closing the register sends what waits, and asks nothing when all is sent", async () => {
    const { server, pos, session } = await openSession();
    watchClosing(pos);
    await session.scan("CODE-1");
    expect(asksBeforeUnload()).toBe(true);
    await pos.closePos();
    expect(server.entries.size).toBe(1);
    expect.verifySteps(["closed"]);
    expect(asksBeforeUnload()).toBe(false);
});

test("closing the register without network tells what stays on the device, and asks", async () => {
    const { pos, session } = await openSession();
    watchClosing(pos);
    await mountDialogs();
    goOffline();
    await session.scan("CODE-1");
    await session.scan("CODE-2");
    pos.closePos();
    await waitFor(".modal:contains(2 counts are on this device only)");
    await click(".modal button:contains(Stay)");
    await animationFrame();
    expect.verifySteps([]);
    expect(asksBeforeUnload()).toBe(true);
    pos.closePos();
    await waitFor(".modal");
    await click(".modal button:contains(Close anyway)");
    await animationFrame();
    expect.verifySteps(["closed"]);
    expect(asksBeforeUnload()).toBe(false);
    expect((await session.store.entries("sheet-1")).length).toBe(2);
});

test("a browser whose local storage is full still tells which sheet is counted", async () => {
    const { session } = await openSession();
    patchWithCleanup(browser.localStorage, {
        setItem() {
            throw new Error("full");
        },
    });
    session.service.setRunning(session.sheet);
    expect(session.service.running.uuid).toBe("sheet-1");
});
