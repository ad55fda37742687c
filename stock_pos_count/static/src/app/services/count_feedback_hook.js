import { onWillUnmount, reactive } from "@odoo/owl";

/**
 * Calls back for each thing that happens while counting, at once: also for two between
 * which the screen was not drawn, and before the drawing that shows it.
 *
 * @param {import("./count_session").CountSession} session
 * @param {(feedback: {n: number, kind: string, key: string|null}) => void} onFeedback
 */
export function useFeedback(session, onFeedback) {
    let isHere = true;
    // Not `useState`: that one waits for the next drawing, and skips what came before it.
    const observed = reactive(session, () => {
        if (isHere) {
            onFeedback(observed.feedback);
        }
    });
    observed.feedback;
    onWillUnmount(() => {
        isHere = false;
    });
}
