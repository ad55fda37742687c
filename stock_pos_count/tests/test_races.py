"""Two connections at the same time, with real commits: what one transaction cannot see of another must not be lost."""

import threading
import uuid
from contextlib import ExitStack

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL

from .common import Till

# A thread that hangs longer than this is a deadlock, not a slow machine.
PATIENCE = 60


@tagged("post_install", "-at_install")
class TestRaces(BaseCase):
    """Commits to the database: a shop of its own, removed afterwards by SQL, because the journal cannot be deleted
    otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company = env["res.company"].search([], order="id", limit=1)
            env = env(context={"allowed_company_ids": company.ids})
            mark = uuid.uuid4().hex[:8]
            user = env["res.users"].create(
                {
                    "name": "Racer",
                    "login": f"racer_{mark}",
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                    "group_ids": [(6, 0, (env.ref("base.group_user") | env.ref("point_of_sale.group_pos_user")).ids)],
                }
            )
            bank = env["account.journal"].create({"name": f"Race {mark}", "type": "bank", "code": mark[:5]})
            method = env["pos.payment.method"].create({"name": "Race", "journal_id": bank.id})
            warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
            config = env["pos.config"].create(
                {
                    "name": f"Race {mark}",
                    "picking_type_id": warehouse.pos_type_id.id,
                    "payment_method_ids": [(6, 0, method.ids)],
                }
            )
            category = env["product.category"].create({"name": f"Race {mark}"})
            products = env["product.product"].create(
                [{"name": f"Race {number}", "is_storable": True, "categ_id": category.id} for number in range(2)]
            )
            cls.ids = {
                "user": user.id,
                "config": config.id,
                "category": category.id,
                "products": products.ids,
                "method": method.id,
                "journal": bank.id,
            }
        cls.addClassCleanup(cls._remove_shop)

    @classmethod
    def _remove_shop(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cr.execute("SELECT id FROM stock_pos_count WHERE config_id = %s", [cls.ids["config"]])
            count_ids = tuple(count_id for (count_id,) in cr.fetchall()) or (0,)
            for table in ("entry", "line", "device", "step"):
                env.execute_query(
                    SQL("DELETE FROM %s WHERE count_id IN %s", SQL.identifier(f"stock_pos_count_{table}"), count_ids)
                )
            cr.execute("DELETE FROM mail_message WHERE model = 'stock.pos.count' AND res_id IN %s", [count_ids])
            cr.execute("DELETE FROM mail_followers WHERE res_model = 'stock.pos.count' AND res_id IN %s", [count_ids])
            cr.execute("DELETE FROM stock_pos_count WHERE id IN %s", [count_ids])
            env["product.product"].browse(cls.ids["products"]).product_tmpl_id.unlink()
            env["product.category"].browse(cls.ids["category"]).unlink()
            env["pos.config"].browse(cls.ids["config"]).unlink()
            env["pos.payment.method"].browse(cls.ids["method"]).unlink()
            env["account.journal"].browse(cls.ids["journal"]).unlink()
            env["res.users"].browse(cls.ids["user"]).active = False

    def setUp(self):
        super().setUp()
        with self.connect() as client:
            till = client.till()
            till.create_sheet(scope="partial", category_ids=[self.ids["category"]])
            self.sheet_uuid = till.uuid
        self.addCleanup(self._void)

    def _void(self):
        """Make room for the next test's sheet; a completed one is out of the way already."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            sheet = env["stock.pos.count"].search([("uuid", "=", self.sheet_uuid)])
            if sheet.state == "counting":
                sheet._do_void("Test", "over")

    def connect(self):
        return Client(self)

    def state(self):
        with self.connect() as client:
            return client.sheet().state

    def together(self, *jobs):
        """Run jobs in threads of their own, as Odoo runs requests, and return what each answered or raised."""
        outcomes = [None] * len(jobs)

        def run(position, job):
            with self.connect() as client:
                try:
                    outcomes[position] = retrying(lambda: job(client), client.env)
                except UserError as error:
                    outcomes[position] = error

        threads = [threading.Thread(target=run, args=(position, job), daemon=True) for position, job in enumerate(jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
            self.assertFalse(thread.is_alive(), "two requests wait for each other")
        return outcomes

    def test_complete_pressed_on_two_devices_succeeds_once_and_tells_the_other(self):
        with self.connect() as client:
            till = client.till(opened=True)
            till.count((client.products[0], 1), (client.products[1], 1))
        barrier = threading.Barrier(2)

        def complete(client):
            if barrier:
                wait_once(barrier)
            return client.till().go("complete")["state"]

        outcomes = self.together(complete, complete)
        states = [outcome for outcome in outcomes if isinstance(outcome, str)]
        errors = [str(outcome) for outcome in outcomes if not isinstance(outcome, str)]
        self.assertEqual(states, ["mismatched"])
        self.assertIn("Mismatched", errors[0])

    def test_an_entry_that_commits_while_the_sheet_is_completed_is_seen_or_late_never_lost(self):
        """The completion took its snapshot before the entry was there, and its lock after: without the devices' rows
        as a
        gate it would complete without it, and call the entry taken."""
        for new_device in (False, True):
            with self.subTest(new_device=new_device):
                self._race_entry_against_completion(new_device)
                self._void()
                self.setUp()

    def _race_entry_against_completion(self, new_device):
        with self.connect() as client:
            device = client.till(opened=not new_device)
            counter = client.till(opened=True)
            counter.send(*(counter.entry(product=product) for product in client.products))
        snapshot_taken, entry_recorded = threading.Event(), threading.Event()

        def complete(client):
            client.sheet()
            snapshot_taken.set()
            entry_recorded.wait(PATIENCE)
            return client.till().go("complete")["state"]

        def record(client):
            snapshot_taken.wait(PATIENCE)
            till = client.till(like=device)
            answer = till.send(till.entry(product=client.products[0], qty=5))
            return answer["results"][0]["status"]

        def record_and_tell(client):
            status = record(client)
            client.cr.commit()
            entry_recorded.set()
            return status

        state, status = self.together(complete, record_and_tell)
        self.assertEqual(state, "mismatched")
        with self.connect() as client:
            line = client.sheet().line_ids.filtered(lambda line: line.product_id == client.products[0])
            self.assertEqual((status, line.counted_qty), ("taken", 6), "the completion saw the entry")
            self.assertEqual(line.variance_qty, 6)

    def test_one_entry_sent_on_two_connections_counts_once(self):
        with self.connect() as client:
            till = client.till(opened=True)
            entry = till.entry(product=client.products[0], qty=4)
        barrier = threading.Barrier(2)

        def send(client):
            wait_once(barrier)
            return client.till(like=till).send(entry)["results"][0]["status"]

        self.assertLessEqual(set(self.together(send, send)), {"taken", "duplicate"})
        with self.connect() as client:
            self.assertEqual(sum(client.sheet().line_ids.mapped("counted_qty")), 4)

    def test_a_pull_misses_nothing_that_commits_late(self):
        """Device A's entry is recorded first and committed last: a cursor by id or time would skip it for ever."""
        with self.connect() as slow, self.connect() as fast:
            slow_till = slow.till(opened=True)
            slow.cr.commit()
            reader, fast_till = fast.till(opened=True), fast.till(opened=True)
            fast.cr.commit()
            reader.cursor = reader.send()["cursor"]
            fast.cr.commit()
            slow_till.send(slow_till.entry(product=slow.products[0], qty=3))
            fast_till.send(fast_till.entry(product=fast.products[1], qty=5))
            fast.cr.commit()
            first = reader.send()
            fast.cr.commit()
            slow.cr.commit()
            second = reader.send()
            changed = [{line["product_id"]: line["counted"] for line in answer["lines"]} for answer in (first, second)]
            self.assertEqual(changed[0].get(fast.products[1].id), 5)
            self.assertEqual(changed[1].get(slow.products[0].id), 3)

    def test_a_total_replaces_what_its_author_saw_and_conflicts_with_what_committed_unseen(self):
        with self.connect() as amy, self.connect() as ben:
            amy_till, ben_till = amy.till(opened=True), ben.till()
            amy.cr.commit()
            amy_till.send(amy_till.entry(product=amy.products[0], qty=3))
            amy.cr.commit()
            ben_till.open()
            ben.cr.commit()
            amy_till.send(amy_till.entry(product=amy.products[1], qty=4))
            amy.cr.commit()
            ben_till.send(ben_till.entry("set", ben.products[0], 8), ben_till.entry("set", ben.products[1], 9))
            ben.cr.commit()
            lines = {line.product_id: line for line in ben.sheet().line_ids}
            self.assertEqual((lines[ben.products[0]].counted_qty, lines[ben.products[0]].has_conflict), (8, False))
            self.assertTrue(lines[ben.products[1]].has_conflict)


def wait_once(barrier):
    """Meet the other thread at the first attempt; a retry comes alone."""
    if not barrier.broken and barrier.n_waiting < barrier.parties and not getattr(barrier, "passed", False):
        barrier.wait(PATIENCE)
        barrier.passed = True


class Client:
    """A connection of its own, with the tills that work on it; commits when the block ends without an error."""

    def __init__(self, case):
        self.case = case
        self.connection = ExitStack()
        self.cr = self.connection.enter_context(case.registry.cursor())
        # A lock that never comes is an error of the test, not a reason to wait for ever.
        self.cr.execute("SET lock_timeout = '20s'")
        self.env = api.Environment(self.cr, SUPERUSER_ID, {})
        user = self.env["res.users"].browse(case.ids["user"])
        self.user = user
        self.config = self.env["pos.config"].browse(case.ids["config"])
        self.products = self.env["product.product"].browse(case.ids["products"])

    def __enter__(self):
        return self

    def __exit__(self, error_type, error, traceback):
        return self.connection.__exit__(error_type, error, traceback)

    def assertEqual(self, *arguments):
        self.case.assertEqual(*arguments)

    def till(self, opened=False, like=None):
        """Return a till on this connection, or the same device as ``like`` was on another one."""
        till = Till(self, self.user, self.config, getattr(self.case, "sheet_uuid", None))
        if like:
            till.device, till.seq, till.cursor, till.round = like.device, like.seq, like.cursor, like.round
        if opened:
            till.open()
        return till

    def sheet(self):
        sheet = self.env["stock.pos.count"].search([("uuid", "=", self.case.sheet_uuid)])
        self.env.invalidate_all()
        return sheet
