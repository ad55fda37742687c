"""The shop that is measured: one warehouse and register for each size, with that many products in stock.

Everything but the few records that a shop has once is copied in SQL from a record that Odoo made: through the ORM
10,000 products take minutes, and how they came into the database is not what is measured.
"""

import random
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

# Model of a record that looks like a line of a count sheet, for "ORM create of as many plain records".
PLAIN_MODEL = "x_benchmark_line"
SEED = 19
ORDERS = 200
LINES_PER_ORDER = 5
# Long enough ago that no line is doubtful because of them.
SOLD_BEFORE = timedelta(days=2)


def get_name(size):
    return f"Benchmark {size}"


def get_code(size):
    """Return the short name of the size's warehouse (5 characters at most)."""
    return f"{size:X}"


def fill(env, sizes):
    """Make the shops of these sizes that the database does not have yet.

    :return: whether anything was made
    """
    missing = [size for size in sizes if not get_warehouse(env, size)]
    if not missing:
        return False
    _add_plain_model(env)
    product_ids = _add_products(env, max(sizes))
    for size in missing:
        _add_shop(env, size, product_ids[:size])
    return True


def get_warehouse(env, size):
    return env["stock.warehouse"].search([("code", "=", get_code(size)), ("name", "=", get_name(size))])


def get_register(env, size):
    return env["pos.config"].search([("name", "=", get_name(size))])


def get_quant_ids(env, size):
    """Return the ids of the quants of a shop, in order."""
    return env["stock.quant"].search([("location_id", "=", get_warehouse(env, size).lot_stock_id.id)], order="id").ids


def get_on_shelf(env, size):
    """Return ``{product id: quantity}``: what the register sold is gone, whether the books know it or not."""
    rows = env.execute_query(
        SQL(
            """SELECT quant.product_id, (quant.quantity - coalesce(sum(line.qty), 0))::float
                 FROM stock_quant quant
            LEFT JOIN (SELECT line.product_id, line.qty FROM pos_order_line line
                         JOIN pos_order ON pos_order.id = line.order_id WHERE pos_order.config_id = %s
                      ) line ON line.product_id = quant.product_id
                WHERE quant.location_id = %s
             GROUP BY quant.id ORDER BY quant.id""",
            get_register(env, size).id,
            get_warehouse(env, size).lot_stock_id.id,
        )
    )
    return dict(rows)


def get_differences(ids):
    """Return ``{id: difference}`` of the tenth of ``ids`` that was not counted as booked; the same each time."""
    dice = random.Random(SEED)
    chosen = sorted(dice.sample(ids, len(ids) // 10))
    return {one: dice.choice((-2, -1, 1, 2)) for one in chosen}


def _add_plain_model(env):
    if PLAIN_MODEL in env:
        return
    fields = [
        {"name": "x_name", "ttype": "char", "field_description": "Name"},
        {"name": "x_product_id", "ttype": "many2one", "relation": "product.product", "index": True},
        {"name": "x_location_id", "ttype": "many2one", "relation": "stock.location", "index": True},
        {"name": "x_lot_id", "ttype": "many2one", "relation": "stock.lot"},
        {"name": "x_uom_id", "ttype": "many2one", "relation": "uom.uom"},
        {"name": "x_expected_qty", "ttype": "float"},
        {"name": "x_counted_qty", "ttype": "float"},
        {"name": "x_is_counted", "ttype": "boolean"},
        {"name": "x_state", "ttype": "char"},
    ]
    model = env["ir.model"].create(
        {
            "name": "Benchmark line",
            "model": PLAIN_MODEL,
            "field_id": [(0, 0, {"field_description": field["name"], **field}) for field in fields],
        }
    )
    env["ir.model.access"].create(
        {
            "name": "benchmark",
            "model_id": model.id,
            "group_id": env.ref("base.group_user").id,
            **dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True),
        }
    )


def _add_products(env, number):
    """Return the ids of ``number`` storable products, in order; those that exist already are the first of them."""
    sample = env["product.product"].search([("default_code", "=", "BENCH-0")])
    if not sample:
        category = env["product.category"].create({"name": "Benchmark", "property_cost_method": "standard"})
        sample = env["product.product"].create(
            {
                "name": "Benchmark product 0",
                "default_code": "BENCH-0",
                "barcode": "2900000000000",
                "is_storable": True,
                "available_in_pos": True,
                "categ_id": category.id,
                "standard_price": 3,
                "list_price": 5,
            }
        )
    env.flush_all()
    known = env["product.product"].search([("default_code", "=like", "BENCH-%")], order="id").ids
    numbers = SQL("generate_series(%s, %s) AS number", len(known), number - 1)
    env.execute_query(
        _copy_rows(
            env,
            "product_template",
            sample.product_tmpl_id.id,
            numbers,
            name=SQL("jsonb_build_object('en_US', 'Benchmark product ' || number)"),
            default_code=SQL("'BENCH-' || number"),
        )
    )
    env.execute_query(
        _copy_rows(
            env,
            "product_product",
            sample.id,
            SQL(
                """(SELECT id AS template_id, substr(default_code, 7)::integer AS number
                      FROM product_template WHERE default_code LIKE 'BENCH-%%') template
                JOIN %s USING (number)""",
                numbers,
            ),
            product_tmpl_id=SQL("template_id"),
            default_code=SQL("'BENCH-' || number"),
            barcode=SQL("(2900000000000 + number)::text"),
        )
    )
    env.invalidate_all()
    return env["product.product"].search([("default_code", "=like", "BENCH-%")], order="id").ids


def _copy_rows(env, table, row_id, source, **changes):
    """Return the SQL that copies a row once for each row of ``source``, with ``changes`` (SQL) in some columns."""
    columns = [
        name
        for (name,) in env.execute_query(
            SQL(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                table,
            )
        )
        if name != "id"
    ]
    return SQL(
        "INSERT INTO %s (%s) SELECT %s FROM %s sample CROSS JOIN (SELECT * FROM %s) source WHERE sample.id = %s",
        SQL.identifier(table),
        SQL(", ").join(SQL.identifier(name) for name in columns),
        SQL(", ").join(changes.get(name, SQL.identifier("sample", name)) for name in columns),
        SQL.identifier(table),
        source,
        row_id,
    )


def _add_shop(env, size, product_ids):
    warehouse = env["stock.warehouse"].create({"name": get_name(size), "code": get_code(size)})
    method = env["pos.payment.method"].search(
        [("company_id", "=", env.company.id), ("journal_id.type", "=", "bank")], limit=1
    )
    config = env["pos.config"].create(
        {
            "name": get_name(size),
            "picking_type_id": warehouse.pos_type_id.id,
            "payment_method_ids": [(6, 0, method.ids)],
        }
    )
    env.flush_all()
    loss_location = env["product.product"].browse(product_ids[0]).property_stock_inventory
    # Stock that somebody entered by an inventory: what came in here went out there.
    for location, sign in ((warehouse.lot_stock_id, 1), (loss_location, -1)):
        env.execute_query(
            SQL(
                """INSERT INTO stock_quant (product_id, company_id, location_id, quantity, reserved_quantity, in_date,
                                            inventory_quantity, inventory_diff_quantity, inventory_quantity_set,
                                            create_uid, write_uid, create_date, write_date)
                   SELECT product_id, %s, %s, %s * (50 + product_id %% 40), 0, now() AT TIME ZONE 'UTC', 0, 0, FALSE,
                          1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM unnest(%s) AS new (product_id)
                    WHERE NOT EXISTS (SELECT 1 FROM stock_quant known
                                       WHERE known.product_id = new.product_id AND known.location_id = %s)""",
                env.company.id,
                location.id,
                sign,
                product_ids,
                location.id,
            )
        )
    env.invalidate_all()
    _add_sales(env, config, product_ids)


def _add_sales(env, config, product_ids):
    """Let the register have sold before: its session is open and will post them at its closing."""
    env.company.point_of_sale_update_stock_quantities = "closing"
    config.open_ui()
    session = config.current_session_id
    dice = random.Random(SEED + 1)
    moment = fields.Datetime.now() - SOLD_BEFORE
    env["pos.order"].create(
        [
            {
                "session_id": session.id,
                "company_id": env.company.id,
                "state": "paid",
                "date_order": moment,
                # As a till whose clock is known sends it.
                "stock_count_sold_at": moment,
                "stock_count_is_sold_at_sure": True,
                "amount_tax": 0,
                "amount_total": 5 * LINES_PER_ORDER,
                "amount_paid": 5 * LINES_PER_ORDER,
                "amount_return": 0,
                "lines": [
                    (
                        0,
                        0,
                        {
                            "product_id": product_id,
                            "qty": 1,
                            "price_unit": 5,
                            "price_subtotal": 5,
                            "price_subtotal_incl": 5,
                        },
                    )
                    for product_id in dice.sample(product_ids, LINES_PER_ORDER)
                ],
            }
            for _number in range(ORDERS)
        ]
    )
