from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .. import bulk

# Sales and adjustments are summed from this long before the sheet's start: an offline till may bring older ones later,
# and a fixed bound keeps two sums comparable.
WINDOW_DAYS = 7


class StockPosCountBook(models.AbstractModel):
    """What the books said at the moment something was counted, and what was learnt about that moment later.

    The one place that reads stock for counting (the files ``_book_sales`` and ``_book_moves`` hold its two sources).
    Quantities are in the product's unit and cover the sheet's location with everything below it, whoever owns the goods
    and whatever they are packed in; a product without lot and each of its lots are separate.

    The formula (design, chapter 2)::

        expected = book + unposted + shift + late + adjusted later        variance = counted − expected

    - book: the sum of the quants at the recording;
    - unposted: sold or returned in the POS at the recording, and not yet in the quants;
    - shift: what moved between the moment of the count and its recording (a device that was offline);
    - late: −(S(moment) now − S(moment) at the recording), where S(t) is what was sold up to t as far as the server
      knows;
    - adjusted later: A now − A at the recording, where A are the inventory adjustments by others.
    """

    _name = "stock.pos.count.book"
    _description = "Book Quantities for Counting"

    @api.model
    def _get_figures(self, count, observations, now):
        """Return the figures that an entry stores, for the present transaction.

        A constant number of queries, whatever the number of observations.

        :param count: the sheet (one)
        :param observations: list of ``(product id, lot id or None, counted_at)``
        :param now: the moment of the recording
        :return: a list of dicts ``{book_qty, unposted_qty, sold_qty, adjusted_qty, shift_qty}``, in the order of
            ``observations``
        """
        if not observations:
            return []
        self.env.flush_all()
        product_ids = sorted({product_id for product_id, _lot_id, _counted_at in observations})
        book = self._get_book(count, product_ids)
        unposted = self._get_unposted(count, product_ids)
        adjusted = self._get_adjusted(count, product_ids)
        sold = self._get_sold(count, observations)
        moved = self._get_moved_between(count, observations, now)
        return [
            {
                "book_qty": book.get((product_id, lot_id), 0.0),
                "unposted_qty": unposted.get((product_id, lot_id), 0.0),
                "adjusted_qty": adjusted.get((product_id, lot_id), 0.0),
                "sold_qty": sold[number][0],
                "shift_qty": sold[number][1] - moved[number],
            }
            for number, (product_id, lot_id, _counted_at) in enumerate(observations)
        ]

    @api.model
    def _get_later_changes(self, count, observations):
        """Return what was learnt since about each observation: ``[(late sales, adjustments by others)]``.

        :param observations: list of ``(product id, lot id or None, moment, sold_qty, adjusted_qty)`` as recorded
        """
        if not observations:
            return []
        self.env.flush_all()
        sold = self._get_sold(count, [observation[:3] for observation in observations])
        adjusted = self._get_adjusted(count, sorted({observation[0] for observation in observations}))
        return [
            (-(sold[number][0] - sold_qty), adjusted.get((product_id, lot_id), 0.0) - adjusted_qty)
            for number, (product_id, lot_id, _moment, sold_qty, adjusted_qty) in enumerate(observations)
        ]

    @api.model
    def _get_window_start(self, count):
        """Return the fixed moment from which sales and adjustments of a sheet are summed."""
        return (count.started_at or count.create_date) - timedelta(days=WINDOW_DAYS)

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
                    WHERE product_id = ANY(%s) AND location_id IN %s GROUP BY product_id, lot_id""",
                bulk.get_ids_sql(product_ids),
                count._get_sheet_locations().subselect(),
            )
        )
        return {(product_id, lot_id): quantity for product_id, lot_id, quantity in rows}

    @api.model
    def _get_observations_sql(self, alias, observations):
        """Return observations as SQL for a ``FROM``: number (from 0), product_id, lot_id, moment.

        :param observations: list of ``(product id, lot id or None, moment)``
        """
        return bulk.get_rows_sql(
            alias,
            {"number": "integer", "product_id": "integer", "lot_id": "integer", "moment": "timestamp"},
            [(number, *observation) for number, observation in enumerate(observations)],
        )
