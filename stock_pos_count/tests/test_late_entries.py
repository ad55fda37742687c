"""Late entries: counts that arrive after their round was completed, and what a person does about them."""

import uuid

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CountCase, Till


@tagged("post_install", "-at_install")
class TestLateEntries(CountCase):
    """Amy counts 8 of tea and completes; Ben's phone, offline meanwhile, sends what it still holds."""

    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.other_till.uuid = self.till.uuid
        self.other_till.open()
        self.till.send(self.till.entry(product=self.tea, qty=8), self.till.entry("set", self.milk, 4))
        self.till.go("complete", leave_out=True)

    def send_late(self, *entries):
        answer = self.other_till.send(*entries)
        self.assertEqual({result["status"] for result in answer["results"]}, {"late"})
        return [entry["uuid"] for entry in entries]

    def late(self, till=None):
        return (till or self.till).call("register_late", self.till.uuid)

    def include(self, uuids=None, till=None):
        till = till or self.till
        return till.call("register_include", self.till.uuid, till.person, uuids)

    def counted(self, product):
        line = self.line(product)
        return line.counted_qty if line.is_counted else None

    # -- listing -----------------------------------------------------------------------------------------------------

    def test_late_entries_are_listed_with_who_when_how_many_and_why(self):
        self.send_late(self.other_till.entry(product=self.tea, qty=2))
        answer = self.late()
        self.assertEqual(answer["sheet"]["late"], 1)
        self.assertIn("include_late", answer["sheet"]["allowed"])
        (entry,) = answer["entries"]
        self.assertEqual((entry["product"], entry["who"], entry["qty"], entry["kind"]), ("Tea", "Ben", 2, "add"))
        self.assertGreaterEqual(entry["arrived_at"], entry["at"])
        self.assertEqual(entry["reason"], "Arrived after Amy had completed the count.")
        self.assertTrue(entry["can_include"])

    def test_taken_back_by_its_own_device_it_is_no_offer(self):
        scan = self.other_till.entry(product=self.tea)
        self.send_late(scan, self.other_till.entry("undo", self.tea, target=scan["uuid"]))
        self.assertEqual(self.late()["entries"], [])
        self.include()
        self.assertEqual(self.counted(self.tea), 8)

    # -- including ---------------------------------------------------------------------------------------------------

    def test_included_entries_count_in_their_own_round(self):
        self.send_late(self.other_till.entry(product=self.tea, qty=2), self.other_till.entry(product=self.rice, qty=1))
        self.assertEqual((self.counted(self.tea), self.counted(self.rice)), (8, None))
        answer = self.include()
        self.assertEqual((answer["entries"], answer["sheet"]["late"]), ([], 0))
        self.assertEqual((self.counted(self.tea), self.counted(self.rice)), (10, 1))
        self.assertEqual(self.line(self.tea).result, "equal")
        decisions = self.sheet().entry_ids.filtered(lambda entry: entry.decision == "include")
        self.assertEqual(decisions.mapped("person_name"), ["Amy", "Amy"])
        self.assertIn("Amy included late entries: 2.", self.sheet().message_ids[0].body)
        detail = self.till.call("register_line_detail", self.till.uuid, self.line(self.tea).id)
        self.assertEqual([entry["included_by"] for entry in detail["entries"] if entry["late"]], ["Amy"])

    def test_one_can_be_included_and_the_others_stay_offered(self):
        first, second = self.send_late(
            self.other_till.entry(product=self.tea, qty=1), self.other_till.entry(product=self.tea, qty=5)
        )
        answer = self.include([first])
        self.assertEqual([entry["uuid"] for entry in answer["entries"]], [second])
        self.assertEqual(self.counted(self.tea), 9)

    def test_included_twice_and_sent_again_it_counts_once(self):
        scan, jam = self.other_till.entry(product=self.tea, qty=2), self._create_product("Jam")
        off_sheet = self.other_till.entry(product=jam, qty=3)
        uuids = self.send_late(scan, off_sheet)
        for till in (self.till, self.other_till, self.till):
            self.include(uuids, till)
        self.assertEqual(self.other_till.send(scan, off_sheet)["results"][0]["status"], "late")
        self.assertEqual((self.counted(self.tea), self.counted(jam)), (10, 3))
        included = self.sheet().entry_ids.filtered(lambda entry: entry.decision == "include")
        self.assertEqual(sorted(uuid for entry in included for uuid in entry.targets), sorted(uuids))

    def test_an_unknown_code_that_came_late_can_be_assigned_once_included(self):
        self.send_late(self.other_till.entry(code="4711", qty=2))
        self.assertEqual(self.sheet()._get_unknown_codes(), [])
        answer = self.include()
        self.assertEqual(answer["sheet"]["unknown"], 1)
        self.till.call("register_assign", self.till.uuid, "4711", self.rice.id, self.till.person)
        self.assertEqual(self.counted(self.rice), 2)

    def test_a_late_undo_takes_back_only_when_it_is_included(self):
        scan = self.sheet().entry_ids.filtered(lambda entry: entry.product_id == self.tea)
        self.till.send(self.till.entry("undo", self.tea, target=scan.uuid))
        self.till.send(self.till.entry(product=self.milk, qty=1))
        self.include([self.late()["entries"][0]["uuid"]])
        self.assertEqual((self.counted(self.tea), self.counted(self.milk)), (8, 5))
        entries = self.till.call("register_entries", self.till.uuid)["entries"]
        self.assertFalse(next(entry for entry in entries if entry["uuid"] == scan.uuid)["undone"])
        self.assertEqual([entry["kind"] for entry in self.late()["entries"]], ["undo"])
        self.include()
        self.assertIsNone(self.counted(self.tea))

    def test_a_late_note_changes_nothing_until_it_is_included(self):
        self.send_late(self.other_till.entry("note", self.tea, note="2 damaged"))
        self.line(self.tea)._refresh_results()
        self.assertFalse(self.line(self.tea).note)
        self.include()
        self.assertEqual(self.line(self.tea).note, "2 damaged")

    # -- rounds ------------------------------------------------------------------------------------------------------

    def test_during_a_recount_an_earlier_rounds_entry_counts_in_the_earlier_round(self):
        self.till.go("recount")
        self.till.open()
        self.send_late(
            self.other_till.entry(product=self.tea, qty=2, round=0),
            self.other_till.entry(product=self.rice, qty=1, round=0),
        )
        self.till.count((self.tea, 9))
        self.assertEqual(self.late()["entries"][0]["reason"], "Arrived after Amy had completed the count.")
        self.include()
        self.assertEqual(self.counted(self.tea), 9, "the last round in which it was counted stands")
        detail = self.till.call("register_line_detail", self.till.uuid, self.line(self.tea).id)
        self.assertEqual([(one["round"], one["counted"]) for one in detail["rounds"]], [(0, 10), (1, 9)])
        self.assertEqual(self.line(self.rice).target_round, 1, "its variance is recounted too")
        self.till.go("pause", force=True)
        self.send_late(self.other_till.entry(product=self.soap, qty=1, round=0))
        self.include()
        self.assertEqual(self.counted(self.soap), 1)

    # -- conflicts ---------------------------------------------------------------------------------------------------

    def test_a_late_total_is_a_conflict_that_a_person_settles_before_the_correction(self):
        self.send_late(self.other_till.entry("set", self.milk, 6, seen=None))
        (conflict,) = self.include()["conflicts"]
        self.assertEqual({(group["who"], group["qty"]) for group in conflict["groups"]}, {("Amy", 4), ("Ben", 6)})
        preview = self.till.call("register_correction_preview", self.till.uuid)
        self.assertEqual([blocker["kind"] for blocker in preview["blockers"]], ["conflict"])
        groups = {group["who"]: group["uuids"] for group in conflict["groups"]}
        for keep in ([str(uuid.uuid4())], [], groups["Ben"] * 2):
            with self.assertRaisesRegex(UserError, "counted this product again"):
                self.settle(keep)
        for _again in range(2):
            self.assertEqual(self.settle(groups["Ben"])["conflicts"], [])
        self.assertEqual((self.counted(self.milk), self.line(self.milk).has_conflict), (6, False))

    def test_both_numbers_of_a_conflict_can_be_added_up(self):
        self.send_late(self.other_till.entry("set", self.milk, 6, seen=None))
        (conflict,) = self.include()["conflicts"]
        self.settle([one for group in conflict["groups"] for one in group["uuids"]])
        self.assertEqual(self.counted(self.milk), 10)

    def settle(self, keep, line=None, till=None):
        till = till or self.till
        line = line or self.line(self.milk)
        return till.call("register_settle", self.till.uuid, line.id, keep, till.person)

    # -- what is final -----------------------------------------------------------------------------------------------

    def correct(self):
        preview = self.till.call("register_correction_preview", self.till.uuid)
        self.till.call("register_correct", self.till.uuid, preview["fingerprint"], [], self.till.person)

    def test_on_a_corrected_sheet_late_entries_only_start_a_new_one(self):
        self.send_late(self.other_till.entry(product=self.tea, qty=2))
        self.correct()
        self.send_late(self.other_till.entry(product=self.rice), self.other_till.entry(product=self.rice))
        answer = self.late()
        self.assertNotIn("include_late", answer["sheet"]["allowed"])
        self.assertIn("new_from_late", answer["sheet"]["allowed"])
        self.assertFalse(any(entry["can_include"] for entry in answer["entries"]))
        with self.assertRaisesRegex(UserError, "is final"):
            self.include()
        self.assertEqual(self.counted(self.tea), 8)
        till = Till(self, self.amy, self.config)
        sheet = till.create_sheet(from_late=self.till.uuid)["sheet"]
        self.assertEqual((sheet["total"], sheet["source"]), (2, self.sheet().name))
        self.assertEqual(self.sheet(till).line_ids.product_id, self.tea | self.rice)

    def test_an_open_sheet_starts_no_new_one_from_late_entries(self):
        self.send_late(self.other_till.entry(product=self.tea, qty=2))
        with self.assertRaisesRegex(UserError, "Include them until then"):
            Till(self, self.amy, self.config).create_sheet(from_late=self.till.uuid)

    # -- rights ------------------------------------------------------------------------------------------------------

    def test_who_may_not_count_includes_nothing(self):
        uuids = self.send_late(self.other_till.entry(product=self.tea, qty=2))
        stranger = new_test_user(self.env, login="count_stranger", groups="base.group_user", company_id=self.company.id)
        entry = self.sheet().entry_ids.filtered("is_late")
        for user in (self.iris, stranger):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    self.include(uuids, Till(self, user, self.config, self.till.uuid))
                with self.assertRaises(AccessError):
                    entry.with_user(user).action_include()
                with self.assertRaises(AccessError):
                    self.sheet().with_user(user).action_include_late()
        self.assertEqual(self.counted(self.tea), 8)

    def test_a_manager_includes_in_the_backend(self):
        self.send_late(self.other_till.entry(product=self.tea, qty=1), self.other_till.entry(product=self.tea, qty=1))
        sheet = self.sheet().with_user(self.mia)
        self.assertEqual((sheet.late_entry_count, len(sheet.late_entry_ids), sheet.may_include_late), (2, 2, True))
        self.assertEqual(sheet.late_entry_ids[0].late_reason, "Arrived after Amy had completed the count.")
        sheet.late_entry_ids[0].action_include()
        self.assertEqual(self.counted(self.tea), 9)
        self.sheet().with_user(self.mia).action_include_late()
        self.assertEqual(self.counted(self.tea), 10)

    def test_what_is_not_a_list_of_entries_is_refused(self):
        for uuids in ("all", [1], {"uuid": 1}, [None]):
            with self.assertRaisesRegex(UserError, "cannot be read"):
                self.include(uuids)
        foreign = self.sheet().entry_ids[:1].uuid
        self.include([str(uuid.uuid4()), foreign])
        self.assertFalse(self.sheet().entry_ids.filtered(lambda entry: entry.kind == "decision"))


@tagged("post_install", "-at_install")
class TestLateEntriesOfABlindCount(CountCase):
    def test_earlier_rounds_of_a_blind_count_are_included_by_a_manager(self):
        self.config.stock_count_blind = True
        self.till.create_sheet()
        self.other_till.uuid = self.till.uuid
        self.other_till.open()
        self.till.count((self.tea, 8), (self.milk, 4))
        self.till.go("complete", leave_out=True)
        self.till.go("recount")
        self.other_till.send(
            self.other_till.entry(product=self.tea, qty=2), self.other_till.entry("set", self.milk, 7, seen=None)
        )
        answer = self.till.call("register_include", self.till.uuid, self.till.person)
        self.assertEqual((answer["entries"], answer["sheet"]["late"], answer["conflicts"]), ([], 0, []))
        self.assertEqual(self.line(self.tea).counted_qty, 8)
        manager = Till(self, self.mia, self.config, self.till.uuid)
        self.assertEqual(manager.call("register_late", self.till.uuid)["sheet"]["late"], 2)
        manager.call("register_include", self.till.uuid, manager.person)
        self.assertEqual(self.line(self.tea).counted_qty, 10)
        self.assertTrue(self.line(self.milk).has_conflict)
        self.assertEqual(self.till.call("register_late", self.till.uuid)["conflicts"], [])
        keep = self.line(self.milk).conflict[0]["uuids"]
        with self.assertRaises(UserError):
            self.till.call("register_settle", self.till.uuid, self.line(self.milk).id, keep, self.till.person)
