import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { browser } from "@web/core/browser/browser";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { CountCreateDialog } from "@stock_pos_count/app/components/count_create_dialog/count_create_dialog";
import { CountFilterChips } from "@stock_pos_count/app/components/count_filter_chips/count_filter_chips";
import { CountHeader } from "@stock_pos_count/app/components/count_header/count_header";
import { CountSkeleton } from "@stock_pos_count/app/components/count_skeleton/count_skeleton";
import { CountVoidDialog } from "@stock_pos_count/app/components/count_void_dialog/count_void_dialog";
import { CountOfflineError } from "@stock_pos_count/app/services/count_errors";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { OPEN_STATES, SETTLED_STATES, STATE_LABELS } from "@stock_pos_count/app/utils/count_states";
import { CountListRow } from "./count_list_row/count_list_row";

const PAGE_SIZE = 20;
const REFRESH_MS = 30000;
/** Filters whose number tells the shop what is left to do; history has no number. */
const COUNTED_FILTERS = new Set(["open", ...OPEN_STATES]);
const FILTERS = ["open", ...OPEN_STATES, ...SETTLED_STATES, "all"];
const FILTER_LABELS = { open: _t("Open"), ...STATE_LABELS, all: _t("All") };

/**
 * The shop's count sheets, newest activity first. Every register that sells from the
 * shop's location shows the same list; it looks again by itself while it is open.
 */
export class StockCountListScreen extends Component {
    static template = "stock_pos_count.StockCountListScreen";
    static components = { CountFilterChips, CountHeader, CountListRow, CountSkeleton };
    static props = {};
    static storeOnOrder = false;

    setup() {
        this.pos = usePos();
        this.ui = useService("ui");
        this.dialog = useService("dialog");
        this.count = useStockPosCount();
        this.pos.screenState.stockCountList ??= { filter: "open" };
        this.state = useState({
            filter: this.pos.screenState.stockCountList.filter,
            sheets: [],
            total: 0,
            counts: {},
            isLoading: true,
            isLoadingMore: false,
            isOffline: false,
            error: null,
            busyUuid: null,
        });
        this.keepLast = new KeepLast();
        onMounted(() => {
            this.reload();
            this.refreshTimer = browser.setInterval(() => this.refresh(), REFRESH_MS);
        });
        onWillUnmount(() => browser.clearInterval(this.refreshTimer));
    }

    get filters() {
        return FILTERS.map((key) => ({
            key,
            label: FILTER_LABELS[key],
            number: COUNTED_FILTERS.has(key) ? this.state.counts[key] || 0 : 0,
        }));
    }

    get hasMore() {
        return this.state.sheets.length < this.state.total;
    }

    get moreLabel() {
        return _t("Show more (%s left)", this.state.total - this.state.sheets.length).toString();
    }

    get emptyText() {
        const { filter } = this.state;
        if (filter === "open") {
            return _t("No open count sheets");
        }
        if (filter === "all") {
            return _t("No count sheets yet");
        }
        return _t("No count sheet is in the state “%s”", FILTER_LABELS[filter]);
    }

    isOnDevice(sheet) {
        return Boolean(this.count.sessions.get(sheet.uuid));
    }

    // --- loading ---------------------------------------------------------------

    selectFilter(filter) {
        this.pos.screenState.stockCountList.filter = filter;
        Object.assign(this.state, { filter, sheets: [], total: 0 });
        return this.reload();
    }

    async reload() {
        this.state.isLoading = true;
        await this.fetch(0, Math.max(PAGE_SIZE, this.state.sheets.length));
    }

    /** Looks again without showing that it does; the rows stay where they are. */
    async refresh() {
        if (!this.state.isLoading && !this.state.isLoadingMore && !this.state.busyUuid) {
            await this.fetch(0, Math.max(PAGE_SIZE, this.state.sheets.length));
        }
    }

    async showMore() {
        this.state.isLoadingMore = true;
        await this.fetch(this.state.sheets.length, PAGE_SIZE);
    }

    /** An answer that a later question overtook is dropped; the last one ends the waiting. */
    async fetch(offset, limit) {
        try {
            const answer = await this.keepLast.add(
                this.count.rpc("register_list", this.state.filter, offset, limit),
            );
            this.count.remember(...answer.sheets);
            const known = new Set(answer.sheets.map((sheet) => sheet.uuid));
            const kept = this.state.sheets
                .slice(0, offset)
                .filter((sheet) => !known.has(sheet.uuid));
            Object.assign(this.state, {
                sheets: [...kept, ...answer.sheets],
                total: answer.total,
                counts: answer.counts,
                isOffline: false,
                error: null,
            });
        } catch (error) {
            this.onFetchError(error);
        }
        Object.assign(this.state, { isLoading: false, isLoadingMore: false });
    }

    onFetchError(error) {
        if (error instanceof CountOfflineError) {
            this.state.isOffline = true;
            if (!this.state.sheets.length) {
                this.state.sheets = Object.values(this.count.sheets).filter((sheet) =>
                    this.isInFilter(sheet),
                );
            }
        } else {
            this.state.error = error.message;
        }
    }

    isInFilter({ state }) {
        const { filter } = this.state;
        return (
            filter === "all" ||
            filter === state ||
            (filter === "open" && OPEN_STATES.includes(state))
        );
    }

    // --- doing -----------------------------------------------------------------

    /** Back to selling, where the cashier left it. */
    goToRegister() {
        const order = this.pos.getOrder() || this.pos.openOrder;
        this.pos.navigateToOrderScreen(order);
    }

    open(sheet) {
        this.count.remember(sheet);
        this.count.openSheet(sheet.uuid);
    }

    async act(sheet, action) {
        if (!["start", "resume"].includes(action)) {
            return this.open(sheet);
        }
        this.state.busyUuid = sheet.uuid;
        try {
            await this.count.transition(sheet.uuid, action);
            this.count.openSheet(sheet.uuid);
        } catch (error) {
            this.count.notifyError(error);
            this.state.busyUuid = null;
            await this.refresh();
        }
        this.state.busyUuid = null;
    }

    create() {
        this.dialog.add(CountCreateDialog, { onCreated: () => this.showCreated() });
    }

    /** A created sheet is on top of the open ones. */
    showCreated() {
        return this.selectFilter("open");
    }

    voidSheet(sheet) {
        this.dialog.add(CountVoidDialog, { sheet, onVoided: () => this.refresh() });
    }
}

registry.category("pos_pages").add("StockCountListScreen", {
    name: "StockCountListScreen",
    component: StockCountListScreen,
    route: `/pos/ui/${odoo.pos_config_id}/stock-count`,
    params: {},
});
