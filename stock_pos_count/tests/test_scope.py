"""Which products a sheet covers, and which other sheets cover the same."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CountCase, Till


@tagged("post_install", "-at_install")
class TestScope(CountCase):
    def scope(self, scope="partial", categories=(), vendors=()):
        return self.till.call("register_scope", scope, [one.id for one in categories], [one.id for one in vendors])[
            "products"
        ]

    def products(self, **values):
        till = Till(self, self.amy, self.config)
        till.create_sheet(**values)
        return self.sheet(till).line_ids.product_id

    def test_full_is_what_has_stock_or_moved_within_a_year(self):
        never = self._create_product("Never Here")
        service = self._create_product("Service", type="service", is_storable=False)
        archived = self._create_product("Archived", 3)
        archived.active = False
        products = self.products()
        self.assertEqual(products, self.tea | self.milk | self.rice | self.soap, "rice moved, soap is negative")
        self.assertFalse(products & (never | service | archived))

    def test_movements_older_than_a_year_do_not_count(self):
        self.env["stock.move.line"].search([("product_id", "=", self.rice.id)]).date = "2020-01-01"
        self.assertNotIn(self.rice, self.products())

    def test_stock_of_another_shop_does_not_count(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH", "company_id": self.company.id})
        elsewhere = self._create_product("Elsewhere")
        self._set_stock(elsewhere, 5, other.lot_stock_id)
        self.assertNotIn(elsewhere, self.products())

    def test_categories_include_their_children_and_several_widen(self):
        self.assertEqual(self.scope(categories=self.food), 3)
        self.assertEqual(self.scope(categories=self.drinks), 2)
        self.assertEqual(self.scope(categories=self.drinks | self.household), 3)

    def test_categories_and_vendors_narrow_each_other(self):
        for product in (self.tea, self.soap):
            product.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        self.assertEqual(self.scope(vendors=self.vendor), 2)
        self.assertEqual(self.scope(categories=self.drinks, vendors=self.vendor), 1)
        self.assertEqual(
            self.products(scope="partial", category_ids=self.drinks.ids, vendor_ids=self.vendor.ids), self.tea
        )

    def test_a_vendor_of_one_variant_is_not_a_vendor_of_its_sisters(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": "S"}), Command.create({"name": "L"})]}
        )
        template = self.env["product.template"].create(
            {
                "name": "Shirt",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]})
                ],
            }
        )
        small = template.product_variant_ids[0]
        self.env["product.supplierinfo"].create(
            {"partner_id": self.vendor.id, "product_tmpl_id": template.id, "product_id": small.id}
        )
        self.assertEqual(self.products(scope="partial", vendor_ids=self.vendor.ids), small)

    def test_nothing_to_count_cannot_be_created(self):
        empty = self.env["product.category"].create({"name": "Empty"})
        self.assertEqual(self.scope(categories=empty), 0)
        with self.assertRaisesRegex(UserError, "No product fits"):
            self.till.create_sheet(scope="partial", category_ids=empty.ids)
        with self.assertRaisesRegex(UserError, "at least one category or vendor"):
            self.till.create_sheet(scope="partial")

    def test_tracked_products_have_a_line_for_each_lot_in_stock(self):
        cheese = self._create_product("Cheese", tracking="lot")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": cheese.id} for name in ("A1", "A2", "A3")])
        for lot, qty in zip(lots, (4, 6, 0), strict=False):
            if qty:
                self._set_stock(cheese, qty, lot=lot)
        self.till.create_sheet()
        self.assertEqual(self.line(cheese).lot_id, lots[:2])

    def test_overlapping_sheets_are_named_whether_started_or_new(self):
        self.till.create_sheet(scope="partial", category_ids=self.drinks.ids)
        self.other_till.create_sheet(start=False, scope="partial", category_ids=self.household.ids)
        names = {sheet["name"] for sheet in self.till.call("register_scope", "full", [], [])["overlapping"]}
        self.assertEqual(names, {self.sheet().name, self.sheet(self.other_till).name})
        answer = self.till.call("register_scope", "partial", self.household.ids, [])
        self.assertEqual([sheet["name"] for sheet in answer["overlapping"]], [self.sheet(self.other_till).name])
