from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .. import count_logic


class StockPosCount(models.Model):
    """What only the backend's views need of sheets, lines and entries: figures of buttons, searches and texts."""

    _inherit = "stock.pos.count"

    entry_count = fields.Integer("Entries", compute="_compute_entry_count")
    move_count = fields.Integer("Inventory Moves", compute="_compute_move_count")
    has_lots = fields.Boolean(compute="_compute_has_lots", exportable=False)
    unknown_count = fields.Integer("Unknown Codes", compute="_compute_open_questions")
    conflict_count = fields.Integer("Conflicts", compute="_compute_open_questions")
    may_void = fields.Boolean(compute="_compute_may")
    may_correct = fields.Boolean(compute="_compute_may")
    may_close = fields.Boolean(compute="_compute_may")

    @api.depends("state", "correcting_since")
    @api.depends_context("uid")
    def _compute_may(self):
        for count in self:
            actions = count._get_allowed_actions()
            count.may_void = "void" in actions
            count.may_correct = "correct" in actions
            count.may_close = "close" in actions

    def _compute_open_questions(self):
        """What a person still has to answer: codes that no product has, and numbers that contradict each other."""
        progress = self._get_progress()
        for count in self:
            figures = {} if count.state in count_logic.CLOSED_STATES else progress.get(count.id, {})
            count.unknown_count = figures.get("unknown", 0)
            count.conflict_count = figures.get("conflicts", 0)

    def _compute_entry_count(self):
        groups = self.env["stock.pos.count.entry"]._read_group(
            [("count_id", "in", self.ids)], ["count_id"], ["__count"]
        )
        numbers = {count.id: number for count, number in groups}
        for count in self:
            count.entry_count = numbers.get(count.id, 0)

    def _compute_move_count(self):
        for count in self:
            count.move_count = self.env["stock.move"].search_count(count._get_move_domain())

    def _compute_has_lots(self):
        """Whether a line names a lot: without one, lists give the column's room to the product."""
        domain = [("count_id", "in", self.ids), ("lot_id", "!=", False)]
        with_lots = {count for [count] in self.env["stock.pos.count.line"]._read_group(domain, ["count_id"])}
        for count in self:
            count.has_lots = count in with_lots

    def _get_move_domain(self):
        """Return the domain of the inventory moves that this sheet's correction posted."""
        return Domain("stock_pos_count_line_id.count_id", "in", self.ids)

    def _search_counters(self, operator, value):
        """Find sheets by who counted on them."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        kinds = Domain("kind", "in", count_logic.OBSERVING_KINDS)
        return Domain("entry_ids", "any", Domain("person_name", operator, value) & kinds)

    def action_view_lines(self):
        """Open the sheet's lines in a list of their own, to search, group and export."""
        self.ensure_one()
        context = {
            "is_corrected": self.state == count_logic.CORRECTED,
            "hide_count": True,
            "hide_lot": not self.has_lots,
        }
        return self._get_window("stock_pos_count_line_action", self.env._("Products"), context)

    def action_view_entries(self):
        """Open the sheet's journal: everything that was counted, undone and decided on it."""
        self.ensure_one()
        return self._get_window("stock_pos_count_entry_action", self.env._("Entries"), {"hide_count": True})

    def action_view_failed(self):
        """Open the sheet's lines that a correction could not post, each with its reason."""
        self.ensure_one()
        context = {
            "hide_count": True,
            "hide_lot": not self.has_lots,
            "search_default_failed": True,
            "show_why": True,
        }
        return self._get_window("stock_pos_count_line_action", self.env._("Could Not Be Corrected"), context)

    def action_view_conflicts(self):
        """Open the sheet's lines whose numbers contradict each other."""
        self.ensure_one()
        context = {"hide_count": True, "search_default_conflict": True}
        return self._get_window("stock_pos_count_line_action", self.env._("Conflicts"), context)

    def action_close(self):
        """Close a mismatched sheet whose last variance was explained meanwhile, from the backend.

        Locks the sheet and its devices.

        :raise AccessError: the user may not count
        :raise UserError: a variance is left, or the state does not allow it
        """
        self.ensure_one()
        self._enter_as_counter()
        self._check_transition("close")
        self._do_close(self.env.user.name)

    def action_view_moves(self):
        """Open the inventory moves that the sheet's correction posted."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.stock_move_action")
        return {
            **action,
            "display_name": self.env._("Inventory Moves"),
            "domain": list(self._get_move_domain()),
            "context": {"create": False},
            "views": sorted(action["views"], key=lambda view: view[1] != "list"),
        }

    @api.model
    def _get_dialog(self, wizard, name, size="large"):
        """Return the action that shows ``wizard`` in a dialog: saved already, so that its rows are there to change."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": size},
        }

    def _get_window(self, xml_id, name, context):
        """Return the action ``xml_id`` for what belongs to this sheet; the button's own filters stay in the context."""
        action = self.env["ir.actions.act_window"]._for_xml_id(f"stock_pos_count.{xml_id}")
        domain = [("count_id", "=", self.id)]
        return {**action, "domain": domain, "context": {**self.env.context, **context}, "display_name": name}


class StockPosCountLine(models.Model):
    _inherit = "stock.pos.count.line"

    vendor_ids = fields.Many2many(
        "res.partner", string="Vendors", compute="_compute_vendor_ids", search="_search_vendor_ids"
    )
    variance_size = fields.Float(
        "Size of the Variance", compute="_compute_variance_size", digits="Product Unit", exportable=False
    )
    attention = fields.Char("Check", compute="_compute_attention", help="What a person has to settle first.")
    why_not_corrected = fields.Char("Not Corrected", compute="_compute_why_not_corrected")
    rounds = fields.Json(compute="_compute_rounds", exportable=False, help="What each round of counting found.")

    @api.depends("product_id.seller_ids")
    def _compute_vendor_ids(self):
        for line in self:
            sellers = line.product_id.seller_ids
            line.vendor_ids = sellers.filtered(
                lambda one, line=line: one.product_id in (line.product_id, one.browse().product_id)
            ).partner_id

    def _search_vendor_ids(self, operator, value):
        """Find lines by the vendors of the product's vendor list; a row for one variant is for that variant only."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        sellers = self.env["product.supplierinfo"].search(Domain("partner_id", operator, value))
        templates = sellers.filtered(lambda seller: not seller.product_id).product_tmpl_id
        return Domain("product_id", "in", sellers.product_id.ids) | Domain(
            "product_id.product_tmpl_id", "in", templates.ids
        )

    @api.depends("variance_qty")
    def _compute_variance_size(self):
        for line in self:
            line.variance_size = abs(line.variance_qty)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name == "variance_size":
            return SQL("abs(%s) %s %s", self._field_to_sql(alias, "variance_qty", query), direction, nulls)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.depends("has_conflict", "is_negative")
    def _compute_attention(self):
        for line in self:
            reasons = [
                *([self.env._("Quantity conflict")] if line.has_conflict else []),
                *([self.env._("Negative total")] if line.is_negative else []),
            ]
            line.attention = ", ".join(reasons)

    @api.depends("correction_state", "not_corrected")
    @api.depends_context("lang")
    def _compute_why_not_corrected(self):
        """The stored reason; a line that a person left out has none, so its text is in the reader's language."""
        for line in self:
            is_left_out = line.correction_state == "left_out"
            line.why_not_corrected = line.not_corrected or (is_left_out and self.env._("Left out"))

    def _compute_rounds(self):
        journal = self._read_journal() if self.ids else {}
        for line in self:
            results = line._get_round_results(journal.get(line.id, []), line._get_most())
            line.rounds = [
                {
                    "name": self.env["stock.pos.count.entry"]._get_round_name(number),
                    "qty": result.qty,
                    "person": result.observer.who,
                    "moment": fields.Datetime.to_string(result.observer.counted_at),
                }
                for number, result in results
                if result.is_counted
            ]


class StockPosCountEntry(models.Model):
    _inherit = "stock.pos.count.entry"

    round_name = fields.Char("Round of Counting", compute="_compute_round_name")
    undone_by = fields.Char(compute="_compute_undone_by", help="Who took this entry back.")

    @api.depends("round")
    def _compute_round_name(self):
        for entry in self:
            entry.round_name = self._get_round_name(entry.round)

    @api.model
    def _get_round_name(self, number):
        return self.env._("Recount %s", number) if number else self.env._("Count")

    def _compute_undone_by(self):
        undos = self.search([("kind", "=", count_logic.UNDO), ("target", "in", self.mapped("uuid"))])
        names = {undo.target: undo.person_name for undo in undos}
        for entry in self:
            entry.undone_by = names.get(entry.uuid) or names.get(entry.origin)
