import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { BarcodeParser } from "@barcodes/js/barcode_parser";
import {
    BarcodeIndex,
    barcodeCandidates,
    canonicalGtin,
    parseSafely,
} from "@stock_pos_count/app/utils/count_barcode";

const TEA = 1;
const MILK = 2;
const LOT = 7;
const EAN = "4006381333931";
const PACK = "9900000000024";

const parser = (answer) => ({ parse_barcode: () => answer });
const throwing = {
    parse_barcode() {
        throw new Error("wrong check digit");
    },
};

describe("one article under several lengths of its code", () => {
    test("UPC, EAN and GTIN-14 meet", () => {
        expect(canonicalGtin("036000291452")).toBe("00036000291452");
        expect(canonicalGtin("0036000291452")).toBe("00036000291452");
        expect(canonicalGtin("00036000291452")).toBe("00036000291452");
    });

    test("a wrong check digit, letters or another length make no GTIN", () => {
        expect(canonicalGtin("4006381333932")).toBe(null);
        expect(canonicalGtin("40063813339A1")).toBe(null);
        expect(canonicalGtin("12345")).toBe(null);
    });
});

describe("reading a code with the nomenclature", () => {
    test("a parser that throws hands over to the next", () => {
        const parsed = { type: "product", code: EAN };
        expect(parseSafely({ parser: throwing, fallbackParser: parser(parsed) }, EAN)).toBe(parsed);
    });

    test("nothing fits", () => {
        const error = parser({ type: "error" });
        const lotOnly = parser([{ type: "lot", value: "A77" }]);
        expect(parseSafely(null, EAN)).toBe(null);
        expect(parseSafely({ parser: throwing }, EAN)).toBe(null);
        expect(parseSafely({ parser: error, fallbackParser: lotOnly }, EAN)).toBe(null);
    });
});

describe("what a code may mean", () => {
    test("the code as it stands comes first, and once", () => {
        const parsed = { type: "product", base_code: EAN, code: EAN };
        expect(barcodeCandidates(EAN, parsed)).toEqual([
            { code: EAN, lotName: null, qty: null, uomName: null },
        ]);
    });

    test("a weighed product counts its weight", () => {
        const parsed = {
            type: "weight",
            value: 1.234,
            base_code: "2112345000008",
            code: "2112345012346",
        };
        const [raw, weighed] = barcodeCandidates("2112345012346", parsed);
        expect(raw).toEqual({ code: "2112345012346", lotName: null, qty: null, uomName: null });
        expect(weighed).toEqual({
            code: "2112345000008",
            lotName: null,
            qty: 1.234,
            uomName: null,
        });
    });

    test("a GS1 code gives product, lot and quantity", () => {
        const candidate = barcodeCandidates("raw", [
            { type: "product", value: "04006381333931" },
            { type: "lot", value: "LOT7" },
            { type: "quantity", value: 6, rule: { associated_uom_id: [3, "Units"] } },
        ])[1];
        expect(candidate).toEqual({
            code: "04006381333931",
            lotName: "LOT7",
            qty: 6,
            uomName: "Units",
        });
    });

    test("a lot is tried with and without its prefix", () => {
        const parsed = { type: "lot", base_code: "10A77", code: "10A77" };
        const lots = barcodeCandidates("10A77", parsed).map(({ code, lotName }) => code || lotName);
        expect(lots).toEqual(["10A77", "A77"]);
    });
});

describe("finding the product", () => {
    let index;

    const find = (raw, parsed = null) => index.find(barcodeCandidates(raw, parsed));

    beforeEach(() => {
        index = new BarcodeIndex();
        index.addProduct({
            id: TEA,
            barcodes: [
                { code: EAN, qty: 1, packaging_id: null },
                { code: PACK, qty: 12, packaging_id: 5 },
                { code: "036000291452", qty: 1, packaging_id: null },
            ],
        });
        index.addProduct({ id: MILK, barcodes: [{ code: "10A77", qty: 1, packaging_id: null }] });
        index.addLine({ product_id: TEA, lot_id: LOT, lot_name: "LOT7" });
    });

    test("its own code counts one", () => {
        expect(find(EAN)).toMatchObject({ product_id: TEA, qty: 1, packaging_id: null });
    });

    test("a pack counts its content", () => {
        expect(find(PACK)).toMatchObject({
            product_id: TEA,
            qty: 12,
            packaging_id: 5,
            packaging_qty: 1,
        });
    });

    test("a scanner that sends a UPC with a leading zero finds it too", () => {
        expect(find("0036000291452")).toMatchObject({ product_id: TEA, qty: 1 });
    });

    test("a product's code that looks like a lot is the product", () => {
        index.addLine({ product_id: TEA, lot_id: 8, lot_name: "A77" });
        expect(find("10A77", { type: "lot", base_code: "10A77", code: "10A77" })).toMatchObject({
            product_id: MILK,
            lot_id: null,
        });
    });

    test("three packs in one GS1 code count three times the content, with their lot", () => {
        const parsed = [
            { type: "product", value: PACK },
            { type: "lot", value: "LOT7" },
            { type: "quantity", value: 3 },
        ];
        expect(find("raw", parsed)).toMatchObject({
            product_id: TEA,
            qty: 36,
            packaging_qty: 3,
            lot_id: LOT,
        });
    });

    test("a new lot of a known product is kept by its name", () => {
        const parsed = [
            { type: "product", value: EAN },
            { type: "lot", value: "NEW" },
        ];
        expect(find("raw", parsed)).toMatchObject({
            product_id: TEA,
            lot_id: null,
            lotName: "NEW",
        });
    });

    test("a lot's name alone counts for its only product", () => {
        expect(find("LOT7")).toMatchObject({ product_id: TEA, lot_id: LOT, qty: 1 });
    });

    test("a lot's name that two products have is not guessed", () => {
        index.addLine({ product_id: MILK, lot_id: 9, lot_name: "LOT7" });
        expect(find("LOT7")).toBe(null);
    });

    test("an unknown code is not found", () => {
        expect(find("9999999999999")).toBe(null);
    });
});

describe("what Odoo's default rules make of the codes of a shop", () => {
    const RULES = [
        ["price", "ean13", "23.....{NNNDD}"],
        ["discount", "any", "22{NN}"],
        ["weight", "ean13", "21.....{NNDDD}"],
        ["client", "any", "042"],
        ["cashier", "any", "041"],
        ["location", "any", "414"],
        ["lot", "any", "10"],
        ["package", "any", "PACK"],
        ["product", "any", ".*"],
    ];
    const reader = {
        parser: new BarcodeParser({
            nomenclature: {
                upc_ean_conv: "always",
                rules: RULES.map(([type, encoding, pattern]) => ({ type, encoding, pattern })),
            },
        }),
    };
    const WEIGHED = "2112345000008";

    let index;

    const add = (id, code) =>
        index.addProduct({ id, barcodes: [{ code, qty: 1, packaging_id: null }] });
    const scan = (code) => index.find(barcodeCandidates(code, parseSafely(reader, code)));

    beforeEach(() => {
        index = new BarcodeIndex();
        add(TEA, WEIGHED);
    });

    for (const [code, type] of [
        ["1012345678904", "lot"],
        ["2212345678907", "discount"],
        ["4141234567894", "location"],
        ["0412345678903", "cashier"],
        ["0421234567891", "client"],
        ["0431234567890", "product"],
        ["0441234567899", "product"],
        ["041234567891", "cashier"],
        ["PACK-OF-TEA", "package"],
        ["2312345012340", "price"],
        ["2112345012340", "product"],
    ]) {
        test(`a product's ${code}, for Odoo a ${type}, counts one of the product`, () => {
            add(MILK, code);
            expect(reader.parser.parse_barcode(code).type).toBe(type);
            expect(scan(code)).toMatchObject({ product_id: MILK, qty: 1, lot_id: null });
        });
    }

    test("a weighed code counts its weight of the product with the same code without it", () => {
        expect(scan("2112345012346")).toMatchObject({ product_id: TEA, qty: 1.234 });
    });

    test("a weighed code with a wrong check digit is no weight of anything", () => {
        expect(scan("2112345012340")).toBe(null);
    });

    test("a price label counts one of its product", () => {
        add(MILK, "2312345000002");
        expect(scan("2312345012340")).toMatchObject({ product_id: MILK, qty: 1 });
    });
});
