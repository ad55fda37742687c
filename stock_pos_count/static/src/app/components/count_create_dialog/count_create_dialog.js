import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";
import { _t } from "@web/core/l10n/translation";
import { uuidv4 } from "@point_of_sale/utils";
import { CountSheetCard } from "@stock_pos_count/app/components/count_sheet_card/count_sheet_card";
import { useStockPosCount } from "@stock_pos_count/app/services/stock_pos_count_hook";
import { SCOPE_LABELS } from "@stock_pos_count/app/utils/count_states";
import { formatQty } from "@stock_pos_count/app/utils/format";
import { CountChoice } from "./count_choice/count_choice";
import { useCountScope } from "./count_scope_hook";

/** More open sheets than these are better looked for in the list. */
const MAX_CARDS = 3;
const SCOPES = [
    { key: "full", icon: "fa-cubes", hint: _t("All products with stock or recent movements") },
    { key: "partial", icon: "fa-filter", hint: _t("Chosen categories and vendors") },
];

function keyOf({ model, id }) {
    return `${model},${id}`;
}

/**
 * Makes a count sheet. Says how many products it will hold before anything is made, and
 * shows sheets that already cover them first: to count on one of those is the better choice.
 *
 * With `fromSheet` the new sheet holds what that one left uncounted, or (`lateProducts`: how many) the products
 * whose counts came too late for it, and nothing is chosen.
 * The sheet's uuid is made once a dialog: pressing twice, or again after a lost answer,
 * makes one sheet.
 */
export class CountCreateDialog extends Component {
    static template = "stock_pos_count.CountCreateDialog";
    static components = { CountChoice, CountSheetCard, Dialog };
    static props = {
        fromSheet: { type: Object, optional: true },
        lateProducts: { type: Number, optional: true },
        /** Called with the sheet that was created but not started. */
        onCreated: Function,
        close: Function,
    };

    setup() {
        this.notification = useService("notification");
        this.count = useStockPosCount();
        this.uuid = uuidv4();
        this.scope = useCountScope(this.count, this.props.fromSheet, this.props.lateProducts);
        this.state = useState({
            info: null,
            createdBy: this.count.person ? keyOf(this.count.person) : "",
            note: "",
            busy: null,
            error: null,
        });
        onWillStart(() => {
            this.scope.load();
            this.loadInfo();
        });
    }

    async loadInfo() {
        try {
            this.state.info = await this.count.rpc("register_create_info");
        } catch (error) {
            this.state.error = error.message;
        }
    }

    // --- what it says ------------------------------------------------------------

    get title() {
        const { info } = this.state;
        return info
            ? _t("New count sheet for %s", info.shop).toString()
            : _t("New count sheet").toString();
    }

    get scopes() {
        return SCOPES.map((scope) => ({
            ...scope,
            label: SCOPE_LABELS[scope.key],
            isActive: scope.key === this.scope.scope,
        }));
    }

    get fromText() {
        const { fromSheet, lateProducts } = this.props;
        return lateProducts
            ? _t("Holds the products whose counts came too late for %s.", fromSheet.name)
            : _t("Holds what %(sheet)s left uncounted.", { sheet: fromSheet.name });
    }

    get persons() {
        const persons = this.state.info?.persons || [];
        const { person } = this.count;
        const isListed = !person || persons.some((other) => keyOf(other) === keyOf(person));
        const all = isListed ? persons : [person, ...persons];
        return all.map((one) => ({ key: keyOf(one), name: one.name }));
    }

    get isNothing() {
        return this.scope.products === 0 && !this.scope.isUndecided;
    }

    get footerText() {
        const { isUndecided, products } = this.scope;
        if (isUndecided) {
            return _t("Choose at least one category or vendor");
        }
        if (products === null) {
            return _t("Counting the products…");
        }
        if (products === 0) {
            return _t("No product fits");
        }
        return products === 1 ? _t("1 product") : _t("%s products", formatQty(products));
    }

    get overlapTitle() {
        return this.scope.isFullOpen
            ? _t("A full count of this shop is already open; there can be only one")
            : _t("Already open with some of these products");
    }

    get shownSheets() {
        return this.scope.overlapping.slice(0, MAX_CARDS);
    }

    get moreSheetsText() {
        const more = this.scope.overlapping.length - MAX_CARDS;
        if (more <= 0) {
            return "";
        }
        return more === 1 ? _t("1 more is in the list.") : _t("%s more are in the list.", more);
    }

    get error() {
        return this.state.error || this.scope.error;
    }

    get canCreate() {
        return !this.state.busy && this.scope.isPossible;
    }

    /** Where a sheet is open already, to count on it is the main thing to do. */
    get startClass() {
        return this.scope.overlapping.length ? "btn-secondary" : "btn-primary";
    }

    // --- doing -----------------------------------------------------------------

    async create(start) {
        if (!this.canCreate) {
            return;
        }
        Object.assign(this.state, { busy: start ? "start" : "create", error: null });
        try {
            const { personKey } = this.count;
            const answer = await this.count.rpc("register_create", this.values, personKey, start);
            this.props.close();
            this.finish(answer, start);
        } catch (error) {
            Object.assign(this.state, { busy: null, error: error.message });
        }
    }

    get values() {
        const [model, id] = this.state.createdBy.split(",");
        return {
            ...this.scope.values,
            uuid: this.uuid,
            created_by: { model, id: Number(id) },
            note: this.state.note.trim(),
        };
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
        Object.assign(this.state, { busy: "use", error: null });
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
