"""The demo shop, which ``./dev demo`` shows and an admin sees first. The tests' database has no demo data."""

from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

from .invariants import assert_invariants

ADDON = "stock_pos_count"


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    def test_the_demo_shop_has_a_sheet_in_every_state(self):
        env = self.env(context={})
        if not env["ir.module.module"].search([("name", "=", ADDON)]).demo:
            for filename in Manifest.for_addon(ADDON)["demo"]:
                convert_file(env, ADDON, filename, {}, "init", noupdate=True)
        registers = env.ref("stock_pos_count.pos_config_front_demo") | env.ref("stock_pos_count.pos_config_back_demo")
        sheets = env["stock.pos.count"].search([("config_id", "in", registers.ids)])
        states = [state for state, _name in sheets._fields["state"]._description_selection(env)]
        self.assertEqual(set(sheets.mapped("state")), set(states))
        self.assertTrue(all(product.image_1920 for product in sheets.line_ids.product_id), "a product has no picture")
        assert_invariants(self, sheets)
