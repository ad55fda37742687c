"""Goods that are more than a product and a number: kits, lots, packages, other people's goods, units, shelves; and
orders that take another way than the register's."""

from datetime import timedelta
from itertools import permutations

from odoo import Command
from odoo.tests import tagged

from .shelf import Register, ShelfCase


@tagged("post_install", "-at_install")
class TestKits(ShelfCase):
    """A kit is sold at the register, and only what it consists of lies on the shelf."""

    def sell_kits(self):
        """Let the shop sell breakfasts of two teas and a set, the set of a milk and a good. Return the breakfast."""
        small, breakfast = self.env["product.product"].create(
            [
                {"name": name, "type": "consu", "is_storable": False, "available_in_pos": True}
                for name in ("Set", "Breakfast")
            ]
        )
        for kit, parts in ((small, ((self.milk, 1), (self.goods[0], 1))), (breakfast, ((self.tea, 2), (small, 1)))):
            self.env["mrp.bom"].create(
                {
                    "product_tmpl_id": kit.product_tmpl_id.id,
                    "type": "phantom",
                    "product_qty": 1,
                    "company_id": self.company.id,
                    "bom_line_ids": [
                        Command.create({"product_id": part.id, "product_qty": qty}) for part, qty in parts
                    ],
                }
            )
            self.kits[kit] = parts
        return breakfast

    def test_kits_sold_around_the_count(self):
        """Sold before and after the count, brought back, and learnt of late, before and after the correction."""
        for closing in (False, True):
            with self.story(closing=closing):
                breakfast = self.sell_kits()
                parts = (self.tea, self.milk, self.goods[0])
                self.steal(self.tea, 1)
                self.steal(self.goods[0], 1)
                self.new_sheet(*parts)
                self.sell((breakfast, 1), (self.tea, 1))
                self.sell((breakfast, 1), offline=True)
                late = self.unsent_orders.pop()
                self.wait()
                self.count(*parts)
                self.wait()
                self.sell((breakfast, 1))
                self.sell((breakfast, -1))
                self.unsent_orders.append(late)
                self.deliver_orders()
                self.sell((breakfast, 1), offline=True)
                self.assertEqual(self.complete(), "mismatched")
                self.assertEqual([self.see(part)["variance"] for part in parts], [-1, 0, -1])
                self.assertEqual(self.correct(), "corrected")
                self.finish()
                self.assertFalse(self.line(breakfast), "a kit has no line")


@tagged("post_install", "-at_install")
class TestLots(ShelfCase):
    """Lots that are sold by name, and lots that somebody names later."""

    def keep_lots(self):
        """Let the shop sell cheese of two lots. Return the lots."""
        self.cheese = self._create_product("Cheese", tracking="lot")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": self.cheese.id} for name in ("YOUNG", "OLD")])
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(self.cheese, self.stock, 10, lot_id=lot)
            self.shelf[self.cheese, lot] = 10
        self.register = Register(self, self.config, self.mia)
        self.registers = [self.register]
        return lots

    def sell_without_lot(self, lot, qty):
        """A lot is sold, and the cashier does not say which."""
        order = self.register.send(self.register.order((self.cheese, qty, []), at=self.now))
        self.shelf[self.cheese, lot] -= qty
        return order

    def name_lot(self, pickings, lot, qty):
        """Somebody looks up which lot was sold, and completes as much of what is left of the sale's delivery with it.

        What is left knows of no register, and what is left of that neither.
        """
        while pickings.backorder_ids:
            pickings = pickings.backorder_ids
        backorder = pickings.filtered(lambda picking: picking.state != "done")
        backorder.move_ids.move_line_ids.unlink()
        places = {"location_id": self.stock.id, "location_dest_id": backorder.location_dest_id.id}
        backorder.move_ids.move_line_ids = [
            Command.create({"product_id": self.cheese.id, "lot_id": lot.id, "quantity": qty, "picked": True, **places})
        ]
        backorder.with_context(skip_sms=True)._action_done()
        self.assertEqual(backorder.state, "done")

    def check_lots(self, *lots):
        for lot in lots:
            self.assertAlmostEqual(self.book(self.cheese, lot), self.shelf[self.cheese, lot], 2, lot.name)

    def test_lots_sold_around_the_count(self):
        for closing in (False, True):
            with self.story(closing=closing):
                young, old = self.keep_lots()
                self.steal(self.cheese, 1, young)
                self.new_sheet(self.cheese)
                self.sell((self.cheese, 2), lots=[young])
                self.sell((self.cheese, 1), lots=[old], offline=True)
                self.wait()
                self.count(self.cheese, lot=young)
                self.count(self.cheese, lot=old)
                self.wait()
                self.sell((self.cheese, 3), lots=[young])
                self.deliver_orders()
                self.complete()
                self.assertEqual([self.see(self.cheese, lot=lot)["variance"] for lot in (young, old)], [-1, 0])
                self.finish()
                self.check_lots(young, old)

    def test_a_lot_sold_without_its_name_blocks_until_somebody_names_it(self):
        """Odoo reserves some lot for what is left of the delivery; that is a guess, and not what was sold."""
        with self.story():
            young, old = self.keep_lots()
            self.steal(self.cheese, 1, young)
            self.new_sheet(self.cheese)
            order = self.sell_without_lot(old, 2)
            self.assertTrue(
                order.picking_ids.backorder_ids | order.picking_ids.filtered(lambda one: one.state != "done")
            )
            self.wait()
            self.count(self.cheese, lot=young)
            self.count(self.cheese, lot=old)
            self.complete()
            for lot in (young, old):
                self.assertTrue(self.preview(self.cheese, lot=lot)["blockers"])
            self.name_lot(order.picking_ids, old, 1)
            for lot in (young, old):
                self.assertTrue(self.preview(self.cheese, lot=lot)["blockers"], "one more is left to be named")
            self.name_lot(order.picking_ids, old, 1)
            self.assertEqual([self.see(self.cheese, lot=lot)["variance"] for lot in (young, old)], [-1, 0])
            self.assertEqual(self.correct(), "corrected")
            self.finish()
            self.check_lots(young, old)

    def test_a_lot_sold_without_its_name_after_the_count_is_no_variance(self):
        with self.story():
            young, old = self.keep_lots()
            self.steal(self.cheese, 1, young)
            self.new_sheet(self.cheese)
            self.count(self.cheese, lot=young)
            self.count(self.cheese, lot=old)
            self.wait()
            order = self.sell_without_lot(old, 2)
            self.complete()
            self.name_lot(order.picking_ids, old, 2)
            self.assertEqual([self.see(self.cheese, lot=lot)["variance"] for lot in (young, old)], [-1, 0])
            self.finish()
            self.check_lots(young, old)

    def test_a_nameless_lot_that_a_closing_session_posts_wants_a_recount(self):
        """Nobody knows which of the session's sales took which lot, so the count cannot be led back to its moment."""
        with self.story(closing=True):
            young, old = self.keep_lots()
            self.steal(self.cheese, 1, young)
            self.new_sheet(self.cheese)
            self.sell_without_lot(old, 2)
            self.wait()
            self.count(self.cheese, lot=young)
            self.count(self.cheese, lot=old)
            self.complete()
            session = self.register.session
            self.register.close()
            self.name_lot(session.picking_ids, old, 2)
            for lot in (young, old):
                row = self.preview(self.cheese, lot=lot)
                self.assertTrue(not row or row["blockers"], "what may be a lot's sale is no variance")
            self.wait()
            # Odoo dates moves by the second, and this one was a moment ago.
            session.picking_ids.move_ids.date -= timedelta(seconds=1)
            self.till.go("recount")
            self.till.open()
            self.count(self.cheese, lot=young)
            self.count(self.cheese, lot=old)
            self.complete()
            self.finish()
            self.check_lots(young, old)


@tagged("post_install", "-at_install")
class TestPlacesAndUnits(ShelfCase):
    def test_shelves_packages_and_consigned_goods_are_what_lies_there(self):
        """The books keep the product in five rows; the person counts one heap, and the till sells from it."""
        for closing in (False, True):
            with self.story(closing=closing):
                shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
                owner = self.env["res.partner"].create({"name": "Consignor"})
                package = self.env["stock.package"].create({"name": "BOX"})
                quants = self.env["stock.quant"]
                quants._update_available_quantity(self.tea, shelf, 4)
                quants._update_available_quantity(self.tea, shelf, 2, package_id=package)
                quants._update_available_quantity(self.tea, self.stock, 3, owner_id=owner)
                quants.create({"product_id": self.tea.id, "location_id": self.stock.id, "quantity": -1})
                self.shelf[self.tea, self.env["stock.lot"]] += 8
                self.steal(self.tea, 12)
                self.new_sheet(self.tea, self.milk)
                self.sell((self.tea, 2))
                self.wait()
                self.count(self.tea, self.milk)
                self.wait()
                self.sell((self.tea, 1), offline=True)
                self.complete()
                self.assertEqual(self.see(self.tea)["variance"], -12)
                self.correct()
                self.finish()

    def test_dozens_packs_and_halves(self):
        """Received by the dozen, sold by the pack, counted by the pack and by the piece."""
        with self.story():
            dozen = self.env.ref("uom.product_uom_dozen")
            pack = self.env["product.uom"].create(
                {"product_id": self.tea.id, "uom_id": dozen.id, "barcode": "9900000000925"}
            )
            wine = self._create_product("Wine", uom_id=dozen.id)
            self.receive_in(wine, 3, self.env.ref("uom.product_uom_unit"), 36)
            self.receive_in(self.tea, 24, dozen, 2)
            self.steal(self.tea, 1)
            self.steal(wine, 0.5)
            till = self.new_sheet(self.tea, wine)
            self.sell((self.tea, 12), (wine, 0.25))
            self.wait()
            lying = self.shelf[self.tea, self.env["stock.lot"]]
            packs, pieces = divmod(lying, 12)
            found = till.call("register_lookup", till.uuid, pack.barcode)
            self.assertEqual((found["qty"], found["packaging_id"]), (12, pack.id))
            self.count(self.tea, kind="add", qty=found["qty"] * packs)
            self.count(self.tea, kind="add", qty=pieces)
            self.count(wine)
            self.wait()
            self.sell((self.tea, 12), (wine, 0.5))
            self.complete()
            self.assertEqual([self.see(product)["variance"] for product in (self.tea, wine)], [-1, -0.5])
            self.finish()

    def receive_in(self, product, qty, unit, number):
        """Receive ``qty`` of the product, written as ``number`` of another unit on the delivery."""
        picking = self.receive(product, qty, validate=False)
        picking.move_ids.write({"product_uom": unit.id, "product_uom_qty": number, "quantity": number, "picked": True})
        self.validate(picking)

    def test_a_register_that_sells_from_above_makes_its_open_sales_doubtful(self):
        """Nobody knows whether it took the goods from here: a person looks, and counts again once they are posted."""
        with self.story(closing=True):
            corner = self.env["stock.location"].create({"name": "Corner", "location_id": self.stock.id})
            self.env["stock.quant"]._update_available_quantity(self.rice, corner, 6)
            self.shelf[self.rice, self.env["stock.lot"]] += 6
            corner_type = self.shop.pos_type_id.copy({"name": "Corner", "default_location_src_id": corner.id})
            corner_register = self.add_register("Corner", corner_type)
            self.steal(self.rice, 1)
            till = type(self.till)(self, self.amy, corner_register.config, name="Corner phone")
            self.new_sheet(self.rice, till=till)
            self.sell((self.rice, 2))
            self.wait()
            self.count(self.rice)
            self.complete()
            self.assertTrue(self.preview(self.rice)["needs_accept"])
            self.register.close()
            self.wait()
            self.recount(self.rice)
            self.finish()


@tagged("post_install", "-at_install")
class TestParkedOrders(ShelfCase):
    """A parked order is no sale; it becomes one when it is paid, wherever the server learns of it first."""

    def tell(self, check, before_count=None, after_count=None):
        """Tell of two pieces that are parked while one is missing on the shelf.

        :param before_count: called with the order before the count
        :param after_count: called with the order after the count
        :param check: called when the sheet is completed; looks at its line
        """
        for closing in (False, True):
            with self.story(closing=closing):
                self.steal(self.tea, 1)
                self.new_sheet(self.tea)
                order = self.park((self.tea, 2))
                if before_count:
                    before_count(order)
                self.wait(90)
                self.count(self.tea)
                if after_count:
                    self.wait(90)
                    after_count(order)
                self.complete()
                check()
                self.assertEqual(self.see(self.tea)["variance"], -1)
                self.finish()

    def test_paid_at_the_register_after_the_count(self):
        def nothing_to_accept():
            self.assertFalse(self.preview(self.tea)["needs_accept"])

        self.tell(nothing_to_accept, after_count=self.pay)

    def test_paid_at_the_register_before_the_count_and_learnt_of_after_it(self):
        def pay_offline(order):
            self.wait(90)
            self.pay(order, offline=True)

        self.tell(self.deliver_orders, before_count=pay_offline)

    def test_paid_by_a_manager_long_after_its_goods_left(self):
        def take_goods(_order):
            self.shelf[self.tea, self.env["stock.lot"]] -= 2

        def needs_a_yes():
            self.assertTrue(self.preview(self.tea)["needs_accept"], "nobody knows when the goods left")

        self.tell(needs_a_yes, take_goods, lambda order: self.pay_on_server(order, was_gone=True))

    def test_paid_by_a_manager_whose_goods_lay_there_at_the_count(self):
        """The books cannot know that; the line is marked, and counting again makes it right."""

        def count_again():
            self.assertTrue(self.see(self.tea)["check"])
            self.wait()
            self.recount(self.tea)

        self.tell(count_again, after_count=self.pay_on_server)


@tagged("post_install", "-at_install")
class TestOrdersOnOtherWays(ShelfCase):
    """Orders that are paid, refunded or returned elsewhere than at the register, or that Odoo could not post."""

    def test_a_refund_in_the_backend_around_the_count(self):
        for closing in (False, True):
            for when in ("before", "after"):
                with self.story(closing=closing, when=when):
                    self.steal(self.tea, 1)
                    sold = self.sell((self.tea, 3))
                    self.wait()
                    self.new_sheet(self.tea)
                    if when == "before":
                        self.refund_on_server(sold)
                    self.wait(90)
                    self.count(self.tea)
                    self.wait(90)
                    if when == "after":
                        self.refund_on_server(sold)
                    self.complete()
                    self.assertEqual(self.see(self.tea)["variance"], -1)
                    self.finish()

    def test_a_return_made_by_hand_around_the_count(self):
        """A copy of the sale's picking keeps its link to the register; it is a receipt all the same."""
        for when in ("before", "after", "offline"):
            with self.story(when=when):
                self.steal(self.tea, 1)
                sold = self.sell((self.tea, 3))
                self.wait()
                self.new_sheet(self.tea)
                if when == "before":
                    self.return_by_hand(sold.picking_ids, self.tea, 2)
                self.wait()
                entries = self.count(self.tea, offline=True)
                self.wait()
                if when == "offline":
                    self.return_by_hand(sold.picking_ids, self.tea, 2)
                self.send(*entries)
                if when == "after":
                    self.return_by_hand(sold.picking_ids, self.tea, 2)
                self.complete()
                self.assertEqual(self.see(self.tea)["variance"], -1)
                self.finish()

    def test_a_return_by_hand_of_a_session_that_posts_at_closing(self):
        with self.story(closing=True):
            self.steal(self.tea, 1)
            self.sell((self.tea, 3))
            session = self.register.session
            self.register.close()
            self.wait()
            self.new_sheet(self.tea)
            self.count(self.tea)
            self.wait()
            self.return_by_hand(session.picking_ids, self.tea, 2)
            self.complete()
            self.assertEqual(self.see(self.tea)["variance"], -1)
            self.finish()

    def test_deliveries_that_odoo_could_not_post_and_their_backorders(self):
        """One serial number that is sold twice holds back a whole order; it is posted piece by piece, much later."""
        for parts in range(4):
            with self.story(parts=parts):
                phone = self._create_product("Phone", tracking="serial")
                lot = self.env["stock.lot"].create({"name": "S1", "product_id": phone.id})
                self.env["stock.quant"]._update_available_quantity(phone, self.stock, 1, lot_id=lot)
                seller = Register(self, self.config, self.mia)
                self.registers = [seller]
                seller.send(seller.order((phone, 1, ["S1"]), at=self.now))
                self.steal(self.tea, 1)
                self.new_sheet(self.tea)
                order = seller.send(seller.order((phone, 1, ["S1"]), (self.tea, 4, []), at=self.now))
                self.shelf[self.tea, self.env["stock.lot"]] -= 4
                self.assertNotEqual(order.picking_ids.state, "done", "Odoo could not post it")
                picking = order.picking_ids
                picking.move_ids.filtered(lambda move: move.has_tracking == "serial")._action_cancel()
                for _number in range(min(parts, 2)):
                    picking = self.post_one(picking)
                self.wait()
                self.count(self.tea)
                self.wait()
                if parts == 3:
                    picking = self.post_one(picking)
                self.complete()
                self.assertEqual(self.see(self.tea)["variance"], -1)
                self.correct()
                while picking.state != "done":
                    picking = self.post_one(picking)
                self.finish()

    def post_one(self, picking):
        """Post one piece of a delivery. Return what is left: its backorder."""
        move = picking.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        move.write({"quantity": 1, "picked": True})
        picking.with_context(skip_sms=True)._action_done()
        self.assertEqual(picking.state, "done")
        backorder = self.env["stock.picking"].search([("backorder_id", "=", picking.id)])
        return backorder or picking


@tagged("post_install", "-at_install")
class TestEveryOrder(ShelfCase):
    """Two sheets and Odoo's own inventory on one product, in every order of their counts and corrections."""

    def test_the_newest_look_at_the_shelf_wins(self):
        """Goods are lost between any two looks. What Inventory adjusted after a count is not overruled by it: nobody
        accepts such a line."""
        steps = ("count A", "count B", "adjust", "correct A", "correct B")
        for order in permutations(steps):
            at = order.index
            # Which of the sheets is called A makes no difference: A is counted first.
            if at("count A") < min(at("count B"), at("correct A")) and at("count B") < at("correct B"):
                with self.story(order=order):
                    self._tell(order)

    def _tell(self, order):
        tills = {name: self.new_sheet(self.tea) for name in ("A", "B")}
        for step in order:
            self.wait()
            what, _space, name = step.partition(" ")
            if what == "adjust":
                self.steal(self.tea, 1)
                self.adjust(self.tea)
            elif what == "count":
                self.steal(self.tea, 1)
                self.count(self.tea, till=tills[name])
            elif self.complete(tills[name]) == "mismatched":
                self._correct(tills[name])
        self.check_shelf([self.tea])

    def _correct(self, till):
        """Correct what needs nobody's yes."""
        rows = till.call("register_correction_preview", till.uuid)["lines"]
        if not rows:
            till.go("close")
        elif not rows[0]["blockers"] and not rows[0]["needs_accept"]:
            self.correct(till)


@tagged("post_install", "-at_install")
class TestLateSalesAndLaterCounts(ShelfCase):
    def test_a_proposed_offset_is_refused_once_a_later_count_reckoned_with_the_sale(self):
        """A manager who posts it all the same would put goods back on the books that nobody ever saw."""
        with self.story():
            self.steal(self.tea, 1)
            first = self.new_sheet(self.tea)
            order = self.park((self.tea, 2))
            self.shelf[self.tea, self.env["stock.lot"]] -= 2
            self.wait(90)
            self.count(self.tea)
            self.complete()
            self.correct()
            self.wait(90)
            self.pay_on_server(order, was_gone=True)
            self.run_jobs()
            proposed = self.sheet(first).late_sale_ids
            self.assertEqual(proposed.mapped("state"), ["proposed"])
            self.new_sheet(self.tea)
            self.count(self.tea)
            self.complete()
            self.correct()
            with self.assertRaisesRegex(Exception, "counted again later"), self.env.cr.savepoint():
                proposed.with_user(self.mia).action_post()
            self.finish()

    def test_trying_again_posts_nothing_that_nobody_previewed(self):
        """The coffee agreed when the correction was previewed; a sale that arrives later makes it differ."""
        milk, tea, coffee = self.goods[:3]
        with self.story():
            self.new_sheet(milk, tea, coffee)
            self.sell((coffee, 2), offline=True)
            self.wait()
            self.steal(milk, 2)
            self.steal(tea, 1)
            self.count(milk, tea)
            self.count(coffee, qty=self.book(coffee))
            self.wait()
            self.complete()
            view = self.env["stock.location"].create({"name": "Nowhere", "usage": "view"})
            place = tea.with_company(self.company).property_stock_inventory
            tea.with_company(self.company).property_stock_inventory = view
            self.correct()
            self.assertEqual(self.line(tea).correction_state, "failed")
            tea.with_company(self.company).property_stock_inventory = place
            self.deliver_orders()
            before = self.book(coffee)
            sheet = self.sheet().with_user(self.mia).with_context(allowed_company_ids=self.company.ids)
            sheet.action_retry_correction()
            self.assertEqual(self.line(tea).correction_state, "posted")
            self.assertEqual(self.line(coffee).variance_qty, 2)
            self.assertEqual((self.line(coffee).correction_state, self.book(coffee)), ("left_out", before))

    def test_an_offset_that_odoo_refuses_is_left_to_a_manager(self):
        """Until the session closes, the book has the serial number that was sold and is there again."""
        with self.story(closing=True):
            phone = self._create_product("Phone", tracking="serial")
            values = {"name": "S1", "product_id": phone.id, "company_id": self.company.id}
            serial = self.env["stock.lot"].create(values)
            self.env["stock.quant"]._update_available_quantity(phone, self.stock, 1, lot_id=serial)
            self.shelf[phone, serial] += 1
            self.new_sheet(phone)
            self.sell((phone, 1), offline=True, lots=[serial])
            self.wait()
            self.steal(phone, -1, serial)
            self.count(phone, lot=serial)
            self.assertEqual(self.complete(), "matched")
            self.wait()
            self.deliver_orders()
            self.run_jobs()
            sale = self.sheet().late_sale_ids
            self.assertEqual(sale.state, "proposed")
            self.assertIn("S1", sale.reason)

    def test_an_uncertain_sale_that_came_last_is_proposed_and_not_the_order_before_it(self):
        """The late order was parked long before the others, so its number is lower than theirs."""
        with self.story():
            parked = self.park((self.tea, 1))
            self.shelf[self.tea, self.env["stock.lot"]] -= 1
            self.wait(90)
            self.sell((self.tea, 2))
            self.wait()
            self.steal(self.tea, 1)
            self.new_sheet(self.tea)
            self.count(self.tea)
            self.complete()
            self.correct()
            self.pay_on_server(parked, was_gone=True)
            self.run_jobs()
            sale = self.sheet().late_sale_ids
            self.assertEqual((sale.order_id.uuid, sale.state, sale.qty), (parked["uuid"], "proposed", 1))
            sale.with_user(self.mia).action_post()
            self.finish()


@tagged("post_install", "-at_install")
class TestBackgroundAndRivals(ShelfCase):
    """A correction that waits for its job, and other sheets that count the same goods meanwhile."""

    def confirm(self, till):
        """Confirm a correction that the job posts later."""
        preview = till.call("register_correction_preview", till.uuid)
        accepted = [row["line_id"] for row in preview["lines"]]
        with self.in_background():
            arguments = (till.uuid, preview["fingerprint"], [], till.person, accepted)
            self.assertTrue(till.call("register_correct", *arguments)["done"])
        self.assertTrue(self.sheet(till).correcting_since)

    def count_on_two_sheets(self, lost_between=0):
        """Return an older and a newer sheet, both completed with a variance."""
        self.steal(self.tea, 2)
        older, newer = self.new_sheet(self.tea, self.milk), None
        self.steal(self.milk, 1)
        self.count(self.tea, self.milk, till=older)
        self.wait()
        self.steal(self.tea, lost_between)
        newer = self.new_sheet(self.tea)
        self.count(self.tea, till=newer)
        for till in (older, newer):
            self.assertEqual(self.complete(till), "mismatched")
        return older, newer

    def test_an_older_count_gives_way_to_a_newer_one_that_waits_for_its_job(self):
        """Both would post the same shortage: the newer one in a moment, the older one at once."""
        with self.story():
            older, newer = self.count_on_two_sheets(lost_between=1)
            self.confirm(newer)
            self.assertTrue(self.preview(self.tea, older)["blockers"])
            self.correct(older)
            self.run_correction_job(newer)
            self.finish()

    def test_a_newer_count_that_is_settled_first_takes_the_line_off_the_waiting_job(self):
        with self.story():
            older, newer = self.count_on_two_sheets(lost_between=1)
            self.confirm(older)
            self.correct(newer)
            self.run_correction_job(older)
            line = self.line(self.tea, older)
            self.assertEqual(line.correction_state, "left_out")
            self.assertIn(self.sheet(newer).name, line.not_corrected)
            self.assertEqual(self.line(self.milk, older).correction_state, "posted")
            self.finish()

    def test_a_sheet_whose_last_variance_a_later_count_settled_can_be_closed(self):
        """It posts nothing, and nobody could correct it: only a manager could void the sheet."""
        with self.story():
            older = self.new_sheet(self.tea, self.milk)
            self.count(self.tea, self.milk)
            self.wait()
            self.receive(self.tea, 1)
            self.wait()
            self.steal(self.tea, 3)
            newer = self.new_sheet(self.tea)
            self.count(self.tea, till=newer)
            self.complete(newer)
            self.correct(newer)
            self.assertEqual(self.complete(older), "mismatched")
            self.assertEqual(self.sheet(older).line_ids.filtered("superseded_by_id").result, "over")
            self.assertEqual(older.go("close")["state"], "matched")
            self.finish()

    def test_an_equal_line_of_a_waiting_correction_is_final_too(self):
        """The newer sheet found what the older one missed; its correction waits only because of another product."""
        with self.story():
            older = self.new_sheet(self.tea, self.milk)
            self.count(self.tea, qty=8)
            self.wait()
            self.steal(self.milk, 1)
            newer = self.new_sheet(self.tea, self.milk)
            self.count(self.tea, self.milk)
            self.complete(older)
            self.complete(newer)
            self.confirm(newer)
            self.assertTrue(self.preview(self.tea, older)["blockers"])
            self.run_correction_job(newer)
            self.finish()

    def test_a_late_sale_before_an_older_count_is_no_offset_while_a_newer_one_waits(self):
        with self.story():
            self.steal(self.tea, 1)
            older = self.new_sheet(self.tea)
            self.sell((self.tea, 2), offline=True)
            self.wait()
            self.count(self.tea)
            self.complete()
            self.correct()
            self.wait()
            self.steal(self.tea, 1)
            newer = self.new_sheet(self.tea)
            self.count(self.tea)
            self.deliver_orders()
            self.complete()
            self.confirm(newer)
            self.run_jobs()
            self.assertFalse(self.sheet(older).late_sale_ids)
            self.run_correction_job(newer)
            self.finish()
