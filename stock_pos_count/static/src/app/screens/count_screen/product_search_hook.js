import { onWillUnmount } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { debounce } from "@web/core/utils/timing";
import { CountError, CountOfflineError } from "@stock_pos_count/app/services/count_errors";

const SEARCH_DELAY_MS = 400;
const TERM_LENGTH_MIN = 2;
const RESULTS_MAX = 40;

/**
 * The search box: filters what is on the device at once, and asks the server for the rest
 * behind, such as products that are not on the sheet. Without network it just filters.
 *
 * @param {import("@stock_pos_count/app/services/count_session").CountSession} session
 * @returns {(term: string) => void}
 */
export function useProductSearch(session) {
    const keepLast = new KeepLast();
    const askServer = debounce(async () => {
        const term = session.view.search.trim();
        if (term.length < TERM_LENGTH_MIN) {
            return;
        }
        try {
            const answer = await keepLast.add(
                session.loader.askLines("register_search", term, RESULTS_MAX),
            );
            session.applyFound(answer);
        } catch (error) {
            if (!(error instanceof CountOfflineError) && !(error instanceof CountError)) {
                throw error;
            }
        }
    }, SEARCH_DELAY_MS);
    onWillUnmount(() => askServer.cancel());
    return (term) => {
        session.view.search = term;
        askServer();
    };
}
