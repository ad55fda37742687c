"""What a hostile or broken device may send, without a database."""

import uuid
from contextlib import suppress
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.stock_pos_count import entry_payload
from odoo.addons.stock_pos_count.entry_payload import EntryRefused, read_entry

NOW = datetime(2026, 11, 2, 9, 0)
NOW_MS = int((NOW - datetime(1970, 1, 1)).total_seconds() * 1000)


def raw(**values):
    return {
        "uuid": str(uuid.uuid4()),
        "seq": 1,
        "round": 0,
        "kind": "add",
        "product_id": 1,
        "qty": 1,
        "counted_at": NOW_MS,
        **values,
    }


class TestReadEntry(BaseCase):
    def read_one(self, shift=0, **values):
        return read_entry(raw(**values), NOW, timedelta(seconds=shift))

    def test_moment_is_corrected_by_the_clock_difference_and_never_in_the_future(self):
        self.assertEqual(self.read_one(shift=-30)["counted_at"], NOW - timedelta(seconds=30))
        self.assertEqual(self.read_one(shift=30)["counted_at"], NOW)
        self.assertEqual(self.read_one(shift=-30)["device_counted_at"], NOW)

    def test_each_bad_value_is_refused_with_its_reason(self):
        for reason, values in (
            ("malformed", {"uuid": "1'; drop table"}),
            ("malformed", {"uuid": None}),
            ("malformed", {"kind": "delete"}),
            ("malformed", {"seq": 0}),
            ("malformed", {"seq": True}),
            ("malformed", {"seq": 2**40}),
            ("malformed", {"round": -1}),
            ("malformed", {"product_id": "1"}),
            ("malformed", {"qty": "5"}),
            ("malformed", {"qty": float("nan")}),
            ("malformed", {"qty": float("inf")}),
            ("malformed", {"counted_at": None}),
            ("malformed", {"counted_at": 1e300}),
            ("malformed", {"seen": "1:2"}),
            ("malformed", {"seen": "x" * 20_000}),
            ("malformed", {"kind": "undo", "target": "all"}),
            ("malformed", {"kind": "decision", "decision": {"targets": [], "keep": []}}),
            (
                "malformed",
                {"kind": "decision", "decision": {"targets": [str(uuid.uuid4())], "keep": [str(uuid.uuid4())]}},
            ),
            ("too_large", {"qty": 9901234567890}),
            ("negative_total", {"kind": "set", "qty": -1}),
            ("nothing_added", {"qty": 0}),
            ("text", {"code": "x" * 500}),
            ("text", {"kind": "note", "note": "a\x00b"}),
        ):
            with self.subTest(reason=reason, values=values), self.assertRaises(EntryRefused) as refused:
                self.read_one(**values)
            self.assertEqual(refused.exception.reason, reason)

    def test_only_named_keys_pass(self):
        values = self.read_one(user_id=1, book_qty=99, is_late=False, line_id=7)
        self.assertFalse({"user_id", "book_qty", "is_late", "line_id"} & set(values))

    @settings(max_examples=300, deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from(
                ["uuid", "seq", "seen", "round", "kind", "qty", "counted_at", "target", "decision", "note", "code"]
            ),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
                lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            ),
        )
    )
    def test_no_payload_raises_anything_but_a_refusal(self, values):
        with suppress(EntryRefused):
            read_entry(raw(**values), NOW, timedelta())

    def test_derived_uuids_are_stable_and_valid(self):
        origin = str(uuid.uuid4())
        derived = entry_payload.derived_uuid(origin, "assign")
        self.assertEqual(derived, entry_payload.derived_uuid(origin, "assign"))
        self.assertNotEqual(derived, origin)
        self.assertTrue(entry_payload.is_uuid(derived))
