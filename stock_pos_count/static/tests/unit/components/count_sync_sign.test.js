import { expect, test } from "@odoo/hoot";
import { animationFrame, click } from "@odoo/hoot-dom";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountSyncSign } from "@stock_pos_count/app/components/count_sync_sign/count_sync_sign";
import { openSession, sendAll } from "../count_server";
import { drawAll, goOffline, mountDialogs } from "../register_utils";

definePosModels();

const SIGN = ".stock-count-sync-sign";

async function mountSign(props = {}) {
    const env = await openSession();
    await mountWithCleanup(CountSyncSign, {
        props: { session: env.session, onRefused: () => expect.step("refused"), ...props },
    });
    return env;
}

test("what waits is told beside what was not accepted, and what is saved by a tap", async () => {
    const { server, session } = await mountSign();
    await mountDialogs();
    await session.scan("CODE-1");
    await sendAll();
    await drawAll();
    expect(SIGN).toHaveText(/^✓\s*Saved$/);
    expect(SIGN).toHaveAttribute("title", "1 saved");
    await click(SIGN);
    await animationFrame();
    expect(".o_notification").toHaveText(/1 saved/);
    server.refusals.set("CODE-2", "no");
    await session.scan("CODE-2");
    await sendAll();
    goOffline();
    await session.scan("CODE-1");
    await session.scan("CODE-1");
    await drawAll();
    expect(SIGN).toHaveText(/1 not accepted\s*↑\s*2 waiting/);
    expect(SIGN).toHaveAttribute("title", /1 not accepted · 2 waiting · 1 saved/);
    await click(SIGN);
    expect.verifySteps(["refused"]);
});

test("a phone's sign has the numbers, and the words for who hears them", async () => {
    const { session } = await mountSign({ isSmall: true });
    goOffline();
    await session.scan("CODE-1");
    await drawAll();
    expect(`${SIGN} [aria-hidden]:contains(1)`).toHaveCount(1);
    expect(`${SIGN} .visually-hidden`).toHaveText("1 waiting");
});
