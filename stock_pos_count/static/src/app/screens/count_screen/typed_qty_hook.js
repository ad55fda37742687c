import { useExternalListener, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { barcodeService } from "@barcodes/barcode_service";

/** More keys than this within the scanner's gap, and core's buffer drops them all. */
const DROPPED_KEYS_MIN = 3;

/**
 * The number being typed on the page, from keyboard and on-screen keys alike. Lives in
 * core's number buffer, which knows a scanner's keys from a person's.
 *
 * Core drops three quick keys as part of a barcode; "1", "2", Enter typed by a practised
 * hand is no barcode (a barcode has three characters), and is given back here.
 *
 * @param {{onEnter: () => void}} options
 */
export function useTypedQty({ onEnter }) {
    const buffer = useService("number_buffer");
    const state = useState({ text: "" });
    const typed = {
        get text() {
            return state.text;
        },
        /** @param {string} text replaces what was typed */
        set(text) {
            buffer.set(text);
            state.text = text;
        },
        clear() {
            buffer.reset();
            state.text = "";
        },
        /** @param {string} key of the on-screen pad: counted at once, however quick */
        press(key) {
            buffer.sendKey(key);
            buffer.capture();
        },
    };
    buffer.use({
        triggerAtInput: ({ buffer: text }) => {
            state.text = text || "";
        },
        triggerAtEnter: onEnter,
        useWithBarcode: true,
    });

    let quick = [];
    useExternalListener(window, "keyup", (ev) => {
        const gap = barcodeService.maxTimeBetweenKeysInMs;
        const isDigit = /^\d$/.test(ev.key);
        const isTyping = ["INPUT", "TEXTAREA"].includes(ev.target.tagName);
        if (isTyping || (!isDigit && ev.key !== "Enter")) {
            quick = [];
            return;
        }
        quick = quick.filter(({ at }, index) => (quick[index + 1]?.at ?? ev.timeStamp) - at < gap);
        quick.push({ key: ev.key, at: ev.timeStamp });
        if (ev.key === "Enter") {
            const digits = quick.slice(0, -1).map(({ key }) => key);
            if (digits.length === DROPPED_KEYS_MIN - 1) {
                typed.set(state.text + digits.join(""));
                onEnter();
            }
            quick = [];
        }
    });
    return typed;
}
