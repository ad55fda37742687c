import { Component, onWillUnmount, useState } from "@odoo/owl";
import { BarcodeVideoScanner } from "@web/core/barcode/barcode_video_scanner";

/** How often the camera looks again after it found a code. */
const LOOK_MS = 250;
/** A code that stays in the picture is one scan; after this long it may be the next piece. */
const SAME_CODE_MS = 1200;

/**
 * Whether a code the camera sees is a new scan: another code, or the same one after it
 * left the picture or was held for longer than `SAME_CODE_MS`.
 *
 * @param {{code: string|null, seenAt: number, takenAt: number}} last what was seen before
 * @param {string} code
 * @param {number} now
 * @returns {boolean}
 */
export function isNewScan(last, code, now) {
    return code !== last.code || now - last.takenAt >= SAME_CODE_MS;
}

/** The camera as a scanner: stays open and reads on while the list below shows the counts. */
export class CountCamera extends Component {
    static template = "stock_pos_count.CountCamera";
    static components = { BarcodeVideoScanner };
    static props = {
        onCode: Function,
        onClose: Function,
    };

    setup() {
        this.state = useState({ error: null });
        this.last = { code: null, takenAt: 0 };
        onWillUnmount(() => {
            this.last = { code: null, takenAt: 0 };
        });
    }

    get scannerProps() {
        return {
            facingMode: "environment",
            delayBetweenScan: LOOK_MS,
            cssClass: "w-100 h-100 object-fit-cover",
            onResult: (code) => this.onResult(code),
            onError: (error) => {
                this.state.error = error.message;
            },
        };
    }

    onResult(code) {
        const now = Date.now();
        if (isNewScan(this.last, code, now)) {
            this.last = { code, takenAt: now };
            this.props.onCode(code);
        }
    }
}
