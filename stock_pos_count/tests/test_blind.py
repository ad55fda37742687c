"""A blind count: nothing that a clerk can ask the addon tells what the books have."""

import re
from uuid import uuid4

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CountCase, Till

# Figures that nothing else in an answer can have by chance.
ON_HAND, COUNTED, RECOUNTED, MOVED = 7351.25, 7000.5, 7100.75, 613.25
SECRETS = {ON_HAND, COUNTED - ON_HAND, RECOUNTED - ON_HAND, ON_HAND + MOVED, MOVED, COUNTED - ON_HAND - MOVED}


def leaves(value, path=""):
    """Yield ``(path, value)`` of everything in an answer that is not a list or a dict."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from leaves(inner, f"{path}[]")
    else:
        yield path, value


def find_secrets(answer, secrets):
    """Return what an answer tells of ``secrets``, as numbers or within texts, and the figures of the book it names."""
    secret_sizes = {abs(secret) for secret in secrets}
    found = []
    for path, value in leaves(answer):
        if isinstance(value, bool) or value is None:
            continue
        numbers = [value] if isinstance(value, (int, float)) else [float(n) for n in re.findall(r"\d+\.\d+", value)]
        if secret_sizes & {abs(number) for number in numbers}:
            found.append((path, value))
        if re.search(r"\.(on_hand|variance|expected|on_hand_now|elsewhere|value|short_value|over_value)$", path):
            found.append((path, value))
    return found


@tagged("post_install", "-at_install")
class TestBlindAnswers(CountCase):
    def setUp(self):
        super().setUp()
        self.config.stock_count_blind = True
        self._set_stock(self.tea, ON_HAND)
        self.till.create_sheet()
        self.till.open()
        self.till.count((self.tea, COUNTED))
        self.manager = Till(self, self.mia, self.config, self.till.uuid)

    def ask_everything(self, till):
        """Return what every call answers, or the text of its error, whatever state the sheet is in."""
        uuid, line_id = till.uuid, self.line(self.tea).id
        calls = [
            ("register_list", "all"),
            ("register_create_info",),
            ("register_scope", "full"),
            ("register_open", uuid, till.device),
            ("register_lines", uuid, 0),
            ("register_lookup", uuid, self.tea.barcode),
            ("register_search", uuid, "tea"),
            ("register_lots", uuid, self.tea.id),
            ("register_sync", uuid, {"device": till.device, "device_time": till.now(), "waiting": 0,
                                     "cursor": "1:1:", "person": till.person}),
            ("register_entries", uuid),
            ("register_late", uuid),
            ("register_include", uuid, till.person),
            ("register_completion", uuid),
            ("register_line_detail", uuid, line_id),
            ("register_correction_preview", uuid),
            ("register_correct", uuid, "x", [], till.person),
            ("register_correction_progress", uuid),
            ("register_create", self.values_of_another_sheet(till), till.person, True),
            ("register_assign", uuid, "an unknown code", self.tea.id, till.person),
            ("register_settle", uuid, line_id, [], till.person),
            ("register_count_as_zero", uuid, till.person, 99),
            *(("register_result", uuid, view) for view in ("short", "over", "equal", "uncounted", "check", "all")),
            *(
                ("register_transition", uuid, action, till.person)
                for action in ("start", "pause", "resume", "complete", "recount", "correct", "void")
            ),
        ]  # fmt: skip
        # A new method of the register has to be asked here too.
        methods = {name for name in dir(type(self.env["stock.pos.count"])) if name.startswith("register_")}
        self.assertEqual({method for method, *_arguments in calls}, methods)
        answers = {}
        for method, *arguments in calls:
            with self.env.cr.savepoint() as before:
                try:
                    answer = till.call(method, *arguments)
                except (UserError, AccessError) as error:
                    answer = str(error)
                # Asked in this very state, one after the other.
                before.rollback()
            self.env.invalidate_all()
            answers[method, str(arguments[1:])] = answer
        names = ["short_count", "over_count", "equal_count", "short_qty", "over_qty", "result", "coverage"]
        answers["read"] = self.sheet(till).with_user(till.user).read(names)
        answers["messages"] = self.sheet(till).message_ids.mapped("body")
        return answers

    def values_of_another_sheet(self, till):
        """Return what creates a sheet that shares products with the blind one."""
        return {"uuid": str(uuid4()), "scope": "partial", "category_ids": self.food.ids, "created_by": till.person}

    def assert_silent(self, secrets=frozenset(SECRETS)):
        for call, answer in self.ask_everything(self.till).items():
            self.assertFalse(find_secrets(answer, secrets), call)

    def test_a_count_that_runs_tells_nothing(self):
        self._set_stock(self.tea, ON_HAND + MOVED)
        self.assert_silent()

    def test_a_paused_count_tells_nothing(self):
        self.till.go("pause")
        self._set_stock(self.tea, ON_HAND + MOVED)
        self.assert_silent()

    def test_a_mismatched_sheet_tells_nothing_and_is_corrected_by_a_manager(self):
        self.till.go("complete", leave_out=True)
        self._set_stock(self.tea, ON_HAND + MOVED)
        self.assert_silent()
        self.assertNotIn("correct", self.till.call("register_list")["sheets"][0]["allowed"])
        with self.assertRaisesRegex(AccessError, "Only a manager"):
            self.till.call("register_correction_preview", self.till.uuid)

    def test_a_recount_tells_nothing_of_the_rounds_before(self):
        self.till.go("complete", leave_out=True)
        self.till.go("recount")
        self.assert_silent(SECRETS | {COUNTED})
        self.till.open()
        self.till.count((self.tea, RECOUNTED))
        self.assert_silent(SECRETS | {COUNTED})
        self.till.go("complete", leave_out=True)
        self.assert_silent(SECRETS | {COUNTED})

    def test_a_manager_is_told_everything(self):
        self.till.go("complete", leave_out=True)
        answer = self.manager.call("register_result", self.till.uuid, "short")
        self.assertEqual([(line["on_hand"], line["variance"]) for line in answer["lines"]], [(ON_HAND, -350.75)])
        self.assertTrue(self.manager.call("register_correction_preview", self.till.uuid)["lines"])

    def test_everybody_is_told_once_the_sheet_is_settled(self):
        self.till.send(self.till.entry("set", self.tea, ON_HAND))
        self.till.go("complete", leave_out=True)
        answer = self.till.call("register_result", self.till.uuid, "equal")
        self.assertEqual([line["on_hand"] for line in answer["lines"]], [ON_HAND])

    def test_the_product_popup_shows_no_stock_until_the_sheet_is_settled(self):
        def warehouses(user):
            template = self.tea.product_tmpl_id.with_user(user)
            return template.get_product_info_pos(1.0, 1, self.config.id, self.tea.id)["warehouses"]

        self.assertEqual(warehouses(self.amy), [])
        self.assertIn(ON_HAND, [warehouse["available_quantity"] for warehouse in warehouses(self.mia)])
        other_shop = self.env["stock.warehouse"].create({"name": "Far", "code": "FAR", "company_id": self.company.id})
        far = self._create_register("Far", other_shop.pos_type_id)
        template = self.tea.product_tmpl_id.with_user(self.amy)
        self.assertTrue(template.get_product_info_pos(1.0, 1, far.id, self.tea.id)["warehouses"])
        self.till.send(self.till.entry("set", self.tea, ON_HAND))
        self.till.go("complete", leave_out=True)
        self.assertTrue(warehouses(self.amy))

    def test_a_clerk_cannot_search_sheets_by_their_variances(self):
        counts = self.env["stock.pos.count"].with_user(self.amy)
        for domain in ([("line_ids.variance_qty", "<", 0)], [("entry_ids.book_qty", ">", 0)]):
            with self.assertRaises(AccessError):
                counts.search(domain)


@tagged("post_install", "-at_install")
class TestRecountByOther(CountCase):
    def setUp(self):
        super().setUp()
        self.config.stock_count_recount_by_other = True
        self.till.create_sheet()
        self.till.open()
        self.till.count((self.tea, 4))
        self.till.go("complete", leave_out=True)
        self.other_till.uuid = self.till.uuid

    def asks(self, till):
        return till.call("register_list")["sheets"][0]["asks_recount_by_other"]

    def test_who_counted_is_asked_to_leave_the_recount_to_somebody_else(self):
        self.assertTrue(self.asks(self.till))
        with self.assertRaisesRegex(UserError, "somebody else"):
            self.till.go("recount")
        self.assertEqual(self.till.go("recount", force=True)["state"], "recounting")
        self.assertEqual(self.sheet().step_ids[-1].reason, "The same person recounts.")

    def test_somebody_else_is_not_asked(self):
        self.assertFalse(self.asks(self.other_till))
        self.assertEqual(self.other_till.go("recount")["state"], "recounting")
        self.assertFalse(self.sheet().step_ids[-1].reason)

    def test_without_the_setting_nobody_is_asked(self):
        self.config.stock_count_recount_by_other = False
        self.assertTrue(self.asks(self.till), "the sheet keeps the setting it was started with")
        self.other_till.create_sheet(scope="partial", category_ids=self.food.ids)
        self.other_till.open()
        self.other_till.count((self.tea, 4))
        self.other_till.go("complete", leave_out=True)
        self.assertEqual(self.other_till.go("recount")["state"], "recounting")


@tagged("post_install", "-at_install")
class TestCountAsZero(CountCase):
    """Ten on hand of tea, five of milk, none of rice, minus two of soap; nobody counted but sugar."""

    def setUp(self):
        super().setUp()
        self.sugar = self._create_product("Sugar", 3)
        self.cheese = self._create_product("Cheese", tracking="lot")
        self.lots = self.env["stock.lot"].create([{"name": name, "product_id": self.cheese.id} for name in "AB"])
        for lot in self.lots:
            self._set_stock(self.cheese, 4, lot=lot)
        self.till.create_sheet()
        self.till.open()
        self.till.send(self.till.entry("set", self.sugar, 3), self.till.entry("set", self.cheese, 4, self.lots[0]))
        self.manager = Till(self, self.mia, self.config, self.till.uuid)

    def zero(self):
        return self.manager.call("register_completion", self.till.uuid)["zero"]

    def count_as_zero(self, number, *also):
        self.manager.call("register_count_as_zero", self.till.uuid, self.manager.person, number, list(also))

    def test_lines_that_may_well_be_there_are_listed_apart_and_left_out(self):
        self.receive(self.milk, 1)
        self.assertEqual(
            self.zero(),
            {
                "number": 2,
                "apart": [
                    {"kind": "moved", "number": 1, "names": [self.milk.display_name]},
                    {"kind": "lots", "number": 1, "names": [f"{self.cheese.display_name} · B"]},
                    {"kind": "negative", "number": 1, "names": [self.soap.display_name]},
                ],
            },
        )
        self.count_as_zero(2)
        zeros = self.sheet().line_ids.filtered(lambda line: line.is_counted and not line.counted_qty)
        self.assertEqual(zeros.product_id, self.tea | self.rice)

    def test_what_was_ticked_is_counted_too(self):
        self.count_as_zero(4, "negative")
        self.assertEqual(self.line(self.soap).variance_qty, 2)
        self.assertFalse(self.line(self.cheese, lot=self.lots[1]).is_counted)

    def test_the_number_has_to_be_typed_exactly_and_kinds_exist(self):
        for number, also in ((4, ()), (3, ("negative",)), (3, ("all",)), ("3", ())):
            with self.assertRaises(UserError):
                self.count_as_zero(number, *also)

    def test_staff_neither_see_the_groups_nor_may_count_all_as_zero(self):
        self.assertIsNone(self.till.call("register_completion", self.till.uuid)["zero"])
        with self.assertRaisesRegex(AccessError, "Only a manager"):
            self.till.call("register_count_as_zero", self.till.uuid, self.till.person, 3)

    def test_never_in_a_recount(self):
        self.till.count((self.tea, 1))
        self.till.go("complete", leave_out=True)
        self.till.go("recount")
        self.assertIsNone(self.zero())
        with self.assertRaisesRegex(UserError, "never a recount"):
            self.count_as_zero(1)
