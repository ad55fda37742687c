import { Component, onMounted, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { _t } from "@web/core/l10n/translation";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { CountCreateDialog } from "@stock_pos_count/app/components/count_create_dialog/count_create_dialog";
import { CountLateDialog } from "@stock_pos_count/app/components/count_late_dialog/count_late_dialog";
import { CountHeader } from "@stock_pos_count/app/components/count_header/count_header";
import { CountSkeleton } from "@stock_pos_count/app/components/count_skeleton/count_skeleton";
import { CountStateChip } from "@stock_pos_count/app/components/count_state_chip/count_state_chip";
import { CountVoidDialog } from "@stock_pos_count/app/components/count_void_dialog/count_void_dialog";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import {
    actionLabel,
    COUNTABLE_STATES,
    coverageText,
    mainAction,
} from "@stock_pos_count/app/utils/count_states";
import { formatExact, formatQty } from "@stock_pos_count/app/utils/format";
import { CountLineDetails } from "./count_line_details/count_line_details";
import { CountResultStrip } from "./count_result_strip/count_result_strip";
import { CountResultTable } from "./count_result_table/count_result_table";
import { useCountResult } from "./count_result_hook";

const SEARCH_DEBOUNCE_MS = 300;
/** This near to the end of the list (in pixels) the next page is fetched. */
const LOAD_AHEAD_PX = 600;

/**
 * The result of a count sheet: what is short, over and equal, and what may be done about
 * it. Read only once the sheet is matched, corrected or void.
 */
export class StockCountResultScreen extends Component {
    static template = "stock_pos_count.StockCountResultScreen";
    static components = {
        CountHeader,
        CountLineDetails,
        CountResultStrip,
        CountResultTable,
        CountSkeleton,
        CountStateChip,
        Dropdown,
        DropdownItem,
    };
    static props = { sheetUuid: String };
    static storeOnOrder = false;

    setup() {
        this.pos = usePos();
        this.ui = useService("ui");
        this.dialog = useService("dialog");
        this.count = useStockPosCount();
        this.result = useCountResult(this.count, this.props.sheetUuid);
        this.state = useState({ selectedId: null, searchText: "", isBusy: false });
        this.search = useDebounced((term) => this.result.search(term), SEARCH_DEBOUNCE_MS);
        onMounted(() => this.open());
        onWillUpdateProps((nextProps) => {
            if (nextProps.sheetUuid !== this.props.sheetUuid) {
                this.state.selectedId = null;
                this.open(nextProps.sheetUuid);
            }
        });
    }

    // --- what it says ------------------------------------------------------------

    get sheet() {
        return this.result.sheet;
    }

    get coverage() {
        return coverageText(this.sheet);
    }

    get isCorrected() {
        return this.sheet.state === "corrected";
    }

    get onHandTitle() {
        return this.isCorrected ? _t("Original on hand") : _t("On hand");
    }

    /** How far a correction in the background is. */
    get correctingText() {
        const { done, total } = this.sheet.correcting;
        return _t("Stock is being corrected: %(done)s of %(total)s. You may leave this page.", {
            done: formatQty(done),
            total: formatQty(total),
        });
    }

    /** One sentence that sums the sheet up, where one does. */
    get banner() {
        if (this.sheet.correcting) {
            return { type: "info", icon: "fa-circle-o-notch fa-spin", text: this.correctingText };
        }
        if (this.result.totals.failed) {
            return { type: "danger", icon: "fa-exclamation-triangle", text: this.failedText };
        }
        return {
            matched: { type: "success", icon: "fa-check", text: this.matchedText },
            corrected: { type: "success", icon: "fa-check", text: this.correctedText },
            void: { type: "secondary", icon: "fa-ban", text: this.voidText },
        }[this.sheet.state];
    }

    get failedText() {
        const { failed } = this.result.totals;
        return failed === 1
            ? _t("1 product could not be corrected. Its details say why.")
            : _t("%s products could not be corrected. Their details say why.", formatQty(failed));
    }

    get matchedText() {
        const { short, over } = this.result.totals;
        return short || over
            ? _t("What did not agree was settled by a later count")
            : _t("All counted products agree");
    }

    get correctedText() {
        const { corrected_by, corrected_at } = this.sheet;
        return _t("Corrected by %(name)s, %(time)s", {
            name: corrected_by,
            time: formatExact(corrected_at),
        });
    }

    get voidText() {
        const { void_reason } = this.sheet;
        return void_reason
            ? _t("This count sheet is void: %s", void_reason)
            : _t("This count sheet is void.");
    }

    get lateText() {
        const { late } = this.sheet;
        return late === 1
            ? _t("1 late entry came after the completion and is not included.")
            : _t("%s late entries came after the completion and are not included.", late);
    }

    get selectedLine() {
        return this.result.lines.find((line) => line.id === this.state.selectedId);
    }

    get selectedProduct() {
        return this.result.products[this.selectedLine.product_id] || { name: "", sku: "" };
    }

    get emptyText() {
        if (this.result.term) {
            return _t("No product here is called “%s”", this.result.term);
        }
        return {
            short: _t("Nothing is short"),
            over: _t("Nothing is over"),
            equal: _t("No product is equal"),
            uncounted: _t("Everything is counted"),
            check: _t("Nothing to check"),
            all: _t("No product on this count sheet"),
        }[this.result.view];
    }

    may(action) {
        return this.sheet.allowed.includes(action);
    }

    /** Both whoever is logged in to Odoo and whoever stands at the register. */
    get isManager() {
        const { raw } = this.pos.user;
        return raw.role === "manager" && this.pos.getCashier()?._role === "manager";
    }

    get hasMenu() {
        return this.may("new_from_uncounted") || this.may("void") || this.isManager;
    }

    /** Another device began a recount (or put it on hold) while this page was open. */
    get isCountable() {
        return COUNTABLE_STATES.has(this.sheet.state);
    }

    get countLabel() {
        return actionLabel(mainAction(this.sheet, this.count.running?.uuid), this.sheet);
    }

    get hasButtons() {
        return this.isCountable || this.may("recount") || this.may("correct") || this.may("close");
    }

    // --- doing -----------------------------------------------------------------

    /** Looks at the sheet anew, from the first view. */
    open(uuid) {
        this.state.searchText = "";
        return this.result.open(uuid);
    }

    onScroll({ target }) {
        const left = target.scrollHeight - target.scrollTop - target.clientHeight;
        if (left < LOAD_AHEAD_PX) {
            this.result.loadMore();
        }
    }

    selectView(view) {
        this.state.selectedId = null;
        return this.result.selectView(view);
    }

    selectLine(line) {
        this.opener = document.activeElement;
        this.state.selectedId = line.id;
    }

    /** The keyboard goes on where it left the list. */
    closeLine() {
        this.state.selectedId = null;
        this.opener?.focus();
    }

    /** Who counted is asked to leave the recount to somebody else, if the sheet wants that. */
    async recount() {
        this.state.isBusy = true;
        try {
            const isDone = await this.count.transitionAfterAsking(this.props.sheetUuid, "recount", {
                title: _t("Recount by somebody else?"),
                confirmLabel: _t("Recount anyway"),
                cancelLabel: _t("Leave it"),
            });
            if (isDone) {
                this.count.openSheet(this.props.sheetUuid);
            }
        } catch (error) {
            this.count.notifyError(error);
            await this.open();
        }
        this.state.isBusy = false;
    }

    /** Late sales or adjustments explained the last variance: nothing is left to correct. */
    async closeSheet() {
        this.state.isBusy = true;
        try {
            await this.count.transition(this.props.sheetUuid, "close");
        } catch (error) {
            this.count.notifyError(error);
        }
        await this.open();
        this.state.isBusy = false;
    }

    correct() {
        this.count.navigateCorrection(this.props.sheetUuid);
    }

    showLate() {
        this.dialog.add(CountLateDialog, {
            sheetUuid: this.props.sheetUuid,
            onChanged: () => this.open(),
        });
    }

    createFromUncounted() {
        this.dialog.add(CountCreateDialog, {
            fromSheet: this.sheet,
            onCreated: () => this.count.navigateList(),
        });
    }

    /** The sheet in the backend, with Odoo's own export; in a tab of its own. */
    openInBackend() {
        window.open(`/odoo/stock.pos.count/${this.sheet.id}`, "_blank");
    }

    voidSheet() {
        this.dialog.add(CountVoidDialog, {
            sheet: this.sheet,
            onVoided: () => this.open(),
        });
    }
}

registry.category("pos_pages").add("StockCountResultScreen", {
    name: "StockCountResultScreen",
    component: StockCountResultScreen,
    route: `/pos/ui/${odoo.pos_config_id}/stock-count/{string:sheetUuid}/result`,
    params: {},
});
