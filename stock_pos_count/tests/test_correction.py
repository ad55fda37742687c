"""Correction: stock ends where the count says, by Odoo's own inventory moves, and nothing else changes."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CountCase, Till


@tagged("post_install", "-at_install")
class TestCorrection(CountCase):
    def complete(self, *quantities):
        self.till.create_sheet()
        self.till.count(*quantities)
        self.till.go("complete", leave_out=True)
        return self.till.call("register_correction_preview", self.till.uuid)

    def correct(self, preview, left_out=(), till=None):
        till = till or self.till
        return till.call("register_correct", self.till.uuid, preview["fingerprint"], list(left_out), till.person)

    def test_stock_is_set_to_the_count_by_moves_with_the_sheets_number(self):
        preview = self.complete((self.tea, 7), (self.milk, 8), (self.soap, 1), (self.rice, 0))
        self.assertEqual((preview["figures"]["products"], preview["figures"]["short_qty"]), (3, -3))
        self.assertTrue(self.correct(preview)["done"])
        self.assertEqual([self.book(product) for product in (self.tea, self.milk, self.soap, self.rice)], [7, 8, 1, 0])
        moves = self.sheet().line_ids.move_ids
        self.assertEqual(set(moves.mapped("reference")), {self.sheet().name})
        self.assertEqual(set(moves.mapped("is_inventory")), {True})
        self.assertEqual(moves.create_uid, self.amy, "the audit trail names the clerk")
        self.assertFalse(self.line(self.rice).move_ids, "an equal line posts nothing")

    def test_what_was_sold_after_the_count_stays_sold(self):
        preview = self.complete((self.tea, 8))
        self._set_stock(self.tea, 5)
        self.assertTrue(self.correct(preview)["done"])
        self.assertEqual(self.book(self.tea), 3)

    def test_pressed_twice_corrects_once(self):
        preview = self.complete((self.tea, 7))
        self.correct(preview)
        with self.assertRaisesRegex(UserError, "Corrected"):
            self.correct(preview)
        self.assertEqual(self.book(self.tea), 7)

    def test_a_line_left_out_keeps_its_variance_and_its_stock(self):
        preview = self.complete((self.tea, 7), (self.milk, 4))
        self.correct(preview, [self.line(self.tea).id])
        self.assertEqual((self.book(self.tea), self.book(self.milk)), (10, 4))
        self.assertEqual((self.line(self.tea).variance_qty, self.line(self.tea).not_corrected), (-3, "Left out"))
        answer = self.till.call("register_result", self.till.uuid, "short")
        self.assertEqual(
            {line["product_id"]: line["not_corrected"] for line in answer["lines"]},
            {self.tea.id: "Left out", self.milk.id: None},
        )

    def test_leaving_everything_out_is_refused(self):
        preview = self.complete((self.tea, 7))
        with self.assertRaisesRegex(UserError, "No product is left"):
            self.correct(preview, [self.line(self.tea).id])

    def test_a_changed_result_shows_the_preview_again(self):
        preview = self.complete((self.tea, 7))
        manager = Till(self, self.mia, self.config, self.till.uuid)
        manager.go("recount")
        manager.open()
        manager.count((self.tea, 6))
        manager.go("complete")
        answer = self.correct(preview)
        self.assertFalse(answer["done"])
        self.assertEqual([line["change"] for line in answer["preview"]["lines"]], [-4])
        self.assertEqual(self.book(self.tea), 10)

    def test_stock_that_would_go_below_zero_is_a_warning(self):
        self.complete((self.tea, 7))
        self._set_stock(self.tea, 1)
        preview = self.till.call("register_correction_preview", self.till.uuid)
        self.assertEqual([(row["on_hand_now"], row["after"], row["warnings"]) for row in preview["lines"]],
                         [(1, -2, ["Stock goes below zero"])])  # fmt: skip

    def test_a_shortage_takes_from_shelves_and_the_rest_from_the_location(self):
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        self._set_stock(self.milk, 4, shelf)
        self._set_stock(self.milk, -1)
        self.assertTrue(self.correct(self.complete((self.milk, 0)))["done"])
        self.assertEqual(self.book(self.milk), 0)
        self.assertEqual(self.line(self.milk).move_ids.location_id, shelf)

    def test_tracked_products_are_blocked_with_the_reason(self):
        cheese = self._create_product("Cheese", tracking="lot")
        lot = self.env["stock.lot"].create({"name": "A1", "product_id": cheese.id})
        self._set_stock(cheese, 4, lot=lot)
        self.till.create_sheet()
        self.till.send(self.till.entry("set", cheese, 3, lot=lot), self.till.entry("set", self.tea, 9))
        self.till.go("complete", leave_out=True)
        preview = self.till.call("register_correction_preview", self.till.uuid)
        self.assertEqual([len(blocker["line_ids"]) for blocker in preview["blockers"]], [1])
        self.correct(preview)
        self.assertEqual((self.book(cheese), self.book(self.tea)), (4, 9))
        self.assertTrue(self.line(cheese).not_corrected)

    def test_managers_only_where_the_register_says_so(self):
        self.config.stock_count_correct = "manager"
        self.till.create_sheet()
        self.till.count((self.tea, 7))
        self.assertNotIn("correct", self.till.go("complete", leave_out=True)["allowed"])
        for call in (
            lambda: self.till.call("register_correction_preview", self.till.uuid),
            lambda: self.correct({"fingerprint": "x"}),
        ):
            with self.assertRaisesRegex(AccessError, "Only a manager"):
                call()
        manager = Till(self, self.mia, self.config, self.till.uuid)
        self.assertTrue(self.correct(manager.call("register_correction_preview", self.till.uuid), till=manager)["done"])
        self.assertEqual(self.book(self.tea), 7)

    def test_values_are_for_managers(self):
        preview = self.complete((self.tea, 7))
        self.assertEqual((preview["may_see_value"], preview["lines"][0]["value"]), (False, None))
        self.assertIsNone(preview["figures"]["short_value"])
        manager = Till(self, self.mia, self.config, self.till.uuid)
        self.assertEqual(manager.call("register_correction_preview", self.till.uuid)["lines"][0]["value"], -6)

    def test_other_peoples_open_inventory_counts_are_not_touched(self):
        quant = self.env["stock.quant"].search([("product_id", "=", self.tea.id), ("location_id", "=", self.stock.id)])
        quant.with_context(inventory_mode=True).inventory_quantity = 42
        self.correct(self.complete((self.tea, 7)))
        self.assertEqual((quant.inventory_quantity, quant.inventory_quantity_set), (42, True))
