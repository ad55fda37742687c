from odoo import fields, models


class StockPosCountVoid(models.TransientModel):
    """Ask a manager why a count sheet is voided."""

    _name = "stock.pos.count.void"
    _description = "Void a Count Sheet"

    count_id = fields.Many2one(
        "stock.pos.count", "Count Sheet", required=True, default=lambda self: self.env.context.get("active_id")
    )
    reason = fields.Char(required=True)

    def action_void(self):
        """Void the sheet for the reason given.

        :raise UserError: the sheet is settled by now
        :raise AccessError: the user may not void it
        """
        self.ensure_one()
        self.count_id.action_void(self.reason)
        return {"type": "ir.actions.act_window_close"}
