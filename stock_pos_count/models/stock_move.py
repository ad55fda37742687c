from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.stock_account.models.stock_move import VALUATION_DICT

LINKS = ("stock_pos_count_line_id", "stock_pos_count_part", "stock_pos_count_late_sale_id")
DEFAULTS = {f"default_{name}" for name in LINKS}


class StockMove(models.Model):
    """What a correction posts. What Odoo asks for each of its moves, and can be asked of all at once, is asked once:
    the moves are known by their line, and by ``stock_pos_count_locked_ids`` in the context while they are made."""

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

    @api.model_create_multi
    def create(self, vals_list):
        """Only corrections, which post as superuser, link moves to count sheets; a client's context never does, nor
        where Odoo creates moves as superuser for it."""
        if not self.env.su and any(vals.get(name) for vals in vals_list for name in LINKS):
            self._refuse_links()
        if not DEFAULTS.isdisjoint(self.env.context):
            vals_list = [{**dict.fromkeys(LINKS, False), **vals} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        """As :meth:`create`: nobody takes a move from its sheet."""
        if not self.env.su and not vals.keys().isdisjoint(LINKS):
            self._refuse_links()
        return super().write(vals)

    def _refuse_links(self):
        raise AccessError(self.env._("Only the correction of a count sheet links stock moves to it."))

    def _is_being_posted(self):
        """Return whether these are moves that a correction is making now: its context holds a set, which no client
        can send."""
        return isinstance(self.env.context.get("stock_pos_count_locked_ids"), frozenset) and all(
            move.stock_pos_count_line_id for move in self
        )

    def _is_being_created(self):
        """Return whether a correction is making these moves, and does not post them yet."""
        return bool(self.env.context.get("stock_pos_count_creates")) and self._is_being_posted()

    def _add_precomputed_values(self, vals_list):
        """Give a correction's moves the packaging that Odoo finds for moves which follow no others: their unit.
        Odoo would make a record of each first, and all that depends on it."""
        if self._is_being_created():
            for vals in vals_list:
                if vals.get("stock_pos_count_line_id"):
                    vals["packaging_uom_id"] = vals["product_uom"]
        return super()._add_precomputed_values(vals_list)

    def _inverse_picked(self):
        """The lines of a correction's moves are made picked: Odoo would write it move by move."""
        return None if self._is_being_created() else super()._inverse_picked()

    def _should_bypass_reservation(self, forced_location=False):
        """Do not reserve at the creation what is taken a moment later: it is the taking that asks who must wait."""
        return self._is_being_created() or super()._should_bypass_reservation(forced_location)

    def _update_orderpoints(self):
        """Leave the reordering rules to the end of the posting; Odoo looks for them at each step of the moves."""
        return None if self._is_being_posted() else super()._update_orderpoints()

    def _get_manual_value(self, quantity, at_date=None):
        """Nobody can have adjusted the value of a move that is being made; Odoo would look for it move by move."""
        if self._is_being_posted():
            return dict(VALUATION_DICT)
        return super()._get_manual_value(quantity, at_date)

    def _check_company(self, fnames=None):
        """Check the moves together; Odoo checks each field of each."""
        if fnames is None and self._is_being_posted() and is_of_one_company(self):
            return None
        return super()._check_company(fnames)

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


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _synchronize_quant(self, quantity, location, action="available", in_date=False, **quants_value):
        """Give back no reservation for a correction's moves: they made none, and others' stay."""
        if action == "reserved" and self.move_id._is_being_posted():
            return 0, False
        return super()._synchronize_quant(quantity, location, action=action, in_date=in_date, **quants_value)

    def _check_company(self, fnames=None):
        """Check the lines of a correction's moves together, as :meth:`StockMove._check_company`."""
        if fnames is None and self.move_id._is_being_posted() and is_of_one_company(self):
            return None
        return super()._check_company(fnames)


def is_of_one_company(records):
    """Return whether all that ``records`` are linked to may be used in their one company: what ``_check_company`` asks
    of each record and field. ``False`` leaves it to that to say what is wrong."""
    company = records.company_id
    checked = [field for field in records._fields.values() if field.relational and field.check_company]
    if len(company) != 1 or any(field.company_dependent for field in checked):
        return False
    for field in checked:
        linked = records.sudo()[field.name].with_context(active_test=False)
        domain = linked._check_company_domain(company)
        if domain and linked.filtered_domain(domain) != linked:
            return False
    return True
