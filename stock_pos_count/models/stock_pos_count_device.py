from odoo import fields, models


class StockPosCountDevice(models.Model):
    """A phone, tablet or till that counts on a sheet: when it was last heard of, and what it still holds.

    Its row is also the gate between counting and transitions (see ``stock.pos.count._lock_for_transition``): a sync
    updates its own device's row, never the sheet's, so that twenty devices do not wait for each other.
    """

    _name = "stock.pos.count.device"
    _description = "Device of a Count Sheet"
    _order = "last_heard_at desc, id"
    _log_access = False

    count_id = fields.Many2one("stock.pos.count", required=True, readonly=True, ondelete="cascade", index=True)
    device = fields.Char(required=True, readonly=True, help="Identifier the device gave itself.")
    name = fields.Char(readonly=True)
    person_name = fields.Char("Counter", readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)
    last_heard_at = fields.Datetime(readonly=True)
    last_entry_at = fields.Datetime(readonly=True)
    waiting = fields.Integer(readonly=True, help="Entries the device said it had not sent yet.")

    _device_unique = models.Constraint("unique(count_id, device)", "This device is known on the count sheet already.")
