"""Counting while goods come and go by other ways than sales, and while others correct the books."""

from odoo.tests import tagged

from .shelf import ShelfCase


@tagged("post_install", "-at_install")
class TestOtherMovements(ShelfCase):
    def test_receipts_scrap_and_deliveries_around_the_count(self):
        """What moved before the count is in the books, what moved after it stays moved."""
        with self.story():
            self.steal(self.tea, 1)
            self.receive(self.tea, 6)
            self.scrap(self.tea, 2)
            self.new_sheet(self.tea)
            self.wait()
            self.count(self.tea)
            self.wait()
            self.receive(self.tea, 4)
            self.deliver(self.tea, 1)
            self.scrap(self.tea, 1)
            self.wait()
            self.complete()
            self.assertEqual(self.see(self.tea)["variance"], -1)
            self.assertTrue(self.see(self.tea)["check"], "a receipt after the count wants a look")
            self.finish()

    def test_count_that_arrives_after_goods_moved(self):
        """A device without network counted before the goods moved: the books are led back to its moment."""
        for closing in (False, True):
            with self.story(closing=closing):
                self.steal(self.tea, 1)
                self.new_sheet(self.tea)
                self.sell((self.tea, 1))
                self.wait()
                entries = self.count(self.tea, offline=True)
                self.wait()
                self.sell((self.tea, 2))
                self.receive(self.tea, 5)
                self.scrap(self.tea, 1)
                self.wait()
                self.send(*entries)
                self.complete()
                self.assertEqual(self.see(self.tea)["variance"], -1)
                self.finish()

    def test_inventory_by_odoo_around_the_count(self):
        """Somebody sets the books right before, or after, or between the count and its correction."""
        for moment in ("before", "after the count", "after completion", "before sending"):
            with self.story(moment=moment):
                self.steal(self.tea, 3)
                self.new_sheet(self.tea)
                if moment == "before":
                    self.adjust(self.tea)
                self.wait()
                entries = self.count(self.tea, offline=True)
                self.wait()
                if moment == "before sending":
                    self.adjust(self.tea)
                self.send(*entries)
                self.wait()
                if moment == "after the count":
                    self.adjust(self.tea)
                self.sell((self.tea, 1))
                self.complete()
                if moment == "after completion":
                    self.adjust(self.tea)
                self.finish()

    def test_older_count_gives_way_to_a_newer_one(self):
        """Two sheets count the product, something is lost in between: only what the newer count says is posted."""
        for older_first in (True, False):
            with self.story(older_first=older_first):
                self.steal(self.tea, 1)
                older = self.new_sheet(self.tea)
                self.count(self.tea)
                self.wait()
                self.steal(self.tea, 2)
                newer = self.new_sheet(self.tea)
                self.sell((self.tea, 1))
                self.wait()
                self.count(self.tea)
                self.complete(newer)
                self.complete(older)
                if older_first:
                    self.correct(older)
                    self.correct(newer)
                else:
                    self.correct(newer)
                    self.assertTrue(self.preview(self.tea, older)["blockers"])
                self.close_sessions()
                self.check_shelf()
