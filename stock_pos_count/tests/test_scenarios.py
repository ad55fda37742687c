"""Counting while the shop sells: whatever was sold when, and whenever Odoo learns of it, the books end right."""

from datetime import timedelta
from itertools import product as combinations

from odoo.tests import tagged

from .shelf import ShelfCase

# The published examples, 10 on the shelf and in the books: what is sold, in which order with the count.
TABLE = {
    "count 10, sell 2": ("count", 2),
    "sell 2, count 8": (2, "count"),
    "sell 2, count 8, sell 3": (2, "count", 3),
    "return 1, count 11": (-1, "count"),
    "sell 4, count 6, return 1": (4, "count", -1),
}
ARRIVALS = ("at once", "before completion", "after completion", "after correction")


@tagged("post_install", "-at_install")
class TestSalesAroundTheCount(ShelfCase):
    """Each row of the table, with sales that Odoo learns of at once and later, in shops that post stock at each sale
    and at closing, with and without goods that were lost before."""

    def test_published_table(self):
        """Nothing was lost: the result is equal, whatever was sold before and after the count."""
        for closing in (False, True):
            with self.story(closing=closing):
                rows = dict(zip(self.goods, TABLE.values(), strict=False))
                self.new_sheet(*rows)
                self._tell(rows)
                self.assertEqual(self.complete(), "matched")
                self.finish()

    def test_table_with_orders_that_arrive_late(self):
        """A sale before the count that arrives after it is no shortage; one after the count is none either."""
        for closing in (False, True):
            rows = list(combinations(("count 10, sell 2", "sell 2, count 8", "sell 2, count 8, sell 3"), ARRIVALS))
            stories = dict(zip(self.goods, rows, strict=False))
            lost_product = self.goods[len(rows)]
            with self.story(closing=closing):
                self.steal(lost_product, 1)
                for number, product in enumerate(stories):
                    self.steal(product, number % 3)
                self.new_sheet(*stories, lost_product)
                self.count(lost_product)
                orders = {arrival: [] for arrival in ARRIVALS}
                self._tell(
                    {product: TABLE[table] for product, (table, _arrival) in stories.items()},
                    lambda product, orders=orders, stories=stories: orders[stories[product][1]],
                )
                self._deliver(orders["at once"] + orders["before completion"])
                self.assertEqual(self.complete(), "mismatched")
                self._deliver(orders["after completion"])
                self.assertEqual(self.correct(), "corrected")
                self._deliver(orders["after correction"])
                self.finish()

    def _tell(self, rows, get_outbox=None):
        """Do what the rows of the table say, step by step. Orders go to the outbox of their product, if there is
        one."""
        for step in range(max(map(len, rows.values()))):
            for product, steps in rows.items():
                if step >= len(steps):
                    continue
                if steps[step] == "count":
                    self.count(product)
                elif get_outbox:
                    self.sell((product, steps[step]), offline=True)
                    get_outbox(product).append(self.unsent_orders.pop())
                else:
                    self.sell((product, steps[step]))
            self.wait()

    def _deliver(self, orders):
        self.unsent_orders += orders
        self.deliver_orders()

    def test_late_order_on_a_matched_sheet(self):
        """The sheet stays Matched; the late order takes its goods off the books although they were counted away."""
        for closing in (False, True):
            with self.story(closing=closing):
                self.new_sheet(self.tea)
                self.sell((self.tea, 2), offline=True)
                self.wait()
                self.steal(self.tea, -2)
                self.count(self.tea)
                self.assertEqual(self.complete(), "matched")
                self.wait()
                self.finish()
                self.assertEqual(self.sheet().state, "matched")

    def test_variance_that_a_late_order_explains_is_closed_as_matched(self):
        with self.story():
            self.new_sheet(self.tea)
            self.sell((self.tea, 2), offline=True)
            self.wait()
            self.count(self.tea)
            self.assertEqual(self.complete(), "mismatched")
            self.deliver_orders()
            self.assertEqual(self.correct(), "matched")
            self.finish()

    def test_order_that_a_till_kept_for_nine_days(self):
        """Learnt of before the correction it is reckoned in; after it a manager looks at it first."""
        for when in ("before", "after"):
            with self.story(when=when):
                order = self.register.order((self.tea, 2, []), at=self.now - timedelta(days=9))
                self.shelf[self.tea, self.env["stock.lot"]] -= 2
                self.steal(self.tea, 1)
                self.new_sheet(self.tea)
                self.count(self.tea)
                self.complete()
                if when == "before":
                    self.register.send(order)
                    self.assertEqual(self.see(self.tea)["variance"], -1)
                self.correct()
                if when == "after":
                    self.register.send(order)
                    self.run_jobs()
                    sale = self.sheet().late_sale_ids
                    self.assertEqual(sale.state, "proposed")
                    sale.with_user(self.mia).action_post()
                self.finish()

    def test_late_orders_concern_the_latest_count_only(self):
        """Two sheets settled the product: the late order is older than both, and corrected once."""
        with self.story():
            self.steal(self.tea, 1)
            self.new_sheet(self.tea)
            self.sell((self.tea, 2), offline=True)
            self.wait()
            self.count(self.tea)
            self.complete()
            self.correct()
            self.wait()
            self.steal(self.tea, 1)
            self.new_sheet(self.tea)
            self.count(self.tea)
            self.complete()
            self.correct()
            self.wait()
            self.finish()

    def test_late_order_between_two_counts_concerns_the_second(self):
        with self.story():
            self.steal(self.tea, 1)
            self.new_sheet(self.tea)
            self.count(self.tea)
            self.complete()
            self.correct()
            self.wait()
            self.sell((self.tea, 2), offline=True)
            self.wait()
            self.new_sheet(self.tea)
            self.count(self.tea)
            self.complete()
            self.correct()
            self.finish()


@tagged("post_install", "-at_install")
class TestRegisters(ShelfCase):
    """Several registers, sessions that close at any time, clocks that are wrong."""

    def test_two_registers_of_one_shop_sell_around_the_count(self):
        for closing in (False, True):
            with self.story(closing=closing):
                other = self.add_register("Back")
                self.steal(self.tea, 1)
                self.new_sheet(self.tea, self.milk)
                self.sell((self.tea, 2), register=other)
                self.wait()
                self.count(self.tea, self.milk)
                self.wait()
                self.sell((self.tea, 1), (self.milk, 1), register=other)
                self.sell((self.tea, 1))
                self.wait()
                self.complete()
                self.assertEqual(self.see(self.tea)["variance"], -1)
                self.finish()

    def test_one_register_posts_at_closing_and_the_other_at_once(self):
        """The session's own flag says which, not the company's setting, which may have changed since."""
        with self.story(closing=True):
            self.assertTrue(self.register.session.update_stock_at_closing)
            self.company.point_of_sale_update_stock_quantities = "real"
            other = self.add_register("Back")
            self.assertFalse(other.session.update_stock_at_closing)
            self.steal(self.tea, 1)
            self.new_sheet(self.tea)
            self.sell((self.tea, 2))
            self.sell((self.tea, 3), register=other)
            self.wait()
            self.count(self.tea)
            self.wait()
            self.sell((self.tea, 1))
            self.sell((self.tea, 1), register=other)
            self.complete()
            self.assertEqual(self.see(self.tea)["variance"], -1)
            self.finish()

    def test_session_closes_in_the_middle(self):
        """Closing posts what was reckoned as unposted: that is no second movement, whenever it happens."""
        for moment in ("before count", "before sending", "before completion", "before correction", "after"):
            with self.story(closing=True, moment=moment):
                self.steal(self.tea, 1)
                self.new_sheet(self.tea)
                self.sell((self.tea, 2))
                self.wait()
                if moment == "before count":
                    self.register.close()
                entries = self.count(self.tea, offline=True)
                self.wait()
                self.sell((self.tea, 1))
                self.wait()
                if moment == "before sending":
                    self.register.close()
                self.send(*entries)
                if moment == "before completion":
                    self.register.close()
                self.complete()
                self.assertEqual(self.see(self.tea)["variance"], -1)
                if moment == "before correction":
                    self.register.close()
                self.correct()
                self.finish()

    def test_device_that_counts_with_a_wrong_clock(self):
        """Its sync measures the difference, so that its count keeps its place among the sales."""
        for minutes in (-90, 45):
            with self.story(minutes=minutes):
                self.steal(self.tea, 1)
                till = self.new_sheet(self.tea)
                till.clock_error = timedelta(minutes=minutes)
                self.sell((self.tea, 2), offline=True)
                self.wait()
                entries = self.count(self.tea, offline=True)
                self.wait()
                self.sell((self.tea, 3))
                self.deliver_orders()
                self.send(*entries)
                self.complete()
                self.assertEqual(self.see(self.tea)["variance"], -1)
                self.finish()

    def test_register_that_sells_with_a_wrong_clock(self):
        """Its order sync tells the server what the register's clock shows."""
        for minutes in (-90, 45):
            with self.story(minutes=minutes):
                self.steal(self.tea, 1)
                self.register.clock_error = timedelta(minutes=minutes)
                self.new_sheet(self.tea)
                self.sell((self.tea, 2), offline=True)
                self.wait()
                self.count(self.tea)
                self.wait()
                self.sell((self.tea, 3), offline=True)
                self.wait()
                self.complete()
                self.deliver_orders()
                self.assertEqual(self.see(self.tea)["variance"], -1)
                self.finish()

    def test_order_to_be_shipped_later_is_still_on_the_shelf(self):
        for closing in (False, True):
            with self.story(closing=closing):
                self.steal(self.tea, 1)
                self.new_sheet(self.tea)
                delivery = self.sell_for_shipping(self.tea, 2)
                self.wait()
                self.count(self.tea)
                self.complete()
                self.assertEqual(self.see(self.tea)["variance"], -1)
                self.correct()
                self.wait()
                self.ship(delivery)
                self.finish()
