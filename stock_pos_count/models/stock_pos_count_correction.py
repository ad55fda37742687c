import hashlib
import json

from odoo import fields, models
from odoo.fields import Domain

# What a person must accept before the line is corrected: a doubtful figure, goods that are booked elsewhere, and what
# was left out of an earlier correction of this sheet.
ACCEPTABLE_KINDS = ("doubtful", "serial_elsewhere", "left_out_before")
# These change while nothing about the correction does; the preview need not be looked at again because of them.
PASSING_KINDS = ("moved", "failed_before")


class StockPosCount(models.Model):
    """Correction, first half: the preview, which says everything that a correction will do before it is done.

    Stock is changed by exactly the variance of each line, through Odoo's own inventory moves: goods sold since the
    count stay sold, because the difference is posted and not a total. The quants' own count fields are never used:
    they are one slot shared by everyone. ``_posting`` makes the moves, ``_correcting`` confirms and carries out.
    """

    _inherit = "stock.pos.count"

    def _get_correction_preview(self, left_out_ids=(), accepted_ids=()):
        """Return what a correction would do now, with all reasons why something cannot be done.

        A constant number of queries.

        :param left_out_ids: ids of lines that the person unticked
        :param accepted_ids: ids of lines that need a person's yes, and got it
        :return: a dict as ``register_correction_preview`` documents it, with ``fingerprint``
        """
        self.ensure_one()
        lines, rows = self._get_correction_rows(left_out_ids, accepted_ids)
        return self._get_preview_answer(lines, rows)

    def _get_correction_rows(self, left_out_ids, accepted_ids):
        """Return ``(lines, rows)``: what has a variance, and for each what would happen to it."""
        lines, judgement = self._get_variance_lines()
        book = self.env["stock.pos.count.book"]._get_book(self, set(lines.product_id.ids))
        parts = self._plan_parts(lines, {line.id: judgement[line.id]["variance"] for line in lines})
        locked_text = self._get_lock_date_text()
        rows = []
        for line in lines:
            on_hand_now = book.get((line.product_id.id, line.lot_id.id or None), 0.0)
            row = self._get_preview_row(line, judgement[line.id], on_hand_now, parts[line.id])
            if locked_text and self._makes_journal_entry(line.product_id):
                row["blockers"].append(("lock_date", locked_text))
            row["needs_accept"] = any(kind in ACCEPTABLE_KINDS for kind, _text in row["warnings"])
            row["left_out"] = line.id in left_out_ids or (row["needs_accept"] and line.id not in accepted_ids)
            rows.append(row)
        return lines, rows

    def _get_preview_answer(self, lines, rows):
        """Return the rows as the register shows them, with figures, grouped reasons and fingerprint."""
        may_see_value = self._may_see_value()
        return {
            "fingerprint": self._get_fingerprint(rows),
            "lines": [
                {
                    **row,
                    "value": row["value"] if may_see_value else None,
                    "blockers": [text for _kind, text in row["blockers"]],
                    "warnings": [text for _kind, text in row["warnings"]],
                }
                for row in rows
            ],
            "figures": self._get_preview_figures(lines, rows, may_see_value),
            "blockers": self._group_reasons(rows, "blockers"),
            "warnings": self._group_reasons(rows, "warnings"),
            "may_see_value": may_see_value,
            "currency_id": self.company_id.currency_id.id,
        }

    def _get_variance_lines(self):
        """Return ``(lines, judgement)``: what has a variance or a conflict now and is not posted yet, the largest
        variance first."""
        # Of all lines: what is learnt later can give an equal one a variance.
        self._refresh_later()
        # sudo: POS users do not read lines; who may correct is checked before
        lines = self.env["stock.pos.count.line"].sudo().with_company(self.company_id)
        different = lines.search(
            Domain("count_id", "=", self.id)
            & Domain("is_counted", "=", True)
            & Domain("correction_state", "not in", ("waiting", "posted"))
            & (Domain("result", "in", ("short", "over")) | Domain("has_conflict", "=", True))
        )
        judgement = self.env["stock.pos.count.book"]._get_judgement(different)
        return different.sorted(lambda line: (-abs(line.variance_qty), line.id)), judgement

    # -- one line --------------------------------------------------------------------------------------------------

    def _get_preview_row(self, line, judged, on_hand_now, parts):
        variance = judged["variance"]
        own_partner, no_one = self.company_id.partner_id, self.env["res.partner"]
        after = line.uom_id.round(on_hand_now + variance)
        owned = sum(part.qty for part in parts if not part.is_transfer and part.owner in (no_one, own_partner))
        return {
            "line_id": line.id,
            "product_id": line.product_id.id,
            "lot_name": line.lot_id.name or None,
            "on_hand_now": on_hand_now,
            "after": after,
            "change": variance,
            "value": line.product_id.standard_price * (owned if variance > 0 else -owned),
            "blockers": self._get_line_blockers(line, judged, after),
            "warnings": self._get_line_warnings(line, judged, on_hand_now, after, parts),
        }

    def _get_line_blockers(self, line, judged, after):
        """Return ``[(kind, text)]``: all reasons why a line cannot be corrected, in the user's language."""
        blockers = [("blocked", text) for text in judged["blocked"]]
        if line.has_conflict:
            blockers.append(("conflict", self.env._("Two counts contradict each other: choose which one counts first")))
        if line.is_negative:
            blockers.append(("negative_total", self.env._("The counted total is negative: count it again")))
        if judged["superseded_by"]:
            blockers.append(("superseded", self.env._("Settled by a later count: %s", judged["superseded_by"])))
        if not line.product_id.is_storable:
            blockers.append(("not_stored", self.env._("The product is not kept in stock any more")))
        if line.product_id.tracking == "serial" and line.lot_id and abs(after) > 1:
            blockers.append(("serial_twice", self.env._("A serial number can be in stock only once")))
        return blockers

    def _get_line_warnings(self, line, judged, on_hand_now, after, parts):
        """Return ``[(kind, text)]``: what a person should know about a line; some of it needs their yes."""
        warnings = []
        if line.uom_id.compare(after, 0) < 0 <= line.uom_id.compare(on_hand_now, 0):
            warnings.append(("negative", self.env._("Stock goes below zero")))
        warnings += [
            ("serial_elsewhere", self.env._("Booked in %s: it is moved from there", part.source.display_name))
            for part in parts
            if part.is_transfer
        ]
        if line.product_id.tracking != "none" and not line.lot_id and judged["variance"] > 0:
            warnings.append(("no_lot", self.env._("The surplus is booked without a lot or serial number")))
        warnings += [("doubtful", text) for text in judged["doubtful"]]
        warnings += [("moved", text) for text in judged["moved"]]
        if line.correction_state == "failed":
            warnings.append(("failed_before", self.env._("Last time: %s", line.not_corrected)))
        if line.correction_state == "left_out":
            warnings.append(("left_out_before", self.env._("Left out of the correction before")))
        return warnings

    # -- the whole -------------------------------------------------------------------------------------------------

    def _get_lock_date_text(self):
        """Return why no journal entry can be made at the correction's date, or ``None``.

        Odoo would move such an entry to the next open day without a word.
        """
        company = self.company_id.sudo()  # sudo: staff do not read accounting settings, they are told the reason
        date = self.accounting_date or fields.Date.context_today(self)
        violated = company._get_violated_lock_dates(date, False, company.account_stock_journal_id)
        if not violated:
            return None
        return self.env._(
            "The books are closed for %(date)s (until %(lock)s)",
            date=fields.Date.to_string(date),
            lock=fields.Date.to_string(max(lock for lock, _field in violated)),
        )

    def _makes_journal_entry(self, product):
        """Return whether correcting ``product`` makes a journal entry at once, as Odoo decides it for its own moves."""
        return product.valuation == "real_time" and bool(product.property_stock_inventory.valuation_account_id)

    def _get_preview_figures(self, lines, rows, may_see_value):
        rows = [row for row in rows if not row["left_out"] and not row["blockers"]]
        short = [row for row in rows if row["change"] < 0]
        over = [row for row in rows if row["change"] > 0]
        return {
            "products": len(rows),
            "short_qty": sum(row["change"] for row in short),
            "over_qty": sum(row["change"] for row in over),
            "short_value": sum(row["value"] for row in short) if may_see_value else None,
            "over_value": sum(row["value"] for row in over) if may_see_value else None,
            "counted_at": max((line.counted_at for line in lines if line.counted_at), default=None),
        }

    def _may_see_value(self):
        """Values are for managers, or where the register shows margins and costs to everyone."""
        # sudo: a setting of the sheet's own register, whoever asks
        return self._is_manager() or self.config_id.sudo().is_margins_costs_accessible_to_every_user

    @staticmethod
    def _group_reasons(rows, key):
        """Return ``[{kind, text, line_ids}]`` of all rows' blockers or warnings, each reason once."""
        reasons = {}
        for row in rows:
            for reason in row[key]:
                reasons.setdefault(reason, []).append(row["line_id"])
        return [{"kind": kind, "text": text, "line_ids": line_ids} for (kind, text), line_ids in reasons.items()]

    @staticmethod
    def _get_fingerprint(rows):
        """Return what must not change between the preview and the press: lines, variances, reasons, new negatives.

        Not on hand, which moves all day, and not what is left out or accepted, which is the person's own choice.
        """
        facts = sorted(
            [
                row["line_id"],
                f"{row['change']:.6f}",
                row["blockers"],
                [reason for reason in row["warnings"] if reason[0] not in PASSING_KINDS],
            ]
            for row in rows
        )
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
