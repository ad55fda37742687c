"""The contenders: each takes stock of one shop, a tenth of whose products was not counted as booked.

A contender is a function of a :class:`~benchmarks.measure.Run`; the first line of its docstring names it in the table.
"""

import time
import uuid

from . import shop

# How many entries a register sends at once.
BATCH = 500


def stock_pos_count(run):
    """stock_pos_count"""
    with run.unmeasured() as env:
        shelf = shop.get_on_shelf(env, run.size)
        config_id = shop.get_register(env, run.size).id
    differences = shop.get_differences(list(shelf))
    till = Till(run, config_id)
    till.call(
        "create + start",
        "register_create",
        {"uuid": till.sheet, "scope": "full", "created_by": till.person},
        till.person,
        True,
    )
    till.open()
    counted = [(product_id, qty + differences.get(product_id, 0)) for product_id, qty in shelf.items()]
    for start in range(0, len(counted), BATCH):
        till.send(counted[start : start + BATCH])
    sheet = till.call("complete", "register_transition", till.sheet, "complete", till.person)["sheet"]
    check(sheet["counted"] == run.size and sheet["short"] + sheet["over"] == len(differences), sheet)
    preview = till.call("correct", "register_correction_preview", till.sheet)
    answer = till.call("correct", "register_correct", till.sheet, preview["fingerprint"], [], till.person)
    if answer["sheet"]["state"] != "corrected":
        with run.request("correct") as env:
            env["stock.pos.count"].sudo()._cron_post_corrections()  # what the scheduled job calls
    with run.unmeasured() as env:
        check_corrected(env, run.size, shelf, differences)


class Till:
    """A device that counts: speaks the register's protocol as the screens do."""

    def __init__(self, run, config_id):
        self.run = run
        self.config_id = config_id
        self.sheet = str(uuid.uuid4())
        self.device = {"id": str(uuid.uuid4()), "name": "Benchmark"}
        self.person = {"model": "res.users", "id": 2}
        self.cursor = None
        self.seq = 0

    def call(self, step, method, *arguments):
        with self.run.request(step) as env:
            return getattr(env["stock.pos.count"], method)(self.config_id, *arguments)

    def open(self):
        self.cursor = self.call("open the screen", "register_open", self.sheet, self.device)["cursor"]

    def send(self, counted):
        """Send the totals of these products: ``[(product id, quantity)]``."""
        now = int(time.time() * 1000)
        entries = [self.get_entry(product_id, qty, now) for product_id, qty in counted]
        payload = {
            "device": self.device,
            "device_time": now,
            "cursor": self.cursor,
            "person": self.person,
            "waiting": 0,
            "entries": entries,
        }
        answer = self.call("record all lines", "register_sync", self.sheet, payload)
        check({result["status"] for result in answer["results"]} == {"taken"}, answer["results"][:1])
        self.cursor = answer["cursor"]

    def get_entry(self, product_id, qty, now):
        self.seq += 1
        return {
            "uuid": str(uuid.uuid4()),
            "seq": self.seq,
            "seen": self.cursor,
            "round": 0,
            "kind": "set",
            "product_id": product_id,
            "lot_id": None,
            "qty": qty,
            "source": "typed",
            "counted_at": now - 1000,
            "person": self.person,
        }


def core_all(run):
    """core, all quants"""
    apply_core(run, only_differing=False)


def core_differing(run):
    """core, only the differing quants"""
    apply_core(run, only_differing=True)


def apply_core(run, only_differing):
    """Take stock in Inventory ▸ Physical Inventory: type the counted quantities, apply."""
    with run.unmeasured() as env:
        ids = shop.get_quant_ids(env, run.size)
        booked = get_booked(env, ids)
    differences = shop.get_differences(ids)
    chosen = sorted(differences) if only_differing else ids
    with run.request("record") as env:
        write_counts(env, chosen, differences)
    with run.request("correct") as env:
        apply_counts(env, chosen)
    with run.unmeasured() as env:
        check_booked(env, booked, differences)
        check_moves(env, len(chosen))


def write_counts(env, ids, differences):
    for quant in env["stock.quant"].with_context(inventory_mode=True).browse(ids):
        quant.inventory_quantity = quant.quantity + differences.get(quant.id, 0)


def apply_counts(env, ids):
    quants = env["stock.quant"].with_context(inventory_mode=True, inventory_name="Benchmark")
    check(not quants.browse(ids).action_apply_inventory(), "applied")


def oca(run):
    """OCA stock_inventory, all quants"""
    with run.unmeasured() as env:
        ids = shop.get_quant_ids(env, run.size)
        booked = get_booked(env, ids)
        location = shop.get_warehouse(env, run.size).lot_stock_id
    differences = shop.get_differences(ids)
    with run.request("create + start") as env:
        inventory = env["stock.inventory"].create(
            {"name": "Benchmark", "location_ids": [(6, 0, location.ids)], "product_selection": "all"}
        )
        inventory.action_state_to_in_progress()
        check(len(inventory.stock_quant_ids) == run.size, len(inventory.stock_quant_ids))
        inventory_id = inventory.id
    with run.request("record") as env:
        write_counts(env, ids, differences)
    with run.request("correct") as env:
        apply_counts(env, ids)
    with run.request("complete") as env:
        env["stock.inventory"].browse(inventory_id).action_state_to_done()
    with run.unmeasured() as env:
        inventory = env["stock.inventory"].browse(inventory_id)
        check(inventory.state == "done", inventory.state)
        check_booked(env, booked, differences)
        check_moves(env, len(ids))


def plain_create(run):
    """ORM create of as many plain records"""
    with run.unmeasured() as env:
        location_id = shop.get_warehouse(env, run.size).lot_stock_id.id
        quants = env["stock.quant"].browse(shop.get_quant_ids(env, run.size))
        values = [
            {
                "x_name": "x",
                "x_product_id": quant.product_id.id,
                "x_location_id": location_id,
                "x_uom_id": quant.product_id.uom_id.id,
                "x_expected_qty": quant.quantity,
                "x_counted_qty": 0.0,
                "x_is_counted": False,
                "x_state": "new",
            }
            for quant in quants
        ]
    with run.request("create + start") as env:
        env[shop.PLAIN_MODEL].create(values)


def create_and_start(run):
    """stock_pos_count, create + start only"""
    with run.unmeasured() as env:
        till = Till(run, shop.get_register(env, run.size).id)
    values = {"uuid": till.sheet, "scope": "full", "created_by": till.person}
    answer = till.call("create + start", "register_create", values, till.person, True)
    check(answer["sheet"]["total"] == run.size, answer["sheet"])


def check_corrected(env, size, shelf, differences):
    """Whatever is fast must also be right: stock is what was counted, sales that are still to be posted apart."""
    now = shop.get_on_shelf(env, size)
    wrong = [one for one, qty in shelf.items() if abs(now[one] - qty - differences.get(one, 0)) > 0.001]
    check(not wrong, wrong[:10])
    check_moves(env, len(differences), env["stock.pos.count"].search([], limit=1, order="id desc").name)


def get_booked(env, ids):
    """Return ``{quant id: quantity}``."""
    return {quant.id: quant.quantity for quant in env["stock.quant"].browse(ids)}


def check_booked(env, booked, differences):
    """As :func:`check_corrected`, for Odoo's own inventory, which makes the books what was counted."""
    now = get_booked(env, list(booked))
    wrong = [one for one, qty in booked.items() if abs(now[one] - qty - differences.get(one, 0)) > 0.001]
    check(not wrong, wrong[:10])


def check_moves(env, number, name="Benchmark"):
    moves = env["stock.move"].search_count([("inventory_name", "=", name), ("state", "=", "done")])
    check(moves == number, f"{moves} moves instead of {number}")


def check(condition, what):
    """A benchmark that did not do its work has no result."""
    if not condition:
        raise AssertionError(what)
