import { markRaw } from "@odoo/owl";
import { normalize } from "@web/core/l10n/utils";
import { groupBy } from "@web/core/utils/arrays";
import { BarcodeIndex } from "@stock_pos_count/app/utils/count_barcode";
import {
    FilterTally,
    fitsFilter,
    matchesWords,
    needsCheck,
} from "@stock_pos_count/app/utils/count_list";
import {
    isCounting,
    lineKey,
    mergeLine,
    mergeUnknown,
} from "@stock_pos_count/app/utils/count_merge";

const NO_RECORDS = [];
/** Entries of everyone held in memory: a day's scans would make each further one slower. */
const RECENT_MAX = 500;
const collator = new Intl.Collator(undefined, { numeric: true });

function compareNames(a, b) {
    return (
        collator.compare(a.product?.name || "", b.product?.name || "") ||
        collator.compare(a.lot_name || "", b.lot_name || "")
    );
}

/** When something was counted; only this device knows in which order within a moment. */
function momentOf(record, known) {
    return record
        ? { at: record.entry.counted_at, seq: record.entry.seq }
        : { at: known.at, seq: 0 };
}

const COMPARE = {
    name: compareNames,
    category: (a, b) =>
        collator.compare(a.product?.categ || "", b.product?.categ || "") || compareNames(a, b),
};

/**
 * The contents of one count sheet on this device, without network and without screen:
 * what the server said, the own entries it has not answered yet, and the two together.
 *
 * Plain maps on purpose: 20,000 observed objects would cost more than all the rest.
 * Whoever changes the book tells the screen.
 *
 * A record is an own entry on this device:
 * `{uuid, sheet, device, status, reason, hold, before, entry}`, status `waiting` (to be sent),
 * `held` (its product is looked up, or a person is asked) or `refused` (by the server);
 * `device` is the tab of this browser that made it.
 */
export class CountBook {
    /**
     * @param {string} deviceId to tell own entries from those of others
     * @param {number} round the running one; entries of another are only kept and sent
     */
    constructor(deviceId, round) {
        this.deviceId = deviceId;
        this.round = round;
        this.products = new Map();
        this.lines = new Map();
        /** How many answers brought the sheet's changes, and for each line the last that did. */
        this.arrivals = 0;
        this.arrivedAt = new Map();
        this.keyByLineId = new Map();
        this.index = new BarcodeIndex();
        this.records = new Map();
        this.recordsByKey = new Map();
        /** The line each record stands on: what a lot is known by may change meanwhile. */
        this.keyByRecord = new Map();
        this.recent = new Map();
        this.taken = new Map();
        this.unknownKnown = [];
        /** Own numbers up to this one may be in the server's lines already. */
        this.unsureSeq = 0;
        /** Grows when lines come or go: lists of keys are made anew. */
        this.structure = 0;
        /** Grows with every change at all. */
        this.revision = 0;
        this.shownCache = new Map();
        this.tally = new FilterTally();
        /** Lines that the tally has not seen since they changed. */
        this.untallied = new Set();
        this.searchTexts = new Map();
        this.orders = new Map();
        this.memo = new Map();
        /** What the device's copy of the sheet does not have yet. */
        this.unsavedLines = new Set();
        this.unsavedProducts = new Set();
    }

    /** A value worked out once until something changes. */
    once(name, work) {
        const kept = this.memo.get(name);
        if (kept?.revision === this.revision) {
            return kept.value;
        }
        const value = work();
        this.memo.set(name, { revision: this.revision, value });
        return value;
    }

    /** Something about a line changed: what was worked out of it is worked out again. */
    touch(key) {
        this.shownCache.delete(key);
        this.untallied.add(key);
        this.revision++;
    }

    // --- what the server says -----------------------------------------------------

    applyProducts(products = []) {
        for (const product of products) {
            const { name, categ } = this.products.get(product.id) || product;
            if (name !== product.name || categ !== product.categ) {
                this.orders.clear();
            }
            this.products.set(product.id, product);
            this.unsavedProducts.add(product.id);
            this.index.addProduct(product);
            this.searchTexts.delete(product.id);
        }
        this.revision++;
    }

    /** Takes in lines as a sync brings them: what it leaves out, the next one brings. */
    applyChanges(lines = []) {
        this.arrivals++;
        for (const { product_id, lot_id } of lines) {
            this.arrivedAt.set(lineKey(product_id, lot_id), this.arrivals);
        }
        this.applyLines(lines);
    }

    /**
     * @param {Object[]} lines that were asked for beside the syncs
     * @param {number} arrivals when they were asked for
     * @returns {Object[]} without those that a sync brought meanwhile: it may know better, and
     *      what it did not know the next one brings
     */
    withoutArrived(lines, arrivals) {
        return lines.filter(
            ({ product_id, lot_id }) =>
                (this.arrivedAt.get(lineKey(product_id, lot_id)) || 0) <= arrivals,
        );
    }

    applyLines(lines = []) {
        for (const line of lines) {
            const key = lineKey(line.product_id, line.lot_id);
            const previous = this.lines.get(key);
            if (!previous || previous.to_count !== line.to_count) {
                this.structure++;
            }
            this.lines.set(key, line);
            this.unsavedLines.add(key);
            this.keyByLineId.set(line.id, key);
            this.index.addLine(line);
            this.touch(key);
        }
        this.revision++;
    }

    applyRecent(entries = []) {
        for (const entry of entries) {
            this.recent.set(entry.uuid, entry);
        }
        this.trimRecent();
        this.revision++;
    }

    /** Lets go of the oldest; how an undo of one of them ends, the server says. */
    trimRecent() {
        if (this.recent.size > RECENT_MAX) {
            [...this.recent.values()]
                .sort((a, b) => b.at - a.at)
                .slice(RECENT_MAX / 2)
                .forEach(({ uuid }) => {
                    this.recent.delete(uuid);
                    this.taken.delete(uuid);
                });
        }
    }

    applyUnknown(codes) {
        this.unknownKnown = codes || this.unknownKnown;
        this.revision++;
    }

    // --- the copy on the device ---------------------------------------------------

    /** @returns {{lines: Object[], products: Object[]}} what changed since the last call */
    takeUnsaved() {
        const lines = [...this.unsavedLines].map((key) => this.lines.get(key));
        const products = [...this.unsavedProducts].map((id) => this.products.get(id));
        this.unsavedLines.clear();
        this.unsavedProducts.clear();
        return { lines: lines.filter((line) => line && line.id !== null), products };
    }

    /** @returns {Object} what is known by now of a line or product that is on its way to the copy */
    newest({ kind, data }) {
        const known =
            kind === "line"
                ? this.lines.get(lineKey(data.product_id, data.lot_id))
                : this.products.get(data.id);
        return known || data;
    }

    /** The copy could not be written: it is tried again. */
    markUnsaved({ lines, products }) {
        lines.forEach((line) => this.unsavedLines.add(lineKey(line.product_id, line.lot_id)));
        products.forEach((product) => this.unsavedProducts.add(product.id));
    }

    // --- own entries ---------------------------------------------------------------

    /** @param {Object} record new, or replacing the one of the same uuid */
    putRecord(record) {
        this.dropRecord(record.uuid);
        this.records.set(record.uuid, record);
        this.revision++;
        const key = this.recordKey(record);
        this.keyByRecord.set(record.uuid, key);
        if (!key || record.status !== "waiting" || record.entry.round !== this.round) {
            return;
        }
        const line = this.lines.get(key);
        if (!line?.to_count) {
            const joined = { ...this.makeLine(record.entry), ...line, to_count: true };
            this.lines.set(key, { ...joined, hasJoined: true });
            this.structure++;
        }
        this.recordsByKey.set(key, [...(this.recordsByKey.get(key) || []), record]);
        this.touch(key);
    }

    /** @param {string} uuid of a record that this device does not hold any more */
    dropRecord(uuid) {
        const record = this.records.get(uuid);
        if (!record) {
            return;
        }
        this.records.delete(uuid);
        this.revision++;
        const key = this.keyByRecord.get(uuid);
        this.keyByRecord.delete(uuid);
        const others = (this.recordsByKey.get(key) || []).filter((other) => other.uuid !== uuid);
        if (others.length) {
            this.recordsByKey.set(key, others);
        } else {
            this.recordsByKey.delete(key);
            this.leaveRound(key);
        }
        this.touch(key);
    }

    /**
     * Takes in what other tabs of this browser did: all of them keep their records in one place.
     *
     * @param {Object[]} kept all records of this sheet that are on this device
     * @param {Map<string, Object>} before the book's records when they were asked for: what changed
     *      here meanwhile this tab knows best
     * @returns {{came: Object[], gone: string[]}} those that this tab did not know, or not with
     *      that status; and the uuids of those that are on this device no more, which stay in the
     *      book until they are dropped
     */
    takeKept(kept, before) {
        const isAsBefore = (uuid) => this.records.get(uuid) === before.get(uuid);
        const came = kept.filter(
            ({ uuid, status }) => isAsBefore(uuid) && before.get(uuid)?.status !== status,
        );
        came.forEach((record) => this.putRecord(record));
        const uuids = new Set(kept.map(({ uuid }) => uuid));
        const gone = [...before.keys()].filter((uuid) => isAsBefore(uuid) && !uuids.has(uuid));
        return { came, gone };
    }

    /** Remembers what an entry did, for an undo after the server took it. */
    markTaken(record) {
        this.taken.set(record.uuid, record);
    }

    recordKey({ entry: { product_id, lot_id, lot_name } }) {
        if (!product_id) {
            return null;
        }
        const known = lot_id || this.index.lots.get(lot_name)?.get(product_id);
        return lineKey(product_id, known || (lot_name ? `=${lot_name}` : null));
    }

    /**
     * @param {string|null} key of a line that may be known by its lot's name only
     * @returns {string|null} the same line's key once the server has given it its lot
     */
    lotKey(key) {
        const [, productId, lot_name] = key?.match(/^(\d+):=(.*)$/s) || [];
        return lot_name
            ? this.recordKey({ entry: { product_id: Number(productId), lot_id: null, lot_name } })
            : key;
    }

    /** Products found by a search that are not on the sheet: to be picked and counted. */
    offer(products) {
        for (const { id } of products) {
            const key = lineKey(id, null);
            if (![...this.lines.keys()].some((other) => other.startsWith(`${id}:`))) {
                this.lines.set(key, { ...this.makeLine({ product_id: id }), to_count: false });
                this.structure++;
                this.touch(key);
            }
        }
    }

    /** A lot that a person chose for a product in hand: nobody has to be asked again. */
    offerLot(product_id, { id, name, expires_at = null, elsewhere = null }) {
        const part = { product_id, lot_id: id, lot_name: name };
        const key = this.recordKey({ entry: part });
        const line = this.lines.get(key) || { ...this.makeLine(part), expires_at, elsewhere };
        if (!line.to_count || !this.lines.has(key)) {
            this.structure++;
        }
        this.lines.set(key, {
            ...line,
            to_count: true,
            hasJoined: !line.to_count || line.id === null,
        });
        this.touch(key);
        return key;
    }

    /** A line that only this device knows yet: a product counted though not on the sheet. */
    makeLine({ product_id, lot_id, lot_name }) {
        return {
            id: null,
            product_id,
            lot_id: lot_id || null,
            lot_name: lot_name || null,
            expires_at: null,
            elsewhere: null,
            to_count: true,
            counted: null,
            who: null,
            at: null,
            last_qty: null,
            conflict: null,
            negative: false,
            note: "",
        };
    }

    /** A line that an own entry brought into the round: from now on the server says. */
    leaveRound(key) {
        const line = this.lines.get(key);
        if (!line?.hasJoined) {
            return;
        }
        if (line.id === null) {
            this.lines.delete(key);
        } else {
            this.lines.set(key, { ...line, to_count: false, hasJoined: false });
        }
        this.structure++;
    }

    /** @returns {Object[]} own entries of a status, by running number */
    withStatus(status) {
        return this.once(status, () =>
            [...this.records.values()]
                .filter((record) => record.status === status)
                .sort((a, b) => a.entry.seq - b.entry.seq),
        );
    }

    // --- both together --------------------------------------------------------------

    /**
     * @param {string} key
     * @returns {Object|undefined} the line as the screen shows it; the same object until
     *     something about it changes
     */
    shown(key) {
        const line = this.lines.get(key);
        if (!line) {
            return undefined;
        }
        if (!this.shownCache.has(key)) {
            this.shownCache.set(key, this.makeShown(key, line));
        }
        return this.shownCache.get(key);
    }

    makeShown(key, line) {
        const product = this.products.get(line.product_id);
        const records = (this.recordsByKey.get(key) || NO_RECORDS).filter(
            ({ entry }) => entry.seq > this.unsureSeq,
        );
        const entries = records.map(({ entry }) => entry).sort((a, b) => a.seq - b.seq);
        const merged = mergeLine(line, entries, {
            findTarget: (uuid) => this.findTarget(uuid),
            rounding: product?.rounding,
        });
        const last = records.filter(({ entry }) => isCounting(entry)).at(-1);
        return markRaw({
            ...line,
            ...merged,
            key,
            product,
            who: last ? last.who : line.who,
            at: last ? last.entry.counted_at : line.at,
            isNew: line.id === null,
        });
    }

    /** Own numbers are certain from now on: the server answered with what it has. */
    trustRecords() {
        if (this.unsureSeq) {
            this.unsureSeq = 0;
            [...this.recordsByKey.keys()].forEach((key) => this.touch(key));
        }
    }

    findTarget(uuid) {
        const record = this.taken.get(uuid);
        // The server's word over our own: it may have found a pack behind a code read offline.
        const entry = { ...record?.entry, ...this.recent.get(uuid) };
        // An earlier count is none of the recount's numbers.
        const isOfRound = (entry.round ?? this.round) === this.round;
        if (!entry.kind || !isOfRound) {
            return undefined;
        }
        const { kind, qty, undone } = entry;
        const at = entry.at ?? entry.counted_at;
        const others = this.othersOfLine(uuid, entry);
        const isLatest = !others.some((other) => other.at >= at);
        return { kind, qty, undone, before: record?.before, isLatest, isOnly: !others.length };
    }

    /** The other entries of its line that count, as far as they are in memory. */
    othersOfLine(uuid, entry) {
        const lineId = entry.line_id ?? this.lines.get(this.recordKey({ entry }))?.id;
        return [...this.recent.values()].filter(
            (other) =>
                other.uuid !== uuid &&
                other.line_id === lineId &&
                isCounting(other) &&
                !other.undone,
        );
    }

    /**
     * @param {boolean} [withOthers] also lines outside the round and products off the sheet
     * @returns {Object[]} all lines of the running round, as shown
     */
    shownAll(withOthers = false) {
        const shown = [];
        for (const [key, line] of this.lines) {
            if (line.to_count || withOthers) {
                shown.push(this.shown(key));
            }
        }
        return shown;
    }

    /** @returns {Object[]} unknown codes, those not sent yet included */
    unknown() {
        const entries = this.withStatus("waiting").map(({ entry }) => entry);
        const scans = entries.filter((entry) => entry.code && !entry.product_id);
        const undos = entries.filter(({ kind }) => kind === "undo");
        return mergeUnknown(this.unknownKnown, [...scans, ...undos]);
    }

    /** @returns {{uuid: string, name: string}[]} products scanned that a person is asked about */
    questions() {
        const asked = this.withStatus("held").filter(({ hold }) => hold.kind !== "lookup");
        const first = new Map(asked.toReversed().map((record) => [this.recordKey(record), record]));
        return [...first.values()].map(({ uuid, entry }) => ({
            uuid,
            name: this.products.get(entry.product_id)?.name || entry.code,
        }));
    }

    counts() {
        return this.once("counts", () => ({
            ...this.countLines(),
            unknown: this.unknown().length + this.questions().length,
        }));
    }

    countLines() {
        for (const key of this.untallied) {
            this.tally.put(key, this.lines.get(key)?.to_count ? this.shown(key) : undefined);
        }
        this.untallied.clear();
        return { ...this.tally.counts };
    }

    /**
     * How far the round is, own entries included, also while lines are still loading.
     *
     * @param {{counted: number, total: number}} sheet
     * @returns {{counted: number, total: number}}
     */
    progress({ counted, total }) {
        const own = this.once("progress", () => this.ownProgress());
        return { counted: counted + own.counted, total: total + own.total };
    }

    /** What own entries add to what the server says of the sheet. */
    ownProgress() {
        const own = { counted: 0, total: 0 };
        for (const key of this.recordsByKey.keys()) {
            const line = this.lines.get(key);
            const isCounted = this.shown(key).counted !== null;
            if (line.id === null) {
                own.total++;
                own.counted += Number(isCounted);
            } else if (line.to_count) {
                own.counted += Number(isCounted) - Number(line.counted !== null);
            }
        }
        return own;
    }

    /** @returns {Object[]} the lines of a product by lot, the one without lot first */
    linesOfProduct(productId) {
        return [...this.lines.keys()]
            .filter((key) => key.startsWith(`${productId}:`))
            .map((key) => this.shown(key))
            .sort((a, b) => collator.compare(a.lot_name || "", b.lot_name || ""));
    }

    // --- the list -------------------------------------------------------------------

    /**
     * The keys of a list in order. Rows in `kept` stay although they fit no longer: a
     * list does not shrink under the hands of the person who counts.
     *
     * @param {{filter: string, search: string, sort: string}} view
     * @param {Set<string>} [kept]
     * @returns {string[]}
     */
    list({ filter, search, sort }, kept = new Set()) {
        const words = normalize(search).split(/\s+/).filter(Boolean);
        const shownFilter = words.length ? "all" : filter;
        const found = this.ordered(sort, words.length > 0).filter(
            (shown) =>
                (fitsFilter(shown, shownFilter) || kept.has(shown.key)) &&
                matchesWords(words, this.searchText(shown)),
        );
        return this.namedFirst(found, words).map(({ key }) => key);
    }

    /** Digits that are searched are in many barcodes: products that are named so come first. */
    namedFirst(found, words) {
        if (!words.length) {
            return found;
        }
        const { true: named = [], false: others = [] } = groupBy(
            found,
            ({ product }) =>
                Boolean(product) && matchesWords(words, this.productText(product).name),
        );
        return [...named, ...others];
    }

    /**
     * All lines in an order. Names and categories are only compared again when lines come
     * or go: comparing 20,000 names takes longer than everything else a scan does.
     */
    ordered(sort, withOthers) {
        if (sort === "last") {
            return this.ordered("name", withOthers).sort((a, b) => (b.at || 0) - (a.at || 0));
        }
        const kept = this.orders.get(sort);
        if (kept?.structure !== this.structure) {
            const keys = this.sortedKeys(kept?.keys || [], COMPARE[sort]);
            this.orders.set(sort, { structure: this.structure, keys });
        }
        const { keys } = this.orders.get(sort);
        return keys
            .map((key) => this.shown(key))
            .filter((shown) => shown && (shown.to_count || withOthers));
    }

    /**
     * Lines that came are put in between those sorted before: while 20,000 load, each
     * thousand would otherwise sort all of them again under the hands of who counts.
     */
    sortedKeys(sorted, compare) {
        const known = new Set(sorted);
        const stayed = sorted.filter((key) => this.lines.has(key)).map((key) => this.shown(key));
        const came = [...this.lines.keys()]
            .filter((key) => !known.has(key))
            .map((key) => this.shown(key))
            .sort(compare);
        const keys = [];
        let next = 0;
        for (const shown of came) {
            while (next < stayed.length && compare(stayed[next], shown) <= 0) {
                keys.push(stayed[next++].key);
            }
            keys.push(shown.key);
        }
        return [...keys, ...stayed.slice(next).map(({ key }) => key)];
    }

    searchText({ product, lot_name }) {
        if (!product) {
            return normalize(lot_name || "");
        }
        const { text } = this.productText(product);
        return lot_name ? `${text} ${normalize(lot_name)}` : text;
    }

    /** @returns {{name: string, text: string}} name, and all that it is found by, normalised */
    productText(product) {
        if (!this.searchTexts.has(product.id)) {
            const name = normalize(product.name);
            const codes = product.barcodes.map(({ code }) => code);
            const text = [name, normalize([product.sku || "", ...codes].join(" "))].join(" ");
            this.searchTexts.set(product.id, { name, text });
        }
        return this.searchTexts.get(product.id);
    }

    /** @returns {Object[]} lines that a person has to look at */
    toCheck() {
        return this.shownAll().filter(needsCheck);
    }

    /**
     * The newest entries, own ones that wait included.
     *
     * @param {{mine: boolean, limit: number}} options `mine`: only of this device
     * @returns {Object[]} newest first
     */
    lastEntries({ mine, limit }) {
        const waiting = [...this.records.values()].filter(({ uuid }) => !this.recent.has(uuid));
        const undone = new Set(
            waiting.filter(({ entry }) => entry.kind === "undo").map(({ entry }) => entry.target),
        );
        const origins = new Set([...this.recent.values()].map(({ origin }) => origin));
        const known = [...this.recent.values()]
            .filter((entry) => isCounting(entry) && (!mine || this.isMine(entry)))
            // A code that got its product is told by the entry that took its place.
            .filter(({ uuid }) => !origins.has(uuid));
        const own = waiting.filter(({ entry }) => isCounting(entry));
        // A day without network leaves a thousand of them: only what is shown gets a row.
        return [
            ...own.map((record) => ({ record, ...momentOf(record) })),
            ...known.map((entry) => ({ entry, ...momentOf(this.taken.get(entry.uuid), entry) })),
        ]
            .sort((a, b) => b.at - a.at || b.seq - a.seq)
            .slice(0, limit)
            .map(({ record, entry }) => (record ? this.ownRow(record) : this.knownRow(entry)))
            .map((row) => (undone.has(row.uuid) ? { ...row, undone: true } : row));
    }

    isMine(entry) {
        return entry.device === this.deviceId;
    }

    ownRow({ uuid, status, reason, who, entry }) {
        const product = this.products.get(entry.product_id);
        return {
            uuid,
            status,
            reason,
            who,
            kind: entry.kind,
            qty: entry.qty,
            at: entry.counted_at,
            key: this.recordKey({ entry }),
            name: product?.name || entry.code,
            code: product ? null : entry.code,
            lotName: this.lines.get(this.recordKey({ entry }))?.lot_name || null,
            undone: false,
            mine: true,
        };
    }

    knownRow(entry) {
        const record = this.taken.get(entry.uuid);
        return {
            uuid: entry.uuid,
            status: "saved",
            reason: null,
            who: entry.who,
            kind: entry.kind,
            qty: entry.qty,
            at: momentOf(record, entry).at,
            key: this.keyByLineId.get(entry.line_id) || null,
            name: entry.product || entry.code,
            code: entry.product ? null : entry.code,
            lotName: entry.lot_name || null,
            undone: entry.undone,
            mine: this.isMine(entry),
        };
    }
}
