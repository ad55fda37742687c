import { makeSheet, setupCountEnv } from "./register_utils";
import { getService } from "@web/../tests/web_test_helpers";
import { advanceTime, animationFrame, tick } from "@odoo/hoot-mock";

/** The id of a lot that an entry named. */
export const NEW_LOT = 900;

/** A line as `register_open` sends it. */
export function makeLine(id, values = {}) {
    return {
        id,
        product_id: id,
        lot_id: null,
        lot_name: null,
        to_count: true,
        counted: null,
        who: null,
        at: null,
        last_qty: null,
        conflict: null,
        negative: false,
        note: "",
        ...values,
    };
}

/** A product as `register_open` sends it; product 1 has the barcode "CODE-1". */
export function makeCountProduct(id, values = {}) {
    return {
        id,
        name: `Product ${id}`,
        sku: `SKU-${id}`,
        barcodes: [{ code: `CODE-${id}`, qty: 1, packaging_id: null }],
        uom: "Units",
        rounding: 1,
        whole: true,
        tracking: "none",
        categ: "Goods",
        image: null,
        active: true,
        countable: true,
        components: [],
        ...values,
    };
}

/**
 * A server for one sheet that counts like the real one as far as a register can tell:
 * keeps entries by uuid, answers each, and sends lines back with their totals.
 */
export class CountServer {
    constructor({ sheet = {}, lines, products } = {}) {
        this.products = products || [1, 2, 3].map((id) => makeCountProduct(id));
        this.lines = lines || [1, 2, 3].map((id) => makeLine(id));
        this.sheet = makeSheet({
            uuid: "sheet-1",
            total: this.lines.length,
            counted: 0,
            allowed: ["view", "join", "pause", "complete"],
            ...sheet,
        });
        this.entries = new Map();
        /** What was counted before this server took its first entry, by line. */
        this.before = new Map(this.lines.map(({ id, counted }) => [id, counted]));
        this.undone = new Set();
        this.refusals = new Map();
        this.known = new Map();
        /** Set to an Error to be thrown by the next sync. */
        this.failure = null;
        /** Set to lose the next answer after the entries were taken. */
        this.losesAnswer = null;
    }

    get answers() {
        return {
            register_open: () => this.open(),
            register_lines: () => ({ lines: [], products: [], more: false }),
            register_sync: (uuid, payload) => this.sync(payload),
            register_lookup: (uuid, code) => this.lookUp(code),
        };
    }

    changes() {
        const unknown = new Map();
        for (const { product_id, code, qty, kind, counted_at } of this.entries.values()) {
            if (kind === "add" && !product_id) {
                const item = unknown.get(code) || { code, qty: 0, times: 0 };
                unknown.set(code, {
                    code,
                    qty: item.qty + qty,
                    times: item.times + 1,
                    last_at: counted_at,
                });
            }
        }
        return {
            sheet: { ...this.sheet },
            lines: this.lines.map((line) => ({ ...line })),
            products: this.products,
            entries: [...this.entries.values()].map((entry) => ({
                uuid: entry.uuid,
                line_id: this.findLine(entry)?.id || null,
                product_id: entry.product_id,
                product: `Product ${entry.product_id}`,
                lot_name: null,
                kind: entry.kind,
                qty: entry.qty,
                round: entry.round,
                code: entry.code,
                who: "Amy",
                at: entry.counted_at,
                undone: this.undone.has(entry.uuid),
                late: false,
                device: getService("stock_pos_count").device.id,
            })),
            unknown: [...unknown.values()],
            people: [],
            cursor: "1:1:",
            now: Date.now(),
        };
    }

    open() {
        return { ...this.changes(), more: false, channel: "secret", last_seq: 0 };
    }

    sync({ entries }) {
        if (this.failure) {
            const { failure } = this;
            this.failure = null;
            throw failure;
        }
        const results = entries.map((entry) => this.take(entry));
        if (this.losesAnswer) {
            const { losesAnswer } = this;
            this.losesAnswer = null;
            throw losesAnswer;
        }
        return { ...this.changes(), results };
    }

    take(entry) {
        const { uuid } = entry;
        const reason = this.refusals.get(entry.code || entry.product_id);
        if (reason) {
            return { uuid, status: "refused", reason };
        }
        if (this.entries.has(uuid)) {
            return { uuid, status: "duplicate", reason: null };
        }
        this.entries.set(uuid, entry);
        this.apply(entry);
        return { uuid, status: "taken", reason: null };
    }

    apply(entry) {
        const { kind, product_id, lot_id, lot_name, qty, target } = entry;
        if (kind === "undo") {
            this.undo(this.entries.get(target));
            return;
        }
        if (!product_id || !["add", "set", "zero"].includes(kind)) {
            return;
        }
        let line = this.findLine(entry);
        if (!line) {
            const id = lot_id || (lot_name ? NEW_LOT : null);
            line = makeLine(100 + this.lines.length, { product_id, lot_id: id, lot_name });
            this.lines.push(line);
        }
        line.to_count = true;
        line.counted = kind === "add" ? (line.counted || 0) + qty : qty;
    }

    /** The line as its other entries leave it: without any, as it was before. */
    undo(undone) {
        this.undone.add(undone.uuid);
        const line = this.findLine(undone);
        if (!line) {
            return;
        }
        line.counted = this.before.get(line.id) ?? null;
        [...this.entries.values()]
            .filter(
                (entry) =>
                    entry.kind !== "undo" &&
                    !this.undone.has(entry.uuid) &&
                    this.findLine(entry) === line,
            )
            .forEach((entry) => this.apply(entry));
    }

    findLine({ product_id, lot_id, lot_name }) {
        const id = lot_id || (lot_name ? NEW_LOT : null);
        return this.lines.find((line) => line.product_id === product_id && line.lot_id === id);
    }

    lookUp(code) {
        const product = this.known.get(code);
        return product
            ? { product, products: [], lines: [], packaging_id: null, qty: 1, lot_id: null }
            : { product: null, products: [], lines: [], packaging_id: null, qty: 1, lot_id: null };
    }
}

/**
 * The POS with a count server behind it and the sheet open.
 *
 * @param {Object} [options] of `CountServer`
 */
export async function openSession(options) {
    const server = new CountServer(options);
    const { pos, calls } = await setupCountEnv(server.answers);
    const session = getService("stock_pos_count").session("sheet-1");
    await session.open();
    return { server, pos, calls, session };
}

/** Lets the debounced sending happen. */
export async function sendAll() {
    await advanceTime(400);
    await tick();
    await animationFrame();
    await animationFrame();
}
