import { markRaw, toRaw } from "@odoo/owl";
import { ask } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Reactive } from "@web/core/utils/reactive";
import { COUNTABLE_STATES } from "@stock_pos_count/app/utils/count_states";
import { rememberText } from "@stock_pos_count/app/utils/local_memory";
import { claimDevice } from "./count_device";
import { CountError, CountOfflineError, toCountError } from "./count_errors";
import { CountSession } from "./count_session";
import { CountStore, CountStoreError } from "./count_store";

const MODEL = "stock.pos.count";
const BUS_MESSAGE = "STOCK_POS_COUNT_CHANGED";
/** A question in core's dialog; the class gives its buttons the height of ours. */
const QUESTION = { confirmClass: "btn-primary stock-count-question" };
/** A network that swallows calls would hold up everything behind one; sent again, it counts once. */
const ANSWER_MS_MAX = {
    register_sync: 30000,
    register_lookup: 30000,
    register_open: 60000,
    register_lines: 60000,
};
/** How long closing the register waits for what is still to be sent. */
const FLUSH_MS_MAX = 5000;
/** For so long the copy of a sheet that nobody touches stays on the device. */
const COPY_MS_MAX = 30 * 24 * 3600 * 1000;
const RUNNING_STATES = new Set(["counting", "recounting"]);

/**
 * Everything the register knows about count sheets: calls to the server, who and
 * which device counts, the sheets in hand, and the way between the pages.
 *
 * Nothing is asked from the server until the stocktake is opened, unless an earlier
 * visit left entries on this device that the server has not got yet.
 */
export class StockPosCount extends Reactive {
    static serviceDependencies = ["pos", "bus_service", "worker_service", "dialog", "notification"];

    /**
     * @param {Object} env
     * @param {Object} services
     * @param {{device: Object, release: Function}} claim which device this page is
     */
    constructor(env, services, claim) {
        super();
        this.setup(env, services, claim);
    }

    setup(env, { pos, bus_service, worker_service, dialog, notification }, claim) {
        this.env = markRaw(env);
        this.pos = pos;
        this.bus = markRaw(bus_service);
        this.busWorker = markRaw(worker_service);
        this.dialog = markRaw(dialog);
        this.notification = markRaw(notification);
        this.device = claim.device;
        this.releaseDevice = claim.release;
        this.sheets = {};
        /** What the start of a sheet had to say (open deliveries), until it is dismissed. */
        this.notices = {};
        this.sessions = markRaw(new Map());
        this.store = markRaw(this.makeStore());
        this.runningKey = `stock_pos_count.running.${odoo.info?.db}.${odoo.pos_config_id}`;
        this.running = this.readRunning();
        /** The person was told what stays on this device, and leaves nevertheless. */
        this.isLeaving = false;
        this.listen();
        this.pushLeftovers();
    }

    /** Everything that may mean that the network is back. */
    listen() {
        const wake = () => {
            this.sessions.forEach((session) => session.sync.wake());
            this.pushLeftovers();
        };
        browser.addEventListener("pos-network-online", wake);
        browser.addEventListener("online", wake);
        this.bus.addEventListener("BUS:CONNECT", wake);
        this.bus.addEventListener("BUS:RECONNECT", wake);
        document.addEventListener("visibilitychange", () => {
            if (document.visibilityState === "visible") {
                wake();
            } else {
                this.sessions.forEach((session) => session.copy.write());
            }
        });
        browser.addEventListener("beforeunload", (ev) => {
            if (this.unsentCount && !this.isLeaving) {
                ev.preventDefault();
            }
        });
    }

    /** @returns {boolean} whether this device hears from the others at once */
    get isBusAlive() {
        return this.bus.workerState === "CONNECTED";
    }

    /**
     * Tells each time that somebody else changed a sheet; what changed is asked from the server.
     *
     * @param {string} channel of the sheet
     * @param {Function} callback
     * @returns {Function} ends it
     */
    onSheetChanged(channel, callback) {
        const { bus } = this;
        const type = `${channel}-${BUS_MESSAGE}`;
        const hear = ({ device }) => {
            if (device !== this.device.id) {
                callback();
            }
        };
        bus.addChannel(channel);
        bus.subscribe(type, hear);
        return () => bus.unsubscribe(type, hear);
    }

    /** @returns {CountStore} where entries are kept; unit tests put another one here */
    makeStore() {
        return new CountStore(`stock-pos-count-${odoo.info?.db}`, { owner: this.device.id });
    }

    // --- calls -----------------------------------------------------------------

    /**
     * Calls a method of the contract (docs/register_protocol.md) for this register.
     * Never queued, never broadcast.
     *
     * @param {string} method
     * @param {...any} args after the register's id
     * @returns {Promise<any>}
     * @throws {CountOfflineError} when the server was not reached
     * @throws {CountError} when the server refused, with its text
     */
    async rpc(method, ...args) {
        const { orm } = toRaw(this).pos.data;
        const call = orm.silent.call(MODEL, method, [odoo.pos_config_id, ...args]);
        const most = ANSWER_MS_MAX[method];
        const limit = most && browser.setTimeout(() => call.abort(), most);
        try {
            const answer = await call;
            this.busWorker.tryAgain();
            return answer;
        } catch (error) {
            throw toCountError(error);
        } finally {
            browser.clearTimeout(limit);
        }
    }

    /**
     * Tells the person what went wrong. Errors that are not ours are thrown on.
     *
     * @param {Error} error
     */
    notifyError(error) {
        if (error instanceof CountOfflineError) {
            this.notification.add(error.message, { type: "warning" });
        } else if (error instanceof CountError) {
            this.notification.add(error.message, { type: "danger" });
        } else {
            throw error;
        }
    }

    // --- who -------------------------------------------------------------------

    /** @returns {{model: string, id: number, name: string}|null} who stands at the register */
    get person() {
        const cashier = this.pos.getCashier();
        if (!cashier) {
            return null;
        }
        return { model: cashier.model.name, id: cashier.id, name: cashier.name };
    }

    // --- pages -----------------------------------------------------------------

    navigateList() {
        this.pos.navigate("StockCountListScreen");
    }

    /**
     * Opens the page that fits the sheet's state: counting while it can be counted
     * (or started, or continued), its result afterwards.
     *
     * @param {string} uuid
     */
    openSheet(uuid) {
        const state = this.sheets[uuid]?.state;
        if (!state || COUNTABLE_STATES.has(state)) {
            this.pos.navigate("StockCountScreen", { sheetUuid: uuid });
        } else {
            this.navigateResult(uuid);
        }
    }

    /** @param {string} uuid */
    navigateResult(uuid) {
        this.pos.navigate("StockCountResultScreen", { sheetUuid: uuid });
    }

    /** @param {string} uuid */
    navigateCorrection(uuid) {
        this.pos.navigate("StockCountCorrectionScreen", { sheetUuid: uuid });
    }

    // --- sheets ----------------------------------------------------------------

    /**
     * Takes note of sheets as the server last described them.
     *
     * @param {...Object} sheets
     */
    remember(...sheets) {
        for (const sheet of sheets) {
            this.sheets[sheet.uuid] = markRaw(sheet);
            if (this.running?.uuid === sheet.uuid) {
                this.setRunning(RUNNING_STATES.has(sheet.state) ? sheet : null);
            }
        }
    }

    /**
     * Moves a sheet to another state, as the person at the register. What this device
     * still holds of the sheet is sent before.
     *
     * @param {string} uuid
     * @param {string} action start, pause, resume, complete, recount or void
     * @param {Object} [options] as in the contract
     * @returns {Promise<{sheet: Object, notices: Object[]}>}
     */
    async transition(uuid, action, options = {}) {
        await this.sessions.get(uuid)?.flush();
        const answer = await this.rpc("register_transition", uuid, action, this.personKey, options);
        this.remember(answer.sheet);
        this.notices[uuid] = answer.notices || [];
        if (["start", "resume", "recount"].includes(action)) {
            this.setRunning(answer.sheet);
        }
        this.sessions.get(uuid)?.applySheet(answer.sheet);
        return answer;
    }

    /**
     * Like `transition`; where the server wants a yes first, it is asked for with the server's text.
     *
     * @param {string} uuid
     * @param {string} action
     * @param {{title: string, confirmLabel: string, cancelLabel: string}} labels of the question
     * @returns {Promise<boolean>} whether it was done
     */
    async transitionAfterAsking(uuid, action, labels) {
        try {
            await this.transition(uuid, action);
        } catch (error) {
            if (!error.isQuestion) {
                throw error;
            }
            if (!(await ask(this.dialog, { ...QUESTION, ...labels, body: error.message }))) {
                return false;
            }
            await this.transition(uuid, action, { force: true });
        }
        return true;
    }

    /** @returns {{model: string, id: number}|null} the person as the server wants it */
    get personKey() {
        const person = this.person;
        return person && { model: person.model, id: person.id };
    }

    /**
     * The sheet as this device holds it, made on the first call and kept while the
     * register is open, so that leaving and coming back loses neither place nor order.
     *
     * @param {string} uuid
     * @returns {CountSession}
     */
    session(uuid) {
        const { sessions } = this;
        if (!sessions.has(uuid)) {
            sessions.set(uuid, new CountSession(this, uuid));
        }
        return sessions.get(uuid);
    }

    // --- leaving the register -------------------------------------------------------

    /** @returns {number} counts of all sheets that are on this device only */
    get unsentCount() {
        let number = 0;
        for (const { syncState } of this.sessions.values()) {
            number += syncState.waiting + syncState.held;
        }
        return number;
    }

    /**
     * Sends what waits, of all sheets, as far as that is possible right now.
     *
     * @returns {Promise<number>} counts that stay on this device
     */
    async flush() {
        const sessions = [...this.sessions.values()].filter(({ syncState }) => syncState.waiting);
        const sent = Promise.allSettled(sessions.map((session) => session.flush()));
        const limit = new Promise((resolve) => browser.setTimeout(resolve, FLUSH_MS_MAX));
        await Promise.race([sent, limit]);
        return this.unsentCount;
    }

    /**
     * Asks before the register is closed while counts are on this device only; they are
     * sent first, if that is possible.
     *
     * @returns {Promise<boolean>} whether to go on closing
     */
    async mayLeave() {
        // Nobody looks at a page that another tab closes: what waits is that tab's now.
        const isHidden = document.visibilityState === "hidden";
        if (isHidden) {
            this.releaseDevice();
        }
        const number = this.unsentCount && (await this.flush());
        this.isLeaving =
            !number ||
            isHidden ||
            (await ask(this.dialog, {
                ...QUESTION,
                title: _t("Counts are not sent yet"),
                body: _t(
                    "%s counts are on this device only. They are kept, and sent as soon as this register is opened here with network.",
                    number,
                ),
                confirmLabel: _t("Close anyway"),
                cancelLabel: _t("Stay"),
            }));
        return this.isLeaving;
    }

    // --- the sheet counted on this device -----------------------------------------

    /**
     * Marks a sheet as the one this device counts right now; `null` for none.
     *
     * @param {Object|null} sheet
     */
    setRunning(sheet) {
        if (!sheet) {
            this.running = null;
            browser.localStorage.removeItem(this.runningKey);
            return;
        }
        const { uuid, name, state, counted, total } = sheet;
        this.running = { uuid, name, state, counted, total };
        rememberText(this.runningKey, JSON.stringify(this.running));
    }

    readRunning() {
        try {
            return JSON.parse(browser.localStorage.getItem(this.runningKey));
        } catch {
            return null;
        }
    }

    // --- what an earlier visit left ---------------------------------------------

    /**
     * Lets go of copies of sheets that nobody touched for a month: they would fill the device.
     * What was counted is kept apart from them.
     *
     * @param {number} now the server's time
     */
    async forgetOldCopies(now) {
        const isOld = ({ uuid, last_activity_at, created_at }) =>
            !this.sessions.has(uuid) && now - (last_activity_at || created_at) > COPY_MS_MAX;
        for (const { uuid } of (await this.heldSheets()).filter(isOld)) {
            await this.orNothing(() => this.store.forgetSheet(uuid));
        }
    }

    /** @returns {Promise<Object[]>} the sheets that can be counted here without network */
    async heldSheets() {
        return (await this.orNothing(() => this.store.heldSheets())) || [];
    }

    /** Sends entries that were still waiting when a register was closed or crashed in this browser. */
    async pushLeftovers() {
        const uuids = await this.orNothing(() => this.store.sheetsWaiting());
        for (const uuid of uuids || []) {
            const session = this.session(uuid);
            if (!session.sync.isOnDuty) {
                await session.copy.restore();
                session.sync.schedule();
            }
        }
    }

    /** A browser that keeps nothing has nothing to tell here; counting says so when it is tried. */
    async orNothing(work) {
        try {
            return await work();
        } catch (error) {
            if (!(error instanceof CountStoreError)) {
                throw error;
            }
            return undefined;
        }
    }
}

export const stockPosCountService = {
    dependencies: StockPosCount.serviceDependencies,
    async start(env, services) {
        return new StockPosCount(env, services, await claimDevice());
    },
};

registry.category("services").add("stock_pos_count", stockPosCountService);
