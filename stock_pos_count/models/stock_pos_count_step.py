from odoo import fields, models

from .stock_pos_count import STATES


class StockPosCountStep(models.Model):
    """The record of what was done with a sheet, by whom and when. Written by the transitions only."""

    _name = "stock.pos.count.step"
    _description = "Step of a Count Sheet"
    _order = "id"
    _log_access = False
    _rec_name = "action"

    count_id = fields.Many2one("stock.pos.count", required=True, readonly=True, ondelete="cascade", index=True)
    action = fields.Selection(
        [
            ("create", "Created"),
            ("start", "Started"),
            ("pause", "Count paused"),
            ("resume", "Continued"),
            ("complete", "Completed"),
            ("recount", "Recount started"),
            ("correct", "Stock corrected"),
            ("correct_part", "Stock partly corrected"),
            ("close", "Closed"),
            ("void", "Voided"),
        ],
        required=True,
        readonly=True,
    )
    state_from = fields.Selection(STATES, "From", readonly=True)
    state_to = fields.Selection(STATES, "To", required=True, readonly=True)
    round = fields.Integer(readonly=True)
    person_name = fields.Char("Operator", required=True, readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    done_at = fields.Datetime("When", required=True, readonly=True)
    reason = fields.Char(readonly=True)
