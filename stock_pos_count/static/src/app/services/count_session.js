import { markRaw } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { Mutex } from "@web/core/utils/concurrency";
import { Reactive } from "@web/core/utils/reactive";
import { uuidv4 } from "@point_of_sale/utils";
import { CountBook } from "./count_book";
import { CountCalm } from "./count_calm";
import { CountCopy } from "./count_copy";
import { CountLoader } from "./count_loader";
import { CountScanner } from "./count_scanner";
import { CountSync } from "./count_sync";
import { CountOfflineError } from "./count_errors";
import { CountStoreError } from "./count_store";

/** When keeping a count takes longer than that, the screen says that it waits. */
const SLOW_MS = 250;
const NOTHING_TYPED = { text: "", forKey: null, doubt: null, left: null, sheetKey: null };
const COUNTING_STATES = new Set(["counting", "recounting"]);

/**
 * One count sheet on this device: what is on it, what was counted here, and everything a
 * person can do while counting. It outlives the screen, so that selling in between loses
 * neither place nor order.
 *
 * Nothing is said to be taken before it is in the database of this device; nothing waits
 * for the network.
 */
export class CountSession extends Reactive {
    /**
     * @param {import("./stock_pos_count_service").StockPosCount} service
     * @param {string} uuid of the sheet
     */
    constructor(service, uuid) {
        super();
        this.setup(service, uuid);
    }

    setup(service, uuid) {
        this.service = service;
        this.uuid = uuid;
        this.store = service.store;
        this.book = markRaw(new CountBook(this.service.device.id, 0));
        this.copy = markRaw(new CountCopy(this));
        this.loader = markRaw(new CountLoader(this));
        this.sync = markRaw(new CountSync(this));
        this.scanner = markRaw(new CountScanner(this));
        this.captures = markRaw(new Mutex());
        this.calm = markRaw(new CountCalm());
        /** `idle`, `loading`, `ready` or `failed` (with `error`). */
        this.status = "idle";
        this.error = null;
        /** Whether this device can keep what is counted; without that nothing is taken. */
        this.canKeep = true;
        /**
         * Counts that are on their way into the database of this device. Not observed: it takes
         * milliseconds, and drawing that would hold up the number itself.
         */
        this.taking = markRaw({ count: 0 });
        /** The highest running number that is known to be in use. */
        this.usedSeq = 0;
        this.syncError = null;
        this.sheet = null;
        this.people = [];
        this.isOnline = true;
        this.isLoadingMore = false;
        /** How many entries of this device the server has of this sheet. */
        this.savedCount = 0;
        this.cursor = null;
        /** Grows with every change of the book: whoever reads the book reads this first. */
        this.version = 0;
        /** What just happened: `{n, kind: taken|unknown|refused, key}`. */
        this.feedback = { n: 0, kind: null, key: null };
        /** What stands in the card instead of the line: refused, unknown, ask, left. */
        this.notice = null;
        this.view = { filter: "to_count", search: "", sort: "name", scrollTop: 0 };
        this.selectedKey = null;
        /** A number that is typed and not confirmed: it waits while the person sells. */
        this.typing = { ...NOTHING_TYPED };
        /** The latest entry of the selected line: what it was before, and its lots. */
        this.latest = null;
    }

    // --- opening ---------------------------------------------------------------------

    /**
     * Loads the sheet: from this device at once, then from the server, the first 1,000
     * lines and the rest behind. Opened again, it only asks what is new.
     */
    async open() {
        if (this.status !== "ready") {
            this.status = "loading";
        }
        this.error = null;
        await this.copy.restore();
        this.store.askToPersist();
        this.sync.watch(true);
        if (this.loader.isLoaded) {
            return;
        }
        try {
            await this.loader.load();
        } catch (error) {
            this.setOnline(!(error instanceof CountOfflineError), error);
            if (this.status !== "ready") {
                this.status = "failed";
                this.error = error;
            }
        }
    }

    /** The screen is left; the sheet goes on being counted, what waits leaves now. */
    leave() {
        this.sync.watch(false);
        this.sync.wake();
        this.copy.write();
    }

    /** @param {Set<string>} uuids of entries that another tab sent, mended or let go of */
    forgetGone(uuids) {
        for (const uuid of uuids) {
            const record = this.book.records.get(uuid);
            if (record && this.book.recent.has(uuid)) {
                this.book.markTaken(record);
            }
            this.book.dropRecord(uuid);
            if (this.notice?.uuid === uuid) {
                this.notice = null;
            }
        }
        if (uuids.size) {
            this.changed();
        }
    }

    // --- what the server says ----------------------------------------------------------

    /** Takes in an answer of the server: products before the lines that name them. */
    applyAnswer({ sheet, lines, products, entries, unknown, people, cursor, trusted = true }) {
        this.enterRound(sheet);
        this.book.applyProducts(products);
        this.book.applyChanges(lines);
        this.book.applyRecent(entries);
        this.book.applyUnknown(unknown);
        if (trusted) {
            this.book.trustRecords();
        }
        this.people = people || this.people;
        this.cursor = cursor ?? this.cursor;
        if (sheet) {
            this.applySheet(sheet);
        }
        if (trusted) {
            this.refreshNotice();
        }
        this.followNewLot();
        this.changed();
    }

    /** The line in the card was known by its lot's name only; the server gave it its lot. */
    followNewLot() {
        const key = this.book.lotKey(this.selectedKey);
        if (key !== this.selectedKey) {
            if (this.latest?.key === this.selectedKey) {
                this.latest = { ...this.latest, key };
            }
            this.selectedKey = key;
        }
    }

    /** A code that was not on this device: the server knows it by now, or nobody does. */
    refreshNotice() {
        if (this.notice?.kind === "unknown" && !this.notice.isCertain) {
            const { code } = this.notice;
            const item = this.book.unknown().find((other) => other.code === code);
            if (!item) {
                this.notice = null;
            } else if (!item.waiting) {
                this.notice = { ...this.notice, times: item.times, isCertain: true };
            }
        }
    }

    /** What a search on the server found; products off the sheet get a line to pick. */
    applyFound({ lines, products }) {
        this.book.applyProducts(products);
        this.book.applyLines(lines);
        this.book.offer(products);
        this.changed();
    }

    /** @param {Object} sheet as the server now describes it */
    applySheet(sheet) {
        this.enterRound(sheet);
        this.sheet = markRaw(sheet);
        this.service.remember(sheet);
        this.changed();
        if (!this.loader.isLoaded && this.sync.watching) {
            this.sync.schedule(0);
        }
    }

    /**
     * A recount began: other lines, all not counted. The old ones are of no use, but what
     * was counted in the old round and is not sent yet still has to leave this device.
     */
    enterRound(sheet) {
        if (!sheet || sheet.round === this.book.round) {
            return;
        }
        const records = [...this.book.records.values()];
        const isFirst = !this.sheet;
        this.book = markRaw(new CountBook(this.service.device.id, sheet.round));
        records.forEach((record) => this.book.putRecord(record));
        if (isFirst) {
            return;
        }
        this.loader.isLoaded = false;
        Object.assign(this, { selectedKey: null, latest: null, notice: null });
        Object.assign(this.typing, NOTHING_TYPED);
        Object.assign(this.view, { filter: "to_count", search: "", scrollTop: 0 });
    }

    afterSettle({ saved, refused }) {
        this.savedCount += saved;
        if (refused) {
            this.tell("refused");
        }
    }

    /**
     * @param {boolean} isOnline
     * @param {Error} [error] that told so
     */
    setOnline(isOnline, error = null) {
        this.isOnline = isOnline;
        this.syncError = error;
    }

    /** Something about the sheet or its counts changed: it is drawn, and copied, soon. */
    changed() {
        this.version++;
        this.copy.plan();
    }

    /** Sends everything that waits; throws when that is not possible now. */
    async flush() {
        do {
            await this.sync.run();
        } while (this.sync.hasWaiting);
    }

    // --- what the screen reads -----------------------------------------------------------

    /** @returns {boolean} whether counting is possible in the sheet's present state */
    get isCounting() {
        return COUNTING_STATES.has(this.sheet?.state);
    }

    get isRecount() {
        return this.sheet?.round > 0;
    }

    /**
     * @param {string} key
     * @returns {Object|undefined} the line with own waiting entries reckoned in
     */
    shown(key) {
        return this.version >= 0 ? this.book.shown(key) : undefined;
    }

    get selected() {
        return this.selectedKey ? this.shown(this.selectedKey) : undefined;
    }

    /** @returns {{counted: number, total: number}} */
    get progress() {
        return this.version >= 0 && this.sheet
            ? this.book.progress(this.sheet)
            : { counted: 0, total: 0 };
    }

    /**
     * Where the counts of this device are. What is on its way into the device's database
     * waits too: it is neither saved nor shown.
     *
     * @returns {{saved: number, waiting: number, held: number, refused: Object[]}}
     */
    get syncState() {
        return {
            version: this.version,
            saved: this.savedCount,
            waiting: this.book.withStatus("waiting").length + this.taking.count,
            held: this.book.withStatus("held").length,
            refused: this.book.withStatus("refused"),
        };
    }

    // --- what a person does ----------------------------------------------------------------

    /**
     * A code was read. Never waits for the network and never opens a dialog.
     *
     * @param {string} code
     * @param {"scan"|"camera"|"typed"} source
     * @returns {Promise<string>} `taken`, `unknown`, `refused` or `asked`
     */
    scan(code, source = "scan") {
        return this.scanner.scan(code, source);
    }

    /** @param {string} key of the line that stands in the card from now on */
    select(key) {
        if (key !== this.selectedKey) {
            this.latest = null;
        }
        this.selectedKey = key;
        this.notice = null;
    }

    /** Adds to a line, or counts it for the first time. */
    add(key, qty, source = "typed") {
        return this.countLine(key, { kind: "add", qty, source });
    }

    /** The total is `qty`, whatever was counted so far. */
    set(key, qty, source = "typed") {
        return this.countLine(key, { kind: "set", qty, source });
    }

    /** There is none. */
    zero(key) {
        return this.countLine(key, { kind: "zero", qty: 0, source: "key" });
    }

    /**
     * Takes an entry back; it stays visible, struck through.
     *
     * @param {string} target uuid of the entry
     * @param {string|null} key of its line
     */
    async undo(target, key) {
        const part = { kind: "undo", target, qty: 0 };
        await (this.book.lines.has(key) ? this.captureOn(key, part) : this.capture(part));
        if (this.latest?.uuid === target) {
            this.latest = null;
        }
    }

    /**
     * Settles a conflict.
     *
     * @param {string} key
     * @param {string[]} targets all entries in conflict
     * @param {string[]} keep those that count
     */
    decide(key, targets, keep) {
        return this.captureOn(key, { kind: "decision", decision: { targets, keep }, qty: 0 });
    }

    /** @param {string} key @param {string} text */
    note(key, text) {
        return this.captureOn(key, { kind: "note", note: text, qty: 0 });
    }

    /**
     * Says which product an unknown code belongs to; needs the network.
     *
     * @param {string} code
     * @param {number} productId
     * @param {number|null} [lotId]
     */
    async assign(code, productId, lotId = null) {
        await this.flush();
        const { service } = this;
        const answer = await service.rpc(
            "register_assign",
            this.uuid,
            code,
            productId,
            service.personKey,
            lotId,
        );
        this.applyAnswer(answer);
        if (this.notice?.code === code) {
            this.notice = null;
        }
    }

    /**
     * @param {Object} product
     * @param {{id: number|null, name: string, expires_at, elsewhere}} lot
     * @returns {string} the key of its line, made where there was none
     */
    offerLot(product, lot) {
        const key = this.book.offerLot(product.id, lot);
        this.changed();
        return key;
    }

    /**
     * Moves the scan just made to another lot of its product: counted there, then taken
     * back here, so that nothing is lost in between. It stays where it is if the other
     * cannot take it, such as a serial number that is counted already.
     *
     * @param {string} uuid of the entry
     * @param {string} fromKey
     * @param {string} toKey
     */
    async moveToLot(uuid, fromKey, toKey) {
        const { entry } = this.book.records.get(uuid) || this.book.taken.get(uuid) || {};
        if (!entry) {
            this.tellGone();
            return;
        }
        const { product_id, lot_id, lot_name } = this.book.lines.get(toKey);
        const refusal = this.scanner.serialRefusal(this.book.products.get(product_id), {
            lot_id,
            lotName: lot_name,
            qty: entry.qty,
        });
        if (refusal) {
            this.refuse(refusal);
            return;
        }
        const record = await this.countLine(toKey, {
            kind: "add",
            qty: entry.qty,
            source: entry.source,
            code: entry.code,
            packaging_id: entry.packaging_id,
            packaging_qty: entry.packaging_qty,
        });
        if (record) {
            await this.undo(uuid, fromKey);
        }
    }

    /**
     * Sends a refused entry again, mended. It takes the place of the refused one in one go:
     * neither a crash in between nor a full device loses the count, or has it twice. It stays
     * a count of its own round, and has seen no more than when it was made.
     *
     * @param {string} uuid of the refused entry
     * @param {{qty: number}} changes
     * @param {Object|null} [product] the right one, when it was counted on a wrong one
     * @returns {Promise<Object|null>} `null` when it could not be kept, and the refused one
     *      stays; or when that was sent again before
     */
    async mend(uuid, { qty }, product = null) {
        const { entry } = this.book.records.get(uuid) || {};
        if (!entry) {
            return null;
        }
        const part = { ...entry, qty };
        if (product) {
            this.book.applyProducts([product]);
            Object.assign(part, { product_id: product.id, lot_id: null, lot_name: null });
        }
        return this.capture(part, { replaced: uuid, of: { round: entry.round, seen: entry.seen } });
    }

    /** Lets go of an entry that was never sent or was refused; the person was asked. */
    async discard(uuid) {
        const isGone = await this.onDevice(() => this.store.remove([uuid]));
        if (isGone) {
            this.sync.owe(this.book.records.get(uuid)?.device);
            this.book.dropRecord(uuid);
            this.changed();
        }
        return isGone;
    }

    /**
     * @param {Object} record that replaces the one of the same uuid
     * @returns {Promise<boolean>} whether it could be kept; if not, the person was told
     */
    async rewrite(record) {
        const isKept = await this.onDevice(() => this.store.put([record]));
        if (isKept) {
            this.book.putRecord(record);
            this.changed();
        }
        return isKept;
    }

    /** @returns {Promise<boolean>} whether the device's database did it; if not, it is told */
    async onDevice(work) {
        try {
            await work();
            return true;
        } catch (error) {
            if (!(error instanceof CountStoreError)) {
                throw error;
            }
            this.refuse(this.unkeptText(error));
            return false;
        }
    }

    // --- taking entries in --------------------------------------------------------------------

    async countLine(key, part) {
        const { product_id, lot_id, lot_name, to_count } = this.book.lines.get(key);
        if (!to_count && this.scanner.mustAsk) {
            const lot = { lot_id, lot_name: lot_id ? null : lot_name };
            return (await this.scanner.ask({ ...part, product_id, ...lot }, null)) === "asked";
        }
        const before = this.book.shown(key);
        return this.captureOn(key, part, (record) => {
            this.notice = null;
            this.showTaken(key, record, before);
        });
    }

    /**
     * A count is kept on this device: it stands in the card from now on.
     *
     * @param {string} key of its line
     * @param {Object} record
     * @param {Object} [before] the line as it was shown without it
     */
    showTaken(key, record, before) {
        this.selectedKey = key;
        this.setLatest(record, before);
        this.tell("taken", key);
    }

    setLatest(record, before) {
        this.latest = {
            uuid: record.uuid,
            key: this.book.recordKey(record),
            kind: record.entry.kind,
            qty: record.entry.qty,
            was: before?.counted ?? null,
            who: before?.who || null,
            at: before?.at || null,
        };
    }

    captureOn(key, part, onKept) {
        const { product_id, lot_id, lot_name } = this.book.lines.get(key);
        const lot = { lot_id, lot_name: lot_id ? null : lot_name };
        return this.capture({ ...part, product_id, ...lot }, { onKept });
    }

    /**
     * Keeps an entry on this device, one after the other, and lets it be sent.
     *
     * @param {Object} part of the entry: what is particular to it
     * @param {Object} [options]
     * @param {Object} [options.record] further fields of the record (`status`, `hold`)
     * @param {string|null} [options.replaced] uuid of the entry whose place it takes
     * @param {{round?: number, seen?: string}} [options.of] when the count was made, if not now
     * @param {(record: Object) => void} [options.onKept] called as soon as it is kept, so
     *     that all of it is drawn at once
     * @returns {Promise<Object|null>} the record; `null` when it could not be kept, which
     *     the person is told: it was not taken; or when what it replaces is gone
     */
    capture(part, { record = {}, replaced = null, of = {}, onKept = () => {} } = {}) {
        // Only plain data can be stored and sent; parts may come observed from the screen.
        const entry = JSON.parse(JSON.stringify({ ...this.makeEntry(part), ...of }));
        const who = this.service.person?.name || "";
        this.taking.count++;
        const slow = browser.setTimeout(() => this.changed(), SLOW_MS);
        return this.captures.exec(async () => {
            try {
                const kept = await this.keepOnDevice({ ...record, who, entry }, replaced);
                if (kept) {
                    this.takeIn(kept, replaced, onKept);
                }
                return kept;
            } finally {
                browser.clearTimeout(slow);
                this.taking.count--;
            }
        });
    }

    /** @returns {Promise<Object|null>} the numbered record; `null` when it was not kept */
    async keepOnDevice(record, replaced) {
        const { entry } = record;
        const before = this.book.shown(this.book.recordKey({ entry }))?.counted;
        const device = { ...this.service.device };
        const status = "waiting";
        const whole = { uuid: entry.uuid, sheet: this.uuid, device, status, ...record, before };
        try {
            if (!replaced) {
                return await this.store.append(whole, this.usedSeq);
            }
            const kept = await this.store.replace(whole, replaced);
            if (!kept && this.book.records.has(replaced)) {
                this.book.dropRecord(replaced);
                this.changed();
                this.tellGone();
            }
            return kept;
        } catch (error) {
            this.refuse(this.unkeptText(error));
            this.changed();
            return null;
        }
    }

    /**
     * What is on the disk counts, whatever goes wrong in showing it: to say that it was not
     * taken would have it counted twice.
     */
    takeIn(kept, replaced, onKept) {
        this.usedSeq = Math.max(this.usedSeq, kept.entry.seq);
        this.book.dropRecord(replaced);
        this.book.putRecord(kept);
        this.changed();
        this.calm.drawn();
        try {
            onKept(kept);
        } finally {
            this.sync.push();
        }
    }

    /** @param {Error} error of the device's database */
    unkeptText({ isFull, isBlocked }) {
        if (isFull) {
            return _t(
                "This device is full, the last count was not taken. Free some space and count it again.",
            );
        }
        if (isBlocked) {
            return _t(
                "Another tab of this browser still runs an older version, the last count was not taken. Close it and count again.",
            );
        }
        return this.canKeep
            ? _t("This device could not keep the last count. Count it again.")
            : _t(
                  "This browser keeps nothing on this device, so nothing can be counted here. Leave the private window or allow the storage of data.",
              );
    }

    makeEntry(part) {
        const key = part.product_id ? this.book.recordKey({ entry: part }) : null;
        return {
            kind: "add",
            product_id: null,
            lot_id: null,
            lot_name: null,
            qty: 0,
            code: null,
            source: "key",
            packaging_id: null,
            packaging_qty: null,
            target: null,
            decision: null,
            note: null,
            counted_at: Date.now(),
            ...part,
            uuid: uuidv4(),
            seen: key && this.book.lines.get(key)?.id ? this.cursor : null,
            round: this.sheet?.round || 0,
            person: this.service.personKey,
        };
    }

    // --- telling ---------------------------------------------------------------------------

    /**
     * @param {"taken"|"unknown"|"refused"} kind
     * @param {string|null} [key] of the line
     */
    tell(kind, key = null) {
        this.feedback = { n: this.feedback.n + 1, kind, key };
    }

    /** What the person wanted to change is on this device no more: another tab was faster. */
    tellGone() {
        this.service.notification.add(
            _t("This count was changed or removed in another tab of this browser."),
            { type: "info" },
        );
    }

    /** Not accepted: stays in the card until the person taps it. */
    refuse(text) {
        this.notice = { kind: "refused", text: text.toString(), since: this.feedback.n };
        this.tell("refused");
    }
}
