"""Corrections, sales and jobs at the same time, with real commits: stock is posted once, and no cashier waits."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged

from odoo.addons.stock_pos_count.models import stock_pos_count_correcting

from .race import PATIENCE, RaceCase, wait_once
from .register_server import wait_until


@tagged("post_install", "-at_install")
class TestCorrectionRaces(RaceCase):
    @contextmanager
    def in_background(self):
        """Let each line be a chunk of the background job."""
        with (
            patch.object(stock_pos_count_correcting, "REQUEST_LINES", 0),
            patch.object(stock_pos_count_correcting, "CHUNK_LINES", 1),
        ):
            yield

    def confirm(self):
        with self.connect() as client:
            self.assertTrue(client.correct(client.preview())["done"])

    def run_job(self, client):
        client.env["stock.pos.count"]._cron_post_corrections()
        return client.sheet().state

    def moves_of_each_line(self):
        with self.connect() as client:
            return [len(line.move_ids) for line in client.lines()]

    def test_correct_pressed_twice_corrects_once_and_tells_the_other(self):
        self.count_and_complete(8, 13, 4)
        barrier = threading.Barrier(2)

        def correct(client):
            preview = client.preview()
            wait_once(barrier)
            return client.correct(preview)["done"]

        outcomes = self.together(correct, correct)
        self.assertEqual([outcome for outcome in outcomes if outcome is True], [True])
        self.assertIn("Corrected", str(next(outcome for outcome in outcomes if outcome is not True)))
        self.assertEqual(self.on_hand(), [8, 13, 4])

    def test_a_killed_job_is_resumed_by_another_and_posts_each_line_once(self):
        """The server dies in the middle of a chunk: what was committed stays, what was not is posted by who goes on."""
        self.count_and_complete(8, 13, 4)
        with self.in_background():
            self.confirm()
            with self.connect() as blocker, self.connect() as watcher:
                # Its second line is held by somebody else, so that the job hangs there.
                second = blocker.lines()[1]
                blocker.cr.execute("SELECT id FROM stock_pos_count_line WHERE id = %s FOR UPDATE", [second.id])
                job = self.start_job()
                wait_until(lambda: self.is_waiting(watcher, job.pid), "the job to come to its second line")
                watcher.cr.execute("SELECT pg_terminate_backend(%s)", [job.pid])
                job.thread.join(PATIENCE)
                self.assertFalse(job.thread.is_alive())
            self.assertEqual(self.moves_of_each_line(), [1, 0, 0])
            (state,) = self.together(self.run_job)
        self.assertEqual(state, "corrected")
        self.assertEqual(self.moves_of_each_line(), [1, 1, 1])
        self.assertEqual(self.on_hand(), [8, 13, 4])

    def start_job(self):
        """Run the job in a thread, on a connection that can be killed. Return the thread, with its ``pid``."""
        job = JobThread(self)
        job.start()
        return job

    @staticmethod
    def is_waiting(client, pid):
        client.cr.execute("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [pid])
        (waiting,) = client.cr.fetchone()
        client.cr.commit()
        return waiting

    def test_two_jobs_at_once_post_each_line_once(self):
        self.count_and_complete(8, 13, 4)
        with self.in_background():
            self.confirm()
            barrier = threading.Barrier(2)

            def run_job(client):
                wait_once(barrier)
                return self.run_job(client)

            self.together(run_job, run_job)
        self.assertEqual(self.moves_of_each_line(), [1, 1, 1])
        self.assertEqual(self.on_hand(), [8, 13, 4])

    def test_a_sale_that_is_being_posted_is_not_lost_by_the_correction(self):
        """The correction's picture of the stock is older than the sale: it begins again with a new one."""
        self.count_and_complete(8, 13)
        with self.connect() as seller:
            seller.sell(3, 1)
            with self.running(lambda client: client.correct(client.preview())["done"]) as outcome:
                with self.connect() as watcher:
                    wait_until(lambda: self.somebody_waits(watcher), "the correction to meet the sale")
                seller.cr.commit()
        self.assertEqual(outcome, [True])
        self.assertEqual(self.on_hand(), [5, 12, 0])

    @staticmethod
    def somebody_waits(client):
        client.cr.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        waiting = client.cr.fetchone()
        client.cr.commit()
        return waiting

    def test_the_cashier_never_waits_for_us_and_never_fails(self):
        """Whatever a count is doing, and holds locked: an order is taken at once, and its goods leave the books."""
        self.count_and_complete(8, 13, 4)

        def count(client):
            till = client.till(opened=True)
            till.send(till.entry("set", client.products[0], 7))

        def prepare_late_sale():
            with self.connect() as client:
                client.correct(client.preview())
            with self.connect() as client:
                client.sell(1, at=fields.Datetime.now() - timedelta(hours=1))

        cases = (
            ("correction", lambda: None, lambda client: client.correct(client.preview())),
            ("recount", lambda: None, lambda client: client.till().go("recount", force=True)),
            ("late sale", prepare_late_sale, lambda client: self.offset(client)),
            ("counting", self.next_sheet, count),
            ("pause", lambda: None, lambda client: client.till().go("pause", force=True)),
            ("void", lambda: None, lambda client: client.till(user=client.manager).go("void", reason="Race")),
        )
        for what, prepare, hold in cases:
            with self.subTest(what=what):
                prepare()
                before = self.on_hand()
                with self.connect() as holder:
                    hold(holder)
                    with self.connect() as seller:
                        seller.at_once()
                        self.assertEqual(seller.sell(1, 1).mapped("state"), ["paid"])
                    holder.cr.rollback()
                self.assertEqual(self.on_hand(), [before[0] - 1, before[1] - 1, before[2]])

    def next_sheet(self):
        self.sheet_uuid = self.create_sheet()

    def offset(self, client):
        return len(client.env["stock.pos.count.late.sale"]._offset_late_sales(client.sheet()))

    def test_an_order_whose_transaction_was_open_across_the_recording(self):
        """It was sold before the count and commits after it: no shortage, whenever its register posts stock."""
        for closing in (False, True):
            with self.subTest(closing=closing):
                with self.connect() as seller:
                    seller.sell(2, 0, 0, closing=closing, at=fields.Datetime.now() - timedelta(minutes=5))
                    with self.connect() as client:
                        till = client.till(opened=True)
                        till.count((client.products[0], 8))
                    seller.cr.commit()
                with self.connect() as client:
                    self.assertEqual(client.till().go("complete", leave_out=True)["state"], "matched")
                    self.assertEqual([line.result for line in client.lines()], ["equal", "uncounted", "uncounted"])
                self._clear()
                self.setUp()

    def test_the_late_sale_job_twice_at_once_offsets_the_sale_once(self):
        self.count_and_complete(8, 10, 0)
        self.confirm()
        with self.connect() as client:
            client.sell(2, at=fields.Datetime.now() - timedelta(hours=1))
        barrier = threading.Barrier(2)

        def run_job(client):
            client.sheet()
            wait_once(barrier)
            return self.offset(client)

        self.together(run_job, run_job)
        with self.connect() as client:
            self.assertEqual(len(client.sheet().late_sale_ids.move_ids), 1)
        self.assertEqual(self.on_hand(), [8, 10, 0])


class JobThread(threading.Thread):
    """The job that posts corrections, on a connection of its own that somebody is going to kill."""

    def __init__(self, case):
        super().__init__(daemon=True)
        self.case = case
        self.cr = case.registry.cursor()
        self.pid = self.cr._cnx.get_backend_pid()
        self.thread = self

    def run(self):
        try:
            api.Environment(self.cr, SUPERUSER_ID, {})["stock.pos.count"]._cron_post_corrections()
        except Exception:  # noqa: BLE001 it is killed: that is the point
            self.cr._cnx.close()


@tagged("post_install", "-at_install")
class TestRivalRaces(RaceCase):
    """Two sheets settle one product at the same moment: each must see what the other did."""

    def complete_two(self, older, newer):
        """Complete an older and a newer sheet of the shop. Return the newer one's uuid."""
        other = self.create_sheet()
        for uuid, quantities in ((self.sheet_uuid, older), (other, newer)):
            with self.connect(uuid) as client:
                till = client.till(opened=True)
                till.count(*zip(client.products, quantities, strict=False))
        for uuid in (self.sheet_uuid, other):
            with self.connect(uuid) as client:
                client.till().go("complete", leave_out=True)
        return other

    def late(self, first, second, uuids):
        """Let ``first`` take its picture of the database, ``second`` do all of its work, and ``first`` go on.

        Return what both said; that of ``first`` in the end, when it was repeated.
        """
        picture_taken, second_done = threading.Event(), threading.Event()

        def go_first(client):
            client.sheet()
            picture_taken.set()
            second_done.wait(PATIENCE)
            return first(client)

        def go_second(client):
            picture_taken.wait(PATIENCE)
            answer = second(client)
            client.cr.commit()
            second_done.set()
            return answer

        return self.together(go_first, go_second, uuids=uuids)

    @staticmethod
    def correct(client):
        return client.correct(client.preview())["done"]

    @staticmethod
    def complete(client):
        return client.till().go("complete", leave_out=True)["state"]

    def test_a_shortage_that_two_sheets_correct_at_once_is_posted_once(self):
        """Also of goods of which the books have none, so that no row of the stock is there to be locked."""
        for newer_first in (True, False):
            with self.subTest(newer_first=newer_first):
                other = self.complete_two((8, 10, 5), (8, 10, 5))
                uuids = (self.sheet_uuid, other) if newer_first else (other, self.sheet_uuid)
                self.late(self.correct, self.correct, uuids)
                self.assertEqual(self.on_hand(), [8, 10, 5])
                self._clear()
                self.setUp()

    def test_the_offset_of_a_late_sale_while_a_newer_count_reckons_with_it(self):
        """Both would put the same goods back on the books."""
        other = self.complete_two((8,), (8,))
        with self.connect() as client:
            self.correct(client)
        with self.connect() as client:
            client.sell(2, at=fields.Datetime.now() - timedelta(hours=1))

        def offset(client):
            return len(client.env["stock.pos.count.late.sale"]._offset_late_sales(client.sheet()))

        self.late(offset, self.correct, (self.sheet_uuid, other))
        self.assertEqual(self.on_hand()[0], 8)

    def test_a_count_that_agrees_while_an_older_one_is_corrected(self):
        """The newer sheet sees all ten; the older one took two off meanwhile: the newer one has to see that."""
        for newer_first in (True, False):
            with self.subTest(newer_first=newer_first):
                self.count_and_complete(8)
                other = self.create_sheet()
                with self.connect(other) as client:
                    till = client.till(opened=True)
                    till.count((client.products[0], 10))
                if newer_first:
                    self.late(self.correct, self.complete, (self.sheet_uuid, other))
                else:
                    self.late(self.complete, self.correct, (other, self.sheet_uuid))
                with self.connect(other) as client:
                    if client.sheet().state == "mismatched":
                        self.assertTrue(self.correct(client))
                self.assertEqual(self.on_hand()[0], 10, "the newest count wins")
                self._clear()
                self.setUp()


@tagged("post_install", "-at_install")
class TestCountingRaces(RaceCase):
    def test_an_entry_that_meets_a_pause_a_recount_or_a_void_is_kept(self):
        """The transition holds the sheet while the entry arrives: it is answered by what the sheet has become."""
        cases = (
            ("pause", False, lambda client: client.till().go("pause", force=True), "taken"),
            ("void", False, lambda client: client.till(user=client.manager).go("void", reason="Race"), "late"),
            ("recount", True, lambda client: client.till().go("recount", force=True), "late"),
        )
        for action, is_completed, go, status in cases:
            with self.subTest(action=action):
                if is_completed:
                    self.count_and_complete(8, 13, 4)
                with self.connect() as client:
                    device = client.till(opened=True)
                    device.round = 0

                def send(client, device=device):
                    till = client.till(like=device)
                    return till.send(till.entry(product=client.products[0], qty=5))["results"][0]["status"]

                with self.connect() as holder:
                    go(holder)
                    with self.running(send) as outcome:
                        with self.connect() as watcher:
                            wait_until(
                                lambda watcher=watcher: TestCorrectionRaces.somebody_waits(watcher),
                                "the entry to meet the transition",
                            )
                        holder.cr.commit()
                self.assertEqual(outcome, [status])
                with self.connect() as client:
                    entries = client.sheet().entry_ids.filtered(lambda entry: entry.qty == 5)
                    self.assertEqual(len(entries), 1, "it is kept, whatever the sheet has become")
                self._clear()
                self.setUp()

    def test_a_transition_that_meets_an_entry_sees_it(self):
        for action, user in (("pause", "user"), ("void", "manager")):
            with self.subTest(action=action):
                with self.connect() as counter:
                    till = counter.till(opened=True)
                    counter.cr.commit()
                    till.send(till.entry(product=counter.products[0], qty=5))

                    def go(client, action=action, user=user):
                        options = {"reason": "Race"} if action == "void" else {"force": True}
                        return client.till(user=getattr(client, user)).go(action, **options)["counted"]

                    with self.running(go) as outcome:
                        with self.connect() as watcher:
                            wait_until(
                                lambda watcher=watcher: TestCorrectionRaces.somebody_waits(watcher),
                                "the transition to meet the entry",
                            )
                        counter.cr.commit()
                self.assertEqual(outcome, [1])
                self._clear()
                self.setUp()

    def test_an_unknown_code_that_two_people_assign_counts_once(self):
        with self.connect() as client:
            till = client.till(opened=True)
            till.send(till.entry(code="000111", qty=3))
        barrier = threading.Barrier(2)

        def assign(client):
            client.sheet()
            wait_once(barrier)
            till = client.till()
            return till.call("register_assign", self.sheet_uuid, "000111", client.products[0].id, till.person)[
                "unknown"
            ]

        self.assertEqual(self.together(assign, assign), [[], []])
        with self.connect() as client:
            self.assertEqual(client.lines()[0].counted_qty, 3)

    def test_two_full_counts_that_start_at_the_same_moment_become_one(self):
        """Two full counts of one shop would each count half of it, and both would call the rest missing."""
        barrier = threading.Barrier(2)

        def start(client):
            client.sheet()
            wait_once(barrier)
            return client.till().create_sheet()["sheet"]["state"]

        outcomes = self.together(start, start)
        self.assertEqual([outcome for outcome in outcomes if outcome == "counting"], ["counting"])
        refusal = next(outcome for outcome in outcomes if outcome != "counting")
        self.assertIn("full count", str(refusal))
        self.assertIn("Join it", str(refusal))
