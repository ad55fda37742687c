"""``./dev bench``: measure stock_pos_count beside core, OCA's stock_inventory and plain records; print the tables."""

import argparse
import os
import platform
import sys
import traceback
from datetime import date
from pathlib import Path

import psycopg2

import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

from . import contenders, shop
from .measure import ADMIN_ID, REPEATS, copy_database, drop_database, get_name, measure
from .report import Budgets, get_rows, get_table


def read_arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.partition(": ")[2])
    parser.add_argument(
        "--lines", type=int, nargs="+", default=[1_000, 10_000], metavar="N", help="sizes (default: 1000 10000)"
    )
    parser.add_argument(
        "--oca-lines",
        type=int,
        nargs="*",
        default=[1_000],
        metavar="N",
        help="sizes for OCA's stock_inventory (default: 1000; 10000 takes ten minutes more; nothing: not at all)",
    )
    parser.add_argument(
        "--growth", action="store_true", help="also create and start sheets of up to 100,000 lines (2 minutes more)"
    )
    parser.add_argument("--only", choices=["ours", "core", "plain", "oca"], nargs="+", help="measure these only")
    parser.add_argument("--repeats", type=int, default=REPEATS, metavar="N", help=f"passes (default: {REPEATS})")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the tables to this file, too")
    return parser.parse_args()


def main():
    arguments = read_arguments()
    config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level=error"])
    database = os.environ["STOCK_POS_COUNT_BENCH_DB"]
    wanted = {*arguments.lines, *arguments.oca_lines}
    growth = [1_000, 10_000, 100_000] if arguments.growth else []
    prepare(database, sorted({*wanted, *growth}))
    results = list(measure_all(database, arguments, growth))
    measurements = [one for one in results if one]
    text = "\n\n".join([describe_machine(), get_table(measurements), Budgets(measurements).get_table(sorted(wanted))])
    print(f"\n{text}")
    if arguments.write:
        arguments.write.write_text(text + "\n", encoding="utf-8")
    if len(measurements) < len(results):
        sys.exit("A contender failed, see above.")


def prepare(database, sizes):
    """Fill the shops of these sizes into ``database``, which has the addon already."""
    with Registry(database).cursor() as cr:
        if shop.fill(api.Environment(cr, ADMIN_ID, {}), sizes):
            say(f"shops of {', '.join(map(str, sizes))} products")


def measure_all(database, arguments, growth):
    chosen = {
        "ours": [contenders.stock_pos_count],
        "core": [contenders.core_all, contenders.core_differing],
        "plain": [contenders.plain_create],
    }
    only = arguments.only or [*chosen, "oca"]
    for size in sorted(arguments.lines):
        for name in chosen:
            if name in only:
                yield from (measure_one(database, contender, size, arguments.repeats) for contender in chosen[name])
    for size in growth:
        yield measure_one(database, contenders.create_and_start, size, arguments.repeats)
        if size not in arguments.lines:
            yield measure_one(database, contenders.plain_create, size, arguments.repeats)
    if "oca" in only and arguments.oca_lines:
        yield from measure_oca(database, sorted(arguments.oca_lines), arguments.repeats)


def measure_oca(database, sizes, repeats):
    """OCA's addon changes what core does, so it has a copy of the database to itself."""
    name = f"{database}_oca"
    copy_database(database, name)
    try:
        say("installing OCA's stock_inventory in a database of its own")
        Registry.new(name, update_module=True, install_modules=["stock_inventory"])
        yield from (measure_one(name, contenders.oca, size, repeats) for size in sizes)
    finally:
        drop_database(name)


def measure_one(database, contender, size, repeats):
    """Return the measurement, or ``None`` when the contender failed; either is told at once."""
    say(f"{get_name(contender)}: {size:,} lines")
    try:
        measurement = measure(database, contender, size, repeats)
    except Exception:  # noqa: BLE001 one contender's failure must not cost the minutes of the others
        traceback.print_exc()
        return None
    for row in get_rows(measurement):
        say(row)
    return measurement


def describe_machine():
    version = psycopg2.connect("dbname=postgres").server_version // 10_000
    return (
        f"{date.today()}, Odoo {odoo.release.version}, Python {platform.python_version()}, PostgreSQL {version},"
        f" {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}."
    )


def say(text):
    print(f"== {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
