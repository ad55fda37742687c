from odoo.tests import new_test_user, tagged

from odoo.addons.point_of_sale.tests import test_frontend

from .invariants import assert_invariants

CLERK = "count_clerk"


class StocktakeTours:
    """What a clerk does in the register, from opening it to the corrected stock.

    A plain mixin, so that the same stories run at a desk and on a phone.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.main_pos_config.picking_type_id.default_location_src_id
        new_test_user(
            cls.env,
            login=CLERK,
            name="Count Clerk",
            groups="base.group_user,point_of_sale.group_pos_user",
            company_id=cls.main_pos_config.company_id.id,
        )
        food, drinks = cls.env["product.category"].create([{"name": "Count Food"}, {"name": "Count Drinks"}])
        cls.tea = cls._create_stocked("Count Tea", 10, drinks, barcode="9900000000017")
        cls.milk = cls._create_stocked("Count Milk", 5, drinks)
        cls.rice = cls._create_stocked("Count Rice", 3, food)

    @classmethod
    def _create_stocked(cls, name, qty, category, **values):
        product = cls.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True, "categ_id": category.id, **values}
        )
        quants = cls.env["stock.quant"].sudo().with_context(inventory_mode=True)
        quants.create(
            {"product_id": product.id, "location_id": cls.stock.id, "inventory_quantity": qty}
        ).action_apply_inventory()
        return product

    def run_tour(self, name):
        """Run a tour as the clerk. Return the one sheet it left behind."""
        clerk = self.env["res.users"].search([("login", "=", CLERK)])
        self.main_pos_config.with_user(clerk).open_ui()
        self.start_pos_tour(name, login=CLERK)
        self.env.invalidate_all()
        sheet = self.env["stock.pos.count"].search([("config_id", "=", self.main_pos_config.id)])
        self.assertEqual(len(sheet), 1)
        assert_invariants(self, sheet)
        return sheet

    def assert_counted(self, sheet, expected):
        """Compare the counts, None for a product that was left out."""
        counted = {line.product_id: line.counted_qty if line.is_counted else None for line in sheet.line_ids}
        self.assertEqual(counted, expected)

    def assert_on_hand(self, *expected):
        """Compare the books: quantities of tea, milk and rice."""
        products = self.tea | self.milk | self.rice
        quants = self.env["stock.quant"].search(
            [("product_id", "in", products.ids), ("location_id", "=", self.stock.id)]
        )
        on_hand = {quant.product_id: quant.quantity for quant in quants}
        self.assertEqual(on_hand, dict(zip(products, expected, strict=True)))

    def test_recount_and_correct(self):
        sheet = self.run_tour("stock_pos_count_recount_and_correct")
        self.assertEqual((sheet.state, sheet.scope, sheet.round), ("corrected", "full", 1))
        self.assert_counted(sheet, {self.tea: 9, self.milk: 7, self.rice: None})
        self.assert_on_hand(9, 7, 3)

    def test_partial_with_breaks(self):
        sheet = self.run_tour("stock_pos_count_partial_with_breaks")
        self.assertEqual((sheet.state, sheet.scope, sheet.round), ("matched", "partial", 0))
        self.assert_counted(sheet, {self.tea: 10, self.milk: 5})
        self.assert_on_hand(10, 5, 3)


@tagged("post_install", "-at_install")
class TestToursDesktop(StocktakeTours, test_frontend.TestPointOfSaleHttpCommon):
    """At a desk."""


@tagged("post_install", "-at_install")
class TestToursMobile(StocktakeTours, test_frontend.TestPointOfSaleHttpCommon):
    """On a phone."""

    browser_size = "390x844"
    touch_enabled = True
