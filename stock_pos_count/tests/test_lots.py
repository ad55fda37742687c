"""Lots, serial numbers, packs and the barcodes that tell more than a product."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CountCase, Till


class LotCase(CountCase):
    """The shop with a lot-tracked ``cheese`` (lots ``young`` 4 and ``old`` 2 on hand) and a serial-tracked ``phone``
    (``here`` on hand, ``away`` in another shop, ``sold`` at a customer's)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cheese = cls._create_product("Cheese", tracking="lot", barcode="9900000000103")
        cls.young, cls.old, cls.gone = (cls._create_lot(cls.cheese, name) for name in ("YOUNG", "OLD", "GONE"))
        cls._set_stock(cls.cheese, 4, lot=cls.young)
        cls._set_stock(cls.cheese, 2, lot=cls.old)
        cls.gadgets = cls.env["product.category"].create({"name": "Count Gadgets"})
        cls.phone = cls._create_product("Phone", category=cls.gadgets, tracking="serial", barcode="9900000000202")
        cls.here, cls.away, cls.sold = (cls._create_lot(cls.phone, name) for name in ("SN-HERE", "SN-AWAY", "SN-SOLD"))
        cls._set_stock(cls.phone, 1, lot=cls.here)
        cls.other_shop = cls.env["stock.warehouse"].create({"name": "Far", "code": "FAR", "company_id": cls.company.id})
        cls._set_stock(cls.phone, 1, cls.other_shop.lot_stock_id, cls.away)
        customers = cls.env.ref("stock.stock_location_customers")
        cls.env["stock.quant"]._update_available_quantity(cls.phone, customers, 1, lot_id=cls.sold)

    @classmethod
    def _create_lot(cls, product, name):
        return cls.env["stock.lot"].create({"name": name, "product_id": product.id, "company_id": cls.company.id})

    def send_one(self, till=None, **values):
        """Send one entry and return the server's word on it."""
        till = till or self.till
        return till.send(till.entry(**values))["results"][0]

    def lookup(self, code, till=None):
        return (till or self.till).call("register_lookup", self.till.uuid, code)


@tagged("post_install", "-at_install")
class TestLots(LotCase):
    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.till.open()

    def test_a_sheet_has_one_line_a_lot_in_stock(self):
        lines = self.sheet().line_ids.filtered(lambda line: line.product_id == self.cheese)
        self.assertEqual(lines.lot_id, self.young | self.old)
        self.assertEqual(self.line(self.phone).lot_id, self.here)

    def test_each_lot_and_no_lot_are_counted_apart(self):
        self.till.send(
            self.till.entry("set", self.cheese, 3, self.young),
            self.till.entry("set", self.cheese, 2, self.old),
            self.till.entry("set", self.cheese, 1),
        )
        lots = self.env["stock.lot"]
        found = {lot: self.line(self.cheese, lot=lot).variance_qty for lot in (self.young, self.old, lots)}
        self.assertEqual(found, {self.young: -1, self.old: 0, lots: 1})

    def test_a_lot_of_another_product_is_not_accepted(self):
        result = self.send_one(product=self.cheese, lot=self.here)
        self.assertEqual(result["status"], "refused")
        self.assertIn("another product", result["reason"])

    def test_a_lot_named_by_a_scan_is_found(self):
        self.assertEqual(self.send_one(product=self.cheese, qty=3, lot_name="GONE")["status"], "taken")
        self.assertEqual(self.line(self.cheese, lot=self.gone).counted_qty, 3)

    def test_a_new_lot_is_made_only_where_the_operation_type_makes_lots(self):
        operation = self.config.picking_type_id
        operation.use_create_lots = False
        refused = self.send_one(product=self.cheese, lot_name="NEW")
        self.assertIn("no such lot", refused["reason"])
        self.assertFalse(self.env["stock.lot"].search([("name", "=", "NEW")]))
        operation.use_create_lots = True
        entries = [self.till.entry(product=self.cheese, qty=2, lot_name="NEW") for _number in range(2)]
        self.assertEqual({result["status"] for result in self.till.send(*entries)["results"]}, {"taken"})
        lot = self.env["stock.lot"].search([("name", "=", "NEW")])
        self.assertEqual((lot.product_id, lot.company_id), (self.cheese, self.company))
        self.assertEqual(self.line(self.cheese, lot=lot).counted_qty, 4)

    def test_lots_of_another_company_are_neither_found_nor_made(self):
        """Not even their names come back, and an entry of one holds up no other."""
        self.config.picking_type_id.use_create_lots = True
        other = self.env["res.company"].create({"name": "Elsewhere"})
        here = {"type": "consu", "is_storable": True, "tracking": "lot"}
        theirs, shared = self.env["product.product"].create(
            [{"name": "Theirs", "company_id": other.id, **here}, {"name": "Shared", **here}]
        )
        lots = self.env["stock.lot"].create(
            [{"name": "SECRET", "product_id": product.id, "company_id": other.id} for product in (theirs, shared)]
        )
        results = self.till.send(
            self.till.entry(product=theirs, lot_name="SECRET"),
            self.till.entry(product=theirs, lot_name="NEW"),
            self.till.entry(product=shared, lot=lots[1]),
            self.till.entry(product=self.tea),
        )["results"]
        self.assertEqual([result["status"] for result in results], ["refused"] * 3 + ["taken"])
        self.assertNotIn("SECRET", str(results))
        self.assertFalse(self.env["stock.lot"].search([("name", "=", "NEW")]))
        self.till.send(self.till.entry(code="4719999000017", product=None))
        with self.assertRaisesRegex(UserError, "cannot be counted here"):
            self.till.call("register_assign", self.till.uuid, "4719999000017", shared.id, self.till.person, lots[1].id)

    def test_a_lot_named_for_a_product_without_lots_is_left_out(self):
        self.assertEqual(self.send_one(product=self.tea, lot_name="NEW")["status"], "taken")
        self.assertFalse(self.line(self.tea).lot_id)

    def test_lots_to_choose_from_are_what_the_operation_type_allows(self):
        def names(term=""):
            answer = self.till.call("register_lots", self.till.uuid, self.cheese.id, term)
            return [lot["name"] for lot in answer["lots"]]

        self.config.picking_type_id.use_existing_lots = True
        self.assertEqual(names(), ["GONE", "OLD", "YOUNG"])
        self.assertEqual(names("oun"), ["YOUNG"])
        self.assertEqual(names("%"), [])
        self.config.picking_type_id.use_existing_lots = False
        self.assertEqual(names(), ["OLD", "YOUNG"])

    def test_a_serial_number_is_one_piece_on_all_devices_together(self):
        self.other_till.uuid = self.till.uuid
        self.other_till.open()
        for till in (self.till, self.other_till, self.till):
            self.assertEqual(self.send_one(till, product=self.phone, lot=self.here)["status"], "taken")
        line = self.line(self.phone)
        self.assertEqual((line.counted_qty, line.variance_qty, line.has_conflict), (1, 0, False))
        for kind in ("set", "add"):
            result = self.send_one(kind=kind, product=self.phone, lot=self.here, qty=2)
            self.assertIn("one piece", result["reason"])

    def test_a_serial_number_that_the_books_have_elsewhere_is_told(self):
        self.assertIsNone(self.lookup("SN-HERE")["elsewhere"])
        self.assertEqual(self.lookup("SN-AWAY")["elsewhere"], self.other_shop.lot_stock_id.display_name)
        self.assertIn("Customers", self.lookup("SN-SOLD")["elsewhere"])
        self.till.send(self.till.entry(product=self.phone, lot=self.away))
        line = next(line for line in self.till.open()["lines"] if line["lot_name"] == "SN-AWAY")
        self.assertEqual(line["elsewhere"], self.other_shop.lot_stock_id.display_name)
        lots = self.till.call("register_lots", self.till.uuid, self.phone.id)["lots"]
        self.assertEqual([lot["name"] for lot in lots if lot["elsewhere"]], ["SN-AWAY", "SN-SOLD"])


@tagged("post_install", "-at_install")
class TestBlindLots(LotCase):
    def test_a_blind_count_does_not_tell_where_a_serial_number_is(self):
        self.config.stock_count_blind = True
        self.till.create_sheet()
        self.till.open()
        self.till.send(self.till.entry(product=self.phone, lot=self.away))
        answers = [
            self.lookup("SN-AWAY"),
            self.till.open(),
            self.till.call("register_lots", self.till.uuid, self.phone.id),
            self.till.call("register_search", self.till.uuid, "phone"),
        ]
        self.assertNotIn("FAR", str(answers))
        manager = Till(self, self.mia, self.config, self.till.uuid)
        self.assertIn("FAR", str(self.lookup("SN-AWAY", manager)))


@tagged("post_install", "-at_install")
class TestCodes(LotCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        dozen = cls.env.ref("uom.product_uom_dozen")
        cls.env["product.uom"].create({"product_id": cls.tea.id, "uom_id": dozen.id, "barcode": "9900000000516"})
        cls.ham = cls._create_product("Ham", barcode="2112345000008", uom_id=cls.env.ref("uom.product_uom_kgm").id)
        cls.gs1 = cls.env.ref("barcodes_gs1_nomenclature.default_gs1_nomenclature")

    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.till.open()

    def found(self, code):
        answer = self.lookup(code)
        product = answer["product"]
        return product and (product["name"], answer["lot_name"], answer["qty"])

    def test_each_code_stands_for_what_it_tells(self):
        for code, expected in (
            ("9900000000017", ("Tea", None, 1)),
            ("9900000000516", ("Tea", None, 12)),
            ("YOUNG", ("Cheese", "YOUNG", 1)),
            ("SN-HERE", ("Phone", "SN-HERE", 1)),
            ("2112345012346", ("Ham", None, 1.234)),
            ("4711", None),
        ):
            with self.subTest(code=code):
                self.assertEqual(self.found(code), expected)

    def test_a_gs1_code_tells_product_lot_and_quantity(self):
        self.company.nomenclature_id = self.gs1
        for code, expected in (
            ("0109900000000103" + "10YOUNG", ("Cheese", "YOUNG", 1)),
            ("0109900000000103" + "10FRESH", ("Cheese", "FRESH", 1)),
            ("0109900000000202" + "21SN-HERE", ("Phone", "SN-HERE", 1)),
            ("0109900000000516" + "3003", ("Tea", None, 36)),
            ("0109900000000103" + "3103001234", ("Cheese", None, 1)),
            ("0102112345000008" + "3103001234", ("Ham", None, 1.234)),
            ("0109900000000018", None),
        ):
            with self.subTest(code=code):
                self.assertEqual(self.found(code), expected)
        self.assertEqual(self.lookup("010990000000010310YOUNG")["lot_id"], self.young.id)
        self.assertIsNone(self.lookup("010990000000010310FRESH")["lot_id"])

    def test_ordinary_barcodes_are_not_misread_by_the_default_rules(self):
        codes = ("1012345678904", "2212345678907", "4140000000009", "0410000000007", "0430000000005")
        products = [self._create_product(f"Odd {code}", barcode=code) for code in codes]
        for product in products:
            self.assertEqual(self.found(product.barcode), (product.name, None, 1))

    def test_a_lots_name_that_two_products_have_is_the_one_on_the_sheet(self):
        twin = self._create_lot(self.phone, "YOUNG")
        self.assertIsNone(self.found("YOUNG"))
        self.till.create_sheet(scope="partial", category_ids=self.gadgets.ids)
        self.assertEqual(self.lookup("YOUNG")["lot_id"], twin.id)

    def test_scans_made_without_network_get_their_product_when_they_arrive(self):
        """The sheet covers everything, so nobody has to be asked."""
        codes = ("9900000000516", "9900000000516", "YOUNG", "SN-AWAY", "4711")
        entries = [self.till.entry(code=code) for code in codes]
        self.assertEqual({result["status"] for result in self.till.send(*entries)["results"]}, {"taken"})
        self.assertEqual(self.line(self.tea).counted_qty, 24)
        self.assertEqual(self.line(self.cheese, lot=self.young).counted_qty, 1)
        self.assertEqual(self.line(self.phone, lot=self.away).counted_qty, 1)
        self.assertEqual([item["code"] for item in self.sheet()._get_unknown_data()], ["4711"])

    def test_a_scan_of_a_product_that_a_partial_sheet_does_not_have_stays_unknown(self):
        self.other_till.create_sheet(scope="partial", category_ids=self.drinks.ids)
        self.other_till.open()
        self.other_till.send(self.other_till.entry(code="9900000000017"), self.other_till.entry(code="9900000000103"))
        sheet = self.sheet(self.other_till)
        self.assertEqual(self.line(self.tea, self.other_till).counted_qty, 1)
        self.assertEqual([item["code"] for item in sheet._get_unknown_data()], ["9900000000103"])
