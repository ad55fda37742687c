const GTIN = /^(\d{8}|\d{12,14})$/;
const GTIN_LENGTH = 14;
const LOT_PREFIX = "10";

/**
 * @param {string} digits a GTIN of any length
 * @returns {boolean} whether its last digit is the check digit of the others
 */
export function hasCheckDigit(digits) {
    const sum = [...digits]
        .reverse()
        .reduce((total, digit, index) => total + Number(digit) * (index % 2 ? 3 : 1), 0);
    return sum % 10 === 0;
}

/**
 * The one form under which GTIN-8, 12 (UPC), 13 (EAN) and 14 of the same article meet:
 * they differ only in leading zeros. `null` for anything that is not a valid GTIN.
 *
 * @param {string} code
 * @returns {string|null}
 */
export function canonicalGtin(code) {
    return GTIN.test(code) && hasCheckDigit(code) ? code.padStart(GTIN_LENGTH, "0") : null;
}

/**
 * Reads a code with the register's nomenclature and never throws: a wrong check digit
 * or a code that no rule fits is not an error while counting, only not interpreted.
 *
 * @param {{parser: Object, fallbackParser?: Object}|null} reader core's barcode reader
 * @param {string} code
 * @returns {Object|Object[]|null} as core's parsers answer, `null` when nothing fits
 */
export function parseSafely(reader, code) {
    for (const parser of [reader?.parser, reader?.fallbackParser]) {
        try {
            const parsed = parser?.parse_barcode(code);
            if (parsed && isUseful(parsed)) {
                return parsed;
            }
        } catch {
            // The next parser may understand it.
        }
    }
    return null;
}

function isUseful(parsed) {
    return Array.isArray(parsed)
        ? parsed.some((element) => element.type === "product")
        : parsed.type !== "error";
}

function gs1Candidate(elements) {
    const find = (type) => elements.find((element) => element.type === type);
    const quantity = find("quantity") || find("weight");
    return {
        code: String(find("product").value),
        lotName: find("lot") ? String(find("lot").value) : null,
        qty: quantity && Number(quantity.value) > 0 ? Number(quantity.value) : null,
        uomName: quantity?.rule?.associated_uom_id?.[1] || null,
    };
}

/**
 * The ways in which a scanned code may be meant, the likeliest first. The code as it
 * stands always comes first: core's default rules read an ordinary product barcode that
 * begins with 10, 22 or 414 as a lot, a discount or a location.
 *
 *     "4006381333931", unit product      → the code
 *     "2112345012346", weighed, 1.234    → the code; 2112345000008 counting 1.234
 *     "(01)…(10)LOT7", GS1               → the code; the GTIN with lot LOT7
 *     "10A77", lot                       → the code; lot 10A77; lot A77
 *
 * @param {string} raw
 * @param {Object|Object[]|null} parsed from `parseSafely`
 * @returns {{code: string|null, lotName: string|null, qty: number|null, uomName}[]}
 */
export function barcodeCandidates(raw, parsed) {
    const plain = { code: raw, lotName: null, qty: null, uomName: null };
    const candidates = [plain];
    if (Array.isArray(parsed)) {
        candidates.push({ ...plain, ...gs1Candidate(parsed) });
    } else if (parsed) {
        if (parsed.type === "weight" && parsed.value > 0) {
            candidates.push({ ...plain, code: parsed.base_code, qty: parsed.value });
        }
        candidates.push({ ...plain, code: parsed.base_code }, { ...plain, code: parsed.code });
        if (parsed.type === "lot" && raw.startsWith(LOT_PREFIX)) {
            candidates.push({ ...plain, code: null, lotName: raw.slice(LOT_PREFIX.length) });
        }
    }
    return candidates.filter(
        (candidate, index) =>
            index ===
            candidates.findIndex(
                (other) =>
                    other.code === candidate.code &&
                    other.lotName === candidate.lotName &&
                    other.qty === candidate.qty,
            ),
    );
}

/**
 * All codes of the products on this device: own barcodes, pack barcodes and lot names,
 * found in constant time whatever the number of products.
 */
export class BarcodeIndex {
    constructor() {
        this.exact = new Map();
        this.gtins = new Map();
        this.lots = new Map();
    }

    /** @param {{id: number, barcodes: Object[]}} product */
    addProduct(product) {
        for (const { code, qty, packaging_id } of product.barcodes) {
            const found = { product_id: product.id, qty, packaging_id: packaging_id || null };
            this.exact.set(code, found);
            const gtin = canonicalGtin(code);
            if (gtin) {
                this.gtins.set(gtin, found);
            }
        }
    }

    /** @param {{product_id: number, lot_id: number|null, lot_name: string|null}} line */
    addLine({ product_id, lot_id, lot_name }) {
        if (!lot_name) {
            return;
        }
        if (!this.lots.has(lot_name)) {
            this.lots.set(lot_name, new Map());
        }
        this.lots.get(lot_name).set(product_id, lot_id);
    }

    /**
     * @param {ReturnType<typeof barcodeCandidates>} candidates
     * @returns {{product_id, packaging_id, packaging_qty, qty, lot_id, lotName, uomName}|null}
     */
    find(candidates) {
        for (const candidate of candidates) {
            const found = this.findProduct(candidate) || this.findLot(candidate);
            if (found) {
                return found;
            }
        }
        return null;
    }

    findProduct({ code, lotName, qty, uomName }) {
        const found = this.exact.get(code) || this.gtins.get(canonicalGtin(code || ""));
        if (!found) {
            return null;
        }
        return {
            product_id: found.product_id,
            packaging_id: found.packaging_id,
            packaging_qty: found.packaging_id ? qty || 1 : null,
            qty: found.qty * (qty || 1),
            lot_id: (lotName && this.lots.get(lotName)?.get(found.product_id)) || null,
            lotName,
            uomName,
        };
    }

    /** A lot's name alone counts when it belongs to one product only. */
    findLot({ code, lotName }) {
        const owners = this.lots.get(lotName || code);
        if (owners?.size !== 1) {
            return null;
        }
        const [[product_id, lot_id]] = owners;
        return {
            product_id,
            packaging_id: null,
            packaging_qty: null,
            qty: 1,
            lot_id,
            lotName: lotName || code,
            uomName: null,
        };
    }
}
