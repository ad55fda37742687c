from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql

from .. import count_logic, entry_payload
from ..count_logic import Snapshot


class StockPosCount(models.Model):
    """Finding: products by barcode or text, devices, and where a device's view of the sheet stands."""

    _inherit = "stock.pos.count"

    # -- products --------------------------------------------------------------------------------------------------

    def _get_company_products(self):
        """Return the model to search products of the sheet's company in, archived ones included."""
        # sudo: products that are not sold in the Point of Sale
        return self.env["product.product"].sudo().with_context(active_test=False)

    def _get_product_company_domain(self):
        return Domain("company_id", "in", (False, *self.company_id.parent_ids.ids))

    def _find_barcode(self, code):
        """Return ``(product, pack, lot)`` of a code: a product's barcode or SKU, a pack's barcode, or a lot on this
        sheet."""
        products = self._get_company_products()
        packagings = self.env["product.uom"].sudo()  # sudo: as _get_company_products
        lots = self.env["stock.lot"].sudo()
        if not code:
            return products, packagings, lots
        company = self._get_product_company_domain()
        codes = self._get_code_variants(code)
        product = products.search(Domain("barcode", "in", codes) & company, limit=1, order="active desc, id")
        if product:
            return product, packagings, lots
        packaging = packagings.search(Domain("barcode", "in", codes), limit=1)
        if packaging and packaging.product_id.filtered_domain(company):
            return packaging.product_id.with_context(active_test=False), packaging, lots
        lot = lots.search(Domain("name", "=", code) & Domain("company_id", "in", (False, self.company_id.id)))
        if len(lot) == 1:
            return lot.product_id, packagings, lot
        return products.search(Domain("default_code", "=", code) & company, limit=1), packagings, lots

    @staticmethod
    def _get_code_variants(code):
        """Return the ways one article number may be written: with and without leading zeros of GTIN-14, EAN-13 and
        UPC-A."""
        variants = [code]
        if code.isdigit() and len(code) in (12, 13, 14):
            bare = code.lstrip("0")
            variants += [bare.zfill(size) for size in (12, 13, 14) if len(bare) <= size]
        return list(dict.fromkeys(variants))

    def _search_countable(self, term, limit):
        """Return countable products whose name, SKU or barcode fits, those on the sheet first."""
        products = self._get_company_products()
        pattern = escape_psql(term)
        domain = (
            self._get_product_company_domain()
            & Domain("type", "=", "consu")
            & Domain("is_storable", "=", True)
            & (
                Domain("name", "ilike", pattern)
                | Domain("default_code", "ilike", pattern)
                | Domain("barcode", "=like", f"{pattern}%")
                | Domain("product_uom_ids.barcode", "=", term)
            )
        )
        kits = self._get_kit_template_ids(self.company_id)
        if kits:
            domain &= Domain("product_tmpl_id", "not in", kits)
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT product_id FROM stock_pos_count_line
                    WHERE count_id = %s AND product_id IN %s LIMIT %s""",
                self.id,
                products._search(domain).subselect(),
                limit,
            )
        )
        on_sheet = products.browse(product_id for (product_id,) in rows)
        if len(on_sheet) >= limit:
            return on_sheet
        active = domain & Domain("active", "=", True) & Domain("id", "not in", on_sheet.ids)
        return on_sheet | products.search(active, limit=limit - len(on_sheet))

    # -- devices ---------------------------------------------------------------------------------------------------

    def _share_with_devices(self):
        """Keep transitions out while a device's entries are recorded; other devices may go on."""
        self.env.execute_query(SQL("SELECT id FROM stock_pos_count WHERE id = %s FOR SHARE", self.id))
        self.invalidate_recordset(["state", "paused_state", "round"])

    def _register_device(self, device, payload=None, config=None):
        """Note that a device was heard of.

        A device's first call takes the sheet's row alone and writes it: a transition that runs at the same time, and
        could not see the new device's row, then fails into a retry that can (see ``_lock_for_transition``).
        """
        waiting, person_name, has_entries = self._read_device_news(payload, config)
        values = {
            "count": self.id,
            "device": device["id"],
            "name": device["name"],
            "person": person_name,
            "user": self.env.uid,
            "waiting": waiting,
            "has_entries": has_entries,
        }
        update = """
            UPDATE stock_pos_count_device
               SET name = %(name)s, last_heard_at = now() AT TIME ZONE 'UTC', user_id = %(user)s,
                   person_name = coalesce(%(person)s, person_name), waiting = coalesce(%(waiting)s, waiting),
                   last_entry_at = CASE WHEN %(has_entries)s THEN now() AT TIME ZONE 'UTC' ELSE last_entry_at END
             WHERE count_id = %(count)s AND device = %(device)s
         RETURNING id"""
        if not self.env.execute_query(SQL(update, **values)):
            self.env.execute_query(SQL("UPDATE stock_pos_count SET access_token = access_token WHERE id = %s", self.id))
            self.env.execute_query(
                SQL("INSERT INTO stock_pos_count_device (count_id, device) VALUES (%(count)s, %(device)s)", **values)
            )
            self.env.execute_query(SQL(update, **values))
        self.env["stock.pos.count.device"].invalidate_model()
        self.invalidate_recordset(["device_ids"])

    def _read_device_news(self, payload, config):
        """Return ``(entries waiting, who is at the device, whether it sends entries)`` of a sync; nothing is known
        otherwise."""
        if not payload:
            return None, None, False
        waiting = payload.get("waiting")
        if type(waiting) is not int or not 0 <= waiting <= entry_payload.MAX_INT:
            raise UserError(self.env._("The register sent something that cannot be read. Reload it and try again."))
        _model, _res_id, person_name = config._get_stock_count_person(payload.get("person"))
        return waiting, person_name, bool(payload.get("entries"))

    def _get_last_seq(self, device):
        rows = self.env.execute_query(
            SQL("SELECT max(seq) FROM stock_pos_count_entry WHERE count_id = %s AND device = %s", self.id, device["id"])
        )
        return rows[0][0] or 0

    # -- cursor ----------------------------------------------------------------------------------------------------

    def _get_cursor(self):
        """Return where this answer stands: the database's snapshot, from which a pull can miss nothing that commits
        later."""
        return self.env.execute_query(SQL("SELECT pg_current_snapshot()::text"))[0][0]

    def _read_cursor(self, cursor):
        """Return a checked cursor, or ``None``."""
        if not cursor:
            return None
        try:
            Snapshot.parse(cursor if len(cursor) <= 10_000 else "")
        except (AttributeError, TypeError, ValueError):
            raise UserError(
                self.env._("The register sent something that cannot be read. Reload it and try again.")
            ) from None
        return cursor

    # -- count as zero ---------------------------------------------------------------------------------------------

    def _record_zeros(self, lines, person):
        """Record a ``zero`` entry for each of ``lines``, as a person's decision, with the figures of this moment.

        :param tuple person: ``(model, id, name)``
        """
        now = self._get_now()
        model, res_id, name = person
        device = {"id": entry_payload.derived_uuid(self.uuid, "server")}
        first = self._get_last_seq(device) + 1
        self._record_entries(
            [
                {
                    "uuid": entry_payload.derived_uuid(self.uuid, f"zero {line.id} {first}"),
                    "seq": first + number,
                    "seen": self._get_cursor(),
                    "round": self.round,
                    "kind": count_logic.ZERO,
                    "product_id": line.product_id.id,
                    "lot_id": line.lot_id.id or None,
                    "qty": 0.0,
                    "source": "server",
                    "counted_at": now,
                    "device_counted_at": now,
                    "person_model": model,
                    "person_res_id": res_id,
                    "person_name": name,
                    "target": None,
                    "targets": None,
                    "keep": None,
                    "is_late": False,
                }
                for number, line in enumerate(lines)
            ],
            device,
            now,
        )
