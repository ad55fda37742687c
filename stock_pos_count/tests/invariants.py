"""The invariants of docs (design, section 9), checked by one function after every test."""

from collections import Counter

from odoo.addons.stock_pos_count import count_logic


def assert_invariants(test, counts):
    """Fail ``test`` when one of ``counts`` breaks an invariant; the message names its number.

    :param counts: sheets, in an environment that may read everything
    """
    counts.env.flush_all()
    counts.invalidate_recordset()
    for count in counts:
        lines = counts.env["stock.pos.count.line"].search([("count_id", "=", count.id)])
        lines.invalidate_recordset()
        _lines_follow_the_journal(test, lines)
        _entries_are_unique(test, count)
        _steps_follow_the_table(test, count)
        _corrections_are_exact(test, count, lines)
        _nothing_is_invented(test, lines)


def _lines_follow_the_journal(test, lines):
    journal = lines._read_journal()
    for line in lines:
        rows = journal.get(line.id, [])
        for order in (rows, list(reversed(rows))):
            _round, result = lines._get_last_result(order, line._get_most())
            test.assertEqual(line.is_counted, result.is_counted, f"1: {line.display_name} counted or not")
            if result.is_counted:
                test.assertAlmostEqual(line.counted_qty, result.qty, 2, f"1: quantity of {line.display_name}")
                test.assertEqual(line.counted_at, result.observer.counted_at, f"1: moment of {line.display_name}")


def _entries_are_unique(test, count):
    uuids = Counter(count.entry_ids.mapped("uuid"))
    test.assertFalse([uuid for uuid, times in uuids.items() if times > 1], "2: an entry exists twice")


def _steps_follow_the_table(test, count):
    state = False
    for step in count.step_ids.sorted("id"):
        test.assertEqual(
            step.state_from or False, state, f"3: {step.action} of {count.name} starts where the last ended"
        )
        if step.action != "create":
            sources, targets = count_logic.TRANSITIONS[step.action]
            test.assertIn(step.state_from, sources, f"3: {step.action} is allowed in {step.state_from}")
            test.assertIn(step.state_to, targets, f"3: {step.action} leads to {step.state_to}")
        state = step.state_to
    test.assertEqual(count.state, state, f"3: {count.name} is in the state of its last step")
    test.assertEqual(bool(count.paused_state), count.state == count_logic.PAUSED, "3: what was paused")
    test.assertEqual(count.round, len(count.step_ids.filtered(lambda step: step.action == "recount")), "3: round")


def _corrections_are_exact(test, count, lines):
    for line in lines:
        posted = sum(
            move.quantity if move.location_dest_id.usage == "internal" else -move.quantity for move in line.move_ids
        )
        if line.correction_state != "posted" or line.result not in ("short", "over"):
            test.assertFalse(line.move_ids, f"4: {line.display_name} has no variance to post but moves")
        else:
            test.assertEqual(set(line.move_ids.mapped("state")), {"done"}, "4: moves are done")
            test.assertAlmostEqual(
                posted, line.variance_qty, 2, f"4: the moves of {line.display_name} sum to its variance"
            )


def _nothing_is_invented(test, lines):
    for line in lines - lines.filtered("is_counted"):
        test.assertEqual(line.result, "uncounted", "6: a line nobody counted has no result")
        test.assertFalse(line.move_ids, "6: a line nobody counted is never corrected")
