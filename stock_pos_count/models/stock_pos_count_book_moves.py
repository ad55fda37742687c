from odoo import api, models
from odoo.tools import SQL

from .. import bulk


class StockPosCountBook(models.AbstractModel):
    """Stock moves in and out of the counted location: unfinished POS pickings, adjustments, receipts and transfers."""

    _inherit = "stock.pos.count.book"

    # -- POS pickings ------------------------------------------------------------------------------------------------

    @api.model
    def _get_open_pos_moves_sql(self, count, product_ids, locations):
        """Return the SQL of POS moves across the border of ``locations`` that are not done: product_id, lot_id,
        is_lotless, qty (out of the location negative)."""
        return SQL(
            """
            SELECT move.product_id, part.lot_id, template.tracking <> 'none' AND part.is_lotless AS is_lotless,
                   part.qty * CASE WHEN move.location_dest_id IN %(locations)s THEN 1 ELSE -1 END AS qty
              FROM stock_move move
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN LATERAL (%(lots)s) part ON TRUE
             WHERE move.company_id = %(company)s
               AND move.state NOT IN ('done', 'cancel')
               AND move.product_id = ANY(%(products)s)
               AND template.type = 'consu' AND template.is_storable
               AND (move.location_id IN %(locations)s) <> (move.location_dest_id IN %(locations)s)
               AND move.picking_id IN (%(pos_pickings)s)
            """,
            lots=self._get_move_lots_sql(),
            company=count.company_id.id,
            products=bulk.get_ids_sql(product_ids),
            locations=locations,
            pos_pickings=self._get_pos_pickings_sql(
                SQL(
                    """SELECT picking_id FROM stock_move
                        WHERE state NOT IN ('done', 'cancel') AND product_id = ANY(%s) AND company_id = %s""",
                    bulk.get_ids_sql(product_ids),
                    count.company_id.id,
                )
            ),
        )

    @api.model
    def _get_move_lots_sql(self):
        """Return the SQL of what one POS ``move`` moved or is to move, by lot: lot_id, qty, is_lotless.

        A reservation names lots too, but only what somebody picked has left.
        """
        return SQL(
            """
            WITH lots AS (
                SELECT lot_id, sum(quantity_product_uom) AS qty
                  FROM stock_move_line
                 WHERE move_id = move.id AND template.tracking <> 'none'
                   AND (move.state = 'done' OR (picked AND lot_id IS NOT NULL))
              GROUP BY lot_id
            )
            SELECT lot_id, qty, FALSE AS is_lotless FROM lots
         UNION ALL
            SELECT NULL, move.product_qty - coalesce(sum(qty), 0), TRUE FROM lots
            HAVING move.state <> 'done' AND move.product_qty > coalesce(sum(qty), 0)
            """
        )

    @api.model
    def _get_pos_pickings_sql(self, candidates):
        """Return the SQL of those of the pickings ``candidates`` (SQL of ids) that post what a register sold or took
        back, their backorders of any depth included: a backorder carries no POS link.

        Not deliveries of ship-later orders, and not returns made by hand, which copy the link.
        """
        return SQL(
            """
            WITH RECURSIVE chain AS (
                SELECT id AS candidate_id, backorder_id, pos_session_id, pos_order_id, return_id
                  FROM stock_picking WHERE id IN (%s)
             UNION
                SELECT chain.candidate_id, origin.backorder_id, origin.pos_session_id, origin.pos_order_id,
                       origin.return_id
                  FROM chain JOIN stock_picking origin ON origin.id = chain.backorder_id
            )
            SELECT chain.candidate_id
              FROM chain LEFT JOIN pos_order ON pos_order.id = chain.pos_order_id
          GROUP BY chain.candidate_id
            HAVING bool_or(chain.pos_session_id IS NOT NULL OR chain.pos_order_id IS NOT NULL)
               AND bool_and(chain.return_id IS NULL AND pos_order.shipping_date IS NULL)
            """,
            candidates,
        )

    # -- inventory adjustments ---------------------------------------------------------------------------------------

    @api.model
    def _get_adjusted(self, count, product_ids):
        """Return ``{(product id, lot id or None): quantity}`` of the inventory adjustments of the sheet's window, those
        of the sheet itself apart: book corrections, no goods moved."""
        if not product_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT product_id, lot_id, sum(qty)::float FROM (%s) adjustment GROUP BY product_id, lot_id",
                self._get_adjustments_sql(count, product_ids),
            )
        )
        return {(product_id, lot_id): qty for product_id, lot_id, qty in rows}

    @api.model
    def _get_adjustments_sql(self, count, product_ids):
        """Return the SQL of others' adjustments: move_line_id, product_id, lot_id, qty, created_at, is_core (made in
        Inventory, not by a count sheet).

        By the date of creation: the date of a move can be edited, and an accounting date back-dates it.
        """
        return SQL(
            """
            SELECT move_line.id AS move_line_id, move_line.product_id, move_line.lot_id,
                   move.create_date AS created_at,
                   own_line.id IS NULL AND move.stock_pos_count_late_sale_id IS NULL AS is_core,
                   move_line.quantity_product_uom
                   * CASE WHEN move_line.location_dest_id IN %(locations)s THEN 1 ELSE -1 END AS qty
              FROM stock_move move
              JOIN stock_move_line move_line ON move_line.move_id = move.id
         LEFT JOIN stock_pos_count_line own_line ON own_line.id = move.stock_pos_count_line_id
             WHERE move.is_inventory
               AND move.state = 'done'
               AND move.product_id = ANY(%(products)s)
               AND move.create_date >= %(start)s
               AND own_line.count_id IS DISTINCT FROM %(count)s
               AND (move_line.location_id IN %(locations)s) <> (move_line.location_dest_id IN %(locations)s)
            """,
            products=bulk.get_ids_sql(product_ids),
            start=self._get_window_start(count),
            count=count.id,
            locations=count._get_sheet_locations().subselect(),
        )

    # -- receipts, transfers, deliveries, scrap ----------------------------------------------------------------------

    @api.model
    def _get_moved_between(self, count, observations, now):
        """Return for each observation what came in (positive) and went out between its moment and ``now``, apart from
        POS goods, which have sale moments, and adjustments.

        :param observations: list of ``(product id, lot id or None, moment)``
        """
        start = min(moment for _product_id, _lot_id, moment in observations)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT seen.number, sum(moved.qty)::float
                  FROM %s
                  JOIN (%s) moved ON moved.product_id = seen.product_id AND moved.moved_at > seen.moment
                                 AND moved.moved_at <= %s
                                 AND moved.lot_id IS NOT DISTINCT FROM seen.lot_id
              GROUP BY seen.number
                """,
                self._get_observations_sql("seen", observations),
                self._get_goods_moves_sql(count, {observation[0] for observation in observations}, start),
                now,
            )
        )
        moved = dict(rows)
        return [moved.get(number, 0.0) for number in range(len(observations))]

    @api.model
    def _get_goods_moves_sql(self, count, product_ids, start):
        """Return the SQL of done moves of goods across the border of the location since ``start``, apart from POS
        goods and adjustments: move_line_id, product_id, lot_id, qty (out negative), moved_at."""
        return SQL(
            """
            SELECT move_line.id AS move_line_id, move_line.product_id, move_line.lot_id, move_line.date AS moved_at,
                   move_line.quantity_product_uom
                   * CASE WHEN move_line.location_dest_id IN %(locations)s THEN 1 ELSE -1 END AS qty
              FROM stock_move move
              JOIN stock_move_line move_line ON move_line.move_id = move.id
             WHERE move.state = 'done'
               AND move.is_inventory IS NOT TRUE
               AND move.product_id = ANY(%(products)s)
               AND move.date >= %(start)s
               AND (move_line.location_id IN %(locations)s) <> (move_line.location_dest_id IN %(locations)s)
               AND (move.picking_id IS NULL OR move.picking_id NOT IN (%(pos_pickings)s))
            """,
            products=bulk.get_ids_sql(product_ids),
            start=start,
            locations=count._get_sheet_locations().subselect(),
            pos_pickings=self._get_pos_pickings_sql(
                SQL(
                    """SELECT picking_id FROM stock_move
                        WHERE state = 'done' AND product_id = ANY(%s) AND date >= %s AND picking_id IS NOT NULL""",
                    bulk.get_ids_sql(product_ids),
                    start,
                )
            ),
        )
