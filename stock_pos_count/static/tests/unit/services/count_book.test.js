import { beforeEach, expect, test } from "@odoo/hoot";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { CountBook } from "@stock_pos_count/app/services/count_book";
import { makeCountProduct, makeLine } from "../count_server";

definePosModels();

const VIEW = { filter: "all", search: "", sort: "name" };
let book;

beforeEach(() => {
    book = new CountBook("this device", 0);
    book.applyProducts([1, 2, 3, 4].map((id) => makeCountProduct(id)));
    book.applyLines([1, 3].map((id) => makeLine(id)));
});

function putScan(uuid, seq, product_id) {
    const entry = { uuid, seq, product_id, kind: "add", qty: 1, round: 0, counted_at: seq };
    book.putRecord({ uuid, status: "waiting", entry });
}

test("lines that load later stand in their place, and renamed products in another", () => {
    expect(book.list(VIEW)).toEqual(["1:0", "3:0"]);
    book.applyLines([4, 2].map((id) => makeLine(id)));
    expect(book.list(VIEW)).toEqual(["1:0", "2:0", "3:0", "4:0"]);
    book.applyProducts([makeCountProduct(1, { name: "Product 9" })]);
    book.applyLines([makeLine(1, { to_count: false }), makeLine(1)]);
    expect(book.list(VIEW)).toEqual(["2:0", "3:0", "4:0", "1:0"]);
});

test("what is named as it is searched comes before what has it in a barcode", () => {
    const barcodes = [{ code: "5900042", qty: 1, packaging_id: null }];
    book.applyProducts([
        makeCountProduct(1, { name: "Apple", barcodes }),
        makeCountProduct(3, { name: "Pear 42" }),
    ]);
    book.applyLines([1, 3].map((id) => makeLine(id)));
    expect(book.list({ ...VIEW, search: "42" })).toEqual(["3:0", "1:0"]);
    expect(book.list(VIEW)).toEqual(["1:0", "3:0"]);
});

test("the chips follow every count, and a line that leaves the round", () => {
    expect(book.counts()).toEqual({ to_count: 2, counted: 0, check: 0, all: 2, unknown: 0 });
    putScan("a", 1, 3);
    putScan("b", 2, 4);
    expect(book.counts()).toEqual({ to_count: 1, counted: 2, check: 0, all: 3, unknown: 0 });
    book.dropRecord("b");
    book.applyLines([makeLine(1, { counted: -1 })]);
    expect(book.counts()).toEqual({ to_count: 0, counted: 2, check: 1, all: 2, unknown: 0 });
});

test("of a long day the newest entries stay in memory", () => {
    const known = Array.from({ length: 1200 }, (_, at) => ({
        uuid: `entry ${at}`,
        line_id: 1,
        kind: "add",
        qty: 1,
        at,
        device: "this device",
    }));
    while (known.length) {
        book.applyRecent(known.splice(0, 50));
    }
    expect(book.recent.size).toBeLessThan(600);
    const [newest] = book.lastEntries({ mine: true, limit: 1 });
    expect(newest.uuid).toBe("entry 1199");
});
