import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/** Wide enough for "Mismatched" and, below it, "99 of 102 counted". */
const LIST_WIDTH_MIN = 110;

/**
 * A sheet's state and coverage, "Corrected · 99 of 102 counted": the state in a badge, how much is counted in a
 * line of its own, for beside each other a list on a tablet cuts them.
 */
export class CountCoverageField extends BadgeField {
    static template = "stock_pos_count.CountCoverageField";

    get state() {
        const { data, fields } = this.props.record;
        return fields.state.selection.find(([state]) => state === data.state)[1];
    }

    /** What follows the state and its dot; each language has its own. */
    get coverage() {
        return this.formattedValue.slice(this.state.length).replace(/^\s*[·・]\s*/, "");
    }
}

registry.category("fields").add("stock_pos_count_coverage", {
    ...badgeField,
    component: CountCoverageField,
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "state", type: "selection" }],
    listViewWidth: [LIST_WIDTH_MIN],
});
