"""A shop that is really committed, and connections of their own: what tests of races are made of."""

import threading
import uuid
from contextlib import ExitStack, contextmanager

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name
from odoo.tools import SQL

from .common import Till
from .invariants import assert_invariants
from .shelf import Register

# A thread that hangs longer than this is a deadlock, not a slow machine.
PATIENCE = 60
# Where nobody may wait for anybody, this is waiting.
AT_ONCE = "2s"


class RaceCase(BaseCase):
    """Commits to the database: a shop of its own, removed afterwards by SQL, because the journal cannot be deleted
    otherwise. Two products of which the books have 10 each, one of which they have none."""

    sheet_uuid = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            company = env["res.company"].search([], order="id", limit=1)
            cls.ids = cls._create_shop(env(context={"allowed_company_ids": company.ids}), company)
        cls.addClassCleanup(cls._remove_shop)

    @classmethod
    def _create_shop(cls, env, company):
        mark = uuid.uuid4().hex[:8]
        user, manager = env["res.users"].create(
            [
                {
                    "name": name,
                    "login": f"{name}_{mark}",
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                    "group_ids": [Command.set((env.ref("base.group_user") | env.ref(group)).ids)],
                }
                for name, group in (
                    ("Racer", "point_of_sale.group_pos_user"),
                    ("Race Manager", "point_of_sale.group_pos_manager"),
                )
            ]
        )
        bank = env["account.journal"].create({"name": f"Race {mark}", "type": "bank", "code": mark[:5]})
        method = env["pos.payment.method"].create({"name": "Race", "journal_id": bank.id})
        warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        location = env["stock.location"].create({"name": f"Race {mark}", "location_id": warehouse.view_location_id.id})
        picking_type = warehouse.pos_type_id.copy(
            {"name": f"Race {mark}", "sequence_code": mark, "default_location_src_id": location.id}
        )
        config, closing_config = env["pos.config"].create(
            [
                {
                    "name": f"{name} {mark}",
                    "picking_type_id": picking_type.id,
                    "payment_method_ids": [Command.set(method.ids)],
                }
                for name in ("Race", "Race at Closing")
            ]
        )
        flag = company.point_of_sale_update_stock_quantities
        for one, way in ((config, "real"), (closing_config, "closing")):
            company.point_of_sale_update_stock_quantities = way
            one.with_user(user).open_ui()
            one.current_session_id.set_opening_control(0, "")
        company.point_of_sale_update_stock_quantities = flag
        category = env["product.category"].create({"name": f"Race {mark}"})
        products = env["product.product"].create(
            [{"name": f"Race {number}", "is_storable": True, "categ_id": category.id} for number in range(3)]
        )
        for product in products[:2]:
            env["stock.quant"]._update_available_quantity(product, location, 10)
        return {
            "user": user.id,
            "manager": manager.id,
            "config": config.id,
            "closing_config": closing_config.id,
            "category": category.id,
            "products": products.ids,
            "method": method.id,
            "journal": bank.id,
            "location": location.id,
            "picking_type": picking_type.id,
        }

    @classmethod
    def _remove_shop(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls._delete_sheets(env, SQL("config_id = %s", cls.ids["config"]))
            cls._delete_goods(env)
            configs = (cls.ids["config"], cls.ids["closing_config"])
            env.execute_query(SQL("DELETE FROM pos_session WHERE config_id IN %s", configs))
            env["product.product"].browse(cls.ids["products"]).product_tmpl_id.unlink()
            env["product.category"].browse(cls.ids["category"]).unlink()
            env["pos.config"].browse(configs).unlink()
            env["pos.payment.method"].browse(cls.ids["method"]).unlink()
            env["account.journal"].browse(cls.ids["journal"]).unlink()
            env["stock.picking.type"].browse(cls.ids["picking_type"]).unlink()
            env["stock.location"].browse(cls.ids["location"]).unlink()
            env["res.users"].browse((cls.ids["user"], cls.ids["manager"])).active = False

    @classmethod
    def _delete_sheets(cls, env, condition):
        """Delete sheets with all that hangs on them; moves only let go of them."""
        sheets = SQL("SELECT id FROM stock_pos_count WHERE %s", condition)
        lines = SQL("SELECT id FROM stock_pos_count_line WHERE count_id IN (%s)", sheets)
        env.execute_query(
            SQL(
                """UPDATE stock_move SET stock_pos_count_line_id = NULL, stock_pos_count_late_sale_id = NULL
                    WHERE stock_pos_count_line_id IN (%s) OR stock_pos_count_late_sale_id IN
                          (SELECT id FROM stock_pos_count_late_sale WHERE count_id IN (%s))""",
                lines,
                sheets,
            )
        )
        for name in ("late_sale", "entry", "line", "device", "step"):
            env.execute_query(
                SQL("DELETE FROM %s WHERE count_id IN (%s)", SQL.identifier(f"stock_pos_count_{name}"), sheets)
            )
        for name, model in (("mail_message", "model"), ("mail_followers", "res_model")):
            env.execute_query(
                SQL(
                    "DELETE FROM %s WHERE %s = 'stock.pos.count' AND res_id IN (%s)",
                    SQL.identifier(name),
                    SQL.identifier(model),
                    sheets,
                )
            )
        env.execute_query(SQL("DELETE FROM stock_pos_count WHERE %s", condition))

    @classmethod
    def _delete_goods(cls, env):
        """Delete all that was sold and moved of the shop's products."""
        sessions = SQL(
            "SELECT id FROM pos_session WHERE config_id IN %s", (cls.ids["config"], cls.ids["closing_config"])
        )
        orders = SQL("SELECT id FROM pos_order WHERE session_id IN (%s)", sessions)
        pickings = SQL("SELECT id FROM stock_picking WHERE pos_session_id IN (%s)", sessions)
        products = tuple(cls.ids["products"])
        for table, condition in (
            ("stock_move_line", SQL("product_id IN %s", products)),
            ("stock_move", SQL("product_id IN %s", products)),
            ("stock_quant", SQL("product_id IN %s", products)),
            ("stock_picking", SQL("id IN (%s)", pickings)),
            ("pos_payment", SQL("pos_order_id IN (%s)", orders)),
            ("pos_order_line", SQL("order_id IN (%s)", orders)),
            ("pos_order", SQL("id IN (%s)", orders)),
        ):
            env.execute_query(SQL("DELETE FROM %s WHERE %s", SQL.identifier(table), condition))

    def setUp(self):
        super().setUp()
        with self.connect() as client:
            till = client.till()
            till.create_sheet(scope="partial", category_ids=[self.ids["category"]])
            self.sheet_uuid = till.uuid
        self.addCleanup(self._clear)

    def _clear(self):
        """Check the sheets and make room for the next test: its shop has sold and counted nothing."""
        with self.connect() as client:
            own = [("config_id", "=", self.ids["config"])]
            assert_invariants(self, client.env["stock.pos.count"].search(own))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self._delete_sheets(env, SQL("config_id = %s", self.ids["config"]))
            self._delete_goods(env)
            location = env["stock.location"].browse(self.ids["location"])
            for product in env["product.product"].browse(self.ids["products"][:2]):
                env["stock.quant"]._update_available_quantity(product, location, 10)

    def connect(self, uuid=None):
        """Return a connection of its own, on the test's sheet or on the one named."""
        return Client(self, uuid or self.sheet_uuid)

    def together(self, *jobs, uuids=()):
        """Run jobs in threads of their own, as Odoo runs requests, and return what each answered or raised.

        :param uuids: the sheet of each job; the test's if not given
        """
        outcomes = [None] * len(jobs)

        def run(position, job):
            with self.connect(uuids[position] if uuids else None) as client:
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

    @contextmanager
    def running(self, job):
        """Run ``job`` in a thread while the block does something else; yields a list that gets its outcome."""
        outcome = []

        def run():
            with self.connect() as client:
                try:
                    outcome.append(retrying(lambda: job(client), client.env))
                except UserError as error:
                    outcome.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield outcome
        finally:
            thread.join(PATIENCE)
        self.assertFalse(thread.is_alive(), "two requests wait for each other")

    def on_hand(self):
        """Return what the books have of each product."""
        with self.connect() as client:
            return client.on_hand()

    def count_and_complete(self, *quantities):
        """Count the shop's products, as many as there are quantities, and complete. Return the sheet's state."""
        with self.connect() as client:
            till = client.till(opened=True)
            till.count(*zip(client.products, quantities, strict=False))
            return till.go("complete", leave_out=True)["state"]

    def create_sheet(self):
        """Create and start one more sheet of the shop's products. Return its uuid."""
        with self.connect() as client:
            till = client.till()
            till.create_sheet(scope="partial", category_ids=[self.ids["category"]])
            return till.uuid


def wait_once(barrier):
    """Meet the other thread at the first attempt; a retry comes alone."""
    if not barrier.broken and barrier.n_waiting < barrier.parties and not getattr(barrier, "passed", False):
        barrier.wait(PATIENCE)
        barrier.passed = True


class Client:
    """A connection of its own, with the tills that work on it; commits when the block ends without an error."""

    def __init__(self, case, uuid):
        self.case = case
        self.uuid = uuid
        self.connection = ExitStack()
        self.cr = self.connection.enter_context(case.registry.cursor())
        # A lock that never comes is an error of the test, not a reason to wait for ever.
        self.cr.execute("SET lock_timeout = '20s'")
        self.env = api.Environment(self.cr, SUPERUSER_ID, {})
        self.user = self.amy = self.env["res.users"].browse(case.ids["user"])
        self.manager = self.env["res.users"].browse(case.ids["manager"])
        self.config = self.env["pos.config"].browse(case.ids["config"])
        self.products = self.env["product.product"].browse(case.ids["products"])

    def __enter__(self):
        return self

    def __exit__(self, error_type, error, traceback):
        return self.connection.__exit__(error_type, error, traceback)

    def assertEqual(self, *arguments):
        self.case.assertEqual(*arguments)

    def till(self, opened=False, like=None, user=None):
        """Return a till on this connection, or the same device as ``like`` was on another one."""
        till = Till(self, user or self.user, self.config, self.uuid)
        if like:
            till.device, till.seq, till.cursor, till.round = like.device, like.seq, like.cursor, like.round
        if opened:
            till.open()
        return till

    def sheet(self):
        sheet = self.env["stock.pos.count"].search([("uuid", "=", self.uuid)])
        self.env.invalidate_all()
        return sheet

    def lines(self):
        """Return the lines of the sheet in the order of the products."""
        lines = {line.product_id: line for line in self.sheet().line_ids}
        return [lines[product] for product in self.products if product in lines]

    def on_hand(self):
        self.env.invalidate_all()
        quants = self.env["stock.quant"].search(
            [("product_id", "in", self.products.ids), ("location_id", "=", self.case.ids["location"])]
        )
        return [
            sum(quants.filtered(lambda quant, product=product: quant.product_id == product).mapped("quantity"))
            for product in self.products
        ]

    def at_once(self):
        """Fail instead of waiting for anybody from here on."""
        self.cr.execute(SQL("SET lock_timeout = %s", AT_ONCE))

    # -- what the tests do in it -----------------------------------------------------------------------------------

    def sell(self, *quantities, closing=False, at=None):
        """Send an order of the shop's products, as many as there are quantities."""
        register = Register(
            self, self.env["pos.config"].browse(self.case.ids["closing_config"]) if closing else self.config
        )
        lines = [(product, qty, []) for product, qty in zip(self.products, quantities, strict=False) if qty]
        return register.send(register.order(*lines, at=at or fields.Datetime.now()))

    def preview(self):
        return self.till().call("register_correction_preview", self.uuid)

    def correct(self, preview):
        """Confirm the preview, marked lines accepted. Return the answer."""
        till = self.till()
        accepted = [row["line_id"] for row in preview["lines"] if row["needs_accept"]]
        return till.call("register_correct", self.uuid, preview["fingerprint"], [], till.person, accepted)
