from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# A till whose clock is further off than this did not send its time, but nonsense.
MAX_CLOCK_SHIFT = timedelta(days=3650)
STAMPS = ("stock_count_sold_at", "stock_count_is_sold_at_sure", "stock_count_learnt_at")


class PosOrder(models.Model):
    _inherit = "pos.order"

    stock_count_sold_at = fields.Datetime(
        "Sold At",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When the goods left the shelf: the order's date, corrected by the clock of its till, at the latest the "
        "moment it reached the server. Taking stock reckons with it.",
    )
    stock_count_is_sold_at_sure = fields.Boolean(
        "Sold At Is Sure", readonly=True, copy=False, help="The till sent its clock with the order."
    )
    stock_count_learnt_at = fields.Datetime(
        "Paid on the Server At",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When the server learnt that the order is paid. Where Sold At is not sure, the goods left before this.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Stamp orders that are paid already. Nobody else says when the goods left; a sale does not fail for it."""
        orders = super().create([{**vals, **dict.fromkeys(STAMPS, False)} for vals in vals_list])
        orders._stamp_sold_at()
        return orders

    def write(self, vals):
        """Stamp orders that are paid now; as :meth:`create`."""
        result = super().write({name: value for name, value in vals.items() if name not in STAMPS})
        if vals.get("state") in ("paid", "done"):
            self._stamp_sold_at()
        return result

    def _stamp_sold_at(self):
        """Note when the goods of orders that are paid now left the shelf, once.

        The register sends its clock in the context of its order sync (``stock_pos_count_till_time``, milliseconds);
        orders paid without it (on the server, in the backend) are not sure.
        """
        orders = self.filtered(lambda order: order.state in ("paid", "done") and not order.stock_count_sold_at)
        if not orders:
            return
        orders.flush_recordset()
        clock_shift = self._get_till_clock_shift()
        # By SQL: the ORM would cut the milliseconds off.
        self.env.execute_query(
            SQL(
                """UPDATE pos_order
                      SET stock_count_sold_at = least(date_order + %s, clock_timestamp() AT TIME ZONE 'UTC'),
                          stock_count_is_sold_at_sure = %s,
                          stock_count_learnt_at = clock_timestamp() AT TIME ZONE 'UTC'
                    WHERE id IN %s""",
                clock_shift or timedelta(),
                clock_shift is not None,
                tuple(orders.ids),
            )
        )
        orders.invalidate_recordset(STAMPS)
        self.env["stock.pos.count.late.sale"]._wake_for_orders(orders)

    def _get_till_clock_shift(self):
        """Return what to add to the till's time to get the server's, or ``None`` if the till did not say."""
        till_time = self.env.context.get("stock_pos_count_till_time")
        if isinstance(till_time, bool) or not isinstance(till_time, int):
            return None
        self.env.cr.execute("SELECT extract(epoch FROM clock_timestamp()) * 1000")
        milliseconds = float(self.env.cr.fetchone()[0]) - till_time
        if abs(milliseconds) > MAX_CLOCK_SHIFT / timedelta(milliseconds=1):
            return None
        return timedelta(milliseconds=milliseconds)
