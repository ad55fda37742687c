import { expect, test } from "@odoo/hoot";
import { click, edit } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { getService } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountCompleteDialog } from "@stock_pos_count/app/components/count_complete_dialog/count_complete_dialog";
import { CountServer, makeCountProduct, makeLine } from "../count_server";
import { mountDialogs, setupCountEnv } from "../register_utils";

definePosModels();

const FACTS = {
    counted: 2,
    total: 9,
    uncounted: 7,
    kept_earlier: 0,
    conflicts: 0,
    negatives: 0,
    unknown: 1,
    late: 0,
    to_accept: null,
    devices: [],
    reasons: [],
    can_complete: true,
    count_as_zero_all: false,
    zero: null,
};
const ZERO = {
    number: 4,
    apart: [
        { kind: "moved", number: 2, names: ["Tea", "Milk"] },
        { kind: "negative", number: 1, names: ["Soap"] },
    ],
};

async function openDialog(facts = {}, answers = {}, server = new CountServer(), before = () => {}) {
    const { calls } = await setupCountEnv({
        ...server.answers,
        register_completion: () => ({ ...FACTS, ...facts }),
        register_count_as_zero: () => ({ sheet: server.sheet }),
        ...answers,
    });
    await mountDialogs();
    const session = getService("stock_pos_count").session("sheet-1");
    await session.open();
    await before(session);
    const seen = [];
    getService("dialog").add(CountCompleteDialog, {
        session,
        onSee: (filter) => seen.push(filter),
        onCompleted: () => {},
    });
    await animationFrame();
    await animationFrame();
    await animationFrame();
    return { calls, seen };
}

test("says only what is true, and keeps counting is the first key while something is missing", async () => {
    const { seen } = await openDialog();
    expect(".stock-count-complete-dialog li").toHaveCount(2);
    expect(".modal-footer .btn-primary").toHaveText("Keep counting");
    expect("[name=complete]").toHaveText("Leave out and complete");
    expect(".modal-footer button").toHaveCount(2);
    await click(".stock-count-complete-dialog li:first .btn-link");
    expect(seen).toEqual(["to_count"]);
});

test("thousands are separated as everywhere", async () => {
    await openDialog({ counted: 1800, total: 3000, uncounted: 1200, unknown: 0 });
    expect(".stock-count-complete-dialog p:first").toHaveText("Counted 1,800 of 3,000.");
    expect(".stock-count-complete-dialog li").toHaveText(/^1,200 not counted\./);
});

test("nothing missing: completing is the first key", async () => {
    await openDialog({ uncounted: 0, unknown: 0 });
    expect(".stock-count-complete-dialog li").toHaveCount(0);
    expect(".modal-footer .btn-primary").toHaveText("Complete");
});

test("a manager counts as zero what is plain, and what was ticked, by typing the number", async () => {
    const { calls } = await openDialog({ zero: ZERO });
    await click(".modal-footer button:contains(Count as zero)");
    await animationFrame();
    expect(".stock-count-zero-apart").toHaveCount(2);
    expect(".stock-count-complete-dialog .btn-danger").not.toBeEnabled();
    await click("[data-kind=negative]");
    await click("#stock-count-zero-number");
    await edit("4");
    await animationFrame();
    expect(".stock-count-complete-dialog .btn-danger").not.toBeEnabled();
    await edit("5");
    await animationFrame();
    await click(".stock-count-complete-dialog .btn-danger");
    await animationFrame();
    const call = calls.find(([method]) => method === "register_count_as_zero");
    expect(call.slice(3)).toEqual([5, ["negative"]]);
});

test("late entries and what completing accepts are named, and late ones open on their own", async () => {
    const sheet = new CountServer().sheet;
    await openDialog(
        { late: 2, to_accept: { number: 6, names: ["Tea", "Milk"] } },
        { register_late: () => ({ sheet, entries: [], conflicts: [] }) },
    );
    expect(".stock-count-complete-dialog").toHaveText(/2 late entries\./);
    expect(".stock-count-complete-dialog").toHaveText(/to be checked: Tea, Milk, and 4 more\./);
    await click(".stock-count-complete-dialog li:contains(late entries) button");
    await animationFrame();
    expect(".stock-count-late-dialog").toHaveCount(1);
});

test("a scan without an answer is named with the way to it, and this device not as one that is silent", async () => {
    const server = new CountServer({
        sheet: { scope: "partial" },
        lines: [makeLine(1)],
        products: [1, 9].map((id) => makeCountProduct(id)),
    });
    const devices = [];
    const { seen } = await openDialog(
        { uncounted: 0, unknown: 0, devices },
        {},
        server,
        (session) => {
            for (const [name, device] of [
                ["Amy's phone", session.service.device.id],
                ["Ben's tablet", "tablet-2"],
            ]) {
                devices.push({ name, device, who: "", waiting: 1, last_heard_at: Date.now() });
            }
            return session.scan("CODE-9");
        },
    );
    expect(".stock-count-complete-dialog li").toHaveCount(2);
    expect(".stock-count-complete-dialog li:last").toHaveText(/^Ben's tablet: 1 count/);
    expect(".stock-count-complete-dialog li:first").toHaveText(/^1 scan of this device is to be/);
    await click(".stock-count-complete-dialog li:first .btn-link");
    expect(seen).toEqual(["unknown"]);
});
