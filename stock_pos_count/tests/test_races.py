"""Two devices at the same time, with real commits: what one transaction cannot see of another must not be lost."""

import threading

from odoo.tests import tagged

from .race import PATIENCE, RaceCase, wait_once


@tagged("post_install", "-at_install")
class TestRaces(RaceCase):
    def test_complete_pressed_on_two_devices_succeeds_once_and_tells_the_other(self):
        with self.connect() as client:
            till = client.till(opened=True)
            till.count((client.products[0], 1), (client.products[1], 1))
        barrier = threading.Barrier(2)

        def complete(client):
            wait_once(barrier)
            return client.till().go("complete", leave_out=True)["state"]

        outcomes = self.together(complete, complete)
        states = [outcome for outcome in outcomes if isinstance(outcome, str)]
        errors = [str(outcome) for outcome in outcomes if not isinstance(outcome, str)]
        self.assertEqual(states, ["mismatched"])
        self.assertIn("Mismatched", errors[0])

    def test_an_entry_that_commits_while_the_sheet_is_completed_is_seen_or_late_never_lost(self):
        """The completion took its snapshot before the entry was there, and its lock after: without the devices' rows
        as a gate it would complete without it, and call the entry taken."""
        for new_device in (False, True):
            with self.subTest(new_device=new_device):
                self._race_entry_against_completion(new_device)
                self._clear()
                self.setUp()

    def _race_entry_against_completion(self, new_device):
        with self.connect() as client:
            device = client.till(opened=not new_device)
            counter = client.till(opened=True)
            counter.send(*(counter.entry(product=product) for product in client.products))
        snapshot_taken, entry_recorded = threading.Event(), threading.Event()

        def complete(client):
            client.sheet()
            snapshot_taken.set()
            entry_recorded.wait(PATIENCE)
            return client.till().go("complete")["state"]

        def record(client):
            snapshot_taken.wait(PATIENCE)
            till = client.till(like=device)
            answer = till.send(till.entry(product=client.products[0], qty=5))
            return answer["results"][0]["status"]

        def record_and_tell(client):
            status = record(client)
            client.cr.commit()
            entry_recorded.set()
            return status

        state, status = self.together(complete, record_and_tell)
        self.assertEqual(state, "mismatched")
        with self.connect() as client:
            line = client.sheet().line_ids.filtered(lambda line: line.product_id == client.products[0])
            self.assertEqual((status, line.counted_qty), ("taken", 6), "the completion saw the entry")
            self.assertEqual(line.variance_qty, -4)

    def test_one_entry_sent_on_two_connections_counts_once(self):
        with self.connect() as client:
            till = client.till(opened=True)
            entry = till.entry(product=client.products[0], qty=4)
        barrier = threading.Barrier(2)

        def send(client):
            wait_once(barrier)
            return client.till(like=till).send(entry)["results"][0]["status"]

        self.assertLessEqual(set(self.together(send, send)), {"taken", "duplicate"})
        with self.connect() as client:
            self.assertEqual(sum(client.sheet().line_ids.mapped("counted_qty")), 4)

    def test_a_pull_misses_nothing_that_commits_late(self):
        """Device A's entry is recorded first and committed last: a cursor by id or time would skip it for ever."""
        with self.connect() as slow, self.connect() as fast:
            slow_till = slow.till(opened=True)
            slow.cr.commit()
            reader, fast_till = fast.till(opened=True), fast.till(opened=True)
            fast.cr.commit()
            reader.cursor = reader.send()["cursor"]
            fast.cr.commit()
            slow_till.send(slow_till.entry(product=slow.products[0], qty=3))
            fast_till.send(fast_till.entry(product=fast.products[1], qty=5))
            fast.cr.commit()
            first = reader.send()
            fast.cr.commit()
            slow.cr.commit()
            second = reader.send()
            changed = [{line["product_id"]: line["counted"] for line in answer["lines"]} for answer in (first, second)]
            self.assertEqual(changed[0].get(fast.products[1].id), 5)
            self.assertEqual(changed[1].get(slow.products[0].id), 3)

    def test_a_device_is_not_told_its_own_counts_again_but_all_that_others_committed_meanwhile(self):
        with self.connect() as slow, self.connect() as fast:
            slow_till = slow.till(opened=True)
            slow.cr.commit()
            fast_till = fast.till(opened=True)
            fast.cr.commit()
            fast.sheet()  # takes the snapshot: what slow records now begins in between
            slow_till.send(slow_till.entry(product=slow.products[0], qty=3))
            own = fast_till.send(fast_till.entry(product=fast.products[1], qty=5))
            fast.cr.commit()
            slow.cr.commit()
            fast_till.cursor = own["cursor"]
            later = fast_till.send()
            told = [{line["product_id"]: line["counted"] for line in answer["lines"]} for answer in (own, later)]
            self.assertEqual(told[0].get(fast.products[1].id), 5)
            self.assertEqual(told[1], {slow.products[0].id: 3})

    def test_a_total_replaces_what_its_author_saw_and_conflicts_with_what_committed_unseen(self):
        with self.connect() as amy, self.connect() as ben:
            amy_till, ben_till = amy.till(opened=True), ben.till()
            amy.cr.commit()
            amy_till.send(amy_till.entry(product=amy.products[0], qty=3))
            amy.cr.commit()
            ben_till.open()
            ben.cr.commit()
            amy_till.send(amy_till.entry(product=amy.products[1], qty=4))
            amy.cr.commit()
            ben_till.send(ben_till.entry("set", ben.products[0], 8), ben_till.entry("set", ben.products[1], 9))
            ben.cr.commit()
            lines = {line.product_id: line for line in ben.sheet().line_ids}
            self.assertEqual((lines[ben.products[0]].counted_qty, lines[ben.products[0]].has_conflict), (8, False))
            self.assertTrue(lines[ben.products[1]].has_conflict)
