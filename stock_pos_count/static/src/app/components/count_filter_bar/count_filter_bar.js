import { Component } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { CountFilterChips } from "@stock_pos_count/app/components/count_filter_chips/count_filter_chips";
import { FILTERS, SORTS } from "@stock_pos_count/app/utils/count_list";

const FILTER_LABELS = {
    to_count: _t("To count"),
    // A term of its own: as the title of a column "Counted" is a quantity, and another word in many languages.
    counted: _t("Counted %s", ""),
    check: _t("Check"),
    unknown: _t("Unknown"),
    all: _t("All"),
};
const SORT_LABELS = {
    name: _t("Name"),
    // Also its own: the register's word for categories is not the backend's everywhere.
    category: _t("Category %s", ""),
    last: _t("Last counted"),
};
const sortLabel = (key) => SORT_LABELS[key].toString().trim();

/** These are shown only when there is something in them, or they are open. */
const QUIET_FILTERS = new Set(["check", "unknown"]);

/** The chips above the list, with how many lines each holds, and the order of the list. */
export class CountFilterBar extends Component {
    static template = "stock_pos_count.CountFilterBar";
    static components = { CountFilterChips, Dropdown, DropdownItem };
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
            label: FILTER_LABELS[key].toString().trim(),
            number: counts[key],
            isAlert: QUIET_FILTERS.has(key) && counts[key] > 0,
        })).filter(({ key, number }) => !QUIET_FILTERS.has(key) || number || key === filter);
    }

    get chipsName() {
        return _t("Filter");
    }

    get sorts() {
        return SORTS.map((key) => ({
            key,
            label: sortLabel(key),
            isActive: key === this.props.sort,
        }));
    }

    get sortLabel() {
        return _t("Sorted by %s", sortLabel(this.props.sort)).toString();
    }
}
