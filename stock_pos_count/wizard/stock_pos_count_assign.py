from odoo import Command, api, fields, models


class StockPosCountAssign(models.TransientModel):
    """Give the unknown codes of a sheet to products, in the backend."""

    _name = "stock.pos.count.assign"
    _description = "Assign Unknown Codes"

    count_id = fields.Many2one(
        "stock.pos.count",
        "Count Sheet",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    line_ids = fields.One2many(
        "stock.pos.count.assign.line",
        "assign_id",
        "Codes",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        compute_sudo=False,  # whoever may not read a sheet is told nothing of it
    )

    @api.depends("count_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.count_id.check_access("read")
            codes = wizard.count_id._get_unknown_codes() if wizard.count_id else []
            wizard.line_ids = [Command.clear()] + [Command.create(code) for code in codes]

    def action_assign(self):
        """Give each code with a product to it. Doing it twice counts once.

        Locks the sheet and its devices.

        :raise AccessError: the user may not count
        :raise UserError: the sheet is settled, or a product cannot be counted
        """
        self.ensure_one()
        count = self.count_id
        person = count._enter_as_counter()
        for line in self.line_ids.filtered("product_id"):
            count._assign_code(line.code, line.product_id.id, None, person)
        count._notify_changed()
        return {"type": "ir.actions.act_window_close"}


class StockPosCountAssignLine(models.TransientModel):
    """One unknown code with what was counted of it."""

    _name = "stock.pos.count.assign.line"
    _description = "Unknown Code"

    assign_id = fields.Many2one("stock.pos.count.assign", required=True, ondelete="cascade")
    code = fields.Char(required=True, readonly=True)
    qty = fields.Float("Counted", digits="Product Unit", readonly=True)
    times = fields.Integer("Scans", readonly=True)
    last_at = fields.Datetime("Last Scan", readonly=True)
    product_id = fields.Many2one("product.product", domain=[("is_storable", "=", True)])


class StockPosCount(models.Model):
    _inherit = "stock.pos.count"

    def action_assign_codes(self):
        """Open the sheet's unknown codes, to give them to products.

        :raise AccessError: the user is no manager
        """
        self.ensure_one()
        wizard = self.env["stock.pos.count.assign"].create({"count_id": self.id})
        return self._get_dialog(wizard, self.env._("Unknown Codes"))
