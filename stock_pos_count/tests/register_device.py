"""A device in the hands of a clerk: a Chromium with a profile of its own, used by keyboard and eyes."""

import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path

from odoo.tests import get_db_name

from .register_server import PASSWORD, PATIENCE, wait_until

CHROMIUM_NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--remote-debugging-port=0",
)
SAVED = ".stock-count-sync-sign-saved"


class Browser:
    """Chromium in a process of its own, so that it can be killed; its profile outlives it.

    Not started by playwright, which would not tell the process.
    """

    def __init__(self, playwright, profile):
        self.playwright = playwright
        self.profile = Path(profile)
        self.process = None

    def start(self):
        """Start the browser, with what an earlier start left in its profile."""
        port_file = self.profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen(  # noqa: S603 our own command
            [self._find_program(), *CHROMIUM_FLAGS, f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            # Odoo limits the address space of its processes; V8 reserves more than that.
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
        )
        wait_until(lambda: port_file.exists() and len(port_file.read_text().splitlines()) == 2, "Chromium to start")
        port = port_file.read_text().splitlines()[0]
        self.connection = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")

    @staticmethod
    def _find_program():
        for name in CHROMIUM_NAMES:
            if path := shutil.which(name):
                return path
        raise AssertionError("no Chromium in PATH")

    def get_context(self):
        """Return the profile, with what an earlier browser left in it."""
        return self.connection.contexts[0]

    def kill(self):
        """End the browser as a crash does: without a word to its pages."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
            self.process = None


class Device:
    """One register in one browser profile, counting one sheet."""

    def __init__(self, context, server, shop):
        self.context = context
        self.server = server
        self.shop = shop
        self.page = context.pages[0] if context.pages else context.new_page()
        context.set_default_timeout(PATIENCE * 1000)
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def log_in(self):
        """Log in as the shop's clerk, as the backend's login page does."""
        answer = self.context.request.post(
            f"{self.server.url}/web/session/authenticate",
            data={
                "jsonrpc": "2.0",
                "params": {"db": get_db_name(), "login": self.shop.login, "password": PASSWORD},
            },
        )
        assert answer.ok and answer.json()["result"]["uid"], answer.text()

    def open(self, count_uuid):
        """Open a sheet by its address and wait until it can be counted."""
        self.page.goto(f"{self.server.url}/pos/ui/{self.shop.ids['config']}/stock-count/{count_uuid}")
        self.arrive()

    def arrive(self):
        """Wait for the counting page; a register that was just opened asks for its clerk first."""
        row, opener = ".stock-count-line-row", ".open-register-btn"
        self.page.wait_for_selector(f"{row}, {opener}")
        if self.page.is_visible(opener):
            self.page.click(opener)
        self.page.wait_for_selector(row)

    def scan(self, *codes):
        """Scan as a scanner does: keys without a pause, then Enter."""
        for code in codes:
            self.page.keyboard.type(code)
            self.page.keyboard.press("Enter")

    def wait_saved(self):
        """Wait until the sign says that the server has everything."""
        self.page.wait_for_selector(SAVED)

    def counted(self, product_id):
        """Return what the list shows for a product."""
        return self.page.inner_text(f'[data-key="{product_id}:0"] .stock-count-line-row-qty').strip()
