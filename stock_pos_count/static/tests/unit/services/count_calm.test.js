import { expect, test } from "@odoo/hoot";
import { advanceFrame, advanceTime } from "@odoo/hoot-mock";
import { CountCalm } from "@stock_pos_count/app/services/count_calm";

/** Returns a `CountCalm` with work that waits for it. */
function makeCalm({ isDisturbed }) {
    const calm = new CountCalm();
    if (isDisturbed) {
        calm.disturb();
    }
    calm.wait().then(() => expect.step("work"));
    return calm;
}

test("nothing waits while nobody scans", async () => {
    makeCalm({ isDisturbed: false });
    await Promise.resolve();
    await Promise.resolve();
    expect.verifySteps(["work"]);
});

test("work waits until the number is on the screen, and no longer", async () => {
    const calm = makeCalm({ isDisturbed: true });
    await advanceTime(100);
    expect.verifySteps([]);
    calm.drawn();
    await advanceFrame(3);
    expect.verifySteps(["work"]);
});

test("the next scan, begun before the last one was drawn, is waited for too", async () => {
    const calm = makeCalm({ isDisturbed: true });
    await advanceTime(100);
    calm.drawn();
    calm.disturb();
    await advanceFrame(3);
    expect.verifySteps([]);
    await advanceTime(300);
    expect.verifySteps(["work"]);
});

test("keys that were no scan, and scans without a pause, put nothing off for long", async () => {
    makeCalm({ isDisturbed: true });
    await advanceTime(320);
    expect.verifySteps(["work"]);
    const calm = makeCalm({ isDisturbed: true });
    for (let scans = 0; scans < 11; scans++) {
        await advanceTime(100);
        calm.disturb();
    }
    expect.verifySteps(["work"]);
});
