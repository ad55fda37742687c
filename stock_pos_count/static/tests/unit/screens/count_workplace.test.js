import { expect, test } from "@odoo/hoot";
import { queryOne } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { mockService, mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { BarcodeParser } from "@barcodes/js/barcode_parser";
import { BarcodeReader } from "@point_of_sale/app/services/barcode_reader_service";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountLineRow } from "@stock_pos_count/app/components/count_line_list/count_line_row";
import { CountNumpad } from "@stock_pos_count/app/components/count_numpad/count_numpad";
import { CountWorkplace } from "@stock_pos_count/app/screens/count_screen/count_workplace";
import { makeCountProduct, makeLine, openSession } from "../count_server";
import { drawAll, goOffline } from "../register_utils";

definePosModels();

/** Counts how often the whole page is drawn from now on. */
function patchDrawing() {
    const drawing = { count: 0 };
    patchWithCleanup(CountWorkplace.prototype, {
        get stateClass() {
            drawing.count++;
            return super.stateClass;
        },
    });
    return drawing;
}

function typeLikeScanner(code) {
    [...code, "Enter"].forEach((key) =>
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })),
    );
}

test.tags("desktop");
test("a scan draws its number first, then its own row, and neither the others nor the numpad", async () => {
    const { session } = await openSession();
    session.view.filter = "all";
    await session.scan("CODE-2");
    const drawn = new Set();
    patchWithCleanup(CountLineRow.prototype, {
        get label() {
            drawn.add(this.props.line.key);
            return super.label;
        },
    });
    patchWithCleanup(CountNumpad.prototype, {
        get buttons() {
            drawn.add("numpad");
            return super.buttons;
        },
    });
    await mountWithCleanup(CountWorkplace, { props: { session } });
    // The first sync brings all lines again.
    await advanceTime(500);
    await session.flush();
    await drawAll();
    expect([...drawn].sort()).toEqual(["1:0", "2:0", "3:0", "numpad"]);
    goOffline();
    // A busy machine takes its time to keep and draw what the sync brought: begin when nothing follows.
    while (drawn.size) {
        drawn.clear();
        await session.store.sheetsWaiting();
        await drawAll();
    }
    await session.scan("CODE-2");
    await animationFrame();
    expect(".stock-count-card-number").toHaveText("2");
    expect([...drawn]).toEqual([]);
    await drawAll();
    expect([...drawn]).toEqual(["2:0"]);
});

test.tags("desktop");
test("a code from the scanner is read and kept without drawing anything", async () => {
    const parser = new BarcodeParser({ nomenclature: { upc_ean_conv: "always", rules: [] } });
    mockService("barcode_reader", (env, services) => new BarcodeReader(parser, services));
    const { session } = await openSession();
    await mountWithCleanup(CountWorkplace, { props: { session } });
    goOffline();
    await drawAll();
    const drawing = patchDrawing();
    const kept = new Deferred();
    patchWithCleanup(session.store, {
        async append() {
            await kept;
            return super.append(...arguments);
        },
    });
    typeLikeScanner("CODE-2");
    await drawAll();
    expect(drawing.count).toBe(0);
    kept.resolve();
    await drawAll();
    expect(".stock-count-card-number").toHaveText("1");
});

test.tags("desktop");
test("a key that is pressed twice before the page is drawn counts once", async () => {
    const weighed = makeCountProduct(1, { whole: false, rounding: 0.01, uom: "kg" });
    const { server, session } = await openSession({ products: [weighed], lines: [makeLine(1)] });
    session.select("1:0");
    session.typing.text = "3";
    await mountWithCleanup(CountWorkplace, { props: { session } });
    await drawAll();
    const ok = queryOne(".stock-count-numpad button[name=ok]");
    ok.click();
    ok.click();
    await drawAll();
    // It may have left by itself by now: a busy machine takes its time to draw.
    await session.flush();
    expect([...server.entries.values()].map(({ kind, qty }) => [kind, qty])).toEqual([["set", 3]]);
    expect(session.shown("1:0").counted).toBe(3);
});
