"""Unit tests in the browser: ours (static/tests/unit) at desktop and at phone size, and the Point of Sale's own."""

import contextlib
import logging

from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests import test_js

SUITE = "@stock_pos_count"
CORE_SUITE = "@point_of_sale"
# What is drawn, and with it what differs by the size of the screen.
SCREEN_SUITES = (f"{SUITE}/unit/components", f"{SUITE}/unit/screens", f"{SUITE}/unit/overrides")


def hoot_id(name):
    """Return the hash HOOT gives a suite's path, as web/tests/test_js.py computes it."""
    value = 0
    for char in name:
        value = ((value << 5) - value + ord(char)) & 0xFFFFFFFF
    return f"{value:08x}"


class MessageCollector(logging.Handler):
    def __init__(self):
        super().__init__()
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


class HootRunner:
    """Runs suites in the browser; a plain mixin because web's HOOTCommon needs Odoo's own runner."""

    preset = None
    suites = ()

    @no_retry
    def test_suite(self):
        ids = "".join(f"&id={hoot_id(suite)}" for suite in self.suites)
        with self.browser_messages() as messages:
            self.browser_js(
                f"/web/tests?headless&loglevel=2&preset={self.preset}&timeout=15000{ids}",
                "",
                "",
                login="admin",
                timeout=180,
                success_signal="[HOOT] Test suite succeeded",
                error_checker=test_js.unit_test_error_checker,
            )
        self.assertTrue(any("Passed" in message for message in messages), "HOOT ran no test")

    @contextlib.contextmanager
    def browser_messages(self):
        """Collect what the browser logs. Without our suites HOOT would run all of Odoo's: name that cause."""
        collector = MessageCollector()
        logger = self._logger.getChild("browser")
        logger.addHandler(collector)
        try:
            yield collector.messages
        finally:
            logger.removeHandler(collector)
            if any("did not find job" in message for message in collector.messages):
                self.fail(f"HOOT knows not all of {', '.join(self.suites)}: is there a test in static/tests/unit?")


@tagged("post_install", "-at_install")
class TestHootDesktop(HootRunner, HttpCase):
    preset = "desktop"
    suites = (SUITE,)


@tagged("post_install", "-at_install")
class TestHootMobile(HootRunner, HttpCase):
    preset = "mobile"
    suites = SCREEN_SUITES
    browser_size = "375x667"
    touch_enabled = True


@tagged("post_install", "-at_install")
class TestHootOfPointOfSale(HootRunner, HttpCase):
    """What Odoo's register promises it keeps with our addon installed."""

    preset = "desktop"
    suites = (CORE_SUITE,)
