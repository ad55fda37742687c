"""pytest for ./dev test: the shop made and asset bundles compiled once, skipped tests fail, results counted."""

import os
import sys
from pathlib import Path

import pytest

# What tests in a browser load, by the class they are of, with whether its styles are needed too.
BUNDLES = {
    "HttpCase": {"web.assets_tests": False, "bus.websocket_worker_assets": False, "web.__assets_tests_call__": False},
    "TestPointOfSaleHttpCommon": {"point_of_sale.assets_prod": True},
    "StocktakeTours": {"web.assets_web": True, "web.assets_web_print": True},
    "HootRunner": {"web.assets_unit_tests_setup": True, "web.assets_unit_tests": True},
}


@pytest.fixture(scope="session", autouse=True)
def compiled_bundles(request, load_registry):
    """Compile in a committed transaction: a browser test's own one is rolled back, bundles included."""
    import odoo.api
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    if not request.config.getoption("--odoo-http"):
        return
    with Registry(get_db_name()).cursor() as cr:
        qweb = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})["ir.qweb"]
        for case, bundles in BUNDLES.items():
            if not has_tests(request.session.items, case):
                continue
            for name, has_styles in bundles.items():
                qweb._get_asset_bundle(name, css=False, js=True).js()
                if has_styles:
                    qweb._get_asset_bundle(name, css=True, js=False).css()


@pytest.fixture(scope="session", autouse=True)
def committed_shop(request, load_registry):
    """Make the tests' shop in a committed transaction: each class would make it again."""
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    from odoo.addons.stock_pos_count.tests.shop import commit_shop

    if has_tests(request.session.items, "CountCase"):
        commit_shop(Registry(get_db_name()))


def has_tests(items, case):
    """Return whether tests of a class of the name ``case`` are among the collected ones."""
    classes = {cls for item in items if getattr(item, "cls", None) for cls in item.cls.__mro__}
    return any(cls.__name__ == case for cls in classes)


def pytest_sessionfinish(session, exitstatus):
    """A skipped test is not a test: the run fails."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == pytest.ExitCode.OK and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    """Add the counts to the file ./dev names, or print them when pytest runs alone; say how long the random stories
    were."""
    stories = sys.modules.get("odoo.addons.stock_pos_count.tests.test_state_machine")
    if stories and stories.REPORT:
        numbers = ", ".join(f"{number} {what}" for what, number in stories.REPORT.items())
        terminalreporter.write_line(f"state machine: {numbers}")
    stats = {outcome: len(reports) for outcome, reports in terminalreporter.stats.items()}
    passed = stats.get("passed", 0) + stats.get("xpassed", 0)
    failed = stats.get("failed", 0) + stats.get("error", 0)
    skipped = stats.get("skipped", 0) + stats.get("xfailed", 0)
    if counts_file := os.environ.get("STOCK_POS_COUNT_COUNTS"):
        with Path(counts_file).open("a", encoding="utf-8") as file:
            file.write(f"{passed} {failed} {skipped}\n")
    else:
        terminalreporter.write_line(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
