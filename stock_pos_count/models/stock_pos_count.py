import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .. import count_logic

STATES = [
    (count_logic.NEW, "New"),
    (count_logic.COUNTING, "Counting"),
    (count_logic.RECOUNTING, "Recounting"),
    (count_logic.PAUSED, "Paused"),
    (count_logic.MATCHED, "Matched"),
    (count_logic.MISMATCHED, "Mismatched"),
    (count_logic.CORRECTED, "Corrected"),
    (count_logic.VOID, "Void"),
]


class StockPosCount(models.Model):
    """One stocktake of one shop.

    The sheet says what is counted (scope), where (location), how far it is (state, round) and who did what.
    Quantities are on its lines, and what staff really counted is in the journal of entries.
    Clients change a sheet through its methods only: ``write()`` lets no more than :attr:`_CLIENT_FIELDS` pass.
    """

    _name = "stock.pos.count"
    _description = "Count Sheet"
    _inherit = ["mail.thread", "mail.activity.mixin", "pos.bus.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    _CLIENT_FIELDS = frozenset({"note"})

    name = fields.Char("Number", required=True, readonly=True, copy=False, index="trigram")
    uuid = fields.Char(required=True, readonly=True, copy=False, default=lambda self: str(uuid.uuid4()))
    access_token = fields.Char(groups="base.group_system")
    config_id = fields.Many2one("pos.config", "Register", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    location_id = fields.Many2one("stock.location", required=True, readonly=True, ondelete="restrict", index=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse", "Shop", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    scope = fields.Selection(
        [("full", "Full count"), ("partial", "Partial count")], "Type", required=True, readonly=True
    )
    category_ids = fields.Many2many("product.category", string="Categories", readonly=True)
    vendor_ids = fields.Many2many("res.partner", string="Vendors", readonly=True)
    source_id = fields.Many2one(
        "stock.pos.count",
        "Continues",
        readonly=True,
        index="btree_not_null",
        help="The completed count sheet whose products that were not counted, or came too late, are counted here.",
    )
    seed = fields.Selection(
        [("uncounted", "What was not counted"), ("late", "What came too late")], "What It Continues", readonly=True
    )
    created_by = fields.Char(readonly=True, help="The person chosen when the count sheet was created.")
    created_by_model = fields.Char(readonly=True)
    created_by_res_id = fields.Many2oneReference(model_field="created_by_model", readonly=True)
    note = fields.Char(tracking=True)

    state = fields.Selection(STATES, required=True, readonly=True, default=count_logic.NEW, index=True, copy=False)
    paused_state = fields.Selection(
        [(count_logic.COUNTING, "Counting"), (count_logic.RECOUNTING, "Recounting")],
        "Paused Activity",
        readonly=True,
        copy=False,
    )
    round = fields.Integer(
        required=True, default=0, readonly=True, copy=False, help="0 is the count, 1 and up are the recounts."
    )
    started_at = fields.Datetime("Started On", readonly=True, copy=False)
    completed_at = fields.Datetime("Completed On", readonly=True, copy=False)
    corrected_at = fields.Datetime("Corrected On", readonly=True, copy=False)
    corrected_by = fields.Char(readonly=True, copy=False)
    last_activity_at = fields.Datetime("Last Activity", readonly=True, copy=False, index=True)
    void_reason = fields.Char("Reason", readonly=True, copy=False)

    # Settings of the sheet's own register, copied at the start: a later change must not alter a running count.
    blind = fields.Boolean("Blind Count", readonly=True, copy=False)
    recount_by_other = fields.Boolean("Recount by Another Person", readonly=True, copy=False)
    correct_policy = fields.Selection(
        [("everyone", "Everyone who may count"), ("manager", "Managers only")],
        "Who May Correct",
        readonly=True,
        copy=False,
    )

    line_ids = fields.One2many("stock.pos.count.line", "count_id", readonly=True)
    entry_ids = fields.One2many("stock.pos.count.entry", "count_id", readonly=True)
    step_ids = fields.One2many("stock.pos.count.step", "count_id", "Record", readonly=True)
    device_ids = fields.One2many("stock.pos.count.device", "count_id", readonly=True)

    planned_count = fields.Integer("Products", readonly=True, help="Lines the count sheet starts with.")
    line_count = fields.Integer("Lines", compute="_compute_totals")
    counted_count = fields.Integer("Counted Lines", compute="_compute_totals")
    short_count = fields.Integer("Short", compute="_compute_totals")
    over_count = fields.Integer("Over", compute="_compute_totals")
    equal_count = fields.Integer("Equal", compute="_compute_totals")
    short_qty = fields.Float("Quantity Short", digits="Product Unit", compute="_compute_totals")
    over_qty = fields.Float("Quantity Over", digits="Product Unit", compute="_compute_totals")
    uncounted_count = fields.Integer("Not Counted", compute="_compute_totals")
    coverage = fields.Char("State and Coverage", compute="_compute_coverage")
    result = fields.Char(compute="_compute_coverage", help="Lines short and over.")
    counters = fields.Char(compute="_compute_counters", search="_search_counters", help="Who counted.")
    operators = fields.Char(
        compute="_compute_operators", help="Who started, paused, completed, recounted and corrected."
    )

    _uuid_unique = models.Constraint("unique(uuid)", "This count sheet exists already.")
    _name_unique = models.Constraint("unique(name, company_id)", "The number of a count sheet must be unique.")
    _one_running_full_count = models.UniqueIndex(
        """(location_id) WHERE scope = 'full'
           AND (state = 'counting' OR (state = 'paused' AND paused_state = 'counting'))""",
        "A full count of this location is running already. Join it instead of starting a second one.",
    )

    # -- computes ------------------------------------------------------------------------------------------------

    @api.depends("state", "round")
    @api.depends_context("uid")  # a blind count hides them from some
    def _compute_totals(self):
        """One grouped query for all sheets; figures that would break a blind count are left out in
        :meth:`_hides_book`."""
        totals = self._get_line_totals()
        for count in self:
            values = totals.get(count.id, {})
            hidden = count._hides_book() or count.state in (count_logic.NEW, count_logic.VOID)
            count.line_count = values.get("total", count.planned_count)
            count.counted_count = values.get("counted", 0)
            count.uncounted_count = count.line_count - count.counted_count
            for name in ("short_count", "over_count", "equal_count", "short_qty", "over_qty"):
                count[name] = 0 if hidden else values.get(name, 0)

    def _get_line_totals(self):
        """Return ``{sheet id: {total, counted, short_count, over_count, equal_count, check_count, failed_count,
        short_qty, over_qty}}``.

        Sheets without lines (not started) are absent.
        """
        if not self.ids:
            return {}
        self.env.cr.execute(
            """
            SELECT count_id, count(*) AS total, count(*) FILTER (WHERE is_counted) AS counted,
                   count(*) FILTER (WHERE is_counted AND result = 'short') AS short_count,
                   count(*) FILTER (WHERE is_counted AND result = 'over') AS over_count,
                   count(*) FILTER (WHERE is_counted AND result = 'equal') AS equal_count,
                   count(*) FILTER (WHERE is_counted AND (is_marked OR has_conflict)) AS check_count,
                   count(*) FILTER (WHERE correction_state = 'failed') AS failed_count,
                   coalesce(sum(variance_qty) FILTER (WHERE is_counted AND result = 'short'), 0)::float AS short_qty,
                   coalesce(sum(variance_qty) FILTER (WHERE is_counted AND result = 'over'), 0)::float AS over_qty
              FROM stock_pos_count_line
             WHERE count_id IN %s
          GROUP BY count_id
            """,
            [tuple(self.ids)],
        )
        return {row.pop("count_id"): row for row in self.env.cr.dictfetchall()}

    @api.depends("state", "round")
    @api.depends_context("uid")  # a blind count hides them from some
    def _compute_coverage(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        in_hand = (*count_logic.RUNNING_STATES, count_logic.PAUSED)
        progress = self.filtered(lambda count: count.state in in_hand)._get_progress()
        for count in self:
            count.coverage = states[count.state]
            count.result = False
            if count.state in in_hand:
                row = progress.get(count.id, {"counted": 0, "total": 0})
                count.coverage = count._get_coverage_text(states[count.state], row["counted"], row["total"])
            elif count.state in (count_logic.MATCHED, count_logic.MISMATCHED, count_logic.CORRECTED):
                count.coverage = count._get_coverage_text(states[count.state], count.counted_count, count.line_count)
                count.result = False if count._hides_book() else count._get_result_text()

    def _get_coverage_text(self, state, counted, total):
        return self.env._("%(state)s · %(counted)s of %(total)s counted", state=state, counted=counted, total=total)

    def _get_result_text(self):
        """Return the numbers of lines short and over; what is zero is left out."""
        if self.short_count and self.over_count:
            return self.env._("▼ %(short)s short · ▲ %(over)s over", short=self.short_count, over=self.over_count)
        if self.short_count:
            return self.env._("▼ %s short", self.short_count)
        if self.over_count:
            return self.env._("▲ %s over", self.over_count)
        return self.env._("No variance")

    def _compute_counters(self):
        names = {}
        if self.ids:
            self.env.cr.execute(
                """
                SELECT count_id, string_agg(DISTINCT person_name, ', ' ORDER BY person_name)
                  FROM stock_pos_count_entry
                 WHERE count_id IN %s AND kind IN ('add', 'set', 'zero')
              GROUP BY count_id
                """,
                [tuple(self.ids)],
            )
            names = dict(self.env.cr.fetchall())
        for count in self:
            count.counters = names.get(count.id, False)

    @api.depends("step_ids.person_name")
    def _compute_operators(self):
        for count in self:
            count.operators = ", ".join(dict.fromkeys(count.step_ids.mapped("person_name"))) or False

    # -- rights --------------------------------------------------------------------------------------------------

    def _is_manager(self):
        """Return whether the user manages the shops' counts (Point of Sale manager)."""
        return self.env.su or self.env.user.has_group("point_of_sale.group_pos_manager")

    def _hides_book(self):
        """Return whether on hand, variance and all that tells them must be kept from the user (blind count)."""
        self.ensure_one()
        return self.blind and self.state not in count_logic.SETTLED_STATES and not self._is_manager()

    def _may_correct(self):
        """Return whether the user's rights allow the correction of this sheet, whatever its state."""
        self.ensure_one()
        # A correction shows on hand and variance of each line, so a blind count's is for managers.
        return self._is_manager() or (self.correct_policy == "everyone" and not self.blind)

    # -- CRUD ----------------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("name"):
                vals["name"] = (
                    self.env["ir.sequence"].with_company(vals.get("company_id")).next_by_code("stock.pos.count")
                )
            vals.setdefault("last_activity_at", fields.Datetime.now())
        return super().create(vals_list)

    def write(self, vals):
        """Let clients change harmless fields only: state, times and links belong to the methods (which use ``sudo``).

        :raise AccessError: any other field
        """
        if not self.env.su:
            forbidden = set(vals) - self._get_client_fields()
            if forbidden:
                raise AccessError(
                    self.env._(
                        "A count sheet is changed by its buttons only; these fields cannot be written: %s",
                        ", ".join(sorted(forbidden)),
                    )
                )
        return super().write(vals)

    @api.model
    def _get_client_fields(self):
        """Return the fields a client may write: the note, and what activities and followers need."""
        mixin_fields = set(self.env["mail.thread"]._fields) | set(self.env["mail.activity.mixin"]._fields)
        return self._CLIENT_FIELDS | (mixin_fields - set(models.MAGIC_COLUMNS))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Count sheets are never deleted. Void the sheet instead."))

    # -- lookup --------------------------------------------------------------------------------------------------

    @api.model
    def _get_register_domain(self, config):
        """Return the domain of the sheets that ``config`` lists: of its company, of a location it sells out of."""
        location = config.sudo()._get_stock_count_location()  # sudo: a POS user may be unable to read picking types
        return Domain("company_id", "=", config.company_id.id) & Domain("location_id", "parent_of", location.id)

    def _get_location_path(self):
        """Return the path of the sheet's location: those of everything below it begin with it."""
        self.ensure_one()
        return self.location_id.sudo().parent_path  # sudo: POS users may be unable to read locations

    def _get_sheet_locations(self):
        """Return the ids of the sheet's location and everything below it."""
        self.ensure_one()
        # sudo: POS users may be unable to read locations
        return self.env["stock.location"].sudo()._search([("id", "child_of", self.location_id.id)])
