import { expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { BarcodeParser } from "@barcodes/js/barcode_parser";
import { browser } from "@web/core/browser/browser";
// The patch under test.
import "@stock_pos_count/app/overrides/barcode_parser";

const ORM = {
    read: async () => [{ id: 1, name: "Default" }],
    searchRead: async () => [],
};
const AWAY = {
    read: async () => {
        throw new Error("no network");
    },
};

test("a register that is loaded without network reads codes as it did before", async () => {
    const nomenclature = await BarcodeParser.fetchNomenclature(ORM, 1);
    expect(await BarcodeParser.fetchNomenclature(AWAY, 1)).toEqual(nomenclature);
    await expect(BarcodeParser.fetchNomenclature(AWAY, 2)).rejects.toThrow("no network");
});

test("a browser whose local storage is full scans, counting and selling", async () => {
    patchWithCleanup(browser.localStorage, {
        setItem() {
            throw new Error("full");
        },
    });
    const nomenclature = await BarcodeParser.fetchNomenclature(ORM, 1);
    expect(nomenclature.name).toBe("Default");
});
