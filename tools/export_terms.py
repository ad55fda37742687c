"""Write the addon's terms to the file $STOCK_POS_COUNT_TERMS, by Odoo's own export. Runs in `odoo shell`.

The database need not have demo data: the addon's own is loaded and, as nothing is committed, gone afterwards.
"""

import os
from pathlib import Path

from odoo.modules import Manifest
from odoo.tools.convert import convert_file
from odoo.tools.translate import trans_export

ADDON = "stock_pos_count"
env = globals()["env"]  # odoo shell provides it

if not env["ir.module.module"].search([("name", "=", ADDON)]).demo:
    for filename in Manifest.for_addon(ADDON)["demo"]:
        convert_file(env, ADDON, filename, {}, "init", noupdate=True)
    env.flush_all()
with Path(os.environ["STOCK_POS_COUNT_TERMS"]).open("wb") as file:
    trans_export(None, [ADDON], file, "po", env)
