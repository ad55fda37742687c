from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .. import count_logic

# An older sale than this at its arrival is not offset by itself: a manager looks at it.
PROPOSE_AFTER = timedelta(days=7)
# Sheets settled longer ago than this are looked at once a day only, and after the second limit no more.
RECENT = timedelta(days=8)
REMEMBERED = timedelta(days=60)
# An order whose transaction was open while a sheet was settled may commit up to this much later.
OPEN_TRANSACTION = timedelta(minutes=5)


class StockPosCountLateSale(models.Model):
    """A sale that reached the server after the count that saw its empty place on the shelf was settled.

    The count took the goods off the books as a variance already, the sale's own picking takes them off again: one
    offsetting inventory move puts them back. It concerns only the latest settled count of the product and lot whose
    moment is after the sale. Sure and recent ones are posted by a job, the others wait for a manager.
    """

    _name = "stock.pos.count.late.sale"
    _description = "Late Sale after a Count"
    _order = "id desc"

    line_id = fields.Many2one("stock.pos.count.line", required=True, readonly=True, ondelete="restrict")
    count_id = fields.Many2one("stock.pos.count", related="line_id.count_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    product_id = fields.Many2one(related="line_id.product_id", store=True)
    lot_id = fields.Many2one(related="line_id.lot_id", store=True)
    order_line_id = fields.Many2one("pos.order.line", required=True, readonly=True, ondelete="restrict", index=True)
    order_id = fields.Many2one(related="order_line_id.order_id")
    qty = fields.Float("Offset", digits="Product Unit", readonly=True, help="What is put back on the books.")
    sold_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("proposed", "To be looked at"), ("posted", "Offset posted"), ("dismissed", "Left alone")],
        required=True,
        readonly=True,
        default="proposed",
    )
    reason = fields.Char("Why It Was Not Posted", readonly=True)
    move_ids = fields.One2many("stock.move", "stock_pos_count_late_sale_id", "Inventory Moves", readonly=True)

    # One sale is offset once, whatever runs twice.
    _line_order_line_unique = models.Constraint(
        "unique(line_id, order_line_id)", "This sale was offset for this count already."
    )

    def write(self, vals):
        """Keep clients out: a late sale changes by its buttons only.

        :raise AccessError: called by anybody but the server itself
        """
        if not self.env.su:
            raise AccessError(self.env._("Late sales are changed by their buttons only."))
        return super().write(vals)

    # -- waking the job ----------------------------------------------------------------------------------------------

    @api.model
    def _wake_for_orders(self, orders):
        """Wake the job if one of these newly paid orders was sold before a count that is settled.

        Only reads, and adds a wake-up call: a cashier's sync never waits for a count, and never fails for one.
        """
        self.env["pos.order.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT 1
                     FROM pos_order po
                     JOIN stock_pos_count_line line ON line.company_id = po.company_id
                                                   AND line.settled_at > po.stock_count_sold_at
                                                   AND line.counted_at >= po.stock_count_sold_at
                    WHERE po.id IN %s
                    LIMIT 1""",
                tuple(orders.ids),
            )
        )
        if rows:
            self._get_job()._trigger()

    @api.model
    def _wake_after_settling(self):
        """Look once more when orders that were on their way while a sheet was settled have arrived."""
        self._get_job()._trigger(fields.Datetime.now() + OPEN_TRANSACTION)

    @api.model
    def _get_job(self):
        # sudo: neither cashiers nor counting staff may read scheduled jobs
        return self.env.ref("stock_pos_count.ir_cron_offset_late_sales").sudo()

    @api.model
    def _cron_offset_late_sales(self):
        """Find late sales of settled sheets, and post the offsets that are sure. Each sheet in a transaction."""
        now = fields.Datetime.now()
        job = self._get_job()
        is_daily_run = not job.lastcall or job.lastcall.date() < now.date()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT count_id FROM stock_pos_count_line WHERE settled_at > %s",
                now - (REMEMBERED if is_daily_run else RECENT),
            )
        )
        counts = self.env["stock.pos.count"].browse(sorted(count_id for (count_id,) in rows))
        self.env["ir.cron"]._commit_progress(remaining=len(counts))
        for count in counts:
            if not count._repeat(self._offset_late_sales, count):
                job._trigger(now + OPEN_TRANSACTION)
            self.env["ir.cron"]._commit_progress(1)

    # -- finding -----------------------------------------------------------------------------------------------------

    @api.model
    def _offset_late_sales(self, count):
        """Create the late sales of one sheet that nobody knows yet, and post those that are sure.

        How much is due comes from the difference of two sums (what was sold up to the count as known now, and as
        known when the line was settled), never from times of arrival; the orders that came last explain it.

        :return: the new late sales
        """
        found = self.browse()
        due_quantities = self._get_due_quantities(count)
        if due_quantities:
            count._lock_rivals(list(due_quantities))
        for line_id, due in sorted(due_quantities.items()):
            # sudo: the job reads what it settles
            found |= self._create_for_line(count, self.env["stock.pos.count.line"].sudo().browse(line_id), due)
        found.filtered(lambda sale: not sale.reason)._post_or_propose()
        return found

    @api.model
    def _get_due_quantities(self, count):
        """Return ``{line id: quantity}`` of settled lines, none counted again later, whose sales up to their moment
        are more (or fewer) now than when they were settled and offset since."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id, line.product_id, line.lot_id, line.counted_at,
                          (line.sold_qty - line.late_qty + coalesce(known.qty, 0))::float
                     FROM stock_pos_count_line line
                LEFT JOIN (SELECT line_id, sum(qty) AS qty FROM stock_pos_count_late_sale
                            WHERE count_id = %s GROUP BY line_id) known ON known.line_id = line.id
                LEFT JOIN (%s) later ON later.line_id = line.id
                    WHERE line.count_id = %s AND line.settled_at IS NOT NULL AND later.count_id IS NULL""",
                count.id,
                self.env["stock.pos.count.line"]._get_later_counts_sql(count),
                count.id,
            )
        )
        if not rows:
            return {}
        sold = self.env["stock.pos.count.book"]._get_sold(count, [row[1:4] for row in rows])
        return {
            row[0]: round(sold_now - row[4], 6)
            for row, (sold_now, _after) in zip(rows, sold, strict=True)
            if round(sold_now - row[4], 6)
        }

    @api.model
    def _create_for_line(self, count, line, due):
        rows = self.env.execute_query(
            SQL(
                """SELECT sale.order_line_id, sum(sale.qty)::float, min(sale.moment), bool_and(sale.is_sure)
                     FROM (%s) sale
                    WHERE sale.product_id = %s AND sale.lot_id IS NOT DISTINCT FROM %s AND NOT sale.is_lotless
                      AND sale.moment <= %s
                      AND NOT EXISTS (SELECT 1 FROM stock_pos_count_late_sale known
                                       WHERE known.line_id = %s AND known.order_line_id = sale.order_line_id)
                 GROUP BY sale.order_line_id
                 ORDER BY max(sale.learnt_at) DESC, sale.order_line_id DESC""",
                self.env["stock.pos.count.book"]._get_window_sales_sql(count, [line.product_id.id]),
                line.product_id.id,
                line.lot_id.id or None,
                line.counted_at,
                line.id,
            )
        )
        now = fields.Datetime.now()
        values_list = []
        for order_line_id, qty, moment, is_sure in rows:
            if not due:
                break
            explained = qty if (qty > 0) == (due > 0) and abs(qty) <= abs(due) else due
            due = round(due - explained, 6)
            values_list.append(
                {
                    "line_id": line.id,
                    "order_line_id": order_line_id,
                    "qty": explained,
                    "sold_at": moment,
                    "reason": self._get_reason(is_sure, now - moment),
                }
            )
        return self.sudo().create(values_list)  # sudo: only the job and managers' buttons write late sales

    @api.model
    def _get_reason(self, is_sure, age):
        """Return why a late sale waits for a manager, or ``False`` if it does not."""
        if not is_sure:
            return self.env._("Nobody knows for sure when it was sold: before the count or after it.")
        if age > PROPOSE_AFTER:
            return self.env._("It was sold more than a week before it reached the server.")
        return False

    # -- posting -----------------------------------------------------------------------------------------------------

    def _post_or_propose(self):
        """Post each late sale that Odoo lets us; the others are left to a manager with Odoo's reason, and hold up
        neither the rest nor other shops."""
        for sale in self.sorted("id"):
            try:
                with self.env.cr.savepoint():
                    sale._post()
            except UserError as error:
                sale.reason = str(error)

    def _post(self):
        """Post the offset of each late sale, by Odoo's own inventory moves."""
        # sudo: the job, or a checked manager, who needs no rights on inventory and orders
        for sale in self.sudo().sorted("id"):
            count = sale.count_id
            moves = sale.env["stock.move"].with_company(count.company_id)
            moves = moves.with_context(inventory_mode=False).create(sale._get_move_values())
            moves.with_context(ignore_dest_packages=True)._action_done()
            moves._trigger_assign()
            sale.write({"state": "posted", "reason": False})
            count.message_post(
                body=self.env._(
                    "A late sale of order %(order)s was offset: %(qty)s %(product)s.",
                    order=sale.order_id.name,
                    qty=count_logic.format_variance(sale.qty),
                    product=sale.product_id.display_name,
                ),
                subtype_xmlid="mail.mt_note",
            )

    def _get_move_values(self):
        self.ensure_one()
        count = self.count_id
        quants = self.env["stock.quant"].with_company(count.company_id).with_context(inventory_name=count.name)
        product = self.product_id.with_company(count.company_id)
        quant = quants.new({"product_id": product.id, "lot_id": self.lot_id.id, "location_id": count.location_id.id})
        places = (product.property_stock_inventory, count.location_id)
        if self.qty < 0:
            places = reversed(places)
        values = quant._get_inventory_move_values(abs(self.qty), *places)
        return {**values, "stock_pos_count_late_sale_id": self.id, "origin": count.name}

    def action_post(self):
        """Post the offset of proposed late sales. For managers.

        Locks the late sales.

        :raise AccessError: not a Point of Sale manager
        :raise UserError: one of them was settled meanwhile, or a later count saw what it left
        """
        self._check_proposed()
        for sale in self:
            sale.count_id._lock_rivals(sale.line_id.ids)
            # sudo: only the number of the sheet and the product's name are told
            later = sale.line_id.sudo()._get_later_counts()
            if later:
                sheet = sale.count_id.sudo().browse(later[sale.line_id.id])
                raise UserError(
                    self.env._(
                        "%(product)s was counted again later, on %(sheet)s, and that count knew of the sale: leave it.",
                        product=sale.product_id.sudo().display_name,
                        sheet=sheet.name,
                    )
                )
        self._post()

    def action_dismiss(self):
        """Leave proposed late sales alone: the count did see the goods. For managers.

        Locks the late sales.

        :raise AccessError: not a Point of Sale manager
        :raise UserError: one of them was settled meanwhile
        """
        self._check_proposed()
        self.sudo().write({"state": "dismissed"})  # sudo: checked; clients may not write late sales

    def _check_proposed(self):
        self.check_access("read")
        if not self.env.user.has_group("point_of_sale.group_pos_manager"):
            raise AccessError(self.env._("Only a Point of Sale manager decides about late sales."))
        self.sudo().lock_for_update()  # sudo: checked; clients may not write late sales
        if any(sale.state != "proposed" for sale in self):
            raise UserError(self.env._("Somebody else decided about this late sale already. Reload the page."))


class StockPosCount(models.Model):
    _inherit = "stock.pos.count"

    late_sale_ids = fields.One2many("stock.pos.count.late.sale", "count_id", "Late Sales", readonly=True)
