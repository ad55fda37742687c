"""Recording: what a device sends becomes rows of the journal and figures of the lines."""

import time
import uuid

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CountCase, Till


@tagged("post_install", "-at_install")
class TestRecording(CountCase):
    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.till.open()

    def statuses(self, answer):
        return [result["status"] for result in answer["results"]]

    def test_scans_add_up_and_remember_the_book_of_their_moment(self):
        answer = self.till.send(self.till.entry(product=self.tea), self.till.entry(product=self.tea))
        line = self.line(self.tea)
        self.assertEqual((line.counted_qty, line.expected_qty, line.variance_qty, line.result), (2, 10, -8, "short"))
        self.assertEqual([row["counted"] for row in answer["lines"] if row["product_id"] == self.tea.id], [2])
        self.assertEqual(line.entry_ids.mapped("book_qty"), [10, 10])
        self.assertEqual(set(line.entry_ids.mapped("person_name")), {"Amy"})

    def test_sent_twice_counts_once_and_is_answered_the_same(self):
        """The answer was lost after the commit: the till sends again."""
        entry = self.till.entry(product=self.tea, qty=4)
        self.assertEqual(self.statuses(self.till.send(entry)), ["taken"])
        self.assertEqual(self.statuses(self.till.send(entry)), ["duplicate"])
        self.assertEqual(self.statuses(self.till.send(entry, entry)), ["duplicate", "duplicate"])
        self.assertEqual(self.line(self.tea).counted_qty, 4)

    def test_twice_in_one_batch_counts_once(self):
        entry = self.till.entry(product=self.tea, qty=4)
        self.assertEqual(self.statuses(self.till.send(entry, entry)), ["taken", "duplicate"])
        self.assertEqual(self.line(self.tea).counted_qty, 4)

    def test_any_order_of_arrival_gives_the_same_line(self):
        entries = [
            self.till.entry(product=self.tea, qty=3),
            self.till.entry("set", self.tea, 8),
            self.till.entry(product=self.tea, qty=2),
        ]
        entries.append(self.till.entry("undo", self.tea, target=entries[2]["uuid"]))
        for entry in reversed(entries):
            self.assertEqual(self.statuses(self.till.send(entry)), ["taken"])
        self.assertEqual(self.line(self.tea).counted_qty, 8)

    def test_one_bad_entry_never_blocks_the_others(self):
        service = self._create_product("Repair", type="service", is_storable=False)
        foreign = (
            self.env["product.product"]
            .sudo()
            .create(
                {
                    "name": "Foreign",
                    "is_storable": True,
                    "company_id": self.env["res.company"].create({"name": "Another Company"}).id,
                }
            )
        )
        answer = self.till.send(
            self.till.entry(product=self.tea),
            {"uuid": "nonsense"},
            "nonsense",
            self.till.entry(product=service),
            self.till.entry(product=foreign),
            self.till.entry(product=self.tea, round=3),
            self.till.entry(product=self.tea, person={"model": "res.users", "id": self.mia.id}),
            self.till.entry(product=self.tea, person={"model": "res.partner", "id": 1}),
            {**self.till.entry(), "product_id": 2**31 - 1},
            self.till.entry(product=self.milk),
        )
        self.assertEqual(self.statuses(answer), ["taken", *["refused"] * 8, "taken"])
        self.assertTrue(all(result["reason"] for result in answer["results"] if result["status"] == "refused"))
        self.assertIn("not kept in stock", answer["results"][3]["reason"])
        self.assertEqual(self.line(self.tea).counted_qty, 1)

    def test_hostile_batches_get_a_clear_error_and_nothing_is_written(self):
        for payload in (
            {"entries": [self.till.entry(product=self.tea)] * 501},
            {"entries": {"uuid": 1}},
            {"device": {"id": "x"}},
            {"device": None},
            {"device_time": "yesterday"},
            {"cursor": "1:2:x"},
            {"cursor": 5},
            {"waiting": -1},
            {"person": {"model": "res.users", "id": self.mia.id}},
        ):
            with self.subTest(payload=payload), self.assertRaises(UserError):
                self.till.send(**payload)
        self.assertFalse(self.sheet().entry_ids)

    def test_counting_nothing_is_kept_apart_from_counting_zero(self):
        entry = self.till.entry(product=self.tea)
        self.till.send(entry)
        self.till.send(self.till.entry("undo", self.tea, target=entry["uuid"]))
        self.assertFalse(self.line(self.tea).is_counted)
        self.assertEqual(self.line(self.tea).result, "uncounted")
        self.till.send(self.till.entry("zero", self.tea))
        self.assertTrue(self.line(self.tea).is_counted)
        self.assertEqual((self.line(self.tea).counted_qty, self.line(self.tea).variance_qty), (0, -10))

    def test_a_scan_off_the_sheet_becomes_a_line(self):
        jam = self._create_product("Jam")
        self.assertFalse(self.line(jam))
        self.till.send(self.till.entry(product=jam, qty=2))
        self.assertEqual((self.line(jam).counted_qty, self.line(jam).expected_qty), (2, 0))

    def test_an_archived_product_can_be_counted(self):
        self.tea.active = False
        self.assertEqual(self.statuses(self.till.send(self.till.entry(product=self.tea))), ["taken"])

    def test_unknown_codes_are_kept_and_count_once_assigned(self):
        scans = [self.till.entry(code="471000000001", qty=1) for _number in range(3)]
        answer = self.till.send(*scans)
        self.assertEqual(
            [(row["code"], row["qty"], row["times"]) for row in answer["unknown"]], [("471000000001", 3, 3)]
        )
        self.till.send(self.till.entry("undo", target=scans[0]["uuid"]))
        for _again in range(2):
            answer = self.till.call("register_assign", self.till.uuid, "471000000001", self.milk.id, self.till.person)
            self.assertEqual(answer["unknown"], [])
            self.assertEqual(self.line(self.milk).counted_qty, 2)
        self.till.send(self.till.entry("undo", target=scans[1]["uuid"]))
        self.assertEqual(
            len(self.sheet().entry_ids.filtered(lambda entry: not entry.line_id and entry.kind == "add")), 3
        )

    def test_whatever_is_scanned_or_typed_is_kept_to_the_letter(self):
        texts = ['"', "\\", '\\"', "{a,b}", "NULL", "null", "'%s'", "%(x)s", "a\tb\nc", "\\n", "é茶🍵", ","]
        scans = [self.till.entry(code=text) for text in texts]
        notes = [self.till.entry("note", self.tea, note=text) for text in texts]
        self.till.send(*scans, *notes)
        entries = {entry.uuid: entry for entry in self.env["stock.pos.count.entry"].sudo().search([])}
        self.assertEqual([entries[scan["uuid"]].code for scan in scans], texts)
        self.assertEqual([entries[note["uuid"]].note for note in notes], texts)
        self.assertEqual(self.line(self.tea).note, texts[-1])

    def test_undoing_an_assigned_scan_takes_it_off_the_product(self):
        scans = [self.till.entry(code="471000000001") for _number in range(2)]
        self.till.send(*scans)
        self.till.call("register_assign", self.till.uuid, "471000000001", self.milk.id, self.till.person)
        self.till.send(self.till.entry("undo", self.milk, target=scans[0]["uuid"]))
        self.assertEqual(self.line(self.milk).counted_qty, 1)

    def test_two_devices_add_up_and_totals_unseen_by_each_other_conflict(self):
        self.other_till.uuid = self.till.uuid
        self.other_till.open()
        self.till.send(self.till.entry(product=self.tea, qty=3))
        self.other_till.send(self.other_till.entry(product=self.tea, qty=4))
        self.assertEqual(self.line(self.tea).counted_qty, 7)
        self.till.send(self.till.entry("set", self.milk, 5))
        answer = self.other_till.send(self.other_till.entry("set", self.milk, 8, seen=None))
        conflict = next(row["conflict"] for row in answer["lines"] if row["product_id"] == self.milk.id)
        self.assertEqual({(group["who"], group["qty"]) for group in conflict}, {("Amy", 5), ("Ben", 8)})
        with self.assertRaisesRegex(UserError, "conflict"):
            self.till.go("complete", leave_out=True)
        uuids = {group["who"]: group["uuids"] for group in conflict}
        self.till.send(
            self.till.entry(
                "decision", self.milk, decision={"targets": uuids["Amy"] + uuids["Ben"], "keep": uuids["Ben"]}
            )
        )
        self.assertEqual((self.line(self.milk).counted_qty, self.line(self.milk).has_conflict), (8, False))

    def test_negative_total_is_marked_and_blocks_completion_but_is_taken(self):
        self.till.send(self.till.entry(product=self.tea, qty=-1), self.till.entry(product=self.milk))
        self.assertTrue(self.line(self.tea).is_negative)
        with self.assertRaisesRegex(UserError, "negative"):
            self.till.go("complete", leave_out=True)
        self.till.send(self.till.entry(product=self.tea, qty=1))
        self.assertFalse(self.line(self.tea).is_negative)

    def test_note_stays_on_the_line_and_observes_nothing(self):
        self.till.send(self.till.entry("note", self.tea, note="2 damaged"))
        self.assertEqual((self.line(self.tea).note, self.line(self.tea).is_counted), ("2 damaged", False))
        self.till.send(self.till.entry("note", self.tea, note=""))
        self.assertFalse(self.line(self.tea).note)

    def test_entries_after_completion_are_kept_and_change_nothing(self):
        self.till.count((self.tea, 9))
        self.other_till.uuid = self.till.uuid
        self.other_till.open()
        self.till.go("complete", leave_out=True)
        jam = self._create_product("Jam")
        answer = self.other_till.send(
            self.other_till.entry(product=self.tea),
            self.other_till.entry(product=jam),
            self.other_till.entry(code="777"),
        )
        self.assertEqual(self.statuses(answer), ["late", "late", "late"])
        self.assertEqual(self.line(self.tea).counted_qty, 9)
        self.assertFalse(self.line(jam))
        self.assertEqual(len(self.sheet().entry_ids.filtered("is_late")), 3)

    def test_paused_sheet_takes_entries(self):
        self.till.count((self.tea, 9))
        self.till.go("pause")
        self.assertEqual(self.statuses(self.till.send(self.till.entry(product=self.tea))), ["taken"])
        self.assertEqual(self.line(self.tea).counted_qty, 10)

    def test_a_sheet_that_was_not_started_takes_nothing(self):
        till = Till(self, self.amy, self.config)
        till.create_sheet(start=False, scope="partial", category_ids=self.household.ids)
        answer = till.send(till.entry(product=self.soap))
        self.assertEqual(self.statuses(answer), ["refused"])
        self.assertIn("not started", answer["results"][0]["reason"])

    def test_an_entry_of_another_sheet_is_refused(self):
        entry = self.till.entry(product=self.soap)
        self.till.send(entry)
        till = Till(self, self.amy, self.config)
        till.create_sheet(scope="partial", category_ids=self.household.ids)
        self.assertEqual(self.statuses(till.send(entry)), ["refused"])

    def test_an_undo_makes_no_line_beside_the_one_of_what_it_takes_back(self):
        """It may name the product without its lot."""
        honey = self._create_product("Honey", tracking="lot")
        lot = self.env["stock.lot"].sudo().create({"name": "L1", "product_id": honey.id})
        entry = self.till.entry(product=honey, lot=lot, qty=5)
        self.till.send(entry)
        lines = self.sheet().line_ids
        self.till.send(self.till.entry("undo", honey, target=entry["uuid"]))
        self.assertEqual(self.sheet().line_ids, lines)
        self.assertFalse(self.sheet().line_ids.filtered("is_counted"))

    def test_an_undo_of_an_earlier_count_asks_for_the_line_again(self):
        """Otherwise the recount would settle a sheet on which that product is not counted any more."""
        counted = self.till.entry("set", self.tea, self.book(self.tea))
        self.till.send(counted, self.till.entry("set", self.milk, self.book(self.milk) + 1))
        self.till.go("complete", leave_out=True)
        self.till.go("recount", force=True)
        self.assertEqual(self.line(self.tea).target_round, 0)
        self.till.send(self.till.entry("undo", target=counted["uuid"]))
        self.assertEqual((self.line(self.tea).is_counted, self.line(self.tea).target_round), (False, 1))

    def test_a_total_made_in_another_database_replaces_nothing_unseen(self):
        """A backup was restored: what Ben counted since then only looks as if Amy's page had shown it."""
        self.other_till.uuid = self.till.uuid
        self.other_till.open()
        self.other_till.send(self.other_till.entry(product=self.tea, qty=3))
        ahead = int(self.till.cursor.split(":")[1]) + 1000
        self.till.send(self.till.entry("set", self.tea, 8, seen=f"{ahead}:{ahead}:"))
        self.assertTrue(self.line(self.tea).has_conflict)

    def test_a_device_that_counted_in_another_database_gets_all_lines(self):
        """A backup was restored: the device's cursor is ahead of what there is."""
        self.other_till.uuid = self.till.uuid
        self.other_till.open()
        self.till.count((self.tea, 4))
        ahead = int(self.till.cursor.split(":")[1]) + 1000
        answer = self.other_till.send(cursor=f"{ahead}:{ahead}:")
        counted = {row["product_id"]: row["counted"] for row in answer["lines"]}
        self.assertEqual(counted[self.tea.id], 4)
        self.assertEqual(len(counted), len(self.sheet().line_ids))
        self.assertNotIn(str(ahead), answer["cursor"])

    def test_the_clock_of_a_slow_device_is_corrected(self):
        hour_behind = int(time.time() * 1000) - 3_600_000
        self.till.send(self.till.entry(product=self.tea, counted_at=hour_behind - 60_000), device_time=hour_behind)
        entry = self.sheet().entry_ids
        self.assertAlmostEqual((entry.recorded_at - entry.counted_at).total_seconds(), 60, delta=5)

    def test_a_quantity_is_rounded_as_its_unit_is(self):
        self.till.count((self.tea, 2.346), (self.milk, 4))
        self.assertEqual((self.line(self.tea).counted_qty, self.line(self.milk).counted_qty), (2.35, 4))
        self.assertEqual(self.line(self.tea).variance_qty, -7.65)

    def test_a_batch_takes_a_constant_number_of_queries(self):
        products = [self._create_product(f"Bulk {number}") for number in range(60)]
        self.till.send(self.till.entry(product=self.tea))
        queries = []
        for chosen in (products[:5], products[5:]):
            entries = [self.till.entry(product=product) for product in chosen]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.till.send(*entries)
            queries.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(queries[1], queries[0], f"5 and 55 entries took {queries} queries")


@tagged("post_install", "-at_install")
class TestJournalIsAppendOnly(CountCase):
    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.till.count((self.tea, 9))

    def test_nobody_writes_or_deletes_entries(self):
        entry = self.sheet().entry_ids
        for user in (self.amy, self.mia, self.iris, self.env.ref("base.user_admin")):
            for operation in (
                lambda mine: mine.write({"qty": 99}),
                lambda mine: mine.unlink(),
                lambda mine: mine.create({"uuid": str(uuid.uuid4()), "count_id": self.sheet().id}),
            ):
                with self.assertRaises(UserError):
                    operation(entry.with_user(user))
        for operation in (lambda: entry.sudo().write({"qty": 99}), entry.sudo().unlink):
            with self.assertRaises(UserError):
                operation()

    def test_nobody_writes_quantities_states_or_links(self):
        sheet, line = self.sheet(), self.line(self.tea)
        self.till.go("complete", leave_out=True)
        for user in (self.amy, self.mia, self.iris, self.env.ref("base.user_admin")):
            for record, values in (
                (sheet, {"state": "matched"}),
                (sheet, {"round": 5}),
                (sheet, {"blind": False}),
                (sheet, {"correct_policy": "everyone"}),
                (sheet, {"line_ids": [(5,)]}),
                (line, {"counted_qty": 10}),
                (line, {"variance_qty": 0}),
                (line, {"note": "mine"}),
            ):
                with self.subTest(user=user.name, values=values), self.assertRaises(AccessError):
                    record.with_user(user).write(values)
            with self.assertRaises(UserError):
                sheet.with_user(user).unlink()
            with self.assertRaises(UserError):
                sheet.with_user(user).copy()
            with self.assertRaises(AccessError):
                sheet.with_user(user).create({"config_id": self.config.id})

    def test_a_manager_may_write_the_note(self):
        self.sheet().with_user(self.mia).write({"note": "Checked by Mia"})
        self.assertEqual(self.sheet().note, "Checked by Mia")

    def test_one_line_a_product_in_the_database(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute(
                """INSERT INTO stock_pos_count_line (count_id, company_id, product_id, is_counted, result)
                   SELECT count_id, company_id, product_id, FALSE, 'uncounted' FROM stock_pos_count_line WHERE id =
                   %s""",
                [self.line(self.tea).id],
            )
