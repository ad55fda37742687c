"""The invariants of the design's chapter 9, by their numbers, checked by one function after every test.

What can be seen at the end is checked at the end (:func:`assert_invariants`). That a settled sheet never changes again
and that the journal is only added to (5 and 2) is watched by the database itself, statement by statement
(:func:`watch_settled_sheets`).
"""

from collections import Counter
from datetime import timedelta
from itertools import islice, permutations

from odoo.tools import SQL

from odoo.addons.stock_pos_count import count_logic

# Orders of arrival that are tried for each line.
MAX_ORDERS = 24
# What an answer to somebody who counts blind never carries, wherever it stands in it.
BLIND_KEYS = ("on_hand", "variance", "on_hand_now", "value", "elsewhere", "correction", "not_corrected")
# What may still be written on a settled sheet and its lines: nothing that is a result.
PASSING_COLUMNS = {
    "stock_pos_count": ("write_date", "write_uid", "access_token", "note", "last_activity_at"),
    "stock_pos_count_line": ("xid", "settled_at"),
}


def assert_invariants(test, counts, rights=True):
    """Fail ``test`` when one of ``counts`` breaks an invariant; the message names its number.

    What the test may know of beside the sheets: ``told``, the answers its devices got, ``outsider``, a manager of
    another company, and ``amy``, who counts.

    :param counts: sheets, in an environment that may read everything
    :param rights: whether to check what people may do and see, too
    """
    counts.env.flush_all()
    counts.env.invalidate_all()
    for count in counts:
        lines = counts.env["stock.pos.count.line"].search([("count_id", "=", count.id)])
        _lines_follow_the_journal(test, count, lines)
        _steps_follow_the_table(test, count)
        _corrections_are_exact(test, lines)
        _on_hand_is_what_was_counted(test, count, lines)
        _nothing_is_invented(test, count, lines)
        if rights:
            _people_may_do_what_the_table_says(test, count)
            _nothing_leaves_the_company(test, count, lines)
            _blind_answers_hide_the_book(test, count)
    _entries_exist_once(test, counts)


# -- 1: a line's quantity is what its entries give, in any order of arrival -------------------------------------------


def _lines_follow_the_journal(test, count, lines):
    journal = lines._read_journal()
    for line in lines:
        rows = journal.get(line.id, [])
        for order in islice(permutations(rows), MAX_ORDERS):
            _line_is_result_of(test, line, list(order))
        _line_is_result_of(test, line, rows[::-1])
        if line.is_counted:
            expected = sum(line[name] for name in ("book_qty", "unposted_qty", "shift_qty", "late_qty"))
            test.assertAlmostEqual(
                line.expected_qty, expected + line.adjustment_qty, 2, f"1: on hand of {line.display_name}"
            )
            test.assertAlmostEqual(
                line.variance_qty, line.counted_qty - line.expected_qty, 2, f"1: variance of {line.display_name}"
            )
            result = {-1: "short", 0: "equal", 1: "over"}[line.uom_id.compare(line.variance_qty, 0)]
            test.assertEqual(line.result, result, f"1: result of {line.display_name}")


def _line_is_result_of(test, line, rows):
    round_number, result = line._get_last_result(rows, line._get_most())
    test.assertEqual(line.is_counted, result.is_counted, f"1: {line.display_name} counted or not")
    if not result.is_counted:
        return
    observer = next(row for row in rows if row["uuid"] == result.observer.uuid)
    test.assertAlmostEqual(line.counted_qty, result.qty, 2, f"1: quantity of {line.display_name}")
    test.assertEqual(line.counted_at, result.observer.counted_at, f"1: moment of {line.display_name}")
    test.assertEqual(line.counted_round, round_number, f"1: round of {line.display_name}")
    test.assertEqual(line.has_conflict, bool(result.conflict), f"1: conflict of {line.display_name}")
    for name in count_logic.FIGURES:
        test.assertAlmostEqual(line[name], observer[name], 2, f"1: {name} of {line.display_name}")


# -- 2: what a client was told ----------------------------------------------------------------------------------------


def _entries_exist_once(test, counts):
    entries = counts.entry_ids
    times = Counter(entries.mapped("uuid"))
    test.assertFalse([uuid for uuid, number in times.items() if number > 1], "2: an entry exists twice")
    of_sheet = {entry.uuid: entry.count_id.uuid for entry in entries}
    for sheet_uuid, result in getattr(test, "told", ()):
        if result["status"] == "refused":
            test.assertTrue(result["reason"], f"2: {result['uuid']} was not accepted and nobody is told why")
        else:
            test.assertEqual(
                of_sheet.get(result["uuid"]), sheet_uuid, f"2: an entry was {result['status']} and is gone"
            )


# -- 3: states --------------------------------------------------------------------------------------------------------


def _steps_follow_the_table(test, count):
    state, done_at = False, None
    for step in count.step_ids.sorted("id"):
        test.assertEqual(
            step.state_from or False, state, f"3: {step.action} of {count.name} starts where the last ended"
        )
        if step.action != "create":
            sources, targets = count_logic.TRANSITIONS[step.action]
            test.assertIn(step.state_from, sources, f"3: {step.action} is allowed in {step.state_from}")
            test.assertIn(step.state_to, targets, f"3: {step.action} leads to {step.state_to}")
        test.assertTrue(not done_at or done_at <= step.done_at, f"3: {step.action} of {count.name} goes back in time")
        state, done_at = step.state_to, step.done_at
    test.assertEqual(count.state, state, f"3: {count.name} is in the state of its last step")
    test.assertEqual(bool(count.paused_state), count.state == count_logic.PAUSED, "3: what was paused")
    actions = Counter(count.step_ids.mapped("action"))
    test.assertEqual(count.round, actions["recount"], "3: round")
    test.assertEqual(bool(count.started_at), bool(actions["start"]), "3: started at")
    test.assertEqual(bool(count.completed_at), bool(actions["complete"]), "3: completed at")
    test.assertEqual(bool(count.corrected_at), count.state == count_logic.CORRECTED, "3: corrected at")
    test.assertFalse(count.correcting_since and count.state != count_logic.MISMATCHED, "3: corrected while mismatched")


def _people_may_do_what_the_table_says(test, count):
    for user in (user for user in (getattr(test, name, None) for name in ("amy", "mia", "iris")) if user):
        allowed = set(count.with_user(user)._get_allowed_actions()) & set(count_logic.TRANSITIONS)
        possible = {action for action in allowed if count_logic.may_transition(action, count.state)}
        test.assertEqual(allowed, set() if count.correcting_since else possible, f"3: what {user.name} may do")


# -- 4: stock after a correction --------------------------------------------------------------------------------------


def _corrections_are_exact(test, lines):
    for line in lines:
        if line.correction_state != "posted" or line.result not in ("short", "over"):
            test.assertFalse(line.move_ids, f"4: {line.display_name} has no variance to post but moves")
            continue
        path = line.count_id.location_id.parent_path
        test.assertEqual(set(line.move_ids.mapped("state")), {"done"}, "4: moves are done")
        posted = sum(
            move.quantity
            * (move.location_dest_id.parent_path.startswith(path) - move.location_id.parent_path.startswith(path))
            for move in line.move_ids
        )
        test.assertAlmostEqual(posted, line.variance_qty, 2, f"4: the moves of {line.display_name} sum to its variance")
        later = _get_rivals(line).filtered(
            lambda rival, line=line: rival.counted_at > line.counted_at and rival.settled_at < line.settled_at
        )
        test.assertFalse(later, f"4: {line.display_name} was settled by a later count before, and posted all the same")


def _on_hand_is_what_was_counted(test, count, lines):
    """On hand = counted + what really moved since, for each line that is settled and not counted again later.

    Adjustments by others after it was settled are theirs; late sales that no offset is posted for are still to come.
    """
    settled = lines.filtered("settled_at").filtered(
        lambda line: not any(rival.counted_at > line.counted_at for rival in _get_rivals(line))
    )
    if not settled:
        return
    book = count.env["stock.pos.count.book"]
    products = settled.product_id.ids
    seen = [(line.product_id.id, line.lot_id.id or None, line.counted_at) for line in settled]
    on_hand, unposted = book._get_book(count, products), book._get_unposted(count, products)
    sold, adjusted = book._get_sold(count, seen), book._get_adjusted(count, products)
    moved = book._get_moved_between(count, seen, count.env.cr.now() + timedelta(days=1))
    due = count.env["stock.pos.count.late.sale"]._get_due_quantities(count)
    for line, (_before, after), goods in zip(settled, sold, moved, strict=True):
        key = (line.product_id.id, line.lot_id.id or None)
        late_sales = count.late_sale_ids.filtered(lambda sale, line=line: sale.line_id == line)
        offset = sum(late_sales.filtered(lambda sale: sale.state == "posted").mapped("qty"))
        open_qty = due.get(line.id, 0) + sum(late_sales.filtered(lambda sale: sale.state != "posted").mapped("qty"))
        adjusted_since = adjusted.get(key, 0) - line.adjusted_qty - line.adjustment_qty - offset
        test.assertAlmostEqual(
            on_hand.get(key, 0) + unposted.get(key, 0),
            line.counted_qty - after + goods + adjusted_since - open_qty,
            2,
            f"4: on hand of {line.display_name} on {count.name} = counted + what moved since",
        )


def _get_rivals(line):
    """Return the settled lines of other sheets that counted the same product and lot in an overlapping location."""
    path = line.count_id.location_id.parent_path
    same = [("product_id", "=", line.product_id.id), ("lot_id", "=", line.lot_id.id)]
    others = line.search([*same, ("count_id", "!=", line.count_id.id), ("settled_at", "!=", False)])
    paths = {other: other.count_id.location_id.parent_path for other in others}
    return others.filtered(lambda other: paths[other].startswith(path) or path.startswith(paths[other]))


# -- 5 (and 2): nothing settled changes, the journal only grows -------------------------------------------------------


def watch_settled_sheets(env):
    """Let the database refuse, until this transaction is rolled back, what must never happen: a change of a matched or
    corrected sheet or of its lines, and any change of the journal."""
    for table, passing in PASSING_COLUMNS.items():
        sheet = "OLD.id" if table == "stock_pos_count" else "OLD.count_id"
        env.cr.execute(
            SQL(
                """
                CREATE FUNCTION %(function)s() RETURNS trigger LANGUAGE plpgsql AS $watch$
                BEGIN
                    IF to_jsonb(OLD) - %(passing)s::text[] IS DISTINCT FROM to_jsonb(NEW) - %(passing)s::text[]
                       AND (SELECT state FROM stock_pos_count WHERE id = %(sheet)s) IN ('matched', 'corrected')
                    THEN RAISE EXCEPTION 'invariant 5: a settled sheet changes: %% becomes %%', OLD, NEW;
                    END IF;
                    RETURN NEW;
                END $watch$;
                CREATE TRIGGER %(function)s BEFORE UPDATE ON %(table)s FOR EACH ROW EXECUTE FUNCTION %(function)s();
                """,
                function=SQL.identifier(f"watch_{table}"),
                passing=list(passing),
                sheet=SQL(sheet),
                table=SQL.identifier(table),
            )
        )
    env.cr.execute(
        """
        CREATE FUNCTION watch_journal() RETURNS trigger LANGUAGE plpgsql AS $watch$
        BEGIN
            RAISE EXCEPTION 'invariant 2: the journal changes: %', OLD;
        END $watch$;
        CREATE TRIGGER watch_journal BEFORE UPDATE OR DELETE ON stock_pos_count_entry
            FOR EACH ROW EXECUTE FUNCTION watch_journal();
        """
    )


# -- 6: nothing is invented -------------------------------------------------------------------------------------------


def _nothing_is_invented(test, count, lines):
    observed = {(entry.line_id, entry.round) for entry in count.entry_ids if entry.kind in count_logic.OBSERVING_KINDS}
    for line in lines:
        if line.is_counted:
            test.assertIn((line, line.counted_round), observed, f"6: nobody counted {line.display_name}")
            continue
        test.assertEqual(line.result, "uncounted", "6: a line nobody counted has no result")
        test.assertFalse(line.correction_state or line.settled_at, "6: a line nobody counted has no correction")
        test.assertFalse(line.move_ids, "6: a line nobody counted is never corrected")
    moves = count.env["stock.move"].search(
        [("inventory_name", "=", count.name), ("company_id", "=", count.company_id.id)]
    )
    linked = lines.move_ids | count.late_sale_ids.move_ids
    test.assertEqual(moves - linked, moves.browse(), f"6: a move names {count.name} and belongs to none of its lines")
    for sale in count.late_sale_ids:
        qty = sum(move.quantity * (1 if move.location_id.usage == "inventory" else -1) for move in sale.move_ids)
        test.assertAlmostEqual(
            qty, sale.qty if sale.state == "posted" else 0, 2, f"6: the offset of {sale.order_id.name}"
        )


# -- 7: nothing is told that must not be ------------------------------------------------------------------------------


def _nothing_leaves_the_company(test, count, lines):
    everything = [count, lines, count.entry_ids, count.step_ids, count.device_ids, count.late_sale_ids]
    test.assertEqual(
        lines.company_id | lines.move_ids.company_id | count.company_id, count.company_id, "7: one company"
    )
    outsider = getattr(test, "outsider", None)
    if outsider and outsider.company_id != count.company_id:
        for records in everything:
            seen = records.with_user(outsider).with_context(allowed_company_ids=outsider.company_id.ids)
            test.assertFalse(seen.search([("id", "in", records.ids)]), "7: another company sees this sheet")


def _blind_answers_hide_the_book(test, count):
    clerk = getattr(test, "amy", None)
    if not clerk or not count.with_user(clerk)._hides_book():
        return
    sheet = count.with_user(clerk).with_context(allowed_company_ids=count.company_id.ids)
    answers = [
        sheet.register_list(count.config_id.id, "all"),
        *(sheet.register_result(count.config_id.id, count.uuid, view) for view in ("all", "short", "check")),
        *(sheet.register_line_detail(count.config_id.id, count.uuid, line.id) for line in count.line_ids[:3]),
    ]
    told = [value for answer in answers for value in _find_values(answer, BLIND_KEYS)]
    test.assertEqual([value for value in told if value is not None], [], f"7: {count.name} is blind")
    movements = [value for answer in answers for value in _find_values(answer, ("movements", "check"))]
    test.assertEqual([value for value in movements if value], [], f"7: {count.name} is blind")


def _find_values(answer, keys):
    """Yield the values of ``keys``, wherever they stand in an answer."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            if key in keys:
                yield value
            else:
                yield from _find_values(value, keys)
    elif isinstance(answer, list):
        for one in answer:
            yield from _find_values(one, keys)
