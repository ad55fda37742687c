from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import count_logic, entry_payload

# A late entry can still become part of its round's result in these states; afterwards the result is final.
INCLUDING_STATES = (count_logic.MISMATCHED, count_logic.PAUSED, count_logic.RECOUNTING)


class StockPosCount(models.Model):
    """Late entries: counts that arrived after their round was completed, and what a person does about them.

    They change nothing by themselves. While the sheet is open a person can include them: a ``decision`` entry names
    them, and from then on they count in their own round. On a settled sheet they only seed a new one.
    """

    _inherit = "stock.pos.count"

    late_entry_ids = fields.One2many(
        "stock.pos.count.entry",
        string="Late Entries",
        compute="_compute_late_entries",
        help="Counts that arrived after their round was completed, and that nobody included yet.",
    )
    late_entry_count = fields.Integer("Late Entries (Number)", compute="_compute_late_entries")
    may_include_late = fields.Boolean(compute="_compute_late_entries")

    @api.depends("state", "round")
    @api.depends_context("uid")
    def _compute_late_entries(self):
        numbers = self._get_late_numbers()
        for count in self:
            count.late_entry_count = numbers.get(count.id, 0)
            late = count._get_late_entries() if count.late_entry_count else count.env["stock.pos.count.entry"]
            count.late_entry_ids = late.with_env(self.env)._filtered_access("read")
            count.may_include_late = "include_late" in count._get_late_actions()

    def _get_late_actions(self):
        """Return what the user may do with late entries, if there are any."""
        self.ensure_one()
        if not self._is_counter() or self.correcting_since:
            return []
        if self.state in INCLUDING_STATES:
            return ["include_late"]
        return ["new_from_late"] if self.state in count_logic.SETTLED_STATES else []

    # -- which there are -------------------------------------------------------------------------------------------

    @api.model
    def _get_open_late_sql(self):
        """Return the condition on ``entry`` for late entries that nobody included, and that were not taken back.

        A late undo is one of them when what it takes back counts.
        """
        return SQL(
            """entry.is_late AND entry.kind <> 'decision'
               AND NOT %(included)s
               AND NOT EXISTS (SELECT 1 FROM stock_pos_count_entry undo
                                WHERE undo.kind = 'undo' AND undo.target = entry.uuid)
               AND (entry.kind <> 'undo'
                    OR EXISTS (SELECT 1 FROM stock_pos_count_entry target
                                WHERE target.uuid = entry.target AND target.count_id = entry.count_id
                                  AND (NOT target.is_late OR %(target_included)s)))""",
            included=self._get_included_sql(SQL("entry")),
            target_included=self._get_included_sql(SQL("target")),
        )

    @api.model
    def _get_included_sql(self, alias):
        """Return the condition that a person included the late entry of the table ``alias``."""
        return SQL(
            """EXISTS (SELECT 1 FROM stock_pos_count_entry inclusion
                        WHERE inclusion.count_id = %(alias)s.count_id AND inclusion.decision = 'include'
                          AND inclusion.targets ? %(alias)s.uuid)""",
            alias=alias,
        )

    def _get_late_numbers(self):
        """Return ``{sheet id: number}`` of the open late entries that the user may know of."""
        if not self.ids:
            return {}
        hiding = self.filtered(lambda count: count._hides_earlier_rounds())
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT entry.count_id, count(*)
                         FROM stock_pos_count_entry entry JOIN stock_pos_count count ON count.id = entry.count_id
                        WHERE entry.count_id IN %s AND (entry.round = count.round OR entry.count_id <> ALL(%s)) AND %s
                     GROUP BY entry.count_id""",
                    tuple(self.ids),
                    hiding.ids,
                    self._get_open_late_sql(),
                )
            )
        )

    def _get_late_entries(self):
        """Return the open late entries of the sheet that the user may know of, newest first, as superuser."""
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                """SELECT entry.id FROM stock_pos_count_entry entry
                    WHERE entry.count_id = %s AND (entry.round = %s OR %s) AND %s
                 ORDER BY entry.recorded_at DESC, entry.id DESC""",
                self.id,
                self.round,
                not self._hides_earlier_rounds(),
                self._get_open_late_sql(),
            )
        )
        # sudo: POS users do not read entries; what is told of them is decided in _get_late_data
        return self.env["stock.pos.count.entry"].sudo().browse(entry_id for (entry_id,) in rows)

    def _get_late_products_sql(self):
        """Return the SQL of the products of this sheet's late entries: they have to be counted again."""
        self.ensure_one()
        return SQL(
            """SELECT DISTINCT entry.product_id AS id FROM stock_pos_count_entry entry
                WHERE entry.count_id = %s AND entry.product_id IS NOT NULL AND %s""",
            self.id,
            self._get_open_late_sql(),
        )

    def _get_late_data(self):
        """Return what the register shows of late entries: them, and the conflicts that included ones made."""
        entries = self._get_late_entries()
        rows = []
        if entries:
            rows, _total = self._get_entry_data(limit=len(entries), entry_ids=entries.ids)
        by_uuid = {entry.uuid: entry for entry in entries}
        for row in rows:
            entry = by_uuid[row["uuid"]]
            row["arrived_at"] = self._to_ms(entry.recorded_at)
            row["reason"] = entry.late_reason
            row["can_include"] = entry.can_include
        return {
            "sheet": self._get_sheet_data()[0],
            "entries": rows,
            "conflicts": [line._get_conflict_data() for line in self._get_conflict_lines()],
        }

    def _get_conflict_lines(self):
        """Return the lines with an open conflict that the user may know of, as superuser."""
        # sudo: POS users do not read lines
        lines = (
            self.env["stock.pos.count.line"].sudo().search([("count_id", "=", self.id), ("has_conflict", "=", True)])
        )
        if self._hides_earlier_rounds():
            lines = lines.filtered(lambda line: line.counted_round == self.round)
        return lines

    # -- including -------------------------------------------------------------------------------------------------

    def _include_late(self, entries, person):
        """Let late entries count in their own round. What is included already stays so. Call it with the sheet locked.

        :param entries: late entries of this sheet that the user may know of
        :param tuple person: ``(model, id, name)`` who decides
        :raise UserError: the sheet is settled or being corrected
        """
        self._check_not_correcting()
        if self.state not in INCLUDING_STATES:
            raise UserError(
                self.env._("The result of %s is final. Late entries can only start a new count sheet.", self.name)
            )
        entries = (entries & self._get_late_entries()).filtered("can_include")
        if not entries:
            return
        now = self._get_now()
        # Entries off the sheet have no line, which the journal cannot be given later: they are copied to one.
        lineless = entries.filtered(lambda entry: not entry.line_id)
        self._copy_entries(lineless._read_for_copy(), "include", now)
        line_ids = self._get_line_ids(
            {(one.product_id.id, one.lot_id.id or None) for one in lineless if one.product_id}
        )
        by_line = {}
        for entry in entries.sorted("id"):
            line_id = entry.line_id.id or line_ids.get((entry.product_id.id, entry.lot_id.id or None))
            by_line.setdefault(line_id, []).append(entry.uuid)
        self._record_decisions("include", {line_id: (uuids, []) for line_id, uuids in by_line.items()}, person, now)
        self._add_variances_to_recount(set(by_line) - {None})
        self.sudo().message_post(  # sudo: a POS user has no right to post; the author is the real one
            body=self.env._("%(person)s included late entries: %(number)s.", person=person[2], number=len(entries)),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )
        self._notify_changed()

    def _add_variances_to_recount(self, line_ids):
        """Put lines that have a variance now on the recount that runs or is paused."""
        if count_logic.RECOUNTING not in (self.state, self.paused_state):
            return
        lines = self.env["stock.pos.count.line"].sudo().browse(line_ids)  # sudo: POS users do not read lines
        self._add_to_recount(lines.filtered(lambda line: line.result in ("short", "over")).ids)

    def _settle_conflict(self, line, keep, person):
        """Decide which of the numbers of a conflict count. Settled twice it is settled once. Call it with the sheet
        locked.

        :param line: a line of this sheet
        :param keep: uuids of the entries that count: those of one device, or all (they are added up)
        :param tuple person: ``(model, id, name)`` who decides
        :raise UserError: the sheet is closed, or the choice is none of those there are
        """
        self._check_not_correcting()
        if self.state in (*count_logic.CLOSED_STATES, count_logic.NEW):
            raise UserError(self.env._("The result of %s is final.", self.name))
        if not line.conflict:
            return
        groups = [group["uuids"] for group in line.conflict]
        targets = [uuid for group in groups for uuid in group]
        if sorted(keep) not in [sorted(choice) for choice in (*groups, targets)]:
            raise UserError(self.env._("Somebody counted this product again meanwhile. Look at the numbers once more."))
        self._record_decisions("conflict", {line.id: (targets, keep)}, person, self._get_now())
        self._add_variances_to_recount({line.id})
        self._notify_changed()

    def _record_decisions(self, decision, by_line, person, now):
        """Record what a person decided, and what it makes of the lines.

        :param dict by_line: ``{line id or None: (targets, keep)}``, lists of the entries' uuids
        :param tuple person: ``(model, id, name)``
        """
        model, res_id, name = person
        device = {"id": entry_payload.derived_uuid(self.uuid, "server")}
        seen, first = self._get_cursor(), self._get_last_seq(device) + 1
        lines = self.env["stock.pos.count.line"].sudo().browse(set(by_line) - {None})  # sudo: server's own bookkeeping
        lines_by_id = {line.id: line for line in lines}
        self._insert_entries(
            [
                {
                    "uuid": entry_payload.derived_uuid(self.uuid, f"{decision} {first + number}"),
                    "count_id": self.id,
                    "line_id": line_id,
                    "product_id": lines_by_id[line_id].product_id.id if line_id else None,
                    "lot_id": lines_by_id[line_id].lot_id.id or None if line_id else None,
                    "device": device["id"],
                    "seq": first + number,
                    "seen": seen,
                    "round": lines_by_id[line_id].counted_round if line_id else self.round,
                    "kind": count_logic.DECISION,
                    "qty": 0.0,
                    "source": "server",
                    "counted_at": now,
                    "device_counted_at": now,
                    "recorded_at": now,
                    "person_model": model,
                    "person_res_id": res_id,
                    "person_name": name,
                    "user_id": self.env.uid,
                    "decision": decision,
                    "targets": Json(sorted(targets)),
                    "keep": Json(sorted(keep)) if keep else None,
                    "is_late": False,
                }
                for number, (line_id, (targets, keep)) in enumerate(by_line.items())
            ]
        )
        lines.sorted("id")._refresh_results()
        if self.state == count_logic.MISMATCHED:
            lines._refresh_marks()

    # -- backend ---------------------------------------------------------------------------------------------------

    def action_include_late(self):
        """Include all late entries of the sheet, from the backend.

        Locks the sheet and its devices.

        :raise AccessError: the user may not count
        :raise UserError: the sheet is settled or being corrected
        """
        self.ensure_one()
        person = self._enter_as_counter()
        self._include_late(self._get_late_entries(), person)

    def _enter_as_counter(self):
        """Check that the user of a backend button may count on this sheet, lock it, and return who counts.

        :raise AccessError: the user may not read the sheet, or not count
        """
        self.check_access("read")
        if not self._is_counter():
            raise self._get_no_counter_error()
        self._lock_for_transition()
        return "res.users", self.env.uid, self.env.user.name


class StockPosCountLine(models.Model):
    _inherit = "stock.pos.count.line"

    def _get_conflict_data(self):
        """Return an open conflict as the register shows it: ``{line_id, product, lot_name, groups}``."""
        self.ensure_one()
        product = self.product_id.with_context(display_default_code=False)
        return {
            "line_id": self.id,
            "product": product.display_name,
            "lot_name": self.lot_id.name or None,
            "groups": self.conflict,
        }


class StockPosCountEntry(models.Model):
    _inherit = "stock.pos.count.entry"

    late_reason = fields.Char("Why Late", compute="_compute_late")
    can_include = fields.Boolean(compute="_compute_late", help="Whether a person can let it count.")

    _late_index = models.Index("(count_id) WHERE is_late")
    _inclusion_index = models.Index("(count_id) WHERE decision = 'include'")

    @api.depends("is_late")
    def _compute_late(self):
        for entry in self:
            entry.late_reason = entry._get_late_reason() if entry.is_late else False
            entry.can_include = entry.is_late and entry._can_be_included()

    def _get_late_reason(self):
        """Return in a plain sentence what had happened before this entry arrived."""
        steps = self.count_id.sudo().step_ids  # sudo: only who ended the round is told
        completed = steps.filtered(lambda step: step.action == "complete" and step.round == self.round)[-1:]
        if completed and self.round:
            return self.env._(
                "Arrived after %(person)s had completed recount %(round)s.",
                person=completed.person_name,
                round=self.round,
            )
        if completed:
            return self.env._("Arrived after %s had completed the count.", completed.person_name)
        voided = steps.filtered(lambda step: step.action == "void")[-1:]
        if voided:
            return self.env._("Arrived after %s had voided the count sheet.", voided.person_name)
        return self.env._("Arrived after its round was over.")

    def _can_be_included(self):
        """Return whether this late entry can still count: its line is not corrected, and its sheet is open."""
        self.ensure_one()
        return self.count_id.state in INCLUDING_STATES and not self.line_id.settled_at

    def _read_for_copy(self):
        """Return the rows of these entries as ``stock.pos.count._copy_entries`` takes them."""
        if not self:
            return []
        return self.env.execute_query_dict(
            SQL(
                "SELECT %s FROM stock_pos_count_entry WHERE id IN %s",
                SQL(", ").join(SQL.identifier(column) for column in self.env["stock.pos.count"]._COPIED_COLUMNS),
                tuple(self.ids),
            )
        )

    def action_include(self):
        """Include this late entry, from the backend.

        Locks its sheet and the sheet's devices.

        :raise AccessError: the user may not count
        :raise UserError: the sheet is settled or being corrected
        """
        self.ensure_one()
        self.check_access("read")
        count = self.count_id
        person = count._enter_as_counter()
        # sudo: entries are read by the server only; the sheet and the right to count were checked
        count._include_late(self.sudo(), person)
