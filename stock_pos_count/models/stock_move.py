from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    stock_pos_count_line_id = fields.Many2one(
        "stock.pos.count.line",
        "Count Sheet Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    stock_pos_count_part = fields.Integer(
        "Part", readonly=True, copy=False, help="Number of the move among those that correct one count sheet line."
    )
    stock_pos_count_late_sale_id = fields.Many2one(
        "stock.pos.count.late.sale",
        "Late Sale",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # Posting a line twice is impossible, whatever is pressed how often.
    _stock_pos_count_part_unique = models.UniqueIndex(
        """(stock_pos_count_line_id, stock_pos_count_part)
           WHERE stock_pos_count_line_id IS NOT NULL AND state <> 'cancel'""",
        "This count sheet line was corrected already.",
    )

    def action_open_reference(self):
        """Open the count sheet that the move corrects, if the user may see it."""
        self.ensure_one()
        count = self.stock_pos_count_line_id.count_id or self.stock_pos_count_late_sale_id.count_id
        if count and count.has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "res_model": count._name,
                "res_id": count.id,
                "views": [(False, "form")],
            }
        return super().action_open_reference()
