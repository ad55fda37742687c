from odoo import api, models
from odoo.tools import SQL

NO_FIGURES = {"book_qty": 0.0, "unposted_qty": 0.0, "sold_qty": 0.0, "adjusted_qty": 0.0}


class StockPosCountBook(models.AbstractModel):
    """What the books said at the moment something was counted, and what was learnt about that moment later.

    The one place that reads stock for counting. Quantities are in the product's unit and cover the sheet's location
    with everything below it; a product without lot and each of its lots are separate.
    """

    _name = "stock.pos.count.book"
    _description = "Book Quantities for Counting"

    @api.model
    def _get_figures(self, count, observations):
        """Return the figures that an entry stores, for the present transaction.

        A constant number of queries, whatever the number of observations.

        :param count: the sheet (one)
        :param observations: list of ``(product id, lot id or None, counted_at)``
        :return: a list of dicts as :data:`NO_FIGURES`, in the order of ``observations``
        """
        book = self._get_book(count, {product_id for product_id, _lot_id, _counted_at in observations})
        return [
            dict(NO_FIGURES, book_qty=book.get((product_id, lot_id), 0.0))
            for product_id, lot_id, _counted_at in observations
        ]

    @api.model
    def _get_book(self, count, product_ids):
        """Return ``{(product id, lot id or None): quantity}``: the sum of the quants (several rows a key are
        normal)."""
        if not product_ids:
            return {}
        self.env["stock.quant"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT product_id, lot_id, sum(quantity)::float FROM stock_quant
                    WHERE product_id IN %s AND location_id IN %s GROUP BY product_id, lot_id""",
                tuple(product_ids),
                count._get_sheet_locations().subselect(),
            )
        )
        return {(product_id, lot_id): quantity for product_id, lot_id, quantity in rows}

    @api.model
    def _get_later_changes(self, lines):
        """Return ``{line id: (late sales, adjustments by others)}``: what was learnt since about each line's moment."""
        return dict.fromkeys(lines.ids, (0.0, 0.0))
