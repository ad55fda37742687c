"""Capture in a real browser: fast scans, scans in every place, and all ways to count at the same time."""

import os
import tempfile
from collections import Counter
from pathlib import Path

from odoo.tests import tagged

from .camera_picture import add_check_digit, write_video
from .register_case import RegisterCase
from .register_server import wait_until

# A minute of ten codes a second: STOCK_POS_COUNT_BURST=600
BURST = int(os.environ.get("STOCK_POS_COUNT_BURST", "90"))
CARD_NUMBER = ".stock-count-card-number"
DESK = {"width": 1280, "height": 800}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


class CaptureCase(RegisterCase):
    def desk(self):
        """Return a device with a large screen, on which the sheet is open."""
        device = self.device()
        device.page.set_viewport_size(DESK)
        return device

    def counted(self):
        """Return ``(what the server counted by product, number of its entries)``."""
        with self.shop.environment() as env:
            sheet = env["stock.pos.count"].search([("uuid", "=", self.sheet_uuid)])
            lines = sheet.line_ids.filtered("is_counted")
            return {line.product_id.id: line.counted_qty for line in lines}, len(sheet.entry_ids)


@tagged("post_install", "-at_install")
class TestCapture(CaptureCase):
    product_count = 60

    def test_a_burst_loses_none_and_doubles_none_while_the_list_scrolls_and_syncs(self):
        """As fast as the browser takes keys, which is faster than ten codes a second."""
        device = self.desk()
        device.page.click("[data-filter=all]")
        device.page.hover(".stock-count-line-list")
        scanned = Counter()
        for number in range(BURST):
            product = self.products[number * 7 % 60]
            device.scan(self.shop.codes[product])
            scanned[product] += 1
            if number % 5 == 0:
                device.page.mouse.wheel(0, 500 if number % 50 < 25 else -500)
        device.wait_saved()
        self.assertEqual(self.counted(), (scanned, BURST))
        device.page.mouse.wheel(0, -10_000)
        shown = {product: device.counted(product) for product in self.products[:5]}
        self.assertEqual(shown, {product: str(scanned[product]) for product in self.products[:5]})

    def test_a_scan_counts_wherever_the_cursor_is_and_leaves_the_field_as_it_was(self):
        device = self.desk()
        page, code = device.page, self.codes[0]
        page.click(".stock-count-search input")
        device.scan(code, code)
        self.assertEqual(page.input_value(".stock-count-search input"), "")
        page.fill(".stock-count-search input", "Shelf 00")
        page.focus(".stock-count-search input")
        device.scan(code)
        self.assertEqual(page.input_value(".stock-count-search input"), "Shelf 00")
        page.fill(".stock-count-search input", "")
        page.click(".stock-count-card button[aria-label=Note]")
        page.wait_for_selector(".stock-count-card input:focus")
        page.keyboard.type("2 damaged")
        page.keyboard.press("End")
        device.scan(code)
        self.assertEqual(page.input_value(".stock-count-card input"), "2 damaged")
        page.keyboard.press("Enter")
        page.click(".stock-count-filter-bar-sort")
        device.scan(code)
        page.keyboard.press("Escape")
        page.click("text=All entries")
        page.wait_for_selector(".modal")
        device.scan(code)
        self.assertEqual(page.locator(".modal").count(), 1)
        page.click(".modal button:text('Close')")
        device.scan("4719999999990")
        page.wait_for_selector(".stock-count-card-amber")
        self.assertEqual(page.locator(".modal").count(), 0)
        device.wait_saved()
        counted, _entries = self.counted()
        self.assertEqual(counted, {self.products[0]: 6})

    def test_a_phones_number_keys_stay_open_under_a_scan_and_keep_what_was_typed(self):
        context = self.browser.connection.new_context(**PHONE)
        self.addCleanup(context.close)
        device = self.device(context)
        page = device.page
        page.tap(".stock-count-line-row")
        page.tap(".stock-count-line-sheet .numpad button:text-is('7')")
        device.scan(self.codes[1])
        page.wait_for_selector(".stock-count-toast:has-text('Shelf 001: 1')")
        page.tap(".stock-count-line-sheet button[name=ok]")
        page.wait_for_selector(".stock-count-line-sheet", state="detached")
        device.wait_saved()
        self.assertEqual(self.counted(), ({self.products[0]: 7, self.products[1]: 1}, 2))

    def test_typed_numbers_are_taken_with_enter_and_a_barcode_among_them_is_asked_about(self):
        device = self.desk()
        page = device.page
        page.click(".stock-count-line-row")
        page.keyboard.type("12", delay=120)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"{CARD_NUMBER}:text-is('12')")
        for digit in self.codes[2]:
            page.click(f".stock-count-numpad .numpad button:text-is('{digit}')")
        page.keyboard.press("Enter")
        page.click(".stock-count-card-foot button:text('Use as barcode')")
        page.wait_for_selector(f".stock-count-card:has-text('Shelf 002') {CARD_NUMBER}:text-is('1')")
        device.wait_saved()
        self.assertEqual(self.counted(), ({self.products[0]: 12, self.products[2]: 1}, 2))


@tagged("post_install", "-at_install")
class TestCaptureWithCamera(CaptureCase):
    product_count = 4

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        seen_code = add_check_digit("471008843210")
        video = Path(folder.name) / "barcode.y4m"
        write_video(video, seen_code)
        cls.browser_flags = (
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={video}",
        )
        super().setUpClass()
        with cls.shop.environment() as env:
            env["product.product"].browse(cls.products[3]).barcode = seen_code

    def point_camera(self, page, at_code):
        """Turn the camera away from its code or back: what it sees takes the card, in the middle of a number too."""
        page.evaluate(
            "at => document.querySelector('.stock-count-camera video').srcObject.getVideoTracks()[0].enabled = at",
            at_code,
        )

    def test_camera_scanner_keyboard_and_number_keys_count_side_by_side(self):
        device = self.desk()
        page = device.page
        page.click(".stock-count-search button[aria-label=Camera]")
        page.wait_for_selector(f".stock-count-card:has-text('Shelf 003') {CARD_NUMBER}:text-is('1')")
        self.point_camera(page, at_code=False)
        device.scan(*self.codes[:1] * 5)
        page.click(f'[data-key="{self.products[1]}:0"]')
        page.click(".stock-count-numpad .numpad button:text-is('7')")
        page.click(".stock-count-numpad button[name=ok]")
        self.point_camera(page, at_code=True)
        device.scan(self.codes[0])
        seen = wait_until(
            lambda: (text := device.counted(self.products[3])) not in ("1", "—") and text, "a second look of the camera"
        )
        page.click(".stock-count-camera-close")
        device.wait_saved()
        counted, _entries = self.counted()
        self.assertGreaterEqual(counted[self.products[3]], float(seen))
        self.assertEqual(device.counted(self.products[3]), f"{counted.pop(self.products[3]):g}")
        self.assertEqual(counted, {self.products[0]: 6, self.products[1]: 7})
