import { expect, test } from "@odoo/hoot";
import { click, edit, press } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { waitForChannels, waitNotifications } from "@bus/../tests/bus_test_helpers";
import {
    getService,
    makeServerError,
    MockServer,
    mountWithCleanup,
} from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { StockCountResultScreen } from "@stock_pos_count/app/screens/count_result_screen/count_result_screen";
import {
    makeProduct,
    makeResultLine,
    makeSheet,
    mountDialogs,
    setupCountEnv,
} from "../register_utils";

definePosModels();

const TOTALS = {
    short: 2,
    short_qty: -6,
    over: 1,
    over_qty: 8,
    equal: 197,
    uncounted: 266,
    check: 0,
    all: 466,
};

async function mountResult(sheet, answer = {}, answers = {}) {
    const env = await setupCountEnv({
        register_result: (uuid, view) => ({
            sheet,
            lines: [makeResultLine(1), makeResultLine(2, { note: "2 damaged" })],
            products: [makeProduct(1), makeProduct(2)],
            total: 2,
            totals: TOTALS,
            may_see_value: false,
            channel: "sheet-channel",
            view,
            ...answer,
        }),
        ...answers,
    });
    await mountWithCleanup(StockCountResultScreen, { props: { sheetUuid: "sheet-1" } });
    await animationFrame();
    await animationFrame();
    return env;
}

const MISMATCHED = makeSheet({
    state: "mismatched",
    short: 2,
    over: 1,
    equal: 197,
    allowed: ["view", "recount", "correct", "void"],
});

test("opens on what is short, with three numbers that filter", async () => {
    const { calls } = await mountResult(MISMATCHED);
    expect(calls[0]).toEqual(["register_result", "sheet-1", "short", 0, 80, ""]);
    expect("[data-view=short]").toHaveAttribute("aria-pressed", "true");
    expect("[data-view=short]").toHaveText(/2\s*\(−6\)/);
    expect("[data-view=over]").toHaveText(/1\s*\(\+8\)/);
    await click("[data-view=over]");
    await animationFrame();
    expect(calls.at(-1)[2]).toBe("over");
});

test("what is typed into the search stays while an answer comes", async () => {
    const result = { sheet: MISMATCHED, lines: [], products: [], total: 0, totals: TOTALS };
    const answer = new Deferred();
    await mountResult(
        MISMATCHED,
        {},
        {
            register_result: (_uuid, _view, _offset, _limit, term) => (term ? answer : result),
        },
    );
    await click(".stock-count-search");
    await edit("mi");
    await advanceTime(300);
    await edit("milk");
    answer.resolve(result);
    await animationFrame();
    await animationFrame();
    expect(".stock-count-search").toHaveValue("milk");
});

test.tags("desktop");
test("a line shows on hand, counted and its variance", async () => {
    await mountResult(MISMATCHED);
    expect("tbody tr:first td:nth-child(2)").toHaveText("10");
    expect("tbody tr:first td:nth-child(3)").toHaveText("7");
    expect("tbody tr:first .stock-count-short .stock-count-qty").toHaveText("−3");
    expect("th:nth-child(2)").toHaveText("On hand");
});

test("recount starts and opens the sheet", async () => {
    const { calls, pos } = await mountResult(
        MISMATCHED,
        {},
        {
            register_transition: () => ({
                sheet: makeSheet({ state: "recounting" }),
                notices: [],
            }),
        },
    );
    await click(".stock-count-recount");
    await animationFrame();
    expect(calls.at(-1).slice(0, 3)).toEqual(["register_transition", "sheet-1", "recount"]);
    expect(pos.router.state.current).toBe("StockCountScreen");
});

/** What the server tells the devices on the sheet's channel. */
async function tellChange(device) {
    await waitForChannels(["sheet-channel"]);
    const type = "sheet-channel-STOCK_POS_COUNT_CHANGED";
    const message = { uuid: "sheet-1", device };
    MockServer.env["bus.bus"]._sendone("sheet-channel", type, message);
    await waitNotifications([type, message]);
    await advanceTime(500);
    await animationFrame();
    await animationFrame();
}

test("looks again when another device changed the sheet, and stays where it is", async () => {
    let sheet = MISMATCHED;
    const { calls, pos } = await mountResult(
        MISMATCHED,
        {},
        {
            register_result: () => ({
                sheet,
                lines: [makeResultLine(1)],
                products: [makeProduct(1)],
                total: 1,
                totals: TOTALS,
                channel: "sheet-channel",
            }),
        },
    );
    await click("[data-view=over]");
    await animationFrame();
    sheet = makeSheet({ state: "recounting", round: 1, allowed: ["view", "join"] });
    await tellChange("another-device");
    expect(".stock-count-chip").toHaveText("Recounting");
    expect(".stock-count-correct").toHaveCount(0);
    expect(calls.at(-1)).toEqual(["register_result", "sheet-1", "over", 0, 80, ""]);
    expect("[data-view=over]").toHaveAttribute("aria-pressed", "true");
    await click(".stock-count-join");
    expect(pos.router.state.current).toBe("StockCountScreen");
});

test("goes to what matters most when another device left nothing of what is shown", async () => {
    let short = 2;
    await mountResult(
        MISMATCHED,
        {},
        {
            register_result: (_uuid, view) => ({
                sheet: MISMATCHED,
                lines: view === "short" && !short ? [] : [makeResultLine(1)],
                products: [makeProduct(1)],
                total: 1,
                totals: { ...TOTALS, short },
                channel: "sheet-channel",
            }),
        },
    );
    short = 0;
    await tellChange(null);
    expect("[data-view=over]").toHaveAttribute("aria-pressed", "true");
});

test("a matched sheet says that all agrees and offers nothing", async () => {
    await mountResult(makeSheet({ state: "matched", short: 0, over: 0, equal: 3 }), {
        totals: { ...TOTALS, short: 0, over: 0 },
    });
    expect(".stock-count-banner").toHaveText("All counted products agree");
    expect(".stock-count-recount").toHaveCount(0);
    expect(".stock-count-correct").toHaveCount(0);
    expect("[data-view=equal]").toHaveAttribute("aria-pressed", "true");
});

test("a corrected sheet names who and when, and marks what was left out", async () => {
    await mountResult(
        makeSheet({ state: "corrected", short: 2, corrected_by: "Amy", corrected_at: 1000 }),
        { lines: [makeResultLine(1, { not_corrected: "Left out" })] },
    );
    expect(".stock-count-banner").toHaveText(/Corrected by Amy/);
    expect(".stock-count-not-corrected").toHaveText("Not corrected");
});

test.tags("desktop");
test("a corrected sheet calls the book original", async () => {
    await mountResult(
        makeSheet({ state: "corrected", short: 2, corrected_by: "Amy", corrected_at: 1000 }),
    );
    expect("th:nth-child(2)").toHaveText("Original on hand");
});

test("a blind sheet says so and has no empty columns", async () => {
    const { calls } = await mountResult(
        makeSheet({ state: "mismatched", blind: true, hides_book: true, allowed: ["recount"] }),
        { lines: [makeResultLine(1, { on_hand: null, variance: null })] },
    );
    expect(".alert-info").toHaveText(/This is a blind count/);
    expect("[data-view=short]").toHaveCount(0);
    expect(".stock-count-variance").toHaveCount(0);
    expect(calls.at(-1)[2]).toBe("all");
    expect(".stock-count-recount").toHaveClass("btn-primary");
});

test("a row opens everything about its line, and Escape closes it", async () => {
    await mountResult(
        MISMATCHED,
        {},
        {
            register_line_detail: () => ({
                line: makeResultLine(1),
                product: makeProduct(1),
                rounds: [{ round: 0, counted: 7, who: "Amy", at: 1000 }],
                entries: [
                    {
                        uuid: "e",
                        kind: "add",
                        qty: 1,
                        code: "471",
                        who: "Amy",
                        at: 1,
                        undone: true,
                    },
                ],
                movements: [{ text: "2 sold, order 5001", at: 1000 }],
                on_hand_now: 8,
                note: "",
            }),
        },
    );
    await click(".stock-count-result-open:first");
    await animationFrame();
    await animationFrame();
    expect(".stock-count-line-details h2").toHaveText("Product 1");
    expect(".stock-count-line-details").toHaveText(/2 sold, order 5001/);
    expect(".stock-count-line-details .text-decoration-line-through").toHaveText(/Scanned/);
    await press("Escape");
    await animationFrame();
    expect(".stock-count-line-details").toHaveCount(0);
    expect(".stock-count-result-open:first").toBeFocused();
});

test("who counted is asked to leave the recount to somebody else, and may go on", async () => {
    const recounting = { ...MISMATCHED, state: "recounting", round: 1 };
    const { calls } = await mountResult(
        MISMATCHED,
        {},
        {
            register_transition: (_uuid, _action, _person, { force }) => {
                if (!force) {
                    throw makeServerError({
                        errorName: "odoo.addons.stock_pos_count.exceptions.CountQuestion",
                        message: "Let somebody else recount them.",
                    });
                }
                return { sheet: recounting, notices: [] };
            },
        },
    );
    await mountDialogs();
    const askAndAnswer = async (key) => {
        await click(".stock-count-recount");
        await animationFrame();
        expect(".modal-body").toHaveText("Let somebody else recount them.");
        expect(".modal-footer .btn:first").toHaveStyle({ "min-height": "48px" });
        await click(`.modal-footer .${key}`);
        await animationFrame();
    };
    const forces = () =>
        calls
            .filter(([method]) => method === "register_transition")
            .map((call) => call.at(-1).force);
    await askAndAnswer("btn-secondary");
    expect(forces()).toEqual([undefined]);
    expect(".stock-count-recount").toBeEnabled();
    await askAndAnswer("btn-primary");
    expect(forces()).toEqual([undefined, undefined, true]);
    expect(getService("stock_pos_count").running?.state).toBe("recounting");
});

test("late entries are announced, and looked at from there", async () => {
    const sheet = { ...MISMATCHED, late: 1 };
    await mountResult(sheet, {}, { register_late: () => ({ sheet, entries: [], conflicts: [] }) });
    expect(".stock-count-late").toHaveText(/1 late entry came after the completion/);
    await click(".stock-count-late button");
    await animationFrame();
    expect(".stock-count-late-dialog").toHaveCount(1);
});

test("a correction in the background shows how far it is, whoever looks", async () => {
    await mountResult({
        ...MISMATCHED,
        allowed: ["view"],
        correcting: { done: 340, total: 1000, failed: 0 },
    });
    expect(".stock-count-banner").toHaveText(/being corrected: 340 of 1,000/);
    expect(".stock-count-correct").toHaveCount(0);
});

test("what could not be corrected is told and has a filter of its own", async () => {
    const { calls } = await mountResult(MISMATCHED, { totals: { ...TOTALS, failed: 4 } });
    expect(".stock-count-banner").toHaveText(/4 products could not be corrected/);
    await click("[data-filter=failed]");
    await animationFrame();
    expect(calls.at(-1)[2]).toBe("failed");
});

test("a matched sheet whose variance a later count settled does not say that all agree", async () => {
    await mountResult({ ...MISMATCHED, state: "matched", allowed: ["view"] });
    expect(".stock-count-banner").toHaveText(/settled by a later count/);
});
