from dataclasses import replace
from datetime import timedelta

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

from .. import bulk, count_logic, count_marks
from ..count_marks import Facts


class StockPosCountBook(models.AbstractModel):
    """What happened around the moment of each count: the facts behind a line's marks."""

    _inherit = "stock.pos.count.book"

    @api.model
    def _get_judgement(self, lines):
        """Return what is to be known before the variances of ``lines`` are trusted, as last refreshed.

        :return: ``{line id: {"expected", "variance", "late", "adjusted", "doubtful": [sentence], "moved": [sentence],
            "superseded_by": sheet name or None, "blocked": [sentence]}}``
        """
        return {
            line.id: {
                "expected": line.expected_qty,
                "variance": line.variance_qty,
                "late": line.late_qty,
                "adjusted": line.adjustment_qty,
                "doubtful": line._get_mark_sentences(count_marks.DOUBTS),
                "moved": line._get_mark_sentences((count_marks.MOVED,)),
                "superseded_by": line.superseded_by_id.name or None,
                "blocked": line._get_mark_sentences(count_marks.BLOCKS),
            }
            for line in lines
        }

    @api.model
    def _get_mark_facts(self, count, line_ids, product_ids, first_moment):
        """Return ``{line id: Facts}`` of those of the sheet's counted lines around which something happened.

        A constant number of queries.

        :param first_moment: the earliest observation of these lines
        """
        if not line_ids:
            return {}
        self.env.flush_all()
        facts = self._get_events_around(count, line_ids, product_ids, first_moment)
        by_product = {
            "lotless_sales": self._get_lotless(count, product_ids),
            "ancestor_sales": self._get_sold_above(count, product_ids),
        }
        line_rows = self.env.execute_query(
            SQL("SELECT id, product_id FROM stock_pos_count_line WHERE id = ANY(%s)", bulk.get_ids_sql(line_ids))
        )
        for name, products in by_product.items():
            for line_id, product_id in line_rows:
                if product_id in products:
                    facts[line_id] = replace(facts.get(line_id, Facts()), **{name: True})
        by_line = {
            "core_adjusted": self._get_core_adjusted_line_ids(count, line_ids, product_ids),
            "lots_learnt": self._get_lots_learnt_line_ids(count, line_ids, product_ids),
        }
        for name, ids in by_line.items():
            for line_id in ids:
                facts[line_id] = replace(facts.get(line_id, Facts()), **{name: True})
        return facts

    @api.model
    def _get_events_around(self, count, line_ids, product_ids, first_moment):
        near = timedelta(seconds=count_marks.NEAR_SECONDS)
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH line AS (
                    SELECT id, product_id, lot_id, recorded_at, counted_at AS moment, first_counted_at AS first_moment
                      FROM stock_pos_count_line WHERE id = ANY(%(lines)s)
                ), event AS (
                    SELECT line.id, sale.moment AS happened_at, sale.learnt_at, abs(sale.qty) AS qty, sale.is_sure,
                           FALSE AS is_document
                      FROM line
                      JOIN (%(sales)s) sale
                        ON sale.product_id = line.product_id
                       AND (sale.is_lotless OR sale.lot_id IS NOT DISTINCT FROM line.lot_id)
                 UNION ALL
                    SELECT line.id, moved.moved_at, moved.moved_at, abs(moved.qty), TRUE, TRUE
                      FROM line
                      JOIN (%(goods)s) moved
                        ON moved.product_id = line.product_id
                       AND moved.lot_id IS NOT DISTINCT FROM line.lot_id
                )
                SELECT line.id,
                       sum(qty) FILTER (WHERE happened_at > first_moment AND happened_at <= moment) AS moved,
                       sum(qty) FILTER (WHERE is_sure AND happened_at BETWEEN moment - %(near)s AND moment + %(near)s)
                       AS near,
                       sum(qty) FILTER (WHERE NOT is_sure AND happened_at <= moment + %(unsure)s
                                          AND greatest(happened_at, learnt_at) >= moment - %(unsure)s)
                       AS unsure,
                       sum(qty) FILTER (WHERE is_document AND happened_at > moment) AS validated_after,
                       sum(qty) FILTER (WHERE is_document AND recorded_at > moment + %(near)s
                                          AND happened_at BETWEEN moment - %(near)s AND recorded_at + %(near)s)
                       AS shifted
                  FROM event JOIN line ON line.id = event.id
              GROUP BY line.id
                """,
                lines=bulk.get_ids_sql(line_ids),
                sales=self._get_window_sales_sql(count, product_ids),
                goods=self._get_goods_moves_sql(count, product_ids, first_moment - near),
                near=near,
                unsure=timedelta(seconds=count_marks.UNSURE_SECONDS),
            )
        )
        return {row.pop("id"): Facts(**{name: float(qty or 0) for name, qty in row.items()}) for row in rows}

    @api.model
    def _get_core_adjusted_line_ids(self, count, line_ids, product_ids):
        """Return the ids of the lines whose stock Inventory adjusted since they were counted; for a device that was
        offline that may be before its count arrived, and then Inventory's number is the newer one.

        The amount is never found by comparing times (see ``_get_later_changes``): this only says who did it.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT line.id
                  FROM stock_pos_count_line line
                  JOIN (%s) adjustment ON adjustment.product_id = line.product_id
                                      AND adjustment.lot_id IS NOT DISTINCT FROM line.lot_id
                 WHERE line.id = ANY(%s) AND adjustment.is_core
                   AND ((line.adjustment_qty <> 0 AND adjustment.created_at > line.recorded_at - interval '1 minute')
                        OR (adjustment.created_at BETWEEN line.counted_at AND line.recorded_at
                            AND line.recorded_at > line.counted_at + %s))
                """,
                self._get_adjustments_sql(count, product_ids),
                bulk.get_ids_sql(line_ids),
                timedelta(seconds=count_marks.OFFLINE_SECONDS),
            )
        )
        return [line_id for (line_id,) in rows]

    @api.model
    def _get_lots_learnt_line_ids(self, count, line_ids, product_ids):
        """Return the ids of the lines that were counted after a sale without a lot, and before its session posted it
        with one.

        A session that posts at closing puts all of its sales into one delivery: it does not tell which took which lot.
        """
        if not self._has_tracked(product_ids):
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT line.id
                  FROM stock_pos_count_line line
                  JOIN (%s) sale ON sale.product_id = line.product_id AND sale.is_lotless
                                AND sale.moment <= line.counted_at
                  JOIN pos_order po ON po.id = sale.order_id
                 WHERE line.id = ANY(%s)
                   AND EXISTS (
                        WITH RECURSIVE chain AS (
                            SELECT id FROM stock_picking
                             WHERE pos_session_id = po.session_id AND pos_order_id IS NULL AND return_id IS NULL
                         UNION
                            SELECT picking.id FROM chain JOIN stock_picking picking ON picking.backorder_id = chain.id
                        )
                        SELECT 1 FROM chain JOIN stock_move move ON move.picking_id = chain.id
                         WHERE move.product_id = line.product_id AND move.state = 'done'
                           AND move.date >= date_trunc('second', line.recorded_at))
                """,
                self._get_window_sales_sql(count, product_ids),
                bulk.get_ids_sql(line_ids),
            )
        )
        return [line_id for (line_id,) in rows]

    @api.model
    def _get_sold_above(self, count, product_ids):
        """Return the ids of products with sales, not posted yet, of registers that sell from a location above the
        sheet's: nobody knows whether they took the goods from here."""
        above = [int(location_id) for location_id in count._get_location_path().split("/")[:-2]]
        if not above:
            return set()
        rows = self._get_unposted_rows(count, product_ids, SQL("%s", tuple(above)))
        return {product_id for product_id, _lot_id, _is_lotless, qty in rows if qty}


class StockPosCount(models.Model):
    _inherit = "stock.pos.count"

    def _refresh_later(self):
        """Reckon in what was learnt since the sheet was completed: late sales, adjustments, marks.

        Only a mismatched sheet can still change.
        """
        self.ensure_one()
        if self.state == count_logic.MISMATCHED and not self.correcting_since:
            self._reckon_later()

    def _reckon_later(self):
        """Reckon in what was learnt about the sheet's counted lines since each was counted; settled ones are final.

        Writes (and locks) only the lines that changed. A constant number of queries.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT id, product_id, lot_id, counted_at, sold_qty::float, adjusted_qty::float, late_qty::float,
                          adjustment_qty::float
                     FROM stock_pos_count_line WHERE count_id = %s AND is_counted AND settled_at IS NULL""",
                self.id,
            )
        )
        changes = self.env["stock.pos.count.book"]._get_later_changes(self, [row[1:6] for row in rows])
        changed = [
            row[0]
            for row, (late_qty, adjustment_qty) in zip(rows, changes, strict=True)
            if round(late_qty - row[6], 6) or round(adjustment_qty - row[7], 6)
        ]
        lines = self.env["stock.pos.count.line"].sudo()  # sudo: lines are written by the server only
        lines.browse(sorted(changed))._refresh_results()
        lines.browse(sorted(row[0] for row in rows))._refresh_marks()
        if changed:
            self.invalidate_recordset()

    def web_read(self, specification):
        """Show one sheet with what was learnt since it was completed reckoned in. Otherwise as Odoo's own."""
        if len(self) == 1 and self.has_access("read"):
            self._refresh_later()
        return super().web_read(specification)


class StockPosCountLine(models.Model):
    """Marks: why a variance deserves a second look before it is corrected."""

    _inherit = "stock.pos.count.line"

    recorded_at = fields.Datetime(readonly=True, help="When the observation that counts reached the server.")
    marks = fields.Json(readonly=True, help="What happened around the count, as count_marks.get_marks tells it.")
    is_marked = fields.Boolean("To Be Checked", readonly=True, help="Something happened around the count: look again.")
    is_doubtful = fields.Boolean(
        "Doubtful", readonly=True, help="Corrected only after a person accepted it or counted it again."
    )
    check_reasons = fields.Text("Reasons to Check", compute="_compute_check_reasons")
    superseded_by_id = fields.Many2one(
        "stock.pos.count",
        "Counted Later On",
        readonly=True,
        ondelete="set null",
        help="A later count of the same product and lot that is settled: this line posts nothing.",
    )
    settled_at = fields.Datetime(
        readonly=True, help="When the line's result became final: its sheet matched, or its variance was corrected."
    )

    _settled_index = models.Index("(settled_at) WHERE settled_at IS NOT NULL")

    @api.depends("marks", "superseded_by_id", "has_conflict")
    def _compute_check_reasons(self):
        for line in self:
            line.check_reasons = "\n".join(line._get_check_sentences())

    def _refresh_marks(self):
        """Recompute the marks of counted lines of one sheet and write those that changed."""
        if not self:
            return
        count = self.count_id
        count.ensure_one()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id, line.product_id, line.first_counted_at, line.variance_qty::float, line.marks,
                          line.superseded_by_id, later.count_id
                     FROM stock_pos_count_line line LEFT JOIN (%s) later ON later.line_id = line.id
                    WHERE line.id = ANY(%s) AND line.is_counted AND line.settled_at IS NULL""",
                self._get_later_counts_sql(count),
                bulk.get_ids_sql(self.ids),
            )
        )
        if not rows:
            return
        facts = self.env["stock.pos.count.book"]._get_mark_facts(
            count, [row[0] for row in rows], sorted({row[1] for row in rows}), min(row[2] for row in rows)
        )
        changed = []
        for line_id, _product_id, _first, variance, old_marks, old_later, later in rows:
            marks = count_marks.get_marks(facts[line_id], variance) if line_id in facts else []
            if marks != (old_marks or []) or later != old_later:
                changed.append((line_id, Json(marks), bool(marks or later), count_marks.is_doubtful(marks), later))
        if changed:
            self._write_marks(changed)

    @api.model
    def _get_later_counts_sql(self, count):
        """Return the SQL of the latest final count of each line's product and lot after the line's own moment, on
        another sheet of an overlapping location: line_id, count_id.

        Final is what is settled, and what a running correction has confirmed: that is posted in a moment.
        """
        return SQL(
            """
            SELECT DISTINCT ON (line.id) line.id AS line_id, other.count_id
              FROM stock_pos_count_line line
              JOIN stock_pos_count_line other
                ON other.product_id = line.product_id AND other.lot_id IS NOT DISTINCT FROM line.lot_id
               AND other.is_counted AND other.counted_at > line.counted_at
               AND other.count_id <> line.count_id
              JOIN stock_pos_count other_count ON other_count.id = other.count_id
               AND (other.settled_at IS NOT NULL
                    OR (other_count.correcting_since IS NOT NULL AND other.superseded_by_id IS NULL
                        AND (other.correction_state = 'waiting'
                             OR (other.result = 'equal' AND other.has_conflict IS NOT TRUE))))
              JOIN stock_location other_location ON other_location.id = other_count.location_id
             WHERE line.count_id = %(count)s
               AND (other_location.parent_path LIKE %(path)s || '%%'
                    OR %(path)s LIKE other_location.parent_path || '%%')
          ORDER BY line.id, other.counted_at DESC
            """,
            count=count.id,
            path=count._get_location_path(),
        )

    def _get_later_counts(self):
        """Return ``{line id: sheet id}`` of those of these lines of one sheet that a later count settled."""
        if not self:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT line_id, count_id FROM (%s) later WHERE line_id = ANY(%s)",
                self._get_later_counts_sql(self.count_id),
                bulk.get_ids_sql(self.ids),
            )
        )
        return dict(rows)

    @api.model
    def _write_marks(self, rows):
        types = {
            "id": "integer",
            "marks": "jsonb",
            "is_marked": "boolean",
            "is_doubtful": "boolean",
            "superseded_by_id": "integer",
        }
        self.env.execute_query(
            SQL(
                """UPDATE stock_pos_count_line line
                      SET marks = new.marks, is_marked = new.is_marked, is_doubtful = new.is_doubtful,
                          superseded_by_id = new.superseded_by_id
                     FROM %s
                    WHERE line.id = new.id""",
                bulk.get_rows_sql("new", types, rows),
            )
        )
        self.env["stock.pos.count.line"].invalidate_model()

    def _settle(self):
        """Make these lines' results final: from now on only late sales move their stock, by an offset of their own."""
        if self:
            self.env.execute_query(
                SQL(
                    """UPDATE stock_pos_count_line SET settled_at = clock_timestamp() AT TIME ZONE 'UTC'
                        WHERE id = ANY(%s) AND settled_at IS NULL""",
                    bulk.get_ids_sql(self.ids),
                )
            )
            self.invalidate_recordset(["settled_at"])
            self.env["stock.pos.count.late.sale"]._wake_after_settling()

    def _get_check_sentences(self):
        """Return all reasons to look at the line again, in the user's language."""
        self.ensure_one()
        sentences = self._get_mark_sentences()
        if self.superseded_by_id and not self.settled_at:
            sentences.insert(0, self.env._("Counted again later, on %s.", self.superseded_by_id.name))
        if self.has_conflict:
            sentences.insert(0, self.env._("Two counts contradict each other: choose which one counts."))
        return sentences

    def _get_mark_sentences(self, kinds=(*count_marks.BLOCKS, *count_marks.DOUBTS, count_marks.MOVED)):
        """Return the line's marks of these kinds as plain sentences in the user's language."""
        self.ensure_one()
        return [self._get_mark_sentence(mark) for mark in self.marks or () if mark["kind"] in kinds]

    def _get_mark_sentence(self, mark):
        qty = count_logic.format_qty(mark["qty"])
        sentences = {
            count_marks.MOVED: self.env._(
                "%s sold or moved between the first and the last count of this round: count it again in one go.", qty
            )
            if mark["explains"]
            else self.env._("%s sold or moved between the first and the last count of this round.", qty),
            count_marks.NEAR: self.env._(
                "%s sold or moved within half a minute of the count: it may be counted or not.", qty
            ),
            count_marks.UNSURE: self.env._("%s sold around the count, by a till whose clock is not known.", qty),
            count_marks.VALIDATED_AFTER: self.env._(
                "%s moved in the books after the count: the goods themselves may have moved before it.", qty
            ),
            count_marks.SHIFTED: self.env._(
                "%s received or moved while this device was offline: the goods may be counted or not.", qty
            ),
            count_marks.CORE_ADJUSTED: self.env._("Somebody adjusted this product in Inventory after the count."),
            count_marks.ANCESTOR_SALES: self.env._(
                "A register that sells from a location above has sales that are not posted yet."
            ),
            count_marks.LOTLESS_SALES: self.env._(
                "Sold without a lot or serial number: complete the delivery with its lot first."
            ),
            count_marks.LOTS_LEARNT: self.env._(
                "Sold without a lot or serial number, which was named after the count: count it again."
            ),
        }
        return sentences[mark["kind"]]
