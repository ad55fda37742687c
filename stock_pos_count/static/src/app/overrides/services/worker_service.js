import { WORKER_STATE, WorkerService } from "@bus/services/worker_service";
import { browser } from "@web/core/browser/browser";
import { patch } from "@web/core/utils/patch";

/**
 * Core gives the bus up for good when its worker cannot be loaded, and so a register that
 * was loaded again without network would hear nothing of the others' counts until the next
 * reload. Here whoever needs the worker goes on waiting for it, and it is loaded as soon as
 * the server is known to answer.
 */
patch(WorkerService.prototype, {
    onInitError() {
        const isLastTry = this.state === WORKER_STATE.INITIALIZING && !this.isUsingSharedWorker;
        if (isLastTry) {
            this.isGivenUp = true;
        } else {
            super.onInitError(...arguments);
        }
    },
    /** The server answers: a worker that could not be loaded before is tried again. */
    tryAgain() {
        if (this.isGivenUp) {
            this.isGivenUp = false;
            this.isUsingSharedWorker = Boolean(browser.SharedWorker);
            this.startWorker();
        }
    },
});
