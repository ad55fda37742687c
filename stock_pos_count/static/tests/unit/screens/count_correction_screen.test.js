import { expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { animationFrame, Deferred, runAllTimers } from "@odoo/hoot-mock";
import { makeServerError, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { StockCountCorrectionScreen } from "@stock_pos_count/app/screens/count_correction_screen/count_correction_screen";
import { goOffline, makeProduct, makeSheet, setupCountEnv } from "../register_utils";

definePosModels();

function makeLine(id, values = {}) {
    return {
        line_id: id,
        product_id: id,
        lot_name: null,
        on_hand_now: 10,
        after: 7,
        change: -3,
        value: -30,
        blockers: [],
        warnings: [],
        left_out: false,
        ...values,
    };
}

function makePreview(values = {}) {
    return {
        sheet: makeSheet({ state: "mismatched" }),
        fingerprint: "one",
        products: [makeProduct(1), makeProduct(2), makeProduct(3)],
        lines: [makeLine(1), makeLine(2), makeLine(3, { blockers: ["It has lots"] })],
        figures: {
            products: 2,
            short_qty: -6,
            over_qty: 0,
            short_value: -60,
            over_value: 0,
            counted_at: 1000,
        },
        blockers: [{ kind: "blockers", text: "It has lots", line_ids: [3] }],
        warnings: [],
        may_see_value: true,
        currency_id: 1,
        ...values,
    };
}

async function mountCorrection(answers = {}) {
    const env = await setupCountEnv({
        register_correction_preview: () => makePreview(),
        ...answers,
    });
    await mountWithCleanup(StockCountCorrectionScreen, { props: { sheetUuid: "sheet-1" } });
    await animationFrame();
    return env;
}

test("the button carries the number; what is blocked cannot be ticked", async () => {
    await mountCorrection();
    expect("h1").toHaveText("Correct stock of Xinyi?");
    expect(".stock-count-correct-now").toHaveText("Correct 2 products");
    expect(".stock-count-correction-line input:checked").toHaveCount(2);
    expect(".stock-count-correction-line input:disabled").toHaveCount(1);
    expect(".stock-count-correction-reasons .alert-danger").toHaveText(/It has lots/);
});

test("many reasons make few blocks, red before amber; several of a kind stand beside their lines", async () => {
    const warnings = [
        { kind: "doubtful", text: "2 received", line_ids: [1] },
        { kind: "negative", text: "Stock goes below zero", line_ids: [1, 2] },
        { kind: "moved", text: "5 moved", line_ids: [1, 2] },
    ];
    await mountCorrection({ register_correction_preview: () => makePreview({ warnings }) });
    const blocks = [...document.querySelectorAll(".stock-count-correction-reasons details")];
    const isRed = (block) => block.classList.contains("alert-danger");
    expect(blocks.map(isRed)).toEqual([true, false, false]);
    const heads = blocks.map((block) => block.querySelector("summary").textContent);
    expect(heads[0]).toMatch(/Cannot be corrected.*It has lots.*1/s);
    expect(heads[1]).toMatch(/Check.*2/s);
    expect(heads[1]).not.toMatch(/received/);
    expect(heads[2]).toMatch(/^\s*Stock goes below zero\s*2/);
    const items = [...blocks[1].querySelectorAll("li")].map((item) => item.textContent);
    expect(items[0]).toMatch(/2 received/);
    expect(items).toHaveLength(3);
});

test("an unticked line is left out: the server is asked for the figures of the rest", async () => {
    const { calls } = await mountCorrection();
    await click("#stock-count-correct-1");
    await animationFrame();
    expect(".stock-count-correct-now").toHaveText("Correct 1 product");
    await runAllTimers();
    await animationFrame();
    expect(calls.at(-1)).toEqual(["register_correction_preview", "sheet-1", [1], []]);
});

test("pressing twice corrects once, then the result is shown", async () => {
    const answer = new Deferred();
    const { calls, pos } = await mountCorrection({ register_correct: () => answer });
    await click(".stock-count-correct-now");
    await animationFrame();
    expect(".stock-count-correct-now").not.toBeEnabled();
    await click(".stock-count-correct-now");
    answer.resolve({ done: true, sheet: makeSheet({ state: "corrected" }) });
    await animationFrame();
    expect(calls.filter(([method]) => method === "register_correct")).toHaveLength(1);
    expect(pos.router.state.current).toBe("StockCountResultScreen");
});

test("changed meanwhile: it stays, marks the lines and asks to look again", async () => {
    const { pos } = await mountCorrection({
        register_correct: () => ({
            done: false,
            preview: makePreview({
                fingerprint: "two",
                lines: [makeLine(1, { warnings: ["Goes below zero"] }), makeLine(2)],
            }),
        }),
    });
    pos.router.state.current = "StockCountCorrectionScreen";
    await click(".stock-count-correct-now");
    await animationFrame();
    expect(".stock-count-look-again").toHaveText(/Please look again/);
    expect(".stock-count-correction-line-changed").toHaveCount(1);
    expect(".stock-count-correct-now").toBeEnabled();
    expect(pos.router.state.current).toBe("StockCountCorrectionScreen");
});

test("a line to check is left out until somebody ticks it, and never with all others", async () => {
    const { calls } = await mountCorrection({
        register_correction_preview: () =>
            makePreview({ lines: [makeLine(1), makeLine(2, { needs_accept: true })] }),
        register_correct: () => ({ done: true, sheet: makeSheet({ state: "corrected" }) }),
    });
    expect(".stock-count-correct-now").toHaveText("Correct 1 product");
    expect(".stock-count-correction-line:eq(1)").toHaveText(/Check; tick it/);
    await click(".stock-count-correction-head input");
    await click(".stock-count-correction-head input");
    await animationFrame();
    expect("#stock-count-correct-1").toBeChecked();
    expect("#stock-count-correct-2").not.toBeChecked();
    await click("#stock-count-correct-2");
    await runAllTimers();
    await animationFrame();
    expect(calls.at(-1)).toEqual(["register_correction_preview", "sheet-1", [], [2]]);
    await click(".stock-count-correct-now");
    await animationFrame();
    const [method, , , leftOut, , accepted] = calls.at(-1);
    expect([method, leftOut, accepted]).toEqual(["register_correct", [], [2]]);
});

test("a long correction shows how far it is, then the result", async () => {
    const progress = [{ done: 400, total: 1000 }, null];
    const { pos } = await mountCorrection({
        register_correct: () => ({
            done: true,
            sheet: makeSheet({ state: "mismatched", correcting: { done: 340, total: 1000 } }),
        }),
        register_correction_progress: () => {
            const now = progress.shift();
            return { progress: now, sheet: now ? null : makeSheet({ state: "corrected" }) };
        },
    });
    await click(".stock-count-correct-now");
    await animationFrame();
    expect(".stock-count-correction-progress").toHaveText(/340 of 1,000/);
    await runAllTimers();
    await animationFrame();
    await runAllTimers();
    await animationFrame();
    expect(pos.router.state.current).toBe("StockCountResultScreen");
});

test("a lost answer is told, and the button works again", async () => {
    await mountCorrection();
    goOffline();
    await click(".stock-count-correct-now");
    await animationFrame();
    expect("[role=alert]").toHaveText(/Needs the network/);
    expect(".stock-count-correct-now").toBeEnabled();
});

test("whoever comes second is led to the result, where the progress stands", async () => {
    const { pos } = await mountCorrection({
        register_correct: () => {
            throw makeServerError({ type: "UserError", message: "It is being corrected now" });
        },
        register_correction_progress: () => ({ progress: { done: 340, total: 1000 }, sheet: null }),
    });
    await click(".stock-count-correct-now");
    await animationFrame();
    expect(pos.router.state.current).toBe("StockCountResultScreen");
});

test("a refused correction of a sheet that is still mismatched stays on the page", async () => {
    const { pos } = await mountCorrection({
        register_correct: () => {
            throw makeServerError({ type: "UserError", message: "Only a manager may correct" });
        },
        register_correction_progress: () => ({
            progress: null,
            sheet: makeSheet({ state: "mismatched" }),
        }),
    });
    await click(".stock-count-correct-now");
    await animationFrame();
    expect(pos.router.state.current).not.toBe("StockCountResultScreen");
    expect("[role=alert]").toHaveText(/Only a manager/);
});

test("after a part was corrected, what is left can be left out altogether", async () => {
    const { calls } = await mountCorrection({
        register_correction_preview: () =>
            makePreview({ sheet: makeSheet({ state: "mismatched", partly_corrected: true }) }),
        register_correct: () => ({ done: true, sheet: makeSheet({ state: "corrected" }) }),
    });
    await click(".stock-count-correction-head input");
    await runAllTimers();
    await animationFrame();
    expect(".stock-count-correct-now").toHaveText("Leave out what is left");
    await click(".stock-count-correct-now");
    await animationFrame();
    const [method, , , leftOut] = calls.at(-1);
    expect([method, leftOut]).toEqual(["register_correct", [1, 2]]);
});

test("no number is promised before the preview is there", async () => {
    await mountCorrection({ register_correction_preview: () => new Deferred() });
    expect(".stock-count-correct-now").toHaveText("Correct stock");
    expect(".stock-count-correct-now").not.toBeEnabled();
});
