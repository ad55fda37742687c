import { expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { WORKER_STATE, WorkerService } from "@bus/services/worker_service";
import { browser } from "@web/core/browser/browser";
// The patch under test.
import "@stock_pos_count/app/overrides/services/worker_service";

test("a bus that could not be loaded is tried again once the server answers", () => {
    let loaded = 0;
    class UnreachedWorker extends EventTarget {
        constructor() {
            super();
            loaded++;
        }
        postMessage() {}
    }
    patchWithCleanup(browser, { SharedWorker: undefined, Worker: UnreachedWorker });
    const service = new WorkerService({}, { "bus.parameters": { serverURL: window.origin } });
    service.startWorker();
    service.tryAgain();
    expect(loaded).toBe(1);
    service.onInitError(new Event("error"));
    expect(service.state).toBe(WORKER_STATE.INITIALIZING);
    service.tryAgain();
    service.tryAgain();
    expect(loaded).toBe(2);
});
