import { expect, test } from "@odoo/hoot";
import { click, press, queryAll } from "@odoo/hoot-dom";
import { Deferred } from "@odoo/hoot-mock";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountWorkplace } from "@stock_pos_count/app/screens/count_screen/count_workplace";
import { makeCountProduct, makeLine, openSession, sendAll } from "../count_server";
import { drawAll } from "../register_utils";

definePosModels();

/**
 * A workplace, at a desk (on a phone the keys stay with their product), on which 12 was typed
 * for a product, and not confirmed.
 */
async function typeFor(session, workplace, key) {
    workplace.select(key);
    await drawAll();
    workplace.typing.press("1");
    workplace.typing.press("2");
    await drawAll();
}

function expectLeft(session, key) {
    expect(session.typing.text).toBe("");
    expect(session.typing.left).toEqual({ key, text: "12" });
}

test.tags("desktop");
test("a number goes with its product when another one is picked among the last entries", async () => {
    const { server, session } = await openSession();
    await session.scan("CODE-3");
    await sendAll();
    const workplace = await mountWithCleanup(CountWorkplace, { props: { session } });
    await drawAll();
    await typeFor(session, workplace, "1:0");
    const rows = queryAll(".stock-count-last-entries button").filter((button) =>
        button.textContent.includes("Product 3"),
    );
    await click(rows[0]);
    await drawAll();
    expect(session.selectedKey).toBe("3:0");
    expectLeft(session, "1:0");
    await press("Enter");
    await drawAll();
    await sendAll();
    expect(server.lines[2].counted).toBe(1);
});

test.tags("desktop");
test("a number goes with its product when a question brings another one", async () => {
    const { server, session } = await openSession({
        sheet: { scope: "partial" },
        lines: [makeLine(1)],
        products: [1, 9].map((id) => makeCountProduct(id)),
    });
    const workplace = await mountWithCleanup(CountWorkplace, { props: { session } });
    await drawAll();
    await typeFor(session, workplace, "1:0");
    await workplace.takeScan("CODE-9", "scan");
    await session.scanner.answer(session.notice.uuid, true);
    await drawAll();
    expect(session.selectedKey).toBe("9:0");
    expectLeft(session, "1:0");
    await sendAll();
    expect(server.lines.find(({ product_id }) => product_id === 9).counted).toBe(1);
});

test.tags("desktop");
test("a number goes with its product when the answer about a code comes late", async () => {
    const { server, session } = await openSession();
    const workplace = await mountWithCleanup(CountWorkplace, { props: { session } });
    await drawAll();
    const answer = new Deferred();
    server.lookUp = () => answer;
    const taken = workplace.takeScan("CODE-77", "scan");
    await drawAll();
    await typeFor(session, workplace, "2:0");
    answer.resolve({
        product: makeCountProduct(77),
        products: [],
        lines: [],
        qty: 1,
        lot_id: null,
        packaging_id: null,
    });
    expect(await taken).toBe("taken");
    await drawAll();
    expectLeft(session, "2:0");
});
