from datetime import timedelta

from psycopg2.extras import Json

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .. import bulk, count_logic, entry_payload
from ..count_logic import Snapshot
from ..entry_payload import EntryRefused

# A batch is the answer to "what happened on the device": a wilder clock than this is a wrong request, not a slow
# device.
MAX_CLOCK_SHIFT = timedelta(days=3650)

ENTRY_COLUMNS = (
    "uuid", "count_id", "line_id", "product_id", "lot_id", "device", "seq", "seen", "round", "kind", "qty", "code",
    "source", "packaging_id", "packaging_qty", "counted_at", "device_counted_at", "recorded_at", "person_name",
    "person_model", "person_res_id", "user_id", "target", "decision", "targets", "keep", "note", "origin", "is_late",
    *count_logic.FIGURES,
)  # fmt: skip


class StockPosCount(models.Model):
    """Recording: from what a device sends to rows of the journal and refreshed lines, in one transaction."""

    _inherit = "stock.pos.count"

    def _record_batch(self, config, device, raw_entries, device_time):
        """Record a device's entries. Any order, any repetition gives one result; a bad entry never fails the others.

        Shares the sheet's row with other devices and keeps transitions out (they take it alone), writes the device's
        own row, and locks the touched lines in the order of their ids. A constant number of queries.

        :param config: the asking register
        :param dict device: ``{"id", "name"}``, checked
        :param list raw_entries: entries as the device sent them
        :param device_time: the device's clock, in milliseconds
        :return: ``[{"uuid", "status", "reason"}]`` in the order of ``raw_entries``
        :raise UserError: the device's time is malformed
        """
        self.ensure_one()
        now = self._get_now()
        clock_shift = self._get_clock_shift(device_time, now)
        results = [
            {"uuid": raw.get("uuid") if isinstance(raw, dict) else None, "status": "refused", "reason": None}
            for raw in raw_entries
        ]
        pending = []
        known = self._get_known_entries(raw_entries)
        taken = set()
        persons = {}
        for result, raw in zip(results, raw_entries, strict=False):
            try:
                values = entry_payload.read_entry(raw, now, clock_shift)
                if self._answer_known(result, known.get(values["uuid"])) or values["uuid"] in taken:
                    result["status"] = "duplicate" if result["status"] == "refused" else result["status"]
                    continue
                values["is_late"] = self._is_late(values)
                values.update(self._get_person_values(config, values.pop("person"), persons))
            except EntryRefused as refusal:
                result["reason"] = self._get_refusal(refusal.reason)
            except (AccessError, UserError) as error:
                result["reason"] = str(error)
            else:
                taken.add(values["uuid"])
                pending.append((result, values))
        self._forget_foreign_snapshots([values for _result, values in pending])
        self._resolve_codes([values for _result, values in pending])
        pending = self._check_products(self._resolve_lots(pending))
        for result, values in pending:
            result["status"] = "late" if values["is_late"] else "taken"
        self._record_entries([values for _result, values in pending], device, now)
        return results

    def _get_now(self):
        """Return the moment of this transaction, to the millisecond and without zone (UTC)."""
        self.env.cr.execute("SELECT date_trunc('milliseconds', clock_timestamp() AT TIME ZONE 'UTC')")
        return self.env.cr.fetchone()[0]

    def _get_clock_shift(self, device_time, now):
        try:
            shift = now - entry_payload.read_moment(device_time)
        except EntryRefused:
            raise UserError(
                self.env._("The device did not send its time. Reload the register and try again.")
            ) from None
        if abs(shift) > MAX_CLOCK_SHIFT:
            raise UserError(self.env._("The clock of this device is wrong. Set its date and time and try again."))
        return shift

    def _forget_foreign_snapshots(self, values_list):
        """Take entries whose author saw another database as entries of somebody who saw nothing of others.

        A snapshot ahead of this database is of one of which this is a copy, or the one restored from a backup: what
        was recorded here since then looks seen by it, and a total would replace it silently.
        """
        if any(values["seen"] for values in values_list):
            [(end,)] = self.env.execute_query(SQL("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))
            for values in values_list:
                if values["seen"] and Snapshot.parse(values["seen"]).xmax > end:
                    values["seen"] = None

    # -- checks of one entry ---------------------------------------------------------------------------------------

    def _get_known_entries(self, raw_entries):
        """Return ``{uuid: (sheet id, is late)}`` of the entries that were recorded before."""
        uuids = {raw["uuid"] for raw in raw_entries if isinstance(raw, dict) and entry_payload.is_uuid(raw.get("uuid"))}
        if not uuids:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT uuid, count_id, is_late FROM stock_pos_count_entry WHERE uuid = ANY(%s)",
                bulk.get_array_sql("varchar", uuids),
            )
        )
        return {uuid: (count_id, is_late) for uuid, count_id, is_late in rows}

    def _answer_known(self, result, known):
        """Give a repeated entry its first answer again. Return whether it was known."""
        if not known:
            return False
        count_id, is_late = known
        if count_id != self.id:
            raise EntryRefused("other_sheet")
        result["status"] = "late" if is_late else "duplicate"
        return True

    def _is_late(self, values):
        """Return whether an entry comes after its round was completed.

        :raise EntryRefused: the sheet was not started, or never was in that round
        """
        if self.state == count_logic.NEW:
            raise EntryRefused("not_started")
        if values["round"] > self.round:
            raise EntryRefused("unknown_round")
        running = self.state in (*count_logic.RUNNING_STATES, count_logic.PAUSED)
        return not running or values["round"] < self.round

    def _check_products(self, pending):
        """Refuse entries of products and lots that cannot be counted here; round the others to the product's unit.

        :param list pending: ``[(result, values)]``
        :return: those that stay
        """
        products = self._get_countable_products({values["product_id"] for _result, values in pending} - {None})
        lot_ids = {values["lot_id"] for _result, values in pending} - {None}
        domain = Domain("id", "in", list(lot_ids)) & self._get_lot_company_domain()
        lots = self.env["stock.lot"].sudo().search(domain)  # sudo: POS users cannot read lots
        packagings = {values["packaging_id"] for _result, values in pending} - {None}
        packagings = set(self.env["product.uom"].sudo().browse(packagings).exists().ids)
        accepted = []
        for result, values in pending:
            try:
                self._check_product(values, products, {lot.id: lot for lot in lots})
            except EntryRefused as refusal:
                result["reason"] = self._get_refusal(refusal.reason)
                continue
            if values["packaging_id"] not in packagings:
                values["packaging_id"] = None
            accepted.append((result, values))
        return accepted

    def _check_product(self, values, products, lots):
        product_id, lot_id = values["product_id"], values["lot_id"]
        if not product_id:
            if values["kind"] == count_logic.UNDO:
                return
            if values["kind"] != count_logic.ADD or not values["code"]:
                raise EntryRefused("malformed")
            return
        if product_id not in products:
            raise EntryRefused("product")
        if products[product_id] is None:
            raise EntryRefused("not_countable")
        if lot_id and (lot_id not in lots or lots[lot_id].product_id.id != product_id):
            raise EntryRefused("lot")
        values["qty"] = count_logic.round_qty(products[product_id], values["qty"])
        if lot_id and values["qty"] > 1 and lots[lot_id].product_id.tracking == "serial":
            raise EntryRefused("serial")

    def _get_countable_products(self, product_ids):
        """Return ``{product id: its unit, or None if it is not kept in stock}``; unknown products are absent."""
        products = (
            self.env["product.product"]
            .sudo()  # sudo: the company is checked below; a POS user may count products that are not for sale
            .with_context(active_test=False)
            .search_fetch(
                [("id", "in", list(product_ids)), ("company_id", "in", (False, *self.company_id.parent_ids.ids))],
                ["product_tmpl_id"],
                order="id",
            )
        )
        products.product_tmpl_id.fetch(["type", "is_storable", "uom_id"])
        kits = set(self._get_kit_template_ids(self.company_id))
        templates = {product.id: product.product_tmpl_id for product in products}
        return {
            product_id: template.uom_id
            if template.type == "consu" and template.is_storable and template.id not in kits
            else None
            for product_id, template in templates.items()
        }

    def _get_refusal(self, reason):
        """Return what to tell the person about an entry that was not accepted."""
        messages = {
            "malformed": self.env._("The register sent something that cannot be read. Count this product again."),
            "too_large": self.env._(
                "The quantity is too large. Check whether a barcode was typed as a quantity, and count again."
            ),
            "negative_total": self.env._("A total cannot be negative. Type how many there are."),
            "nothing_added": self.env._("There is nothing to add. Type a quantity, or use the key for none here."),
            "text": self.env._("The text is too long or has characters that cannot be kept. Shorten it."),
            "not_started": self.env._("The count sheet is not started. Start it first."),
            "unknown_round": self.env._(
                "This count belongs to a recount that was never started. Open the count sheet again."
            ),
            "other_sheet": self.env._("This count was recorded on another count sheet."),
            "product": self.env._(
                "This product does not exist in this company. Choose the right product and count it again."
            ),
            "not_countable": self.env._("This product is not kept in stock, so it cannot be counted."),
            "lot": self.env._("This lot or serial number belongs to another product. Choose the right one."),
            "lot_unknown": self.env._(
                "This product has no such lot or serial number, and new ones are not made here. Choose one that exists."
            ),
            "serial": self.env._("A serial number is one piece. Count each serial number by itself."),
        }
        return messages[reason]

    # -- writing ---------------------------------------------------------------------------------------------------

    def _record_entries(self, values_list, device, now):
        """Write checked entries: find or create their lines, store the figures of this moment, refresh the lines."""
        if not values_list:
            return
        lines = self._find_or_create_lines(values_list)
        book = self.env["stock.pos.count.book"]
        observed = [
            values for values in values_list if values["kind"] in count_logic.OBSERVING_KINDS and values["product_id"]
        ]
        figures = book._get_figures(
            self, [(values["product_id"], values["lot_id"], values["counted_at"]) for values in observed], now
        )
        for values, figure in zip(observed, figures, strict=False):
            values.update(figure)
        for values in values_list:
            values.update(
                count_id=self.id,
                line_id=lines.get(values["uuid"]),
                device=device["id"],
                recorded_at=now,
                user_id=self.env.uid,
                targets=Json(values["targets"]) if values["targets"] else None,
                keep=Json(values["keep"]) if values["keep"] else None,
            )
        self._insert_entries(values_list)
        # A late entry changes nothing by itself: its line stays as it was completed.
        touched = {lines.get(values["uuid"]) for values in values_list if not values["is_late"]} - {None}
        fresh = {values["uuid"] for values in observed}
        # sudo: lines are written by the server only
        self.env["stock.pos.count.line"].sudo().browse(sorted(touched))._refresh_results(fresh)

    def _insert_entries(self, values_list):
        self.env.execute_query(
            SQL(
                "INSERT INTO stock_pos_count_entry (%s) SELECT * FROM %s ON CONFLICT (uuid) DO NOTHING",
                SQL(", ").join(SQL.identifier(column) for column in ENTRY_COLUMNS),
                bulk.get_rows_sql(
                    "new",
                    bulk.get_column_types(self.env["stock.pos.count.entry"], ENTRY_COLUMNS),
                    [[values.get(column) for column in ENTRY_COLUMNS] for values in values_list],
                ),
            )
        )
        self.env["stock.pos.count.entry"].invalidate_model()

    def _find_or_create_lines(self, values_list):
        """Return ``{entry uuid: line id or None}``; products that are not on the sheet get a line of the running round.

        An undo belongs to the line of the entry it takes back. Late entries create no lines: the sheet is completed.
        """
        targets = {values["target"] for values in values_list} - {None}
        batch = {values["uuid"]: values for values in values_list}
        known_targets = {}
        if targets:
            known_targets = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT uuid, line_id FROM stock_pos_count_entry WHERE uuid IN %s AND count_id = %s",
                        tuple(targets),
                        self.id,
                    )
                )
            )
        # What is taken back has its line, or gets it by itself.
        recorded = known_targets.keys() | batch.keys()
        on_time = {
            self._get_line_key(values)
            for values in values_list
            if not values["is_late"] and values["target"] not in recorded
        }
        keys = {self._get_line_key(values) for values in values_list} - {(None, None)}
        line_ids = self._get_line_ids(keys)
        missing = sorted((on_time & keys) - set(line_ids), key=lambda key: (key[0], key[1] or 0))
        if missing:
            self._add_lines(missing)
            line_ids = self._get_line_ids(keys)
        lines = {}
        for values in values_list:
            target = batch.get(values["target"], values)
            lines[values["uuid"]] = known_targets.get(values["target"]) or line_ids.get(self._get_line_key(target))
        if self.state == count_logic.RECOUNTING or self.paused_state == count_logic.RECOUNTING:
            # An undo of an earlier count as well: what is not counted any more has to be counted again.
            touched = {lines[values["uuid"]] for values in values_list if not values["is_late"]}
            self._add_to_recount(sorted(touched - {None}))
        return lines

    @staticmethod
    def _get_line_key(values):
        return (values["product_id"], values["lot_id"]) if values["product_id"] else (None, None)

    def _get_line_ids(self, keys):
        if not keys:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT product_id, lot_id, id FROM stock_pos_count_line WHERE count_id = %s AND product_id = ANY(%s)",
                self.id,
                bulk.get_ids_sql({product_id for product_id, _lot_id in keys}),
            )
        )
        return {(product_id, lot_id): line_id for product_id, lot_id, line_id in rows if (product_id, lot_id) in keys}

    def _add_lines(self, keys):
        self.env.execute_query(
            SQL(
                """INSERT INTO stock_pos_count_line (count_id, company_id, product_id, lot_id, target_round, is_counted,
                                                     counted_qty, expected_qty, variance_qty, result)
                   VALUES %s ON CONFLICT DO NOTHING""",
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, FALSE, 0, 0, 0, 'uncounted')",
                        self.id,
                        self.company_id.id,
                        product_id,
                        lot_id,
                        self.round,
                    )
                    for product_id, lot_id in keys
                ),
            )
        )
        self.env["stock.pos.count.line"].invalidate_model()

    def _add_to_recount(self, line_ids):
        """Put lines on the running recount that were not on it: the person asked for it by counting them."""
        if line_ids:
            self.env.execute_query(
                SQL(
                    """UPDATE stock_pos_count_line SET target_round = %s, xid = pg_current_xact_id()
                        WHERE id IN %s AND target_round < %s""",
                    self.round,
                    tuple(line_ids),
                    self.round,
                )
            )
            self.env["stock.pos.count.line"].invalidate_model()

    # -- persons ---------------------------------------------------------------------------------------------------

    def _get_person_values(self, config, person, known):
        """Return the journal's values of who counted, checked against who may work on the register.

        :param dict known: those of this batch that were checked already; added to here
        """
        key = repr(person)
        if key not in known:
            known[key] = config._get_stock_count_person(person)
        model, res_id, name = known[key]
        return {"person_model": model, "person_res_id": res_id, "person_name": name}

    # -- unknown codes -----------------------------------------------------------------------------------------------

    def _get_unknown_codes(self):
        """Return ``[{code, qty, times, last_at}]`` of the codes on this sheet that nobody has assigned to a product."""
        self.ensure_one()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT entry.code, sum(entry.qty)::float AS qty, count(*) AS times, max(entry.counted_at) AS last_at
                  FROM stock_pos_count_entry entry
                 WHERE %s
              GROUP BY entry.code
              ORDER BY max(entry.counted_at) DESC
                """,
                self._get_unknown_sql(),
            )
        )

    def _get_unknown_sql(self):
        """Return the condition on ``entry`` for scans of unknown codes that are neither undone, late nor assigned."""
        return SQL(
            """entry.count_id = %s AND entry.line_id IS NULL AND entry.kind = 'add' AND NOT entry.is_late
               AND NOT EXISTS (SELECT 1 FROM stock_pos_count_entry undo WHERE undo.kind = 'undo' AND undo.target =
               entry.uuid)
               AND NOT EXISTS (SELECT 1 FROM stock_pos_count_entry copy
                                WHERE copy.count_id = entry.count_id AND copy.origin = entry.uuid)""",
            self.id,
        )

    def _assign_code(self, code, product_id, lot_id, person):
        """Give an unknown code to a product, checked. Call it with the sheet locked.

        :param tuple person: ``(model, id, name)`` who assigned
        :return: the product, as superuser
        :raise UserError: the sheet is settled, or the product cannot be counted
        """
        if self.state in (*count_logic.CLOSED_STATES, count_logic.NEW):
            raise UserError(self.env._("The count sheet is closed: its codes cannot be assigned any more."))
        self._check_not_correcting()
        unit = self._get_countable_products({product_id}).get(product_id)
        domain = Domain("id", "=", lot_id) & self._get_lot_company_domain()
        lot = self.env["stock.lot"].sudo().search(domain)  # sudo: POS users cannot read lots
        if not unit or (lot_id and lot.product_id.id != product_id):
            raise UserError(self.env._("This product cannot be counted here. Choose another one."))
        lines = self.env["stock.pos.count.line"].sudo()  # sudo: POS users do not read lines
        target = (
            Domain("count_id", "=", self.id) & Domain("product_id", "=", product_id) & Domain("lot_id", "=", lot.id)
        )
        if lines.search_count(target & Domain("settled_at", "!=", False), limit=1):
            raise UserError(
                self.env._("This product is corrected already on the count sheet. Count it on a new sheet instead.")
            )
        product = self.env["product.product"].sudo().browse(product_id)  # sudo: what may be counted was checked
        self._assign_unknown(code, product, lot, person)
        return product

    def _assign_unknown(self, code, product, lot, person):
        """Give all entries of an unknown code to a product: copies on its line, so that the journal keeps both.

        The copies keep who counted, when and how many; the originals stay as they are. Their uuids follow from the
        originals, so that assigning twice, on two devices, counts once.

        :param tuple person: ``(model, id, name)`` who assigned
        """
        self.ensure_one()
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT %s FROM stock_pos_count_entry entry WHERE %s AND entry.code = %s",
                SQL(", ").join(SQL.identifier("entry", column) for column in self._COPIED_COLUMNS),
                self._get_unknown_sql(),
                code,
            )
        )
        for row in rows:
            row.update(product_id=product.id, lot_id=lot.id or None, qty=product.uom_id.round(row["qty"]))
        self._copy_entries(rows, "assign", self._get_now())
        return len(rows)

    # What a copy of an entry keeps of it: who counted, when, how many and of what.
    _COPIED_COLUMNS = (
        "uuid", "device", "seq", "seen", "round", "kind", "qty", "code", "source", "packaging_id", "packaging_qty",
        "product_id", "lot_id", "counted_at", "device_counted_at", "person_name", "person_model", "person_res_id",
        "note",
    )  # fmt: skip

    def _copy_entries(self, rows, purpose, now):
        """Record copies of entries that count where the originals do not; the originals stay as they are.

        The copies' uuids follow from the originals', so that copying twice counts once.

        :param list rows: dicts of :attr:`_COPIED_COLUMNS`, changed as the copies should be
        :param str purpose: what the copies are for
        """
        by_device = {}
        for row in rows:
            row.update(
                origin=row["uuid"],
                uuid=entry_payload.derived_uuid(row["uuid"], purpose),
                target=None,
                decision=None,
                targets=None,
                keep=None,
                is_late=False,
            )
            by_device.setdefault(row["device"], []).append(row)
        for device, device_rows in by_device.items():
            self._record_entries(device_rows, {"id": device}, now)
