import { onWillDestroy, reactive, useComponent } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

/** A list that stands still for longer while somebody scans without a pause looks broken. */
const WAIT_MS_MAX = 300;

/**
 * What a count changes first is the number in the card: that is what the person looks at.
 * Everything else follows when that frame is through, so that it does not hold the number up,
 * and not in the middle of the next scan.
 *
 * @param {import("./count_calm").CountCalm} calm of the sheet
 * @returns {(work: () => void) => void} runs `work` after the next two frames, in the order
 *     of the calls; never once the component is gone
 */
export function useAfterDrawing(calm) {
    let planned = [];
    let isHere = true;
    const run = async () => {
        await calm.wait(WAIT_MS_MAX);
        const works = planned;
        planned = [];
        works.filter(() => isHere).forEach((work) => work());
    };
    onWillDestroy(() => {
        isHere = false;
    });
    return (work) => {
        planned.push(work);
        if (planned.length === 1) {
            // In the next frame the number is drawn; in the one after it the browser puts that
            // on the screen, with little else to do.
            browser.requestAnimationFrame(() =>
                browser.requestAnimationFrame(() => browser.setTimeout(run)),
            );
        }
    };
}

/**
 * Like `useState`, for what follows the card: the component is drawn after the next two
 * frames.
 *
 * @template {import("./count_session").CountSession} T
 * @param {T} state
 * @param {(work: () => void) => void} [afterDrawing] of the same component, when it does
 *     other work then too: all of it comes with one drawing
 * @returns {T}
 */
export function useTrailingState(state, afterDrawing = useAfterDrawing(state.calm)) {
    const component = useComponent();
    let isPlanned = false;
    return reactive(state, () => {
        if (!isPlanned) {
            isPlanned = true;
            afterDrawing(() => {
                isPlanned = false;
                component.render();
            });
        }
    });
}
