"""Prepare the demo and print its addresses and logins. Runs in `odoo shell`.

The one place that knows the demo's register and people.
"""

import os

env = globals()["env"]  # odoo shell provides it
CONFIG_XMLID = "stock_pos_count.pos_config_front_demo"
LOGINS = [
    ("amy", "amy", "clerk"),
    ("ben", "ben", "clerk"),
    ("mia", "mia", "manager of the shop"),
    ("admin", "admin", "administrator"),
]


def demo_register():
    """The demo shop's register, as the administrator sees it: the superuser may not open one."""
    register = env.ref(CONFIG_XMLID, raise_if_not_found=False) or env["pos.config"].search([], limit=1)
    return register.with_user(env.ref("base.user_admin"))


def open_register(config):
    """Open a session with the opening cash entered, so that the register can sell and count at once."""
    if not config.current_session_id:
        config.open_ui()
    session = config.current_session_id
    if session.state == "opening_control":
        session.set_opening_control(0, "")


def addresses(url, config):
    lines = [
        f"  Backend     {url}/odoo",
        f"  Register    {url}/pos/ui/{config.id}  ({config.name})",
        f"  Stocktake   {url}/pos/ui/{config.id}/stock-count",
        "",
        "  Login       Password    Who",
        *(f"  {login:<12}{password:<12}{who}" for login, password, who in LOGINS),
    ]
    return "\n".join(lines)


register = demo_register()
open_register(register)
env.cr.commit()
print(f"\n{addresses(os.environ['STOCK_POS_COUNT_URL'], register)}\n\n  Stop it with ./dev stop.\n")
