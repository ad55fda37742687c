from collections import defaultdict

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .. import bulk, count_logic
from ..count_logic import Entry, Snapshot


class CountedFloat(fields.Float):
    """A quantity of a line that says nothing unless the line was counted: exported as empty then, never as 0."""

    def convert_to_export(self, value, record):
        return super().convert_to_export(value, record) if record.is_counted else ""


class StockPosCountLine(models.Model):
    """One product, and one lot or serial (no lot is a value of its own), on one sheet.

    Its figures are what the journal gives for the last round in which it was counted; :meth:`_refresh_results`
    is the only writer. "Not counted" (``is_counted`` false) and "counted zero" are different everywhere.
    """

    _name = "stock.pos.count.line"
    _description = "Count Sheet Line"
    _order = "id"
    _log_access = False
    _rec_name = "product_id"

    count_id = fields.Many2one("stock.pos.count", "Count Sheet", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    state = fields.Selection(related="count_id.state", string="Sheet State")
    warehouse_id = fields.Many2one(related="count_id.warehouse_id", string="Shop")
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="restrict", index=True)
    default_code = fields.Char(related="product_id.default_code", string="SKU")
    categ_id = fields.Many2one(related="product_id.categ_id", string="Category")
    lot_id = fields.Many2one("stock.lot", "Lot/Serial Number", readonly=True, ondelete="restrict")
    uom_id = fields.Many2one(related="product_id.uom_id")
    target_round = fields.Integer(
        "Last Round on the List", readonly=True, help="The last round this line was to be counted in."
    )

    is_counted = fields.Boolean("Was Counted", required=True, readonly=True)
    counted_round = fields.Integer("Counted in Round", readonly=True)
    counted_qty = CountedFloat("Counted", digits="Product Unit", readonly=True)
    expected_qty = CountedFloat("On Hand", digits="Product Unit", readonly=True, help="On hand when it was counted.")
    variance_qty = CountedFloat("Variance", digits="Product Unit", readonly=True, help="Counted − on hand.")
    result = fields.Selection(
        [("uncounted", "Not counted"), ("short", "Short"), ("over", "Over"), ("equal", "Equal")],
        required=True,
        readonly=True,
        default="uncounted",
    )
    first_counted_at = fields.Datetime(readonly=True)
    counted_at = fields.Datetime(readonly=True, help="The moment of the count: its latest observation.")
    counted_by = fields.Char(readonly=True)
    last_qty = fields.Float(digits="Product Unit", readonly=True)
    book_qty = fields.Float("In the Books", digits="Product Unit", readonly=True)
    unposted_qty = fields.Float("Sold, Not Posted", digits="Product Unit", readonly=True)
    sold_qty = fields.Float(digits="Product Unit", readonly=True)
    adjusted_qty = fields.Float(digits="Product Unit", readonly=True)
    shift_qty = fields.Float("Moved Before the Recording", digits="Product Unit", readonly=True)
    late_qty = fields.Float("Learnt Later: Sales", digits="Product Unit", readonly=True)
    adjustment_qty = fields.Float("Learnt Later: Adjustments", digits="Product Unit", readonly=True)
    conflict = fields.Json(readonly=True, help="What each device counted, while a person has not settled it.")
    has_conflict = fields.Boolean(readonly=True)
    is_negative = fields.Boolean("Negative Total", readonly=True)
    note = fields.Char(readonly=True)
    correction_state = fields.Selection(
        [
            ("waiting", "Being corrected"),
            ("posted", "Corrected"),
            ("failed", "Could not be corrected"),
            ("left_out", "Left out"),
        ],
        "Correction",
        readonly=True,
        help="The figures of a line that waits or is posted are frozen.",
    )
    not_corrected = fields.Char(
        "Not Corrected Because", readonly=True, help="Empty when a person left the line out.", exportable=False
    )
    accepted_by = fields.Char(readonly=True, help="Who had the line corrected although it was marked to be checked.")
    move_ids = fields.One2many("stock.move", "stock_pos_count_line_id", "Inventory Moves", readonly=True)
    entry_ids = fields.One2many("stock.pos.count.entry", "line_id", "Entries", readonly=True)

    _product_lot_unique = models.UniqueIndex(
        "(count_id, product_id, coalesce(lot_id, 0))", "A product and lot is on a count sheet once."
    )
    _result_index = models.Index("(count_id, result)")

    def init(self):
        """Add the column of the last changing transaction, by which devices pull what changed (see the entry model)."""
        self.env.cr.execute(
            """
            ALTER TABLE stock_pos_count_line
                ADD COLUMN IF NOT EXISTS xid xid8 NOT NULL DEFAULT pg_current_xact_id();
            CREATE INDEX IF NOT EXISTS stock_pos_count_line_xid_index ON stock_pos_count_line (count_id, xid);
            """
        )

    def write(self, vals):
        """Keep clients out: figures come from the journal only.

        :raise AccessError: called by anybody but the server itself
        """
        if not self.env.su:
            raise AccessError(self.env._("Count sheet lines are changed by counting only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Count sheet lines are never deleted."))

    # -- results ---------------------------------------------------------------------------------------------------

    def _refresh_results(self, fresh=frozenset()):
        """Recompute the figures of these lines from the journal and mark them changed for the other devices.

        Locks the lines in the order of their ids. A constant number of queries.

        :param fresh: uuids of entries whose figures were read in this transaction: nothing was learnt since
        """
        if not self:
            return
        self.env.execute_query(
            SQL(
                "SELECT id FROM stock_pos_count_line WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
                bulk.get_ids_sql(self.ids),
            )
        )
        self.invalidate_recordset()
        self.fetch(["count_id", "product_id", "lot_id", "settled_at", "correction_state"])
        lines = self.filtered(lambda line: not line.settled_at and line.correction_state != "waiting")
        journal = lines._read_journal()
        templates = lines._get_templates()
        values_list = [line._get_result_values(journal.get(line.id, []), templates[line.id]) for line in lines]
        lines._add_later_changes(values_list, fresh, templates)
        columns = self._get_result_columns()
        self._write_results(
            [
                [line.id, *(values[column] for column in columns)]
                for line, values in zip(lines, values_list, strict=True)
            ]
        )

    def _get_templates(self):
        """Return ``{line id: product template}`` with units and tracking read, directly: a product computes each."""
        products = self.product_id.sudo()  # sudo: products that are not sold in the Point of Sale
        products.fetch(["product_tmpl_id"])
        products.product_tmpl_id.fetch(["uom_id", "tracking"])
        return {line.id: line.product_id.product_tmpl_id for line in self}

    def _add_later_changes(self, values_list, fresh, templates):
        """Complete the result values of these lines with what was learnt since about the moment of each count."""
        older = defaultdict(list)
        for line, values in zip(self, values_list, strict=True):
            if values["is_counted"] and values["observer"] in fresh:
                self._add_expected(values, templates[line.id].uom_id, 0.0, 0.0)
            elif values["is_counted"]:
                older[line.count_id].append((line, values))
        for count, pairs in older.items():
            changes = self.env["stock.pos.count.book"]._get_later_changes(
                count,
                [
                    (
                        line.product_id.id,
                        line.lot_id.id or None,
                        *(values[name] for name in ("counted_at", "sold_qty", "adjusted_qty")),
                    )
                    for line, values in pairs
                ],
            )
            for (line, values), (late_qty, adjustment_qty) in zip(pairs, changes, strict=True):
                self._add_expected(values, templates[line.id].uom_id, late_qty, adjustment_qty)

    @api.model
    def _add_expected(self, values, uom, late_qty, adjustment_qty):
        """Complete a line's result values with what was expected, and so its variance."""
        expected_qty = count_logic.round_qty(
            uom, values["book_qty"] + values["unposted_qty"] + values["shift_qty"] + late_qty + adjustment_qty
        )
        variance_qty = count_logic.round_qty(uom, values["counted_qty"] - expected_qty)
        values.update(
            late_qty=late_qty,
            adjustment_qty=adjustment_qty,
            expected_qty=expected_qty,
            variance_qty=variance_qty,
            result="short" if variance_qty < 0 else "over" if variance_qty > 0 else "equal",
        )

    def _read_journal(self):
        """Return ``{line id: [row]}`` with all entries that may count for these lines, late ones only if included."""
        if not self:
            return {}
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT entry.id, entry.line_id, entry.uuid, entry.device, entry.seq, entry.kind, entry.qty, entry.seen,
                entry.round,
                       entry.xid::text::bigint AS xid, entry.counted_at, entry.person_name AS who, entry.target,
                       entry.targets, entry.keep, entry.decision, entry.origin, entry.note, entry.is_late,
                       entry.book_qty::float, entry.unposted_qty::float, entry.sold_qty::float,
                       entry.adjusted_qty::float, entry.shift_qty::float, entry.recorded_at
                  FROM stock_pos_count_entry entry
                 WHERE entry.line_id = ANY(%s)
                """,
                bulk.get_ids_sql(self.ids),
            )
        )
        journal = defaultdict(list)
        for row in rows:
            journal[row["line_id"]].append(row)
        return journal

    def _get_result_values(self, rows, template):
        """Return the figures of one line that its journal rows give.

        :param template: of the line's product
        """
        self.ensure_one()
        round_number, result = self._get_last_result(rows, self._get_most(template))
        notes = [row for row in self._get_counting_rows(rows) if row["kind"] == count_logic.NOTE]
        values = dict.fromkeys(self._get_result_columns())
        values.update(
            is_counted=False,
            counted_round=0,
            counted_qty=0.0,
            expected_qty=0.0,
            variance_qty=0.0,
            result="uncounted",
            late_qty=0.0,
            adjustment_qty=0.0,
            has_conflict=False,
            is_negative=False,
            note=max(notes, key=lambda row: (row["counted_at"], row["seq"]))["note"] or None if notes else None,
        )
        if not result.is_counted:
            return values
        figures = next(row for row in rows if row["uuid"] == result.observer.uuid)
        counted_qty = count_logic.round_qty(template.uom_id, result.qty)
        values.update(
            is_counted=True,
            observer=result.observer.uuid,
            counted_round=round_number,
            counted_qty=counted_qty,
            first_counted_at=result.first_at,
            counted_at=result.observer.counted_at,
            counted_by=result.observer.who,
            last_qty=result.observer.qty,
            conflict=Json([{"device": g.device, "who": g.who, "qty": g.qty, "uuids": g.uuids} for g in result.conflict])
            if result.conflict
            else None,
            has_conflict=bool(result.conflict),
            is_negative=counted_qty < 0,
            **{name: figures[name] or 0.0 for name in count_logic.FIGURES},
            recorded_at=figures["recorded_at"],
        )
        return values

    def _get_most(self, template=None):
        """Return the most there can be of this line: one of a serial number, however often it was scanned."""
        self.ensure_one()
        return 1 if self.lot_id and (template or self.product_id).tracking == "serial" else None

    @api.model
    def _get_last_result(self, rows, most=None):
        """Return ``(round, result)`` of the last round in which the line was counted; an empty result if in none."""
        for round_number, result in reversed(self._get_round_results(rows, most)):
            if result.is_counted:
                return round_number, result
        return 0, count_logic.Result()

    @api.model
    def _get_round_results(self, rows, most=None):
        """Return ``[(round, result)]`` of a line's journal rows, in the order of the rounds.

        :param most: as in ``count_logic.merge``
        """
        entries = defaultdict(list)
        undos = []
        for row in self._get_counting_rows(rows):
            entry = self._to_logic_entry(row)
            if entry.kind == count_logic.UNDO:
                undos.append(entry)
            else:
                entries[row["round"]].append(entry)
        return [(number, count_logic.merge(entries[number] + undos, most)) for number in sorted(entries)]

    @api.model
    def _get_counting_rows(self, rows):
        """Return the journal rows that count: late ones only if a person included them."""
        included = {uuid for row in rows if row["decision"] == "include" for uuid in row["targets"] or ()}
        return [row for row in rows if not row["is_late"] or row["uuid"] in included]

    @api.model
    def _to_logic_entry(self, row):
        return Entry(
            uuid=row["uuid"],
            device=row["device"],
            seq=row["seq"],
            kind=row["kind"],
            qty=row["qty"] or 0.0,
            seen=Snapshot.parse(row["seen"]),
            xid=row["xid"],
            counted_at=row["counted_at"],
            who=row["who"],
            target=row["target"],
            targets=frozenset(row["targets"] or ()) if row["decision"] == "conflict" else frozenset(),
            keep=frozenset(row["keep"] or ()),
            origin=row["origin"],
            id=row["id"],
        )

    # -- writing in bulk -------------------------------------------------------------------------------------------

    @api.model
    def _get_result_columns(self):
        """Return the columns that a refresh writes, in the order of :meth:`_write_results`."""
        return (
            "is_counted", "counted_round", "counted_qty", "expected_qty", "variance_qty", "result", "first_counted_at",
            "counted_at", "counted_by", "last_qty", "book_qty", "unposted_qty", "sold_qty", "adjusted_qty", "late_qty",
            "adjustment_qty", "shift_qty", "recorded_at", "conflict", "has_conflict", "is_negative", "note",
        )  # fmt: skip

    @api.model
    def _write_results(self, rows):
        """Write ``[(line id, *result columns)]`` in one statement and stamp the lines as changed by this
        transaction."""
        if not rows:
            return
        columns = self._get_result_columns()
        self.env.execute_query(
            SQL(
                """UPDATE stock_pos_count_line line SET %s, xid = pg_current_xact_id()
                     FROM %s WHERE line.id = new.id""",
                SQL(", ").join(SQL("%s = new.%s", SQL.identifier(one), SQL.identifier(one)) for one in columns),
                bulk.get_rows_sql("new", bulk.get_column_types(self, ("id", *columns)), rows),
            )
        )
        self.env["stock.pos.count.line"].invalidate_model()
