import { markRaw } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Mutex } from "@web/core/utils/concurrency";
import { hadTabs } from "./count_device";
import { CountStoreError } from "./count_store";

const DELAY_MS = 1000;
/** Entries of everyone that the copy keeps. */
const RECENT_KEPT = 100;

/**
 * What this device's database has of one sheet, and the page that counts it: reads it when
 * the page comes, follows what other tabs of this browser do to the entries, and keeps a copy
 * of the sheet for a page that is loaded again without network.
 */
export class CountCopy {
    /** @param {import("./count_session").CountSession} session */
    constructor(session) {
        this.session = session;
        /** The reading that is on its way, or was done. */
        this.restoring = null;
        /** As many losses of the device's database as are made up for. */
        this.losses = session.store.losses;
        this.timer = null;
        this.mutex = new Mutex();
    }

    // --- reading ---------------------------------------------------------------------

    /**
     * Reads what this device kept of the sheet, once. A browser that keeps nothing still
     * shows the sheet, and says that it cannot be counted here.
     */
    restore() {
        this.restoring ??= this.read();
        return this.restoring;
    }

    async read() {
        const { session } = this;
        const { store, uuid } = session;
        try {
            const [snapshot, records] = await Promise.all([
                store.readSheet(uuid),
                store.entries(uuid),
            ]);
            session.canKeep = true;
            this.apply(snapshot, records);
        } catch (error) {
            if (!(error instanceof CountStoreError)) {
                throw error;
            }
            session.canKeep = false;
            this.restoring = null;
            session.refuse(session.unkeptText(error));
        }
    }

    apply(snapshot, records) {
        const { session } = this;
        if (snapshot && !session.sheet) {
            session.enterRound(snapshot.sheet);
            session.book.applyProducts(snapshot.products);
            session.book.applyLines(snapshot.lines);
            session.book.applyRecent(snapshot.recent);
            session.book.applyUnknown(snapshot.unknown);
            session.cursor = snapshot.cursor;
            session.savedCount = snapshot.savedCount || 0;
            session.sheet = markRaw(snapshot.sheet);
            Object.assign(session.view, snapshot.view);
            session.selectedKey = snapshot.selectedKey;
            session.status = "ready";
        }
        records.forEach((record) => session.book.putRecord(record));
        session.usedSeq = Math.max(session.usedSeq, ...records.map(({ entry }) => entry.seq));
        session.scanner.resume();
        session.changed();
    }

    // --- other tabs ------------------------------------------------------------------

    /**
     * Looks what other tabs of this browser kept, sent, mended or let go of.
     *
     * @returns {Promise<Set<string>>} uuids of entries that are not on this device any more: not
     *      to be sent, and to be forgotten once the server has said what it has
     */
    async readKept() {
        try {
            await this.keepAgain();
            return new Set(hadTabs() ? await this.takeKept() : []);
        } catch (error) {
            if (!(error instanceof CountStoreError)) {
                throw error;
            }
            return new Set();
        }
    }

    /** The browser has lost its database under the page: the records here are all there is. */
    async keepAgain() {
        const { store, uuid, book, usedSeq } = this.session;
        const { losses } = store;
        if (losses !== this.losses) {
            const { records, lines, products } = book;
            await store.keepAgain(uuid, [...records.values()], usedSeq);
            book.markUnsaved({ lines: [...lines.values()], products: [...products.values()] });
            this.losses = losses;
        }
    }

    async takeKept() {
        const { session } = this;
        const { book, store } = session;
        const before = new Map(book.records);
        const kept = await store.entries(session.uuid);
        if (book !== session.book || store.losses !== this.losses) {
            // A recount began meanwhile, or the database is a new one.
            return [];
        }
        const { came, gone } = book.takeKept(kept, before);
        await session.scanner.releaseAbandoned();
        if (came.length) {
            session.changed();
        }
        return gone;
    }

    // --- writing ---------------------------------------------------------------------

    /** Steady counting does not put off the copy: what is planned stays planned. */
    plan() {
        this.timer ??= browser.setTimeout(() => this.write(), DELAY_MS);
    }

    /** Brings the copy up to date, one after the other, between scans. */
    write() {
        browser.clearTimeout(this.timer);
        return this.mutex.exec(() => this.writeChanges());
    }

    /** Only what changed is written. */
    async writeChanges() {
        const { session } = this;
        await session.calm.wait();
        // What changes from now on is planned anew.
        this.timer = null;
        if (session.status !== "ready") {
            return;
        }
        const { book } = session;
        const changed = book.takeUnsaved();
        try {
            await session.store.saveSheet(
                {
                    uuid: session.uuid,
                    sheet: session.sheet,
                    cursor: session.cursor,
                    savedCount: session.savedCount,
                    recent: [...book.recent.values()].slice(-RECENT_KEPT),
                    unknown: book.unknownKnown,
                    view: { ...session.view },
                    selectedKey: session.selectedKey,
                },
                changed,
                { pause: () => session.calm.wait(), newest: (item) => book.newest(item) },
            );
        } catch {
            // The copy is a convenience; what was counted is kept apart from it.
            book.markUnsaved(changed);
        }
    }
}
