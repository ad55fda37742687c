import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { barcodeCandidates, parseSafely } from "@stock_pos_count/app/utils/count_barcode";
import { CountError, CountOfflineError } from "./count_errors";

const LOOKUP_MS_MAX = 5000;

function isKit({ components }) {
    return Boolean(components?.length);
}

/**
 * Finds out what a code means and has it counted.
 *
 * A code that this device knows is counted at once. Any other is kept on the device first
 * and then looked up on the server; a person is asked when its product is not on the
 * sheet. Whatever the answer, the scan itself is never lost.
 */
export class CountScanner {
    /** @param {import("./count_session").CountSession} session */
    constructor(session) {
        this.session = session;
        /** Codes that the server does not know either. */
        this.unknownCodes = new Set();
    }

    /** @returns {boolean} whether a code belongs to something on this device */
    knows(code) {
        const { book, service } = this.session;
        const parsed = parseSafely(service.pos.barcodeReader, code);
        return Boolean(book.index.find(barcodeCandidates(code, parsed)));
    }

    /** See `CountSession.scan`. */
    async scan(raw, source) {
        const { session } = this;
        const code = raw.trim();
        if (!session.isCounting) {
            session.refuse(this.stateText());
            return "refused";
        }
        const parsed = parseSafely(session.service.pos.barcodeReader, code);
        const found = session.book.index.find(barcodeCandidates(code, parsed));
        if (found && this.isSure(found)) {
            return this.take({ ...found, code, source });
        }
        if (this.unknownCodes.has(code)) {
            return this.takeUnknown(code, source);
        }
        return this.lookUp({ ...found, code, source });
    }

    stateText() {
        const { sheet } = this.session;
        switch (sheet?.state) {
            case "new":
                return _t("This sheet is not started yet. Start it, then scan again.");
            case "paused":
                return _t("This sheet is paused. Continue it, then scan again.");
            default:
                return _t("This sheet is not being counted any more; the scan was not taken.");
        }
    }

    /** Nothing about the code has to be asked from the server first. */
    isSure(found) {
        const isLotKnown = !found.lotName || Boolean(found.lot_id);
        return isLotKnown && !this.needsConversion(found) && this.knowsParts(found);
    }

    knowsParts({ product_id }) {
        const { products } = this.session.book;
        const product = products.get(product_id);
        return !isKit(product) || product.components.every((part) => products.has(part));
    }

    /** A code that tells kilograms of what is counted in grams: only the server converts. */
    needsConversion({ product_id, uomName }) {
        const product = this.session.book.products.get(product_id);
        return Boolean(uomName) && !product.whole && uomName !== product.uom;
    }

    // --- known products -------------------------------------------------------------

    async take(found, held = null) {
        const { session } = this;
        const product = session.book.products.get(found.product_id);
        if (isKit(product)) {
            await this.dropHeld(held);
            return this.offerParts(product);
        }
        const refusal = this.refusal(product, found);
        if (refusal) {
            await this.dropHeld(held);
            session.refuse(refusal);
            return "refused";
        }
        const part = this.entryPart(found, product);
        const key = session.book.recordKey({ entry: part });
        if (!session.book.lines.get(key)?.to_count && this.mustAsk) {
            return this.ask(part, held);
        }
        const before = session.book.shown(key);
        const record = await this.keep(part, held, (kept) => {
            session.notice = session.notice?.kind === "refused" ? session.notice : null;
            session.showTaken(key, kept, before);
        });
        return record ? "taken" : "refused";
    }

    refusal(product, found) {
        if (!product.countable) {
            return _t("%s is not kept in stock, so it is not counted.", product.name);
        }
        return this.serialRefusal(product, found);
    }

    /**
     * @param {Object} product
     * @param {{lot_id: number|null, lotName: string|null, qty: number}} found
     * @returns {string|null} why a serial number cannot get that: it is one piece, once
     */
    serialRefusal(product, { lot_id, lotName, qty }) {
        if (product.tracking !== "serial" || !(lot_id || lotName)) {
            return null;
        }
        const { book } = this.session;
        const lotPart = { product_id: product.id, lot_id, lot_name: lot_id ? null : lotName };
        const line = book.shown(book.recordKey({ entry: lotPart }));
        if (line?.counted > 0) {
            return _t("Serial number %s is counted already.", line.lot_name || lotName);
        }
        return qty > 1 ? _t("A serial number is one piece") : null;
    }

    /** A product outside a recount or a partial count is only added by a person. */
    get mustAsk() {
        return this.session.isRecount || this.session.sheet.scope === "partial";
    }

    entryPart(found, product) {
        const isOtherUnit = product.whole && found.uomName && found.uomName !== product.uom;
        const qty = isOtherUnit || (product.whole && !Number.isInteger(found.qty)) ? 1 : found.qty;
        return {
            kind: "add",
            product_id: found.product_id,
            lot_id: found.lot_id || null,
            lot_name: this.newLotName(found, product),
            qty,
            code: found.code,
            source: found.source,
            packaging_id: found.packaging_id || null,
            packaging_qty: found.packaging_qty || null,
        };
    }

    /** A lot that this device does not know is sent by its name. */
    newLotName({ lot_id, lotName }, product) {
        return lot_id || product.tracking === "none" ? null : lotName || null;
    }

    /** Counts a scan: a new one, or one that was held until now. */
    async keep(part, held, onKept = () => {}) {
        const { session } = this;
        if (!held) {
            return session.capture(part, { onKept });
        }
        const { hold, ...rest } = held;
        const record = { ...rest, status: "waiting", entry: { ...held.entry, ...part } };
        if (!(await session.rewrite(record))) {
            return null;
        }
        onKept(record);
        session.sync.push();
        return record;
    }

    async dropHeld(held) {
        if (held) {
            await this.session.discard(held.uuid);
        }
    }

    /** A kit has no stock of its own: what it consists of is counted, each by itself. */
    offerParts({ id, name, components }) {
        const { session } = this;
        const known = components.filter((part) => session.book.products.has(part));
        session.book.offer(known.map((part) => ({ id: part })));
        session.changed();
        session.notice = { kind: "kit", productId: id, name };
        session.tell("unknown");
        return "asked";
    }

    // --- questions --------------------------------------------------------------------

    async ask(part, held) {
        const { session } = this;
        const hold = { kind: session.isRecount ? "recount" : "sheet" };
        let record;
        if (held) {
            record = { ...held, status: "held", hold, entry: { ...held.entry, ...part } };
            record = (await session.rewrite(record)) ? record : null;
        } else {
            record = await session.capture(part, { record: { status: "held", hold } });
        }
        if (!record) {
            return "refused";
        }
        this.showQuestion(record);
        session.tell("unknown");
        return "asked";
    }

    /** @param {Object} record held because its product is not on the sheet */
    showQuestion(record) {
        const { session } = this;
        session.notice = {
            kind: "ask",
            about: record.hold.kind,
            uuid: record.uuid,
            name: session.book.products.get(record.entry.product_id)?.name || record.entry.code,
        };
    }

    /**
     * @param {string} uuid of the held entry
     * @param {boolean} isYes whether its product joins the sheet, or the recount
     */
    async answer(uuid, isYes) {
        const { session } = this;
        const asked = session.book.records.get(uuid);
        if (!asked) {
            // Answered in another tab.
            session.notice = null;
            return;
        }
        const isSame = ({ entry }) =>
            session.book.recordKey({ entry }) === session.book.recordKey(asked);
        for (const record of session.book.withStatus("held").filter(isSame)) {
            const isDone = isYes ? await this.keep({}, record) : await session.discard(record.uuid);
            if (!isDone) {
                return;
            }
        }
        session.notice = null;
        if (isYes) {
            session.showTaken(session.book.recordKey(asked), asked, null);
        }
    }

    // --- codes that this device does not know --------------------------------------------

    async lookUp({ code, source, ...found }) {
        const { session } = this;
        const part = { kind: "add", qty: 1, code, source };
        const lookup = { status: "held", hold: { kind: "lookup" } };
        const record = await session.capture(part, { record: lookup });
        if (!record) {
            return "refused";
        }
        return this.resolve(record, found);
    }

    /** Asks the server about a held code, and lets the scan go whatever the answer. */
    async resolve(record, found = {}) {
        const { session } = this;
        const { code, source } = record.entry;
        const answer = await this.askServer(code);
        if (!session.book.records.has(record.uuid)) {
            return "taken";
        }
        if (answer?.product) {
            return this.take({ ...this.learn(answer), code, source }, record);
        }
        if (found.product_id && !this.needsConversion(found)) {
            return this.take({ ...found, code, source }, record);
        }
        if (answer) {
            this.unknownCodes.add(code);
        }
        if (!(await this.keep({}, record))) {
            return "refused";
        }
        this.showUnknown(code, Boolean(answer));
        return "unknown";
    }

    /** Puts what the server knows of a code on this device, and says what the code stands for. */
    learn({ product, products, lines, lot_id, lot_name, qty, packaging_id, packaging_qty }) {
        const { session } = this;
        session.book.applyProducts([product, ...products]);
        session.book.applyLines(lines);
        session.changed();
        return {
            product_id: product.id,
            lot_id,
            lotName: lot_name,
            qty: qty || 1,
            packaging_id,
            packaging_qty: packaging_qty || null,
        };
    }

    async askServer(code) {
        const { session } = this;
        const timeout = new Promise((resolve) =>
            browser.setTimeout(() => resolve(null), LOOKUP_MS_MAX),
        );
        try {
            return await Promise.race([session.loader.askLines("register_lookup", code), timeout]);
        } catch (error) {
            if (error instanceof CountOfflineError || error instanceof CountError) {
                session.setOnline(!(error instanceof CountOfflineError), error);
                return null;
            }
            throw error;
        }
    }

    async takeUnknown(code, source) {
        const record = await this.session.capture({ kind: "add", qty: 1, code, source });
        if (!record) {
            return "refused";
        }
        this.showUnknown(code, true);
        return "unknown";
    }

    showUnknown(code, isCertain) {
        const { session } = this;
        const times = session.book.unknown().find((item) => item.code === code)?.times || 1;
        session.notice = { kind: "unknown", code, times, isCertain };
        session.tell("unknown");
    }

    /** After a reload: codes whose look-up was cut off are looked up again. */
    resume() {
        for (const record of this.lookups()) {
            this.resolve(record);
        }
    }

    /** Codes that a tab was looking up when it was closed: the server finds out what they are. */
    async releaseAbandoned() {
        const { service } = this.session;
        const isAbandoned = ({ device, entry }) =>
            device?.id !== service.device.id && Date.now() - entry.counted_at > 2 * LOOKUP_MS_MAX;
        for (const record of this.lookups().filter(isAbandoned)) {
            await this.keep({}, record);
        }
    }

    lookups() {
        return this.session.book.withStatus("held").filter(({ hold }) => hold.kind === "lookup");
    }
}
