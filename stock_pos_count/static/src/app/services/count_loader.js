import { CountOfflineError } from "./count_errors";

const FIRST_LINES = 1000;
/** A page that comes while the person already counts: a larger one would hold up the next scan. */
const MORE_LINES = 250;

/**
 * Brings one sheet from the server to this device: the first 1,000 lines at once, the rest
 * while the person already counts. What changes afterwards comes with the syncs.
 */
export class CountLoader {
    /** @param {import("./count_session").CountSession} session */
    constructor(session) {
        this.session = session;
        /** Whether the server was asked for the whole sheet, in the round that runs. */
        this.isLoaded = false;
        /** The loading that is on its way. */
        this.loading = null;
        /**
         * The last line loaded in order, while there are more to load; lines that a sync
         * brings in between have higher ids and do not move it.
         */
        this.moreAfterId = null;
        this.channel = null;
    }

    /** Asks the server for the whole sheet, unless that was done or is being done. */
    load() {
        if (!this.isLoaded) {
            this.loading ??= this.askSheet().finally(() => {
                this.loading = null;
            });
        }
        return this.loading;
    }

    async askSheet() {
        const { session } = this;
        const { service } = session;
        const device = { ...service.device };
        const answer = await service.rpc("register_open", session.uuid, device, FIRST_LINES);
        const lastSeq = answer.last_seq || 0;
        session.book.unsureSeq = lastSeq;
        session.usedSeq = Math.max(session.usedSeq, lastSeq);
        session.savedCount = Math.max(session.savedCount, lastSeq);
        session.applyAnswer({ ...answer, trusted: false });
        this.listen(answer.channel);
        session.setOnline(true);
        session.status = "ready";
        this.isLoaded = true;
        this.moreAfterId = answer.more ? Math.max(0, ...answer.lines.map(({ id }) => id)) : null;
        this.loadMore();
        session.copy.write();
    }

    /** A sheet opened without network, or not to its end, is loaded as soon as there is one. */
    async catchUp() {
        const { session } = this;
        if (session.sync.watching) {
            await session.copy.restore();
            await this.load();
            this.loadMore();
        }
    }

    /** Loads the lines after the first 1,000, while the person already counts. */
    async loadMore() {
        const { session } = this;
        if (session.isLoadingMore) {
            return;
        }
        session.isLoadingMore = true;
        try {
            while (this.moreAfterId !== null) {
                await this.loadNext();
            }
        } catch (error) {
            session.setOnline(!(error instanceof CountOfflineError), error);
        } finally {
            session.isLoadingMore = false;
        }
    }

    async loadNext() {
        const { session } = this;
        const { book } = session;
        const { lines, products, more, lastId } = await this.askLines(
            "register_lines",
            this.moreAfterId,
            MORE_LINES,
        );
        if (book !== session.book) {
            // A recount began meanwhile, and loads its own lines.
            return;
        }
        book.applyProducts(products);
        book.applyLines(lines);
        this.moreAfterId = more ? lastId : null;
        session.changed();
    }

    /**
     * Asks for some lines while syncs go on: an answer that was long on its way must not put
     * an older count over a newer one.
     *
     * @param {string} method that answers with `lines`
     * @param {...any} args after the sheet's uuid
     * @returns {Promise<Object>} the answer without the lines that are known better by now, and
     *      `lastId` of all its lines
     * @throws {CountOfflineError|CountError}
     */
    async askLines(method, ...args) {
        const { session } = this;
        const { book } = session;
        const { arrivals } = book;
        const answer = await session.service.rpc(method, session.uuid, ...args);
        await session.calm.wait();
        const lines = book === session.book ? book.withoutArrived(answer.lines, arrivals) : [];
        return { ...answer, lines, lastId: answer.lines.at(-1)?.id ?? null };
    }

    /** Hears from the other devices; what the message means is asked from the server. */
    listen(channel) {
        const { session } = this;
        if (channel && this.channel !== channel) {
            this.channel = channel;
            session.service.onSheetChanged(channel, () => session.sync.schedule());
        }
    }
}
