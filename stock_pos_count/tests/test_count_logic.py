"""The rules of counting, without a database: what a line's entries add up to."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.stock_pos_count import count_logic
from odoo.addons.stock_pos_count.count_logic import Entry, Snapshot, merge

STATES_PAGE = Path(__file__).parents[2] / "docs" / "states.md"
START = datetime(2026, 11, 2, 9, 0)


def entry(uuid, device="amy", seq=1, kind="add", qty=1.0, seen=None, xid=0, minute=0, **values):
    return Entry(
        uuid=uuid,
        device=device,
        seq=seq,
        kind=kind,
        qty=0.0 if kind == "zero" else qty,
        seen=Snapshot.parse(seen),
        xid=xid,
        counted_at=START + timedelta(minutes=minute),
        who=device.capitalize(),
        **values,
    )


class TestMerge(BaseCase):
    def test_scans_of_two_devices_add_up(self):
        result = merge([entry("a"), entry("b", seq=2, qty=3), entry("c", device="ben", qty=2)])
        self.assertEqual(result.qty, 6)
        self.assertFalse(result.conflict)

    def test_nothing_counted_is_not_zero(self):
        self.assertIsNone(merge([]).qty)
        self.assertIsNone(merge([entry("a"), entry("u", seq=2, kind="undo", target="a")]).qty)
        self.assertEqual(merge([entry("a", kind="zero")]).qty, 0)

    def test_total_replaces_what_its_author_had_counted_and_later_scans_add(self):
        result = merge([entry("a", qty=5), entry("b", seq=2, kind="set", qty=8), entry("c", seq=3)])
        self.assertEqual(result.qty, 9)

    def test_a_cursor_has_seen_its_own_changes_and_no_others(self):
        """Else a device is told again what it counted itself, or is never told what others committed meanwhile."""
        for text, own in (("10:10:", 10), ("10:10:", 13), ("10:14:11,13", 11), ("7:20:8", 23)):
            before, after = Snapshot.parse(text), Snapshot.parse(str(Snapshot.parse(text).with_own(own)))
            self.assertTrue(after.sees(own))
            for other in {*range(5, 30)} - {own}:
                self.assertEqual(after.sees(other), before.sees(other), (text, own, other))
        far = Snapshot.parse("10:10:")
        self.assertEqual(far.with_own(1000), far, "too many in between: the own changes come again")

    def test_total_replaces_others_that_its_author_had_seen(self):
        seen = entry("a", device="amy", xid=90, qty=5)
        total = entry("b", device="ben", kind="set", qty=8, seen="100:100:", xid=110)
        result = merge([seen, total])
        self.assertEqual((result.qty, result.conflict), (8, ()))

    def test_unseen_total_and_scan_are_a_conflict_with_both_numbers_and_names(self):
        scan = entry("a", device="amy", xid=105, qty=12)
        total = entry("b", device="ben", kind="set", qty=8, seen="100:100:", xid=110)
        result = merge([scan, total])
        self.assertEqual([(group.who, group.qty) for group in result.conflict], [("Amy", 12), ("Ben", 8)])

    def test_scan_by_somebody_who_saw_the_total_adds_to_it(self):
        total = entry("a", device="ben", kind="set", qty=8, xid=90)
        scan = entry("b", device="amy", seen="100:100:", xid=110)
        result = merge([total, scan])
        self.assertEqual((result.qty, result.conflict), (9, ()))

    def test_what_was_recorded_later_was_not_seen_whatever_the_snapshot_says(self):
        """Transactions are numbered anew where a database is restored; a device may also lie. Nothing is lost."""
        total = entry("t", "amy", kind="set", qty=5, xid=50, seen="900:900:", id=1)
        later = entry("l", "ben", qty=3, xid=60, id=2)
        earlier = entry("e", "ben", qty=3, xid=60, id=0)
        self.assertFalse(total.saw(later))
        self.assertTrue(total.saw(earlier))
        self.assertTrue(merge([total, later]).conflict)

    def test_a_transaction_still_running_at_the_snapshot_was_not_seen(self):
        """Without the list of running transactions a total would silently drop a count that its author never saw."""
        late_commit = entry("a", device="amy", xid=95, qty=5)
        total = entry("b", device="ben", kind="set", qty=8, seen="95:100:95,97", xid=110)
        self.assertTrue(merge([late_commit, total]).conflict)
        committed = entry("a", device="amy", xid=96, qty=5)
        self.assertFalse(merge([committed, total]).conflict)

    def test_decision_keeps_one_number_or_adds_up(self):
        conflict = [
            entry("a", device="amy", xid=105, qty=12),
            entry("b", device="ben", kind="set", qty=8, xid=106, seen="100:100:"),
        ]
        keep_ben = entry("d", seq=2, kind="decision", xid=120, targets=frozenset("ab"), keep=frozenset("b"))
        add_up = entry("d", seq=2, kind="decision", xid=120, targets=frozenset("ab"), keep=frozenset("ab"))
        self.assertEqual((merge([*conflict, keep_ben]).qty, merge([*conflict, keep_ben]).conflict), (8, ()))
        self.assertEqual((merge([*conflict, add_up]).qty, merge([*conflict, add_up]).conflict), (20, ()))

    def test_contradicting_decisions_leave_the_conflict_open(self):
        """Two persons settle a conflict differently at the same time: dropping both numbers would lose a count."""
        conflict = [
            entry("a", device="amy", xid=105, qty=12),
            entry("b", device="ben", kind="set", qty=8, xid=106, seen="100:100:"),
        ]
        decisions = [
            entry("d", device="amy", seq=2, kind="decision", xid=120, targets=frozenset("ab"), keep=frozenset("a")),
            entry("e", device="ben", seq=2, kind="decision", xid=121, targets=frozenset("ab"), keep=frozenset("b")),
        ]
        self.assertTrue(merge(conflict + decisions).conflict)
        overruling = entry(
            "f",
            seq=3,
            device="amy",
            kind="decision",
            seen="130:130:",
            targets=frozenset("ab"),
            keep=frozenset("b"),
            xid=140,
        )
        self.assertEqual(merge([*conflict, *decisions, overruling]).qty, 8)

    def test_undoing_a_total_brings_back_what_it_replaced(self):
        entries = [entry("a", qty=5), entry("b", seq=2, kind="set", qty=8), entry("u", seq=3, kind="undo", target="b")]
        self.assertEqual(merge(entries).qty, 5)

    def test_undo_that_arrives_without_its_entry_changes_nothing(self):
        self.assertEqual(merge([entry("a", qty=5), entry("u", seq=2, kind="undo", target="missing")]).qty, 5)

    def test_minus_one_before_its_plus_one_is_a_negative_total_not_an_error(self):
        self.assertEqual(merge([entry("a", qty=-1)]).qty, -1)

    def test_moment_is_the_latest_observation_that_still_counts(self):
        """An undone or replaced scan observed nothing that counts; an undo observes nothing at all."""
        entries = [
            entry("a", minute=1),
            entry("b", seq=2, minute=5),
            entry("u", seq=3, kind="undo", target="b", minute=9),
        ]
        self.assertEqual(merge(entries).observer.uuid, "a")
        self.assertEqual(merge([*entries, entry("c", seq=4, kind="set", minute=7)]).observer.uuid, "c")

    def test_a_serial_number_is_one_piece_however_often_it_is_scanned(self):
        scans = [entry("a"), entry("b", seq=2), entry("c", device="ben")]
        self.assertEqual(merge(scans, most=1).qty, 1)
        self.assertEqual(merge([*scans, entry("u", seq=3, kind="undo", target="a")], most=1).qty, 1)

    def test_a_serial_number_conflicts_only_when_somebody_says_it_is_missing(self):
        found = [entry("a", kind="set"), entry("b", device="ben")]
        self.assertFalse(merge(found, most=1).conflict)
        missing = [entry("a", kind="zero"), entry("b", device="ben")]
        self.assertEqual([group.qty for group in merge(missing, most=1).conflict], [0, 1])


@st.composite
def histories(draw):
    """Entries of three devices that share what they know now and then, as the server would have recorded them."""
    entries, xid = [], 100
    seqs = dict.fromkeys(("amy", "ben", "eve"), 0)
    cursors = dict.fromkeys(seqs)
    for number in range(draw(st.integers(1, 10))):
        device = draw(st.sampled_from(sorted(seqs)))
        xid += 1
        if draw(st.booleans()):
            cursors[device] = f"{xid}:{xid}:"
        seqs[device] += 1
        kind = draw(st.sampled_from(["add", "add", "set", "zero", "undo", "decision"]))
        known = [one.uuid for one in entries if one.kind in count_logic.OBSERVING_KINDS]
        if kind in ("undo", "decision") and not known:
            kind = "add"
        values = {}
        if kind == "undo":
            values["target"] = draw(st.sampled_from(known))
        if kind == "decision":
            keep = draw(st.sets(st.sampled_from(known), min_size=1))
            values.update(targets=frozenset(known), keep=frozenset(keep))
        entries.append(
            entry(
                str(number),
                device=device,
                seq=seqs[device],
                kind=kind,
                qty=float(draw(st.integers(1, 20))),
                seen=cursors[device],
                xid=xid,
                minute=draw(st.integers(0, 5)),
                **values,
            )
        )
    return entries


class TestMergeProperties(BaseCase):
    @settings(max_examples=300, deadline=None)
    @given(histories(), st.randoms(use_true_random=False))
    def test_any_order_of_arrival_gives_the_same_result(self, history, random):
        shuffled = list(history)
        random.shuffle(shuffled)
        self.assertEqual(merge(history), merge(shuffled))

    @settings(max_examples=300, deadline=None)
    @given(histories())
    def test_result_is_the_sum_of_entries_somebody_made(self, history):
        """No quantity is invented, and an undone entry never counts."""
        result = merge(history)
        undone = count_logic.undone_uuids(history)
        if result.is_counted:
            self.assertEqual(result.qty, sum(one.qty for one in result.kept))
            self.assertFalse(undone & {one.uuid for one in result.kept})
            self.assertLessEqual(set(result.kept), set(history))

    @settings(max_examples=300, deadline=None)
    @given(histories())
    def test_a_total_never_drops_silently_what_its_author_had_not_seen(self, history):
        """Whatever is not counted was undone, seen by a total's author, or named by a decision."""
        result = merge(history)
        kept = {one.uuid for one in result.kept}
        undone = count_logic.undone_uuids(history)
        decided = {uuid for one in history if one.kind == "decision" and one.uuid not in undone for uuid in one.targets}
        totals = [one for one in history if one.kind in count_logic.TOTAL_KINDS and one.uuid not in undone]
        for one in history:
            if one.kind in count_logic.OBSERVING_KINDS and one.uuid not in kept | undone | decided:
                self.assertTrue(any(total.saw(one) for total in totals), one)


class TestTables(BaseCase):
    def test_settled_and_void_sheets_are_final(self):
        for action, (sources, _targets) in count_logic.TRANSITIONS.items():
            for state in count_logic.CLOSED_STATES:
                self.assertNotIn(state, sources, f"{action} would change a {state} sheet")

    def test_quantities_are_written_as_the_screens_do(self):
        for qty, text in ((12.0, "12"), (1.25, "1.25"), (-3.0, "−3"), (0.0, "0"), (-0.0, "0"), (100.0, "100")):
            self.assertEqual(count_logic.format_qty(qty), text)
        for qty, text in ((2, "+2"), (-3, "−3"), (0, "0")):
            self.assertEqual(count_logic.format_variance(qty), text)


class TestStatesPage(BaseCase):
    def test_the_picture_in_the_docs_is_the_table_of_transitions(self):
        page = STATES_PAGE.read_text(encoding="utf-8")
        drawn = set(re.findall(r"^    (\w+) --> (\w+): (\w+)$", page, re.MULTILINE))
        table = {
            (source, target, action)
            for action, (sources, targets) in count_logic.TRANSITIONS.items()
            for source in sources
            for target in targets
        }
        self.assertEqual(drawn, table)
        explained = re.findall(r"^\| ([a-z_, ]+) \|", page, re.MULTILINE)[1:]
        self.assertEqual({action for row in explained for action in row.split(", ")}, set(count_logic.TRANSITIONS))
