"""What a stocktake asks of the database must not follow the number of its lines: 10,000 are one shop.

Queries only, never seconds: ``./dev bench`` measures those, beside Odoo's own inventory and OCA's.
"""

from odoo.tests import tagged

from .common import CountCase, Till

FEW, MANY = 6, 90
# As many as a register sends at once.
BATCH = 500


@tagged("post_install", "-at_install")
class TestPerformance(CountCase):
    """Does everything on a small and on a large sheet, after a first time that fills the caches of the server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = {}
        for size in (FEW, MANY):
            category = cls.env["product.category"].create({"name": f"Count {size}"})
            cls.products[size] = cls.env["product.product"].create(
                [
                    {"name": f"Product {number} of {size}", "is_storable": True, "categ_id": category.id}
                    for number in range(size)
                ]
            )
            cls.env["stock.quant"].create(
                [
                    {"product_id": product.id, "location_id": cls.stock.id, "quantity": 9}
                    for product in cls.products[size]
                ]
            )

    def assert_same_queries(self, measure):
        """Fail unless ``measure``, given a number of products, takes as many queries for many as for few."""
        measure(FEW)
        few, many = measure(FEW), measure(MANY)
        self.assertLessEqual(many, few, f"{few} queries for {FEW} lines, {many} for {MANY}")

    def count_queries(self, work, *args, **kwargs):
        """Return how many queries ``work`` takes that finds nothing in the cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work(*args, **kwargs)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def create_sheet(self, size, start=True):
        till = Till(self, self.amy, self.config)
        till.create_sheet(start=start, scope="partial", category_ids=self.products[size].categ_id.ids)
        return till

    def count(self, size):
        """Return the till of a sheet on which half of the products are short and half of them over."""
        till = self.create_sheet(size)
        till.open()
        till.count(
            *((product, self.book(product) + (-1) ** number) for number, product in enumerate(self.products[size]))
        )
        return till

    def complete(self, size):
        till = self.count(size)
        till.go("complete")
        return till

    def test_starting_a_sheet(self):
        def measure(size):
            till = self.create_sheet(size, start=False)
            return self.count_queries(till.go, "start")

        self.assert_same_queries(measure)

    def test_opening_the_counting_screen(self):
        def measure(size):
            return self.count_queries(self.create_sheet(size).open)

        self.assert_same_queries(measure)

    def test_a_full_batch_takes_the_queries_of_a_small_one(self):
        def measure(size):
            till = self.create_sheet(size)
            till.open()
            number = BATCH if size == MANY else FEW
            entries = [till.entry(product=self.products[size][one % size]) for one in range(number)]
            queries = self.count_queries(till.send, *entries)
            self.assertEqual(sum(self.sheet(till).line_ids.mapped("counted_qty")), number)
            return queries

        self.assert_same_queries(measure)

    def test_completing_a_sheet(self):
        def measure(size):
            return self.count_queries(self.count(size).go, "complete")

        self.assert_same_queries(measure)

    def test_a_page_of_the_result(self):
        def measure(size):
            till = self.complete(size)
            return self.count_queries(till.call, "register_result", till.uuid, "short")

        self.assert_same_queries(measure)

    def test_the_list_of_sheets(self):
        tills = {size: self.count(size) for size in (FEW, MANY)}

        def measure(size):
            tills[FEW + MANY - size].go("pause")
            queries = self.count_queries(tills[size].call, "register_list", "counting")
            tills[FEW + MANY - size].go("resume")
            return queries

        self.assert_same_queries(measure)

    def test_the_preview_of_a_correction(self):
        def measure(size):
            till = self.complete(size)
            return self.count_queries(till.call, "register_correction_preview", till.uuid)

        self.assert_same_queries(measure)

    def test_a_corrected_line_takes_few_queries(self):
        """Odoo's own inventory moves take 5.6 a line; some of them are in its code that ours calls."""

        def measure(size):
            till = self.complete(size)
            fingerprint = till.call("register_correction_preview", till.uuid)["fingerprint"]
            return self.count_queries(till.call, "register_correct", till.uuid, fingerprint, [], till.person)

        measure(FEW)
        few, many = measure(FEW), measure(MANY)
        self.assertLess((many - few) / (MANY - FEW), 2, f"{few} queries for {FEW} lines, {many} for {MANY}")
