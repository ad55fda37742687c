"""A register that never loses a count: one real browser and a real server that break in every way."""

import signal
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .register_case import RegisterCase
from .register_device import SYNC
from .register_server import wait_until


@tagged("post_install", "-at_install")
class TestRegisterOffline(RegisterCase):
    """One device, and what can go wrong between it and the server."""

    def test_a_register_without_network_is_reloaded_and_counts_on(self):
        """With nothing to be reached, on the first visit to a sheet and on a later one: what was counted before,
        between and after the reloads arrives once."""
        device = self.device()
        first, second = self.products[:2]
        device.scan(*self.codes[:2])
        device.wait_saved()
        device.wait_kept()
        device.context.set_offline(True)
        self.server.stop()
        device.scan(*self.codes[:2])
        device.wait_waiting(2)
        device.reload()
        device.wait_counted(first, 2)
        device.scan(self.codes[0])
        device.wait_counted(first, 3)
        device.reload()
        device.scan(self.codes[1])
        device.wait_waiting(4)
        device.wait_counted(second, 3)
        self.server.start()
        device.context.set_offline(False)
        device.wait_saved()
        self.assertEqual(self.counted_on_server(), {first: 3, second: 3})
        device.open(self.sheet_uuid)
        device.scan(self.codes[0])
        device.wait_saved()
        device.context.set_offline(True)
        device.reload()
        device.wait_counted(first, 4)
        device.scan(*self.codes[:2])
        device.wait_waiting(2)
        device.context.set_offline(False)
        device.wait_saved()
        self.assertEqual(self.counted_on_server(), {first: 5, second: 4})

    def test_a_server_that_dies_is_not_noticed_while_counting(self):
        """The network is there, the server is not: codes are taken, also new ones, also after a reload."""
        device = self.device()
        device.scan(self.codes[0])
        device.wait_saved()
        device.wait_kept()
        self.server.stop(signal.SIGKILL)
        device.scan(*self.codes[:3])
        device.wait_waiting(3)
        device.reload()
        device.scan(self.codes[0])
        device.wait_waiting(4)
        self.server.start()
        device.wait_saved()
        self.assertEqual(self.counted_on_server(), {self.products[0]: 3, self.products[1]: 1, self.products[2]: 1})

    def test_a_server_killed_in_the_middle_of_a_sync_takes_the_counts_when_it_is_back(self):
        """Another transaction holds the sheet, so that the sync is inside the server when that is killed."""
        device = self.device()
        device.wait_saved()
        with self.shop.environment() as env:
            env.cr.execute("SELECT id FROM stock_pos_count WHERE uuid = %s FOR UPDATE", [self.sheet_uuid])
            with device.page.expect_request(SYNC):
                device.scan(*self.codes[:2])
            wait_until(self.is_sync_blocked, "the sync to wait inside the server")
            self.server.stop(signal.SIGKILL)
        device.wait_waiting(2)
        device.scan(self.codes[0])
        self.server.start()
        device.wait_saved()
        self.assertEqual(self.counted_on_server(), {self.products[0]: 2, self.products[1]: 1})

    def is_sync_blocked(self):
        """Return whether a transaction waits for a row in this database."""
        with self.shop.environment() as env:
            env.cr.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            return env.cr.fetchone()[0]

    def test_an_answer_lost_after_the_commit_counts_once(self):
        """The server has the counts, the device does not know: it sends them again, and again shows what there is."""
        device = self.device()
        device.wait_saved()
        lost = []

        def lose(route):
            route.fetch()
            lost.append(route.request.post_data_json["params"]["args"][2]["entries"])
            route.abort()

        device.page.route(SYNC, lose)
        device.scan(*self.codes[:1] * 3)
        device.wait_waiting(3)
        wait_until(lambda: device.page.wait_for_timeout(50) or any(map(len, lost)), "an answer to be lost")
        self.assertEqual(self.counted_on_server(), {self.products[0]: len(lost[-1])})
        device.wait_counted(self.products[0], 3)
        device.page.unroute(SYNC)
        device.wait_saved()
        device.wait_counted(self.products[0], 3)
        self.assertEqual(self.counted_on_server(), {self.products[0]: 3})

    def test_a_device_with_a_wrong_clock_counts_at_the_right_moment(self):
        """A tablet that believes it is two days ago, offline for a while: moments are the server's, order is kept."""
        context = self.make_context()
        context.add_init_script(
            """(() => {
                const RealDate = Date;
                const shift = -2 * 24 * 3600 * 1000;
                window.Date = class extends RealDate {
                    constructor(...args) {
                        super(...(args.length ? args : [RealDate.now() + shift]));
                    }
                    static now() {
                        return RealDate.now() + shift;
                    }
                };
            })()"""
        )
        device = self.device(context)
        before = fields.Datetime.now()
        context.set_offline(True)
        device.scan(*self.codes[:2])
        device.wait_waiting(2)
        after = fields.Datetime.now() + timedelta(seconds=1)
        context.set_offline(False)
        device.wait_saved()
        with self.shop.environment() as env:
            entries = env["stock.pos.count.entry"].search([("count_id.uuid", "=", self.sheet_uuid)], order="seq")
            moments = entries.mapped("counted_at")
        self.assertEqual(len(moments), 2)
        self.assertLessEqual(before, moments[0])
        self.assertLessEqual(moments[0], moments[1])
        self.assertLessEqual(moments[1], after)

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
        counted = self.counted_on_server()[self.products[0]]
        self.assertGreaterEqual(counted, shown)
        self.assertLessEqual(counted, 12)
