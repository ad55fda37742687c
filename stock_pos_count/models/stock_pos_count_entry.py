from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import count_logic


class StockPosCountEntry(models.Model):
    """The journal of counting: one row for each scan, typed number, undo, decision and note. Rows are only ever added.

    Written by ``stock.pos.count._record_entries`` in SQL (a client's uuid may arrive twice); nobody edits or deletes
    one,
    managers and the system included. The column ``xid`` holds the transaction that recorded the row: with it a pull
    misses nothing that commits late, and a total knows exactly what its author had seen.
    """

    _name = "stock.pos.count.entry"
    _description = "Count Entry"
    _order = "recorded_at desc, id desc"
    _log_access = False
    _rec_name = "uuid"

    uuid = fields.Char(required=True, readonly=True)
    count_id = fields.Many2one("stock.pos.count", "Count Sheet", required=True, readonly=True, ondelete="restrict")
    line_id = fields.Many2one(
        "stock.pos.count.line", readonly=True, ondelete="restrict", index=True, help="Empty for an unknown code."
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="restrict", index="btree_not_null")
    lot_id = fields.Many2one("stock.lot", "Lot/Serial Number", readonly=True, ondelete="restrict")
    device = fields.Char(required=True, readonly=True)
    seq = fields.Integer("Running Number", required=True, readonly=True, help="The device's own running number.")
    seen = fields.Char(readonly=True, help="What the author's screen showed of others (a snapshot of the database).")
    round = fields.Integer(required=True, readonly=True)
    kind = fields.Selection(
        [
            (count_logic.ADD, "Added"),
            (count_logic.SET, "Total set"),
            (count_logic.ZERO, "None here"),
            (count_logic.UNDO, "Undone"),
            (count_logic.DECISION, "Decided"),
            (count_logic.NOTE, "Note"),
        ],
        required=True,
        readonly=True,
    )
    qty = fields.Float("Quantity", digits="Product Unit", readonly=True)
    code = fields.Char(readonly=True, help="What was scanned or typed.")
    source = fields.Selection(
        [
            ("scan", "Scanner"),
            ("typed", "Typed"),
            ("camera", "Camera"),
            ("key", "Key"),
            ("server", "Server"),
        ],
        readonly=True,
    )
    packaging_id = fields.Many2one("product.uom", "Pack Barcode", readonly=True, ondelete="set null")
    packaging_qty = fields.Float("Packs", digits="Product Unit", readonly=True)
    counted_at = fields.Datetime(readonly=True, help="The device's time, corrected by its clock difference.")
    device_counted_at = fields.Datetime("Counted At (Device Clock)", readonly=True)
    recorded_at = fields.Datetime(readonly=True)
    person_name = fields.Char("Counted By", readonly=True)
    person_model = fields.Char(readonly=True)
    person_res_id = fields.Many2oneReference(model_field="person_model", readonly=True)
    user_id = fields.Many2one("res.users", "Sent By", readonly=True, ondelete="restrict")
    target = fields.Char(readonly=True, help="The entry that an undo takes back.")
    decision = fields.Selection([("conflict", "Conflict settled"), ("include", "Late entries included")], readonly=True)
    targets = fields.Json(readonly=True, help="The entries a decision is about.")
    keep = fields.Json(readonly=True, help="The entries a decision lets count.")
    note = fields.Char(readonly=True)
    origin = fields.Char(readonly=True, help="The entry of an unknown code that this one assigns to a product.")
    is_late = fields.Boolean(
        "Late", readonly=True, help="Arrived after its round was completed; changes nothing until a person includes it."
    )
    book_qty = fields.Float("On Hand in the Books", digits="Product Unit", readonly=True)
    unposted_qty = fields.Float("Sold, Not Posted", digits="Product Unit", readonly=True)
    sold_qty = fields.Float("Sold So Far", digits="Product Unit", readonly=True)
    adjusted_qty = fields.Float("Adjusted So Far", digits="Product Unit", readonly=True)
    shift_qty = fields.Float(
        "Moved Before the Recording",
        digits="Product Unit",
        readonly=True,
        help="What went out (positive) or came in between the count and its arrival at the server.",
    )

    _uuid_unique = models.Constraint("unique(uuid)", "This entry was recorded already.")
    _target_index = models.Index("(target) WHERE target IS NOT NULL")
    _latest_index = models.Index("(count_id, recorded_at DESC, counted_at DESC, id DESC)")
    _unknown_index = models.Index("(count_id, code) WHERE line_id IS NULL")

    def init(self):
        """Add the column of the recording transaction: a type the ORM does not know, filled by the database."""
        self.env.cr.execute(
            """
            ALTER TABLE stock_pos_count_entry
                ADD COLUMN IF NOT EXISTS xid xid8 NOT NULL DEFAULT pg_current_xact_id();
            CREATE INDEX IF NOT EXISTS stock_pos_count_entry_xid_index ON stock_pos_count_entry (count_id, xid);
            """
        )

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list:
            raise UserError(self.env._("Counts are recorded in the Point of Sale only."))
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise UserError(
                self.env._("The journal of counts cannot be changed. Undo the entry in the Point of Sale instead.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The journal of counts cannot be deleted."))
