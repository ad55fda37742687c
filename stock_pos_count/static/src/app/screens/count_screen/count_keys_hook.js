import { onWillUnmount, useExternalListener } from "@odoo/owl";
import { barcodeService } from "@barcodes/barcode_service";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";
import { KeyRun } from "@stock_pos_count/app/utils/count_keys";

const FIELD = "input:not(.o-barcode-input), textarea, [contenteditable=true]";
const PRESSED = "button, a, [role=menuitem]";
/** On a busy device the rest of a code may come this late; without it, what came is a code that nobody knows. */
const LATE_MS_MAX = 1000;

/** Not the keys of an input method, nor those that a browser fills a field with. */
function isReadable({ key, isComposing }) {
    return Boolean(key) && !isComposing && !["Unidentified", "Process"].includes(key);
}

/**
 * The keyboard while counting, that of a scanner and that of a person. A code is a scan
 * wherever the cursor stands: in a field it is taken out again, and the field is as before.
 * Keys typed by a person go where they belong: into the field, or into the number.
 *
 * Core's reader goes by timers, drops quick keys of a person and ignores fields; here it
 * gets to see no key that was read already. Fields with `data-own-scan` keep their scans.
 *
 * @param {Object} handlers
 * @param {() => void} handlers.onBegin the first key came of what may be a scan
 * @param {(code: string) => void} handlers.onCode a scanner read something
 * @param {(code: string) => boolean} handlers.knows whether it is a code of this sheet
 * @param {(key: string) => void} handlers.onKey a person pressed a key of a number
 * @param {() => void} handlers.onEnter Enter, outside of fields and buttons
 * @param {() => void} handlers.onEscape
 */
export function useCountKeys(handlers) {
    const keys = new CountKeys(useService("overlay"), handlers);
    useExternalListener(window, "keydown", (ev) => keys.onKeydown(ev), { capture: true });
    onWillUnmount(() => browser.clearTimeout(keys.timer));
}

class CountKeys {
    constructor(overlay, handlers) {
        this.overlay = overlay;
        Object.assign(this, handlers);
        this.run = new KeyRun();
        this.field = null;
        /** What the field held before the run, to put it back. */
        this.fieldBefore = "";
        this.timer = null;
    }

    /** Whatever comes next has nothing to do with the keys so far. */
    stop() {
        browser.clearTimeout(this.timer);
        if (this.run.keys.length) {
            this.flush();
        }
        this.run.clear();
    }

    /** A dialog or a menu is open: only scans are ours. */
    get isCovered() {
        return Object.keys(this.overlay.overlays).length > 0;
    }

    /** In a field, what is slow and no code of the sheet is what a person writes. */
    get isScan() {
        const { isCode, isFast, text } = this.run;
        return isCode && (!this.field || isFast || this.knows(text));
    }

    onKeydown(ev) {
        const field = ev.target.closest?.(FIELD) || null;
        const isForUs = isReadable(ev) && !field?.closest("[data-own-scan]");
        if (!isForUs || field !== this.field || !this.run.continues(ev.timeStamp)) {
            this.stop();
        }
        if (isForUs) {
            this.read(ev, field);
        }
    }

    read(ev, field) {
        if (ev.key === "Enter" || ev.key === "Tab") {
            this.end(ev, field);
        } else if (this.isPart(ev)) {
            this.take(ev, field);
        } else if (ev.key !== "Shift") {
            this.stop();
            this.control(ev, field);
        }
    }

    /** Control and Alt are how some scanners send the separators of GS1. */
    isPart({ key, ctrlKey, altKey, metaKey }) {
        const isPrintable = key.length === 1 && !metaKey;
        const isModified = ctrlKey || altKey || ["Control", "Alt"].includes(key);
        return (isPrintable || isModified) && (!isModified || this.run.keys.length > 0);
    }

    take(ev, field) {
        if (!this.run.keys.length) {
            this.field = field;
            this.fieldBefore = field?.value;
            /** Keys of this run that went into the number already. */
            this.typedCount = 0;
            this.onBegin();
        }
        this.run.push(ev.key, ev.timeStamp);
        if (!field) {
            ev.stopImmediatePropagation();
            if (ev.key === " ") {
                // Not a press of the button that has the focus.
                ev.preventDefault();
            }
        }
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(
            () => this.onPause(),
            barcodeService.maxTimeBetweenKeysInMs,
        );
    }

    end(ev, field) {
        browser.clearTimeout(this.timer);
        const { text } = this.run;
        if (this.isScan) {
            this.swallow(ev);
            this.scanned(text);
            return;
        }
        this.typed();
        this.run.clear();
        const isOurs = !field && ev.key === "Enter" && !ev.repeat && !this.isCovered;
        if (isOurs && !ev.target.closest?.(PRESSED)) {
            this.swallow(ev);
            this.onEnter();
        }
    }

    /**
     * No more keys came for now. What nobody knows may be the first part of a code: when the
     * page or the machine is busy, keys arrive long after they were pressed.
     */
    onPause() {
        if (this.isScan && !this.field && !this.knows(this.run.text)) {
            this.timer = browser.setTimeout(() => this.flush(), LATE_MS_MAX);
        } else {
            this.flush();
        }
    }

    /** No more keys will come: a scanner that sends no Enter, or a person. */
    flush() {
        const { text } = this.run;
        if (this.isScan && (!this.field || this.knows(text))) {
            this.scanned(text);
        } else {
            this.typed();
        }
    }

    scanned(code) {
        for (let n = 0; n < this.typedCount; n++) {
            this.onKey("Backspace");
        }
        if (this.field) {
            this.field.value = this.fieldBefore;
            this.field.dispatchEvent(new InputEvent("input", { bubbles: true }));
        }
        this.run.clear();
        this.onCode(code);
    }

    /** The keys so far are a person's: outside of fields they belong to the number. */
    typed() {
        if (this.field || this.isCovered) {
            return;
        }
        const news = this.run.keys.slice(this.typedCount).filter((key) => /^[\d.,-]$/.test(key));
        news.forEach((key) => this.onKey(key));
        this.typedCount = this.run.keys.length;
    }

    control(ev, field) {
        if (field || this.isCovered) {
            return;
        }
        if (ev.key === "Escape") {
            this.onEscape();
        } else if (ev.key === "Backspace" || ev.key === "Delete") {
            this.onKey(ev.key);
        }
    }

    swallow(ev) {
        ev.preventDefault();
        ev.stopImmediatePropagation();
    }
}
