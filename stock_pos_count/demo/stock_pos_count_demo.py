import time
import uuid
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.tools import SQL

from . import pictures

# category: (parent, shape, vendor, names)
CATEGORIES = {
    "Tea & Coffee": ("Drinks", "box", "Alishan Trading", "Oolong Tea|Jasmine Tea|Black Tea|Green Tea|Barley Tea|Drip Coffee|Espresso Beans|Instant Coffee|Cocoa Powder|Matcha"),
    "Soft Drinks": ("Drinks", "bottle", "Taipei Beverages", "Cola|Lemon Soda|Orange Juice|Apple Juice|Grape Juice|Soy Milk|Mineral Water|Sparkling Water|Iced Tea|Aloe Drink"),
    "Dairy": ("Drinks", "bottle", "Ilan Dairy", "Fresh Milk|Low-Fat Milk|Yogurt Drink|Plain Yogurt|Butter|Cream|Cheddar|Mozzarella|Cream Cheese|Pudding"),
    "Rice & Noodles": ("Food", "bag", "Tainan Foods", "White Rice|Brown Rice|Sticky Rice|Wheat Noodles|Rice Noodles|Udon|Spaghetti|Macaroni|Oats|Flour"),
    "Sauces": ("Food", "jar", "Tainan Foods", "Soy Sauce|Oyster Sauce|Chili Sauce|Sesame Oil|Rice Vinegar|Ketchup|Mayonnaise|Curry Paste|Peanut Butter|Honey"),
    "Canned": ("Food", "can", "Harbour Imports", "Tuna|Sardines|Corn|Tomatoes|Red Beans|Mushrooms|Peaches|Pineapple|Coconut Milk|Chickpeas"),
    "Snacks": ("Food", "bag", "Harbour Imports", "Potato Chips|Rice Crackers|Seaweed|Peanuts|Almonds|Cookies|Chocolate|Candy|Popcorn|Pineapple Cake"),
    "Fruit": ("Fresh", "fruit", "Ilan Dairy", "Apple|Banana|Guava|Papaya|Mango|Orange|Lemon|Grapes|Pear|Kiwi"),
    "Cleaning": ("Household", "bottle", "Taipei Beverages", "Dish Soap|Laundry Liquid|Bleach|Glass Cleaner|Floor Cleaner|Sponge|Trash Bags|Gloves|Kitchen Towel|Softener"),
    "Body Care": ("Household", "jar", "Alishan Trading", "Shampoo|Conditioner|Body Wash|Hand Soap|Toothpaste|Toothbrush|Tissues|Sunscreen|Lotion|Razor"),
}  # fmt: skip


class StockPosCountDemo(models.AbstractModel):
    """Fill the demo shop: products with pictures, stock, open deliveries, and a count sheet in every state.

    Everything that staff do is done through the register's own calls, as the demo users.
    """

    _name = "stock.pos.count.demo"
    _description = "Demo Data of Count Sheets"

    @api.model
    def _load(self):
        self = self.with_context(tracking_disable=True)
        warehouse = self.env.ref("stock_pos_count.stock_warehouse_xinyi_demo")
        products = self._create_products()
        self._create_stock(products, warehouse.lot_stock_id)
        self._create_deliveries(products, warehouse)
        self._create_sheets()

    # -- the shop --------------------------------------------------------------------------------------------------

    def _create_products(self):
        categories, vendors, values_list = {}, {}, []
        for number, (name, (parent, shape, vendor, names)) in enumerate(CATEGORIES.items()):
            if parent not in categories:
                categories[parent] = self.env["product.category"].create({"name": parent})
            categories[name] = self.env["product.category"].create({"name": name, "parent_id": categories[parent].id})
            if vendor not in vendors:
                vendors[vendor] = self.env["res.partner"].create({"name": vendor, "is_company": True})
            for position, product in enumerate(names.split("|")):
                index = number * 10 + position
                values_list.append(
                    {
                        "name": product,
                        "default_code": f"XY{index + 1:03}",
                        "barcode": self._get_ean13(f"4719900{index:05}"),
                        "type": "consu",
                        "is_storable": True,
                        "categ_id": categories[name].id,
                        "available_in_pos": True,
                        "pos_categ_ids": [Command.set(self.env.ref("stock_pos_count.pos_category_demo").ids)],
                        "list_price": 20 + 7 * (index % 23),
                        "standard_price": 11 + 4 * (index % 23),
                        "tracking": "lot" if product in ("Fresh Milk", "Plain Yogurt") else "none",
                        "image_1920": pictures.draw(shape, position, 10),
                        "seller_ids": [Command.create({"partner_id": vendors[vendor].id, "price": 10})],
                    }
                )
        products = self.env["product.product"].create(values_list)
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env["product.uom"].create(
            [
                {"product_id": product.id, "uom_id": dozen.id, "barcode": self._get_ean13(f"4719901{index:05}")}
                for index, product in enumerate(products[:20])
            ]
        )
        return products

    @staticmethod
    def _get_ean13(digits):
        total = sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(digits))
        return f"{digits}{-total % 10}"

    def _create_stock(self, products, location):
        quants = self.env["stock.quant"]
        for index, product in enumerate(products):
            quantity = {7: 0, 23: -2, 41: -1}.get(index, 4 + index * 7 % 31)
            lots = self.env["stock.lot"]
            if product.tracking == "lot":
                lots = lots.create([{"name": f"{product.default_code}-{number}", "product_id": product.id} for number in "AB"])
            for lot in lots or [lots]:
                quants |= quants.create(
                    {
                        "product_id": product.id,
                        "location_id": location.id,
                        "lot_id": lot.id,
                        "inventory_quantity": quantity,
                    }
                )
        quants.action_apply_inventory()

    def _create_deliveries(self, products, warehouse):
        suppliers = self.env.ref("stock.stock_location_suppliers")
        customers = self.env.ref("stock.stock_location_customers")
        partner = products[0].seller_ids.partner_id
        for picking_type, source, destination, picked in (
            (warehouse.in_type_id, suppliers, warehouse.lot_stock_id, False),
            (warehouse.out_type_id, warehouse.lot_stock_id, customers, True),
        ):
            picking = self.env["stock.picking"].create(
                {
                    "picking_type_id": picking_type.id,
                    "partner_id": partner.id,
                    "location_id": source.id,
                    "location_dest_id": destination.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": 3,
                                "location_id": source.id,
                                "location_dest_id": destination.id,
                            }
                        )
                        for product in products[:2]
                    ],
                }
            )
            picking.action_confirm()
            picking.action_assign()
            picking.move_ids.picked = picked

    # -- count sheets ----------------------------------------------------------------------------------------------

    def _create_sheets(self):
        amy, ben, mia = (DemoTill(self.env, name) for name in ("amy", "ben", "mia"))
        corrected = self._count(amy, "Canned", "Monthly count", days=21, differences=(-2, 1, 0, -1))
        amy.go("complete", leave_out=True)
        mia.correct(corrected)
        self._count(ben, "Cleaning", "", days=14, differences=(0,) * 10)
        ben.go("complete", leave_out=True)
        mismatched = self._count(amy, "Snacks", "Before the holidays", days=2, differences=(-3, 0, 2, 0, -1, 0, 0, 5))
        amy.send(amy.entry("note", mismatched.line_ids[0], text="2 damaged"))
        amy.go("complete", leave_out=True)
        self._count(ben, "Sauces", "", days=1, differences=(-1, 2, 0))
        ben.go("complete", leave_out=True)
        ben.go("recount")
        self._count(amy, "Fruit", "Weekly", days=1, differences=(1, 0, -2))
        amy.go("pause", force=True)
        self._count(ben, "Body Care", "", days=5, differences=(1,))
        mia.uuid = ben.uuid
        mia.go("void", reason="Counted by mistake")
        self._create(amy, "Dairy", "Tomorrow morning", days=0, start=False)
        self._create_running_sheet(amy, ben)

    def _create_running_sheet(self, amy, ben):
        """A count in progress: two counters, an undone scan, an unknown code and a conflict."""
        count = self._count(amy, "Tea & Coffee", "Shelf and back room", days=0, differences=(0, -1, 0))
        ben.uuid = amy.uuid
        lines = count.line_ids
        scan = amy.entry("add", lines[4])
        amy.send(scan, amy.entry("undo", lines[4], target=scan["uuid"]))
        amy.send(amy.entry("add", code="4710088412345"), amy.entry("add", code="4710088412345"))
        amy.send(amy.entry("set", lines[5], 12))
        ben.send(ben.entry("set", lines[5], 8, seen=None), ben.entry("add", lines[6], 3))

    def _create(self, till, category, note, days, start=True):
        category = self.env["product.category"].search([("name", "=", category)], order="id desc", limit=1)
        count = till.create_sheet(category, note, start)
        moment = fields.Datetime.now() - timedelta(days=days, hours=2)
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE stock_pos_count SET create_date = %(moment)s, last_activity_at = %(moment)s,
                          started_at = CASE WHEN started_at IS NULL THEN NULL ELSE %(moment)s END WHERE id = %(count)s""",
                moment=moment,
                count=count.id,
            )
        )
        count.invalidate_recordset()
        return count

    def _count(self, till, category, note, days, differences):
        """Create and start a sheet and count its first lines, each off by one of ``differences``."""
        count = self._create(till, category, note, days)
        book = self.env["stock.pos.count.book"]._get_book(count, count.line_ids.product_id.ids)
        till.send(
            *(
                till.entry("set", line, max(book.get((line.product_id.id, line.lot_id.id or None), 0) + difference, 0))
                for line, difference in zip(count.line_ids, differences, strict=False)
            )
        )
        return count


class DemoTill:
    """A demo user at the front register."""

    def __init__(self, env, name):
        self.user = env.ref(f"stock_pos_count.res_users_{name}_demo")
        company = env.ref("base.main_company")
        self.counts = env["stock.pos.count"].with_user(self.user).with_context(allowed_company_ids=company.ids)
        self.config = env.ref("stock_pos_count.pos_config_front_demo")
        self.device = {"id": str(uuid.uuid4()), "name": f"{self.user.name}'s phone"}
        self.person = {"model": "res.users", "id": self.user.id}
        self.uuid = None
        self.seq = 0

    def create_sheet(self, category, note, start):
        values = {
            "uuid": str(uuid.uuid4()),
            "scope": "partial",
            "category_ids": category.ids,
            "created_by": self.person,
            "note": note,
        }
        sheet = self.counts.register_create(self.config.id, values, self.person, start)["sheet"]
        self.uuid = sheet["uuid"]
        return self.counts.sudo().browse(sheet["id"])

    def go(self, action, **options):
        self.counts.register_transition(self.config.id, self.uuid, action, self.person, options)

    def correct(self, count):
        preview = self.counts.register_correction_preview(self.config.id, count.uuid)
        self.counts.register_correct(self.config.id, count.uuid, preview["fingerprint"], [], self.person)

    def entry(self, kind, line=None, qty=1, text=None, **values):
        self.seq += 1
        return {
            "uuid": str(uuid.uuid4()),
            "seq": self.seq,
            "round": 0,
            "kind": kind,
            "product_id": line.product_id.id if line else None,
            "lot_id": line.lot_id.id or None if line else None,
            "qty": qty,
            "note": text,
            "source": "scan" if kind == "add" else "typed",
            "counted_at": int(time.time() * 1000) + self.seq,
            "person": self.person,
            **values,
        }

    def send(self, *entries):
        payload = {
            "device": self.device,
            "device_time": int(time.time() * 1000) + self.seq,
            "person": self.person,
            "waiting": 0,
            "entries": list(entries),
        }
        answer = self.counts.register_sync(self.config.id, self.uuid, payload)
        refused = [result for result in answer["results"] if result["status"] == "refused"]
        if refused:
            raise ValueError(f"demo entries were refused: {refused}")
