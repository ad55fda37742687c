import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, freezeTime, mockMatchMedia } from "@odoo/hoot-mock";
import { mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountCard } from "@stock_pos_count/app/components/count_card/count_card";
import { makeCountProduct, openSession } from "../count_server";
import { goOffline } from "../register_utils";

definePosModels();

const BASKET = makeCountProduct(8, { name: "Basket", countable: false, components: [1, 9] });
const RIBBON = makeCountProduct(9, { name: "Ribbon" });
const PARTS = ".stock-count-card [name=kit_part]";

/** A sheet without the ribbon; a basket is product 1 and a ribbon, and only the server knows it. */
async function openCard(sheet = {}) {
    const env = await openSession({ sheet });
    env.server.lookUp = () => ({
        product: BASKET,
        products: [env.server.products[0], RIBBON],
        lines: [env.server.lines[0]],
        packaging_id: null,
        packaging_qty: null,
        qty: 1,
        lot_id: null,
        lot_name: null,
    });
    const { session } = env;
    await mountWithCleanup(CountCard, {
        props: {
            session,
            typed: "",
            question: null,
            onUndo: () => {},
            onLot: () => {},
            onOtherLot: () => {},
            onDecide: () => {},
            onNote: () => {},
            onChooseProduct: () => {},
            onPick: (key) => session.select(key),
        },
    });
    return env;
}

test("an empty card says what to do first, and asks for no scan where none is taken", async () => {
    const { session } = await openCard({ state: "new", allowed: ["view", "start"] });
    expect(".stock-count-card").toHaveText(/^Start the count, then/);
    for (const [state, text] of [
        ["counting", /^Scan a product/],
        ["paused", /^Continue the count, then/],
        ["matched", /^Nothing is counted here any more/],
    ]) {
        session.applySheet({ ...session.sheet, state });
        await animationFrame();
        expect(".stock-count-card").toHaveText(text);
    }
});

test("a kit counts nothing: the card offers its parts, also those off the sheet", async () => {
    const { session } = await openCard();
    expect(await session.scan("KIT")).toBe("asked");
    await animationFrame();
    expect(".stock-count-card").toHaveText(/Basket is a kit/);
    expect(queryAllTexts(PARTS)).toEqual(["Product 1—", "Ribbon—"]);
    expect(session.book.records.size).toBe(0);
    await click(`${PARTS}:contains(Ribbon)`);
    await animationFrame();
    expect(".stock-count-card-name").toHaveText("Ribbon");
    expect(session.book.lines.has("8:0")).toBe(false);
    await session.set("9:0", 3);
    expect(session.shown("9:0").counted).toBe(3);
});

test("a kit that was read once is known without network, and counts nothing either", async () => {
    const { session } = await openCard();
    await session.scan("KIT");
    await session.scan("CODE-1");
    goOffline();
    expect(await session.scan("CODE-8")).toBe("asked");
    await animationFrame();
    expect(queryAllTexts(`${PARTS} span`)).toEqual(["1", "—"]);
    expect([...session.book.records.values()].map(({ entry }) => entry.product_id)).toEqual([1]);
});

test("a part that is not on a partial sheet is only added by a person", async () => {
    const { session } = await openCard({ scope: "partial" });
    await session.scan("KIT");
    await animationFrame();
    await click(`${PARTS}:contains(Ribbon)`);
    await session.set("9:0", 2);
    await animationFrame();
    expect(".stock-count-card").toHaveText(/Ribbon is not on this sheet/);
    expect(session.book.withStatus("waiting").length).toBe(0);
});

test("a total below zero is marked in the card", async () => {
    const { session } = await openCard();
    await session.scan("CODE-1");
    await animationFrame();
    expect(".stock-count-card").not.toHaveText(/Below zero/);
    await session.add("1:0", -2);
    await animationFrame();
    expect(".stock-count-card").toHaveText(/Below zero/);
    expect(".stock-count-card").toHaveClass("stock-count-card-amber");
});

test("the +1 stands still while scans follow each other, and fades after the last", async () => {
    freezeTime();
    mockMatchMedia({ "prefers-reduced-motion": "no-preference" });
    patchWithCleanup(Element.prototype, {
        animate() {
            expect.step(`fades: ${this.textContent}`);
        },
    });
    const { session } = await openCard();
    for (let n = 0; n < 3; n++) {
        await session.scan("CODE-1");
        await animationFrame();
        expect.verifySteps([]);
        await advanceTime(700);
    }
    expect.verifySteps([]);
    await advanceTime(200);
    expect.verifySteps(["fades: +1"]);
});
