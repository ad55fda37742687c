"""The checker of the invariants sees each of them broken; otherwise no other test would mean much."""

from contextlib import contextmanager

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CountCase


@tagged("post_install", "-at_install")
class TestInvariants(CountCase):
    """One corrected sheet, one that waits for its correction, and one that is counted blind."""

    def setUp(self):
        super().setUp()
        self.till.create_sheet(scope="partial", category_ids=self.drinks.ids)
        self.till.count((self.tea, 7), (self.milk, 5))
        self.till.go("complete")
        preview = self.till.call("register_correction_preview", self.till.uuid)
        self.till.call("register_correct", self.till.uuid, preview["fingerprint"], [], self.till.person)
        self.other_till.create_sheet(scope="partial", category_ids=(self.food | self.household).ids)
        self.other_till.count((self.soap, 1))
        self.other_till.go("complete", leave_out=True)
        self.check_invariants()

    @contextmanager
    def broken(self, number, query, *parameters):
        """Break something behind everybody's back, and expect the checker to say which invariant that was."""
        with self.subTest(number=number, query=query):
            savepoint = self.env.cr.savepoint()
            try:
                self.env.cr.execute(query, parameters)
                yield
                with self.assertRaisesRegex(AssertionError, f"(^|: ){number}: "):
                    self.check_invariants()
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_what_is_broken_is_seen_and_named(self):
        corrected, waiting = self.sheet(), self.sheet(self.other_till)
        tea, soap, rice = (
            self.line(self.tea),
            self.line(self.soap, self.other_till),
            self.line(self.rice, self.other_till),
        )
        for number, query, *parameters in (
            (1, "UPDATE stock_pos_count_line SET counted_qty = counted_qty + 1 WHERE id = %s", soap.id),
            (1, "UPDATE stock_pos_count_line SET expected_qty = expected_qty + 1 WHERE id = %s", soap.id),
            (1, "UPDATE stock_pos_count_line SET result = 'equal' WHERE id = %s", soap.id),
            (1, "UPDATE stock_pos_count_line SET sold_qty = 1 WHERE id = %s", soap.id),
            (3, "UPDATE stock_pos_count SET state = 'counting' WHERE id = %s", waiting.id),
            (3, "UPDATE stock_pos_count SET round = 1 WHERE id = %s", waiting.id),
            (
                3,
                "UPDATE stock_pos_count_step SET action = 'pause' WHERE action = 'complete' AND count_id = %s",
                waiting.id,
            ),
            (4, "UPDATE stock_quant SET quantity = quantity + 1 WHERE product_id = %s", self.tea.id),
            (4, "UPDATE stock_quant SET quantity = quantity - 1 WHERE product_id = %s", self.milk.id),
            (4, "UPDATE stock_move SET quantity = 1 WHERE id = %s", tea.move_ids.id),
            (4, "UPDATE stock_move SET stock_pos_count_line_id = %s WHERE id = %s", soap.id, tea.move_ids.id),
            (6, "UPDATE stock_pos_count_line SET result = 'equal' WHERE id = %s", rice.id),
            (6, "UPDATE stock_pos_count_line SET correction_state = 'waiting' WHERE id = %s", rice.id),
            (6, "UPDATE stock_move SET inventory_name = %s WHERE id = %s", waiting.name, tea.move_ids.id),
            (7, "UPDATE stock_pos_count_line SET company_id = 1 WHERE id = %s", soap.id),
        ):
            with self.broken(number, query, *parameters):
                self.env.invalidate_all()
        self.told.append((corrected.uuid, {"uuid": "lost", "status": "taken", "reason": None}))
        with self.assertRaisesRegex(AssertionError, "2: an entry was taken and is gone"):
            self.check_invariants()
        self.told.clear()

    def test_the_database_refuses_to_change_what_is_settled_or_noted(self):
        line, entry = self.line(self.tea), self.sheet().entry_ids[0]
        for number, query, record in (
            (5, "UPDATE stock_pos_count_line SET variance_qty = 0 WHERE id = %s", line),
            (5, "UPDATE stock_pos_count SET corrected_by = 'Nobody' WHERE id = %s", line.count_id),
            (2, "UPDATE stock_pos_count_entry SET qty = 0 WHERE id = %s", entry),
            (2, "DELETE FROM stock_pos_count_entry WHERE id = %s", entry),
        ):
            with (
                self.subTest(query=query),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(psycopg2.errors.RaiseException, f"invariant {number}"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, [record.id])
