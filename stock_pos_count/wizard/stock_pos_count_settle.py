from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import count_logic


class StockPosCountSettle(models.TransientModel):
    """Choose which of the numbers of a conflict count, in the backend."""

    _name = "stock.pos.count.settle"
    _description = "Settle a Conflict"

    line_id = fields.Many2one(
        "stock.pos.count.line",
        "Product",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    choice_ids = fields.One2many(
        "stock.pos.count.settle.choice",
        "settle_id",
        "Choices",
        compute="_compute_choice_ids",
        store=True,
        compute_sudo=False,  # whoever may not read a line is told nothing of it
    )

    @api.depends("line_id")
    def _compute_choice_ids(self):
        for wizard in self:
            wizard.line_id.check_access("read")
            groups = wizard.line_id.conflict or []
            choices = [
                {
                    "name": self.env._(
                        "Only %(qty)s, counted by %(person)s",
                        qty=count_logic.format_qty(group["qty"]),
                        person=group["who"],
                    ),
                    "qty": group["qty"],
                    "keep": group["uuids"],
                }
                for group in groups
            ]
            if groups:
                total = sum(group["qty"] for group in groups)
                choices.insert(
                    0,
                    {
                        "name": self.env._("All of them, added up"),
                        "qty": total,
                        "keep": [uuid for group in groups for uuid in group["uuids"]],
                    },
                )
            wizard.choice_ids = [Command.clear()] + [Command.create(choice) for choice in choices]


class StockPosCountSettleChoice(models.TransientModel):
    """One way to settle a conflict."""

    _name = "stock.pos.count.settle.choice"
    _description = "Way to Settle a Conflict"

    settle_id = fields.Many2one("stock.pos.count.settle", required=True, ondelete="cascade")
    name = fields.Char(required=True, readonly=True)
    qty = fields.Float("Counted Then", digits="Product Unit", readonly=True)
    keep = fields.Json(readonly=True)

    def action_choose(self):
        """Settle the conflict this way. Settled twice it is settled once.

        Locks the sheet and its devices.

        :raise AccessError: the user may not count
        :raise UserError: the sheet is closed, or the numbers changed meanwhile
        """
        self.ensure_one()
        line = self.settle_id.line_id
        line.check_access("read")
        count = line.count_id
        person = count._enter_as_counter()
        if not isinstance(self.keep, list):
            raise UserError(self.env._("Somebody counted this product again meanwhile. Look at the numbers once more."))
        # sudo: lines are written by the server only; reading it and counting were checked
        count._settle_conflict(line.sudo(), self.keep, person)
        return {"type": "ir.actions.act_window_close"}


class StockPosCountLine(models.Model):
    _inherit = "stock.pos.count.line"

    def action_settle(self):
        """Open the numbers that contradict each other, to choose which of them count.

        :raise AccessError: the user is no manager
        """
        self.ensure_one()
        wizard = self.env["stock.pos.count.settle"].create({"line_id": self.id})
        return self.count_id._get_dialog(wizard, self.env._("Settle the Conflict"), "medium")
