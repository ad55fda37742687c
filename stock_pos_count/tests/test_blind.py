"""A blind count: nothing that a clerk can ask the addon tells what the books have."""

import re
from uuid import uuid4

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..exceptions import CountQuestion
from .common import CountCase, Till
from .shop import POS_USER

# What people write between the thousands of a number.
THOUSANDS = re.compile(r"(?<=\d)[,'\u00a0\u202f](?=\d{3}(?!\d))")


class Figures:
    """Quantities that nothing else in an answer can have by chance."""

    def __init__(self, on_hand, counted, recounted, moved):
        self.on_hand, self.counted, self.recounted, self.moved = on_hand, counted, recounted, moved
        later = on_hand + moved
        self.secrets = {
            on_hand,
            later,
            moved,
            *(one - book for one in (counted, recounted) for book in (on_hand, later)),
        }


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


def read_numbers(value):
    """Return the numbers that a value is or names, whole ones too."""
    if isinstance(value, (int, float)):
        return [value]
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", THOUSANDS.sub("", str(value)))]


def find_secrets(answer, secrets):
    """Return what an answer tells of ``secrets``, as numbers or within texts, and the figures of the book it names."""
    secret_sizes = {abs(secret) for secret in secrets}
    found = []
    for path, value in leaves(answer):
        if isinstance(value, bool) or value is None:
            continue
        if secret_sizes & {abs(number) for number in read_numbers(value)}:
            found.append((path, value))
        if re.search(r"\.(on_hand|variance|expected|on_hand_now|elsewhere|value|short_value|over_value)$", path):
            found.append((path, value))
    return found


class BlindCase(CountCase):
    """A blind sheet on which Amy counted tea."""

    figures = Figures(on_hand=7351.25, counted=7000.5, recounted=7100.75, moved=613.25)

    def setUp(self):
        super().setUp()
        self.config.stock_count_blind = True
        self._set_stock(self.tea, self.figures.on_hand)
        self.till.create_sheet()
        self.till.open()
        self.till.count((self.tea, self.figures.counted))
        self.manager = Till(self, self.mia, self.config, self.till.uuid)

    def move_stock(self):
        """Let the books change after the count."""
        self._set_stock(self.tea, self.figures.on_hand + self.figures.moved)


@tagged("post_install", "-at_install")
class TestBlindAnswers(BlindCase):
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

    def assert_silent(self, *more_secrets):
        for call, answer in self.ask_everything(self.till).items():
            self.assertFalse(find_secrets(answer, self.figures.secrets | {*more_secrets}), call)

    def test_a_count_that_runs_tells_nothing(self):
        self.move_stock()
        self.assert_silent()

    def test_a_paused_count_tells_nothing(self):
        self.till.go("pause")
        self.move_stock()
        self.assert_silent()

    def test_a_mismatched_sheet_tells_nothing_and_is_corrected_by_a_manager(self):
        self.till.go("complete", leave_out=True)
        self.move_stock()
        self.assert_silent()
        self.assertNotIn("correct", self.till.call("register_list")["sheets"][0]["allowed"])
        with self.assertRaisesRegex(AccessError, "Only a manager"):
            self.till.call("register_correction_preview", self.till.uuid)

    def test_a_recount_tells_nothing_of_the_rounds_before(self):
        self.till.go("complete", leave_out=True)
        self.till.go("recount")
        self.assert_silent(self.figures.counted)
        self.till.open()
        self.till.count((self.tea, self.figures.recounted))
        self.assert_silent(self.figures.counted)
        self.till.go("complete", leave_out=True)
        self.assert_silent(self.figures.counted)

    def test_a_manager_is_told_everything(self):
        self.till.go("complete", leave_out=True)
        answer = self.manager.call("register_result", self.till.uuid, "short")
        variance = self.figures.counted - self.figures.on_hand
        self.assertEqual(
            [(line["on_hand"], line["variance"]) for line in answer["lines"]], [(self.figures.on_hand, variance)]
        )
        self.assertTrue(find_secrets(answer, self.figures.secrets))
        self.assertTrue(self.manager.call("register_correction_preview", self.till.uuid)["lines"])

    def test_everybody_is_told_once_the_sheet_is_settled(self):
        self.till.send(self.till.entry("set", self.tea, self.figures.on_hand))
        self.till.go("complete", leave_out=True)
        answer = self.till.call("register_result", self.till.uuid, "equal")
        self.assertEqual([line["on_hand"] for line in answer["lines"]], [self.figures.on_hand])

    def test_the_product_popup_shows_no_stock_until_the_sheet_is_settled(self):
        def warehouses(user):
            template = self.tea.product_tmpl_id.with_user(user)
            return template.get_product_info_pos(1.0, 1, self.config.id, self.tea.id)["warehouses"]

        self.assertEqual(warehouses(self.amy), [])
        self.assertIn(self.figures.on_hand, [warehouse["available_quantity"] for warehouse in warehouses(self.mia)])
        other_shop = self.env["stock.warehouse"].create({"name": "Far", "code": "FAR", "company_id": self.company.id})
        far = self._create_register("Far", other_shop.pos_type_id)
        template = self.tea.product_tmpl_id.with_user(self.amy)
        self.assertTrue(template.get_product_info_pos(1.0, 1, far.id, self.tea.id)["warehouses"])
        self.till.send(self.till.entry("set", self.tea, self.figures.on_hand))
        self.till.go("complete", leave_out=True)
        self.assertTrue(warehouses(self.amy))

    def test_a_clerk_cannot_search_sheets_by_their_variances(self):
        counts = self.env["stock.pos.count"].with_user(self.amy)
        for domain in ([("line_ids.variance_qty", "<", 0)], [("entry_ids.book_qty", ">", 0)]):
            with self.assertRaises(AccessError):
                counts.search(domain)


@tagged("post_install", "-at_install")
class TestBlindAnswersInWholeNumbers(TestBlindAnswers):
    """Most shops count pieces."""

    figures = Figures(on_hand=7_351_829, counted=7_005_037, recounted=7_100_561, moved=613_251)

    def test_numbers_are_found_however_they_are_written(self):
        for text in ("7351829", "7,351,829 pieces", "on hand: 7\u202f351\u202f829.", "−7351829", "7351829.0"):
            self.assertTrue(find_secrets({"text": text}, self.figures.secrets), text)
        for text in ("73518290", "1 7351828", "7,351,82"):
            self.assertFalse(find_secrets({"text": text}, self.figures.secrets), text)


@tagged("post_install", "-at_install")
class TestBlindRecords(BlindCase):
    """What Odoo's own ways of reading tell of a blind sheet: to a clerk, to an inventory user, to both in one person;
    each may export."""

    OPEN_STATES = ("counting", "mismatched", "recounting")

    def setUp(self):
        super().setUp()
        self.ivy = self._create_users(("ivy", [POS_USER, "stock.group_stock_manager"], self.company))
        for user in (self.amy, self.iris, self.ivy, self.mia):
            user.group_ids += self.env.ref("base.group_allow_export")
        self.models = [name for name in self.env.registry if name.startswith("stock.pos.count")]
        # Quantities that people counted are no secret in the first round; what this addon says of the books is.
        self.secrets = self.figures.secrets

    def lead_to(self, state):
        if state != "counting":
            self.till.go("complete", leave_out=True)
        if state == "recounting":
            self.till.go("recount")
        self.env.flush_all()

    def read_everything(self, user):
        """Yield ``(where, answer)`` of everything that a user can read of this addon's models, and what Odoo's
        sums, exports and names tell."""
        for name in self.models:
            model = self.env[name].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            if model._abstract or not model.has_access("read"):
                continue
            records = model.search([("company_id", "=", self.company.id)] if "company_id" in model._fields else [])
            fields = [field for field in model.fields_get() if field != "id"]
            for field, answer in self.ask_fields(records.read, fields):
                yield (name, field), answer
            for field, answer in self.ask_fields(records.export_data, fields):
                yield (name, field, "export"), answer
            for field in fields:
                if model._fields[field].store and model._fields[field].type in ("float", "monetary", "integer"):
                    by, sums = ["count_id"] * ("count_id" in fields), [f"{field}:sum", f"{field}:max"]
                    yield (name, field, "sum"), self.ask(model.formatted_read_group, [], by, sums)
            yield (name, "names"), self.ask(model.name_search, "", None, "ilike", None)
        messages = self.sheet().message_ids
        yield "messages", [messages.mapped("body"), messages.sudo().tracking_value_ids.read()]
        yield "activities", self.sheet().activity_ids.sudo().read(["summary", "note"])

    def ask_fields(self, method, fields):
        """Yield ``(field, answer)`` of a method that reads fields, each of them asked for alone."""
        for field in fields:
            yield field, self.ask(method, [field])

    def ask(self, method, *arguments):
        """Return an answer, or the text of the error, from an empty cache."""
        self.env.invalidate_all()
        try:
            return method(*arguments)
        except UserError as error:
            return str(error)

    def test_who_is_no_manager_reads_nothing(self):
        for state in self.OPEN_STATES:
            with self.env.cr.savepoint() as before:
                self.lead_to(state)
                for user in (self.amy, self.iris, self.ivy):
                    for where, answer in self.read_everything(user):
                        self.assertFalse(find_secrets(answer, self.secrets), (state, user.name, where))
                before.rollback()
            self.env.invalidate_all()

    def test_a_manager_reads_it_all(self):
        """What is looked for is there, so that the other test means something."""
        self.lead_to("mismatched")
        told = {where for where, answer in self.read_everything(self.mia) if find_secrets(answer, self.secrets)}
        for field in ("expected_qty", "variance_qty", "book_qty"):
            for more in ((), ("export",), ("sum",)):
                self.assertIn(("stock.pos.count.line", field, *more), told)
        self.assertIn(("stock.pos.count", "short_qty"), told)
        self.assertIn(("stock.pos.count.entry", "book_qty"), told)
        self.assertIn(("stock.pos.count.report", "variance_qty"), told)

    def test_nobody_finds_a_sheet_by_what_is_hidden(self):
        """A condition on a hidden figure would tell it, by and by."""
        self.lead_to("mismatched")
        size = abs(self.figures.counted - self.figures.on_hand)
        for model, path in (
            ("stock.pos.count", "line_ids.variance_qty"),
            ("stock.pos.count", "line_ids.entry_ids.book_qty"),
            ("stock.pos.count", "entry_ids.line_id.expected_qty"),
            ("stock.pos.count.line", "variance_qty"),
            ("stock.pos.count.entry", "line_id.variance_qty"),
            ("stock.pos.count.step", "count_id.line_ids.variance_qty"),
            ("stock.move", "stock_pos_count_line_id.variance_qty"),
        ):
            for user in (self.amy, self.iris, self.ivy):
                for sign in ("<", ">"):
                    found = self.ask(self.env[model].with_user(user).search, [(path, sign, 0), (path, "!=", size + 1)])
                    with self.subTest(model=model, path=path, user=user.name):
                        self.assertFalse(not isinstance(found, str) and found.ids)
        self.assertIn(
            self.sheet(), self.env["stock.pos.count"].with_user(self.mia).search([("line_ids.variance_qty", "<", 0)])
        )

    def test_what_one_user_was_shown_is_not_kept_for_the_next(self):
        self.lead_to("mismatched")
        names = ["short_qty", "short_count", "result"]
        shown = self.sheet().with_user(self.mia).read(names)[0]
        self.assertEqual((shown["short_count"], bool(shown["result"])), (1, True))
        hidden = self.sheet_as_it_is().with_user(self.iris).read(names)[0]
        self.assertEqual((hidden["short_qty"], hidden["short_count"], hidden["result"]), (0, 0, False))

    def sheet_as_it_is(self):
        """Return the sheet with what the transaction already knows of it."""
        return self.env["stock.pos.count"].search([("uuid", "=", self.till.uuid)])

    def test_wizards_are_for_managers(self):
        self.lead_to("mismatched")
        line = self.line(self.tea)
        for user in (self.amy, self.iris, self.ivy):
            for model, values in (
                ("stock.pos.count.correct", {"count_id": self.sheet().id}),
                ("stock.pos.count.correct.line", {"line_id": line.id}),
                ("stock.pos.count.settle", {"line_id": line.id}),
                ("stock.pos.count.assign", {"count_id": self.sheet().id}),
            ):
                wizards = self.env[model].with_user(user)
                with self.subTest(user=user.name, model=model):
                    with self.assertRaises(AccessError):
                        wizards.create(values)
                    with self.assertRaises(AccessError):
                        wizards.onchange(values, [], {name: {} for name in wizards._fields})
            with self.assertRaises(AccessError):
                self.sheet().with_user(user).action_preview_correction()


@tagged("post_install", "-at_install")
class TestBlindRecordsInWholeNumbers(TestBlindRecords):
    """Asks for all fields of a model at once, as views and exports do."""

    figures = TestBlindAnswersInWholeNumbers.figures

    def ask_fields(self, method, fields):
        answer = self.ask(method, fields)
        if isinstance(answer, str) and len(fields) > 1:
            # One that may not be read must not hide what the others tell.
            for half in (fields[: len(fields) // 2], fields[len(fields) // 2 :]):
                yield from self.ask_fields(method, half)
        elif isinstance(answer, str):
            yield fields[0], answer
        elif isinstance(answer, dict):
            columns = zip(*answer["datas"], strict=True) if answer["datas"] else [()] * len(fields)
            yield from zip(fields, columns, strict=True)
        else:
            for field in fields:
                yield field, [{field: row[field]} for row in answer]


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

    def test_who_counted_is_asked_to_leave_the_recount_to_somebody_else(self):
        with self.assertRaisesRegex(CountQuestion, "somebody else"):
            self.till.go("recount")
        self.assertEqual(self.till.go("recount", force=True)["state"], "recounting")
        self.assertEqual(self.sheet().step_ids[-1].reason, "The same person recounts.")

    def test_somebody_else_is_not_asked(self):
        self.assertEqual(self.other_till.go("recount")["state"], "recounting")
        self.assertFalse(self.sheet().step_ids[-1].reason)

    def test_without_the_setting_nobody_is_asked(self):
        self.config.stock_count_recount_by_other = False
        with self.assertRaises(CountQuestion, msg="the sheet keeps the setting it was started with"):
            self.till.go("recount")
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
