"""Nobody gets round the methods: imports, x2many commands, copies, administrators, hostile payloads."""

import json
import math
import uuid

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CountCase

MODELS = (
    "stock.pos.count",
    "stock.pos.count.line",
    "stock.pos.count.entry",
    "stock.pos.count.step",
    "stock.pos.count.device",
    "stock.pos.count.late.sale",
    "stock.pos.count.report",
)


@tagged("post_install", "-at_install")
class TestNothingIsWrittenDirectly(CountCase):
    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.till.count((self.tea, 8))
        self.admin = new_test_user(
            self.env,
            login="count_admin",
            groups="base.group_system,base.group_allow_export,stock.group_stock_manager,point_of_sale.group_pos_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def users(self):
        return self.amy | self.mia | self.iris | self.admin

    def test_no_user_creates_or_deletes_anything_of_a_count(self):
        self.env.flush_all()
        records = {
            "stock.pos.count": self.sheet(),
            "stock.pos.count.line": self.line(self.tea),
            "stock.pos.count.entry": self.sheet().entry_ids[:1],
            "stock.pos.count.step": self.sheet().step_ids[:1],
            "stock.pos.count.device": self.sheet().device_ids[:1],
        }
        for user in self.users():
            for model, record in records.items():
                values = {"count_id": self.sheet().id} if "count_id" in record._fields else {"scope": "full"}
                with self.subTest(user=user.name, model=model):
                    with self.assertRaises(UserError):
                        record.with_user(user).unlink()
                    with self.assertRaises(UserError):
                        self.env[model].with_user(user).create(values)
                    with self.assertRaises(UserError):
                        record.with_user(user).copy()

    def test_imports_write_nothing(self):
        """Odoo's import reaches ``load``: neither new rows nor rows named by their database id are taken."""
        line, entry = self.line(self.tea), self.sheet().entry_ids[:1]
        before = (line.counted_qty, entry.qty, self.sheet().state)
        for user in (self.mia, self.admin):
            for model, names, row in (
                ("stock.pos.count.line", [".id", "counted_qty"], [line.id, "99"]),
                ("stock.pos.count.entry", [".id", "qty"], [entry.id, "99"]),
                ("stock.pos.count", [".id", "state"], [self.sheet().id, "corrected"]),
                ("stock.pos.count", [".id", "line_ids/.id", "line_ids/counted_qty"], [self.sheet().id, line.id, "99"]),
                ("stock.pos.count.entry", ["uuid", "qty"], [str(uuid.uuid4()), "5"]),
                ("stock.pos.count.step", ["person_name", "action"], ["Nobody", "correct"]),
            ):
                with self.subTest(user=user.name, model=model, names=names):
                    try:
                        ids = self.env[model].with_user(user).load(names, [[str(value) for value in row]])["ids"]
                    except UserError:
                        ids = False
                    self.assertFalse(ids)
        self.env.invalidate_all()
        self.assertEqual((line.counted_qty, entry.qty, self.sheet().state), before)
        self.assertEqual(len(self.sheet().entry_ids), 1)

    def test_x2many_commands_of_other_models_reach_nothing(self):
        line, entry = self.line(self.tea), self.sheet().entry_ids[:1]
        for user in (self.mia, self.admin):
            for field, command in (
                ("line_ids", Command.update(line.id, {"counted_qty": 99})),
                ("entry_ids", Command.delete(entry.id)),
                ("step_ids", Command.clear()),
                ("device_ids", Command.create({"device": "x"})),
                ("late_sale_ids", Command.create({})),
                ("late_entry_ids", Command.update(entry.id, {"qty": 99})),
            ):
                with self.subTest(user=user.name, field=field), self.assertRaises(UserError):
                    self.sheet().with_user(user).write({field: [command]})
        self.assertEqual((self.line(self.tea).counted_qty, len(self.sheet().entry_ids)), (8, 1))

    def test_no_private_helper_is_a_public_method(self):
        """What the web client may call of a sheet is known by name: new public methods have to be thought about."""
        base = set(dir(self.env["mail.thread"])) | set(dir(self.env["mail.activity.mixin"]))
        base |= set(dir(self.env["pos.bus.mixin"]))
        own = {
            name
            for name in dir(self.env.registry["stock.pos.count"])
            if not name.startswith("_") and name not in base and name not in self.env["stock.pos.count"]._fields
            and callable(getattr(self.env.registry["stock.pos.count"], name))
        }  # fmt: skip
        self.assertEqual(
            {name for name in own if not name.startswith("register_")},
            {
                "action_assign_codes", "action_close", "action_include_late", "action_open_register",
                "action_preview_correction", "action_refresh", "action_retry_correction", "action_view_conflicts",
                "action_view_entries", "action_view_failed", "action_view_lines", "action_view_moves", "action_void",
            },
        )  # fmt: skip


@tagged("post_install", "-at_install")
class TestWhoReadsWhat(CountCase):
    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.till.count((self.tea, 8))
        self.till.go("complete", leave_out=True)

    def may_read(self, user, model):
        return self.env[model].with_user(user).has_access("read")

    def test_the_table_of_rights(self):
        stranger = new_test_user(self.env, login="count_stranger", groups="base.group_user", company_id=self.company.id)
        readable = {
            self.amy: {"stock.pos.count", "stock.pos.count.step"},
            self.mia: set(MODELS),
            self.iris: set(MODELS) - {"stock.pos.count.device", "stock.pos.count.report"},
            stranger: set(),
        }
        for user, models in readable.items():
            with self.subTest(user=user.name):
                self.assertEqual({model for model in MODELS if self.may_read(user, model)}, models)
        for user in readable:
            for model in MODELS:
                for operation in ("create", "unlink"):
                    with self.subTest(user=user.name, model=model, operation=operation):
                        self.assertFalse(self.env[model].with_user(user).has_access(operation))

    def test_only_managers_see_values(self):
        self.assertEqual(self.sheet().with_user(self.mia).short_value, -4)
        for user in (self.amy, self.iris):
            with self.assertRaises(AccessError):
                self.sheet().with_user(user).read(["short_value"])

    def test_another_companys_records_do_not_exist(self):
        company = self.env["res.company"].create({"name": "Rival Company"})
        rival = new_test_user(
            self.env,
            login="count_rival",
            groups="base.group_user,stock.group_stock_manager,point_of_sale.group_pos_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        env = self.env(user=rival, context={**self.env.context, "allowed_company_ids": company.ids})
        own = {model: self.env[model].search([]).ids for model in MODELS if model != "stock.pos.count.late.sale"}
        for model, ids in own.items():
            with self.subTest(model=model):
                self.assertTrue(ids)
                self.assertFalse(env[model].search([("id", "in", ids)]))
                with self.assertRaises(AccessError):
                    env[model].browse(ids).read(["display_name"])

    def test_the_analysis_sums_up_what_it_should(self):
        self.env.flush_all()
        rows = (
            self.env["stock.pos.count.report"]
            .with_user(self.mia)
            ._read_group(
                [("count_id", "=", self.sheet().id)],
                ["warehouse_id", "completed_at:month", "categ_id"],
                ["variance_qty:sum", "short_value:sum", "over_value:sum"],
            )
        )
        self.assertEqual([(row[0], *row[2:]) for row in rows], [(self.shop, self.drinks, -2, -4, 0)])


@tagged("post_install", "-at_install")
class TestHostilePayloads(CountCase):
    """Whatever a client sends: a text for the person, or an answer, and nothing that was not meant."""

    WRONG = (
        None, True, 2**40, 10**400, math.nan, "\x00", "\ud83d", " open", "10:5:", "-1:5:", "9" * 30 + ":5:",
        "9" * 10_000, [None], [[1]], [" moved"], {"model": "x", "id": [1]},
    )  # fmt: skip

    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.till.count((self.tea, 8))
        self.till.go("complete", leave_out=True)
        self.line_id = self.line(self.tea).id

    def calls(self):
        sheet, person = self.till.uuid, self.till.person
        sync = {"device": self.till.device, "device_time": self.till.now(), "person": person, "waiting": 0}
        return {
            "register_list": ["open", 0, 20],
            "register_scope": ["partial", [], []],
            "register_create": [{"uuid": str(uuid.uuid4()), "scope": "partial", "created_by": person,
                                 "category_ids": self.food.ids}, person, False],
            "register_transition": [sheet, "recount", person, {}],
            "register_open": [sheet, self.till.device, 1000],
            "register_lines": [sheet, 0, 1000],
            "register_lookup": [sheet, "9900000000017"],
            "register_search": [sheet, "tea", 40],
            "register_lots": [sheet, self.tea.id, "", 40],
            "register_sync": [sheet, sync],
            "register_entries": [sheet, 0, 50, None],
            "register_completion": [sheet],
            "register_count_as_zero": [sheet, person, 3, []],
            "register_assign": [sheet, "4711", self.tea.id, person, None],
            "register_late": [sheet],
            "register_include": [sheet, person, None],
            "register_settle": [sheet, self.line_id, [], person],
            "register_result": [sheet, "short", 0, 80, ""],
            "register_line_detail": [sheet, self.line_id],
            "register_correction_preview": [sheet, [], []],
            "register_correct": [sheet, "x", [], person, []],
            "register_correction_progress": [sheet],
        }  # fmt: skip

    def test_every_argument_of_every_call_may_be_nonsense(self):
        for method, arguments in self.calls().items():
            for position in range(len(arguments)):
                for wrong in self.WRONG:
                    self.call(method, [*arguments[:position], wrong, *arguments[position + 1 :]])

    def test_every_key_of_every_payload_may_be_nonsense(self):
        calls = self.calls()
        for method, place, keys in (
            ("register_create", 0, ("uuid", "created_by", "category_ids", "from_late")),
            ("register_transition", 3, ("reason", "leave_out", "force")),
            ("register_sync", 1, ("device", "device_time", "cursor", "person", "waiting", "entries")),
        ):  # fmt: skip
            for key in keys:
                for wrong in self.WRONG:
                    arguments = list(calls[method])
                    arguments[place] = {**arguments[place], key: wrong}
                    self.call(method, arguments)

    def test_every_field_of_an_entry_may_be_nonsense(self):
        entries = []
        for kind in ("add", "set", "undo", "decision", "note"):
            good = self.till.entry(kind, self.tea, decision={"targets": [], "keep": []}, target=None)
            entries += [{**good, "uuid": str(uuid.uuid4()), key: wrong} for key in good for wrong in self.WRONG]
        for start in range(0, len(entries), 500):
            answer = self.till.send(*entries[start : start + 500])
            self.assertEqual(len(answer["results"]), len(entries[start : start + 500]))
            for result in answer["results"]:
                self.assertIn(result["status"], ("taken", "late", "refused", "duplicate"))
                self.assertEqual(bool(result["reason"]), result["status"] == "refused")
        self.assertEqual(self.line(self.tea).counted_qty, 8)

    def call(self, method, arguments):
        """Call and take it back; the answer must be JSON, an error one that is meant for the person."""
        with self.env.cr.savepoint() as before:
            try:
                json.dumps(self.till.call(method, *arguments), allow_nan=False)
            except UserError as error:
                self.assertTrue(str(error))
            except Exception as error:
                raise AssertionError(f"{method} {arguments!r}") from error
            before.rollback()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestOdoosOwnRecords(CountCase):
    """Odoo lets everyone who sells write registers, orders and stock moves: not what the stocktake keeps there."""

    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.till.count((self.tea, 8))
        self.till.go("complete", leave_out=True)

    def as_user(self, records, user):
        return records.with_user(user).with_context(allowed_company_ids=self.company.ids)

    def test_only_a_manager_changes_the_settings(self):
        config = self.as_user(self.config, self.amy)
        for name, value in (
            ("stock_count_correct", "everyone"),
            ("stock_count_blind", False),
            ("stock_count_recount_by_other", False),
            ("use_stock_count", False),
        ):
            with self.assertRaises(AccessError, msg=name):
                config.write({name: value})
        self.as_user(self.config, self.mia).write({"stock_count_correct": "manager"})
        self.assertEqual(self.config.stock_count_correct, "manager")

    def test_nobody_links_moves_to_a_count_sheet(self):
        line = self.line(self.tea)
        moves = self.as_user(self.env["stock.move"], self.ben)
        values = {
            "product_id": self.tea.id,
            "product_uom_qty": 1,
            "location_id": self.stock.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            "company_id": self.company.id,
        }
        with self.assertRaises(AccessError):
            moves.create({**values, "stock_pos_count_line_id": line.id})
        for posing in (moves, moves.sudo()):
            move = posing.with_context(default_stock_pos_count_line_id=line.id).create(values)
            self.assertFalse(move.sudo().stock_pos_count_line_id)
        with self.assertRaises(AccessError):
            moves.create(values).write({"stock_pos_count_line_id": line.id})
        preview = self.till.call("register_correction_preview", self.till.uuid)
        self.till.call("register_correct", self.till.uuid, preview["fingerprint"], [], self.till.person)
        posted = line.move_ids
        self.assertEqual(len(posted), 1)
        with self.assertRaises(AccessError):
            self.as_user(posted, self.ben).write({"stock_pos_count_line_id": False})

    def test_nobody_says_when_goods_were_sold(self):
        self.as_user(self.config, self.amy).open_ui()
        orders = self.as_user(self.env["pos.order"], self.amy)
        values = {
            "session_id": self.config.current_session_id.id,
            "company_id": self.company.id,
            "amount_tax": 0,
            "amount_total": 0,
            "amount_paid": 0,
            "amount_return": 0,
        }
        order = orders.create({**values, "stock_count_sold_at": "2020-01-01 00:00:00"})
        self.assertFalse(order.stock_count_sold_at)
        order.write(
            {"state": "paid", "stock_count_sold_at": "2020-01-01 00:00:00", "stock_count_is_sold_at_sure": True}
        )
        self.assertEqual((order.stock_count_sold_at.year > 2020, order.stock_count_is_sold_at_sure), (True, False))
        sold_at = order.stock_count_sold_at
        order.write({"stock_count_sold_at": "2020-01-01 00:00:00"})
        self.assertEqual(order.stock_count_sold_at, sold_at)
