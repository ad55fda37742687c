import { browser } from "@web/core/browser/browser";

/** A scan is read, kept and drawn in less; what only looked like one stops mattering then. */
const SCAN_MS_MAX = 300;
const WAIT_MS_MAX = 1000;
const FRAME_MS = 16;

/**
 * Keeps work that can wait from holding up a scan: on a phone, what a sync brings takes as
 * long to take in as the number of a scan takes to appear.
 */
export class CountCalm {
    constructor() {
        this.disturbedUntil = 0;
    }

    /** The first key of a scan came. */
    disturb() {
        this.disturbedUntil = Date.now() + SCAN_MS_MAX;
    }

    /** A count is about to be drawn; it is on the screen after the next two frames. */
    drawn() {
        const { disturbedUntil } = this;
        browser.requestAnimationFrame(() =>
            browser.requestAnimationFrame(() => {
                if (this.disturbedUntil === disturbedUntil) {
                    this.disturbedUntil = 0;
                }
            }),
        );
    }

    /**
     * @param {number} [longest] in milliseconds: somebody may scan without a pause
     * @returns {Promise<void>} resolves between two scans
     */
    async wait(longest = WAIT_MS_MAX) {
        const latest = Date.now() + longest;
        while (Date.now() < Math.min(this.disturbedUntil, latest)) {
            await new Promise((done) => browser.setTimeout(done, FRAME_MS));
        }
    }
}
