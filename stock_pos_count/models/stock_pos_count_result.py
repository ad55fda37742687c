from collections import defaultdict
from datetime import datetime, timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql

from .. import bulk, count_logic, entry_payload

LAST_ENTRIES = 50
MAX_MOVEMENTS = 50
EPOCH = datetime(1970, 1, 1)
# A device that has not been heard of for this long, after it counted, may still hold counts.
QUIET_MINUTES = 2


class StockPosCount(models.Model):
    """What the register is told: sheets, lines, products, entries and results as plain data.

    The one place that decides what a blind count hides.
    """

    _inherit = "stock.pos.count"

    def _to_ms(self, moment):
        """Return a moment (UTC, without zone) as milliseconds since 1970, or ``None``."""
        return round((moment - EPOCH) / timedelta(milliseconds=1)) if moment else None

    # -- sheets ----------------------------------------------------------------------------------------------------

    def _get_sheet_data(self):
        """Return the ``sheet`` data of all sheets, with a constant number of queries for their figures."""
        progress, late = self._get_progress(), self._get_late_numbers()
        return [count._get_one_sheet_data(progress.get(count.id, {}), late.get(count.id, 0)) for count in self]

    def _get_one_sheet_data(self, progress, late):
        shown = self.state not in (count_logic.NEW, count_logic.VOID) and not self._hides_book()
        completed = self.state in (count_logic.MATCHED, count_logic.MISMATCHED, count_logic.CORRECTED)
        # sudo: names of the shop, its location, categories and vendors may be unreadable for a POS user
        shop = self.sudo()
        return {
            "id": self.id,
            "uuid": self.uuid,
            "name": self.name,
            "state": self.state,
            "paused_state": self.paused_state or None,
            "round": self.round,
            "scope": self.scope,
            "shop": shop.warehouse_id.name or shop.location_id.display_name,
            "location": shop.location_id.display_name,
            "config_name": shop.config_id.name,
            "categories": shop.category_ids.mapped("display_name"),
            "vendors": shop.vendor_ids.mapped("display_name"),
            "source": shop.source_id.name or None,
            "created_by": self.created_by,
            "note": self.note or "",
            "created_at": self._to_ms(self.create_date),
            "started_at": self._to_ms(self.started_at),
            "completed_at": self._to_ms(self.completed_at),
            "corrected_at": self._to_ms(self.corrected_at),
            "corrected_by": self.corrected_by or None,
            "void_reason": self.void_reason or None,
            "last_activity_at": max(
                self._to_ms(self.last_activity_at) or 0, self._to_ms(progress.get("last_entry_at")) or 0
            ),
            "total": self.line_count if completed else progress.get("total", self.planned_count),
            "counted": self.counted_count if completed else progress.get("counted", 0),
            "short": self.short_count if shown and completed else None,
            "over": self.over_count if shown and completed else None,
            "equal": self.equal_count if shown and completed else None,
            "conflicts": progress.get("conflicts", 0),
            "negatives": progress.get("negatives", 0),
            "unknown": progress.get("unknown", 0),
            "late": late,
            "correcting": self._get_correction_progress() if self.correcting_since else None,
            "partly_corrected": self.is_partly_corrected,
            "blind": self.blind,
            "hides_book": self._hides_book(),
            "allowed": [*self._get_allowed_actions(), *(self._get_late_actions() if late else [])],
        }

    def _get_progress(self):
        """Return ``{sheet id: figures}`` of the running round: lines to count and counted, and what needs a person."""
        if not self.ids:
            return {}
        self.flush_recordset(["round"])
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT count.id AS count_id, line.*,
                       (SELECT max(device.last_entry_at) FROM stock_pos_count_device device
                         WHERE device.count_id = count.id) AS last_entry_at
                  FROM stock_pos_count count
                  JOIN LATERAL (SELECT count(*) FILTER (WHERE target_round >= count.round) AS total,
                                       count(*) FILTER (WHERE target_round >= count.round AND is_counted
                                                          AND counted_round = count.round) AS counted,
                                       count(*) FILTER (WHERE has_conflict) AS conflicts,
                                       count(*) FILTER (WHERE is_negative) AS negatives
                                  FROM stock_pos_count_line WHERE count_id = count.id HAVING count(*) > 0
                               ) line ON TRUE
                 WHERE count.id IN %s
                """,
                tuple(self.ids),
            )
        )
        progress = {row["count_id"]: row for row in rows}
        for count in self.filtered(lambda count: count.id in progress):
            progress[count.id]["unknown"] = len(count._get_unknown_codes())
        return progress

    # -- lines and products ----------------------------------------------------------------------------------------

    def _get_lines_to_count(self, after_id=0, limit=None):
        """Return the lines on the list of the running round, in the order of their ids."""
        # sudo: POS users do not read lines; what is told of them is decided in _get_line_data
        return (
            self.env["stock.pos.count.line"]
            .sudo()
            .search(
                [("count_id", "=", self.id), ("target_round", ">=", self.round), ("id", ">", after_id)],
                limit=limit,
                order="id",
            )
        )

    def _get_changed_lines(self, cursor):
        """Return the lines that changed in this transaction, or in others that the cursor had not seen; repeats are
        harmless, gaps impossible.

        All lines for a cursor that is ahead of this database: the device counted in another one, of which this is a
        copy or the one restored from a backup.
        """
        lines = self.env["stock.pos.count.line"].sudo()  # sudo: as _get_lines_to_count
        if not cursor:
            return lines
        seen = SQL(
            """CASE WHEN pg_snapshot_xmax(%(cursor)s::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot())
                    THEN '1:1:'::pg_snapshot ELSE %(cursor)s::pg_snapshot END""",
            cursor=cursor,
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM stock_pos_count_line
                    WHERE count_id = %(count)s AND xid >= pg_snapshot_xmin(%(seen)s)
                      AND (NOT pg_visible_in_snapshot(xid, %(seen)s) OR xid = pg_current_xact_id_if_assigned())
                 ORDER BY id""",
                count=self.id,
                seen=seen,
            )
        )
        return lines.browse(line_id for (line_id,) in rows)

    def _get_known_product_ids(self, raw_entries):
        """Return the ids of products that a device has for certain, because it names them and they are on the sheet
        since before: what it counts all day need not be described to it all day."""
        named = [raw.get("product_id") for raw in raw_entries if isinstance(raw, dict)]
        rows = self.env.execute_query(
            SQL(
                "SELECT product_id FROM stock_pos_count_line WHERE count_id = %s AND product_id = ANY(%s)",
                self.id,
                bulk.get_ids_sql(one for one in named if type(one) is int and 0 < one <= entry_payload.MAX_INT),
            )
        )
        return {product_id for (product_id,) in rows}

    def _get_product_data(self, products):
        """Return the ``product`` data: what a device needs to recognise and show a product without asking again."""
        # sudo: products that are not sold in the Point of Sale, their pack barcodes and units
        products = products.sudo().with_context(active_test=False, display_default_code=False)
        # No more than is told, and of templates directly: a product computes each of their fields.
        products.fetch(["product_tmpl_id", "default_code", "barcode", "active", "write_date", "product_uom_ids"])
        products.product_tmpl_id.fetch(["name", "uom_id", "tracking", "categ_id", "type", "is_storable"])
        kits = set(self._get_kit_template_ids(self.company_id))
        units = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        components = self._get_kit_parts(products.filtered(lambda product: product.product_tmpl_id.id in kits))
        pictured = self._get_pictured_products(products)
        return [
            {
                **self._get_one_product_data(product, product.product_tmpl_id, kits, units),
                "components": components[product].ids,
                "image": self._get_image_url(product) if product in pictured else None,
            }
            for product in products
        ]

    def _get_pictured_products(self, products):
        """Return those with a picture, their own or their template's: of others a device asks for none.

        Without reading a picture: the files of a thousand would be opened.
        """
        fields_by_model = {"product.product": "image_variant_128", "product.template": "image_128"}
        ids_by_model = {"product.product": products.ids, "product.template": products.product_tmpl_id.ids}
        domain = Domain.OR(
            Domain([("res_model", "=", model), ("res_field", "=", field), ("res_id", "in", ids_by_model[model])])
            for model, field in fields_by_model.items()
        )
        # sudo: the files of products; nobody is told more than that there is one
        files = self.env["ir.attachment"].sudo().search_fetch(domain, ["res_model", "res_id"])
        found = {(file.res_model, file.res_id) for file in files}
        return products.filtered(
            lambda product: (
                ("product.product", product.id) in found or ("product.template", product.product_tmpl_id.id) in found
            )
        )

    def _get_kit_parts(self, kits):
        """Return ``{kit: products to count in its place}``: what it consists of, as far as that is kept in stock."""
        parts = defaultdict(self._get_company_products)
        if not kits:
            return parts
        rows = self.env["stock.pos.count.book"]._get_kit_components(self.company_id, kits)
        countable = self._get_countable_products({component_id for _kit_id, component_id, _qty in rows})
        for kit_id, component_id, _qty in rows:
            if countable.get(component_id):
                parts[kits.browse(kit_id)] |= self._get_company_products().browse(component_id)
        return parts

    def _get_product_name(self, product):
        """Return the product's name without its SKU: Odoo's display name, which takes it long to work out where there
        are no variants and it is the template's name."""
        if product.product_template_attribute_value_ids:
            return product.with_context(display_default_code=False).display_name
        return product.product_tmpl_id.name

    def _get_one_product_data(self, product, template, kits, units):
        uom = template.uom_id
        barcodes = [{"code": product.barcode, "qty": 1, "packaging_id": None, "label": None}] if product.barcode else []
        barcodes += [
            {
                "code": packaging.barcode,
                "qty": packaging.uom_id.factor / uom.factor,
                "packaging_id": packaging.id,
                "label": packaging.uom_id.name,
            }
            for packaging in product.product_uom_ids
        ]
        return {
            "id": product.id,
            "name": self._get_product_name(product),
            "sku": product.default_code or "",
            "barcodes": barcodes,
            "uom": uom.name,
            "rounding": uom.rounding,
            "whole": bool(units) and uom == units,
            "tracking": template.tracking,
            "categ_id": template.categ_id.id,
            "categ": template.categ_id.display_name,
            "active": product.active,
            "countable": template.type == "consu" and template.is_storable and template.id not in kits,
        }

    def _get_image_url(self, product):
        """Return the url of the small picture, with the last change in it, so that browsers may keep it."""
        return f"/web/image/product.product/{product.id}/image_128?unique={self._to_ms(product.write_date)}"

    # -- journal ---------------------------------------------------------------------------------------------------

    def _get_entry_data(self, offset=0, limit=LAST_ENTRIES, line_ids=None, entry_ids=None):
        """Return ``(entries, total)`` of the journal, newest first, as the register shows them.

        Undos show on what they take back, and of their own only where ``entry_ids`` asks for them.
        """
        self.ensure_one()
        conditions = [SQL("entry.count_id = %s", self.id)]
        conditions.append(SQL("entry.id IN %s", tuple(entry_ids)) if entry_ids else SQL("entry.kind <> 'undo'"))
        if line_ids:
            conditions.append(SQL("entry.line_id IN %s", tuple(line_ids)))
        if self._hides_earlier_rounds():
            conditions.append(SQL("entry.round = %s", self.round))
        where = SQL(" AND ").join(conditions)
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT entry.uuid, entry.line_id, entry.product_id, entry.lot_id, entry.kind, entry.qty::float AS qty,
                       entry.code, entry.note, entry.decision, entry.round, entry.person_name AS who, entry.counted_at,
                       entry.device, entry.is_late AS late, entry.origin, undo.person_name AS undone_by,
                       inclusion.person_name AS included_by
                  FROM (SELECT * FROM stock_pos_count_entry entry
                         WHERE %s
                      ORDER BY entry.recorded_at DESC, entry.counted_at DESC, entry.id DESC
                        OFFSET %s LIMIT %s) entry
             LEFT JOIN LATERAL (SELECT person_name FROM stock_pos_count_entry undo
                                 WHERE undo.kind = 'undo' AND undo.target IN (entry.uuid, entry.origin)
                                   AND (NOT undo.is_late OR entry.is_late OR %s) LIMIT 1) undo
                                 ON TRUE
             LEFT JOIN LATERAL (SELECT person_name FROM stock_pos_count_entry inclusion
                                 WHERE entry.is_late AND inclusion.count_id = entry.count_id
                                   AND inclusion.decision = 'include' AND inclusion.targets ? entry.uuid
                                 LIMIT 1) inclusion ON TRUE
              ORDER BY entry.recorded_at DESC, entry.counted_at DESC, entry.id DESC
                """,
                where,
                offset,
                limit,
                self._get_included_sql(SQL("undo")),
            )
        )
        total = self.env.execute_query(SQL("SELECT count(*) FROM stock_pos_count_entry entry WHERE %s", where))[0][0]
        # sudo: names of products and lots a POS user may be unable to read
        products = self.env["product.product"].sudo().browse({row["product_id"] for row in rows} - {None})
        products.fetch(["product_tmpl_id", "product_template_attribute_value_ids"])
        products.product_tmpl_id.fetch(["name"])
        names = {one.id: self._get_product_name(one) for one in products}
        lots = self.env["stock.lot"].sudo().browse({row["lot_id"] for row in rows} - {None})
        lot_names = {lot.id: lot.name for lot in lots}
        for row in rows:
            row["product"] = names.get(row["product_id"])
            row["lot_name"] = lot_names.get(row.pop("lot_id"))
            row["at"] = self._to_ms(row.pop("counted_at"))
            row["undone"] = bool(row["undone_by"])
        return rows, total

    def _hides_earlier_rounds(self):
        """Return whether earlier rounds are kept from the user: during a recount of a blind sheet."""
        return self._hides_book() and bool(self.round)

    def _get_unknown_data(self):
        return [{**row, "last_at": self._to_ms(row["last_at"])} for row in self._get_unknown_codes()]

    def _get_people_data(self):
        """Return who else counts: every device of the sheet, the latest first."""
        devices = self.sudo().device_ids  # sudo: POS users do not read devices
        return [
            {
                "device": device.device,
                "name": device.name,
                "who": device.person_name or "",
                "last_at": self._to_ms(device.last_heard_at),
                "waiting": device.waiting,
            }
            for device in devices
        ]

    def _get_changes(self, device, cursor):
        """Return what every pull brings beside lines."""
        entries, _total = self._get_entry_data()
        return {
            "sheet": self._get_sheet_data()[0],
            "entries": entries,
            "unknown": self._get_unknown_data(),
            "people": self._get_people_data(),
            "now": self._to_ms(self._get_now()),
        }

    def _get_quiet_devices(self):
        """Return the devices that may hold counts: entries waiting, or not heard of since they counted."""
        now = self._get_now()
        quiet = self.sudo().device_ids.filtered(  # sudo: as _get_people_data
            lambda device: (
                device.waiting
                or (device.last_entry_at and now - device.last_heard_at > timedelta(minutes=QUIET_MINUTES))
            )
        )
        return [
            {
                "device": device.device,
                "name": device.name,
                "who": device.person_name or "",
                "last_heard_at": self._to_ms(device.last_heard_at),
                "waiting": device.waiting,
            }
            for device in quiet
        ]

    # -- results ---------------------------------------------------------------------------------------------------

    _RESULT_VIEWS = {
        "short": [("result", "=", "short")],
        "over": [("result", "=", "over")],
        "equal": [("result", "=", "equal")],
        "uncounted": [("is_counted", "=", False)],
        "check": ["|", ("is_marked", "=", True), ("has_conflict", "=", True)],
        "failed": [("correction_state", "=", "failed")],
        "all": [],
    }

    def _get_result_page(self, view, offset, limit, term):
        """Return a page of result lines and the totals of all views; without quantities of the book on a blind sheet.

        :raise UserError: there is no such view
        """
        self.ensure_one()
        view = self._read_text(view)
        if view not in self._RESULT_VIEWS:
            raise UserError(self.env._("There is no such view of a result."))
        hidden = self._hides_book()
        if hidden and view in ("short", "over", "equal", "check", "failed"):
            view = "all"
        domain = Domain("count_id", "=", self.id) & Domain(self._RESULT_VIEWS[view] or Domain.TRUE)
        if term:
            domain &= Domain("product_id", "ilike", escape_psql(term)) | Domain("product_id.barcode", "=", term)
        lines = self.env["stock.pos.count.line"].sudo()  # sudo: as _get_lines_to_count
        lines = lines.with_context(active_test=False)
        query = lines._search(domain)
        order = SQL("id") if hidden else SQL("is_counted DESC, abs(variance_qty) DESC, id")
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM stock_pos_count_line WHERE id IN %s ORDER BY %s OFFSET %s LIMIT %s",
                query.subselect(),
                order,
                offset,
                limit,
            )
        )
        page = lines.browse(line_id for (line_id,) in rows)
        return {
            "sheet": self._get_sheet_data()[0],
            "lines": page._get_result_data(hidden),
            "products": self._get_product_data(page.product_id),
            "total": lines.search_count(domain),
            "totals": self._get_result_totals(hidden),
            "may_see_value": self._may_see_value() and not hidden,
        }

    def _get_result_totals(self, hidden):
        totals = self._get_line_totals().get(self.id, {})
        known = {} if hidden else totals
        return {
            "short": known.get("short_count", None if hidden else 0),
            "short_qty": known.get("short_qty", None if hidden else 0),
            "over": known.get("over_count", None if hidden else 0),
            "over_qty": known.get("over_qty", None if hidden else 0),
            "equal": known.get("equal_count", None if hidden else 0),
            "uncounted": totals.get("total", 0) - totals.get("counted", 0),
            "check": known.get("check_count", None if hidden else 0),
            "failed": known.get("failed_count", None if hidden else 0),
            "all": totals.get("total", 0),
        }

    def _get_line_detail(self, line):
        """Return everything about a line; what a blind count hides stays hidden."""
        hidden = self._hides_book()
        journal = line._read_journal().get(line.id, [])
        rounds = [
            {
                "round": number,
                "counted": result.qty,
                "who": result.observer.who,
                "at": self._to_ms(result.observer.counted_at),
            }
            for number, result in line._get_round_results(journal, line._get_most())
            if result.is_counted and not (self._hides_earlier_rounds() and number < self.round)
        ]
        entries, _total = self._get_entry_data(line_ids=line.ids, limit=200)
        on_hand_now = None
        movements = []
        if not hidden:
            book = self.env["stock.pos.count.book"]._get_book(self, {line.product_id.id})
            on_hand_now = book.get((line.product_id.id, line.lot_id.id or None), 0.0)
            movements = self._get_movement_data(line)
        return {
            "line": line._get_result_data(hidden)[0],
            "product": self._get_product_data(line.product_id)[0],
            "rounds": rounds,
            "entries": entries,
            "movements": movements,
            "on_hand_now": on_hand_now,
            "note": line.note or "",
        }

    def _get_movement_data(self, line):
        """Return what happened since the line was counted, in plain sentences, newest first: sales at the moment the
        goods left, whether stock has them or not, and what else moved or was adjusted."""
        if not line.is_counted:
            return []
        since = line.first_counted_at or line.counted_at
        sentences = [
            *self._get_sale_sentences(line, since),
            *self._get_move_sentences(line, since),
        ]
        return sorted(sentences, key=lambda sentence: -sentence["at"])[:MAX_MOVEMENTS]

    def _get_sale_sentences(self, line, since):
        rows = self.env.execute_query(
            SQL(
                """SELECT sale.order_id, sum(sale.qty)::float, min(sale.moment)
                     FROM (%s) sale
                    WHERE sale.moment > %s AND (sale.is_lotless OR sale.lot_id IS NOT DISTINCT FROM %s)
                 GROUP BY sale.order_id ORDER BY min(sale.moment) DESC LIMIT %s""",
                self.env["stock.pos.count.book"]._get_window_sales_sql(self, line.product_id.ids),
                since,
                line.lot_id.id or None,
                MAX_MOVEMENTS,
            )
        )
        # sudo: staff see what was sold, not the orders behind it
        orders = self.env["pos.order"].sudo().browse(order_id for order_id, _qty, _moment in rows)
        names = {order.id: order.pos_reference or order.name for order in orders}
        return [
            {
                "text": self.env._("%(qty)s sold, order %(document)s", qty=qty_text, document=names[order_id])
                if qty > 0
                else self.env._("%(qty)s returned, order %(document)s", qty=qty_text, document=names[order_id]),
                "at": self._to_ms(moment),
            }
            for order_id, qty, moment in rows
            for qty_text in [count_logic.format_qty(abs(qty))]
        ]

    def _get_move_sentences(self, line, since):
        book = self.env["stock.pos.count.book"]
        product_ids = line.product_id.ids
        rows = self.env.execute_query(
            SQL(
                """SELECT move_line_id FROM (%s) moved
                    WHERE moved.moved_at > %s AND moved.lot_id IS NOT DISTINCT FROM %s
                UNION ALL
                   SELECT move_line_id FROM (%s) adjusted
                    WHERE adjusted.created_at > %s AND adjusted.lot_id IS NOT DISTINCT FROM %s
                 ORDER BY move_line_id DESC""",
                book._get_goods_moves_sql(self, product_ids, since),
                since,
                line.lot_id.id or None,
                book._get_adjustments_sql(self, product_ids),
                since,
                line.lot_id.id or None,
            )
        )
        path = self._get_location_path()
        # sudo: staff see what moved, not the documents behind it
        moved = self.env["stock.move.line"].sudo().browse(move_line_id for (move_line_id,) in rows)
        return [
            {
                "text": self._get_movement_text(one, one.location_dest_id.parent_path.startswith(path)),
                "at": self._to_ms(one.date),
            }
            for one in moved
        ]

    def _get_movement_text(self, move_line, goes_in):
        qty = count_logic.format_qty(move_line.quantity_product_uom)
        document = move_line.reference or ""
        if move_line.is_inventory:
            if goes_in:
                return self.env._("%(qty)s added by an inventory adjustment, %(document)s", qty=qty, document=document)
            return self.env._("%(qty)s taken off by an inventory adjustment, %(document)s", qty=qty, document=document)
        if goes_in:
            return self.env._("%(qty)s received, %(document)s", qty=qty, document=document)
        return self.env._("%(qty)s sent out, %(document)s", qty=qty, document=document)

    def _get_preview_data(self, left_out, accepted=()):
        """Return the correction preview as the register shows it."""
        return self._dress_preview(self._get_correction_preview(set(left_out), set(accepted)))

    def _dress_preview(self, preview):
        """Return ``preview`` with what the register shows around it: the sheet and the products."""
        figures = preview["figures"]
        products = self.env["product.product"].browse({row["product_id"] for row in preview["lines"]})
        return {
            **preview,
            "figures": {**figures, "counted_at": self._to_ms(figures["counted_at"])},
            "sheet": self._get_sheet_data()[0],
            "products": self._get_product_data(products),
        }


class StockPosCountLine(models.Model):
    _inherit = "stock.pos.count.line"

    def _get_line_data(self):
        """Return the ``line`` data of the counting screen (lines of one sheet), which never carries what is
        expected."""
        if not self:
            return []
        # No more of the records than that: a sync is answered all day with hundreds of lines.
        self.fetch(["count_id", "product_id", "lot_id"])
        to_ms = self.env["stock.pos.count"]._to_ms
        lot_news = self._get_lot_news()
        lot_names = {lot.id: lot.name for lot in self.lot_id}
        running_round = self.count_id.round
        no_news = {"expires_at": None, "elsewhere": None}
        self.flush_recordset()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT line.id, product_id, lot_id, coalesce(target_round, 0) AS target_round,
                          is_counted AND counted_round = %s AS this_round, counted_qty::float, counted_by, counted_at,
                          last_qty::float, conflict, is_negative, note
                     FROM unnest(%s) WITH ORDINALITY AS asked (id, place)
                     JOIN stock_pos_count_line line ON line.id = asked.id
                 ORDER BY place""",
                running_round,
                bulk.get_ids_sql(self.ids),
            )
        )
        return [
            {
                "id": row["id"],
                "product_id": row["product_id"],
                "lot_id": row["lot_id"],
                "lot_name": lot_names.get(row["lot_id"]),
                **lot_news.get(row["lot_id"], no_news),
                "to_count": row["target_round"] >= running_round,
                "counted": row["counted_qty"] if row["this_round"] else None,
                "who": row["counted_by"] if row["this_round"] else None,
                "at": to_ms(row["counted_at"]) if row["this_round"] else None,
                "last_qty": row["last_qty"] if row["this_round"] else None,
                "conflict": row["conflict"] if row["this_round"] else None,
                "negative": bool(row["is_negative"]),
                "note": row["note"] or "",
            }
            for row in rows
        ]

    def _get_result_data(self, hidden):
        """Return the ``result line`` data.

        :param bool hidden: leave out what the book says and earlier rounds (blind count)
        """
        to_ms = self.env["stock.pos.count"]._to_ms
        data = []
        for line in self:
            counted = line.is_counted and not (hidden and line.counted_round < line.count_id.round)
            data.append(
                {
                    "id": line.id,
                    "product_id": line.product_id.id,
                    "lot_name": line.lot_id.name or None,
                    "on_hand": line.expected_qty if counted and not hidden else None,
                    "counted": line.counted_qty if counted else None,
                    "variance": line.variance_qty if counted and not hidden else None,
                    "who": line.counted_by or None if counted else None,
                    "at": to_ms(line.counted_at) if counted else None,
                    "note": line.note or "",
                    "check": line._get_check_sentences() if counted and not hidden else [],
                    "correction": None if hidden else line.correction_state or None,
                    "not_corrected": None if hidden else line.why_not_corrected or None,
                    "conflict": line.conflict or None if counted else None,
                    "negative": line.is_negative,
                }
            )
        return data
