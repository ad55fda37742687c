import hashlib
import json

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# At most this many lines are posted in one go: more would keep quants locked while the shop sells.
CHUNK_LINES = 200


class StockPosCount(models.Model):
    """Correction: stock is changed by exactly the variance of each line, through Odoo's own inventory moves.

    Goods sold since the count stay sold, because the difference is posted and not a total. The quants' own count
    fields are
    never used: they are one slot shared by everyone.
    """

    _inherit = "stock.pos.count"

    # -- preview ---------------------------------------------------------------------------------------------------

    def _get_correction_preview(self, left_out_ids=()):
        """Return what a correction would do now, with all reasons why something cannot be done.

        :param left_out_ids: ids of lines that the person unticked
        :return: a dict as ``register_correction_preview`` documents it, with ``fingerprint``
        """
        self.ensure_one()
        lines = self._get_variance_lines()
        book = self.env["stock.pos.count.book"]._get_book(self, set(lines.product_id.ids))
        left_out_ids = set(left_out_ids) & set(lines.ids)
        rows = [self._get_preview_row(line, book, line.id in left_out_ids) for line in lines]
        may_see_value = self._may_see_value()
        return {
            "fingerprint": self._get_fingerprint(rows),
            "lines": [{**row, "value": row["value"] if may_see_value else None} for row in rows],
            "figures": self._get_preview_figures(lines, rows, may_see_value),
            "blockers": self._group_reasons(rows, "blockers"),
            "warnings": self._group_reasons(rows, "warnings"),
            "may_see_value": may_see_value,
            "currency_id": self.company_id.currency_id.id,
        }

    def _get_variance_lines(self):
        """Return the lines with a variance, the largest first."""
        # sudo: POS users do not read lines; who may correct is checked before
        lines = (
            self.env["stock.pos.count.line"]
            .sudo()
            .search([("count_id", "=", self.id), ("result", "in", ("short", "over"))])
        )
        return lines.sorted(lambda line: (-abs(line.variance_qty), line.id)).with_company(self.company_id)

    def _get_preview_row(self, line, book, left_out):
        on_hand_now = book.get((line.product_id.id, line.lot_id.id or None), 0.0)
        after = line.uom_id.round(on_hand_now + line.variance_qty)
        blockers = self._get_line_blockers(line)
        warnings = []
        if line.uom_id.compare(after, 0) < 0 <= line.uom_id.compare(on_hand_now, 0):
            warnings.append(self.env._("Stock goes below zero"))
        return {
            "line_id": line.id,
            "product_id": line.product_id.id,
            "lot_name": line.lot_id.name or None,
            "on_hand_now": on_hand_now,
            "after": after,
            "change": line.variance_qty,
            "value": line.product_id.standard_price * line.variance_qty,
            "blockers": blockers,
            "warnings": warnings,
            "left_out": left_out,
        }

    def _get_line_blockers(self, line):
        """Return the reasons why a line cannot be corrected, in the user's language."""
        blockers = []
        if line.product_id.tracking != "none":
            blockers.append(self.env._("Products with lots or serial numbers are corrected in Inventory"))
        if not line.product_id.is_storable:
            blockers.append(self.env._("The product is not kept in stock any more"))
        return blockers

    def _get_preview_figures(self, lines, rows, may_see_value):
        rows = [row for row in rows if not row["left_out"] and not row["blockers"]]
        return {
            "products": len(rows),
            "short_qty": sum(row["change"] for row in rows if row["change"] < 0),
            "over_qty": sum(row["change"] for row in rows if row["change"] > 0),
            "short_value": sum(row["value"] for row in rows if row["change"] < 0) if may_see_value else None,
            "over_value": sum(row["value"] for row in rows if row["change"] > 0) if may_see_value else None,
            "counted_at": max((line.counted_at for line in lines if line.counted_at), default=None),
        }

    def _may_see_value(self):
        """Values are for managers, or where the register shows margins and costs to everyone."""
        return self._is_manager() or self.config_id.sudo().is_margins_costs_accessible_to_every_user

    @staticmethod
    def _group_reasons(rows, key):
        reasons = {}
        for row in rows:
            for text in row[key]:
                reasons.setdefault(text, []).append(row["line_id"])
        return [{"kind": key, "text": text, "line_ids": line_ids} for text, line_ids in reasons.items()]

    @staticmethod
    def _get_fingerprint(rows):
        """Return what must not change between the preview and the press: lines, variances, reasons and new negatives.

        Not on hand, which moves all day, and not what is left out, which is the person's own choice.
        """
        facts = sorted((row["line_id"], round(row["change"], 6), row["blockers"], row["warnings"]) for row in rows)
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    # -- posting ---------------------------------------------------------------------------------------------------

    def _do_correct(self, person_name, fingerprint, left_out_ids):
        """Post the variances of the locked and checked sheet.

        :return: ``None`` when done, or the new preview when what was confirmed is not what would be done
        :raise UserError: nothing would be corrected
        """
        preview = self._get_correction_preview(left_out_ids)
        if preview["fingerprint"] != fingerprint:
            return preview
        rows = preview["lines"]
        chosen_ids = [row["line_id"] for row in rows if not row["left_out"] and not row["blockers"]]
        if not chosen_ids:
            raise UserError(self.env._("No product is left to correct. Tick at least one that can be corrected."))
        self._mark_not_corrected(rows)
        chosen = self.env["stock.pos.count.line"].sudo().browse(sorted(chosen_ids))  # sudo: as _get_variance_lines
        for start in range(0, len(chosen), CHUNK_LINES):
            self._post_lines(chosen[start : start + CHUNK_LINES])
        if len(chosen_ids) == len(rows) and self.scope == "full" and not self.uncounted_count:
            self.location_id.sudo().last_inventory_date = fields.Date.context_today(self)
        self._transition("correct", person_name, {"corrected_at": fields.Datetime.now(), "corrected_by": person_name})
        return None

    def _mark_not_corrected(self, rows):
        lines = self.env["stock.pos.count.line"].sudo()  # sudo: lines are written by the server only
        for row in rows:
            if row["left_out"]:
                lines.browse(row["line_id"]).not_corrected = self.env._("Left out")
            elif row["blockers"]:
                lines.browse(row["line_id"]).not_corrected = ". ".join(row["blockers"])

    def _post_lines(self, lines):
        """Create and validate the inventory moves of ``lines``: for each, moves that sum to its variance.

        Locks the quants of the products first, in the order of their ids: a stale snapshot then fails before the work
        and Odoo's own retry repeats the request.
        """
        self.env.execute_query(
            SQL(
                "SELECT id FROM stock_quant WHERE product_id IN %s AND location_id IN %s ORDER BY id FOR NO KEY UPDATE",
                tuple(lines.product_id.ids),
                self._get_sheet_locations().subselect(),
            )
        )
        move_values = [values for line in lines for values in self._get_line_moves(line)]
        # sudo: who may correct was checked; staff have no rights on inventory, and env.user stays the real one
        moves = self.env["stock.move"].sudo().with_company(self.company_id).with_context(inventory_mode=False)
        moves = moves.create(move_values)
        moves.with_context(ignore_dest_packages=True)._action_done()
        moves._trigger_assign()

    def _get_line_moves(self, line):
        """Return the values of the moves that post a line's variance, numbered by part."""
        quants = self.env["stock.quant"].sudo().with_company(self.company_id).with_context(inventory_name=self.name)
        product = line.product_id.with_company(self.company_id)
        loss_location = product.property_stock_inventory
        values_list = []
        if line.result == "over":
            quant = self._new_quant(quants, product, line.lot_id, self.location_id)
            values_list.append(quant._get_inventory_move_values(line.variance_qty, loss_location, self.location_id))
        else:
            for quant, qty in self._get_shortage_parts(quants, product, line.lot_id, -line.variance_qty):
                values_list.append(
                    quant._get_inventory_move_values(qty, quant.location_id, loss_location, package_id=quant.package_id)
                )
        for part, values in enumerate(values_list):
            values.update(stock_pos_count_line_id=line.id, stock_pos_count_part=part, origin=self.name)
        return values_list

    def _get_shortage_parts(self, quants, product, lot, missing):
        """Return ``[(quant, quantity)]`` that make up a shortage: by the removal strategy, the rest from the location
        itself."""
        parts = []
        uom = product.uom_id
        for quant in quants._gather(product, self.location_id, lot_id=lot or None):
            if uom.compare(missing, 0) <= 0:
                break
            if uom.compare(quant.quantity, 0) <= 0 or quant.lot_id != lot:
                continue
            taken = min(quant.quantity, missing)
            parts.append((quant, taken))
            missing = uom.round(missing - taken)
        if uom.compare(missing, 0) > 0:
            parts.append((self._new_quant(quants, product, lot, self.location_id), missing))
        return parts

    def _new_quant(self, quants, product, lot, location):
        """Return a quant that is not stored, as the place that Odoo's own inventory code reads its values from."""
        return quants.new({"product_id": product.id, "lot_id": lot.id, "location_id": location.id})
