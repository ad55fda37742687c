import { registry } from "@web/core/registry";
import { buildM2OFieldDescription, Many2OneField } from "@web/views/fields/many2one/many2one_field";

/** A product in a list: its name stays readable beside all the figures; Odoo leaves it 80 px when room gets short. */
registry.category("fields").add("stock_pos_count_product", {
    ...buildM2OFieldDescription(Many2OneField),
    listViewWidth: [180],
});
