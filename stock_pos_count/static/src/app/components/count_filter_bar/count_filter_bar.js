import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { FILTERS, SORTS } from "@stock_pos_count/app/utils/count_list";

const FILTER_LABELS = {
    to_count: _t("To count"),
    counted: _t("Counted"),
    check: _t("Check"),
    unknown: _t("Unknown"),
    all: _t("All"),
};
const SORT_LABELS = {
    name: _t("Name"),
    category: _t("Category"),
    last: _t("Last counted"),
};
/** These are shown only when there is something in them, or they are open. */
const QUIET_FILTERS = new Set(["check", "unknown"]);

/** The chips above the list, with how many lines each holds, and the order of the list. */
export class CountFilterBar extends Component {
    static template = "stock_pos_count.CountFilterBar";
    static components = { Dropdown, DropdownItem };
    static props = {
        counts: Object,
        filter: String,
        sort: String,
        onFilter: Function,
        onSort: Function,
    };

    get filters() {
        const { counts, filter } = this.props;
        return FILTERS.map((key) => ({
            key,
            label: FILTER_LABELS[key],
            number: counts[key],
            isActive: key === filter,
            isAlert: QUIET_FILTERS.has(key) && counts[key] > 0,
        })).filter(({ key, number, isActive }) => !QUIET_FILTERS.has(key) || number || isActive);
    }

    get sorts() {
        return SORTS.map((key) => ({
            key,
            label: SORT_LABELS[key],
            isActive: key === this.props.sort,
        }));
    }

    get sortLabel() {
        return _t("Sorted by %s", SORT_LABELS[this.props.sort].toString()).toString();
    }
}
