"""States of a sheet: the table, the rights, the record, and what clerk and manager are told."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.stock_pos_count.count_logic import TRANSITIONS

from .common import CountCase, Till


@tagged("post_install", "-at_install")
class TestTransitions(CountCase):
    def run_job(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"stock_pos_count.{name}").method_direct_trigger()

    def test_a_whole_stocktake_with_recount_and_correction(self):
        self.till.create_sheet()
        self.till.count((self.tea, 10), (self.milk, 4))
        self.assertEqual(self.till.go("pause")["state"], "paused")
        self.assertEqual(self.till.go("resume")["state"], "counting")
        self.assertEqual(self.till.go("complete", leave_out=True)["state"], "mismatched")
        sheet = self.till.go("recount")
        self.assertEqual((sheet["state"], sheet["total"], sheet["counted"]), ("recounting", 1, 0))
        self.till.open()
        self.till.count((self.milk, 3))
        self.assertEqual(self.till.go("pause")["paused_state"], "recounting")
        self.assertEqual(self.till.go("resume")["state"], "recounting")
        sheet = self.till.go("complete")
        self.assertEqual((sheet["state"], sheet["short"], sheet["equal"]), ("mismatched", 1, 1))
        preview = self.till.call("register_correction_preview", self.till.uuid)
        answer = self.till.call("register_correct", self.till.uuid, preview["fingerprint"], [], self.till.person)
        self.assertTrue(answer["done"])
        self.assertEqual((self.book(self.milk), self.book(self.tea)), (3, 10))
        steps = self.sheet().step_ids.mapped("action")
        self.assertEqual(
            steps,
            ["create", "start", "pause", "resume", "complete", "recount", "pause", "resume", "complete", "correct"],
        )
        self.assertEqual(len(self.sheet().message_ids.filtered(lambda message: "Amy" in message.body)), len(steps))
        self.assertEqual(self.sheet().message_ids[0].author_id, self.amy.partner_id)

    def test_recount_starts_from_nothing_and_keeps_what_is_not_counted_again(self):
        self.till.create_sheet()
        self.till.count((self.tea, 9), (self.milk, 4))
        self.till.go("complete", leave_out=True)
        self.till.go("recount")
        lines = self.till.open()["lines"]
        self.assertEqual([line["counted"] for line in lines], [None, None])
        self.till.count((self.milk, 5))
        with self.assertRaisesRegex(UserError, "not counted yet"):
            self.till.go("complete")
        self.till.go("complete", leave_out=True)
        self.assertEqual((self.line(self.tea).counted_qty, self.line(self.milk).counted_qty), (9, 5))
        self.assertEqual((self.line(self.tea).counted_round, self.line(self.milk).counted_round), (0, 1))

    def test_a_recount_that_agrees_makes_the_sheet_matched(self):
        self.till.create_sheet()
        self.till.count((self.tea, 9))
        self.till.go("complete", leave_out=True)
        self.till.go("recount")
        self.till.count((self.tea, 10))
        sheet = self.till.go("complete")
        self.assertEqual(sheet["state"], "matched")
        self.assertEqual(self.sheet().coverage, "Matched · 1 of 4 counted")
        self.assertEqual(set(sheet["allowed"]), {"view", "new_from_uncounted"})

    def test_every_transition_out_of_order_is_refused_and_names_the_state(self):
        self.till.create_sheet(start=False)
        for state, steps in (
            ("New", ()),
            ("Counting", ("start",)),
            ("Paused", ("pause",)),
            ("Matched", ("resume", "complete")),
        ):
            for step in steps:
                if step == "complete":
                    self.till.count((self.tea, 10))
                self.till.go(step, leave_out=True)
            now = self.sheet().state
            for action, (sources, _targets) in TRANSITIONS.items():
                if now not in sources and action not in ("correct", "correct_part"):
                    with self.subTest(state=state, action=action), self.assertRaisesRegex(UserError, state):
                        self.till.go(action, reason="x")

    def test_completing_needs_a_count_and_says_how_many_are_missing(self):
        self.till.create_sheet()
        with self.assertRaisesRegex(UserError, "Nothing was counted"):
            self.till.go("complete", leave_out=True)
        self.till.count((self.tea, 10))
        with self.assertRaisesRegex(UserError, "3 products are not counted"):
            self.till.go("complete")
        completion = self.till.call("register_completion", self.till.uuid)
        self.assertEqual((completion["counted"], completion["total"], completion["uncounted"]), (1, 4, 3))
        self.assertTrue(completion["can_complete"])

    def test_unknown_codes_do_not_block_completion_which_says_how_many(self):
        self.till.create_sheet()
        self.till.send(self.till.entry(product=self.tea), self.till.entry(code="4711"))
        self.assertEqual(self.till.call("register_completion", self.till.uuid)["unknown"], 1)
        self.till.go("complete", leave_out=True)

    def test_completing_accepts_products_to_be_checked_without_variance_on_record(self):
        """Tea came in after it was counted: ten were there and in the books, so it has no variance but a mark."""
        self.till.create_sheet()
        self.till.count((self.tea, 10), (self.milk, 4))
        self.receive(self.tea, 2)
        self.receive(self.milk, 2)
        to_accept = self.till.call("register_completion", self.till.uuid)["to_accept"]
        self.assertEqual(to_accept, {"number": 1, "names": [self.tea.display_name]})
        self.till.go("complete", leave_out=True)
        self.assertEqual((self.line(self.tea).accepted_by, self.line(self.milk).accepted_by), ("Amy", False))
        self.assertTrue(
            [body for body in self.sheet().message_ids.mapped("body") if "Amy accepted products to be checked" in body]
        )

    def test_who_may_not_see_the_book_of_a_blind_count_accepts_nothing(self):
        self.config.stock_count_blind = True
        self.till.create_sheet()
        self.till.count((self.tea, 10), (self.milk, 4))
        self.receive(self.tea, 2)
        self.assertIsNone(self.till.call("register_completion", self.till.uuid)["to_accept"])
        manager = Till(self, self.mia, self.config, self.till.uuid)
        self.assertEqual(manager.call("register_completion", self.till.uuid)["to_accept"]["number"], 1)
        self.till.go("complete", leave_out=True)
        self.assertFalse(self.line(self.tea).accepted_by)

    def test_staff_void_new_sheets_only_and_managers_any_with_a_reason(self):
        self.till.create_sheet(start=False)
        self.assertEqual(self.till.go("void")["state"], "void")
        till = Till(self, self.amy, self.config)
        till.create_sheet()
        self.assertEqual(till.go("void", reason="Started by mistake")["state"], "void")
        self.till.create_sheet()
        self.till.count((self.tea, 9))
        self.assertNotIn("void", self.till.go("complete", leave_out=True)["allowed"])
        with self.assertRaises(AccessError):
            self.till.go("void", reason="x")
        manager = Till(self, self.mia, self.config, self.till.uuid)
        with self.assertRaisesRegex(UserError, "Say why"):
            manager.go("void")
        manager.go("void", reason="Wrong shop")
        self.assertEqual((self.sheet().state, self.sheet().void_reason), ("void", "Wrong shop"))
        self.assertEqual(len(self.sheet().entry_ids), 1, "nothing that was counted is deleted")

    def test_pausing_asks_when_others_counted_lately(self):
        self.till.create_sheet()
        self.other_till.uuid = self.till.uuid
        self.other_till.open()
        self.other_till.count((self.tea, 1))
        with self.assertRaisesRegex(UserError, "Ben"):
            self.till.go("pause")
        self.assertEqual(self.till.go("pause", force=True)["state"], "paused")

    def test_second_full_count_is_refused_and_names_the_first(self):
        self.till.create_sheet(start=False)
        name = self.sheet().name
        with self.assertRaisesRegex(UserError, name):
            self.other_till.create_sheet()
        self.till.go("start")
        with self.assertRaisesRegex(UserError, name):
            self.other_till.create_sheet()
        self.other_till.create_sheet(scope="partial", category_ids=self.household.ids)

    def test_a_recount_of_a_full_count_runs_beside_a_new_full_count(self):
        self.till.create_sheet()
        self.till.count((self.tea, 9))
        self.till.go("complete", leave_out=True)
        self.other_till.create_sheet()
        self.assertEqual(self.till.go("recount")["state"], "recounting")
        self.till.go("pause")
        self.assertEqual(self.till.go("resume")["state"], "recounting")

    def test_a_forgotten_count_is_paused_by_the_system(self):
        self.till.create_sheet()
        self.sheet().sudo().last_activity_at = fields.Datetime.now() - timedelta(hours=13)
        self.run_job("ir_cron_pause_idle")
        self.assertEqual((self.sheet().state, self.sheet().paused_state), ("paused", "counting"))

    def test_a_count_with_recent_entries_is_not_paused(self):
        self.till.create_sheet()
        self.till.count((self.tea, 1))
        self.sheet().sudo().last_activity_at = fields.Datetime.now() - timedelta(hours=13)
        self.run_job("ir_cron_pause_idle")
        self.assertEqual(self.sheet().state, "counting")

    def test_a_forgotten_result_reminds_the_manager_once(self):
        self.till.create_sheet()
        self.till.count((self.tea, 1))
        self.till.go("complete", leave_out=True)
        self.sheet().sudo().completed_at = fields.Datetime.now() - timedelta(days=4)
        for _again in range(2):
            self.run_job("ir_cron_remind_mismatched")
        self.assertEqual(self.sheet().activity_ids.user_id, self.mia)
        self.assertEqual(len(self.sheet().activity_ids), 1)

    def test_count_as_zero_for_all_needs_a_manager_who_types_the_number(self):
        self.till.create_sheet()
        self.till.count((self.tea, 10))
        with self.assertRaises(AccessError):
            self.till.call("register_count_as_zero", self.till.uuid, self.till.person, 3)
        manager = Till(self, self.mia, self.config, self.till.uuid)
        with self.assertRaisesRegex(UserError, "2 products"):
            manager.call("register_count_as_zero", self.till.uuid, manager.person, 4)
        manager.call("register_count_as_zero", self.till.uuid, manager.person, 3, ["negative"])
        self.assertEqual((self.line(self.milk).counted_qty, self.line(self.milk).counted_by), (0, "Mia"))
        self.till.go("complete")
        self.till.go("recount")
        with self.assertRaisesRegex(UserError, "never a recount"):
            manager.call("register_count_as_zero", self.till.uuid, manager.person, 2)

    def test_what_was_not_counted_can_be_counted_on_a_new_sheet(self):
        self.till.create_sheet()
        self.till.count((self.tea, 10))
        self.till.go("complete", leave_out=True)
        till = Till(self, self.amy, self.config)
        answer = till.create_sheet(from_uncounted=self.till.uuid)
        self.assertEqual((answer["sheet"]["total"], answer["sheet"]["source"]), (3, self.sheet().name))
        self.assertEqual(self.sheet(till).line_ids.product_id, self.milk | self.rice | self.soap)
