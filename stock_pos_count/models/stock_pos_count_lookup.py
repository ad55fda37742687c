from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql

from .. import count_logic, entry_payload
from ..count_logic import Snapshot

# Odoo's default rules put it before the name of a lot.
LOT_PREFIX = "10"
# Of the lines that are listed apart, so many are named.
ZERO_EXAMPLES = 5


class Reading(NamedTuple):
    """One way to read a scanned code: the code of an article, with the lot and the quantity that it tells, and the
    unit of that quantity."""

    code: str
    lot_name: str | None = None
    qty: float = 1
    unit: models.BaseModel | None = None


class Found(NamedTuple):
    """What a scanned code stands for. ``lot`` and ``packaging`` are ``None`` where it tells none; ``lot_name`` without
    ``lot`` is one that does not exist yet. ``qty`` is in the product's unit, ``packs`` in packs."""

    product: models.BaseModel | None
    packaging: models.BaseModel | None
    lot: models.BaseModel | None
    lot_name: str | None
    qty: float
    packs: float


NOTHING_FOUND = Found(None, None, None, None, 1, 1)


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
        """Return what a code stands for, see :meth:`_find_barcodes`."""
        return self._find_barcodes([code]).get(code, NOTHING_FOUND)

    def _find_barcodes(self, codes):
        """Return ``{code: Found}`` of the codes that somebody knows, with a constant number of queries.

        A code is tried as it stands (a product's barcode, a pack's barcode, a lot, a SKU), and then as the barcode
        nomenclatures of the register read it: GS1 with its lot and quantity, a weighed product with its weight.
        """
        readings = {code: self._read_barcode(code) for code in codes if code}
        every = [reading for of_code in readings.values() for reading in of_code]
        variants = {reading.code: self._get_code_variants(reading.code) for reading in every}
        articles = self._get_articles({variant for of_code in variants.values() for variant in of_code})
        lots = self._get_lots_by_name({reading.lot_name or reading.code for reading in every})
        skus = self._get_products_by_sku(readings)
        found = {}
        for code, of_code in readings.items():
            matches = (self._match_reading(reading, variants[reading.code], articles, lots) for reading in of_code)
            match = next((match for match in matches if match), None)
            if not match and code in skus:
                match = Found(skus[code], None, None, None, 1, 1)
            if match:
                found[code] = match
        return found

    def _match_reading(self, reading, variants, articles, lots):
        """Return the :class:`Found` of one way to read a code, or ``None``."""
        for variant in variants:
            if variant in articles:
                product, packaging = articles[variant]
                content = packaging.uom_id.factor / product.uom_id.factor if packaging else 1
                lot = lots.get(reading.lot_name, {}).get(product) if reading.lot_name else None
                packs = self._get_reading_qty(reading, packaging.uom_id if packaging else product.uom_id)
                return Found(product, packaging, lot, reading.lot_name, content * packs, packs)
        owners = lots.get(reading.lot_name or reading.code, {})
        if len(owners) == 1:
            ((product, lot),) = owners.items()
            return Found(product, None, lot, lot.name, 1, 1)
        return None

    def _get_reading_qty(self, reading, unit):
        """Return the quantity that a code tells, in ``unit``; one where it tells something else, such as the weight of
        what is counted in pieces."""
        pieces = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        qty = reading.qty
        # A number of pieces is the number of what the code names, be it a pack.
        if reading.unit and reading.unit not in (unit, pieces):
            if not reading.unit._has_common_reference(unit):
                return 1
            qty = reading.unit._compute_quantity(qty, unit)
        return 1 if unit == pieces and qty != int(qty) else qty

    def _read_barcode(self, code):
        """Return the ways a scanned code may be meant, the likeliest first; the code as it stands always is one."""
        readings = [Reading(code)]
        # sudo: nomenclatures and their rules may be unreadable for a POS user
        config = self.config_id.sudo()
        for nomenclature in config.company_id.nomenclature_id | config.fallback_nomenclature_id:
            try:
                parsed = nomenclature.parse_barcode(code)
            except (UserError, ValueError):
                # A wrong check digit or date: only this way of reading is out.
                continue
            readings += self._read_gs1(parsed) if isinstance(parsed, list) else self._read_plain(parsed)
        return readings

    @staticmethod
    def _read_gs1(parsed):
        elements = {element["type"]: element for element in reversed(parsed)}
        if "product" not in elements:
            return []
        lot = elements.get("lot")
        quantity = elements.get("quantity") or elements.get("weight") or {"value": 1, "rule": None}
        unit = quantity["rule"].associated_uom_id if quantity["rule"] else None
        return [
            Reading(
                str(elements["product"]["value"]),
                str(lot["value"]) if lot else None,
                float(quantity["value"]) or 1,
                unit or None,
            )
        ]

    @staticmethod
    def _read_plain(parsed):
        if not parsed or parsed["type"] == "error":
            return []
        if parsed["type"] == "weight" and parsed["value"] > 0:
            return [Reading(parsed["base_code"], None, parsed["value"])]
        if parsed["type"] == "lot":
            return [Reading(parsed["code"].removeprefix(LOT_PREFIX))]
        return [Reading(parsed["base_code"]), Reading(parsed["code"])]

    def _get_articles(self, codes):
        """Return ``{code: (product, pack or None)}`` of barcodes and pack barcodes."""
        company = self._get_product_company_domain()
        found = {}
        packagings = self.env["product.uom"].sudo().search([("barcode", "in", list(codes))])  # sudo: as products
        for packaging in packagings:
            product = packaging.product_id.with_context(active_test=False)
            if product.filtered_domain(company):
                found[packaging.barcode] = (product, packaging)
        # The last one of a code stays: an active product.
        domain = Domain("barcode", "in", list(codes)) & company
        for product in self._get_company_products().search(domain, order="active, id desc"):
            found[product.barcode] = (product, None)
        return found

    def _get_products_by_sku(self, codes):
        domain = Domain("default_code", "in", list(codes)) & self._get_product_company_domain()
        products = self._get_company_products().search(domain, order="active, id desc")
        return {product.default_code: product for product in products}

    def _get_lots_by_name(self, names):
        """Return ``{name: {product: lot}}``; of several products with a lot of one name, those on the sheet if any."""
        domain = Domain("name", "in", list(names)) & self._get_lot_company_domain()
        lots = self.env["stock.lot"].sudo().with_context(active_test=False).search(domain)  # sudo: as products
        by_name = defaultdict(dict)
        for lot in lots:
            by_name[lot.name][lot.product_id] = lot
        if any(len(owners) > 1 for owners in by_name.values()):
            on_sheet = self._get_products_on_sheet(lots.product_id)
            for name, owners in by_name.items():
                here = {product: lot for product, lot in owners.items() if product in on_sheet}
                by_name[name] = here or owners
        return by_name

    def _get_products_on_sheet(self, products):
        """Return those of ``products`` that are to be counted in the running round."""
        domain = [
            ("count_id", "=", self.id),
            ("product_id", "in", products.ids),
            ("target_round", ">=", self.round),
        ]
        lines = self.env["stock.pos.count.line"].sudo().search(domain)  # sudo: POS users do not read lines
        return lines.product_id & products

    def _resolve_codes(self, values_list):
        """Give scans that a device could not read (it had no network) their product, where nobody has to be asked:
        the product is on the sheet, or the sheet covers everything. All others stay unknown codes."""
        unread = [
            values
            for values in values_list
            if values["kind"] == count_logic.ADD and values["code"] and not values["product_id"]
        ]
        found = self._find_barcodes({values["code"] for values in unread})
        products = self._get_company_products().browse({match.product.id for match in found.values()})
        if not products:
            return
        countable = self._get_countable_products(set(products.ids))
        takes_all = self.scope == "full" and not self.round
        welcome = products if takes_all else self._get_products_on_sheet(products)
        for values in unread:
            match = found.get(values["code"])
            if match and match.product in welcome and countable.get(match.product.id):
                values.update(
                    product_id=match.product.id,
                    lot_id=match.lot.id if match.lot else None,
                    lot_name=None if match.lot else match.lot_name,
                    qty=values["qty"] * match.qty,
                    packaging_id=match.packaging.id if match.packaging else None,
                    packaging_qty=match.packs if match.packaging else 0.0,
                )

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
        person_name = None
        # Nobody is logged in at a register that is locked, which sends all the same: each entry names who counted.
        if payload.get("person") is not None:
            _model, _res_id, person_name = config._get_stock_count_person(payload["person"])
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

    def _get_cursor_after(self):
        """Return the cursor of an answer that holds all that this transaction changed: it need not be told again."""
        rows = self.env.execute_query(
            SQL("SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text::bigint")
        )
        [(cursor, xid)] = rows
        return str(Snapshot.parse(cursor).with_own(xid)) if xid else cursor

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

    def _get_zero_groups(self):
        """Return the ids of the lines nobody counted: ``plain`` ones, and apart those of which "nobody saw it" does not
        mean "there is none".

        :return: ``{"plain", "moved", "lots", "negative": [line id]}``, each line in the first group that fits of
            ``moved`` (received, transferred, sold or returned since the start), ``lots`` (another lot of its product
            was counted) and ``negative`` (the books are below zero)
        """
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id,
                       CASE WHEN EXISTS (SELECT 1 FROM stock_move_line moved JOIN stock_move move
                                                    ON move.id = moved.move_id
                                          WHERE moved.product_id = line.product_id AND moved.state = 'done'
                                            AND NOT coalesce(move.is_inventory, FALSE)
                                            AND moved.lot_id IS NOT DISTINCT FROM line.lot_id
                                            AND moved.date >= %(start)s
                                            AND (moved.location_id IN %(locations)s)
                                             <> (moved.location_dest_id IN %(locations)s))
                              OR EXISTS (SELECT 1 FROM pos_order_line sold JOIN pos_order ordered
                                                    ON ordered.id = sold.order_id
                                          WHERE sold.product_id = line.product_id AND sold.qty <> 0
                                            AND ordered.company_id = %(company)s AND ordered.date_order >= %(start)s
                                            AND ordered.state IN ('paid', 'done'))
                            THEN 'moved'
                            WHEN EXISTS (SELECT 1 FROM stock_pos_count_line other
                                          WHERE other.count_id = line.count_id AND other.is_counted
                                            AND other.product_id = line.product_id AND other.id <> line.id)
                            THEN 'lots'
                            WHEN (SELECT coalesce(sum(quant.quantity), 0) FROM stock_quant quant
                                   WHERE quant.product_id = line.product_id
                                     AND quant.lot_id IS NOT DISTINCT FROM line.lot_id
                                     AND quant.location_id IN %(locations)s) < 0
                            THEN 'negative' ELSE 'plain' END
                  FROM stock_pos_count_line line
                 WHERE line.count_id = %(count)s AND NOT line.is_counted
              ORDER BY line.id
                """,
                start=self.started_at,
                company=self.company_id.id,
                count=self.id,
                locations=self._get_sheet_locations().subselect(),
            )
        )
        groups = {kind: [] for kind in ("plain", "moved", "lots", "negative")}
        for line_id, kind in rows:
            groups[kind].append(line_id)
        return groups

    def _get_zero_data(self):
        """Return the groups of :meth:`_get_zero_groups` as the completion dialog lists them: numbers and some names."""
        groups = self._get_zero_groups()
        lines = self.env["stock.pos.count.line"].sudo()  # sudo: POS users do not read lines
        names = {
            kind: [
                " · ".join(filter(None, (line.product_id.display_name, line.lot_id.name)))
                for line in lines.browse(line_ids[:ZERO_EXAMPLES])
            ]
            for kind, line_ids in groups.items()
        }
        return {
            "number": len(groups.pop("plain")),
            "apart": [
                {"kind": kind, "number": len(line_ids), "names": names[kind]}
                for kind, line_ids in groups.items()
                if line_ids
            ],
        }

    def _record_zeros(self, lines, person):
        """Record a ``zero`` entry for each of ``lines``, as a person's decision, with the figures of this moment.

        :param tuple person: ``(model, id, name)``
        """
        now = self._get_now()
        model, res_id, name = person
        device = {"id": entry_payload.derived_uuid(self.uuid, "server")}
        seen, first = self._get_cursor(), self._get_last_seq(device) + 1
        self._record_entries(
            [
                {
                    "uuid": entry_payload.derived_uuid(self.uuid, f"zero {line.id} {first}"),
                    "seq": first + number,
                    "seen": seen,
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
