import { Component } from "@odoo/owl";

import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { formatQty } from "@stock_pos_count/app/utils/format";

/** What each round of counting found, one under the other; moments in the time zone of all others on the page. */
export class CountRoundsField extends Component {
    static template = "stock_pos_count.CountRoundsField";
    static props = { ...standardFieldProps };

    get rounds() {
        const rounds = this.props.record.data[this.props.name] || [];
        return rounds.map(({ name, qty, person, moment }) => ({
            name,
            person,
            qty: formatQty(qty),
            moment: toLocaleDateTimeString(deserializeDateTime(moment)),
        }));
    }
}

registry.category("fields").add("stock_pos_count_rounds", {
    component: CountRoundsField,
    supportedTypes: ["json"],
});
