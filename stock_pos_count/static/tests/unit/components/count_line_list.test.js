import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryText, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { CountLineList } from "@stock_pos_count/app/components/count_line_list/count_line_list";
import { makeCountProduct, makeLine, openSession } from "../count_server";
import { drawAll, goOffline } from "../register_utils";

definePosModels();

const NAMES = ".stock-count-line-row .flex-grow-1 > :first-child";

test("a product that is scanned joins the counted ones at once, also without network", async () => {
    const { session } = await openSession();
    await session.scan("CODE-1");
    session.view.filter = "counted";
    await mountWithCleanup(CountLineList, { props: { session, onSelect: () => {} } });
    expect(queryAllTexts(NAMES)).toEqual(["Product 1"]);
    goOffline();
    await session.scan("CODE-2");
    await drawAll();
    expect(queryAllTexts(NAMES)).toEqual(["Product 1", "Product 2"]);
});

test("number, flash and place of a scan come with one drawing", async () => {
    const ids = Array.from({ length: 200 }, (_, index) => index + 1);
    const { session } = await openSession({
        products: ids.map((id) => makeCountProduct(id)),
        lines: ids.map((id) => makeLine(id)),
    });
    await mountWithCleanup(CountLineList, { props: { session, onSelect: () => {} } });
    await animationFrame();
    expect("[data-key='150:0']").toHaveCount(0);
    await session.scan("CODE-150");
    await waitFor("[data-key='150:0']");
    expect("[data-key='150:0']").toHaveClass("stock-count-line-row-taken");
    expect(queryText("[data-key='150:0'] .stock-count-line-row-qty")).toBe("1");
});

test("a row is called by its sentence, and by nothing that contradicts what it shows", async () => {
    const { session } = await openSession();
    session.view.filter = "all";
    await session.scan("CODE-1");
    await mountWithCleanup(CountLineList, { props: { session, onSelect: () => {} } });
    expect("[data-key='1:0']").not.toHaveAttribute("aria-label");
    expect("[data-key='1:0'] .visually-hidden").toHaveText("Product 1, counted: 1");
    expect("[data-key='1:0'] .text-truncate:not([aria-hidden])").toHaveCount(0);
});
