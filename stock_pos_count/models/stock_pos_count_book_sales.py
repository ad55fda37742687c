from odoo import api, models
from odoo.tools import SQL

from .. import bulk


class StockPosCountBook(models.AbstractModel):
    """Sales and returns of the registers that sell from the counted location, whether stock knows of them or not."""

    _inherit = "stock.pos.count.book"

    @api.model
    def _get_sold(self, count, observations):
        """Return what was sold, net of returns, as far as the server knows: ``[(up to the moment, after it)]``.

        :param observations: list of ``(product id, lot id or None, moment)``
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT seen.number,
                       coalesce(sum(sale.qty) FILTER (WHERE sale.moment <= seen.moment), 0)::float,
                       coalesce(sum(sale.qty) FILTER (WHERE sale.moment > seen.moment), 0)::float
                  FROM %(seen)s
             LEFT JOIN (%(sales)s) sale ON sale.product_id = seen.product_id AND NOT sale.is_lotless
                                       AND sale.lot_id IS NOT DISTINCT FROM seen.lot_id
              GROUP BY seen.number
              ORDER BY seen.number
                """,
                seen=self._get_observations_sql("seen", observations),
                sales=self._get_window_sales_sql(count, {observation[0] for observation in observations}),
            )
        )
        return [(before, after) for _number, before, after in rows]

    @api.model
    def _get_unposted(self, count, product_ids):
        """Return ``{(product id, lot id or None): quantity}`` of what the POS sold (negative) or took back (positive)
        and stock does not have, whatever its date.

        Sales of a tracked product whose lot nobody knows belong to the product and not to a line: they are left out
        here and block its lines (see ``_get_lotless``).
        """
        return {
            (product_id, lot_id): qty
            for product_id, lot_id, is_lotless, qty in self._get_unposted_rows(count, product_ids)
            if not is_lotless
        }

    @api.model
    def _get_lotless(self, count, product_ids):
        """Return the ids of tracked products that were sold without a lot, and stock does not have it yet."""
        return {
            product_id
            for product_id, _lot_id, is_lotless, qty in self._get_unposted_rows(count, product_ids)
            if is_lotless and qty
        }

    @api.model
    def _get_unposted_rows(self, count, product_ids, locations=None):
        """Return ``[(product id, lot id, is lotless, quantity)]``, sold negative.

        Two sources: orders of sessions that update stock at closing, and moves of POS pickings that are not done (Odoo
        swallows the error of a picking that it cannot validate) with their backorders of any depth.

        :param locations: SQL of location ids; the sheet's if not given
        """
        if not product_ids:
            return []
        locations = locations or count._get_sheet_locations().subselect()
        not_posted = SQL(
            """po.session_id IN (SELECT id FROM pos_session WHERE state <> 'closed' AND update_stock_at_closing)
               AND NOT EXISTS (SELECT 1 FROM stock_picking WHERE stock_picking.pos_order_id = po.id)"""
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT product_id, lot_id, is_lotless, sum(qty)::float
                  FROM (SELECT product_id, lot_id, is_lotless, -qty AS qty FROM (%(sales)s) sale
                  UNION ALL
                        SELECT product_id, lot_id, is_lotless, qty FROM (%(moves)s) open_move
                       ) unposted
              GROUP BY product_id, lot_id, is_lotless
                """,
                sales=self._get_sales_sql(count, product_ids, locations, not_posted),
                moves=self._get_open_pos_moves_sql(count, product_ids, locations),
            )
        )

    @api.model
    def _get_window_sales_sql(self, count, product_ids):
        """Return the SQL of all sales of the sheet's window: see :meth:`_get_sales_sql`.

        Of tracked products the pickings know better than the orders which lots left: one that was sold without its
        lot gets it there, later. Orders that are posted with their session have no picking of their own.
        """
        locations = count._get_sheet_locations().subselect()
        # What the server learnt since belongs to it too, however long a till had kept it.
        in_window = SQL(
            """(po.stock_count_sold_at >= %(start)s OR po.stock_count_learnt_at >= %(start)s
                OR (po.stock_count_sold_at IS NULL AND po.date_order >= %(start)s))""",
            start=self._get_window_start(count),
        )
        if not self._has_tracked(product_ids):
            return self._get_sales_sql(count, product_ids, locations, in_window)
        has_picking = SQL("SELECT 1 FROM stock_picking WHERE stock_picking.pos_order_id = po.id AND return_id IS NULL")
        without_picking = SQL("%s AND (goods.tracking = 'none' OR NOT EXISTS (%s))", in_window, has_picking)
        return SQL(
            "%s UNION ALL %s",
            self._get_sales_sql(count, product_ids, locations, without_picking),
            self._get_picked_sales_sql(count, product_ids, locations, in_window),
        )

    @api.model
    def _has_tracked(self, product_ids):
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1 FROM product_product product
                         JOIN product_template template ON template.id = product.product_tmpl_id
                        WHERE product.id = ANY(%s) AND template.tracking <> 'none' LIMIT 1""",
                    bulk.get_ids_sql(product_ids),
                )
            )
        )

    @api.model
    def _get_picked_sales_sql(self, count, product_ids, locations, condition):
        """Return the SQL of sales of tracked products by the pickings of their orders, backorders of any depth
        included: the columns of :meth:`_get_sales_sql`."""
        return SQL(
            """
            SELECT po.id AS order_id,
                   (SELECT coalesce(min(pol.id) FILTER (WHERE pol.product_id = move.product_id), min(pol.id))
                      FROM pos_order_line pol WHERE pol.order_id = po.id) AS order_line_id,
                   move.product_id, part.lot_id, part.is_lotless,
                   part.qty * CASE WHEN move.location_id IN %(locations)s THEN 1 ELSE -1 END AS qty, %(moments)s
              FROM (
                    WITH RECURSIVE chain AS (
                        SELECT po.id AS order_id, picking.id AS picking_id
                          FROM pos_order po
                          JOIN stock_picking picking ON picking.pos_order_id = po.id AND picking.return_id IS NULL
                         WHERE po.company_id = %(company)s AND po.state IN ('paid', 'done')
                           AND po.shipping_date IS NULL AND %(condition)s
                     UNION
                        SELECT chain.order_id, picking.id
                          FROM chain
                          JOIN stock_picking picking ON picking.backorder_id = chain.picking_id
                                                    AND picking.return_id IS NULL
                    )
                    SELECT order_id, picking_id FROM chain
                   ) own
              JOIN pos_order po ON po.id = own.order_id
              JOIN stock_move move ON move.picking_id = own.picking_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN LATERAL (%(lots)s) part ON TRUE
             WHERE move.state <> 'cancel'
               AND move.product_id = ANY(%(products)s)
               AND template.type = 'consu' AND template.is_storable AND template.tracking <> 'none'
               AND (move.location_id IN %(locations)s) <> (move.location_dest_id IN %(locations)s)
            """,
            locations=locations,
            moments=self._get_moments_sql(),
            company=count.company_id.id,
            condition=condition,
            lots=self._get_move_lots_sql(),
            products=bulk.get_ids_sql(product_ids),
        )

    @api.model
    def _get_moments_sql(self):
        """Return the SQL of the columns that say when the order ``po`` was sold."""
        return SQL(
            """coalesce(po.stock_count_sold_at, po.date_order) AS moment,
               coalesce(po.stock_count_is_sold_at_sure, FALSE) AS is_sure,
               coalesce(po.stock_count_learnt_at, po.date_order) AS learnt_at"""
        )

    @api.model
    def _get_sales_sql(self, count, product_ids, locations, condition):
        """Return the SQL of what POS orders sold out of ``locations``, one row an order line and lot (or component).

        Columns: order_id, order_line_id, product_id, lot_id, is_lotless (a tracked product whose lot is not known),
        qty (returns negative), moment, is_sure (the till's clock is known), learnt_at (when the server was told that it
        is paid: an unsure moment may be any up to this). Ship-later orders are not sold yet: their
        goods leave with a delivery. A lot-tracked line gives its whole quantity to each of its lots, as Odoo's own
        picking does (``stock.move._add_mls_related_to_order``).

        :param condition: SQL on ``po`` (the order) and ``goods`` (the product: id, tracking)
        """
        return SQL(
            """
            WITH register AS MATERIALIZED (
                SELECT config.id, type.default_location_src_id IN %(locations)s AS is_sold_here,
                       coalesce(return_type.default_location_dest_id, type.default_location_src_id) IN %(locations)s
                           AS is_returned_here
                  FROM pos_config config
                  JOIN stock_picking_type type ON type.id = config.picking_type_id
             LEFT JOIN stock_picking_type return_type ON return_type.id = type.return_picking_type_id
                 WHERE config.company_id = %(company)s
            ),
            goods AS MATERIALIZED (
                SELECT product.id, template.tracking
                  FROM product_product product
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE product.id = ANY(%(products)s) AND template.type = 'consu' AND template.is_storable
            )
            SELECT po.id AS order_id, pol.id AS order_line_id, goods.id AS product_id, lot.lot_id,
                   goods.tracking <> 'none' AND lot.lot_id IS NULL AS is_lotless,
                   coalesce(lot.qty, pol.qty * coalesce(kit.factor, 1)) AS qty, %(moments)s
              FROM pos_order po
              JOIN register ON register.id = po.config_id
              JOIN pos_order_line pol ON pol.order_id = po.id
         LEFT JOIN %(kits)s ON kit.kit_id = pol.product_id
              JOIN goods ON goods.id = coalesce(kit.component_id, pol.product_id)
         LEFT JOIN LATERAL (%(lots)s) lot ON goods.tracking <> 'none' AND kit.kit_id IS NULL
             WHERE po.company_id = %(company)s
               AND po.state IN ('paid', 'done')
               AND po.shipping_date IS NULL
               AND pol.qty <> 0
               AND CASE WHEN pol.qty > 0 THEN register.is_sold_here ELSE register.is_returned_here END
               AND %(condition)s
            """,
            kits=bulk.get_rows_sql(
                "kit",
                {"kit_id": "integer", "component_id": "integer", "factor": "float"},
                self._get_kit_components(count.company_id),
            ),
            moments=self._get_moments_sql(),
            lots=self._get_order_line_lots_sql(),
            company=count.company_id.id,
            products=bulk.get_ids_sql(product_ids),
            locations=locations,
            condition=condition,
        )

    @api.model
    def _get_order_line_lots_sql(self):
        """Return the SQL of the lots of one order line ``pol``, and of the rest whose lot is not known."""
        return SQL(
            """
            WITH named AS (
                SELECT stock_lot.id AS lot_id,
                       sign(pol.qty) * CASE goods.tracking WHEN 'serial' THEN 1 ELSE abs(pol.qty) END AS qty
                  FROM pos_pack_operation_lot pack
                  JOIN stock_lot ON stock_lot.product_id = pol.product_id AND stock_lot.name = pack.lot_name
                                AND (stock_lot.company_id IS NULL OR stock_lot.company_id = po.company_id)
                 WHERE pack.pos_order_line_id = pol.id
            )
            SELECT lot_id, qty FROM named
         UNION ALL
            SELECT NULL, pol.qty - coalesce(sum(qty), 0) FROM named
            HAVING abs(coalesce(sum(qty), 0)) < abs(pol.qty)
            """
        )

    @api.model
    def _get_kit_components(self, company, kits=None):
        """Return ``[(kit, component, quantity of the component in one kit)]`` (only with mrp installed), of all kits or
        of those among ``kits``."""
        if "mrp.bom" not in self.env:
            return []
        Bom = self.env["mrp.bom"].sudo().with_company(company)  # sudo: a POS user may be unable to read recipes
        if kits is None:
            boms = Bom.search([("type", "=", "phantom"), ("company_id", "in", (False, company.id))])
            kits = boms.product_id | boms.filtered(lambda bom: not bom.product_id).product_tmpl_id.product_variant_ids
        rows = []
        for kit, bom in Bom._bom_find(kits, company_id=company.id, bom_type="phantom").items():
            one_kit = kit.uom_id._compute_quantity(1, bom.product_uom_id, round=False) / bom.product_qty
            _boms, lines = bom.explode(kit, one_kit)
            for bom_line, values in lines:
                component = bom_line.product_id
                qty = bom_line.product_uom_id._compute_quantity(values["qty"], component.uom_id, round=False)
                rows.append((kit.id, component.id, qty))
        return rows
