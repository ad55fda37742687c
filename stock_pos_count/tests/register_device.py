"""A device in the hands of a clerk: a Chromium with a profile of its own, used by keyboard and eyes."""

import os
import resource
import shutil
import signal
import subprocess
import time
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
# The call that a network which is gone swallows.
SYNC = "**/call_kw/stock.pos.count/register_sync"
SIGN = ".stock-count-sync-sign"
SAVED = f"{SIGN}-saved"
SECONDS_BETWEEN_KEYS = 0.005
ROW = ".stock-count-line-row"
NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Browser:
    """Chromium in a process of its own, so that it can be killed; its profile outlives it.

    Not started by playwright, which would not tell the process.
    """

    def __init__(self, playwright, profile, flags=()):
        self.playwright = playwright
        self.profile = Path(profile)
        self.flags = flags
        self.process = None

    def start(self):
        """Start the browser, with what an earlier start left in its profile."""
        port_file = self.profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen(  # noqa: S603 our own command
            [self._find_program(), *CHROMIUM_FLAGS, *self.flags, f"--user-data-dir={self.profile}", "about:blank"],
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

    def make_context(self):
        """Return another profile, empty and gone when it is closed: a device of its own."""
        return self.connection.new_context(viewport={"width": 1280, "height": 800})

    def kill(self):
        """End the browser as a crash does: without a word to its pages."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
            self.process = None


class Device:
    """One register in one browser profile, counting one sheet."""

    def __init__(self, context, server, shop, name="Amy", page=None):
        self.context = context
        self.server = server
        self.shop = shop
        self.name = name
        self.page = page or (context.pages[0] if context.pages else context.new_page())
        context.set_default_timeout(PATIENCE * 1000)
        self.errors = []
        self.keys = None
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def log_in(self):
        """Log in as one of the shop's clerks, as the backend's login page does."""
        answer = self.context.request.post(
            f"{self.server.url}/web/session/authenticate",
            data={
                "jsonrpc": "2.0",
                "params": {"db": get_db_name(), "login": self.shop.logins[self.name], "password": PASSWORD},
            },
        )
        assert answer.ok and answer.json()["result"]["uid"], answer.text()

    def open(self, count_uuid, register=0):
        """Open a sheet by its address, on one of the shop's registers, and wait until it can be counted."""
        self.page.goto(f"{self.server.url}/pos/ui/{self.shop.ids['configs'][register]}/stock-count/{count_uuid}")
        self.arrive()

    def reload(self):
        """Load the page again, with or without a server, and wait until it can be counted."""
        self.page.reload()
        self.arrive()

    def arrive(self):
        """Wait for the counting page with all its lines; a register that was just opened asks for its clerk first."""
        everything, opener = '[data-filter="all"]', ".open-register-btn"
        self.page.wait_for_selector(f"{everything}, {opener}")
        if self.page.is_visible(opener):
            self.page.click(opener)
        self.page.click(everything)
        self.page.wait_for_selector(ROW)

    def wait_kept(self):
        """Wait until the browser holds what it needs to load this page without a server."""
        self.page.wait_for_function(
            """async () => {
                const kept = await Promise.all([
                    caches.match(location.href),
                    caches.match(document.querySelector('script[src*="assets_prod"]').src),
                ]);
                return kept.every(Boolean);
            }"""
        )

    def scan(self, *codes):
        """Scan as a scanner does: keys without a pause, then Enter.

        The keys carry the moments at which a scanner presses them: on a machine with much else to do they take longer
        to get to the browser than a person takes to type.
        """
        at = time.time()
        for code in codes:
            for key in [*code, "Enter"]:
                at += SECONDS_BETWEEN_KEYS
                self._press(key, at)
        # What is asked next sees what these keys did to the screen.
        self.page.evaluate(NEXT_FRAME)

    def _press(self, key, at):
        self.keys = self.keys or self.context.new_cdp_session(self.page)
        text = "\r" if key == "Enter" else key
        key_code = 13 if key == "Enter" else ord(key.upper())
        pressed = {"key": key, "windowsVirtualKeyCode": key_code, "timestamp": at}
        self.keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **pressed})
        self.keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})

    def pick(self, product_id):
        """Tap a product in the list."""
        self.page.click(f'[data-key="{product_id}:0"]')

    def type(self, digits):
        """Press on the screen how many there are of the picked product, which was not counted so far."""
        for digit in digits:
            self.page.click(f".stock-count-numpad .numpad button:text-is('{digit}')")
        self.page.click(".stock-count-numpad button[name=ok]:enabled")

    def choose_in_menu(self, entry):
        """Choose an entry of the register's own menu."""
        self.page.click(".pos-rightheader button:has(.fa-bars)")
        self.page.click(f"span.dropdown-item:has-text('{entry}')")

    def wait_refused(self, text):
        """Wait until the card says that a count was not taken, and why."""
        self.page.wait_for_selector(f".stock-count-card-refused:has-text('{text}')")

    def wait_live(self):
        """Wait until the device hears of the others' counts at once."""
        self.page.wait_for_function("posmodel.env.services.stock_pos_count.isBusAlive")

    def wait_quiet(self):
        """Wait until the device has asked for all that it wants to know; its next question is seconds away."""
        self.page.wait_for_function(
            """() => {
                const [{ sync }] = posmodel.env.services.stock_pos_count.sessions.values();
                return !sync.isTrying && sync.dueAt - Date.now() > 3000;
            }"""
        )

    def get_people(self):
        """Return the names that the screen gives for who counts here."""
        label = self.page.get_attribute(".stock-count-people", "aria-label")
        return set(label.removeprefix("Counting here: ").split(" and "))

    def wait_saved(self):
        """Wait until the sign says that the server has everything that was scanned before."""
        # A scan that is still on its way to the disk is no part of the sign: this waits in line behind it.
        self.page.evaluate("posmodel.env.services.stock_pos_count.store.sheetsWaiting()")
        self.page.evaluate(NEXT_FRAME)
        self.page.wait_for_selector(SAVED)

    def wait_waiting(self, number):
        """Wait until the sign says that so many counts are on this device only."""
        self.page.wait_for_selector(f"{SIGN}-waiting:has-text('{number} waiting')")

    def wait_counted(self, product_id, qty):
        """Wait until the list shows a quantity for a product."""
        self.page.wait_for_selector(f"{self._get_qty_selector(product_id)}:text-is('{qty}')")

    def counted(self, product_id):
        """Return what the list shows for a product right now."""
        return self.page.inner_text(self._get_qty_selector(product_id)).strip()

    @staticmethod
    def _get_qty_selector(product_id):
        return f'[data-key="{product_id}:0"] .stock-count-line-row-qty'
