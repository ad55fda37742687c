import { browser } from "@web/core/browser/browser";
import { Mutex } from "@web/core/utils/concurrency";
import { CountError, CountOfflineError } from "./count_errors";
import { CountStoreError } from "./count_store";

const BATCH_MAX = 500;
const PUSH_DELAY_MS = 300;
const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 30000;
/** How often a device that only watches says that it is there, and asks what is new. */
const HEARTBEAT_MS = 30000;
/** The same while no bus tells of the others' counts. */
const HEARTBEAT_DEAF_MS = 5000;
/** What is tried again; anything else is a fault of ours, and tried again too, but told. */
const EXPECTED_ERRORS = [CountOfflineError, CountError, CountStoreError];
/** Registers that lost the server together do not all come back in the same moment. */
const RETRY_SPREAD = 0.25;

/**
 * Brings one sheet's entries to the server and the server's changes to this device.
 *
 * One call at a time; entries leave in the order of their numbers, at most 500 a call,
 * and stay on the device until the server has named each one. A call that fails is tried
 * again later and later; one the server chokes on is halved until the culprit is alone.
 */
export class CountSync {
    /** @param {import("./count_session").CountSession} session */
    constructor(session) {
        this.session = session;
        this.mutex = new Mutex();
        this.batchLimit = BATCH_MAX;
        this.retryMs = RETRY_MS_MIN;
        this.timer = null;
        /** When the planned call is due, while there is a timer. */
        this.dueAt = 0;
        this.watching = false;
        this.isTrying = false;
        /** Something happened during the running try that it may have missed. */
        this.isWanted = false;
        /** Closed tabs of which the server has to hear that they hold less. */
        this.owed = [];
    }

    // --- when ----------------------------------------------------------------------

    /**
     * Sends and asks soon; calls in between become one. The soonest of them wins: neither
     * a burst of scans nor a call that ends meanwhile puts off what is already planned.
     *
     * @param {number} [delay]
     */
    schedule(delay = PUSH_DELAY_MS) {
        const dueAt = Date.now() + delay;
        if (this.timer && this.dueAt <= dueAt) {
            return;
        }
        browser.clearTimeout(this.timer);
        this.dueAt = dueAt;
        this.timer = browser.setTimeout(() => this.attempt(), delay);
    }

    /**
     * Something was counted: it leaves soon, or with the next try while the server is away.
     * A running try takes care of it, whether it succeeds or fails.
     */
    push() {
        if (!this.isTrying && (!this.timer || this.retryMs === RETRY_MS_MIN)) {
            this.schedule();
        }
    }

    /** The network may be back: no use in waiting for the next try. */
    wake() {
        if (this.isOnDuty) {
            this.retryMs = RETRY_MS_MIN;
            this.schedule(0);
        }
    }

    /** @param {boolean} watching whether a screen shows this sheet */
    watch(watching) {
        this.watching = watching;
        if (watching) {
            this.schedule(0);
        }
    }

    /** Sends what waits; whatever goes wrong, it is tried again. */
    async attempt() {
        this.timer = null;
        this.isWanted = this.isTrying;
        if (this.isTrying) {
            return;
        }
        this.isTrying = true;
        try {
            await this.session.calm.wait();
            await this.run();
            this.next(this.isWanted || this.hasWaiting ? PUSH_DELAY_MS : this.heartbeat);
        } catch (error) {
            this.next(this.retryMs * (1 + RETRY_SPREAD * Math.random()));
            this.retryMs = Math.min(RETRY_MS_MAX, this.retryMs * 2);
            if (!EXPECTED_ERRORS.some((kind) => error instanceof kind)) {
                throw error;
            }
        } finally {
            this.isTrying = false;
        }
    }

    /** Whether it goes on by itself: a screen shows the sheet, or there is something to tell. */
    get isOnDuty() {
        return this.watching || this.hasWaiting || this.owed.length > 0;
    }

    get hasWaiting() {
        return this.session.book.withStatus("waiting").length > 0;
    }

    get heartbeat() {
        return this.session.service.isBusAlive ? HEARTBEAT_MS : HEARTBEAT_DEAF_MS;
    }

    next(delay) {
        if (this.isOnDuty) {
            this.schedule(delay);
        }
    }

    // --- what ----------------------------------------------------------------------

    /**
     * Sends all that waits when it begins, at least one call, and takes in what changed. What is
     * counted meanwhile goes with the next: one call after the other would keep the device, and
     * the server, busy for as long as somebody scans.
     *
     * @returns {Promise<void>}
     * @throws {CountOfflineError|CountError} what waits goes on waiting
     */
    run() {
        return this.mutex.exec(async () => {
            await this.session.loader.catchUp();
            let isMore = true;
            while (isMore) {
                isMore = await this.exchange();
            }
        });
    }

    async exchange() {
        const { session } = this;
        const gone = await session.copy.readKept();
        const all = session.book.withStatus("waiting").filter(({ uuid }) => !gone.has(uuid));
        // A tab that was closed may have left some of its own.
        const [owed] = this.owed;
        const device = all[0]?.device || owed || session.service.device;
        const waiting = this.ofDevice(all, device);
        const batch = waiting.slice(0, this.batchLimit);
        let answer;
        try {
            answer = await session.service.rpc(
                "register_sync",
                session.uuid,
                this.payload(batch, waiting.length - batch.length, device),
            );
        } catch (error) {
            session.setOnline(!(error instanceof CountOfflineError), error);
            return this.narrow(batch, error);
        }
        this.retryMs = RETRY_MS_MIN;
        this.batchLimit = Math.min(BATCH_MAX, this.batchLimit * 2);
        await this.session.calm.wait();
        await this.settle(batch, answer);
        session.applyAnswer(answer);
        session.forgetGone(gone);
        this.owed = this.owed.filter(({ id }) => id !== device.id);
        session.setOnline(true);
        return this.owed.length > 0 || all.length > batch.length;
    }

    ofDevice(records, { id }) {
        const own = this.session.service.device;
        return records.filter(({ device }) => (device || own).id === id);
    }

    /** @param {{id: string, name: string}} [device] whose entry was let go of in this tab */
    owe(device) {
        if (device && device.id !== this.session.service.device.id) {
            this.owed.push(device);
            this.push();
        }
    }

    /** `left`: what the device goes on holding after the call. */
    payload(batch, left, device) {
        const { service, cursor, book } = this.session;
        return {
            device: { ...device },
            device_time: Date.now(),
            cursor,
            person: service.personKey,
            waiting: left + this.ofDevice(book.withStatus("held"), device).length,
            entries: batch.map(({ entry }) => entry),
        };
    }

    /**
     * The server fell over a batch: half of it next time; alone, it is not accepted. Half of
     * it is also what a network that is nearly gone gets through sooner.
     */
    async narrow(batch, error) {
        this.batchLimit = Math.max(1, Math.ceil(batch.length / 2));
        if (!(error instanceof CountError) || !error.isFault || !batch.length) {
            throw error;
        }
        if (batch.length > 1) {
            return true;
        }
        if (!(await this.isServerWell())) {
            throw error;
        }
        const { uuid } = batch[0];
        await this.settle(batch, {
            results: [{ uuid, status: "refused", reason: error.message }],
            lines: [],
        });
        this.session.changed();
        return true;
    }

    /** Whether the server answers a call without entries: if not, it is not an entry that it falls over. */
    async isServerWell() {
        try {
            const { service, uuid } = this.session;
            await service.rpc("register_sync", uuid, this.payload([], 1, service.device));
            return true;
        } catch {
            return false;
        }
    }

    /** Lets go of what the server has, for its lines; keeps what it refused, with the reason. */
    async settle(batch, { results, sheet, lines }) {
        const { store, book } = this.session;
        const byUuid = new Map(results.map((result) => [result.uuid, result]));
        const isRefused = (record) => byUuid.get(record.uuid)?.status === "refused";
        const answered = batch.filter(({ uuid }) => byUuid.has(uuid));
        const gone = answered.filter((record) => !isRefused(record));
        const refused = answered.filter(isRefused).map((record) => ({
            ...record,
            status: "refused",
            reason: byUuid.get(record.uuid).reason,
        }));
        const productIds = new Set(gone.map(({ entry }) => entry.product_id));
        if (answered.length) {
            await store.settle({
                gone: gone.map(({ uuid }) => uuid),
                refused,
                sheet,
                lines: lines.filter(({ product_id }) => productIds.has(product_id)),
            });
        }
        for (const record of gone) {
            book.markTaken(record);
            book.dropRecord(record.uuid);
        }
        refused.forEach((record) => book.putRecord(record));
        this.session.afterSettle({ saved: gone.length, refused: refused.length });
    }
}
