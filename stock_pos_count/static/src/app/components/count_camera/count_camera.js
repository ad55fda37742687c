import { Component, onWillUnmount, useState } from "@odoo/owl";
import { BarcodeVideoScanner } from "@web/core/barcode/barcode_video_scanner";

/** How often the camera looks again after it found a code. */
const LOOK_MS = 250;
/** A code that stays in the picture is one scan; after this long it may be the next piece. */
const SAME_CODE_MS = 1200;
/** Looks without a code until it has left the picture: one or two are a shaking hand. */
const LOOKS_WITHOUT_MIN = 4;

/** Which of the codes that the camera sees, some of them again and again, are new scans. */
export class CameraMemory {
    constructor() {
        this.forget();
    }

    forget() {
        this.code = null;
        this.takenAt = 0;
        this.looksWithout = 0;
    }

    /**
     * @param {string} code that is in the picture
     * @param {number} now in milliseconds
     * @returns {boolean} whether it is a new scan: another code, or the same one after it
     *     left the picture or was held for longer than `SAME_CODE_MS`
     */
    sees(code, now) {
        this.looksWithout = 0;
        const isNew = code !== this.code || now - this.takenAt >= SAME_CODE_MS;
        if (isNew) {
            Object.assign(this, { code, takenAt: now });
        }
        return isNew;
    }

    /** There is no code in the picture. */
    seesNothing() {
        this.looksWithout++;
        if (this.looksWithout >= LOOKS_WITHOUT_MIN) {
            this.forget();
        }
    }
}

/** Core's scanner, that also tells when there is no code in the picture. */
class CountVideoScanner extends BarcodeVideoScanner {
    static props = { ...BarcodeVideoScanner.props, onNothing: Function };

    async detectCode() {
        this.hasSeen = false;
        await super.detectCode();
        if (!this.hasSeen) {
            this.props.onNothing();
        }
    }

    barcodeDetected() {
        this.hasSeen = true;
        return super.barcodeDetected(...arguments);
    }
}

/** The camera as a scanner: stays open and reads on while the list below shows the counts. */
export class CountCamera extends Component {
    static template = "stock_pos_count.CountCamera";
    static components = { CountVideoScanner };
    static props = {
        onCode: Function,
        onClose: Function,
    };

    setup() {
        this.state = useState({ error: null });
        this.memory = new CameraMemory();
        onWillUnmount(() => this.memory.forget());
    }

    get scannerProps() {
        return {
            facingMode: "environment",
            delayBetweenScan: LOOK_MS,
            cssClass: "w-100 h-100 object-fit-cover",
            onResult: (code) => this.onResult(code),
            onNothing: () => this.memory.seesNothing(),
            onError: (error) => {
                this.state.error = error.message;
            },
        };
    }

    onResult(code) {
        if (this.memory.sees(code, Date.now())) {
            this.props.onCode(code);
        }
    }
}
