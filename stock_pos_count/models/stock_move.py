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

    # Posting a line twice is impossible, whatever is pressed how often.
    _stock_pos_count_part_unique = models.UniqueIndex(
        """(stock_pos_count_line_id, stock_pos_count_part)
           WHERE stock_pos_count_line_id IS NOT NULL AND state <> 'cancel'""",
        "This count sheet line was corrected already.",
    )
