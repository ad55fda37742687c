from odoo import api, models


class StockPosCount(models.Model):
    _inherit = "stock.pos.count"

    @api.model
    def _load_demo(self):
        """Finish the demo shop: called by the demo data only, which is why its code is loaded only then."""
        from ..demo.story import Story

        Story(self.env).tell()
