import { onMounted, onWillUnmount, useExternalListener } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useFeedback } from "@stock_pos_count/app/services/count_feedback_hook";
import { CountSound } from "@stock_pos_count/app/utils/count_sound";

/** Events of a gesture that lets a page make a sound; which of them does differs by browser. */
const GESTURES = ["pointerdown", "pointerup", "touchend", "click"];

/**
 * The sounds of counting. Each thing that happens is heard, also two between which the
 * screen was not drawn; nothing waits for a sound.
 *
 * @param {import("@stock_pos_count/app/services/count_session").CountSession} session
 * @param {(feedback: {n: number, kind: string, key: string|null}) => void} onFeedback
 */
export function useCountFeedback(session, onFeedback) {
    const sound = new CountSound();
    useFeedback(session, (feedback) => {
        sound.play(feedback.kind);
        onFeedback(feedback);
    });
    for (const gesture of GESTURES) {
        useExternalListener(window, gesture, () => sound.unlock(), { capture: true });
    }
    // After the key: making the first sound ready takes a moment, and a code goes first.
    useExternalListener(window, "keydown", () => browser.setTimeout(() => sound.unlock()), {
        capture: true,
    });
    onMounted(() => sound.unlock());
    onWillUnmount(() => sound.close());
}
