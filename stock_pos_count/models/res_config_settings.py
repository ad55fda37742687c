from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pos_use_stock_count = fields.Boolean(related="pos_config_id.use_stock_count", readonly=False)
    pos_stock_count_correct = fields.Selection(related="pos_config_id.stock_count_correct", readonly=False)
    pos_stock_count_recount_by_other = fields.Boolean(
        related="pos_config_id.stock_count_recount_by_other", readonly=False
    )
    pos_stock_count_blind = fields.Boolean(related="pos_config_id.stock_count_blind", readonly=False)
