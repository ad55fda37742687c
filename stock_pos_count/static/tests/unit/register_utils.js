import { animationFrame } from "@odoo/hoot-mock";
import {
    getService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { CountOfflineError } from "@stock_pos_count/app/services/count_errors";
import { MemoryCountStore } from "@stock_pos_count/app/services/count_store";
import { StockPosCount } from "@stock_pos_count/app/services/stock_pos_count_service";

const MODEL = "stock.pos.count";
const FRAMES_UNTIL_ALL_IS_DRAWN = 6;

/** Waits until what follows the card of a count is drawn as well. */
export async function drawAll() {
    for (let frame = 0; frame < FRAMES_UNTIL_ALL_IS_DRAWN; frame++) {
        await animationFrame();
    }
}

/** A sheet as the contract describes it (docs/register_protocol.md); `values` override. */
export function makeSheet(values = {}) {
    return {
        id: 1,
        uuid: "sheet-1",
        name: "PD00001",
        state: "counting",
        paused_state: null,
        round: 0,
        scope: "full",
        shop: "Xinyi",
        location: "XY/Stock",
        config_name: "Xinyi 1",
        categories: [],
        vendors: [],
        source: null,
        created_by: "Amy",
        note: "",
        created_at: 1000,
        started_at: null,
        completed_at: null,
        corrected_at: null,
        corrected_by: null,
        void_reason: null,
        last_activity_at: 1000,
        total: 480,
        counted: 214,
        short: null,
        over: null,
        equal: null,
        conflicts: 0,
        negatives: 0,
        unknown: 0,
        late: 0,
        blind: false,
        hides_book: false,
        allowed: ["view", "join"],
        ...values,
    };
}

/** A result line of product `id`; counted 7 of 10 on hand unless told otherwise. */
export function makeResultLine(id, values = {}) {
    return {
        id,
        product_id: id,
        lot_name: null,
        on_hand: 10,
        counted: 7,
        variance: -3,
        who: "Amy",
        at: 1000,
        note: "",
        check: [],
        not_corrected: null,
        conflict: null,
        negative: false,
        ...values,
    };
}

export function makeProduct(id, values = {}) {
    return { id, name: `Product ${id}`, sku: `SKU-${id}`, ...values };
}

/**
 * The POS environment with a server that knows only what `answers` says.
 *
 * @param {Object<string, Function>} answers by method, called with the arguments after the
 *  register's id; every call also lands in the returned `calls`
 * @returns {Promise<{pos: Object, calls: Array<[string, ...any]>}>}
 */
export async function setupCountEnv(answers = {}) {
    patchWithCleanup(StockPosCount.prototype, {
        makeStore() {
            return new MemoryCountStore();
        },
    });
    const calls = [];
    for (const [method, answer] of Object.entries(answers)) {
        onRpc(MODEL, method, ({ args: [, ...args] }) => {
            calls.push([method, ...args]);
            return answer(...args);
        });
    }
    const pos = await setupPosEnv();
    pos.config.use_stock_count = true;
    followRoutes(pos.router);
    return { pos, calls };
}

/**
 * The test page stays at its address, so the router cannot find its page there: it is told
 * which one it asked for.
 */
function followRoutes(router) {
    let asked = null;
    patchWithCleanup(router, {
        getRoute(name) {
            asked = name;
            return super.getRoute(name);
        },
        matchURL(params = {}) {
            Object.assign(this.state, { current: asked, params });
        },
    });
}

/** From now on the server cannot be reached. */
export function goOffline() {
    patchWithCleanup(getService("stock_pos_count"), {
        async rpc() {
            throw new CountOfflineError();
        },
    });
}

/** Mounts the place where dialogs and notifications appear. */
export function mountDialogs() {
    return mountWithCleanup(MainComponentsContainer);
}
