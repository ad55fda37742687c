"""A shop whose shelf is known: stories of selling, receiving and counting that must end with the right stock."""

import uuid
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields

from odoo.addons.stock_pos_count.models import stock_pos_count_correcting

from .common import CountCase, Till

# Stories happen in the past, so that every moment of them is over when it is recorded.
STORY_LENGTH = timedelta(hours=6)


def milliseconds(moment):
    """Return a moment (UTC) as registers write it: milliseconds since 1970."""
    return int((moment - fields.Datetime.to_datetime("1970-01-01")).total_seconds() * 1000)


class Register:
    """A till that sells: makes orders as the Point of Sale does, and sends them at once or later."""

    def __init__(self, case, config, seller=None):
        self.case = case
        # Odoo itself lets nobody without rights on inventory sell lots.
        self.seller = seller or case.amy
        self.config = config.with_user(self.seller).with_context(allowed_company_ids=config.company_id.ids)
        # How far its clock is ahead of the server's.
        self.clock_error = timedelta(0)

    @property
    def session(self):
        """The open session; opened when there is none."""
        if not self.config.current_session_id:
            self.config.open_ui()
            self.config.current_session_id.set_opening_control(0, "")
        return self.config.current_session_id

    def order(self, *lines, at, state="paid", **values):
        """Return an order as the register makes it.

        :param lines: triples of product, quantity and the names of the lots
        :param datetime at: the true time at which it was paid
        """
        return {
            "uuid": str(uuid.uuid4()),
            "access_token": str(uuid.uuid4()),
            "name": "Order",
            "state": state,
            "session_id": self.session.id,
            "user_id": self.seller.id,
            "partner_id": False,
            "date_order": fields.Datetime.to_string(at + self.clock_error),
            "pricelist_id": False,
            "fiscal_position_id": False,
            "to_invoice": False,
            "last_order_preparation_change": "{}",
            "amount_paid": sum(qty for _product, qty, _lots in lines) if state == "paid" else 0,
            "amount_total": sum(qty for _product, qty, _lots in lines),
            "amount_tax": 0,
            "amount_return": 0,
            "lines": [self._get_line(*line) for line in lines],
            "payment_ids": self._get_payments(lines) if state == "paid" else [],
            **values,
        }

    def _get_line(self, product, qty, lots):
        return Command.create(
            {
                "uuid": str(uuid.uuid4()),
                "product_id": product.id,
                "qty": qty,
                "price_unit": 1,
                "price_subtotal": qty,
                "price_subtotal_incl": qty,
                "tax_ids": [Command.set([])],
                "pack_lot_ids": [Command.create({"lot_name": name}) for name in lots],
            }
        )

    def _get_payments(self, lines):
        return [
            Command.create(
                {
                    "amount": sum(qty for _product, qty, _lots in lines),
                    "name": fields.Datetime.now(),
                    "payment_method_id": self.config.payment_method_ids.id,
                }
            )
        ]

    def send(self, *orders):
        """Send orders as the register's queue does. Return them as superuser."""
        orders_model = self.case.env["pos.order"].with_user(self.seller)
        orders_model = orders_model.with_context(
            allowed_company_ids=self.config.company_id.ids,
            stock_pos_count_till_time=milliseconds(fields.Datetime.now() + self.clock_error),
        )
        answer = orders_model.sync_from_ui([dict(order) for order in orders])
        return self.case.env["pos.order"].browse(order["id"] for order in answer["pos.order"])

    def close(self):
        """Close the session as the closing dialog does."""
        answer = self.session.close_session_from_ui()
        self.case.assertTrue(answer["successful"], answer)


class Device(Till):
    """A till that counts, with a clock that may be wrong."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # How far its clock is ahead of the server's.
        self.clock_error = timedelta(0)


class ShelfCase(CountCase):
    """Tells stories about one shop and knows at each moment what lies on its shelf.

    A story is a sequence of calls (``sell``, ``receive``, ``count``, ...) at the story's own clock, which ``wait``
    moves. The calls keep ``shelf``, the physical truth, and tell Odoo what Odoo would learn; ``finish`` posts
    everything that is still open and compares the books with the shelf. Quantities of counts are what lies there:
    no test adds up by hand.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls.env["product.product"].create(
            [{"name": f"Good {number}", "is_storable": True, "standard_price": 2} for number in range(16)]
        )
        for product in cls.goods:
            cls.env["stock.quant"]._update_available_quantity(product, cls.stock, 10)

    def setUp(self):
        super().setUp()
        self.begin()

    def begin(self, closing=False):
        """Begin a story with the shelf as the books have it.

        :param bool closing: stock is updated when sessions close, not at each sale
        """
        self.company.point_of_sale_update_stock_quantities = "closing" if closing else "real"
        self.start = fields.Datetime.now() - STORY_LENGTH
        self.minute = 0
        self.register = Register(self, self.config)
        self.registers = [self.register]
        self.till = Device(self, self.amy, self.config, name="Amy's phone")
        self.sheets = []
        self.unsent_orders = []
        # What a kit consists of: ``{product: [(component, quantity)]}``.
        self.kits = {}
        # What was adjusted before the story was adjusted long ago; Odoo stamps all of a test with one time.
        self._create_moves_at(self._get_adjustments(), self.start - STORY_LENGTH)
        self.shelf = Counter()
        for quant in self.env["stock.quant"].search([("location_id", "child_of", self.stock.id)]):
            self.shelf[quant.product_id, quant.lot_id] += quant.quantity

    @contextmanager
    def story(self, **parameters):
        """Tell one of several stories: everything it changed is taken back at its end."""
        with self.subTest(**parameters):
            savepoint = self.env.cr.savepoint()
            try:
                self.begin(closing=parameters.get("closing", False))
                yield
                self.check_invariants()
            finally:
                self.env.cr.precommit.clear()
                savepoint.close(rollback=True)
                self.told.clear()
                self.env.transaction.clear()
                self.env.registry.clear_cache()

    # -- time ------------------------------------------------------------------------------------------------------

    @property
    def now(self):
        """The story's present moment (UTC)."""
        return self.start + timedelta(minutes=self.minute)

    def wait(self, minutes=5):
        """Let time pass; by default long enough that what comes next is not close to what was."""
        self.minute += minutes

    # -- selling ---------------------------------------------------------------------------------------------------

    def add_register(self, name, picking_type=None):
        """Return one more register of the shop."""
        register = Register(self, self._create_register(name, picking_type or self.shop.pos_type_id))
        self.registers.append(register)
        return register

    def sell(self, *products, register=None, offline=False, lots=(), **values):
        """Sell: the goods leave now; Odoo learns of it now, or with :meth:`deliver_orders` when offline.

        :param products: pairs of product and quantity; a negative quantity is a return
        :return: the order, or what the register keeps of it when offline
        """
        register = register or self.register
        for product, qty in products:
            self._move_goods(product, -qty, lots)
        lines = [(product, qty, [lot.name for lot in lots]) for product, qty in products]
        order = register.order(*lines, at=self.now, **values)
        if offline:
            self.unsent_orders.append((register, order))
            return order
        return register.send(order)

    def park(self, *products, register=None):
        """Keep an order open on the server, as a table or a parked order; nothing leaves the shelf yet."""
        register = register or self.register
        order = register.order(*((product, qty, []) for product, qty in products), at=self.now, state="draft")
        register.send(order)
        return order

    def pay(self, order, register=None, offline=False):
        """Pay a parked order: its goods leave now; Odoo learns of it now, or with :meth:`deliver_orders`."""
        register = register or self.register
        lines = [
            (self.env["product.product"].browse(line["product_id"]), line["qty"], []) for *_c, line in order["lines"]
        ]
        for product, qty, _lots in lines:
            self._move_goods(product, -qty)
        paid = register.order(*lines, at=self.now, uuid=order["uuid"], lines=[])
        if offline:
            self.unsent_orders.append((register, paid))
        else:
            register.send(paid)

    def sell_for_shipping(self, product, qty):
        """Sell something that is delivered later: it stays on the shelf. Return its delivery."""
        self.config.write({"ship_later": True, "warehouse_id": self.shop.id})
        partner = self.env["res.partner"].create({"name": "Far Away"})
        order = self.register.send(
            self.register.order(
                (product, qty, []),
                at=self.now,
                partner_id=partner.id,
                shipping_date=fields.Date.to_string(fields.Date.today()),
            )
        )
        return order.picking_ids

    def ship(self, delivery):
        """The goods of a delivery leave."""
        for move in delivery.move_ids:
            self._move_goods(move.product_id, -move.product_uom_qty)
            move.write({"quantity": move.product_uom_qty, "picked": True})
        self.validate(delivery)

    def pay_on_server(self, order, was_gone=False):
        """A manager pays a parked order in the backend; its goods leave now, or left when it was parked."""
        order = self.env["pos.order"].search([("uuid", "=", order["uuid"])])
        if not was_gone:
            for line in order.lines:
                self._move_goods(line.product_id, -line.qty)
        self._pay_in_backend(order)

    def refund_on_server(self, order):
        """Goods come back now, and a manager refunds their order in the backend."""
        for line in order.lines:
            self._move_goods(line.product_id, line.qty)
        refund = order.with_user(self.mia)._refund()
        refund.date_order = self.now
        self._pay_in_backend(refund)

    def _pay_in_backend(self, order):
        wizard = self.env["pos.make.payment"].with_user(self.mia)
        wizard = wizard.with_context(active_id=order.id, allowed_company_ids=self.company.ids)
        wizard.create({"payment_method_id": self.config.payment_method_ids.id}).check()
        self.assertEqual(order.state, "paid")

    def return_by_hand(self, picking, product, qty, validate=True):
        """Goods of a sale come back, and somebody takes them back with Odoo's own return of the sale's picking."""
        self._move_goods(product, qty)
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        wizard = wizard.create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = qty if line.product_id == product else 0
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        returned.move_ids.picked = True
        if validate:
            self.validate(returned)
        return returned

    def _move_goods(self, product, qty, lots=()):
        for component, number in self.kits.get(product, ()):
            self._move_goods(component, qty * number)
        if product in self.kits:
            return
        for lot in lots or [self.env["stock.lot"]]:
            self.shelf[product, lot] += qty / (len(lots) or 1)

    def deliver_orders(self):
        """Send all orders that the registers kept while they were offline."""
        for register, order in self.unsent_orders:
            register.send(order)
        self.unsent_orders = []

    # -- other movements -------------------------------------------------------------------------------------------

    def steal(self, product, qty, lot=None):
        """Goods leave (or, negative, appear) and nobody tells Odoo."""
        self.shelf[product, lot or self.env["stock.lot"]] -= qty

    def receive(self, product, qty, lot=None, validate=True):
        """Goods of a delivery are put on the shelf; the picking is validated now, or by the caller."""
        self.shelf[product, lot or self.env["stock.lot"]] += qty
        picking = self._create_picking(self.shop.in_type_id, product, qty, lot)
        if validate:
            self.validate(picking)
        return picking

    def _create_picking(self, picking_type, product, qty, lot=None):
        supplier = self.env.ref("stock.stock_location_suppliers")
        customer = self.env.ref("stock.stock_location_customers")
        incoming = picking_type.code == "incoming"
        places = {
            "location_id": supplier.id if incoming else self.stock.id,
            "location_dest_id": self.stock.id if incoming else customer.id,
        }
        move = {"product_id": product.id, "product_uom_qty": qty, "product_uom": product.uom_id.id, **places}
        picking = self.env["stock.picking"].create(
            {"picking_type_id": picking_type.id, "move_ids": [Command.create(move)], **places}
        )
        picking.action_confirm()
        if lot:
            picking.move_ids.move_line_ids.unlink()
            picking.move_ids.move_line_ids = [
                Command.create({"product_id": product.id, "quantity": qty, "lot_id": lot.id, **places})
            ]
        else:
            picking.move_ids.quantity = qty
        picking.move_ids.picked = True
        return picking

    def validate(self, picking):
        """Validate a picking at the story's present moment."""
        picking.with_context(skip_sms=True)._action_done()
        self.assertEqual(picking.state, "done")
        self._date_moves(picking.move_ids)

    def deliver(self, product, qty):
        """Goods leave with a delivery that has nothing to do with the Point of Sale."""
        self.shelf[product, self.env["stock.lot"]] -= qty
        self.validate(self._create_picking(self.shop.out_type_id, product, qty))

    def scrap(self, product, qty):
        """Goods are thrown away and Odoo is told."""
        self.shelf[product, self.env["stock.lot"]] -= qty
        scrap = self.env["stock.scrap"].create(
            {"product_id": product.id, "scrap_qty": qty, "location_id": self.stock.id, "company_id": self.company.id}
        )
        scrap.do_scrap()
        self._date_moves(scrap.move_ids)

    def adjust(self, product, qty=None, lot=None):
        """Somebody sets the books by Odoo's own inventory: to what lies there, or to a number of their own."""
        before = self._get_adjustments()
        if qty is None:
            qty = self.shelf[product, lot or self.env["stock.lot"]]
        self._set_stock(product, qty, lot=lot)
        made = self._get_adjustments() - before
        self._date_moves(made)
        self._create_moves_at(made, self.now)

    def _get_adjustments(self):
        own = [("company_id", "=", self.company.id), ("stock_pos_count_line_id", "=", False)]
        return self.env["stock.move"].search([*own, ("is_inventory", "=", True)])

    def _create_moves_at(self, moves, moment):
        # When a move was made cannot be written otherwise, and counts go by it: its date may be edited.
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET create_date = %s WHERE id = ANY(%s)", [moment, moves.ids])
        moves.invalidate_recordset(["create_date"])

    def _date_moves(self, moves):
        # Odoo dates moves by the wall clock; the story's is hours behind.
        moves.write({"date": self.now})

    # -- counting --------------------------------------------------------------------------------------------------

    def new_sheet(self, *products, till=None):
        """Start a count sheet of these products (all, if none are named) and make it the one that is counted on.

        :return: the till that counts on it
        """
        till = till or Device(self, self.amy, self.config, name=f"Phone {len(self.sheets) + 1}")
        if products:
            category = self.env["product.category"].create({"name": f"Story {len(self.sheets)}"})
            self.env["product.product"].browse(product.id for product in products).categ_id = category
            till.create_sheet(scope="partial", category_ids=category.ids)
        else:
            till.create_sheet()
        till.open()
        self.sheets.append(till)
        self.till = till
        return till

    def count(self, *products, till=None, offline=False, kind="set", lot=None, qty=None):
        """Count what lies on the shelf now.

        :param offline: do not send; return the entries, for :meth:`send`
        :param qty: what is counted instead, by somebody who errs or counts only a part
        """
        till = till or self.till
        entries = []
        for product in products:
            lying = self.shelf[product, lot or self.env["stock.lot"]] if qty is None else qty
            entries.append(
                till.entry(kind, product, lying, lot=lot, counted_at=milliseconds(self.now + till.clock_error))
            )
        if offline:
            return entries
        return self.send(*entries, till=till)

    def send(self, *entries, till=None):
        """Send entries of a till; all are taken."""
        till = till or self.till
        device_time = fields.Datetime.now() + till.clock_error
        answer = till.send(*entries, device_time=milliseconds(device_time))
        self.assertEqual({result["status"] for result in answer["results"]}, {"taken"}, answer["results"])
        return answer

    def complete(self, till=None):
        """Complete the sheet. Return its state."""
        return (till or self.till).go("complete", leave_out=True)["state"]

    def recount(self, *products, till=None):
        """Count the lines with a variance again, and complete."""
        till = till or self.till
        till.go("recount")
        till.open()
        self.count(*products, till=till)
        return self.complete(till)

    def correct(self, till=None, left_out=(), accept=True):
        """Correct a mismatched sheet after looking at the preview, doubtful lines accepted; close it if nothing is
        left to correct. Return its state."""
        till = till or self.till
        preview = till.call("register_correction_preview", till.uuid)
        rows = preview["lines"]
        if not rows:
            return till.go("close")["state"]
        if all(row["blockers"] for row in rows):
            return self.sheet(till).state
        accepted = [row["line_id"] for row in rows if row.get("needs_accept")] if accept else []
        arguments = [till.uuid, preview["fingerprint"], list(left_out), till.person]
        answer = till.call("register_correct", *arguments, *([accepted] if accepted else []))
        self.assertTrue(answer["done"], answer)
        self.run_jobs()
        return self.sheet(till).state

    @contextmanager
    def in_background(self):
        """Let even short corrections wait for their job."""
        with patch.object(stock_pos_count_correcting, "REQUEST_LINES", 0):
            yield

    def run_correction_job(self, till):
        """Do what the job that posts confirmed corrections does with one sheet, but for its commits."""
        count = self.sheet(till)
        count = count.with_user(count.correcting_user_id).with_context(allowed_company_ids=self.company.ids)
        count = count.with_company(self.company)
        count._post_chunk(*count._get_waiting_lines())
        count._finish_in_background()

    # -- looking ---------------------------------------------------------------------------------------------------

    def see(self, product, till=None, lot=None):
        """Return what the result screen shows of a product: on hand, counted, variance and what to check."""
        till = till or self.till
        for view in ("short", "over", "equal"):
            for row in till.call("register_result", till.uuid, view)["lines"]:
                if row["product_id"] == product.id and (lot is None or row["lot_name"] == lot.name):
                    return row
        return None

    def preview(self, product, till=None, lot=None):
        """Return the row of a product in the preview of the correction, or ``None``."""
        till = till or self.till
        for row in till.call("register_correction_preview", till.uuid)["lines"]:
            if row["product_id"] == product.id and (lot is None or row["lot_name"] == lot.name):
                return row
        return None

    # -- the end ---------------------------------------------------------------------------------------------------

    def run_jobs(self):
        """Do what the job that late orders wake does, but for its commits."""
        for till in self.sheets:
            self.env["stock.pos.count.late.sale"]._offset_late_sales(self.sheet(till))

    def finish(self):
        """Bring the story to its end: orders arrive, open sheets are completed and corrected, sessions close, jobs
        run. Then the books say what lies on the shelf."""
        self.deliver_orders()
        for till in self.sheets:
            if self.sheet(till).state in ("counting", "recounting"):
                self.complete(till)
            if self.sheet(till).state == "mismatched":
                self.correct(till)
        self.close_sessions()
        self.run_jobs()
        self.check_shelf()

    def close_sessions(self):
        """Close every open session of the shop's registers."""
        for register in self.registers:
            if register.config.current_session_id:
                register.close()

    def check_shelf(self, products=None):
        """Fail unless the books say what lies on the shelf."""
        products = products or {product for product, _lot in self.shelf}
        for product in products:
            truth = sum(qty for (one, _lot), qty in self.shelf.items() if one == product)
            self.assertAlmostEqual(self.book(product), truth, 2, f"{product.name}: the books and the shelf")
