"""What tests with real registers start from: a committed shop, a server of its own, one browser."""

import tempfile

from playwright.sync_api import sync_playwright

from odoo.tests import BaseCase

from .invariants import assert_invariants
from .register_device import Browser, Device
from .register_server import CommittedShop, RegisterServer


class RegisterCase(BaseCase):
    """A committed shop, a server and a browser, shared by the tests of a class. Each test has a sheet of its own."""

    product_count = 20
    browser_flags = ()

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
        cls.browser = cls._start_browser()

    @classmethod
    def _start_browser(cls):
        profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.addClassCleanup(profile.cleanup)
        browser = Browser(cls.playwright, profile.name, cls.browser_flags)
        cls.addClassCleanup(browser.kill)
        browser.start()
        return browser

    def setUp(self):
        super().setUp()
        if not self.server.process:
            self.server.start()
        self.sheet_uuid = self.shop.create_sheet()
        self.addCleanup(self._check_sheet)

    def _check_sheet(self):
        with self.shop.environment() as env:
            assert_invariants(self, env["stock.pos.count"].search([("uuid", "=", self.sheet_uuid)]))

    def make_context(self):
        """Return a profile of its own, closed after the test."""
        context = self.browser.make_context()
        self.addCleanup(context.close)
        return context

    def device(self, context=None, name="Amy", page=None, register=0):
        """Return a device, in the hands of the clerk ``name``, on which the test's sheet is open on a register."""
        device = Device(context or self.make_context(), self.server, self.shop, name, page)
        device.log_in()
        device.open(self.sheet_uuid, register)
        self.addCleanup(lambda: self.assertEqual(device.errors, []))
        return device

    def counted_on_server(self):
        """Return ``{product id: quantity}`` of the counted lines, as the server has them."""
        with self.shop.environment() as env:
            lines = env["stock.pos.count.line"].search(
                [("count_id.uuid", "=", self.sheet_uuid), ("is_counted", "=", True)]
            )
            return {line.product_id.id: line.counted_qty for line in lines}
