"""The door: who may call what, and what each call tells."""

import uuid

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CountCase, Till

# One transparent pixel.
PICTURE = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestRights(CountCase):
    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.till.count((self.tea, 9))
        self.line_id = self.line(self.tea).id

    def calls(self, till):
        """Every call of the protocol, with arguments that are right for a sheet that is being counted."""
        sheet, person, device = self.till.uuid, till.person, till.device
        return {
            "register_list": (),
            "register_create_info": (),
            "register_scope": ("full",),
            "register_create": ({"uuid": str(uuid.uuid4()), "scope": "full", "created_by": person}, person),
            "register_transition": (sheet, "pause", person),
            "register_open": (sheet, device),
            "register_lines": (sheet, 0),
            "register_lookup": (sheet, "9900000000017"),
            "register_search": (sheet, "tea"),
            "register_lots": (sheet, self.tea.id),
            "register_sync": (sheet, {"device": device, "device_time": till.now(), "person": person, "waiting": 0}),
            "register_entries": (sheet,),
            "register_completion": (sheet,),
            "register_count_as_zero": (sheet, person, 3),
            "register_assign": (sheet, "4711", self.tea.id, person),
            "register_late": (sheet,),
            "register_include": (sheet, person),
            "register_settle": (sheet, self.line_id, [str(uuid.uuid4())], person),
            "register_result": (sheet,),
            "register_line_detail": (sheet, self.line_id),
            "register_correction_preview": (sheet,),
            "register_correct": (sheet, "x", [], person),
            "register_correction_progress": (sheet,),
        }

    def test_the_list_of_calls_is_complete(self):
        public = {name for name in dir(self.env["stock.pos.count"]) if name.startswith("register_")}
        self.assertEqual(public, set(self.calls(self.till)))

    def test_only_point_of_sale_users_may_call(self):
        stranger = new_test_user(self.env, login="count_stranger", groups="base.group_user", company_id=self.company.id)
        for user in (self.iris, stranger):
            till = Till(self, user, self.config)
            for method, arguments in self.calls(till).items():
                with self.subTest(user=user.name, method=method), self.assertRaises(AccessError):
                    till.call(method, *arguments)

    def test_another_companys_sheets_and_registers_do_not_exist(self):
        company = self.env["res.company"].create({"name": "Rival Company"})
        rival_env = self.env(context={**self.env.context, "allowed_company_ids": company.ids})
        warehouse = rival_env["stock.warehouse"].sudo().search([("company_id", "=", company.id)], limit=1)
        config = self._create_register("Rival", warehouse.pos_type_id)
        rival = new_test_user(
            self.env,
            login="count_rival",
            groups="base.group_user,point_of_sale.group_pos_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for register in (config, self.config):
            till = Till(self, rival, register)
            for method, arguments in self.calls(till).items():
                if method in ("register_list", "register_create_info", "register_scope", "register_create"):
                    continue
                with self.subTest(register=register.name, method=method), self.assertRaises(UserError):
                    till.call(method, *arguments)
        self.assertEqual(Till(self, rival, config).call("register_list")["sheets"], [])
        self.assertFalse(
            self.env["stock.pos.count"].with_user(rival).with_context(allowed_company_ids=company.ids).search([])
        )

    def test_a_shop_that_does_not_take_stock_says_so(self):
        self.config.use_stock_count = False
        with self.assertRaisesRegex(UserError, "switched off"):
            self.till.call("register_list")

    def test_registers_of_one_shop_share_sheets_and_others_do_not_see_them(self):
        second = self._create_register("Back", self.shop.pos_type_id)
        till = Till(self, self.ben, second, self.till.uuid)
        self.assertEqual([sheet["uuid"] for sheet in till.call("register_list")["sheets"]], [self.till.uuid])
        till.open()
        till.count((self.milk, 5))
        other_shop = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH", "company_id": self.company.id})
        far = Till(self, self.ben, self._create_register("Far", other_shop.pos_type_id), self.till.uuid)
        self.assertEqual(far.call("register_list")["sheets"], [])
        with self.assertRaisesRegex(UserError, "does not exist for this register"):
            far.open()

    def test_settings_come_from_the_sheets_own_register(self):
        second = self._create_register("Back", self.shop.pos_type_id)
        self.config.stock_count_correct = "manager"
        till = Till(self, self.ben, second)
        manager = Till(self, self.mia, self.config, self.till.uuid)
        manager.go("void", reason="New start")
        self.till.create_sheet()
        self.till.count((self.tea, 9))
        self.till.go("complete", leave_out=True)
        till.uuid = self.till.uuid
        with self.assertRaisesRegex(AccessError, "manager"):
            till.call("register_correction_preview", till.uuid)

    def test_nonsense_arguments_get_a_clear_error(self):
        for method, arguments in (
            ("register_list", ("nonsense",)),
            ("register_list", ("open", -1)),
            ("register_list", ("open", 0, 10**9)),
            ("register_scope", ("everything",)),
            ("register_scope", ("partial", ["1"])),
            ("register_create", (None, self.till.person)),
            ("register_create", ({"uuid": "x"}, self.till.person)),
            ("register_transition", (self.till.uuid, "unlink", self.till.person)),
            ("register_transition", ("' or 1=1", "pause", self.till.person)),
            ("register_transition", (self.till.uuid, "pause", None)),
            ("register_open", (self.till.uuid, {"id": 5})),
            ("register_lines", (self.till.uuid, "1")),
            ("register_line_detail", (self.till.uuid, 10**9)),
            ("register_result", (self.till.uuid, "secret")),
            ("register_sync", (self.till.uuid, [])),
            ("register_include", (self.till.uuid, self.till.person, "all")),
            ("register_settle", (self.till.uuid, 10**9, [], self.till.person)),
            ("register_settle", (self.till.uuid, self.line_id, None, self.till.person)),
            (
                "register_create",
                ({"uuid": str(uuid.uuid4()), "created_by": self.till.person, "from_late": 5}, self.till.person),
            ),
            ("register_assign", (self.till.uuid, "4711", 10**9, self.till.person)),
            ("register_correct", (self.till.uuid, "x", ["1"], self.till.person)),
        ):
            with self.subTest(method=method, arguments=arguments), self.assertRaises(UserError):
                self.till.call(method, *arguments)

    def test_a_register_that_does_not_exist_gets_a_clear_error(self):
        for config_id in (0, None, "1", 10**8, True, [1]):
            with self.subTest(config=config_id), self.assertRaises(AccessError):
                self.env["stock.pos.count"].with_user(self.amy).register_list(config_id)

    def test_clerks_and_inventory_users_read_what_they_may(self):
        sheet, line = self.sheet(), self.line(self.tea)
        self.assertEqual(sheet.with_user(self.amy).state, "counting")
        with self.assertRaises(AccessError):
            line.with_user(self.amy).read(["expected_qty"])
        self.assertEqual(line.with_user(self.iris).expected_qty, 10)
        self.assertEqual(line.with_user(self.mia).expected_qty, 10)
        stranger = new_test_user(self.env, login="count_stranger", groups="base.group_user", company_id=self.company.id)
        with self.assertRaises(AccessError):
            sheet.with_user(stranger).read(["state"])


@tagged("post_install", "-at_install")
class TestCreatedBy(CountCase):
    def test_another_person_may_be_named_but_nobody_else(self):
        answer = self.till.create_sheet(created_by={"model": "res.users", "id": self.ben.id})
        self.assertEqual(answer["sheet"]["created_by"], "Ben")
        persons = self.till.call("register_create_info")["persons"]
        self.assertEqual({person["name"] for person in persons} & {"Amy", "Ben", "Mia", "Iris"}, {"Amy", "Ben", "Mia"})
        with self.assertRaisesRegex(UserError, "Choose who"):
            self.other_till.create_sheet(
                scope="partial", category_ids=self.food.ids, created_by={"model": "res.users", "id": self.iris.id}
            )

    def test_categories_are_those_with_something_to_count_and_those_above_them(self):
        above, empty = self.env["product.category"].create([{"name": "Count Above"}, {"name": "Count Empty"}])
        self.food.parent_id = above
        offered = {
            category["id"]: category["name"] for category in self.till.call("register_create_info")["categories"]
        }
        self.assertEqual(offered[above.id], "Count Above")
        self.assertEqual(offered[self.food.id], self.food.complete_name)
        self.assertNotIn(empty.id, offered)

    def test_created_twice_with_one_uuid_is_one_sheet(self):
        values = {"uuid": str(uuid.uuid4()), "created_by": self.till.person}
        self.till.create_sheet(**values)
        self.till.create_sheet(**values)
        self.assertEqual(self.env["stock.pos.count"].search_count([("company_id", "=", self.company.id)]), 1)


@tagged("post_install", "-at_install")
class TestAnswers(CountCase):
    def test_opening_brings_lines_and_products_without_what_is_expected(self):
        self.till.create_sheet()
        answer = self.till.open()
        self.assertEqual({product["name"] for product in answer["products"]}, {"Tea", "Milk", "Rice", "Soap"})
        for line in answer["lines"]:
            self.assertFalse({"expected_qty", "on_hand", "variance", "book_qty"} & set(line))
            self.assertIsNone(line["counted"])

    def test_only_products_with_a_picture_have_one_to_ask_for(self):
        """Of the template, of the variant alone, or none: a device asks for no placeholder."""
        self.tea.product_tmpl_id.image_1920 = PICTURE
        self.milk.image_variant_1920 = PICTURE
        self.till.create_sheet()
        images = {product["name"]: product["image"] for product in self.till.open()["products"]}
        self.assertIn(f"/web/image/product.product/{self.tea.id}/image_128?unique=", images["Tea"])
        self.assertIn(f"/web/image/product.product/{self.milk.id}/image_128?unique=", images["Milk"])
        self.assertEqual((images["Rice"], images["Soap"]), (None, None))

    def test_a_sync_describes_what_is_new_on_the_sheet_and_nothing_that_the_device_named(self):
        """A product that joins the sheet with this call may be gone from the device's copy: without it, a line has no
        name."""
        self.till.create_sheet(scope="partial", category_ids=self.food.ids)
        self.till.open()
        self.assertNotIn(self.soap, self.sheet().line_ids.product_id)
        entries = [self.till.entry(product=product) for product in (self.tea, self.soap)]
        answer = self.till.send(*entries)
        self.assertLessEqual({self.tea.id, self.soap.id}, {line["product_id"] for line in answer["lines"]})
        told = {product["id"] for product in answer["products"]}
        self.assertEqual((self.tea.id in told, self.soap.id in told), (False, True))

    def test_lines_are_paged_without_gap_or_double(self):
        self.till.create_sheet()
        first = self.till.call("register_open", self.till.uuid, self.till.device, 3)
        self.assertTrue(first["more"])
        rest = self.till.call("register_lines", self.till.uuid, first["lines"][-1]["id"], 3)
        self.assertFalse(rest["more"])
        ids = [line["id"] for line in first["lines"] + rest["lines"]]
        self.assertEqual(sorted(ids), self.sheet().line_ids.sorted("id").ids)

    def test_a_code_the_device_does_not_know_is_found_in_all_its_forms(self):
        unit = self.env.ref("uom.product_uom_dozen")
        self.env["product.uom"].create({"product_id": self.tea.id, "uom_id": unit.id, "barcode": "DOZEN-TEA"})
        cheese = self._create_product("Cheese", tracking="lot")
        lot = self.env["stock.lot"].create({"name": "LOT-77", "product_id": cheese.id})
        self.till.create_sheet()
        for code, product, qty in (
            ("9900000000017", self.tea, 1),
            ("09900000000017", self.tea, 1),
            ("DOZEN-TEA", self.tea, 12),
            ("C-TEA", self.tea, 1),
            ("LOT-77", cheese, 1),
        ):
            answer = self.till.call("register_lookup", self.till.uuid, code)
            self.assertEqual((answer["product"]["id"], answer["qty"]), (product.id, qty), code)
        self.assertEqual(answer["lot_id"], lot.id)
        self.assertIsNone(self.till.call("register_lookup", self.till.uuid, "unknown")["product"])

    def test_a_kit_is_answered_with_its_parts(self):
        """A breakfast of two teas, a set of tea and soap, and toast that nobody keeps in stock."""
        breakfast, small, toast = self.env["product.product"].create(
            [{"name": name, "type": "consu", "default_code": name} for name in ("Breakfast", "Set", "Toast")]
        )
        for kit, parts in (
            (small, ((self.tea, 1), (self.soap, 1))),
            (breakfast, ((self.tea, 2), (small, 1), (toast, 1))),
        ):
            self.env["mrp.bom"].create(
                {
                    "product_tmpl_id": kit.product_tmpl_id.id,
                    "type": "phantom",
                    "company_id": self.company.id,
                    "bom_line_ids": [
                        Command.create({"product_id": part.id, "product_qty": qty}) for part, qty in parts
                    ],
                }
            )
        self.till.create_sheet(scope="partial", category_ids=self.drinks.ids)
        answer = self.till.call("register_lookup", self.till.uuid, "Breakfast")
        self.assertEqual((answer["product"]["name"], answer["product"]["countable"]), ("Breakfast", False))
        self.assertCountEqual(answer["product"]["components"], [self.tea.id, self.soap.id])
        self.assertCountEqual([product["name"] for product in answer["products"]], ["Tea", "Soap"])
        self.assertEqual([line["product_id"] for line in answer["lines"]], [self.tea.id])
        for code in ("9900000000017", "Toast"):
            answer = self.till.call("register_lookup", self.till.uuid, code)
            self.assertEqual((answer["product"]["components"], answer["products"]), ([], []), code)

    def test_search_finds_products_on_and_off_the_sheet(self):
        self._create_product("Green Tea")
        self.till.create_sheet()
        names = {product["name"] for product in self.till.call("register_search", self.till.uuid, "tea")["products"]}
        self.assertEqual(names, {"Tea", "Green Tea"})
        self.assertEqual(self.till.call("register_search", self.till.uuid, "%")["products"], [])

    def test_start_names_deliveries_that_are_open(self):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.shop.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.stock.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.tea.id,
                            "product_uom_qty": 5,
                            "location_id": self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": self.stock.id,
                        },
                    )
                ],
            }
        )
        picking.action_confirm()
        notices = self.till.create_sheet()["notices"]
        self.assertEqual([notice["kind"] for notice in notices], ["not_received"])
        self.assertIn(picking.name, notices[0]["text"])

    def test_result_has_tabs_and_totals_largest_variance_first(self):
        self.till.create_sheet()
        self.till.count((self.tea, 4), (self.milk, 5), (self.rice, 2), (self.soap, -0.0))
        self.till.go("complete")
        answer = self.till.call("register_result", self.till.uuid, "all")
        self.assertEqual([line["variance"] for line in answer["lines"]], [-6, 2, 2, 0])
        totals = answer["totals"]
        self.assertEqual((totals["short"], totals["over"], totals["equal"], totals["uncounted"]), (1, 2, 1, 0))
        self.assertEqual((totals["short_qty"], totals["over_qty"]), (-6, 4))
        found = self.till.call("register_result", self.till.uuid, "all", 0, 80, "C-TEA")
        self.assertEqual([line["product_id"] for line in found["lines"]], [self.tea.id])

    def test_details_show_every_round_and_what_moved_since(self):
        self.till.create_sheet()
        self.till.count((self.tea, 8))
        self.till.go("complete", leave_out=True)
        self.till.go("recount")
        self.other_till.uuid = self.till.uuid
        self.other_till.open()
        self.other_till.count((self.tea, 9))
        self._set_stock(self.tea, 12)
        detail = self.till.call("register_line_detail", self.till.uuid, self.line(self.tea).id)
        self.assertEqual(
            [(one["round"], one["who"], one["counted"]) for one in detail["rounds"]], [(0, "Amy", 8), (1, "Ben", 9)]
        )
        self.assertIn("2 added by an inventory adjustment", detail["movements"][0]["text"])
        self.assertEqual(detail["on_hand_now"], 12)


@tagged("post_install", "-at_install")
class TestBlind(CountCase):
    def setUp(self):
        super().setUp()
        self.config.stock_count_blind = True
        self.till.create_sheet()
        self.till.count((self.tea, 7777))
        self.till.go("complete", leave_out=True)

    def test_a_clerk_sees_no_book_before_the_sheet_is_settled(self):
        uuid = self.till.uuid
        answers = [
            self.till.call("register_result", uuid, view)
            for view in ("short", "over", "equal", "uncounted", "check", "all")
        ]
        answers.append(self.till.call("register_line_detail", uuid, self.line(self.tea).id))
        answers.append(self.till.call("register_list", "mismatched"))
        for answer in answers:
            self.assertFalse(find_numbers(answer) & {10, 7767}, answer)
        sheet = self.till.call("register_list", "mismatched")["sheets"][0]
        self.assertEqual((sheet["short"], sheet["over"], sheet["equal"]), (None, None, None))
        record = self.sheet().with_user(self.amy)
        self.assertEqual((record.over_count, record.over_qty, record.result), (0, 0, False))

    def test_a_recount_hides_earlier_rounds(self):
        self.till.go("recount")
        self.till.open()
        answer = [
            self.till.open(),
            self.till.call("register_line_detail", self.till.uuid, self.line(self.tea).id),
            self.till.call("register_entries", self.till.uuid),
        ]
        self.assertNotIn(7777, find_numbers(answer))

    def test_managers_see_everything_and_inventory_users_nothing(self):
        manager = Till(self, self.mia, self.config, self.till.uuid)
        answer = manager.call("register_result", self.till.uuid, "over")
        self.assertEqual([(line["on_hand"], line["variance"]) for line in answer["lines"]], [(10, 7767)])
        self.assertFalse(
            self.env["stock.pos.count.line"].with_user(self.iris).search([("count_id", "=", self.sheet().id)])
        )
        self.assertTrue(
            self.env["stock.pos.count.line"].with_user(self.mia).search([("count_id", "=", self.sheet().id)])
        )


def find_numbers(value):
    """Return all numbers anywhere in an answer."""
    if isinstance(value, dict):
        return set().union(*map(find_numbers, value.values())) if value else set()
    if isinstance(value, (list, tuple)):
        return set().union(*map(find_numbers, value)) if value else set()
    return {value} if isinstance(value, (int, float)) and not isinstance(value, bool) else set()
