"""A real Odoo server and a shop that is really committed, for tests in which servers and devices break."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import get_db_name
from odoo.tools import SQL

HOST = "127.0.0.1"
# How long anything may take before a test calls it broken; far more than it takes.
PATIENCE = 60
POLL_INTERVAL = 0.05
KEY_GAP = "barcode.max_time_between_keys_in_ms"
CLERKS = ("Amy", "Ben")
REGISTERS = ("Front", "Back")
PASSWORD = "count-on-me"  # noqa: S105 of a clerk made for the tests


def wait_until(condition, what):
    """Return what ``condition`` returns as soon as that is true; fail with ``what`` when it never is."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain: {what}")
        time.sleep(POLL_INTERVAL)
    return found


class RegisterServer:
    """Odoo in a process of its own, on the tests' database and always at the same address: it can be stopped, killed
    and started again while registers count."""

    def __init__(self):
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port = free.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self.log_path = Path(tempfile.gettempdir()) / f"register-server-{self.port}.log"
        self.process = None

    def start(self):
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "odoo", "server", "-d", get_db_name(), "--db-filter", f"^{get_db_name()}$"]
        command += ["--http-interface", HOST, "--http-port", str(self.port)]
        command += ["--workers", "0", "--max-cron-threads", "0", "--log-level", "warn"]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 our own command
                command, stdout=log, stderr=log, start_new_session=True, env=os.environ
            )
        wait_until(self.answers, f"the server to start, see {self.log_path}")

    def answers(self):
        """Return whether the server can be reached."""
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=PATIENCE):  # noqa: S310 our own server
                return True
        except urllib.error.URLError:
            return False

    def stop(self, how=signal.SIGTERM):
        """Take the server down: in an orderly way, or as a power cut does with ``signal.SIGKILL``."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
            self.process = None


class CommittedShop:
    """Two registers with clerks and products, committed so that a server of its own sees them.

    Removed by SQL afterwards, because the journal cannot be deleted otherwise.
    """

    def __init__(self, product_count):
        self.mark = uuid.uuid4().hex[:8]
        with self.environment() as env:
            # A machine under load types slowly; what is broken in two would be no scan.
            parameters = env["ir.config_parameter"]
            self.key_gap = parameters.get_param(KEY_GAP)
            parameters.set_param(KEY_GAP, 2000)
            company = env["res.company"].search([], order="id", limit=1)
            env = env(context={"allowed_company_ids": company.ids})
            groups = env.ref("base.group_user") | env.ref("point_of_sale.group_pos_user")
            users = env["res.users"].create(
                [
                    {
                        "name": name,
                        "login": f"{name.lower()}_{self.mark}",
                        "password": PASSWORD,
                        "company_id": company.id,
                        "company_ids": [Command.set(company.ids)],
                        "group_ids": [Command.set(groups.ids)],
                    }
                    for name in CLERKS
                ]
            )
            bank = env["account.journal"].create({"name": f"Shop {self.mark}", "type": "bank", "code": self.mark[:5]})
            method = env["pos.payment.method"].create({"name": "Card", "journal_id": bank.id})
            warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
            configs = env["pos.config"].create(
                [
                    {
                        "name": f"{name} {self.mark}",
                        "picking_type_id": warehouse.pos_type_id.id,
                        "payment_method_ids": [Command.set(method.ids)],
                    }
                    for name in REGISTERS
                ]
            )
            category = env["product.category"].create({"name": f"Shop {self.mark}"})
            codes = [f"590{uuid.uuid4().int % 10**7:07}{number:03}" for number in range(product_count)]
            products = env["product.product"].create(
                [
                    {
                        "name": f"Shelf {number:03}",
                        "is_storable": True,
                        "type": "consu",
                        "categ_id": category.id,
                        "barcode": code,
                    }
                    for number, code in enumerate(codes)
                ]
            )
            self.logins = {user.name: user.login for user in users}
            self.codes = dict(zip(products.ids, codes, strict=True))
            self.ids = {
                "users": users.ids,
                "config": configs[0].id,
                "configs": configs.ids,
                "category": category.id,
                "products": products.ids,
                "method": method.id,
                "journal": bank.id,
            }

    @contextmanager
    def environment(self):
        """Yield an environment of its own, that commits when the block ends without an error."""
        with Registry(get_db_name()).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def create_sheet(self):
        """Create and start a partial count of the shop's products. Return its uuid."""
        count_uuid = str(uuid.uuid4())
        person = {"model": "res.users", "id": self.ids["users"][0]}
        with self.environment() as env:
            counts = env["stock.pos.count"].with_user(self.ids["users"][0])
            counts.register_create(
                self.ids["config"],
                {
                    "uuid": count_uuid,
                    "scope": "partial",
                    "category_ids": [self.ids["category"]],
                    "created_by": person,
                },
                person,
                True,
            )
        return count_uuid

    def remove(self):
        """Take everything back out of the database."""
        with self.environment() as env:
            cr = env.cr
            env["ir.config_parameter"].set_param(KEY_GAP, self.key_gap)
            cr.execute("SELECT id FROM stock_pos_count WHERE config_id = %s", [self.ids["config"]])
            count_ids = tuple(count_id for (count_id,) in cr.fetchall()) or (0,)
            for table in ("entry", "line", "device", "step"):
                env.execute_query(
                    SQL("DELETE FROM %s WHERE count_id IN %s", SQL.identifier(f"stock_pos_count_{table}"), count_ids)
                )
            for table, model in (("mail_message", "model"), ("mail_followers", "res_model")):
                env.execute_query(
                    SQL(
                        "DELETE FROM %s WHERE %s = 'stock.pos.count' AND res_id IN %s",
                        SQL.identifier(table),
                        SQL.identifier(model),
                        count_ids,
                    )
                )
            cr.execute("DELETE FROM stock_pos_count WHERE id IN %s", [count_ids])
            env["pos.session"].search([("config_id", "in", self.ids["configs"])]).unlink()
            env["product.product"].browse(self.ids["products"]).product_tmpl_id.unlink()
            env["product.category"].browse(self.ids["category"]).unlink()
            env["pos.config"].browse(self.ids["configs"]).unlink()
            env["pos.payment.method"].browse(self.ids["method"]).unlink()
            env["account.journal"].browse(self.ids["journal"]).unlink()
            env["res.users"].browse(self.ids["users"]).active = False
