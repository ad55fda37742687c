from odoo import Command, api, fields, models
from odoo.exceptions import AccessError


class StockPosCountCorrect(models.TransientModel):
    """The correction preview for the backend: everything a correction will do, before it is done.

    It shows what ``stock.pos.count._get_correction_preview`` says and works nothing out itself. Its fingerprint makes
    sure that what a manager confirms is what is done; if something changed, the preview is shown again.
    """

    _name = "stock.pos.count.correct"
    _description = "Correct Stock"

    count_id = fields.Many2one("stock.pos.count", "Count Sheet", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="count_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(related="company_id.currency_id", related_sudo=False)
    warehouse_id = fields.Many2one(related="count_id.warehouse_id", related_sudo=False)
    fingerprint = fields.Char(readonly=True)
    has_changed = fields.Boolean(readonly=True)
    counted_at = fields.Datetime("Last Count", readonly=True)
    accounting_date = fields.Date(related="count_id.accounting_date", related_sudo=False)
    blocker_text = fields.Text("Cannot Be Corrected", readonly=True)
    warning_text = fields.Text("Please Check", readonly=True)
    has_lots = fields.Boolean(related="count_id.has_lots", related_sudo=False)
    has_reasons = fields.Boolean(compute="_compute_has_reasons")
    line_ids = fields.One2many("stock.pos.count.correct.line", "correct_id", "Products")
    product_count = fields.Integer("Products to Correct", compute="_compute_figures")
    short_qty = fields.Float("Quantity Short", digits="Product Unit", compute="_compute_figures")
    over_qty = fields.Float("Quantity Over", digits="Product Unit", compute="_compute_figures")
    short_value = fields.Monetary("Value Short", compute="_compute_figures")
    over_value = fields.Monetary("Value Over", compute="_compute_figures")

    @api.depends("line_ids.is_chosen", "line_ids.change", "line_ids.value")
    def _compute_figures(self):
        for wizard in self:
            chosen = wizard.line_ids.filtered("is_chosen")
            short = chosen.filtered(lambda line: line.change < 0)
            over = chosen.filtered(lambda line: line.change > 0)
            wizard.product_count = len(chosen)
            wizard.short_qty = sum(short.mapped("change"))
            wizard.over_qty = sum(over.mapped("change"))
            wizard.short_value = sum(short.mapped("value"))
            wizard.over_value = sum(over.mapped("value"))

    @api.depends("line_ids.reasons")
    def _compute_has_reasons(self):
        for wizard in self:
            wizard.has_reasons = any(wizard.line_ids.mapped("reasons"))

    @api.model
    def _prepare_values(self, preview):
        """Return the wizard's values of a correction preview."""
        return {
            "fingerprint": preview["fingerprint"],
            "counted_at": preview["figures"]["counted_at"],
            "blocker_text": self._get_reasons_text(preview["blockers"]),
            "warning_text": self._get_reasons_text(preview["warnings"]),
            "line_ids": [Command.clear()]
            + [
                Command.create(
                    {
                        "line_id": row["line_id"],
                        "on_hand_now": row["on_hand_now"],
                        "after": row["after"],
                        "change": row["change"],
                        "value": row["value"] or 0.0,
                        "reasons": "\n".join([*row["blockers"], *row["warnings"]]),
                        "is_blocked": bool(row["blockers"]),
                        "needs_accept": row["needs_accept"],
                        "is_chosen": not row["left_out"] and not row["blockers"],
                    }
                )
                for row in preview["lines"]
            ],
        }

    @api.model
    def _get_reasons_text(self, reasons):
        """Return each reason with its number of products, one a line."""
        return "\n".join(
            self.env._("%(reason)s (products: %(number)s)", reason=reason["text"], number=len(reason["line_ids"]))
            for reason in reasons
        )

    def action_correct(self):
        """Set the stock to the counted result of the ticked lines. Cannot be undone.

        Ticking a marked line accepts it. Locks the sheet and the quants of its products.

        :return: the preview again when something changed since it was shown, else the action that closes it
        :raise UserError: the sheet's state does not allow it, or nothing is left to correct
        :raise AccessError: the user may not correct
        """
        self.ensure_one()
        count = self.count_id._enter_correction()
        count._lock_for_transition()
        count._check_transition("correct")
        chosen = self.line_ids.filtered(lambda line: line.is_chosen and not line.is_blocked)
        left_out = (self.line_ids - chosen).line_id.ids
        accepted = chosen.filtered("needs_accept").line_id.ids
        changed = count._do_correct(self.env.user.name, self.fingerprint, left_out, accepted)
        if not changed:
            return {"type": "ir.actions.act_window_close"}
        # sudo: clients may not take lines out of a preview, so that nothing is corrected that it does not show
        self.sudo().write({**self._prepare_values(changed), "has_changed": True})
        return self._get_action()

    def _get_action(self):
        self.ensure_one()
        name = self.env._("Correct the stock of %s?", self.warehouse_id.name or self.count_id.name)
        return self.count_id._get_dialog(self, name, "extra-large")


class StockPosCountCorrectLine(models.TransientModel):
    """One product of a correction preview; only the tick is the person's."""

    _name = "stock.pos.count.correct.line"
    _description = "Product of a Correction Preview"

    correct_id = fields.Many2one("stock.pos.count.correct", "Preview", required=True, readonly=True, ondelete="cascade")
    line_id = fields.Many2one("stock.pos.count.line", required=True, readonly=True, ondelete="cascade")
    product_id = fields.Many2one(related="line_id.product_id", related_sudo=False)
    lot_id = fields.Many2one(related="line_id.lot_id", related_sudo=False)
    currency_id = fields.Many2one(related="correct_id.currency_id", related_sudo=False)
    counted_qty = fields.Float(related="line_id.counted_qty", related_sudo=False)
    is_chosen = fields.Boolean("Correct", help="Products without a tick keep their variance and are not corrected.")
    on_hand_now = fields.Float(digits="Product Unit", readonly=True)
    change = fields.Float(digits="Product Unit", readonly=True)
    after = fields.Float("On Hand After", digits="Product Unit", readonly=True)
    value = fields.Monetary(readonly=True)
    reasons = fields.Text("Check", readonly=True)
    is_blocked = fields.Boolean(readonly=True)
    needs_accept = fields.Boolean(
        readonly=True, help="Corrected only with a tick, which accepts what is to be checked."
    )


class StockPosCount(models.Model):
    _inherit = "stock.pos.count"

    def action_preview_correction(self):
        """Open the correction preview of a mismatched sheet.

        :raise UserError: the sheet's state does not allow it
        :raise AccessError: the user may not correct, or is no manager
        """
        self.ensure_one()
        count = self._enter_correction()
        count._check_transition("correct")
        values = self.env["stock.pos.count.correct"]._prepare_values(count._get_correction_preview())
        wizard = self.env["stock.pos.count.correct"].create({**values, "count_id": count.id})
        return wizard._get_action()

    def _enter_correction(self):
        """Return the sheet in its company, checked.

        :raise AccessError: the user may not read the sheet, or is no manager: the preview shows values
        """
        self.check_access("read")
        if not self._is_manager():
            raise AccessError(self.env._("Only a manager may correct the stock of this shop."))
        return self.with_company(self.company_id)
