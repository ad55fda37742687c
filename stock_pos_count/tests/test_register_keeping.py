"""A register that never loses a count: what a device cannot keep, and what comes back after the register went away."""

from odoo import fields
from odoo.tests import get_db_name, tagged

from .register_case import RegisterCase
from .register_device import SYNC
from .register_server import wait_until

OUR_DATABASE = "stock-pos-count-"
SAVER, OPENER = "**/saver*", ".open-register-btn"
# Longer than any of Odoo's waits: five minutes, two at the login. In milliseconds.
IDLE = 301 * 1000
# Longer than any pause between two tries to sync.
RETRY = 38 * 1000
# Writes ever smaller pieces until not even the smallest fits.
FILL_UP = """async () => {
    const filler = await new Promise((done) => {
        const asked = indexedDB.open("filler", 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore("pieces", { autoIncrement: true });
        asked.onsuccess = () => done(asked.result);
    });
    const fits = (size) => new Promise((done) => {
        const transaction = filler.transaction("pieces", "readwrite");
        transaction.oncomplete = () => done(true);
        transaction.onabort = () => done(false);
        transaction.objectStore("pieces").add(crypto.getRandomValues(new Uint8Array(size)));
    });
    let pieces = 0;
    for (let size = 65536; size >= 64; size /= 4) {
        while (await fits(size)) {
            if (++pieces > 2000) {
                throw new Error("this device is never full");
            }
        }
    }
    filler.close();
}"""


@tagged("post_install", "-at_install")
class TestRegisterKeeping(RegisterCase):
    """One device, a browser that keeps or does not keep, and everything that makes the page go away."""

    def test_a_full_device_takes_no_count_and_says_so(self):
        """The browser's own quota: what does not fit is not counted, what fits again is."""
        context = self.make_context()
        page = context.new_page()
        context.new_cdp_session(page).send(
            "Storage.overrideQuotaForOrigin", {"origin": self.server.url, "quotaSize": 24 * 1024**2}
        )
        device = self.device(context, page=page)
        device.wait_kept()
        device.wait_saved()
        page.evaluate(FILL_UP)
        device.scan(self.codes[0])
        device.wait_refused("This device is full")
        device.wait_counted(self.products[0], "—")
        page.evaluate(
            "new Promise((done) => { indexedDB.deleteDatabase('filler').onsuccess = done; }).then(() => true)"
        )
        device.scan(self.codes[1])
        device.wait_counted(self.products[1], 1)
        device.wait_saved()
        self.assertEqual(self.counted_on_server(), {self.products[1]: 1})

    def test_a_browser_that_forbids_storage_shows_the_sheet_and_counts_nothing(self):
        context = self.make_context()
        context.add_init_script(
            f"""(() => {{
                const open = IDBFactory.prototype.open;
                IDBFactory.prototype.open = function (name, ...others) {{
                    if (name.startsWith("{OUR_DATABASE}")) {{
                        throw new DOMException("forbidden", "SecurityError");
                    }}
                    return open.call(this, name, ...others);
                }};
            }})()"""
        )
        device = self.device(context)
        device.scan(self.codes[0])
        device.wait_refused("This browser keeps nothing on this device")
        device.wait_counted(self.products[0], "—")
        self.assertFalse(self.counted_on_server())

    def test_a_tab_with_an_older_version_blocks_counting_until_it_is_closed(self):
        """The older tab holds the database of its version and does not let go."""
        context = self.make_context()
        older = context.new_page()
        older.goto(f"{self.server.url}/web/health")
        older.evaluate(
            """(name) => new Promise((done) => {
                const asked = indexedDB.open(name, 1);
                asked.onupgradeneeded = () => asked.result.createObjectStore("older");
                asked.onsuccess = () => done(window.held = asked.result);
            }).then(() => true)""",
            f"{OUR_DATABASE}{get_db_name()}",
        )
        context.add_init_script(
            f"""(() => {{
                const open = IDBFactory.prototype.open;
                IDBFactory.prototype.open = function (name, version) {{
                    const newer = name.startsWith("{OUR_DATABASE}") ? version + 1 : version;
                    return newer ? open.call(this, name, newer) : open.call(this, name);
                }};
            }})()"""
        )
        device = self.device(context, page=context.new_page())
        device.scan(self.codes[0])
        device.wait_refused("Another tab of this browser")
        device.wait_counted(self.products[0], "—")
        # A page's requests are served in order: when the second one is, the first database is let go.
        older.evaluate(
            """() => new Promise((done) => {
                window.held.close();
                indexedDB.open("after").onsuccess = () => done(true);
            })"""
        )
        older.close()
        device.scan(self.codes[1])
        device.wait_counted(self.products[1], 1)
        device.wait_saved()
        self.assertEqual(self.counted_on_server(), {self.products[1]: 1})

    def test_reloaded_data_and_a_changed_register_bring_page_and_counts_back(self):
        """Core deletes its own database both times: the sheet, the filter, and what waits are still there."""
        device = self.device()
        device.page.route(SYNC, lambda route: route.abort())
        device.scan(self.codes[0])
        device.wait_waiting(1)
        device.choose_in_menu("Reload Data")
        with device.page.expect_navigation():
            device.page.click(".modal button:has-text('Full')")
        device.arrive()
        device.wait_waiting(1)
        device.scan(self.codes[0])
        device.wait_waiting(2)
        with self.shop.environment() as env:
            env["pos.config"].browse(self.shop.ids["config"]).last_data_change = fields.Datetime.now()
        device.reload()
        device.wait_counted(self.products[0], 2)
        device.page.unroute(SYNC)
        device.scan(self.codes[1])
        device.wait_saved()
        self.assertEqual(self.counted_on_server(), {self.products[0]: 2, self.products[1]: 1})

    def test_a_session_closed_elsewhere_interrupts_nobody_who_counts(self):
        """Counting goes on in the page as it is; the register is only loaded again when the person leaves the count."""
        device = self.device()
        device.wait_live()
        device.page.evaluate("window.isSamePage = true")
        with self.shop.environment() as env:
            session = env["pos.session"].search([("config_id", "=", self.shop.ids["config"])])
            session.set_opening_control(0, "")
            session.close_session_from_ui()
            self.assertEqual(session.state, "closed")
        device.page.wait_for_function("posmodel.stockCountClosing")
        device.scan(*self.codes[:2])
        device.wait_counted(self.products[1], 1)
        device.wait_saved()
        self.assertFalse(device.page.is_visible(".modal"))
        self.assertTrue(device.page.evaluate("window.isSamePage"))
        with device.page.expect_navigation():
            device.page.click("button[name=sell]")
        self.assertEqual(self.counted_on_server(), {self.products[0]: 1, self.products[1]: 1})

    def test_an_idle_register_leaves_the_counting_page_as_it_is(self):
        """Odoo's saver comes after five minutes, closes every dialog and leads to the sales screen afterwards."""
        device, page = self.idle_device()
        page.click("text=All entries")
        page.wait_for_selector(".modal")
        page.clock.run_for(IDLE)
        page.click(".modal button:text('Close')")
        self.check_as_it_was(device)

    def test_the_saver_over_a_sale_and_a_locked_register_lead_back_to_the_count_as_it_was(self):
        device, page = self.idle_device()
        page.click("button[name=sell]")
        page.click(".modal button:text('Open Register')")
        # Gone once the server has opened the session: the saver before that would lead back to this dialog.
        page.wait_for_selector(".modal", state="detached")
        page.wait_for_selector(".stock-count-selling-bar")
        page.clock.run_for(IDLE)
        page.wait_for_url(SAVER)
        page.mouse.move(200, 200)
        page.click(OPENER)
        page.click(".stock-count-selling-bar")
        self.check_typed(device)
        # What the lock of a register with employees does.
        page.evaluate("posmodel.showLoginScreen()")
        page.wait_for_selector(OPENER)
        page.clock.run_for(IDLE)
        page.wait_for_url(SAVER)
        page.mouse.move(300, 300)
        page.click(OPENER)
        self.check_as_it_was(device)

    def idle_device(self):
        """Return ``(device, page)``: a clock of its own, a count that waits, and a number typed but not confirmed."""
        page = self.make_context().new_page()
        page.clock.install()
        device = self.device(page.context, page=page)
        page.route(SYNC, lambda route: route.abort())
        device.scan(self.codes[0])
        device.wait_waiting(1)
        device.pick(self.products[1])
        page.click(".stock-count-numpad .numpad button:text-is('7')")
        return device, page

    def check_typed(self, device):
        device.page.wait_for_selector(".stock-count-card:has-text('Shelf 001') .stock-count-card-typed:text-is('7')")
        device.wait_waiting(1)
        self.assertEqual(device.page.get_attribute("[aria-pressed=true]", "data-filter"), "all")

    def check_as_it_was(self, device):
        """What was typed can be confirmed, and everything that was counted arrives."""
        self.check_typed(device)
        device.page.unroute(SYNC)
        device.page.click(".stock-count-numpad button[name=ok]")
        device.scan(self.codes[0])
        device.page.clock.run_for(RETRY)
        device.wait_saved()
        self.assertEqual(self.counted_on_server(), {self.products[0]: 2, self.products[1]: 7})

    def test_leaving_the_register_with_counts_that_wait_warns_and_flushes(self):
        device = self.device()
        device.page.route(SYNC, lambda route: route.abort())
        device.scan(*self.codes[:2])
        device.wait_waiting(2)
        device.choose_in_menu("Backend")
        device.page.wait_for_selector(".modal:has-text('2 counts are on this device only')")
        device.page.click(".modal button:has-text('Stay')")
        device.page.unroute(SYNC)
        with device.page.expect_navigation():
            device.choose_in_menu("Backend")
        self.assertEqual(self.counted_on_server(), {self.products[0]: 1, self.products[1]: 1})

    def test_a_count_that_is_not_accepted_stays_with_its_reason_until_a_person_mends_it(self):
        """A product is taken out of stock keeping under the hands of the person who counts it."""
        device = self.device()
        device.context.set_offline(True)
        device.scan(*self.codes[:3])
        device.wait_waiting(3)
        with self.shop.environment() as env:
            env["product.product"].browse(self.products[1]).is_storable = False
        self.addCleanup(self.make_storable)
        device.context.set_offline(False)
        device.page.click(".stock-count-sync-sign-refused:has-text('1 not accepted')")
        dialog = ".stock-count-refused-dialog"
        device.page.wait_for_selector(f"{dialog}:has-text('This product is not kept in stock')")
        # Behind a network that was away the entries leave in halves: the sign may be there before the last of them.
        wait_until(
            lambda: self.counted_on_server() == {self.products[0]: 1, self.products[2]: 1}, "what can be counted"
        )
        device.page.fill(f"{dialog} input", "4")
        device.page.click(f"{dialog} button:has-text('Choose product')")
        device.page.fill(f"{dialog} .stock-count-product-picker input", "Shelf 003")
        device.page.click(f"{dialog} .stock-count-product-picker-row:has-text('Shelf 003')")
        device.wait_counted(self.products[3], 4)
        device.wait_saved()
        self.assertEqual(self.counted_on_server(), {self.products[0]: 1, self.products[2]: 1, self.products[3]: 4})

    def make_storable(self):
        with self.shop.environment() as env:
            env["product.product"].browse(self.products[1]).is_storable = True
