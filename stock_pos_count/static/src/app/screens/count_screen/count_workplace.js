import {
    Component,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { useBarcodeReader } from "@point_of_sale/app/hooks/barcode_reader_hook";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { CountCamera } from "@stock_pos_count/app/components/count_camera/count_camera";
import { CountCard } from "@stock_pos_count/app/components/count_card/count_card";
import { CountCompleteDialog } from "@stock_pos_count/app/components/count_complete_dialog/count_complete_dialog";
import { CountEntriesDialog } from "@stock_pos_count/app/components/count_entries_dialog/count_entries_dialog";
import { CountFilterBar } from "@stock_pos_count/app/components/count_filter_bar/count_filter_bar";
import { CountHeader } from "@stock_pos_count/app/components/count_header/count_header";
import { CountLastEntries } from "@stock_pos_count/app/components/count_last_entries/count_last_entries";
import { CountLineList } from "@stock_pos_count/app/components/count_line_list/count_line_list";
import { CountLineSheet } from "@stock_pos_count/app/components/count_line_sheet/count_line_sheet";
import { CountLotDialog } from "@stock_pos_count/app/components/count_lot_dialog/count_lot_dialog";
import { CountNumpad } from "@stock_pos_count/app/components/count_numpad/count_numpad";
import { CountPeople } from "@stock_pos_count/app/components/count_people/count_people";
import { CountProgressBar } from "@stock_pos_count/app/components/count_progress_bar/count_progress_bar";
import { CountRefusedDialog } from "@stock_pos_count/app/components/count_refused_dialog/count_refused_dialog";
import { CountSearch } from "@stock_pos_count/app/components/count_search/count_search";
import { CountSyncSign } from "@stock_pos_count/app/components/count_sync_sign/count_sync_sign";
import { CountUnknownList } from "@stock_pos_count/app/components/count_unknown_list/count_unknown_list";
import { useTrailingState } from "@stock_pos_count/app/services/count_drawing_hook";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { actionLabel } from "@stock_pos_count/app/utils/count_states";
import { formatQty } from "@stock_pos_count/app/utils/format";
import { useCountFeedback } from "./count_feedback_hook";
import { useCountKeys } from "./count_keys_hook";
import { useCountTyping } from "./count_typing_hook";
import { useEmployeeBadge } from "./employee_badge";
import { useProductSearch } from "./product_search_hook";

const TOAST_MS = 2000;

/**
 * Where counting happens, on a desk, a tablet and a phone: card, last entries and numpad
 * beside search and list, or below each other with the numpad in a sheet from below.
 */
export class CountWorkplace extends Component {
    static template = "stock_pos_count.CountWorkplace";
    static components = {
        CountCamera,
        CountCard,
        CountFilterBar,
        CountHeader,
        CountLastEntries,
        CountLineList,
        CountLineSheet,
        CountNumpad,
        CountPeople,
        CountProgressBar,
        CountSearch,
        CountSyncSign,
        CountUnknownList,
        Dropdown,
        DropdownItem,
    };
    static props = { session: Object };

    setup() {
        this.pos = usePos();
        this.ui = useService("ui");
        this.dialog = useService("dialog");
        // Not that of `pos`, which is observed here: its lock would have the page drawn twice a scan.
        this.barcodeReader = useService("barcode_reader");
        this.count = useStockPosCount();
        this.session = useTrailingState(this.props.session);
        this.root = useRef("root");
        this.state = useState({
            isCameraOpen: false,
            isSearchOpen: false,
            openCode: null,
            toast: null,
            isBusy: false,
        });
        this.typing = useCountTyping(this.session, {
            getKey: () => this.typing.sheetKey || this.session.selectedKey,
            onScan: (code) => this.takeScan(code, "typed"),
            onDone: () => this.closeSheet(),
        });
        this.search = useProductSearch(this.props.session);
        this.takeBadge = useEmployeeBadge();
        useBarcodeReader({ stockPosCount: (code) => this.onScan(code) });
        useCountKeys({
            onBegin: () => this.props.session.calm.disturb(),
            onCode: (code) => this.barcodeReader?.scan(code) ?? this.onScan(code),
            knows: (code) => this.session.scanner.knows(code),
            onKey: (key) => this.typing.press(key),
            onEnter: () => this.typing.runPrimary(),
            onEscape: () => this.escape(),
        });
        useCountFeedback(this.props.session, (feedback) => this.onFeedback(feedback));
        useExternalListener(window, "keydown", this.onKeydown);
        useEffect(
            (isCounting, counted, total) => {
                if (isCounting) {
                    this.count.setRunning({ ...this.session.sheet, counted, total });
                }
            },
            () => [this.session.isCounting, this.progress.counted, this.progress.total],
        );
        useEffect(
            () => this.typing.follow(),
            () => [this.typing.key],
        );
        onWillUnmount(() => browser.clearTimeout(this.toastTimer));
    }

    // --- what the header shows ----------------------------------------------------------

    get sheet() {
        return this.session.sheet;
    }

    get progress() {
        return this.session.progress;
    }

    get kind() {
        if (this.session.isRecount) {
            return _t("Recount %s", this.sheet.round);
        }
        return this.sheet.scope === "full" ? _t("Count · Full") : _t("Count · Partial");
    }

    get stateClass() {
        return this.session.isRecount ? "stock-count-recounting" : "stock-count-counting";
    }

    get backLabel() {
        return _t("Back to the list");
    }

    get progressText() {
        return `${formatQty(this.progress.counted)}/${formatQty(this.progress.total)}`;
    }

    /** The action that gets a sheet going that is not being counted. */
    get startAction() {
        const action = { new: "start", paused: "resume" }[this.sheet.state];
        return action && { label: actionLabel(action, this.sheet), action };
    }

    get pauseLabel() {
        return actionLabel("pause", this.sheet);
    }

    get completeLabel() {
        return actionLabel("complete", this.sheet);
    }

    get isOver() {
        return !this.session.isCounting && !this.startAction;
    }

    get overText() {
        return this.sheet.state === "void"
            ? _t("This sheet is void. It is not counted any more.")
            : _t("This sheet is completed. It is not counted any more.");
    }

    /** While there is something to count, the primary key is the numpad's. */
    get completeClass() {
        if (this.ui.isSmall) {
            return "btn-link px-2 fw-bolder";
        }
        const { counted, total } = this.progress;
        return counted >= total ? "btn-primary" : "btn-light text-primary fw-bolder";
    }

    /** On a phone the list of what is searched needs the room; what is asked stays. */
    get isCardShown() {
        return !this.state.isSearchOpen || Boolean(this.session.notice);
    }

    get hasCamera() {
        return isBarcodeScannerSupported();
    }

    get counts() {
        return this.session.version >= 0 ? this.session.book.counts() : {};
    }

    get sheetLine() {
        return this.typing.sheetKey && this.session.shown(this.typing.sheetKey);
    }

    // --- scanning -------------------------------------------------------------------------

    /** Called by the barcode reader with every code, and by the camera. */
    onScan(code, source = "scan") {
        if (!this.takeBadge(code)) {
            this.takeScan(code, source);
        }
    }

    async takeScan(code, source) {
        const outcome = await this.session.scan(code, source);
        if (outcome === "taken" && !this.typing.sheetKey) {
            this.typing.leave(this.session.typing.forKey);
        }
        return outcome;
    }

    onCameraCode(code) {
        this.onScan(code, "camera");
    }

    /** What is taken while the card is covered, or shows something else, is told beside it. */
    onFeedback({ kind, key }) {
        const isCardHidden =
            this.typing.sheetKey || this.session.notice || (this.ui.isSmall && !this.isCardShown);
        if (isCardHidden && key && kind === "taken" && this.session.latest) {
            this.showToast(key);
        }
    }

    showToast(key) {
        const line = this.session.shown(key);
        this.state.toast = _t("%(name)s: %(qty)s", {
            name: line.product?.name || "",
            qty: formatQty(line.counted),
        });
        browser.clearTimeout(this.toastTimer);
        this.toastTimer = browser.setTimeout(() => {
            this.state.toast = null;
        }, TOAST_MS);
    }

    // --- list and search ---------------------------------------------------------------------

    select(key) {
        const keyBefore = this.typing.key;
        if (key !== keyBefore) {
            this.typing.leave(keyBefore);
        }
        this.session.select(key);
        // A conflict is settled in the card, which the number keys would cover.
        if (this.ui.isSmall && !this.session.selected.conflict) {
            this.typing.sheetKey = key;
        }
    }

    selectEntry(row) {
        const held = this.session.book.records.get(row.uuid);
        if (held?.status === "held" && held.hold.kind !== "lookup") {
            this.session.scanner.showQuestion(held);
        } else if (row.status === "refused") {
            this.openRefused();
        } else if (this.session.shown(row.key)) {
            this.session.select(row.key);
        } else if (row.code) {
            this.chooseProduct(row.code);
        }
    }

    setFilter(filter) {
        const { view } = this.session;
        view.filter = filter;
        view.search = "";
        view.scrollTop = 0;
        view.refreshed = (view.refreshed || 0) + 1;
        this.state.openCode = null;
    }

    setSort(sort) {
        this.session.view.sort = sort;
    }

    /** Enter in the search box: a code counts, a single hit is picked. */
    onSearchEnter(text) {
        const { session } = this;
        if (session.scanner.knows(text) || /^\d{6,}$/.test(text)) {
            this.takeScan(text, "typed");
            return true;
        }
        const keys = session.book.list(session.view);
        if (keys.length === 1) {
            this.select(keys[0]);
        }
        return false;
    }

    chooseProduct(code) {
        this.setFilter("unknown");
        this.state.openCode = code;
        this.session.notice = null;
    }

    /** Esc takes back the last thing that was begun. */
    escape() {
        const { session, typing } = this;
        if (typing.text) {
            typing.clear();
        } else if (this.typing.sheetKey) {
            this.closeSheet();
        } else if (session.notice) {
            session.notice = null;
        } else if (session.view.search) {
            this.search("");
        }
    }

    onKeydown(ev) {
        const isBusyElsewhere = ev.target.closest?.(
            "input, textarea, .modal, .dropdown-menu, .stock-count-line-list",
        );
        if (isBusyElsewhere || !["ArrowDown", "ArrowUp"].includes(ev.key)) {
            return;
        }
        this.root.el.querySelector(".stock-count-line-list")?.focus();
        ev.preventDefault();
    }

    /** What was clicked with a pointer does not keep Enter for itself: Enter is a count. */
    onClick(ev) {
        if (ev.detail > 0) {
            ev.target.closest("button, [role=listbox]")?.blur();
        }
    }

    openSheetForSelected() {
        const key = this.session.selectedKey;
        if (key && this.session.selected) {
            this.typing.sheetKey = key;
        } else {
            this.state.isSearchOpen = true;
        }
    }

    closeSheet() {
        this.typing.clear();
        this.typing.sheetKey = null;
        this.state.toast = null;
    }

    // --- entries -------------------------------------------------------------------------------

    undo({ uuid, key }) {
        return this.session.undo(uuid, key);
    }

    /** What was just counted belongs to a lot that is not on the sheet. */
    chooseLot(uuid, { key, product }) {
        this.dialog.add(CountLotDialog, {
            session: this.props.session,
            product,
            onPick: (lot) => this.session.moveToLot(uuid, key, this.session.offerLot(product, lot)),
        });
    }

    openEntries() {
        this.dialog.add(CountEntriesDialog, {
            session: this.props.session,
            onUndo: (row) => this.undo(row),
        });
    }

    openRefused() {
        this.dialog.add(CountRefusedDialog, { session: this.props.session });
    }

    // --- ways out --------------------------------------------------------------------------------

    back() {
        this.count.navigateList();
    }

    sell() {
        this.pos.navigateToOrderScreen(this.pos.openOrder);
    }

    async start() {
        await this.run(() => this.count.transition(this.session.uuid, this.startAction.action));
    }

    async pause() {
        await this.run(async () => {
            const isDone = await this.count.transitionAfterAsking(this.session.uuid, "pause", {
                title: _t("Pause for everyone?"),
                confirmLabel: _t("Pause for everyone"),
                cancelLabel: _t("Keep counting"),
            });
            if (isDone) {
                this.count.navigateList();
            }
        });
    }

    complete() {
        this.dialog.add(CountCompleteDialog, {
            session: this.props.session,
            onSee: (filter) => this.setFilter(filter),
            onCompleted: () => this.count.navigateResult(this.session.uuid),
        });
    }

    seeResult() {
        this.count.openSheet(this.session.uuid);
    }

    async run(work) {
        this.state.isBusy = true;
        try {
            await work();
        } catch (error) {
            this.count.notifyError(error);
        } finally {
            this.state.isBusy = false;
        }
    }
}
