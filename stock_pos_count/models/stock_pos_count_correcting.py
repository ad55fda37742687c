import logging
import time

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from .. import bulk, count_logic

_logger = logging.getLogger(__name__)

# So many lines are corrected while the person waits; more go to the background.
REQUEST_LINES = 100
# A transaction of more lines than this would keep quants locked for too long while the shop sells.
CHUNK_LINES = 200
# A chunk that meets a sale is repeated, as Odoo repeats requests; a job is not repeated by anybody else.
MAX_ATTEMPTS = 6
BACKOFF_SECONDS = 0.2
# A chunk never waits longer than this for somebody else's lock.
LOCK_TIMEOUT_MS = 10_000
RETRY_MINUTES = 1


class StockPosCount(models.Model):
    """Correction, second half: confirming freezes the figures, then chunks post them, each line exactly once.

    One transaction for all would never commit while a till sells. What crashes in between leaves posted and waiting
    lines, and whoever goes on takes the waiting ones.
    """

    _inherit = "stock.pos.count"

    accounting_date = fields.Date(
        copy=False, help="Date of the journal entries of the correction; the day of the correction if empty."
    )
    correcting_since = fields.Datetime(
        "Being Corrected Since", readonly=True, copy=False, index="btree_not_null", help="Empty when no line waits."
    )
    correcting_person = fields.Char("Corrected By (Running)", readonly=True, copy=False)
    correcting_user_id = fields.Many2one("res.users", "Who Confirmed", readonly=True, copy=False, ondelete="restrict")
    correcting_tz = fields.Char(readonly=True, copy=False)
    correcting_total = fields.Integer(readonly=True, copy=False)
    correcting_progress = fields.Char(compute="_compute_correcting_progress", help="How far the correction is.")
    is_partly_corrected = fields.Boolean(
        "Partly Corrected", readonly=True, copy=False, help="Some lines could not be corrected; the others were."
    )
    failed_count = fields.Integer("Could Not Be Corrected", compute="_compute_failed_count")

    @api.depends("correcting_since")
    def _compute_correcting_progress(self):
        for count in self:
            progress = count._get_correction_progress() if count.correcting_since else None
            count.correcting_progress = (
                self.env._("%(done)s of %(total)s", done=progress["done"], total=progress["total"])
                if progress
                else False
            )

    @api.depends("correcting_since", "is_partly_corrected")
    def _compute_failed_count(self):
        groups = (
            self.env["stock.pos.count.line"]
            .sudo()  # sudo: a number of lines tells nothing that a blind count hides
            ._read_group([("count_id", "in", self.ids), ("correction_state", "=", "failed")], ["count_id"], ["__count"])
        )
        numbers = {count.id: number for count, number in groups}
        for count in self:
            count.failed_count = numbers.get(count.id, 0)

    # -- rights ----------------------------------------------------------------------------------------------------

    def write(self, vals):
        """Let managers set the accounting date as long as nothing is or was posted with it.

        :raise AccessError: another user
        :raise UserError: the sheet is settled or being corrected
        """
        if "accounting_date" in vals and not self.env.su:
            if not self._is_manager():
                raise AccessError(self.env._("Only a manager may choose the accounting date."))
            if self.filtered(lambda count: count.correcting_since or count.state in count_logic.CLOSED_STATES):
                raise UserError(self.env._("The accounting date is chosen before the correction."))
        return super().write(vals)

    @api.model
    def _get_client_fields(self):
        return super()._get_client_fields() | {"accounting_date"}

    def _check_not_correcting(self):
        """Refuse everything else while a correction runs.

        :raise UserError: it runs
        """
        self.ensure_one()
        if self.correcting_since:
            progress = self._get_correction_progress()
            raise UserError(
                self.env._(
                    "The stock of count sheet %(name)s is being corrected now: %(done)s of %(total)s products.",
                    name=self.name,
                    done=progress["done"],
                    total=progress["total"],
                )
            )

    def _check_transition(self, action):
        self._check_not_correcting()
        result = super()._check_transition(action)
        if action == "void" and self.is_partly_corrected:
            raise UserError(
                self.env._("Stock was corrected by this count sheet already, so it cannot be voided any more.")
            )
        return result

    def _get_allowed_actions(self):
        actions = super()._get_allowed_actions()
        if self.correcting_since:
            return ["view"]
        return [action for action in actions if action != "void"] if self.is_partly_corrected else actions

    # -- confirming ------------------------------------------------------------------------------------------------

    def _do_correct(self, person_name, fingerprint, left_out_ids, accepted_ids=()):
        """Freeze the figures of the locked and checked sheet and post them, a long list in the background.

        :param accepted_ids: ids of lines that need a person's yes, and got it from ``person_name``
        :return: ``None`` when confirmed, or the new preview when what was confirmed is not what would be done
        :raise UserError: nothing would be corrected
        """
        self._lock_rivals()
        lines, rows = self._get_correction_rows(set(left_out_ids), set(accepted_ids))
        if self._get_fingerprint(rows) != fingerprint:
            return self._get_preview_answer(lines, rows)
        self._confirm_correction(rows, person_name)
        return None

    def _confirm_correction(self, rows, person_name):
        chosen = [row for row in rows if not row["left_out"] and not row["blockers"]]
        if not chosen and not self.is_partly_corrected:
            raise UserError(self.env._("No product is left to correct. Tick at least one that can be corrected."))
        self._freeze_lines(rows, person_name)
        # sudo: clients may not write a sheet; the rights were checked before
        self.sudo().write(
            {
                "correcting_since": fields.Datetime.now(),
                "correcting_person": person_name,
                "correcting_user_id": self.env.uid,
                "correcting_tz": str(self.env.tz),
                "correcting_total": len(chosen),
            }
        )
        accepted = sum(row["needs_accept"] for row in chosen)
        if accepted:
            self.sudo().message_post(  # sudo: a POS user has no right to post; the author is the real one
                body=self.env._(
                    "%(person)s accepted marked products for the correction: %(number)s.",
                    person=person_name,
                    number=accepted,
                ),
                author_id=self.env.user.partner_id.id,
                subtype_xmlid="mail.mt_note",
            )
        if len(chosen) <= REQUEST_LINES:
            line_ids, product_ids = self._get_waiting_lines()
            self._post_chunk(line_ids, product_ids)
            self._finish_correction()
        else:
            self._wake_correction_job()
            self._notify_changed()

    def _freeze_lines(self, rows, person_name):
        """Fix what each line's correction is: its figures, refreshed a moment ago, change no more until it is posted.

        What is learnt later about a posted line is an offset of its own.
        """
        if not rows:
            return
        types = {"id": "integer", "state": "varchar", "reason": "varchar", "accepted_by": "varchar"}
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE stock_pos_count_line line
                      SET correction_state = new.state, not_corrected = new.reason, accepted_by = new.accepted_by,
                          xid = pg_current_xact_id()
                     FROM %s
                    WHERE line.id = new.id""",
                bulk.get_rows_sql(
                    "new", types, [(row["line_id"], *self._get_frozen_state(row, person_name)) for row in rows]
                ),
            )
        )
        self.env["stock.pos.count.line"].invalidate_model()

    def _get_frozen_state(self, row, person_name):
        """Return ``(correction state, why not, who accepted it)`` of a line as confirmed."""
        if row["blockers"]:
            return "left_out", ". ".join(text for _kind, text in row["blockers"]), None
        if row["left_out"]:
            return "left_out", None, None
        return "waiting", None, person_name if row["needs_accept"] else None

    # -- chunks ----------------------------------------------------------------------------------------------------

    def _get_waiting_lines(self):
        """Return ``(line ids, product ids)`` of what is confirmed and not posted, in the order of the lines' ids."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id, product_id FROM stock_pos_count_line
                    WHERE count_id = %s AND correction_state = 'waiting' ORDER BY id""",
                self.id,
            )
        )
        return [line_id for line_id, _product_id in rows], [product_id for _line_id, product_id in rows]

    def _post_chunk(self, line_ids, product_ids):
        """Post these lines, and mark those that cannot be posted with the reason. One transaction, all or nothing.

        Locks the products' quants, then the lines, each in the order of their ids. Lines that somebody else posted
        meanwhile are left alone.
        """
        if not line_ids:
            return
        locked_ids = self._lock_quants(product_ids)
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM stock_pos_count_line WHERE id = ANY(%s) AND correction_state = 'waiting'
                 ORDER BY id FOR NO KEY UPDATE""",
                list(line_ids),
            )
        )
        # sudo: lines are written by the server only
        lines = self.env["stock.pos.count.line"].sudo().browse(line_id for (line_id,) in rows)
        self._lock_rivals(lines.ids)
        lines -= self._leave_out_superseded(lines)
        self._post_or_split(lines.with_company(self.company_id), locked_ids)

    def _lock_rivals(self, line_ids=None):
        """Keep other sheets from settling what this one settles, and this one from settling what they settle, unseen.

        Two sheets may count one product. Whoever settles it second has to see what the first one did, so a correction
        (and the offset of a late sale) rewrites the lines in question on both: the other sheet's transaction fails
        into its retry, or this one does. Locks the lines in the order of their ids. Nothing to do where no other sheet
        is at work.

        :param line_ids: lines of this sheet; all if not given
        """
        path = self._get_location_path()
        open_states = [state for state in count_logic.OPEN_STATES if state != count_logic.NEW]
        rows = self.env.execute_query(
            SQL(
                """SELECT other.id FROM stock_pos_count other JOIN stock_location place ON place.id = other.location_id
                    WHERE other.state = ANY(%s) AND other.company_id = %s AND other.id <> %s
                      AND (place.parent_path LIKE %s OR %s LIKE place.parent_path || '%%')""",
                open_states,
                self.company_id.id,
                self.id,
                path + "%",
                path,
            )
        )
        if not rows:
            return
        self.env.execute_query(
            SQL(
                """
                UPDATE stock_pos_count_line SET settled_at = settled_at
                 WHERE id IN (
                    SELECT line.id FROM stock_pos_count_line line
                     WHERE line.count_id = ANY(%(sheets)s) AND (line.count_id = %(own)s OR line.settled_at IS NULL)
                       AND EXISTS (SELECT 1 FROM stock_pos_count_line rival
                                    WHERE rival.product_id = line.product_id
                                      AND rival.lot_id IS NOT DISTINCT FROM line.lot_id
                                      AND (rival.count_id = %(own)s OR rival.settled_at IS NULL)
                                      AND rival.count_id = ANY(%(sheets)s)
                                      AND (rival.count_id = %(own)s) <> (line.count_id = %(own)s)
                                      AND (%(lines)s::integer[] IS NULL
                                           OR line.id = ANY(%(lines)s) OR rival.id = ANY(%(lines)s)))
                  ORDER BY line.id FOR NO KEY UPDATE)
             RETURNING id
                """,
                sheets=[self.id, *(count_id for (count_id,) in rows)],
                own=self.id,
                lines=line_ids,
            )
        )

    def _leave_out_superseded(self, lines):
        """Leave out those of the waiting lines that a later count settled since they were confirmed. Return them."""
        superseded = lines._get_later_counts()
        for line in lines.filtered(lambda line: line.id in superseded):
            sheet = self.browse(superseded[line.id])
            reason = self.env._("Settled by a later count: %s", sheet.sudo().name)  # sudo: only the number is told
            self._mark_lines(line, "left_out", reason)
        return lines.filtered(lambda line: line.id in superseded)

    def _post_or_split(self, lines, locked_ids):
        """Post ``lines``; when Odoo refuses, halve them until the ones it refuses are found."""
        if not lines:
            return
        try:
            with self.env.cr.savepoint():
                self._post_lines(lines, locked_ids)
                self._mark_lines(lines, "posted", None)
                lines._settle()
        except OperationalError:
            raise  # somebody else's transaction is in the way: the whole chunk is repeated
        except Exception as error:  # noqa: BLE001 one product's data, or an addon's bug, must not stop all others
            if len(lines) > 1:
                middle = len(lines) // 2
                self._post_or_split(lines[:middle], locked_ids)
                self._post_or_split(lines[middle:], locked_ids)
            else:
                self._mark_lines(lines, "failed", self._get_failure_text(error))

    def _get_failure_text(self, error):
        if isinstance(error, UserError):
            return str(error)
        _logger.error("A line of count sheet %s cannot be posted", self.name, exc_info=error)
        return self.env._("Odoo could not post it: %s", error)

    def _mark_lines(self, lines, state, reason):
        self.env.execute_query(
            SQL(
                """UPDATE stock_pos_count_line
                      SET correction_state = %s, not_corrected = %s, xid = pg_current_xact_id() WHERE id = ANY(%s)""",
                state,
                reason,
                lines.ids,
            )
        )
        lines.invalidate_recordset(["correction_state", "not_corrected"])

    def _get_correction_progress(self):
        """Return ``{done, total, failed}`` of the running or last correction; failed ones are done too."""
        states = dict(
            self.env.execute_query(
                SQL(
                    """SELECT correction_state, count(*) FROM stock_pos_count_line
                        WHERE count_id = %s AND correction_state IN ('waiting', 'failed') GROUP BY correction_state""",
                    self.id,
                )
            )
        )
        total = self.correcting_total
        return {"done": total - states.get("waiting", 0), "total": total, "failed": states.get("failed", 0)}

    # -- the end ---------------------------------------------------------------------------------------------------

    def _finish_correction(self):
        """Lead the locked sheet out of the correction: corrected, or mismatched with the lines that failed marked."""
        states = dict(
            self.env["stock.pos.count.line"]
            .sudo()  # sudo: lines are read by the server only
            ._read_group([("count_id", "=", self.id)], ["correction_state"], ["__count"])
        )
        person_name = self.correcting_person
        self.sudo().correcting_since = False  # sudo: clients may not write a sheet
        if states.get("failed"):
            self._transition(
                "correct_part",
                person_name,
                {"is_partly_corrected": bool(states.get("posted"))},
                self.env._("products that could not be corrected: %s", states["failed"]),
            )
            return
        self._transition(
            "correct",
            person_name,
            {"corrected_at": fields.Datetime.now(), "corrected_by": person_name, "is_partly_corrected": False},
        )
        self._settle_equal_lines()
        if not states.get("left_out"):
            self._date_location()

    def _settle_equal_lines(self):
        lines = self.env["stock.pos.count.line"].sudo()  # sudo: lines are written by the server only
        equal = (
            Domain("count_id", "=", self.id)
            & Domain("result", "=", "equal")
            & Domain("superseded_by_id", "=", False)
            & Domain("has_conflict", "=", False)
        )
        lines.search(equal)._settle()

    def _date_location(self):
        """Tell the location that it was counted: after a full count of which nothing was left out or not counted."""
        if self.scope == "full" and not self.uncounted_count:
            # sudo: staff have no rights on locations
            self.location_id.sudo().last_inventory_date = fields.Date.context_today(self)

    # -- in the background -----------------------------------------------------------------------------------------

    def _wake_correction_job(self, at=None):
        # sudo: whoever corrects may wake the job that does it
        self.env.ref("stock_pos_count.ir_cron_post_corrections").sudo()._trigger(at)

    def _cron_post_corrections(self):
        """Post what waits, sheet by sheet, as the person who confirmed; ends early when the job's time is over."""
        waiting = self.search([("correcting_since", "!=", False)], order="correcting_since, id")
        for count in waiting:
            user = count.correcting_user_id
            company_ids = count.company_id.ids
            count = count.with_user(user).with_company(count.company_id)
            # sudo: the sheet's own note for this job
            count = count.with_context(
                tz=count.sudo().correcting_tz or user.tz, lang=user.lang, allowed_company_ids=company_ids
            )
            if not count._run_correction():
                return

    def _run_correction(self):
        """Post the sheet's waiting lines in chunks, each committed on its own. Return whether there is time left."""
        line_ids, product_ids = self._get_waiting_lines()
        crons = self.env["ir.cron"].sudo()  # sudo: the job's progress is the job's
        # Ends the transaction: each chunk begins with a fresh view of the stock. Whatever time is left, one chunk is
        # posted: a run that posts nothing would put the job to sleep.
        seconds_left = crons._commit_progress(remaining=len(line_ids) + 1)
        for start in range(0, len(line_ids), CHUNK_LINES):
            if start and not seconds_left:
                # Odoo looks again only after a minute, which somebody waits through at the counter.
                self._wake_correction_job()
                crons._commit_progress()
                return False
            chunk = slice(start, start + CHUNK_LINES)
            if not self._repeat(self._post_chunk, line_ids[chunk], product_ids[chunk]):
                self._wake_correction_job(fields.Datetime.add(fields.Datetime.now(), minutes=RETRY_MINUTES))
                crons._commit_progress()
                return False
            self.sudo()._notify_changed()  # sudo: whatever became of that user's rights meanwhile
            seconds_left = crons._commit_progress(len(line_ids[chunk]))
        if self._repeat(self._finish_in_background):
            seconds_left = crons._commit_progress(1)
        return bool(seconds_left)

    def _finish_in_background(self):
        self._lock_for_transition()
        if self.correcting_since and not self._get_waiting_lines()[0]:
            self._finish_correction()

    def _repeat(self, work, *args):
        """Do ``work`` in the present transaction; roll back and do it again when another one is in the way.

        :return: whether it was done; nothing is committed here
        """
        for attempt in range(MAX_ATTEMPTS):
            try:
                self.env.cr.execute("SET LOCAL lock_timeout = %s", [LOCK_TIMEOUT_MS])
                work(*args)
                self.env.flush_all()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.info("Correction of count sheet %s meets %s, attempt %s", self.id, error.pgcode, attempt + 1)
                time.sleep(BACKOFF_SECONDS * 2**attempt)
            else:
                return True
        return False

    # -- backend ---------------------------------------------------------------------------------------------------

    def action_retry_correction(self):
        """Try again to correct the lines that failed; what was left out stays so.

        Locks the sheet.

        :raise UserError: the state does not allow it, or no line can be corrected
        :raise AccessError: the user may not correct
        """
        self.ensure_one()
        self.check_access("read")
        self._lock_for_transition()
        self._check_transition("correct")
        self._lock_rivals()
        lines, rows = self._get_correction_rows((), ())
        failed = set(lines.filtered(lambda line: line.correction_state == "failed").ids)
        # Nobody has previewed what came to differ since.
        rows = [row if row["line_id"] in failed else {**row, "left_out": True} for row in rows]
        if not any(not row["left_out"] and not row["blockers"] for row in rows):
            raise UserError(self.env._("No product is left to correct. Look at the reasons, and recount or leave out."))
        self._confirm_correction(rows, self.env.user.name)

    def action_refresh(self):
        """Show the sheet as it is now."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}
