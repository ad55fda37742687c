"""The shop that most tests are about, and how its parts are made.

``conftest.py`` commits it to the tests' database, because it takes longer to make than most tests take. Where it is not
(Odoo's own runner), each class makes it in its own transaction.
"""

from odoo import SUPERUSER_ID, Command, api

POS_USER = "point_of_sale.group_pos_user"
POS_MANAGER = "point_of_sale.group_pos_manager"
# Writing users an invitation takes as long as making them.
UNINVITED = {"no_reset_password": True}
# The shop's records are found by these names in ir.model.data, under a module that does not exist.
MODULE = "__stock_pos_count_tests__"
COMPANY = "company"
PARTS = (
    *("shop", "stock", "config"),
    *("amy", "ben", "mia", "iris", "outsider"),
    *("food", "drinks", "household", "vendor"),
    *("tea", "milk", "rice", "soap"),
)


def commit_shop(registry):
    """Make the shop in a committed transaction, unless it is there."""
    with registry.cursor() as cr:

        class CommittedShop(CountShop):
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

        CommittedShop.open_shop()


class CountShop:
    """A small shop in a company of its own that keeps accounts, built without demo data.

    A mixin: who uses it has ``env``, and calls :meth:`open_shop`. Provides: ``company``, ``shop`` (warehouse) and its
    ``stock`` location, ``config`` (register), the users ``amy`` and ``ben`` (only Point of Sale user), ``mia``
    (manager), ``iris`` (only Inventory user) and ``outsider`` (another company's manager); products ``tea`` (10 on
    hand), ``milk`` (5), ``rice`` (0, moved lately) and ``soap`` (-2), the categories ``food``, ``drinks`` in it, and
    ``household``, and a ``vendor``.
    """

    env = None

    @classmethod
    def open_shop(cls):
        """Find the shop, or make it; work in its company from here."""
        if company := cls.env.ref(f"{MODULE}.{COMPANY}", raise_if_not_found=False):
            cls._enter(company)
            for name in PARTS:
                setattr(cls, name, cls.env.ref(f"{MODULE}.{name}"))
            return
        cls._enter(cls._create_company())
        cls._create_shop()
        cls.env["ir.model.data"]._update_xmlids(
            [{"xml_id": f"{MODULE}.{name}", "record": getattr(cls, name)} for name in (COMPANY, *PARTS)]
        )

    @classmethod
    def _enter(cls, company):
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        cls.company = company.with_env(cls.env)

    @classmethod
    def _create_company(cls):
        company = cls.env["res.company"].create({"name": "Count Company"})
        # Sessions only open, and close with their entries, in a company that keeps accounts.
        cls.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        return company

    @classmethod
    def _create_shop(cls):
        cls.shop = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.stock = cls.shop.lot_stock_id
        cls.config = cls._create_register("Front", cls.shop.pos_type_id)
        cls.amy, cls.ben, cls.mia, cls.iris, cls.outsider = cls._create_users(
            ("amy", [POS_USER], cls.company),
            ("ben", [POS_USER], cls.company),
            ("mia", [POS_MANAGER], cls.company),
            ("iris", ["stock.group_stock_user"], cls.company),
            ("outsider", [POS_MANAGER], cls.env.ref("base.main_company")),
        )
        cls.food = cls.env["product.category"].create({"name": "Count Food"})
        cls.drinks = cls.env["product.category"].create({"name": "Count Drinks", "parent_id": cls.food.id})
        cls.household = cls.env["product.category"].create({"name": "Count Household"})
        cls.vendor = cls.env["res.partner"].create({"name": "Count Vendor"})
        cls.tea, cls.milk, cls.rice, cls.soap = cls.env["product.product"].create(
            [
                {**cls._product_values("Tea", cls.drinks), "barcode": "9900000000017"},
                cls._product_values("Milk", cls.drinks),
                cls._product_values("Rice", cls.food),
                cls._product_values("Soap", cls.household),
            ]
        )
        cls._set_stocks({cls.tea: 10, cls.milk: 5, cls.rice: 3, cls.soap: -2})
        cls._set_stock(cls.rice, 0)

    @classmethod
    def _create_register(cls, name, picking_type):
        company = picking_type.company_id
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        method = env["pos.payment.method"].search([("company_id", "=", company.id)], limit=1)
        if not method:
            bank = env["account.journal"].create({"name": "Bank", "type": "bank", "code": "CBNK"})
            method = env["pos.payment.method"].create({"name": "Card", "journal_id": bank.id})
        return env["pos.config"].create(
            {
                "name": name,
                "picking_type_id": picking_type.id,
                "company_id": company.id,
                "payment_method_ids": [Command.set(method.ids)],
            }
        )

    @classmethod
    def _create_users(cls, *users):
        """Make ``(login, groups, company)`` in one go: one after the other takes three times as long."""
        return (
            cls.env["res.users"]
            .with_context(**UNINVITED)
            .create(
                [
                    {
                        "login": f"count_{login}",
                        "name": login.capitalize(),
                        "email": f"{login}@example.com",
                        "group_ids": [Command.link(cls.env.ref(group).id) for group in ("base.group_user", *groups)],
                        "company_id": company.id,
                        "company_ids": [Command.set(company.ids)],
                    }
                    for login, groups, company in users
                ]
            )
        )

    @classmethod
    def _product_values(cls, name, category):
        return {
            "name": name,
            "default_code": f"C-{name.upper()}",
            "type": "consu",
            "is_storable": True,
            "categ_id": category.id,
            "standard_price": 2,
        }

    @classmethod
    def _create_product(cls, name, qty=0, category=None, **values):
        product = cls.env["product.product"].create({**cls._product_values(name, category or cls.food), **values})
        if qty:
            cls._set_stock(product, qty)
        return product

    @classmethod
    def _set_stocks(cls, quantities):
        """Set the book of products that the shop never had."""
        cls.env["stock.quant"].with_context(inventory_mode=True).create(
            [
                {"product_id": product.id, "location_id": cls.stock.id, "inventory_quantity": qty}
                for product, qty in quantities.items()
            ]
        ).action_apply_inventory()

    @classmethod
    def _set_stock(cls, product, qty, location=None, lot=None):
        """Set the book of a product in the shop, by Odoo's own inventory."""
        location = location or cls.stock
        quants = cls.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", location.id),
                ("lot_id", "=", lot.id if lot else False),
            ]
        )
        if not quants:
            quants = cls.env["stock.quant"].create(
                {"product_id": product.id, "location_id": location.id, "lot_id": lot.id if lot else False}
            )
        quants.with_context(inventory_mode=True).inventory_quantity = qty
        quants.action_apply_inventory()
