import time
import uuid

from odoo.tests import TransactionCase

from .invariants import assert_invariants, watch_settled_sheets
from .shop import CountShop


class Till:
    """A device at which somebody counts: makes entries as the register does and sends them."""

    def __init__(self, case, user, config, count_uuid=None, name="Till"):
        self.case = case
        self.user = user
        self.config = config
        self.uuid = count_uuid
        self.device = {"id": str(uuid.uuid4()), "name": name}
        self.person = {"model": "res.users", "id": user.id}
        self.seq = 0
        self.cursor = None
        self.round = 0
        self.clock = 0
        # What devices were told of their entries, as (sheet, result); the invariants compare it with the journal.
        self.told = vars(case).setdefault("told", [])

    def call(self, method, *args, **kwargs):
        """Call a method of the register's protocol as this till's user."""
        counts = self.case.env["stock.pos.count"].with_user(self.user)
        counts = counts.with_context(allowed_company_ids=self.user.company_id.ids)
        return getattr(counts, method)(self.config.id, *args, **kwargs)

    def create_sheet(self, start=True, **values):
        """Create a sheet (full unless said otherwise), start it, and count on it from here."""
        values = {"uuid": str(uuid.uuid4()), "scope": "full", "created_by": self.person, **values}
        answer = self.call("register_create", values, self.person, start)
        self.uuid = answer["sheet"]["uuid"]
        return answer

    def open(self):
        """Open the sheet as the counting screen does."""
        answer = self.call("register_open", self.uuid, self.device)
        self.cursor = answer["cursor"]
        self.round = answer["sheet"]["round"]
        self.seq = max(self.seq, answer["last_seq"])
        return answer

    def entry(self, kind="add", product=None, qty=1, lot=None, **values):
        """Return one entry as the register makes it."""
        self.seq += 1
        return {
            "uuid": str(uuid.uuid4()),
            "seq": self.seq,
            "seen": self.cursor,
            "round": self.round,
            "kind": kind,
            "product_id": product.id if product else None,
            "lot_id": lot.id if lot else None,
            "qty": qty,
            "source": "scan",
            "counted_at": self.now(),
            "person": self.person,
            **values,
        }

    def now(self):
        """Return the till's clock in milliseconds; each call is a little later, so that moments are in order."""
        self.clock += 1
        return int(time.time() * 1000) - 60_000 + self.clock

    def send(self, *entries, **payload):
        """Push entries and pull changes. Return the answer."""
        answer = self.call(
            "register_sync",
            self.uuid,
            {
                "device": self.device,
                "device_time": int(time.time() * 1000),
                "cursor": self.cursor,
                "person": self.person,
                "waiting": 0,
                "entries": list(entries),
                **payload,
            },
        )
        # Most tests are one transaction for all devices, and an answer's cursor has seen its own: only the snapshot
        # keeps apart what this device did and what others do.
        self.cursor = self.case.env["stock.pos.count"]._get_cursor()
        self.round = answer["sheet"]["round"]
        self.told += [(self.uuid, result) for result in answer["results"]]
        return answer

    def count(self, *quantities):
        """Record totals: pairs of product and quantity. Fail unless all are taken."""
        answer = self.send(*(self.entry("set", product, qty) for product, qty in quantities))
        statuses = {result["status"] for result in answer["results"]}
        self.case.assertEqual(statuses, {"taken"}, answer["results"])
        return answer

    def go(self, action, **options):
        """Take a transition and return the sheet's data."""
        sheet = self.call("register_transition", self.uuid, action, self.person, options)["sheet"]
        self.round = sheet["round"]
        return sheet


class CountCase(CountShop, TransactionCase):
    """A test in the shop, with ``till`` (Amy's) and ``other_till`` (Ben's).

    After each test the invariants of all sheets are checked, and the database refuses what must never happen.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.open_shop()
        cls.env.user.company_ids += cls.company
        watch_settled_sheets(cls.env)

    def setUp(self):
        super().setUp()
        self.told = []
        self.till = Till(self, self.amy, self.config, name="Amy's phone")
        self.other_till = Till(self, self.ben, self.config, name="Ben's phone")
        self.addCleanup(self.check_invariants)

    def check_invariants(self):
        """Fail when one of the company's sheets breaks an invariant of the design."""
        assert_invariants(self, self.env["stock.pos.count"].search([("company_id", "=", self.company.id)]))

    def receive(self, product, qty):
        """Receive goods into the shop, as a validated transfer does."""
        suppliers = self.env.ref("stock.stock_location_suppliers")
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": qty,
                "location_id": suppliers.id,
                "location_dest_id": self.stock.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        move.quantity = qty
        move.picked = True
        move._action_done()

    def book(self, product, lot=None):
        """Return what the books say about a product in the shop."""
        domain = [("product_id", "=", product.id), ("location_id", "child_of", self.stock.id)]
        if lot is not None:
            domain.append(("lot_id", "=", lot.id))
        self.env.flush_all()
        self.env["stock.quant"].invalidate_model()
        return sum(self.env["stock.quant"].search(domain).mapped("quantity"))

    def sheet(self, till=None):
        """Return the sheet of a till as superuser."""
        count = self.env["stock.pos.count"].search([("uuid", "=", (till or self.till).uuid)])
        count.invalidate_recordset()
        return count

    def line(self, product, till=None, lot=None):
        """Return the line of a product as superuser."""
        lines = self.sheet(till).line_ids
        lines.invalidate_recordset()
        return lines.filtered(lambda line: line.product_id == product and (lot is None or line.lot_id == lot))
