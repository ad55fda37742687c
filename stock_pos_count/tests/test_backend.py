"""What managers read, search, export and do in the backend; as the users who should be able to."""

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import CountCase


class BackendCase(CountCase):
    """What managers find in the backend's lists."""

    def search_with(self, view, **chosen):
        """Return what the manager finds with filters and fields of a search view, as the web client reads it.

        :param chosen: ``filter=name``, and ``field=value`` for what is typed into a field
        """
        view = self.env.ref(f"stock_pos_count.{view}")
        records = self.env[view.model].with_user(self.mia)
        arch = etree.fromstring(records.get_view(view.id, "search")["arch"])
        domain = []
        if "filter" in chosen:
            node = arch.xpath(f"//filter[@name='{chosen.pop('filter')}']")[0]
            domain += safe_eval(node.get("domain"))
        for name, value in chosen.items():
            node = arch.xpath(f"//field[@name='{name}']")[0]
            field = records._fields[name]
            if node.get("filter_domain"):
                domain += safe_eval(node.get("filter_domain"), {"self": value})
            else:
                default = "ilike" if field.type in ("char", "many2one", "many2many", "text") else "="
                domain.append((name, node.get("operator", default), value))
        return records.search(domain)


@tagged("post_install", "-at_install")
class TestBackend(BackendCase):
    def setUp(self):
        super().setUp()
        self.tea.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        self.till.create_sheet()
        self.till.count((self.tea, 8), (self.milk, 7))
        self.till.go("complete", leave_out=True)
        self.other_till.create_sheet(scope="partial", category_ids=self.household.ids, start=False)
        self.env.flush_all()

    # -- sheets ------------------------------------------------------------------------------------------------------

    def test_the_list_shows_the_columns_that_a_head_office_reads(self):
        arch = etree.fromstring(self.env["stock.pos.count"].with_user(self.mia).get_view(None, "list")["arch"])
        columns = {node.get("name") for node in arch.xpath("//field")}
        wanted = {"name", "warehouse_id", "scope", "coverage", "result", "created_by", "counters"}
        wanted |= {"create_date", "completed_at", "corrected_at"}
        self.assertFalse(wanted - columns)

    def test_sheets_are_found_by_number_shop_type_state_and_date(self):
        full, partial = self.sheet(), self.sheet(self.other_till)
        view = "stock_pos_count_view_search"
        own = [("company_id", "=", self.company.id)]
        for chosen, found in (
            ({"name": full.name}, full),
            ({"warehouse_id": self.shop.name}, full | partial),
            ({"scope": "partial"}, partial),
            ({"state": "mismatched"}, full),
            ({"counters": "Amy"}, full),
            ({"filter": "mismatched"}, full),
            ({"filter": "new"}, partial),
            ({"filter": "full"}, full),
            ({"filter": "matched"}, full.browse()),
            ({"filter": "open"}, full | partial),
        ):
            with self.subTest(chosen=chosen):
                self.assertEqual(self.search_with(view, **chosen).filtered_domain(own).sudo(), found.sudo())
        arch = etree.fromstring(
            self.env["stock.pos.count"].get_view(self.env.ref(f"stock_pos_count.{view}").id)["arch"]
        )
        self.assertEqual(
            {node.get("date") for node in arch.xpath("//filter[@date]")},
            {"create_date", "completed_at", "corrected_at"},
        )

    def test_menus_are_for_managers_and_inventory_users(self):
        for menu, users in (
            ("stock_pos_count_menu", self.mia),
            ("stock_pos_count_menu_inventory", self.mia | self.iris),
        ):
            menu_id = self.env.ref(f"stock_pos_count.{menu}").id
            for user in (self.amy, self.mia, self.iris):
                visible = menu_id in self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
                self.assertEqual(visible, user in users, f"{menu} for {user.name}")

    def test_a_manager_voids_with_a_reason_and_a_clerk_may_not(self):
        sheet = self.sheet()
        wizards = self.env["stock.pos.count.void"].with_context(active_id=sheet.id)
        with self.assertRaises(AccessError):
            wizards.with_user(self.amy).create({"reason": "I do not like it"})
        with self.assertRaisesRegex(UserError, "why"):
            sheet.with_user(self.mia).action_void("  ")
        wizards.with_user(self.mia).create({"reason": "Wrong shop"}).action_void()
        sheet.invalidate_recordset()
        self.assertEqual((sheet.state, sheet.void_reason), ("void", "Wrong shop"))
        self.assertEqual(len(sheet.entry_ids), 2, "nothing that was counted is deleted")

    def test_a_sheets_messages_tell_each_step_once(self):
        sheet = self.sheet()
        self.assertEqual(len(sheet.message_ids.filtered("body")), len(sheet.step_ids))

    def test_nobody_writes_results_states_or_late_sales(self):
        sheet, line = self.sheet(), self.line(self.tea)
        for user in (self.amy, self.mia, self.iris):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    sheet.with_user(user).write({"state": "corrected"})
                with self.assertRaises(AccessError):
                    line.with_user(user).write({"counted_qty": 10})
                with self.assertRaises(AccessError):
                    self.env["stock.pos.count.late.sale"].with_user(user).create({"line_id": line.id})

    # -- lines -------------------------------------------------------------------------------------------------------

    def test_lines_are_found_by_result_vendor_category_name_and_sku(self):
        view = "stock_pos_count_line_view_search"
        sheet = [("count_id", "=", self.sheet().id)]
        for chosen, products in (
            ({"filter": "short"}, self.tea),
            ({"filter": "over"}, self.milk),
            ({"filter": "variance"}, self.tea | self.milk),
            ({"filter": "uncounted"}, self.rice | self.soap),
            ({"vendor_ids": "Count Vendor"}, self.tea),
            ({"categ_id": self.drinks.id}, self.tea | self.milk),
            ({"categ_id": self.food.id}, self.tea | self.milk | self.rice),
            ({"product_id": "Soap"}, self.soap),
            ({"product_id": "C-RICE"}, self.rice),
        ):
            with self.subTest(chosen=chosen):
                found = self.search_with(view, **chosen).filtered_domain(sheet)
                self.assertEqual(found.product_id.sudo(), products.sudo())

    def test_the_export_tells_not_counted_from_zero(self):
        self.mia.group_ids += self.env.ref("base.group_allow_export")
        lines = self.sheet().line_ids.with_user(self.mia).sorted("id")
        names = ["product_id/default_code", "expected_qty", "counted_qty", "variance_qty", "result"]
        rows = {row[0]: row[1:] for row in lines.export_data(names)["datas"]}
        self.assertEqual(rows["C-TEA"][:3], [10.0, 8.0, -2.0])
        self.assertEqual(rows["C-RICE"][:3], ["", "", ""])

    def test_a_line_tells_what_each_round_found(self):
        self.till.go("recount")
        self.till.count((self.tea, 9))
        rounds = self.line(self.tea).with_user(self.mia).rounds
        self.assertEqual(
            [(one["name"], one["qty"], one["person"]) for one in rounds], [("Count", 8, "Amy"), ("Recount 1", 9, "Amy")]
        )

    def test_reading_a_sheet_reckons_in_what_was_adjusted_since(self):
        """Somebody corrected the tea in Inventory: the manager's form shows no variance any more."""
        self._set_stock(self.tea, 8)
        sheet = self.sheet().with_user(self.mia)
        sheet.web_read({"state": {}})
        line = self.line(self.tea)
        self.assertEqual((line.variance_qty, line.adjustment_qty), (0, -2))
        self.assertIn("adjusted", line.check_reasons)


@tagged("post_install", "-at_install")
class TestBackendCorrection(BackendCase):
    """Tea is two short, milk two over: Mia corrects them at her desk."""

    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.till.count((self.tea, 8), (self.milk, 7), (self.rice, 0))
        self.till.go("complete", leave_out=True)

    def preview(self, user=None):
        action = self.sheet().with_user(user or self.mia).action_preview_correction()
        return self.env[action["res_model"]].with_user(user or self.mia).browse(action["res_id"])

    def test_the_preview_shows_what_will_be_done_and_does_it(self):
        wizard = self.preview()
        rows = {row.product_id: (row.on_hand_now, row.change, row.after, row.value) for row in wizard.line_ids}
        self.assertEqual(rows, {self.tea: (10, -2, 8, -4), self.milk: (5, 2, 7, 4)})
        figures = (wizard.product_count, wizard.short_qty, wizard.over_qty, wizard.short_value, wizard.over_value)
        self.assertEqual(figures, (2, -2, 2, -4, 4))
        self.assertEqual(self.book(self.tea), 10, "looking changes nothing")
        wizard.action_correct()
        self.assertEqual((self.book(self.tea), self.book(self.milk)), (8, 7))
        self.assertEqual((self.sheet().state, self.sheet().corrected_by), ("corrected", "Mia"))

    def test_what_is_not_ticked_keeps_its_variance(self):
        wizard = self.preview()
        wizard.line_ids.filtered(lambda row: row.product_id == self.milk).is_chosen = False
        self.assertEqual((wizard.product_count, wizard.over_qty), (1, 0))
        wizard.action_correct()
        self.assertEqual((self.book(self.tea), self.book(self.milk)), (8, 5))
        self.assertEqual(self.line(self.milk).why_not_corrected, "Left out")
        found = self.search_with("stock_pos_count_line_view_search", filter="not_corrected")
        self.assertEqual(
            found.filtered_domain([("count_id", "=", self.sheet().id)]).sudo(), self.line(self.milk).sudo()
        )

    def test_why_a_product_was_left_out_is_told_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_TW")
        wizard = self.preview()
        wizard.line_ids.filtered(lambda row: row.product_id == self.milk).is_chosen = False
        wizard.action_correct()
        line = self.line(self.milk).with_user(self.mia)
        self.assertEqual(line.why_not_corrected, "Left out")
        self.assertEqual(line.with_context(lang="zh_TW").why_not_corrected, "不列入")

    def test_the_moves_of_a_correction_open_as_a_list(self):
        self.preview().action_correct()
        action = self.sheet().with_user(self.mia).action_view_moves()
        self.assertEqual(action["views"][0][1], "list")
        moves = self.env["stock.move"].search(action["domain"])
        self.assertEqual(moves.product_id, self.tea | self.milk)

    def test_a_product_to_be_checked_is_corrected_only_with_a_tick(self):
        self.receive(self.tea, 5)
        for tick, book in ((False, 15), (True, 13)):
            wizard = self.preview()
            row = wizard.line_ids.filtered(lambda row: row.product_id == self.tea)
            self.assertEqual((row.needs_accept, row.is_chosen, row.change), (True, False, -2))
            row.is_chosen = tick
            with self.env.cr.savepoint() as before:
                wizard.action_correct()
                self.assertEqual(self.book(self.tea), book)
                before.rollback()
            self.env.invalidate_all()

    def test_what_changed_since_is_shown_again_before_anything_is_corrected(self):
        wizard = self.preview()
        self._set_stock(self.tea, 9)
        action = wizard.action_correct()
        self.assertEqual((action["res_id"], wizard.has_changed), (wizard.id, True))
        self.assertEqual(wizard.line_ids.filtered(lambda row: row.product_id == self.tea).change, -1)
        self.assertEqual((self.sheet().state, self.book(self.milk)), ("mismatched", 5))

    def test_the_accounting_date_is_the_one_that_was_chosen(self):
        self.sheet().with_user(self.mia).accounting_date = "2026-01-31"
        wizard = self.preview()
        self.assertEqual(str(wizard.accounting_date), "2026-01-31")
        wizard.action_correct()
        self.assertEqual(str(self.sheet().accounting_date), "2026-01-31")

    def test_no_line_can_be_taken_out_of_a_preview(self):
        with self.assertRaises(AccessError):
            self.preview().line_ids[:1].unlink()

    def test_only_managers_who_may_read_the_sheet_correct_in_the_backend(self):
        for user in (self.amy, self.iris):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.preview(user)
        rival_company = self.env["res.company"].create({"name": "Rival Company"})
        rival = new_test_user(
            self.env,
            login="count_rival",
            groups="base.group_user,point_of_sale.group_pos_manager",
            company_id=rival_company.id,
            company_ids=[Command.set(rival_company.ids)],
        )
        self.env.invalidate_all()
        sheet = self.sheet().with_user(rival).with_context(allowed_company_ids=rival_company.ids)
        for method in ("action_preview_correction", "action_include_late", "action_close"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(sheet, method)()
        env = self.env(user=rival, context={**self.env.context, "allowed_company_ids": rival_company.ids})
        line = self.line(self.tea)
        for model, values, name in (
            ("stock.pos.count.assign", {"count_id": sheet.id}, "line_ids"),
            ("stock.pos.count.settle", {"line_id": line.id}, "choice_ids"),
            ("stock.pos.count.correct", {"count_id": sheet.id}, "warehouse_id"),
            ("stock.pos.count.correct.line", {"line_id": line.id, "correct_id": self.preview().id}, "counted_qty"),
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                env[model].create(values).read([name])

    def test_a_sheet_without_a_variance_left_is_closed(self):
        sheet = self.sheet().with_user(self.mia)
        with self.assertRaisesRegex(UserError, "still variances"):
            sheet.action_close()
        self._set_stock(self.tea, 8)
        self._set_stock(self.milk, 7)
        sheet.web_read({"state": {}})
        self.assertEqual((sheet.may_close, sheet.may_correct), (True, True))
        sheet.action_close()
        self.assertEqual(self.sheet().state, "matched")


@tagged("post_install", "-at_install")
class TestOpenQuestionsInTheBackend(CountCase):
    """What staff left open is answered by a manager: unknown codes and conflicts."""

    def setUp(self):
        super().setUp()
        self.till.create_sheet()
        self.other_till.uuid = self.till.uuid
        self.other_till.open()

    def test_unknown_codes_are_given_to_products(self):
        self.till.send(self.till.entry(code="4711", qty=2), self.till.entry(code="4711"), self.till.entry(code="0815"))
        sheet = self.sheet().with_user(self.mia)
        self.assertEqual(sheet.unknown_count, 2)
        action = sheet.action_assign_codes()
        wizard = self.env[action["res_model"]].with_user(self.mia).browse(action["res_id"])
        self.assertEqual({(row.code, row.qty, row.times) for row in wizard.line_ids}, {("4711", 3, 2), ("0815", 1, 1)})
        wizard.line_ids.filtered(lambda row: row.code == "4711").product_id = self.rice
        for _again in range(2):
            wizard.action_assign()
        self.assertEqual(self.line(self.rice).counted_qty, 3)
        self.assertEqual(self.sheet().with_user(self.mia).unknown_count, 1)

    def test_a_code_cannot_be_given_to_what_is_not_counted(self):
        self.till.send(self.till.entry(code="4711"))
        wizard = self.env["stock.pos.count.assign"].with_user(self.mia).create({"count_id": self.sheet().id})
        wizard.line_ids.product_id = self.env["product.product"].create({"name": "Service", "type": "service"})
        with self.assertRaisesRegex(UserError, "cannot be counted"):
            wizard.action_assign()

    def test_a_conflict_is_settled(self):
        self.till.send(self.till.entry("set", self.milk, 5))
        self.other_till.send(self.other_till.entry("set", self.milk, 8, seen=None))
        self.assertEqual(self.sheet().with_user(self.mia).conflict_count, 1)
        action = self.line(self.milk).with_user(self.mia).action_settle()
        wizard = self.env[action["res_model"]].with_user(self.mia).browse(action["res_id"])
        self.assertEqual(sorted(wizard.choice_ids.mapped("qty")), [5, 8, 13])
        for _again in range(2):
            wizard.choice_ids.filtered(lambda choice: choice.qty == 8).action_choose()
        self.assertEqual((self.line(self.milk).counted_qty, self.line(self.milk).has_conflict), (8, False))
        decision = self.sheet().entry_ids.filtered(lambda entry: entry.decision == "conflict")
        self.assertEqual(decision.person_name, "Mia")
        self.till.send(self.till.entry(product=self.milk))
        self.assertEqual(self.line(self.milk).counted_qty, 9)

    def test_staff_have_neither_wizard(self):
        for model in ("stock.pos.count.assign", "stock.pos.count.settle", "stock.pos.count.correct"):
            for user in (self.amy, self.iris):
                with self.subTest(model=model, user=user.name), self.assertRaises(AccessError):
                    self.env[model].with_user(user).create({})
        for user in (self.amy, self.iris):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.sheet().with_user(user).action_assign_codes()
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.line(self.tea).with_user(user).action_settle()
