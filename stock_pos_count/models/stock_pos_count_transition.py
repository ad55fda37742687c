from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from .. import count_logic, count_marks
from ..count_logic import TRANSITIONS
from ..exceptions import CountQuestion

# Pausing is for everybody on the sheet: it asks when somebody else counted within this time.
RECENT_MINUTES = 10
# So many products are named where a list would be too long.
MAX_NAMES = 5
# A count that everybody forgot is paused after this time without an entry.
IDLE_HOURS = 12
# A mismatched sheet that nobody looks at reminds the shop's manager after this time.
REMIND_DAYS = 3


class StockPosCount(models.Model):
    """The states of a sheet: who may do what when, and what happens then. The table is ``count_logic.TRANSITIONS``."""

    _inherit = "stock.pos.count"

    # -- may I? ----------------------------------------------------------------------------------------------------

    def _get_allowed_actions(self):
        """Return the actions the user may take on the sheet now: transitions, and what screens offer beside them."""
        self.ensure_one()
        actions = ["view"]
        running = self.state in count_logic.RUNNING_STATES
        if self._is_counter():
            actions += [
                action
                for action in ("start", "pause", "resume", "complete", "recount")
                if count_logic.may_transition(action, self.state)
            ]
            actions += ["join"] if running else []
            if self._may_correct() and count_logic.may_transition("correct", self.state):
                actions.append("correct")
            if self._may_close():
                actions.append("close")
            if count_logic.may_transition("void", self.state) and self._may_void():
                actions.append("void")
            if self.state in (count_logic.MATCHED, count_logic.MISMATCHED, count_logic.CORRECTED):
                actions += ["new_from_uncounted"] if self.uncounted_count else []
            if self._is_manager() and self.state == count_logic.COUNTING:
                actions.append("count_as_zero_all")
        return actions

    def _is_counter(self):
        """Return whether the user may count: Point of Sale users."""
        return self.env.su or self.env.user.has_group("point_of_sale.group_pos_user")

    def _get_no_counter_error(self):
        return AccessError(self.env._("You need to be a Point of Sale user to take stock."))

    def _may_close(self):
        """Return whether nothing is left to correct: late sales or adjustments by others explained every variance, or
        a later count settled it."""
        self.ensure_one()
        if not count_logic.may_transition("close", self.state):
            return False
        open_question = Domain("has_conflict", "=", True) | Domain("is_negative", "=", True)
        variance = Domain("result", "in", ("short", "over")) & Domain("superseded_by_id", "=", False)
        lines = self.env["stock.pos.count.line"].sudo()  # sudo: POS users do not read lines
        return not lines.search_count(Domain("count_id", "=", self.id) & (open_question | variance), limit=1)

    def _may_void(self):
        """Staff void a sheet that was not started, or on which nothing was counted; a manager any."""
        self.ensure_one()
        return self._is_manager() or self.state == count_logic.NEW or not self._has_entries()

    def _has_entries(self):
        return bool(
            self.env.execute_query(SQL("SELECT 1 FROM stock_pos_count_entry WHERE count_id = %s LIMIT 1", self.id))
        )

    def _check_transition(self, action):
        """Refuse an action that the table or the rights do not allow. Call it with the sheet locked.

        :raise UserError: the state does not allow it; names the state
        :raise AccessError: the user may not
        """
        self.ensure_one()
        if not count_logic.may_transition(action, self.state):
            state = dict(self._fields["state"]._description_selection(self.env))[self.state]
            raise UserError(
                self.env._(
                    "Count sheet %(name)s is %(state)s now, so this cannot be done.", name=self.name, state=state
                )
            )
        if not self._is_counter():
            raise self._get_no_counter_error()
        if action == "correct" and not self._may_correct():
            raise AccessError(self.env._("Only a manager may correct the stock of this shop."))
        if action == "void" and not self._may_void():
            raise AccessError(self.env._("Something was counted on this sheet: only a manager may void it."))

    def _lock_for_transition(self):
        """Keep everybody else out of this sheet until the transaction ends.

        Locks the sheet's row (other transitions wait, and then fail into a retry that sees the new state) and the rows
        of its devices: a sync that committed after this transaction's snapshot has written its device's row, so locking
        it fails into a retry that sees the entries too. Syncs share the sheet's row and so wait for the transition.
        """
        self.ensure_one()
        # Not lock_for_update(): it gives up at once, and the Complete key must not fail because somebody scans.
        self.flush_recordset()
        self.env.execute_query(SQL("SELECT id FROM stock_pos_count WHERE id = %s FOR UPDATE", self.id))
        self.env.execute_query(
            SQL("SELECT id FROM stock_pos_count_device WHERE count_id = %s ORDER BY id FOR UPDATE", self.id)
        )
        self.invalidate_recordset()

    # -- transitions -----------------------------------------------------------------------------------------------

    def _transition(self, action, person_name, values=None, reason=None):
        """Lead the locked and checked sheet to its new state and put it on record: a step, and a message.

        :param str person_name: the operator
        :param dict values: what to write, ``state`` included where the table leaves a choice
        """
        self.ensure_one()
        values = dict(values or {})
        values.setdefault("state", TRANSITIONS[action][1][0])
        if values["state"] not in TRANSITIONS[action][1]:
            raise ValueError(f"{action} does not lead to {values['state']}")
        now = fields.Datetime.now()
        state_from = self.state
        # sudo: clients may not write a sheet; the rights were checked before.
        self.sudo().write({"last_activity_at": now, **values})
        self._record_step(action, state_from, person_name, now, reason)
        self._notify_changed()

    def _record_step(self, action, state_from, person_name, now, reason=None):
        # sudo: the record of steps is written by transitions only, clients have no right to
        self.env["stock.pos.count.step"].sudo().create(
            {
                "count_id": self.id,
                "action": action,
                "state_from": state_from,
                "state_to": self.state,
                "round": self.round,
                "person_name": person_name,
                "user_id": self.env.uid,
                "done_at": now,
                "reason": reason,
            }
        )
        # sudo: a POS user has no right to post; the author is the real one
        self.sudo().message_post(
            body=self._get_step_message(action, person_name, reason),
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

    def _get_step_message(self, action, person_name, reason):
        messages = {
            "create": self.env._("%(person)s created the count sheet.", person=person_name),
            "start": self.env._("%(person)s started the count.", person=person_name),
            "pause": self.env._("%(person)s paused the count.", person=person_name),
            "resume": self.env._("%(person)s continued the count.", person=person_name),
            "complete": self.env._(
                "%(person)s completed the count: %(result)s.", person=person_name, result=self.coverage
            ),
            "recount": self.env._("%(person)s started recount %(round)s.", person=person_name, round=self.round),
            "correct": self.env._("%(person)s corrected the stock.", person=person_name),
            "correct_part": self.env._(
                "%(person)s corrected the stock in part: %(reason)s.", person=person_name, reason=reason
            ),
            "close": self.env._("%(person)s closed the count sheet: no variance is left.", person=person_name),
            "void": self.env._(
                "%(person)s voided the count sheet. Reason: %(reason)s", person=person_name, reason=reason or "—"
            ),
        }
        return messages[action]

    def _notify_changed(self, device=None):
        """Tell the devices on this sheet's channel to pull."""
        # sudo: the channel's token is a secret of the server
        self.sudo()._notify("STOCK_POS_COUNT_CHANGED", {"uuid": self.uuid, "state": self.state, "device": device})

    def _do_start(self, person_name):
        self._check_no_second_full_count()
        self._create_lines()
        config = self.config_id.sudo()  # sudo: settings of the sheet's own register, whoever starts
        self._transition(
            "start",
            person_name,
            {
                "started_at": fields.Datetime.now(),
                "blind": config.stock_count_blind,
                "recount_by_other": config.stock_count_recount_by_other,
                "correct_policy": config.stock_count_correct,
                "planned_count": self._count_lines(),
            },
        )

    def _check_no_second_full_count(self):
        if self.scope != "full":
            return
        other = self._get_open_full_count(self.location_id, only_started=True)
        if other:
            raise UserError(
                self.env._(
                    "%(name)s is an open full count of this shop. Join it instead of starting a second one.",
                    name=other.name,
                )
            )

    def _count_lines(self):
        return self.env.execute_query(SQL("SELECT count(*) FROM stock_pos_count_line WHERE count_id = %s", self.id))[0][
            0
        ]

    def _do_pause(self, person_name, identities, force=False):
        """Pause for everybody.

        :param identities: see :meth:`_get_recent_counters`
        :param bool force: the person was told that others are counting, and goes on
        :raise CountQuestion: others counted lately
        """
        others = self._get_recent_counters(identities)
        if others and not force:
            raise CountQuestion(
                self.env._(
                    "%s counted in the last ten minutes. Pausing stops the count on all devices.",
                    format_list(self.env, others),
                )
            )
        self._transition("pause", person_name, {"paused_state": self.state})

    def _get_recent_counters(self, identities):
        """Return the names of others who counted on the sheet within the last :data:`RECENT_MINUTES`.

        :param identities: ``(model, id)`` of who asks, all of them (see ``pos.config._get_stock_count_identities``)
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT person_name FROM stock_pos_count_entry
                    WHERE count_id = %s AND (person_model, person_res_id) NOT IN %s
                      AND recorded_at > (now() AT TIME ZONE 'UTC') - make_interval(mins => %s)""",
                self.id,
                tuple(identities),
                RECENT_MINUTES,
            )
        )
        return sorted(name for (name,) in rows)

    def _do_resume(self, person_name):
        self._transition("resume", person_name, {"state": self.paused_state, "paused_state": False})

    def _do_complete(self, person_name, leave_out=False):
        """Complete the running count or recount.

        :param bool leave_out: the person was told how many lines are not counted, and leaves them out
        :raise UserError: nothing was counted, or conflicts, negative totals or lines to count are left
        """
        completion = self._get_completion()
        if completion["reasons"]:
            raise UserError("\n".join(completion["reasons"]))
        missing = completion["uncounted"] or completion["kept_earlier"]
        if missing and not leave_out:
            raise UserError(
                self.env._("%s products are not counted yet. Keep counting, or complete and leave them out.", missing)
            )
        self._reckon_later()
        lines = self.env["stock.pos.count.line"].sudo()  # sudo: POS users do not read lines, blind or not
        counted = Domain("count_id", "=", self.id) & Domain("is_counted", "=", True)
        open_lines = counted & Domain("settled_at", "=", False)
        self._accept_marked(
            lines.search(open_lines & Domain("result", "=", "equal") & Domain("is_marked", "=", True)), person_name
        )
        mismatched = lines.search_count(
            counted & Domain("result", "in", ("short", "over")) & Domain("correction_state", "!=", "posted"), limit=1
        )
        state = count_logic.MISMATCHED if mismatched else self._get_agreed_state()
        if not mismatched:
            lines.search(open_lines & Domain("superseded_by_id", "=", False))._settle()
        now = fields.Datetime.now()
        values = {"state": state, "completed_at": now}
        if state == count_logic.CORRECTED:
            values.update(corrected_at=now, corrected_by=person_name, is_partly_corrected=False)
        self._transition("complete", person_name, values)

    def _accept_marked(self, equal, person_name):
        """Put on record that completing accepts marked lines without a variance; who may not see them accepts none."""
        if self._hides_book():
            return
        accepted = equal.filtered("marks")
        accepted.accepted_by = person_name
        # Now and not after the sheet's own state: nothing writes to the lines of a settled sheet.
        accepted.flush_recordset(["accepted_by"])
        # Everybody who counts reads the messages: of a blind count they tell no numbers.
        if accepted and not self.blind:
            self.sudo().message_post(  # sudo: a POS user has no right to post; the author is the real one
                body=self.env._(
                    "%(person)s accepted products to be checked that have no variance: %(number)s.",
                    person=person_name,
                    number=len(accepted),
                ),
                author_id=self.env.user.partner_id.id,
                subtype_xmlid="mail.mt_note",
            )

    def _get_to_accept(self):
        """Return ``{number, names}`` of the lines without a variance that completing now would accept although
        something happened around their count: as far as is known before late sales are reckoned in."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id, product_id, first_counted_at FROM stock_pos_count_line
                    WHERE count_id = %s AND is_counted AND result = 'equal' AND settled_at IS NULL ORDER BY id""",
                self.id,
            )
        )
        if not rows:
            return {"number": 0, "names": []}
        facts = self.env["stock.pos.count.book"]._get_mark_facts(
            self, [row[0] for row in rows], sorted({row[1] for row in rows}), min(row[2] for row in rows)
        )
        marked = [row[1] for row in rows if row[0] in facts and count_marks.get_marks(facts[row[0]], 0)]
        # sudo: names of products a POS user may be unable to read
        products = self.env["product.product"].sudo().browse(dict.fromkeys(marked[:MAX_NAMES]))
        return {"number": len(marked), "names": products.mapped("display_name")}

    def _get_agreed_state(self):
        """Return the state of a sheet without an open variance: what others of its lines needed was posted before."""
        return count_logic.CORRECTED if self.is_partly_corrected else count_logic.MATCHED

    def _get_completion(self):
        """Return what completing the running round would mean; ``reasons`` say why it cannot be done yet."""
        self.ensure_one()
        row = self.env.execute_query_dict(
            SQL(
                """
                SELECT count(*) FILTER (WHERE target_round >= %(round)s) AS total,
                       count(*) FILTER (WHERE target_round >= %(round)s AND is_counted AND counted_round = %(round)s)
                       AS counted,
                       count(*) FILTER (WHERE NOT is_counted) AS uncounted,
                       count(*) FILTER (WHERE target_round >= %(round)s AND is_counted AND counted_round < %(round)s)
                       AS kept_earlier,
                       count(*) FILTER (WHERE has_conflict) AS conflicts,
                       count(*) FILTER (WHERE is_negative) AS negatives
                  FROM stock_pos_count_line WHERE count_id = %(count)s
                """,
                round=self.round,
                count=self.id,
            )
        )[0]
        if self.round:
            row["uncounted"] = 0
        reasons = []
        if not row["counted"]:
            reasons.append(self.env._("Nothing was counted yet, so there is nothing to complete."))
        if row["conflicts"]:
            reasons.append(self.env._("Products with a quantity conflict: %s. Settle them first.", row["conflicts"]))
        if row["negatives"]:
            reasons.append(self.env._("Products with a negative total: %s. Correct them first.", row["negatives"]))
        return {**row, "reasons": reasons, "unknown": len(self._get_unknown_codes())}

    def _asks_recount_by_other(self, identities):
        """Return whether the sheet wants somebody else to recount than this person, who counted in the last round.

        :param identities: see :meth:`_get_recent_counters`
        """
        self.ensure_one()
        if not self.recount_by_other or self.state != count_logic.MISMATCHED:
            return False
        rows = self.env.execute_query(
            SQL(
                """SELECT 1 FROM stock_pos_count_entry entry JOIN stock_pos_count_line line ON line.id = entry.line_id
                    WHERE entry.count_id = %s AND line.result IN ('short', 'over')
                      AND entry.round = line.counted_round AND entry.kind IN %s
                      AND (entry.person_model, entry.person_res_id) IN %s
                    LIMIT 1""",
                self.id,
                count_logic.OBSERVING_KINDS,
                tuple(identities),
            )
        )
        return bool(rows)

    def _do_recount(self, person_name, identities, force=False):
        """Start a recount of the lines with a variance or a mark. Each starts from nothing; earlier rounds stay
        readable.

        :param identities: see :meth:`_get_recent_counters`
        :param bool force: the person was asked to leave it to somebody else, and goes on
        :raise CountQuestion: somebody else should recount
        """
        same_person = self._asks_recount_by_other(identities)
        if same_person and not force:
            raise CountQuestion(self.env._("You counted these products yourself. Let somebody else recount them."))
        next_round = self.round + 1
        self.env.execute_query(
            SQL(
                """UPDATE stock_pos_count_line
                      SET target_round = %s, correction_state = NULL, not_corrected = NULL, accepted_by = NULL,
                          xid = pg_current_xact_id()
                    WHERE count_id = %s AND is_counted
                      AND (result IN ('short', 'over') OR is_marked OR has_conflict OR is_negative)
                      AND correction_state IS DISTINCT FROM 'posted'""",
                next_round,
                self.id,
            )
        )
        self.env["stock.pos.count.line"].invalidate_model()
        reason = self.env._("The same person recounts.") if same_person else None
        self._transition("recount", person_name, {"round": next_round}, reason)

    def _do_close(self, person_name):
        """Close a mismatched sheet whose last variance was explained meanwhile.

        :raise UserError: a variance is left, or a line has to be looked at first
        """
        self._refresh_later()
        if not self._may_close():
            raise UserError(self.env._("There are still variances: recount them or correct the stock."))
        lines = self.env["stock.pos.count.line"].sudo()  # sudo: lines are written by the server only
        counted = lines.search([("count_id", "=", self.id), ("is_counted", "=", True)])
        counted.filtered(lambda line: not line.superseded_by_id)._settle()
        self._transition("close", person_name)

    def _do_void(self, person_name, reason=None):
        """Void the sheet. A sheet that was started needs a reason."""
        reason = (reason or "").strip()
        if not reason and self.state != count_logic.NEW:
            raise UserError(self.env._("Say why the count sheet is voided."))
        self._transition("void", person_name, {"void_reason": reason or False, "paused_state": False}, reason)

    # -- scheduled -------------------------------------------------------------------------------------------------

    def _cron_pause_idle(self):
        """Pause sheets on which nothing was counted for :data:`IDLE_HOURS`, so that a forgotten count is seen."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), hours=IDLE_HOURS)
        running = self.search(
            Domain("state", "in", count_logic.RUNNING_STATES) & Domain("last_activity_at", "<", limit)
        )
        idle = running - running._get_counts_with_entries_since(limit)
        for count in idle:
            count._lock_for_transition()
            if count.state in count_logic.RUNNING_STATES:
                count._transition("pause", self.env._("System"), {"paused_state": count.state})
            self.env["ir.cron"]._commit_progress(1)

    def _get_counts_with_entries_since(self, moment):
        if not self:
            return self
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT count_id FROM stock_pos_count_entry WHERE count_id IN %s AND recorded_at >= %s",
                tuple(self.ids),
                moment,
            )
        )
        return self.browse(count_id for (count_id,) in rows)

    def _cron_remind_mismatched(self):
        """Give the shop's manager an activity for sheets that are mismatched for :data:`REMIND_DAYS`."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=REMIND_DAYS)
        forgotten = self.search(
            Domain("state", "=", count_logic.MISMATCHED)
            & Domain("completed_at", "<", limit)
            & Domain("activity_ids", "=", False)
        )
        for count in forgotten:
            count.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Recount or correct %s", count.name),
                user_id=count._get_responsible_user().id,
            )
            self.env["ir.cron"]._commit_progress(1)

    def _get_responsible_user(self):
        """Return the shop's manager: the manager who last did something with the sheet, or any of the company."""
        self.ensure_one()
        managers = self.env.ref("point_of_sale.group_pos_manager").all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        return (self.step_ids.user_id & managers)[-1:] or managers[:1] or self.create_uid

    # -- backend buttons -------------------------------------------------------------------------------------------

    def action_open_register(self):
        """Open the sheet in the register it was created on."""
        self.ensure_one()
        action = self.config_id.action_open_stock_count()
        if action.get("type") == "ir.actions.act_url" and self.state != count_logic.NEW:
            path, _sep, query = action["url"].partition("?")
            running = self.state in count_logic.RUNNING_STATES
            action["url"] = f"{path}/{self.uuid}{'' if running else '/result'}?{query}"
        return action

    def action_void(self, reason):
        """Void the sheet from the backend.

        Locks the sheet and its devices.

        :raise UserError: no reason given, or the state does not allow it
        :raise AccessError: the user may not
        """
        self.ensure_one()
        self.check_access("read")
        self._lock_for_transition()
        self._check_transition("void")
        self._do_void(self.env.user.name, reason if isinstance(reason, str) else "")
