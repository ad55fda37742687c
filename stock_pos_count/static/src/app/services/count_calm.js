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
        /** Of the scan that is under way. No moments are compared: a device's clock may be set back meanwhile. */
        this.timer = null;
    }

    /** The first key of a scan came. */
    disturb() {
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => this.end(), SCAN_MS_MAX);
    }

    end() {
        browser.clearTimeout(this.timer);
        this.timer = null;
    }

    /** A count is about to be drawn; it is on the screen after the next two frames. */
    drawn() {
        const { timer } = this;
        browser.requestAnimationFrame(() =>
            browser.requestAnimationFrame(() => {
                if (this.timer === timer) {
                    this.end();
                }
            }),
        );
    }

    /**
     * @param {number} [longest] in milliseconds: somebody may scan without a pause
     * @returns {Promise<void>} resolves between two scans
     */
    async wait(longest = WAIT_MS_MAX) {
        let isLate = false;
        const limit = browser.setTimeout(() => (isLate = true), longest);
        while (this.timer && !isLate) {
            await new Promise((done) => browser.setTimeout(done, FRAME_MS));
        }
        browser.clearTimeout(limit);
    }
}
