from odoo.tests import new_test_user, tagged

from odoo.addons.point_of_sale.tests import test_frontend

from .common import Till
from .invariants import assert_invariants
from .shop import POS_MANAGER, POS_USER, UNINVITED

CLERK = "count_clerk"


class RegisterTours:
    """What tours of the register start from.

    A plain mixin, so that the same stories run at a desk and on a phone. Provides: ``clerk`` and ``ben`` (only Point
    of Sale users), ``manager``, and tea (10 on hand), milk (5) and rice (3) in two categories.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.main_pos_config.picking_type_id.default_location_src_id
        cls.clerk = cls._create_user(CLERK, "Count Clerk", POS_USER)
        cls.ben = cls._create_user("count_tour_ben", "Count Ben", POS_USER)
        cls.manager = cls._create_user("count_manager", "Count Manager", POS_MANAGER)
        cls.food, cls.drinks = cls.env["product.category"].create([{"name": "Count Food"}, {"name": "Count Drinks"}])
        cls.tea = cls._create_stocked("Count Tea", 10, cls.drinks, barcode="9900000000024", available_in_pos=True)
        cls.milk = cls._create_stocked("Count Milk", 5, cls.drinks)
        cls.rice = cls._create_stocked("Count Rice", 3, cls.food)

    @classmethod
    def _create_user(cls, login, name, group):
        return new_test_user(
            cls.env,
            login=login,
            context=UNINVITED,
            name=name,
            groups=f"base.group_user,{group}",
            company_id=cls.main_pos_config.company_id.id,
        )

    @classmethod
    def _create_stocked(cls, name, qty, category, **values):
        product = cls.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True, "categ_id": category.id, **values}
        )
        cls.env["stock.quant"]._update_available_quantity(product, cls.stock, qty)
        return product

    def run_tour(self, name, user=None, path=None):
        """Run a tour, as the clerk unless said otherwise. Return the sheets there are then, oldest first.

        :param str path: where it begins, instead of at the register's login
        """
        user = user or self.clerk
        if path:
            self.start_tour(path, name, login=user.login)
        else:
            self.main_pos_config.with_user(user).open_ui()
            self.start_pos_tour(name, login=user.login)
        self.env.invalidate_all()
        sheets = self.env["stock.pos.count"].search([("config_id", "=", self.main_pos_config.id)], order="id")
        assert_invariants(self, sheets)
        return sheets

    def open_till(self, user, **values):
        """Return a till at which ``user`` has just started a sheet."""
        till = Till(self, user, self.main_pos_config)
        till.create_sheet(**values)
        till.open()
        return till

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


class StocktakeTours(RegisterTours):
    """What the staff of a shop do in the register, from opening it to the corrected stock; one after another, as
    spec.md tells them."""

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

    def test_second_sheet_beside_an_open_one(self):
        clerk = {"model": "res.users", "id": self.clerk.id}
        till = self.open_till(self.ben, scope="partial", category_ids=self.drinks.ids, created_by=clerk)
        till.count((self.milk, 5))
        self.expect_delivery(self.rice)
        drinks, full = self.run_tour("stock_pos_count_second_sheet")
        self.assertEqual((full.state, full.scope, full.note), ("counting", "full", "Back room first"))
        self.assertEqual(full.created_by, "Count Ben")
        self.assertEqual(full.step_ids.mapped("person_name"), ["Count Clerk", "Count Clerk"])
        self.assert_counted(full, {self.tea: 1, self.milk: None, self.rice: None})
        self.assertEqual(full.entry_ids.sorted("id").mapped("kind"), ["add", "add", "undo", "note"])
        self.assertEqual(full.line_ids.filtered(lambda line: line.product_id == self.tea).note, "1 box torn")
        self.assert_counted(drinks, {self.tea: 1, self.milk: 5})
        self.assertEqual(set(drinks.entry_ids.mapped("person_name")), {"Count Ben", "Count Clerk"})
        self.assert_on_hand(10, 5, 3)

    def expect_delivery(self, product):
        """Open a delivery to the shop that nobody has received yet."""
        picking_type = self.main_pos_config.picking_type_id.warehouse_id.in_type_id
        values = {
            "location_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": self.stock.id,
        }
        picking = self.env["stock.picking"].create({"picking_type_id": picking_type.id, **values})
        self.env["stock.move"].create(
            {"picking_id": picking.id, "product_id": product.id, "product_uom_qty": 6, **values}
        )
        picking.action_confirm()

    def test_manager_counts_as_zero_leaves_out_and_voids(self):
        soap = self._create_stocked("Count Soap", -2, self.food)
        full, rest = self.run_tour("stock_pos_count_manager_decides", user=self.manager)
        self.assertEqual(full.state, "corrected")
        self.assert_counted(full, {self.tea: 9, self.milk: 0, self.rice: 0, soap: None})
        self.assert_on_hand(9, 0, 3)
        self.assertEqual(soap.with_context(location=self.stock.id).qty_available, -2)
        self.assertEqual((rest.state, rest.void_reason, rest.source_id), ("void", "Soap is being sorted", full))
        self.assert_counted(rest, {soap: 1})

    def test_list_from_the_dashboard_without_opening_cash(self):
        till = self.open_till(self.clerk, scope="partial", category_ids=self.drinks.ids)
        till.count((self.tea, 10))
        till.go("complete", leave_out=True)
        for _number in range(22):
            till.create_sheet(start=False)
            till.go("void")
        self.main_pos_config.name = "Count Shop"
        sheets = self.run_tour("stock_pos_count_list", path="/odoo/action-point_of_sale.action_pos_config_kanban")
        self.assertEqual(len(sheets), 23)
        self.assertEqual(self.main_pos_config.current_session_id.state, "opening_control")

    def test_selling_in_between_keeps_the_place(self):
        for number in range(40):
            self._create_stocked(f"Count Thing {number}", 4, self.food)
        sheet = self.run_tour("stock_pos_count_sell_in_between")
        self.assertEqual(sheet.state, "counting")
        self.assertEqual(sheet.line_ids.filtered("is_counted").product_id.name, "Count Thing 25")
        self.assertEqual(sheet.step_ids.mapped("action"), ["create", "start"])

    def test_blind_count_and_managers_who_correct(self):
        self.main_pos_config.write({"stock_count_blind": True, "stock_count_correct": "manager"})
        till = self.open_till(self.ben)
        till.count((self.tea, 9), (self.milk, 5))
        till.go("complete", leave_out=True)
        self.main_pos_config.with_user(self.clerk).open_ui()
        sheet = self.run_tour("stock_pos_count_blind", path=f"/pos/ui/{self.main_pos_config.id}/stock-count")
        self.assertEqual((sheet.state, sheet.round), ("recounting", 1))
        self.assertEqual(self.main_pos_config.current_session_id.state, "opening_control")
        self.assert_on_hand(10, 5, 3)

    def test_manager_reads_the_result_in_the_backend_and_voids(self):
        till = self.open_till(self.clerk)
        till.count((self.tea, 9), (self.milk, 7))
        till.go("complete", leave_out=True)
        self.main_pos_config.name = "Count Shop"
        sheet = self.run_tour(
            "stock_pos_count_manager_reads",
            user=self.manager,
            path="/odoo/action-point_of_sale.action_pos_config_kanban",
        )
        self.assertEqual((sheet.state, sheet.void_reason), ("void", "Counted the wrong shelf"))
        self.assert_counted(sheet, {self.tea: 9, self.milk: 7, self.rice: None})
        self.assert_on_hand(10, 5, 3)


@tagged("post_install", "-at_install")
class TestToursDesktop(StocktakeTours, test_frontend.TestPointOfSaleHttpCommon):
    """At a desk."""


@tagged("post_install", "-at_install")
class TestToursMobile(StocktakeTours, test_frontend.TestPointOfSaleHttpCommon):
    """On a phone."""

    browser_size = "390x844"
    touch_enabled = True
