"""The story of the demo shop Xinyi: its pictures, open transfers, and a count sheet in every state.

Sheets are made by the methods that the register calls, as the people who would press the keys. Then time is made to
pass
for each of them, so that the list shows some weeks of work.
"""

import base64
import json
import time
import uuid
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL, file_open

MODULE = "stock_pos_count"
STOCK_AGE = timedelta(days=60)
# What the registers show, in this order and after the categories of others: the product categories in each.
FIRST_DEPARTMENT = 101
DEPARTMENTS = {
    "Drinks": ("tea", "coffee", "juice", "dairy"),
    "Food": ("noodles", "snacks", "sauces", "fruit"),
    "Household": ("cleaning", "paper", "bath", "oral"),
    "Stationery & Electronics": ("stationery", "electronics"),
}


class Device:
    """A till or phone at which one of the staff counts on one sheet."""

    def __init__(self, story, login, name, config="front"):
        self.env = story.env(user=story.ref(f"user_{login}"))
        self.config = story.ref(f"pos_config_{config}")
        self.device = {"id": str(uuid.uuid4()), "name": name}
        self.person = {"model": "res.users", "id": self.env.uid}
        self.uuid = None
        self.seq = 0

    def call(self, method, *args):
        return getattr(self.env["stock.pos.count"], method)(self.config.id, *args)

    def open_sheet(self, start=True, **values):
        """Create a sheet, and start it if not said otherwise. Return the sheet as superuser."""
        values = {"uuid": str(uuid.uuid4()), "scope": "partial", "created_by": self.person, **values}
        sheet = self.call("register_create", values, self.person, start)["sheet"]
        self.uuid = sheet["uuid"]
        return self.env["stock.pos.count"].sudo().browse(sheet["id"])

    def join(self, other):
        self.uuid = other.uuid
        return self

    def go(self, action, **options):
        self.call("register_transition", self.uuid, action, self.person, options)

    def send(self, *entries):
        """Send entries, made within the last minutes and in this order. Return their uuids."""
        opened = self.call("register_open", self.uuid, self.device, 1)
        now = int(time.time() * 1000)
        prepared = []
        for entry in entries:
            self.seq += 1
            prepared.append(
                {
                    "uuid": str(uuid.uuid4()),
                    "seq": self.seq,
                    "seen": opened["cursor"],
                    "round": opened["sheet"]["round"],
                    "counted_at": now - 1000 * (len(entries) - len(prepared)),
                    "person": self.person,
                    **entry,
                }
            )
        payload = {
            "device": self.device,
            "device_time": now,
            "cursor": opened["cursor"],
            "person": self.person,
            "waiting": 0,
            "entries": prepared,
        }
        refused = [one for one in self.call("register_sync", self.uuid, payload)["results"] if one["status"] != "taken"]
        if refused:
            raise ValueError(f"the demo shop's count was not accepted: {refused}")
        return [entry["uuid"] for entry in prepared]


def total(product, qty, lot=None, **values):
    """Return an entry: a number typed as the total."""
    lot_id = lot.id if lot else None
    return {"kind": "set", "product_id": product.id, "lot_id": lot_id, "qty": qty, "source": "typed", **values}


def scan(product, qty=1, **values):
    """Return an entry: a scan, or a number added."""
    return {"kind": "add", "product_id": product.id, "qty": qty, "code": product.barcode, "source": "scan", **values}


class Story:
    """What happened in the shop Xinyi, oldest first."""

    def __init__(self, env):
        self.env = env(context={"lang": None, "allowed_company_ids": env.ref("base.main_company").ids})

    def tell(self):
        self.fill_shelves()
        self.sort_goods()
        self.add_pictures()
        self.age_stock()
        self.open_transfers()
        self.corrected_sheet()
        self.void_sheet()
        self.matched_sheet()
        self.mismatched_sheet()
        self.recounting_sheet()
        self.paused_sheet()
        self.counting_sheet()
        self.new_sheet()

    # -- the shop --------------------------------------------------------------------------------------------------

    def ref(self, name):
        return self.env.ref(f"{MODULE}.{name}_demo")

    def product(self, sku):
        return self.ref(f"product_{sku.lower().replace('-', '_')}")

    def get_products(self):
        return self.env["product.product"].search([("categ_id", "child_of", self.get_category_ids())])

    def get_category_ids(self):
        names = ("drinks", "food", "household", "care", "stationery", "electronics")
        return [self.ref(f"product_category_{name}").id for name in names]

    def fill_shelves(self):
        """Put the opening stock on the books: not by records of the demo data, which go when the addon is uninstalled,
        and would take the goods of the shop with them."""
        with file_open(f"{MODULE}/demo/opening_stock.json") as file:
            stock = json.load(file)
        shelf = self.ref("stock_location_xinyi")
        values_list = []
        for names, qty in stock.items():
            product, _space, lot = names.partition(" ")
            values_list.append(
                {
                    "product_id": self.ref(product).id,
                    "lot_id": self.ref(lot).id if lot else False,
                    "location_id": shelf.id,
                    "inventory_quantity_auto_apply": qty,
                }
            )
        self.env["stock.quant"].with_context(inventory_mode=True).create(values_list)

    def sort_goods(self):
        """Give the registers categories of their own, so that they show these products and no others; not by records
        of the demo data either, without which they would have nothing to sell."""
        departments = self.env["pos.category"]
        for number, (name, categories) in enumerate(DEPARTMENTS.items()):
            department = departments.create({"name": name, "sequence": FIRST_DEPARTMENT + number})
            category_ids = [self.ref(f"product_category_{category}").id for category in categories]
            self.env["product.template"].search([("categ_id", "in", category_ids)]).pos_categ_ids = department
            departments |= department
        registers = self.ref("pos_config_front") | self.ref("pos_config_back")
        registers.write({"limit_categories": True, "iface_available_categ_ids": departments.ids})

    def add_pictures(self):
        """Give every product the picture that is named by its SKU."""
        for product in self.get_products():
            with file_open(f"{MODULE}/static/demo/{product.default_code.lower()}.png", "rb") as picture:
                product.image_1920 = base64.b64encode(picture.read())

    def age_stock(self):
        """Date the opening stock back: it is older than all counts."""
        moves = self.env["stock.move"].search([("product_id", "in", self.get_products().ids)])
        self.shift(moves, STOCK_AGE)
        self.shift(moves.move_line_ids, STOCK_AGE)

    def open_transfers(self):
        """A delivery that is not received, and one that is picked but not validated: starting a count names both."""
        shop = self.ref("stock_warehouse_xinyi")
        vendors = self.env.ref("stock.stock_location_suppliers")
        customers = self.env.ref("stock.stock_location_customers")
        self.create_transfer(
            shop.in_type_id, self.ref("partner_formosa"), vendors, shop.lot_stock_id, {"NOO-01": 24, "SNA-05": 30}
        )
        delivery = self.create_transfer(
            shop.out_type_id, self.ref("partner_cafe"), shop.lot_stock_id, customers, {"COF-02": 2, "JUI-01": 6}
        )
        delivery.action_assign()
        delivery.move_ids.picked = True

    def create_transfer(self, picking_type, partner, source, destination, quantities):
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "partner_id": partner.id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "move_ids": [
                    fields.Command.create(
                        {
                            "product_id": self.product(sku).id,
                            "product_uom_qty": qty,
                            "location_id": source.id,
                            "location_dest_id": destination.id,
                        }
                    )
                    for sku, qty in quantities.items()
                ],
            }
        )
        transfer.action_confirm()
        return transfer

    # -- time ------------------------------------------------------------------------------------------------------

    def wait(self, count, **duration):
        """Let time pass for a sheet: everything that happened to it so far is that much longer ago."""
        moves = self.env["stock.move"].search([("stock_pos_count_line_id.count_id", "=", count.id)])
        messages = self.env["mail.message"].search([("model", "=", count._name), ("res_id", "=", count.id)])
        parts = (count, count.line_ids, count.entry_ids, count.step_ids, count.device_ids)
        for records in (*parts, moves, moves.move_line_ids, messages):
            self.shift(records, timedelta(**duration))

    def shift(self, records, duration):
        self.env.flush_all()
        names = [
            field.name
            for field in records._fields.values()
            if field.type == "datetime" and field.store and field.column_type
        ]
        if records:
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET %s WHERE id IN %s",
                    SQL.identifier(records._table),
                    SQL(", ").join(
                        SQL("%s = %s - %s", SQL.identifier(name), SQL.identifier(name), duration) for name in names
                    ),
                    tuple(records.ids),
                )
            )
            records.invalidate_model()

    # -- counting --------------------------------------------------------------------------------------------------

    def count_lines(self, count, device, differences, skipped=(), lines=None):
        """Count lines of a sheet as the books say, but for the differences given by SKU.

        :param skipped: SKUs that nobody counts
        """
        entries = []
        for line in lines or count.line_ids:
            sku = line.product_id.default_code
            if sku in skipped:
                continue
            qty = self.get_book(count, line) + differences.get(sku, 0)
            entries.append(total(line.product_id, qty, line.lot_id))
        device.send(*entries)

    def get_book(self, count, line):
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", line.product_id.id),
                ("lot_id", "=", line.lot_id.id),
                ("location_id", "child_of", count.location_id.id),
            ]
        )
        return sum(quants.mapped("quantity"))

    # -- the sheets ------------------------------------------------------------------------------------------------

    def corrected_sheet(self):
        """Three weeks ago: the whole shop, a recount, and a correction that left one product out."""
        amy, ben = Device(self, "amy", "Amy's phone"), Device(self, "ben", "Till at the back", "back")
        count = amy.open_sheet(scope="full", note="Quarterly stocktake")
        ben.join(amy)
        self.wait(count, minutes=4)
        differences = {"TEA-02": -2, "JUI-05": -7, "SNA-07": 3, "PAP-02": -1, "STA-04": -4, "CLE-09": 2, "FRU-03": -3}
        lines = count.line_ids.sorted("id")
        skipped = ("JUI-06", "PAP-06", "ELE-05")
        self.count_lines(count, amy, {**differences, "DAI-07": 1, "ORA-03": -6}, skipped, lines[:60])
        self.wait(count, minutes=35)
        self.count_lines(count, ben, differences, skipped, lines[60:])
        ben.send({"kind": "note", "product_id": self.product("PAP-02").id, "note": "1 pack torn, thrown away"})
        self.wait(count, minutes=50)
        amy.go("complete", leave_out=True)
        self.wait(count, minutes=15)
        ben.go("recount")
        self.wait(count, minutes=3)
        recounted = count.line_ids.filtered(lambda line: line.target_round == 1)
        self.count_lines(count, ben, differences, lines=recounted)
        self.wait(count, minutes=20)
        ben.go("complete")
        self.wait(count, hours=14)
        mia = Device(self, "mia", "Office").join(amy)
        left_out = count.line_ids.filtered(lambda line: line.product_id == self.product("STA-04")).ids
        preview = mia.call("register_correction_preview", mia.uuid, left_out)
        mia.call("register_correct", mia.uuid, preview["fingerprint"], left_out, mia.person)
        self.wait(count, days=22)

    def void_sheet(self):
        """A partial count that a delivery made useless."""
        ben = Device(self, "ben", "Till at the back", "back")
        count = ben.open_sheet(category_ids=self.ref("product_category_snacks").ids)
        self.wait(count, minutes=6)
        self.count_lines(count, ben, {"SNA-03": -12}, lines=count.line_ids[:4])
        self.wait(count, minutes=45)
        mia = Device(self, "mia", "Office").join(ben)
        mia.go("void", reason="A delivery was put on the shelves in the middle of the count")
        self.wait(count, days=15)

    def matched_sheet(self):
        """All tea but one product, and everything as in the books."""
        amy = Device(self, "amy", "Till at the front")
        mia = Device(self, "mia", "Office")
        count = amy.open_sheet(
            category_ids=self.ref("product_category_tea").ids, created_by=mia.person, note="Tea shelf"
        )
        self.wait(count, minutes=2)
        self.count_lines(count, amy, {}, skipped=("TEA-08",))
        self.wait(count, minutes=18)
        amy.go("complete", leave_out=True)
        self.wait(count, days=9)

    def mismatched_sheet(self):
        """One vendor's goods: two counted, one recounted, and nobody has corrected it yet."""
        amy, ben = Device(self, "amy", "Amy's phone"), Device(self, "ben", "Till at the back", "back")
        count = amy.open_sheet(vendor_ids=self.ref("partner_jade").ids, note="Stationery for the new school year")
        ben.join(amy)
        self.wait(count, minutes=3)
        self.count_lines(count, amy, {"STA-01": 2, "STA-03": -2}, lines=count.line_ids[:4])
        self.count_lines(count, ben, {"STA-07": -3, "STA-05": 5}, lines=count.line_ids[4:])
        pencils = self.product("STA-06")
        (mistake,) = ben.send(scan(pencils, 10))
        ben.send({"kind": "undo", "product_id": pencils.id, "target": mistake})
        amy.send({"kind": "note", "product_id": self.product("STA-03").id, "note": "2 damaged"})
        self.wait(count, minutes=30)
        amy.go("complete")
        self.wait(count, minutes=10)
        ben.go("recount")
        recounted = count.line_ids.filtered(lambda line: line.target_round == 1)
        self.wait(count, minutes=5)
        self.count_lines(count, ben, {"STA-01": 2, "STA-03": -2, "STA-07": -3}, lines=recounted)
        self.wait(count, minutes=12)
        ben.go("complete")
        self.wait(count, days=2, hours=3)

    def recounting_sheet(self):
        """Household goods, in the middle of the recount."""
        ben = Device(self, "ben", "Ben's phone", "back")
        count = ben.open_sheet(category_ids=self.ref("product_category_household").ids, note="Before the weekend")
        self.wait(count, minutes=4)
        self.count_lines(count, ben, {"CLE-02": -1, "CLE-08": -6, "PAP-01": 2, "PAP-06": 5}, skipped=("CLE-07",))
        self.wait(count, minutes=40)
        ben.go("complete", leave_out=True)
        self.wait(count, hours=2)
        ben.go("recount")
        self.wait(count, minutes=5)
        ben.send(total(self.product("CLE-08"), 31))
        self.wait(count, hours=5)

    def paused_sheet(self):
        """Sauces, paused when the shop became busy."""
        amy = Device(self, "amy", "Amy's phone")
        count = amy.open_sheet(category_ids=self.ref("product_category_sauces").ids)
        self.wait(count, minutes=3)
        self.count_lines(count, amy, {"SAU-06": -1}, lines=count.line_ids[:4])
        self.wait(count, minutes=8)
        amy.go("pause")
        self.wait(count, hours=3)

    def counting_sheet(self):
        """The whole shop, just now: two people, an undo, an unknown code, and a product they both counted."""
        amy, ben = Device(self, "amy", "Till at the front"), Device(self, "ben", "Ben's phone", "back")
        count = amy.open_sheet(scope="full", note="Monthly stocktake")
        ben.join(amy)
        self.wait(count, minutes=6)
        lines = count.line_ids.filtered(
            lambda line: line.product_id.categ_id != self.ref("product_category_electronics")
        )
        self.count_lines(count, amy, {"TEA-03": -1, "COF-04": -2, "JUI-04": 12}, lines=lines[:18])
        cola = self.product("JUI-05")
        case = cola.product_uom_ids[:1]
        for _number in range(3):
            amy.send(scan(cola, 24, code=case.barcode, packaging_id=case.id, packaging_qty=1))
        amy.send(scan(cola), scan(cola), scan(cola))
        self.wait(count, minutes=14)
        self.count_lines(count, ben, {"ORA-01": -2}, lines=lines[-14:])
        soap = self.product("BAT-05")
        _first, mistake = ben.send(scan(soap), scan(soap))
        ben.send({"kind": "undo", "product_id": soap.id, "target": mistake})
        ben.send({"kind": "add", "product_id": None, "qty": 1, "code": "4719900000017", "source": "scan"})
        ben.send({"kind": "note", "product_id": self.product("ORA-05").id, "note": "1 bottle leaks"})
        self.count_differently(amy, ben, self.product("SNA-06"))
        self.wait(count, minutes=7)

    def count_differently(self, one, other, product):
        """Both type a total without having seen the other's: a conflict that a person settles."""
        one.send(total(product, 21, seen=None))
        other.send(total(product, 34, seen=None))

    def new_sheet(self):
        """Prepared for tomorrow."""
        mia = Device(self, "mia", "Office")
        amy = Device(self, "amy", "Till at the front")
        count = mia.open_sheet(
            start=False,
            vendor_ids=self.ref("partner_harbour").ids,
            created_by=amy.person,
            note="Before the delivery on Friday",
        )
        self.wait(count, minutes=25)
