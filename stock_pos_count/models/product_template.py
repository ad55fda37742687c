from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def get_product_info_pos(self, price, quantity, pos_config_id, product_variant_id=False):
        """Leave stock figures out while the register's shop takes stock blind."""
        info = super().get_product_info_pos(price, quantity, pos_config_id, product_variant_id)
        if self.env["pos.config"].browse(pos_config_id)._hides_stock():
            info["warehouses"] = []
        return info
