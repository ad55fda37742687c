from collections import defaultdict
from dataclasses import dataclass

from odoo import models
from odoo.tools import SQL

from .. import bulk


@dataclass(frozen=True)
class Part:
    """One inventory move that a line needs: goods as they lie in ``quant`` (its lot, package and owner).

    ``quant`` is empty where nothing is booked: what is found, and what is missing beyond the books.
    """

    qty: float
    source: models.Model
    target: models.Model
    quant: models.Model
    is_transfer: bool = False

    @property
    def owner(self):
        return self.quant.owner_id


class StockPosCount(models.Model):
    """Posting: from a line's variance to done inventory moves.

    Everything is read for a whole chunk at once, so that the number of queries does not follow the number of lines.
    """

    _inherit = "stock.pos.count"

    # -- which goods -----------------------------------------------------------------------------------------------

    def _plan_parts(self, lines, variances):
        """Return ``{line id: [Part]}``: the moves that make up each line's variance, in a constant number of queries.

        A shortage is taken where the removal strategy says, what nobody reserved first, and the rest from the sheet's
        location, which may go below zero. A surplus goes to the sheet's location; a serial number that is booked
        elsewhere comes from there.

        :param dict variances: ``{line id: quantity}``
        """
        # Of templates directly, and no more than is used: a product computes each of their fields, and of those that
        # depend on the company Odoo would read all.
        lines.product_id.product_tmpl_id.fetch(["categ_id", "tracking", "uom_id", "property_stock_inventory"])
        short = lines.filtered(lambda line: variances[line.id] < 0)
        gathered = self._gather_quants(short, variances)
        elsewhere = self._get_serials_elsewhere(lines - short)
        parts = {}
        for line in lines:
            key = (line.product_id.id, line.lot_id.id)
            if variances[line.id] < 0:
                parts[line.id] = self._plan_shortage(line, -variances[line.id], gathered[key])
            else:
                parts[line.id] = self._plan_surplus(line, variances[line.id], elsewhere.get(key))
        return parts

    def _gather_quants(self, lines, variances):
        """Return ``{(product id, lot id): [quant]}`` with stock of the sheet's location, in the order of removal."""
        quants = self._get_quants()
        by_strategy = defaultdict(lines.browse)
        for line in lines:
            by_strategy[quants._get_removal_strategy(line.product_id, self.location_id)] |= line
        gathered = defaultdict(list)
        for strategy, its_lines in by_strategy.items():
            for quant in self._search_quants(quants, strategy, its_lines, variances):
                gathered[quant.product_id.id, quant.lot_id.id].append(quant)
        return gathered

    def _search_quants(self, quants, strategy, lines, variances):
        if strategy == "least_packages":
            # This one depends on the quantity, so Odoo's own search decides, line by line.
            found = quants.browse()
            for line in lines:
                found |= quants._gather(
                    line.product_id, self.location_id, lot_id=line.lot_id or None, qty=-variances[line.id]
                ).filtered(lambda quant, line=line: quant.lot_id == line.lot_id)
            return found.filtered(lambda quant: quant.quantity > 0)
        found = quants.search(
            [
                ("product_id", "in", lines.product_id.ids),
                ("location_id", "child_of", self.location_id.id),
                ("quantity", ">", 0),
            ],
            order=quants._get_removal_strategy_order(strategy) or None,
        )
        if strategy == "closest":
            found = found.sorted(lambda quant: (quant.location_id.complete_name, -quant.id))
        return found

    def _get_serials_elsewhere(self, lines):
        """Return ``{(product id, lot id): quant}`` of serial numbers that the books have outside the sheet's location.

        A serial number is one thing: found here, it is not there any more. Only places of the sheet's company count.
        """
        lots = lines.filtered(lambda line: line.product_id.product_tmpl_id.tracking == "serial").lot_id
        if not lots:
            return {}
        quants = self._get_quants().search(
            [
                ("lot_id", "in", lots.ids),
                ("location_id.usage", "in", ("internal", "transit")),
                ("company_id", "=", self.company_id.id),
                ("quantity", ">", 0),
            ]
        )
        path = self._get_location_path()
        return {
            (quant.product_id.id, quant.lot_id.id): quant
            for quant in quants
            if not quant.location_id.parent_path.startswith(path)
        }

    def _plan_shortage(self, line, missing, quants):
        uom = line.product_id.product_tmpl_id.uom_id
        loss_location = self._get_loss_location(line)
        taken = dict.fromkeys(quants, 0.0)
        # What nobody reserved goes first; then goods that others count on, whose reservation Odoo takes back.
        for may_take_reserved in (False, True):
            for quant in quants:
                free = quant.quantity - taken[quant] - (0 if may_take_reserved else max(quant.reserved_quantity, 0))
                qty = uom.round(min(missing, free))
                if uom.compare(qty, 0) > 0:
                    taken[quant] += qty
                    missing = uom.round(missing - qty)
        parts = [Part(qty, quant.location_id, loss_location, quant) for quant, qty in taken.items() if qty]
        if uom.compare(missing, 0) > 0:
            parts.append(Part(missing, self.location_id, loss_location, self._get_quants()))
        return parts

    def _plan_surplus(self, line, found, elsewhere):
        parts = []
        uom = line.product_id.product_tmpl_id.uom_id
        if elsewhere:
            moved = min(found, elsewhere.quantity)
            parts.append(Part(moved, elsewhere.location_id, self.location_id, elsewhere, is_transfer=True))
            found = uom.round(found - moved)
        if uom.compare(found, 0) > 0:
            parts.append(Part(found, self._get_loss_location(line), self.location_id, self._get_quants()))
        return parts

    def _get_loss_location(self, line):
        return line.product_id.product_tmpl_id.property_stock_inventory

    def _get_quants(self):
        # sudo: who may correct was checked; staff have no rights on inventory
        return self.env["stock.quant"].sudo().with_company(self.company_id)

    # -- the moves -------------------------------------------------------------------------------------------------

    def _lock_quants(self, product_ids):
        """Lock the quants of products in the sheet's location and where losses are booked, in the order of their ids;
        of serial numbers wherever they are, because one that was found here comes from there.

        Meant to be a transaction's first statement: a sale that commits before the lock is ours then fails it at once,
        and not after the work. Odoo's own code finds the rows locked and does not ask again.

        :return: the ids of the locked quants
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT quant.id
                     FROM stock_quant quant
                     JOIN stock_location location ON location.id = quant.location_id
                     JOIN product_product product ON product.id = quant.product_id
                     JOIN product_template template ON template.id = product.product_tmpl_id
                    WHERE quant.product_id = ANY(%s)
                      AND (location.parent_path LIKE %s OR location.usage = 'inventory' OR template.tracking = 'serial')
                      AND (location.company_id = %s OR location.company_id IS NULL)
                 ORDER BY quant.id FOR NO KEY UPDATE OF quant""",
                bulk.get_ids_sql(product_ids),
                self._get_location_path() + "%",
                self.company_id.id,
            )
        )
        return frozenset(quant_id for (quant_id,) in rows)

    def _post_lines(self, lines, locked_ids):
        """Create and validate the inventory moves of ``lines``: for each, moves that sum to its frozen variance.

        :param locked_ids: what :meth:`_lock_quants` answered for their products in this transaction
        """
        # Read here for all lines at once: Odoo's code below would do it one by one, units of quants included.
        lines.product_id.mapped("uom_id")
        quants = self._get_quants().browse(sorted(locked_ids))
        quants.fetch(
            [
                "quantity",
                "reserved_quantity",
                "in_date",
                "location_id",
                "product_id",
                "lot_id",
                "package_id",
                "owner_id",
            ]
        )
        quants.mapped("product_uom_id")
        parts = self._plan_parts(lines, {line.id: line.variance_qty for line in lines})
        values = [values for line in lines for values in self._get_move_values(line, parts[line.id])]
        # sudo: as _get_quants; env.user stays the real one and is named on the moves
        moves = self.env["stock.move"].sudo().with_company(self.company_id)
        moves = moves.with_context(
            inventory_mode=False,
            ignore_dest_packages=True,
            stock_pos_count_locked_ids=locked_ids,
            **({"force_period_date": self.accounting_date} if self.accounting_date else {}),
        )
        moves = moves.with_context(stock_pos_count_creates=True).create(values).with_env(moves.env)
        moves._action_done()
        moves = moves.with_context(stock_pos_count_locked_ids=None)
        # Of products that have reordering rules, and only now: see stock.move.
        rules = self.env["stock.warehouse.orderpoint"].sudo()  # sudo: as _get_quants
        reordered = rules.search([("product_id", "in", moves.product_id.ids)]).product_id
        moves.filtered(lambda move: move.product_id in reordered)._update_orderpoints()
        # Only what came in can serve a waiting transfer.
        moves.filtered(lambda move: move.location_dest_id.usage != "inventory")._trigger_assign()

    def _get_move_values(self, line, parts):
        """Return the values of the moves of one line, numbered by part, as Odoo's own inventory code makes them."""
        values_list = []
        for number, part in enumerate(parts):
            quant = part.quant or self._get_quants().new(
                {"product_id": line.product_id.id, "lot_id": line.lot_id.id, "location_id": self.location_id.id}
            )
            values = quant.with_context(inventory_name=self.name)._get_inventory_move_values(
                part.qty, part.source, part.target, package_id=part.quant.package_id
            )
            # Not afterwards, move by move, as Odoo would: see stock.move.
            for _command, _id, line_values in values["move_line_ids"]:
                line_values["picked"] = values["picked"]
            values.update(stock_pos_count_line_id=line.id, stock_pos_count_part=number, origin=self.name)
            values_list.append(values)
        return values_list
