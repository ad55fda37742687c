"""What managers read, search, export and do in the backend; as the users who should be able to."""

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import CountCase


@tagged("post_install", "-at_install")
class TestBackend(CountCase):
    def setUp(self):
        super().setUp()
        self.tea.seller_ids = [Command.create({"partner_id": self.vendor.id})]
        self.till.create_sheet()
        self.till.count((self.tea, 8), (self.milk, 7))
        self.till.go("complete", leave_out=True)
        self.other_till.create_sheet(scope="partial", category_ids=self.household.ids, start=False)
        self.env.flush_all()

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

    def test_reading_a_sheet_reckons_in_what_was_adjusted_since(self):
        """Somebody corrected the tea in Inventory: the manager's form shows no variance any more."""
        self._set_stock(self.tea, 8)
        sheet = self.sheet().with_user(self.mia)
        sheet.web_read({"state": {}})
        line = self.line(self.tea)
        self.assertEqual((line.variance_qty, line.adjustment_qty), (0, -2))
        self.assertIn("adjusted", line.check_reasons)
