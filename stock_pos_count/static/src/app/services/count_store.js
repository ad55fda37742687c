import { browser } from "@web/core/browser/browser";

const VERSION = 1;
const ENTRIES = "entries";
const SHEETS = "sheets";
const META = "meta";
const ITEMS = "items";
/** Rows written in one go: a count that comes meanwhile waits until the browser has done them. */
const ITEMS_MAX = 50;
/** What was counted is on the disk before anyone hears of it; what the server has may wait for its turn. */
const COUNTS = { durability: "strict" };
const COPY = { durability: "relaxed" };

/** What was counted could not be kept on this device; it was not taken. */
export class CountStoreError extends Error {
    constructor(cause) {
        super(cause?.message || "IndexedDB", { cause });
        this.name = "CountStoreError";
        this.isFull = cause?.name === "QuotaExceededError";
        this.isBlocked = cause?.name === "BlockedError";
    }
}

/** A record with the running number, and of the device, of the one whose place it takes. */
function inPlaceOf({ device, entry }, record) {
    return { ...record, device, entry: { ...record.entry, seq: entry.seq } };
}

/** Copies in the order in which their sheets were last heard of. */
function newestLast(copies) {
    const heardAt = ({ sheet }) => sheet.last_activity_at || 0;
    return copies.sort((a, b) => heardAt(a) - heardAt(b));
}

/** A snapshot with its lines and products; lines of an earlier round do not belong to it. */
function withItems(snapshot, items) {
    const ofKind = (kind) => items.filter((item) => item.kind === kind);
    return {
        ...snapshot,
        products: ofKind("product").map(({ data }) => data),
        lines: ofKind("line")
            .filter(({ round }) => round === snapshot.sheet.round)
            .map(({ data }) => data),
    };
}

/**
 * The counts of this device, kept until the server has them. A thin layer over an
 * IndexedDB of our own: the database of the POS is wiped by core now and then.
 *
 * Stores: `entries` (records of CountSession, key `uuid`), `sheets` (the last known
 * sheet, key `uuid`), `items` (its lines and products, one by one, so that a count does not
 * write them all again) and `meta` (running numbers).
 * Every promise of a count resolves when the transaction is durable, not when it was asked
 * for, and rejects with `CountStoreError`.
 */
export class CountStore {
    /**
     * @param {string} name of the database
     * @param {Object} [options]
     * @param {string} [options.owner] identifier of the device: two tabs write a copy each, for
     *      lines of one with the cursor of the other would be a lie
     * @param {IDBFactory} [options.factory]
     */
    constructor(name, { owner = "", factory = browser.indexedDB || window.indexedDB } = {}) {
        this.name = name;
        this.owner = owner;
        this.factory = factory;
        this.connection = null;
        /** An older tab is waited for; asking again would wait behind it without an end. */
        this.isBlocked = false;
        /** How often the browser has closed the database under the page: it may be empty since. */
        this.losses = 0;
    }

    /**
     * Keeps a new entry, numbered with the device's next running number of its sheet.
     * Number and entry are written together: two tabs never use the same number.
     *
     * @param {Object} record without `entry.seq`
     * @param {number} atLeast a number that is known to be in use, though the browser may have
     *      lost its database since
     * @returns {Promise<Object>} the record with `entry.seq`
     */
    append(record, atLeast = 0) {
        const key = `seq:${record.sheet}`;
        return this.transaction([ENTRIES, META], "readwrite", (stores, done) => {
            const write = (seq, method) => {
                const numbered = { ...record, entry: { ...record.entry, seq } };
                stores[META].put({ key, value: seq });
                stores[ENTRIES][method](numbered);
                done(numbered);
            };
            const asked = stores[META].get(key);
            // Written before the answer is there, which rarely says that another tab was faster.
            write(atLeast + 1, "add");
            asked.onsuccess = () => {
                const last = asked.result?.value || 0;
                if (last > atLeast) {
                    write(last + 1, "put");
                }
                // Nothing follows: the browser need not ask before it writes to the disk.
                asked.transaction.commit();
            };
        });
    }

    /**
     * Puts a new entry in the place of a refused one, of which the server kept nothing: it
     * gets its running number, so that what was counted after it stays after it.
     *
     * @param {Object} record without `entry.seq`
     * @param {string} replaced uuid
     * @returns {Promise<Object|null>} the record with `entry.seq`; `null`, and nothing was
     *      kept, if the other is gone: sent again already, perhaps in another tab
     */
    replace(record, replaced) {
        return this.transaction([ENTRIES], "readwrite", (stores, done) => {
            const asked = stores[ENTRIES].get(replaced);
            asked.onsuccess = () => {
                const numbered = asked.result ? inPlaceOf(asked.result, record) : null;
                if (numbered) {
                    stores[ENTRIES].add(numbered);
                    stores[ENTRIES].delete(replaced);
                }
                done(numbered);
            };
        });
    }

    /** @param {Object[]} records that replace those of the same uuid */
    put(records) {
        return this.transaction([ENTRIES], "readwrite", (stores) => {
            records.forEach((record) => stores[ENTRIES].put(record));
        });
    }

    /** @param {string[]} uuids of entries that nobody wants any more */
    remove(uuids) {
        return this.transaction([ENTRIES], "readwrite", (stores) => {
            uuids.forEach((uuid) => stores[ENTRIES].delete(uuid));
        });
    }

    /**
     * Lets go of what the server has, and in the same go takes in what it makes of it: a page
     * that is loaded again without network must never show less than was counted. Counts that
     * come meanwhile wait for it, so it does not wait for the disk: after a crash the entries
     * are sent once more, and get the same answer.
     *
     * @param {Object} answer
     * @param {string[]} answer.gone uuids of entries that the server has
     * @param {Object[]} answer.refused records that it refused, with the reason; those that
     *      another tab sent again or let go of meanwhile stay away
     * @param {Object} [answer.sheet] with `uuid` and `round`
     * @param {Object[]} [answer.lines] the lines of what is gone, as the server now has them
     */
    settle({ gone, refused, sheet, lines = [] }) {
        const items = this.toItems(sheet, "line", lines);
        const work = (stores) => {
            gone.forEach((uuid) => stores[ENTRIES].delete(uuid));
            for (const record of refused) {
                const asked = stores[ENTRIES].getKey(record.uuid);
                asked.onsuccess = () => asked.result && stores[ENTRIES].put(record);
            }
            items.forEach((item) => stores[ITEMS].put(item));
        };
        return this.transaction([ENTRIES, ITEMS], "readwrite", work, COPY);
    }

    /**
     * @param {string} sheet uuid
     * @returns {Promise<Object[]>} its entries on this device, by running number
     */
    async entries(sheet) {
        const records = await this.transaction([ENTRIES], "readonly", (stores, done) => {
            const asked = stores[ENTRIES].index("sheet").getAll(sheet);
            asked.onsuccess = () => done(asked.result);
        });
        return records.sort((a, b) => a.entry.seq - b.entry.seq);
    }

    /**
     * Keeps once more what the browser has lost while the page held it.
     *
     * @param {string} sheet uuid
     * @param {Object[]} records
     * @param {number} lastSeq the last number in use
     */
    keepAgain(sheet, records, lastSeq) {
        return this.transaction([ENTRIES, META], "readwrite", (stores) => {
            records.forEach((record) => stores[ENTRIES].put(record));
            stores[META].put({ key: `seq:${sheet}`, value: lastSeq });
        });
    }

    /** @returns {Promise<string[]>} the sheets of which this device still holds entries */
    sheetsWaiting() {
        return this.transaction([ENTRIES], "readonly", (stores, done) => {
            const found = [];
            const asked = stores[ENTRIES].index("sheet").openKeyCursor(null, "nextunique");
            asked.onsuccess = () => {
                if (asked.result) {
                    found.push(asked.result.key);
                    asked.result.continue();
                } else {
                    done(found);
                }
            };
        });
    }

    /**
     * Keeps what the screen needs without network.
     *
     * @param {Object} snapshot with key `uuid`
     * @param {{lines: Object[], products: Object[]}} changed since the last time
     * @param {Object} [options]
     * @param {() => Promise<void>} [options.pause] waited for before each of the many writes
     * @param {(item: {kind: "line"|"product", data: Object}) => Object} [options.newest] what is
     *      known of a line or product when its turn comes: a sync may have written it meanwhile
     */
    async saveSheet(
        snapshot,
        { lines, products },
        { pause = async () => {}, newest = ({ data }) => data } = {},
    ) {
        const { sheet } = snapshot;
        const items = [
            ...this.toItems(sheet, "product", products),
            ...this.toItems(sheet, "line", lines),
        ];
        for (let start = 0; start < items.length; start += ITEMS_MAX) {
            const put = (stores) =>
                items
                    .slice(start, start + ITEMS_MAX)
                    .forEach((item) => stores[ITEMS].put({ ...item, data: newest(item) }));
            await pause();
            await this.transaction([ITEMS], "readwrite", put, COPY);
        }
        const copy = { ...snapshot, uuid: this.copyKey(sheet.uuid) };
        const put = (stores) => stores[SHEETS].put(copy);
        await this.transaction([SHEETS], "readwrite", put, COPY);
    }

    /**
     * @param {string} uuid
     * @returns {Promise<Object|undefined>} the snapshot, with `lines` and `products`: this
     *      tab's own, or else the newest of the others
     */
    readSheet(uuid) {
        return this.transaction([SHEETS, ITEMS], "readonly", (stores, done) => {
            const asked = stores[SHEETS].getAll();
            asked.onsuccess = () => {
                const copies = newestLast(asked.result.filter(({ sheet }) => sheet.uuid === uuid));
                const copy = copies.find((one) => one.uuid === this.copyKey(uuid)) || copies.at(-1);
                if (!copy) {
                    return;
                }
                const askedItems = stores[ITEMS].index("sheet").getAll(copy.uuid);
                askedItems.onsuccess = () => done(withItems({ ...copy, uuid }, askedItems.result));
            };
        });
    }

    /** @returns {Promise<Object[]>} the sheets that can be counted here without network, as known last */
    heldSheets() {
        return this.transaction([SHEETS], "readonly", (stores, done) => {
            const asked = stores[SHEETS].getAll();
            asked.onsuccess = () => {
                const sheets = newestLast(asked.result).map(({ sheet }) => sheet);
                done([...new Map(sheets.map((sheet) => [sheet.uuid, sheet])).values()]);
            };
        });
    }

    /** @param {string} uuid of a sheet that is not counted any more; its entries stay */
    forgetSheet(uuid) {
        return this.transaction([SHEETS, ITEMS], "readwrite", (stores) => {
            const copies = IDBKeyRange.bound(uuid, `${uuid}/\uffff`);
            stores[SHEETS].delete(copies);
            const asked = stores[ITEMS].index("sheet").openKeyCursor(copies);
            asked.onsuccess = () => {
                if (asked.result) {
                    stores[ITEMS].delete(asked.result.primaryKey);
                    asked.result.continue();
                }
            };
        });
    }

    copyKey(uuid) {
        return this.owner ? `${uuid}/${this.owner}` : uuid;
    }

    /** What is kept one by one of a sheet: its lines or its products. */
    toItems(sheet, kind, list) {
        return list.map((data) => ({
            id: data.id,
            kind,
            data,
            sheet: this.copyKey(sheet.uuid),
            round: sheet.round,
        }));
    }

    /** Asks the browser not to give this device's counts up when space gets short. */
    async askToPersist() {
        try {
            await browser.navigator.storage.persist();
        } catch {
            // A browser that knows no such promise, or may not give it, keeps as long as it can.
        }
    }

    // --- the connection ----------------------------------------------------------

    connect() {
        if (this.isBlocked) {
            return Promise.reject(this.makeBlockedError());
        }
        if (!this.connection) {
            this.connection = this.open().catch((error) => {
                this.connection = null;
                throw error;
            });
        }
        return this.connection;
    }

    makeBlockedError() {
        return new CountStoreError(new DOMException("blocked", "BlockedError"));
    }

    open() {
        return new Promise((resolve, reject) => {
            let request;
            try {
                request = this.factory.open(this.name, VERSION);
            } catch (error) {
                // Storage is forbidden here, e.g. by the browser's settings.
                reject(new CountStoreError(error));
                return;
            }
            request.onupgradeneeded = () => {
                const entries = request.result.createObjectStore(ENTRIES, { keyPath: "uuid" });
                entries.createIndex("sheet", "sheet");
                request.result.createObjectStore(SHEETS, { keyPath: "uuid" });
                request.result.createObjectStore(META, { keyPath: "key" });
                const items = request.result.createObjectStore(ITEMS, {
                    keyPath: ["sheet", "kind", "id"],
                });
                items.createIndex("sheet", "sheet");
            };
            request.onerror = () => {
                this.isBlocked = false;
                reject(new CountStoreError(request.error));
            };
            // Another tab holds an older version open, and did not let go when it was asked.
            // Whoever waits is told at once; when it lets go, the next one gets the connection.
            request.onblocked = () => {
                this.isBlocked = true;
                reject(this.makeBlockedError());
            };
            request.onsuccess = () => {
                const database = this.watch(request.result);
                this.isBlocked = false;
                this.connection = Promise.resolve(database);
                resolve(database);
            };
        });
    }

    watch(database) {
        const letGo = () => {
            this.connection = null;
            this.losses++;
        };
        database.onversionchange = () => {
            database.close();
            letGo();
        };
        database.onclose = letGo;
        return database;
    }

    async transaction(names, mode, work, options = COUNTS) {
        let database = await this.connect();
        let transaction;
        try {
            transaction = database.transaction(names, mode, options);
        } catch {
            // The browser closed the connection under us; a new one is opened once.
            this.connection = null;
            database = await this.connect();
            transaction = database.transaction(names, mode, options);
        }
        return new Promise((resolve, reject) => {
            let result;
            const stores = Object.fromEntries(
                names.map((name) => [name, transaction.objectStore(name)]),
            );
            transaction.oncomplete = () => resolve(result);
            transaction.onabort = () => reject(new CountStoreError(transaction.error));
            work(stores, (value) => {
                result = value;
            });
        });
    }
}

/** The same promises kept in memory, for unit tests. */
export class MemoryCountStore {
    constructor() {
        this.records = new Map();
        this.snapshots = new Map();
        this.items = new Map();
        this.numbers = new Map();
        this.losses = 0;
        /** Set to an Error to make the next write fail. */
        this.failure = null;
    }

    async append(record, atLeast = 0) {
        this.fail();
        const seq = Math.max(this.numbers.get(record.sheet) || 0, atLeast) + 1;
        this.numbers.set(record.sheet, seq);
        const numbered = { ...record, entry: { ...record.entry, seq } };
        this.records.set(record.uuid, numbered);
        return numbered;
    }

    async replace(record, replaced) {
        this.fail();
        const old = this.records.get(replaced);
        const numbered = old ? inPlaceOf(old, record) : null;
        if (numbered) {
            this.records.set(record.uuid, numbered);
            this.records.delete(replaced);
        }
        return numbered;
    }

    async put(records) {
        this.fail();
        records.forEach((record) => this.records.set(record.uuid, record));
    }

    async remove(uuids) {
        uuids.forEach((uuid) => this.records.delete(uuid));
    }

    async settle({ gone, refused, sheet, lines = [] }) {
        await this.remove(gone);
        await this.put(refused.filter(({ uuid }) => this.records.has(uuid)));
        if (lines.length) {
            this.putItems(sheet, { lines, products: [] });
        }
    }

    async entries(sheet) {
        return [...this.records.values()]
            .filter((record) => record.sheet === sheet)
            .sort((a, b) => a.entry.seq - b.entry.seq);
    }

    async keepAgain(sheet, records, lastSeq) {
        await this.put(records);
        this.numbers.set(sheet, lastSeq);
    }

    async sheetsWaiting() {
        return [...new Set([...this.records.values()].map((record) => record.sheet))];
    }

    async saveSheet(snapshot, { lines, products }) {
        this.snapshots.set(snapshot.uuid, snapshot);
        this.putItems(snapshot.sheet, { lines, products });
    }

    putItems({ uuid, round }, { lines, products }) {
        const items = this.items.get(uuid) || new Map();
        products.forEach((data) => items.set(`p${data.id}`, { kind: "product", data }));
        lines.forEach((data) => items.set(`l${data.id}`, { kind: "line", round, data }));
        this.items.set(uuid, items);
    }

    async readSheet(uuid) {
        const snapshot = this.snapshots.get(uuid);
        return snapshot && withItems(snapshot, [...this.items.get(uuid).values()]);
    }

    async heldSheets() {
        return [...this.snapshots.values()].map((snapshot) => snapshot.sheet);
    }

    async askToPersist() {}

    async forgetSheet(uuid) {
        this.snapshots.delete(uuid);
    }

    fail() {
        if (this.failure) {
            const { failure } = this;
            this.failure = null;
            throw new CountStoreError(failure);
        }
    }
}
