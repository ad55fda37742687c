"""Registers at which employees work (pos_hr): who counted and who did what is theirs, what is allowed is up to the user
who is logged in to Odoo."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.point_of_sale.tests import test_frontend

from ..exceptions import CountQuestion
from .common import CountCase, Till
from .test_tours import RegisterTours


class CashierCase(CountCase):
    """A register at which employees work, opened by Amy's user.

    Provides: ``otto``, who is Amy's user; ``emma``, who has no user; ``nora``, who has none either and is a manager in
    the register's list; ``rita``, who is Ben's user and in no list; ``paul``, who is in no list.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        employees = cls.env["hr.employee"].create(
            [
                {"name": name, "company_id": cls.company.id, "user_id": user.id}
                for name, user in (
                    ("Otto", cls.amy),
                    ("Emma", cls.amy.browse()),
                    ("Nora", cls.amy.browse()),
                    ("Rita", cls.ben),
                    ("Paul", cls.amy.browse()),
                )
            ]
        )
        cls.otto, cls.emma, cls.nora, cls.rita, cls.paul = employees
        cls.config.write(
            {
                "module_pos_hr": True,
                "basic_employee_ids": [Command.set(cls.emma.ids)],
                "advanced_employee_ids": [Command.set(cls.nora.ids)],
            }
        )

    def setUp(self):
        super().setUp()
        self.let(self.otto)

    def let(self, employee, till=None):
        """Let an employee work at a till from now on."""
        (till or self.till).person = {"model": "hr.employee", "id": employee.id}

    def start(self, **values):
        self.till.create_sheet(**values)
        self.till.open()


@tagged("post_install", "-at_install")
class TestWhoCounted(CashierCase):
    def test_each_entry_and_step_belongs_to_who_stands_at_the_register(self):
        self.start(created_by={"model": "hr.employee", "id": self.nora.id})
        self.till.count((self.tea, 3))
        self.let(self.emma)
        self.till.send(self.till.entry("add", self.tea), self.till.entry("set", self.milk, 5))
        self.let(self.otto)
        self.till.send(self.till.entry("add", self.tea))
        self.let(self.emma)
        self.till.go("pause", force=True)
        sheet = self.sheet()
        self.assertEqual(
            [(entry.person_name, entry.person_model, entry.person_res_id) for entry in sheet.entry_ids.sorted("id")],
            [(employee.name, "hr.employee", employee.id) for employee in (self.otto, self.emma, self.emma, self.otto)],
        )
        self.assertEqual(sheet.entry_ids.user_id, self.amy, "who sent them is known, too")
        self.assertEqual(
            [(step.action, step.person_name, step.user_id) for step in sheet.step_ids.sorted("id")],
            [("create", "Otto", self.amy), ("start", "Otto", self.amy), ("pause", "Emma", self.amy)],
        )
        self.assertEqual((sheet.created_by, sheet.counters), ("Nora", "Emma, Otto"))
        self.assertEqual((self.line(self.tea).counted_qty, self.line(self.tea).counted_by), (5, "Otto"))

    def test_what_was_counted_before_the_cashier_changed_is_sent_afterwards(self):
        """The register was offline: the entries of both leave together, while somebody else stands there."""
        self.start()
        first = self.till.entry("add", self.tea)
        self.let(self.emma)
        second = self.till.entry("add", self.tea)
        self.till.send(first, second)
        self.assertEqual(self.sheet().entry_ids.sorted("id").mapped("person_name"), ["Otto", "Emma"])
        self.assertEqual(self.sheet().device_ids.person_name, "Emma")

    def test_a_locked_register_sends_what_waits(self):
        self.start()
        entry = self.till.entry("add", self.tea)
        self.till.send()
        answer = self.till.send(entry, person=None)
        self.assertEqual([result["status"] for result in answer["results"]], ["taken"])
        self.assertEqual(self.sheet().entry_ids.person_name, "Otto")
        self.assertEqual(self.sheet().device_ids.person_name, "Otto", "who was there last")
        with self.assertRaises(AccessError):
            self.till.call("register_transition", self.till.uuid, "pause", None)

    def test_only_whom_the_lists_of_the_register_allow(self):
        """Amy's own employee is always there; names come from the server, whatever the register says."""
        stranger = self.env["hr.employee"].create(
            {"name": "Stranger", "company_id": self.env.ref("base.main_company").id}
        )
        persons = self.till.call("register_create_info")["persons"]
        self.assertEqual([person["name"] for person in persons], ["Emma", "Nora", "Otto"])
        self.start()
        refused = [
            *({"model": "hr.employee", "id": employee.id} for employee in self.paul | self.rita | stranger),
            {"model": "res.users", "id": self.amy.id},
        ]
        answer = self.till.send(*(self.till.entry("add", self.tea, person=person) for person in refused))
        self.assertEqual({result["status"] for result in answer["results"]}, {"refused"})
        for person in refused:
            with self.assertRaises(AccessError):
                self.till.call("register_transition", self.till.uuid, "pause", person)
        self.assertEqual(self.sheet().state, "counting")

    def test_everybody_of_the_company_where_the_register_has_no_list(self):
        self.config.basic_employee_ids = False
        self.start()
        self.let(self.paul)
        self.till.count((self.tea, 3))
        self.assertEqual(self.sheet().entry_ids.person_name, "Paul")

    def test_the_employee_of_who_opened_the_register_on_any_device(self):
        """The register offers everybody the employee of the session's user; the server knows that."""
        self.env["pos.session"].create({"config_id": self.config.id, "user_id": self.ben.id})
        self.start()
        self.let(self.rita)
        self.till.count((self.tea, 3))
        self.assertEqual(self.sheet().entry_ids.person_name, "Rita")

    def test_without_the_setting_users_count_as_themselves(self):
        self.config.module_pos_hr = False
        self.till.person = {"model": "res.users", "id": self.amy.id}
        self.start()
        self.till.count((self.tea, 3))
        entry = self.sheet().entry_ids
        self.assertEqual((entry.person_model, entry.person_res_id), ("res.users", self.amy.id))
        with self.assertRaises(AccessError):
            self.let(self.otto)
            self.till.go("pause")


@tagged("post_install", "-at_install")
class TestWhoIsAsked(CashierCase):
    """Questions about others are about other people, and not about other users."""

    def test_pausing_asks_about_others_at_the_same_register(self):
        self.start()
        self.till.count((self.tea, 3))
        self.let(self.emma)
        with self.assertRaisesRegex(CountQuestion, "^Otto counted"):
            self.till.go("pause")
        self.let(self.otto)
        self.assertEqual(self.till.go("pause")["state"], "paused")

    def test_who_counted_is_asked_to_leave_the_recount_to_somebody_else(self):
        self.config.stock_count_recount_by_other = True
        self.start()
        self.till.count((self.tea, 3))
        self.till.go("complete", leave_out=True)
        with self.assertRaisesRegex(CountQuestion, "somebody else"):
            self.till.go("recount")
        self.let(self.emma)
        self.assertEqual(self.till.go("recount")["state"], "recounting")

    def at_another_register(self):
        """Return a till at which Otto counts the same sheet with his user: the shop's other register has no
        employees."""
        other = self._create_register("Back", self.shop.pos_type_id)
        till = Till(self, self.amy, other, self.till.uuid, "Till at the back")
        till.open()
        return till

    def test_a_user_who_counted_is_no_other_for_their_employee(self):
        self.start()
        self.at_another_register().count((self.tea, 3))
        self.let(self.emma)
        with self.assertRaisesRegex(CountQuestion, "^Amy counted"):
            self.till.go("pause")
        self.let(self.otto)
        self.assertEqual(self.till.go("pause")["state"], "paused")

    def test_an_employee_who_counted_is_no_other_for_their_user(self):
        self.start()
        self.till.count((self.tea, 3))
        self.assertEqual(self.at_another_register().go("pause")["state"], "paused")


@tagged("post_install", "-at_install")
class TestRightsAreTheUsers(CashierCase):
    """A PIN is checked in the browser only: it says who, and never what is allowed."""

    def test_a_manager_by_list_is_no_manager_on_the_login_of_a_clerk(self):
        self.config.stock_count_correct = "manager"
        self.start()
        self.let(self.nora)
        self.till.count((self.tea, 3))
        allowed = self.till.call("register_list")["sheets"][0]["allowed"]
        self.assertFalse({"void", "count_as_zero_all"} & set(allowed))
        with self.assertRaisesRegex(AccessError, "only a manager"):
            self.till.go("void", reason="I may")
        with self.assertRaisesRegex(AccessError, "Only a manager"):
            self.till.call("register_count_as_zero", self.till.uuid, self.till.person, 3)
        self.till.go("complete", leave_out=True)
        with self.assertRaisesRegex(AccessError, "Only a manager"):
            self.till.call("register_correction_preview", self.till.uuid)

    def test_on_the_login_of_a_manager_the_step_names_both(self):
        self.start()
        self.till.count((self.tea, 3))
        managers_till = Till(self, self.mia, self.config, self.till.uuid, "Office")
        self.let(self.emma, managers_till)
        managers_till.go("void", reason="Mia said so")
        step = self.sheet().step_ids.sorted("id")[-1]
        self.assertEqual((step.action, step.person_name, step.user_id), ("void", "Emma", self.mia))

    def test_a_blind_count_is_blind_for_a_manager_by_list(self):
        self.config.stock_count_blind = True
        self.start()
        self.let(self.nora)
        self.till.count((self.tea, 3))
        self.till.go("complete", leave_out=True)
        lines = self.till.call("register_result", self.till.uuid, "all")["lines"]
        self.assertEqual({(line["on_hand"], line["variance"]) for line in lines}, {(None, None)})


@tagged("post_install", "-at_install")
class TestCashiersTour(RegisterTours, test_frontend.TestPointOfSaleHttpCommon):
    """The page stays where it is when another cashier takes over, and comes back after the register was locked."""

    def test_cashiers_take_turns(self):
        # sudo: the tests' user has no rights on employees
        emma, otto = (
            self.env["hr.employee"]
            .sudo()
            .create(
                [
                    {"name": "Count Emma", "pin": "1234", "barcode": "EMMASBADGE"},
                    {"name": "Count Otto", "user_id": self.clerk.id},
                ]
            )
        )
        self.main_pos_config.write({"module_pos_hr": True, "basic_employee_ids": [Command.set((emma | otto).ids)]})
        till = Till(self, self.clerk, self.main_pos_config)
        till.person = {"model": "hr.employee", "id": otto.id}
        till.create_sheet()
        config_id = self.main_pos_config.id
        sheet = self.run_tour("stock_pos_count_cashiers", path=f"/pos/ui/{config_id}/stock-count/{till.uuid}")
        self.assertEqual(
            [(entry.product_id, entry.person_name) for entry in sheet.entry_ids.sorted("seq")],
            [(self.tea, "Count Otto"), (self.tea, "Count Emma"), (self.tea, "Count Otto"), (self.tea, "Count Emma")],
        )
        self.assertEqual(sheet.entry_ids.user_id, self.clerk)
        self.assertEqual((sheet.state, sheet.step_ids.sorted("id")[-1].person_name), ("paused", "Count Emma"))
        self.assert_counted(sheet, {self.tea: 4, self.milk: None, self.rice: None})
