"""What the register is told with a no of a kind of its own."""

from odoo.exceptions import UserError


class CountQuestion(UserError):
    """What was asked for is done only after a person said yes: the register asks them with this text, and calls again
    with ``force``."""
