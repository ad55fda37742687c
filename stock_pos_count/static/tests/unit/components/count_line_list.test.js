import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountLineList } from "@stock_pos_count/app/components/count_line_list/count_line_list";
import { openSession } from "../count_server";
import { goOffline } from "../register_utils";

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
    await animationFrame();
    await animationFrame();
    expect(queryAllTexts(NAMES)).toEqual(["Product 1", "Product 2"]);
});
