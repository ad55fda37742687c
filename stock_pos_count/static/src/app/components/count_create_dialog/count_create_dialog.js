import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { _t } from "@web/core/l10n/translation";
import { uuidv4 } from "@point_of_sale/utils";
import { CountSheetCard } from "@stock_pos_count/app/components/count_sheet_card/count_sheet_card";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { SCOPE_LABELS } from "@stock_pos_count/app/utils/count_states";
import { formatQty } from "@stock_pos_count/app/utils/format";
import { CountChoice } from "./count_choice/count_choice";

const SCOPE_DEBOUNCE_MS = 300;
/** More open sheets than these are better looked for in the list. */
const MAX_CARDS = 3;
const SCOPES = [
    { key: "full", icon: "fa-cubes", hint: _t("All products with stock or recent movements") },
    { key: "partial", icon: "fa-filter", hint: _t("Chosen categories and vendors") },
];

function personKey({ model, id }) {
    return `${model},${id}`;
}

/**
 * Makes a count sheet. Says how many products it will hold before anything is made, and
 * shows sheets that already cover them first: to count on one of those is the better choice.
 *
 * With `fromSheet` the new sheet holds what that one left uncounted, and nothing is chosen.
 * The sheet's uuid is made once a dialog: pressing twice, or again after a lost answer,
 * makes one sheet.
 */
export class CountCreateDialog extends Component {
    static template = "stock_pos_count.CountCreateDialog";
    static components = { CountChoice, CountSheetCard, Dialog };
    static props = {
        fromSheet: { type: Object, optional: true },
        /** Called with the sheet that was created but not started. */
        onCreated: Function,
        close: Function,
    };

    setup() {
        this.ui = useService("ui");
        this.notification = useService("notification");
        this.count = useStockPosCount();
        this.uuid = uuidv4();
        this.state = useState({
            info: null,
            scope: "full",
            categoryIds: [],
            vendorIds: [],
            createdBy: "",
            note: "",
            products: null,
            overlapping: [],
            isFullOpen: false,
            isCounting: false,
            busy: null,
            error: null,
        });
        this.keepLast = new KeepLast();
        this.recountScope = useDebounced(() => this.loadScope(), SCOPE_DEBOUNCE_MS);
        onWillStart(() => {
            this.load();
        });
    }

    // --- what it says ------------------------------------------------------------

    get title() {
        return this.state.info
            ? _t("New count sheet for %s", this.state.info.shop).toString()
            : _t("New count sheet").toString();
    }

    get scopes() {
        return SCOPES.map((scope) => ({
            ...scope,
            label: SCOPE_LABELS[scope.key],
            isActive: scope.key === this.state.scope,
        }));
    }

    get fromText() {
        return _t("Holds what %(sheet)s left uncounted.", {
            sheet: this.props.fromSheet.name,
        });
    }

    get persons() {
        const persons = this.state.info?.persons || [];
        const { person } = this.count;
        const isListed = person && persons.some((other) => personKey(other) === personKey(person));
        const all = person && !isListed ? [person, ...persons] : persons;
        return all.map((one) => ({ key: personKey(one), name: one.name }));
    }

    get isPartial() {
        return this.state.scope === "partial" && !this.props.fromSheet;
    }

    get isUndecided() {
        return this.isPartial && !this.state.categoryIds.length && !this.state.vendorIds.length;
    }

    get footerText() {
        if (this.isUndecided) {
            return _t("Choose at least one category or vendor");
        }
        if (this.state.products === null) {
            return _t("Counting the products…");
        }
        if (this.state.products === 0) {
            return _t("No product fits");
        }
        if (this.state.products === 1) {
            return _t("1 product");
        }
        return _t("%s products", formatQty(this.state.products));
    }

    get overlapTitle() {
        return this.state.isFullOpen
            ? _t("A full count of this shop is already open")
            : _t("Already open with some of these products");
    }

    get shownSheets() {
        return this.state.overlapping.slice(0, MAX_CARDS);
    }

    get moreSheetsText() {
        const more = this.state.overlapping.length - MAX_CARDS;
        if (more <= 0) {
            return "";
        }
        return more === 1 ? _t("1 more is in the list.") : _t("%s more are in the list.", more);
    }

    get canCreate() {
        const { busy, isCounting, isFullOpen, products } = this.state;
        return !busy && !isCounting && !isFullOpen && products > 0 && !this.isUndecided;
    }

    /** Where a sheet is open already, to count on it is the main thing to do. */
    get startClass() {
        return this.state.overlapping.length ? "btn-secondary" : "btn-primary";
    }

    // --- loading -----------------------------------------------------------------

    async load() {
        this.state.createdBy = this.count.person ? personKey(this.count.person) : "";
        this.loadScope();
        try {
            this.state.info = await this.count.rpc("register_create_info");
        } catch (error) {
            this.state.error = error.message;
        }
    }

    async loadScope() {
        const { fromSheet } = this.props;
        if (fromSheet) {
            this.state.products = fromSheet.total - fromSheet.counted;
            return;
        }
        if (this.isUndecided) {
            Object.assign(this.state, { overlapping: [], isFullOpen: false, isCounting: false });
            return;
        }
        const { scope, categoryIds, vendorIds } = this.state;
        this.state.isCounting = true;
        try {
            const answer = await this.keepLast.add(
                this.count.rpc("register_scope", scope, [...categoryIds], [...vendorIds]),
            );
            this.applyScope(answer);
        } catch (error) {
            this.state.error = error.message;
        }
        this.state.isCounting = false;
    }

    applyScope({ products, overlapping, full_open }) {
        const isFullOpen = this.state.scope === "full" && Boolean(full_open);
        const others = overlapping.filter((sheet) => sheet.uuid !== full_open?.uuid);
        Object.assign(this.state, {
            products,
            isFullOpen,
            overlapping: full_open ? [full_open, ...others] : others,
            error: null,
        });
    }

    // --- choosing ------------------------------------------------------------------

    selectScope(scope) {
        if (scope !== this.state.scope) {
            Object.assign(this.state, { scope, products: null, overlapping: [] });
            this.state.isFullOpen = false;
            this.loadScope();
        }
    }

    selectCategories(ids) {
        this.state.categoryIds = ids;
        this.onChoice();
    }

    selectVendors(ids) {
        this.state.vendorIds = ids;
        this.onChoice();
    }

    onChoice() {
        this.state.isCounting = !this.isUndecided;
        this.recountScope();
    }

    // --- doing -----------------------------------------------------------------

    get values() {
        const { scope, categoryIds, vendorIds, createdBy, note } = this.state;
        const [model, id] = createdBy.split(",");
        return {
            uuid: this.uuid,
            scope: this.props.fromSheet ? "partial" : scope,
            category_ids: this.isPartial ? [...categoryIds] : [],
            vendor_ids: this.isPartial ? [...vendorIds] : [],
            created_by: { model, id: Number(id) },
            note: note.trim(),
            from_uncounted: this.props.fromSheet?.uuid || null,
        };
    }

    async create(start) {
        if (!this.canCreate) {
            return;
        }
        Object.assign(this.state, { busy: start ? "start" : "create", error: null });
        try {
            const { personKey: person } = this.count;
            const answer = await this.count.rpc("register_create", this.values, person, start);
            this.props.close();
            this.finish(answer, start);
        } catch (error) {
            Object.assign(this.state, { busy: null, error: error.message });
        }
    }

    finish({ sheet, notices }, start) {
        this.count.remember(sheet);
        if (!start) {
            this.notification.add(_t("%s is created.", sheet.name), { type: "success" });
            this.props.onCreated(sheet);
            return;
        }
        this.count.notices[sheet.uuid] = notices;
        this.count.setRunning(sheet);
        this.count.openSheet(sheet.uuid);
    }

    /** Goes onto a sheet that is already open instead of making another. */
    async useSheet(sheet, action) {
        this.state.busy = "use";
        try {
            this.count.remember(sheet);
            if (["start", "resume"].includes(action)) {
                await this.count.transition(sheet.uuid, action);
            }
            this.props.close();
            this.count.openSheet(sheet.uuid);
        } catch (error) {
            Object.assign(this.state, { busy: null, error: error.message });
        }
    }
}
