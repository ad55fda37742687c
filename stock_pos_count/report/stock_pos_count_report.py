from odoo import fields, models
from odoo.tools import SQL


class StockPosCountReport(models.Model):
    """Counted lines of completed sheets with the value of their variance, to sum up over shops, months and products.

    For managers: it shows values. The cost is the product's of today, so sums of the past move with it; what a
    correction was worth when it was posted is on its inventory moves.
    """

    _name = "stock.pos.count.report"
    _description = "Stocktake Analysis"
    _auto = False
    _order = "completed_at desc, id desc"
    _rec_name = "product_id"

    count_id = fields.Many2one("stock.pos.count", "Count Sheet", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = fields.Many2one("stock.warehouse", "Shop", readonly=True)
    state = fields.Selection(
        [("matched", "Matched"), ("mismatched", "Mismatched"), ("corrected", "Corrected")], readonly=True
    )
    scope = fields.Selection([("full", "Full count"), ("partial", "Partial count")], "Type", readonly=True)
    completed_at = fields.Datetime("Completed On", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Category", readonly=True)
    result = fields.Selection([("short", "Short"), ("over", "Over"), ("equal", "Equal")], readonly=True)
    counted_by = fields.Char(readonly=True)
    expected_qty = fields.Float("On Hand", digits="Product Unit", readonly=True)
    counted_qty = fields.Float("Counted", digits="Product Unit", readonly=True)
    variance_qty = fields.Float("Variance", digits="Product Unit", readonly=True)
    variance_value = fields.Monetary("Value of the Variance", readonly=True)
    short_value = fields.Monetary("Value Short", readonly=True)
    over_value = fields.Monetary("Value Over", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id, line.count_id, line.company_id, count.warehouse_id, count.state, count.scope,
                   count.completed_at, line.product_id, template.categ_id, line.result, line.counted_by,
                   line.expected_qty, line.counted_qty, line.variance_qty,
                   line.variance_qty * cost.price AS variance_value,
                   least(line.variance_qty, 0) * cost.price AS short_value,
                   greatest(line.variance_qty, 0) * cost.price AS over_value
              FROM stock_pos_count_line line
              JOIN stock_pos_count count ON count.id = line.count_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
        CROSS JOIN LATERAL (
                   SELECT coalesce((product.standard_price ->> line.company_id::text)::numeric, 0) AS price) cost
             WHERE line.is_counted AND count.state IN ('matched', 'mismatched', 'corrected')
            """
        )


class StockPosCount(models.Model):
    _inherit = "stock.pos.count"

    currency_id = fields.Many2one(related="company_id.currency_id")
    short_value = fields.Monetary(
        "Value Short", compute="_compute_values", groups="point_of_sale.group_pos_manager", help="At today's cost."
    )
    over_value = fields.Monetary(
        "Value Over", compute="_compute_values", groups="point_of_sale.group_pos_manager", help="At today's cost."
    )

    def _compute_values(self):
        groups = self.env["stock.pos.count.report"]._read_group(
            [("count_id", "in", self.ids)], ["count_id"], ["short_value:sum", "over_value:sum"]
        )
        values = {count.id: sums for count, *sums in groups}
        for count in self:
            count.short_value, count.over_value = values.get(count.id, (0, 0))
