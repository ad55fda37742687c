from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .. import count_logic

# A full count also looks for what the book says is gone but moved lately.
MOVEMENT_MONTHS = 12


class StockPosCount(models.Model):
    """What a sheet counts: which products belong to it, which other sheets cover the same, and its lines at the
    start."""

    _inherit = "stock.pos.count"

    # -- products ------------------------------------------------------------------------------------------------

    def _get_scope_sql(self, location, scope, category_ids=(), vendor_ids=()):
        """Return the SQL that selects the ids of the products a count of ``location`` covers.

        Full: storable active products with stock (also negative) in the location or below, or moved there in the last
        :data:`MOVEMENT_MONTHS` months. Partial: all storable active products of the categories (children included) and
        of the vendors (of the product's vendor list, this variant's or all variants' rows).
        """
        company = location.company_id or self.env.company
        # sudo: a branch's user may be unable to read the companies above
        conditions = [
            SQL("product.active AND template.active AND template.type = 'consu' AND template.is_storable"),
            SQL("(template.company_id IS NULL OR template.company_id IN %s)", tuple(company.sudo().parent_ids.ids)),
        ]
        kits = self._get_kit_template_ids(company)
        if kits:
            conditions.append(SQL("template.id NOT IN %s", tuple(kits)))
        if scope == "full":
            conditions.append(self._get_stock_or_movement_sql(location))
        if scope == "partial" and category_ids:
            # sudo: only a condition; the categories were checked
            categories = self.env["product.category"].sudo()._search([("id", "child_of", list(category_ids))])
            conditions.append(SQL("template.categ_id IN %s", categories.subselect()))
        if scope == "partial" and vendor_ids:
            conditions.append(
                SQL(
                    """EXISTS (SELECT 1 FROM product_supplierinfo seller
                                WHERE seller.product_tmpl_id = template.id
                                  AND (seller.product_id IS NULL OR seller.product_id = product.id)
                                  AND (seller.company_id IS NULL OR seller.company_id = %s)
                                  AND seller.partner_id IN %s)""",
                    company.id,
                    tuple(vendor_ids),
                )
            )
        return SQL(
            """SELECT product.id FROM product_product product
                 JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE %s""",
            SQL(" AND ").join(conditions),
        )

    def _get_stock_or_movement_sql(self, location):
        # sudo: POS users may be unable to read locations
        locations = self.env["stock.location"].sudo()._search([("id", "child_of", location.id)]).subselect()
        return SQL(
            """(EXISTS (SELECT 1 FROM stock_quant quant
                         WHERE quant.product_id = product.id AND quant.quantity <> 0 AND quant.location_id IN
                         %(locations)s)
             OR EXISTS (SELECT 1 FROM stock_move_line moved
                         WHERE moved.product_id = product.id AND moved.state = 'done'
                           AND moved.date >= (now() AT TIME ZONE 'UTC') - make_interval(months => %(months)s)
                           AND (moved.location_id IN %(locations)s OR moved.location_dest_id IN %(locations)s)))""",
            locations=locations,
            months=MOVEMENT_MONTHS,
        )

    def _get_kit_template_ids(self, company):
        """Return the ids of the templates sold as kits: they have no stock of their own (only with mrp installed)."""
        if "mrp.bom" not in self.env:
            return []
        # sudo: a POS user may be unable to read recipes
        boms = self.env["mrp.bom"].sudo().search([("type", "=", "phantom"), ("company_id", "in", (False, company.id))])
        return boms.product_tmpl_id.ids

    def _get_own_scope_sql(self):
        """Return the SQL of the products that this sheet covers, or would cover if it started now."""
        self.ensure_one()
        if self.source_id and self.seed == "late":
            return self.source_id._get_late_products_sql()
        if self.source_id:
            return SQL(
                "SELECT product_id AS id FROM stock_pos_count_line WHERE count_id = %s AND NOT is_counted",
                self.source_id.id,
            )
        return self._get_scope_sql(self.location_id, self.scope, self.category_ids.ids, self.vendor_ids.ids)

    def _count_products(self, scope_sql):
        self.env.flush_all()
        return self.env.execute_query(SQL("SELECT count(*) FROM (%s) AS product_scope", scope_sql))[0][0]

    # -- other sheets ----------------------------------------------------------------------------------------------

    def _get_overlapping_counts(self, location, scope_sql):
        """Return the open sheets of overlapping locations that cover some of the products of ``scope_sql``."""
        self.env.flush_all()
        domain = Domain("state", "in", count_logic.OPEN_STATES) & (
            Domain("location_id", "child_of", location.id) | Domain("location_id", "parent_of", location.id)
        )
        candidates = self.search(domain) - self
        started = candidates.filtered(lambda count: count.state != count_logic.NEW)
        overlapping = self.browse()
        if started:
            rows = self.env.execute_query(
                SQL(
                    """SELECT DISTINCT count_id FROM stock_pos_count_line
                        WHERE count_id IN %s AND product_id IN (%s)""",
                    tuple(started.ids),
                    scope_sql,
                )
            )
            overlapping = self.browse(count_id for (count_id,) in rows)
        for count in candidates - started:
            own_sql = count._get_own_scope_sql()
            if self.env.execute_query(SQL("SELECT 1 WHERE EXISTS ((%s) INTERSECT (%s))", own_sql, scope_sql)):
                overlapping |= count
        return overlapping.sorted("last_activity_at", reverse=True)

    def _get_open_full_count(self, location, only_started=False):
        """Return the full count that makes a second one of ``location`` pointless, if there is one.

        A recount holds few lines, so it does not stand in the way.

        :param bool only_started: leave out sheets that are still new
        """
        states = Domain("state", "=", count_logic.COUNTING) | Domain("paused_state", "=", count_logic.COUNTING)
        if not only_started:
            states |= Domain("state", "=", count_logic.NEW)
        return self.search(
            Domain("scope", "=", "full")
            & states
            & (Domain("location_id", "child_of", location.id) | Domain("location_id", "parent_of", location.id)),
            limit=1,
        )

    # -- lines -----------------------------------------------------------------------------------------------------

    def _create_lines(self):
        """Create the sheet's lines in one statement: one a product, and one a lot in stock for tracked products."""
        self.ensure_one()
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO stock_pos_count_line (count_id, company_id, product_id, lot_id, target_round, is_counted,
                                                  counted_qty, expected_qty, variance_qty, result)
                SELECT %(count)s, %(company)s, product.id, stock.lot_id, 0, FALSE, 0, 0, 0, 'uncounted'
                  FROM product_product product
                  JOIN product_template template ON template.id = product.product_tmpl_id
             LEFT JOIN (SELECT quant.product_id, quant.lot_id
                          FROM stock_quant quant
                         WHERE quant.location_id IN %(locations)s
                      GROUP BY quant.product_id, quant.lot_id
                        HAVING sum(quant.quantity) <> 0
                       ) stock ON stock.product_id = product.id AND template.tracking <> 'none'
                 WHERE product.id IN (%(scope)s)
              ORDER BY template.categ_id, template.default_code NULLS LAST, product.default_code NULLS LAST, product.id
                """,
                count=self.id,
                company=self.company_id.id,
                locations=self._get_sheet_locations().subselect(),
                scope=self._get_own_scope_sql(),
            )
        )
        self.env["stock.pos.count.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])
