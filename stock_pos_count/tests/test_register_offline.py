"""A register that never loses a count: real browsers and a real server that break in every way."""

import tempfile

from playwright.sync_api import sync_playwright

from odoo.tests import BaseCase, tagged

from .invariants import assert_invariants
from .register_device import Browser, Device
from .register_server import CommittedShop, RegisterServer


class RegisterCase(BaseCase):
    """A committed shop, and a server of its own. Each test has a sheet of its own."""

    product_count = 20

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = CommittedShop(cls.product_count)
        cls.addClassCleanup(cls.shop.remove)
        cls.products = cls.shop.ids["products"]
        cls.codes = [cls.shop.codes[product] for product in cls.products]
        cls.server = RegisterServer()
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()
        cls.playwright = sync_playwright().start()
        cls.addClassCleanup(cls.playwright.stop)

    @classmethod
    def _start_browser(cls):
        profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.addClassCleanup(profile.cleanup)
        browser = Browser(cls.playwright, profile.name)
        cls.addClassCleanup(browser.kill)
        browser.start()
        return browser

    def setUp(self):
        super().setUp()
        self.sheet_uuid = self.shop.create_sheet()
        self.addCleanup(self._check_sheet)

    def _check_sheet(self):
        with self.shop.environment() as env:
            assert_invariants(self, env["stock.pos.count"].search([("uuid", "=", self.sheet_uuid)]))

    def device(self, context):
        """Return a device with this profile, on which the sheet is open."""
        device = Device(context, self.server, self.shop)
        device.log_in()
        device.open(self.sheet_uuid)
        self.addCleanup(lambda: self.assertEqual(device.errors, []))
        return device


@tagged("post_install", "-at_install")
class TestRegisterOffline(RegisterCase):
    """One device and what can go wrong with it."""

    def test_a_browser_killed_in_the_middle_of_a_burst_keeps_what_it_showed(self):
        """What the screen said was taken is there after the crash, and nothing more than was scanned."""
        browser = self._start_browser()
        device = self.device(browser.get_context())
        device.context.set_offline(True)
        device.scan(*self.codes[:1] * 12)
        shown = int(device.counted(self.products[0]))
        browser.kill()
        self.assertGreater(shown, 0)
        browser.start()
        device = self.device(browser.get_context())
        device.wait_saved()
        with self.shop.environment() as env:
            sheet = env["stock.pos.count"].search([("uuid", "=", self.sheet_uuid)])
            counted = sum(sheet.line_ids.mapped("counted_qty"))
        self.assertGreaterEqual(counted, shown)
        self.assertLessEqual(counted, 12)
