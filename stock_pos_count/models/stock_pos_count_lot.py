from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql

from .. import entry_payload


class StockPosCount(models.Model):
    """Lots and serial numbers while counting: which may be named, and what the books know of them."""

    _inherit = "stock.pos.count"

    @api.model
    def register_lots(self, config_id, uuid, product_id, term="", limit=40):
        """Return the lots or serial numbers of a product to choose from, those on the sheet or not, by name.

        ``may_create`` says whether a name that nobody knows makes a new one.
        """
        _config, count = self._enter_sheet(config_id, uuid)
        _offset, limit = self._read_page(0, limit, 100)
        (product_id,) = self._read_ids([product_id])
        term = self._read_text(term, entry_payload.MAX_CODE)
        may_choose, may_create = count._get_lot_rights()
        domain = Domain("product_id", "=", product_id) & count._get_lot_company_domain()
        if not may_choose:
            on_sheet = Domain("count_id", "=", count.id) & Domain("product_id", "=", product_id)
            lines = self.env["stock.pos.count.line"].sudo().search(on_sheet)  # sudo: POS users do not read lines
            domain &= Domain("id", "in", lines.lot_id.ids)
        if term:
            domain &= Domain("name", "ilike", escape_psql(term))
        # sudo: POS users cannot read lots
        lots = self.env["stock.lot"].sudo().search(domain, limit=limit, order="name, id")
        news = count._get_lot_news(lots)
        return {
            "lots": [{"id": lot.id, "name": lot.name, **news[lot.id]} for lot in lots],
            "may_create": may_create,
        }

    def _get_lot_rights(self):
        """Return ``(may choose a lot that is not on the sheet, may create one)``: what the operation type of the
        sheet's own register allows."""
        operation = self.config_id.sudo().picking_type_id  # sudo: POS users may be unable to read operation types
        return operation.use_existing_lots, operation.use_create_lots

    def _get_lot_company_domain(self):
        return Domain("company_id", "in", (False, *self.company_id.parent_ids.ids))

    # -- what the books know ---------------------------------------------------------------------------------------

    def _get_lot_news(self, lots):
        """Return ``{lot id: {"expires_at", "elsewhere"}}``; a constant number of queries.

        ``elsewhere`` names the place where the books have a serial number, if that is not what the sheet counts; a
        blind count does not tell it.
        """
        self.ensure_one()
        news = {lot.id: {"expires_at": None, "elsewhere": None} for lot in lots}
        if "expiration_date" in lots._fields:  # only with product_expiry installed
            for lot in lots:
                news[lot.id]["expires_at"] = self._to_ms(lot.expiration_date)
        serials = lots.filtered(lambda lot: lot.product_id.tracking == "serial")
        if serials and not self._hides_book():
            for lot_id, place in self._get_serial_places(serials).items():
                news[lot_id]["elsewhere"] = place
        return news

    def _get_serial_places(self, serials):
        """Return ``{lot id: name of the location}`` of the serial numbers that the books have outside the sheet."""
        self.env["stock.quant"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT quant.lot_id, min(quant.location_id)
                     FROM stock_quant quant JOIN stock_location location ON location.id = quant.location_id
                    WHERE quant.lot_id IN %s AND quant.quantity > 0
                      AND location.usage IN ('internal', 'transit', 'customer') AND quant.location_id NOT IN %s
                 GROUP BY quant.lot_id""",
                tuple(serials.ids),
                self._get_sheet_locations().subselect(),
            )
        )
        # sudo: other shops' locations; only their names are told
        locations = self.env["stock.location"].sudo().browse({location_id for _lot_id, location_id in rows})
        names = {location.id: location.display_name for location in locations}
        return {lot_id: names[location_id] for lot_id, location_id in rows}

    # -- lots named by an entry ------------------------------------------------------------------------------------

    def _resolve_lots(self, pending):
        """Give the entries that name a lot, instead of having its id, their lot; create it where that is allowed.

        :param list pending: ``[(result, values)]``
        :return: those that stay; of the others the result says why not
        """
        named = {values["product_id"] for _result, values in pending if values["lot_name"] and values["product_id"]}
        countable = [product_id for product_id, unit in self._get_countable_products(named).items() if unit]
        # sudo: products that are not sold in the Point of Sale
        products = self.env["product.product"].sudo().browse(countable)
        tracked = set(products.filtered(lambda product: product.tracking != "none").ids)
        keys = {(values["product_id"], values["lot_name"]) for _result, values in pending}
        lots = self._find_lots({key for key in keys if key[0] in tracked})
        may_create = self._get_lot_rights()[1] if tracked else False
        accepted = []
        for result, values in pending:
            key = (values["product_id"], values.pop("lot_name"))
            if key[1] and not values["lot_id"] and key[0] in tracked:
                if key not in lots and may_create:
                    lots[key] = self._create_lot(*key)
                if key not in lots:
                    result["reason"] = self._get_refusal("lot_unknown")
                    continue
                values["lot_id"] = lots[key]
            accepted.append((result, values))
        return accepted

    def _find_lots(self, keys):
        """Return ``{(product id, name): lot id}`` of the lots that exist in the sheet's company."""
        if not keys:
            return {}
        domain = (
            Domain("product_id", "in", [product_id for product_id, _name in keys])
            & Domain("name", "in", [name for _product_id, name in keys])
            & self._get_lot_company_domain()
        )
        lots = self.env["stock.lot"].sudo().search(domain)  # sudo: POS users cannot read lots
        return {key: lot.id for lot in lots if (key := (lot.product_id.id, lot.name)) in keys}

    def _create_lot(self, product_id, name):
        """Create a lot, once: writing the product's row makes a second creation at the same time fail into a retry that
        finds the first one (Odoo keeps lots apart by a check that sees no other transaction)."""
        self.env.execute_query(SQL("UPDATE product_product SET write_date = write_date WHERE id = %s", product_id))
        product = self.env["product.product"].sudo().browse(product_id)  # sudo: POS users cannot create lots
        company = product.company_id or self.company_id
        lots = self.env["stock.lot"].sudo()  # sudo: as above
        return lots.create({"product_id": product_id, "name": name, "company_id": company.id}).id


class StockPosCountLine(models.Model):
    _inherit = "stock.pos.count.line"

    def _get_lot_news(self):
        """Return ``{lot id: news}`` of the lots on these lines (all of one sheet), see the sheet's method."""
        lots = self.lot_id
        # As the user: lines are read by sudo, which would tell everything.
        return self.count_id.sudo(False)._get_lot_news(lots) if lots else {}
