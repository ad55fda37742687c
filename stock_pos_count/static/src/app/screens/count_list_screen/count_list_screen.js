import { Component, onMounted, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { CountCreateDialog } from "@stock_pos_count/app/components/count_create_dialog/count_create_dialog";
import { CountFilterChips } from "@stock_pos_count/app/components/count_filter_chips/count_filter_chips";
import { CountHeader } from "@stock_pos_count/app/components/count_header/count_header";
import { CountSkeleton } from "@stock_pos_count/app/components/count_skeleton/count_skeleton";
import { CountVoidDialog } from "@stock_pos_count/app/components/count_void_dialog/count_void_dialog";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { OPEN_STATES, SETTLED_STATES, STATE_LABELS } from "@stock_pos_count/app/utils/count_states";
import { useCountList } from "./count_list_hook";
import { CountListRow } from "./count_list_row/count_list_row";

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
        this.list = useCountList(this.count, this.pos.screenState.stockCountList.filter);
        this.state = useState({ busyUuid: null });
        useExternalListener(window, "pos-network-online", () => this.list.refresh());
        onMounted(() => {
            this.list.load();
            this.refreshTimer = browser.setInterval(() => this.list.refresh(), REFRESH_MS);
        });
        onWillUnmount(() => browser.clearInterval(this.refreshTimer));
    }

    // --- what it says ------------------------------------------------------------

    get filters() {
        return FILTERS.map((key) => ({
            key,
            label: FILTER_LABELS[key],
            number: COUNTED_FILTERS.has(key) ? this.list.counts[key] || 0 : 0,
        }));
    }

    get moreLabel() {
        return _t("Show more (%s left)", this.list.total - this.list.sheets.length);
    }

    get emptyText() {
        const { filter, isOffline } = this.list;
        if (isOffline) {
            return _t("No such count sheet is on this device");
        }
        if (filter === "open") {
            return _t("No open count sheets");
        }
        if (filter === "all") {
            return _t("No count sheets yet");
        }
        return _t("No count sheet is in the state “%s”", FILTER_LABELS[filter]);
    }

    // --- doing -----------------------------------------------------------------

    selectFilter(filter) {
        this.pos.screenState.stockCountList.filter = filter;
        return this.list.selectFilter(filter);
    }

    /** Back to selling, where the cashier left it. */
    goToRegister() {
        this.pos.navigateToOrderScreen(this.pos.getOrder() || this.pos.openOrder);
    }

    open(sheet) {
        this.count.remember(sheet);
        this.count.openSheet(sheet.uuid);
    }

    async act(sheet, action) {
        if (this.list.isOffline || !["start", "resume"].includes(action)) {
            return this.open(sheet);
        }
        this.state.busyUuid = sheet.uuid;
        try {
            await this.count.transition(sheet.uuid, action);
            this.count.openSheet(sheet.uuid);
        } catch (error) {
            this.count.notifyError(error);
            await this.list.refresh();
        }
        this.state.busyUuid = null;
    }

    /** A sheet that was only created is on top of the open ones. */
    create() {
        this.dialog.add(CountCreateDialog, { onCreated: () => this.selectFilter("open") });
    }

    voidSheet(sheet) {
        this.dialog.add(CountVoidDialog, { sheet, onVoided: () => this.list.refresh() });
    }
}

registry.category("pos_pages").add("StockCountListScreen", {
    name: "StockCountListScreen",
    component: StockCountListScreen,
    route: `/pos/ui/${odoo.pos_config_id}/stock-count`,
    params: {},
});
