"""Stories that nobody thought of: any order of counts, sales, returns, late orders, closings, receipts, adjustments,
recounts, corrections and voids ends with the stock that a plain model of the shop expects."""

import os
import sys
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from odoo import fields
from odoo.tests import tagged

from .invariants import assert_invariants
from .shelf import Device, Register, ShelfCase, milliseconds

# In CI the same stories each time; more, and new ones, with STOCK_POS_COUNT_STORIES=300 (see CONTRIBUTING.md).
STORIES = int(os.environ.get("STOCK_POS_COUNT_STORIES", "0"))
CI_STORIES = 5
STEPS = 40
MAX_OPEN_SHEETS = 3
# What happened, for the closing lines of the test run.
REPORT = Counter()

RUNNING = ("counting", "recounting")
COUNTABLE = (*RUNNING, "paused")
OPEN = (*COUNTABLE, "mismatched", "correcting")
ITEMS = st.integers(0, 3)
NUMBER = st.integers(0, 5)
SMALL = st.integers(0, 12)


@dataclass
class Sale:
    """Goods that left at a register (negative: came back)."""

    qty: float
    minute: int
    register: object
    is_sent: bool = True
    is_posted: bool = False
    # A settled count saw the empty place: the sale's arrival changes the books no more.
    is_absorbed: bool = False


@dataclass
class Entry:
    """What a device noted of one item in one round."""

    uuid: str
    device: object
    kind: str
    qty: float
    minute: int
    is_undone: bool = False
    # Somebody decided that another device's number counts.
    is_dropped: bool = False


@dataclass
class Item:
    """A product and lot, and what the model knows of it: the books' final quantity is ``anchor`` + all that moved."""

    product: object
    lot: object
    anchor: float
    moves: list = field(default_factory=list)
    sales: list = field(default_factory=list)
    newest: int = -1

    def moved(self, minute=None):
        """Return what really moved, and Odoo is told of sooner or later, up to a minute."""
        return sum(qty for when, qty in self.moves if minute is None or when <= minute)

    def move(self, minute, qty):
        self.moves.append((minute, qty))

    def book(self):
        """Return what the books must say: sales that are not posted yet are still in them."""
        open_sales = sum(sale.qty for sale in self.sales if not sale.is_posted and not sale.is_absorbed)
        return self.anchor + self.moved() + open_sales

    def settle(self, qty, minute):
        """A count of this item became final: the newest one says what lies there."""
        if minute < self.newest:
            return
        self.newest = minute
        self.anchor = qty - self.moved(minute)
        for sale in self.sales:
            if not sale.is_sent and sale.minute <= minute:
                sale.is_absorbed = True


class Sheet:
    """A count sheet with its two devices, and what the model knows of its entries."""

    def __init__(self, first, second):
        self.devices = [first, second]
        self.rounds = [{}]
        # What its devices keep without network, and what arrived after its round was completed.
        self.offline = []
        self.late = []
        self.settled = set()

    @property
    def till(self):
        return self.devices[0]

    def result(self, number):
        """Return ``(quantity, minute)`` of an item in the last round in which it was counted, or ``None``."""
        for entries in reversed(self.rounds):
            kept = []
            for device in self.devices:
                own = []
                for entry in (one for one in entries.get(number, ()) if one.device is device and not one.is_undone):
                    own = [entry] if entry.kind in ("set", "zero") else [*own, entry]
                kept += [entry for entry in own if not entry.is_dropped]
            if kept:
                return sum(entry.qty for entry in kept), max(entry.minute for entry in kept)
        return None


def step(weight=1, when=None, **parameters):
    """Mark a method as something that may happen in a story.

    :param weight: how often, beside the others
    :param when: whether it is possible now
    :param parameters: strategies of its arguments
    """

    def mark(method):
        method.step = (weight, when, parameters)
        return method

    return mark


class ShopMachine(RuleBasedStateMachine):
    """One story of the shop. Each step takes a minute of its own, so that nothing happens at the same time.

    One rule chooses what happens, by weight: left to itself Hypothesis hardly ever brings a sheet to its end.
    """

    case = None

    def __init__(self):
        super().__init__()
        self.savepoint = self.case.env.cr.savepoint()
        self.items, self.sheets, self.jobs_wait = [], [], False
        # The state of each sheet after the last step; "correcting" while a job is to post.
        self.states = {}
        REPORT["stories"] += 1

    @initialize(closing=st.booleans(), other_closing=st.booleans(), lost=st.lists(SMALL, min_size=4, max_size=4))
    def begin(self, closing, other_closing, lost):
        case = self.case
        case.begin(closing=closing)
        self.registers = [Register(case, config, case.mia) for config in (case.config, case.other_config)]
        for register, flag in zip(self.registers, (closing, other_closing), strict=True):
            self._open_session(register, flag)
        self.items = [Item(product, lot, case.book(product, lot)) for product, lot in case.machine_items]
        for item, qty in zip(self.items, lost, strict=True):
            case.steal(item.product, min(qty, 5), item.lot)

    @rule(data=st.data())
    def something_happens(self, data):
        steps = {name: method.step for name, method in vars(ShopMachine).items() if hasattr(method, "step")}
        possible = [
            name for name, (weight, when, _parameters) in steps.items() if not when or when(self) for _ in range(weight)
        ]
        name = data.draw(st.sampled_from(possible))
        arguments = {key: data.draw(strategy) for key, strategy in steps[name][2].items()}
        note(f"{self.case.minute}: {name}({', '.join(f'{key}={value}' for key, value in arguments.items())})")
        getattr(self, name)(**arguments)

    def _open_session(self, register, closing):
        # The session keeps the way of posting that the company had when it was opened.
        self.case.company.point_of_sale_update_stock_quantities = "closing" if closing else "real"
        register.session.flush_recordset()

    def tick(self):
        REPORT["steps"] += 1
        self.case.wait(1)
        return self.case.minute

    # -- goods come and go -------------------------------------------------------------------------------------------

    @step(
        weight=3, number=ITEMS, qty=st.integers(-2, 4).filter(bool), register=st.integers(0, 1), offline=st.booleans()
    )
    def sell(self, number, qty, register, offline):
        minute, item, register = self.tick(), self.items[number], self.registers[register]
        self.case.sell((item.product, qty), register=register, offline=offline, lots=[item.lot] if item.lot else ())
        sale = Sale(qty, minute, register, is_sent=not offline)
        item.sales.append(sale)
        item.move(minute, -qty)
        sale.is_posted = sale.is_sent and not register.session.update_stock_at_closing

    @step(weight=2, when=lambda self: self.case.unsent_orders, jobs=st.booleans(), backwards=st.booleans())
    def orders_arrive(self, jobs, backwards):
        self.tick()
        if backwards:
            self.case.unsent_orders.reverse()
        self.case.deliver_orders()
        for sale in (sale for item in self.items for sale in item.sales if not sale.is_sent):
            sale.is_sent = True
            sale.is_absorbed = False
            sale.is_posted = not sale.register.session.update_stock_at_closing
        self.jobs_wait = True
        if jobs:
            self.run_jobs()

    @step(weight=2, when=lambda self: self.jobs_wait)
    def run_jobs(self):
        self.case.run_jobs()
        self.jobs_wait = False

    @step(register=st.integers(0, 1))
    def close_session(self, register):
        self.tick()
        register = self.registers[register]
        if not register.config.current_session_id or self.case.unsent_orders:
            return
        flag = register.session.update_stock_at_closing
        register.close()
        self._open_session(register, flag)
        for item in self.items:
            for sale in item.sales:
                sale.is_posted |= sale.is_sent and sale.register is register

    @step(number=ITEMS, qty=st.integers(1, 6), scrap=st.booleans())
    def receive_or_scrap(self, number, qty, scrap):
        minute, item = self.tick(), self.items[number]
        if not scrap:
            self.case.receive(item.product, qty, item.lot or None)
            item.move(minute, qty)
        elif not item.lot:
            self.case.scrap(item.product, qty)
            item.move(minute, -qty)

    @step(number=ITEMS, qty=st.integers(-3, 3).filter(bool))
    def steal(self, number, qty):
        self.tick()
        self.case.steal(self.items[number].product, qty, self.items[number].lot)

    @step(number=ITEMS, qty=SMALL)
    def adjust_in_inventory(self, number, qty):
        self.tick()
        item = self.items[number]
        if self._is_being_corrected(item):
            return
        before = self.case.book(item.product, item.lot)
        self.case.adjust(item.product, qty, item.lot or None)
        item.anchor += qty - before

    def _is_being_corrected(self, item):
        return any(
            line.product_id == item.product and line.lot_id == item.lot
            for sheet in self.sheets
            if self.states.get(sheet) == "correcting"
            for line in self.case.sheet(sheet.till).line_ids
        )

    # -- counting ----------------------------------------------------------------------------------------------------

    def _choose(self, number, *states):
        """Return one of the sheets in these states, or ``None``."""
        fitting = [sheet for sheet in self.sheets if self.states.get(sheet) in states]
        return fitting[number % len(fitting)] if fitting else None

    def _read_states(self):
        for sheet in self.sheets:
            count = self.case.sheet(sheet.till)
            self.states[sheet] = "correcting" if count.correcting_since else count.state

    def _has(self, *states):
        return any(state in states for state in self.states.values())

    @step(weight=2, when=lambda self: sum(state in OPEN for state in self.states.values()) < MAX_OPEN_SHEETS)
    def new_sheet(self):
        self.tick()
        case = self.case
        first = Device(case, case.amy, case.config, name=f"Phone {len(self.sheets)}")
        first.create_sheet(scope="partial", category_ids=case.machine_category.ids)
        second = Device(case, case.ben, case.config, first.uuid, name=f"Tablet {len(self.sheets)}")
        second.clock_error = timedelta(minutes=17)
        first.open()
        second.open()
        case.sheets.append(first)
        self.sheets.append(Sheet(first, second))
        self._read_states()

    @step(
        weight=6,
        when=lambda self: self._has(*COUNTABLE),
        sheet=NUMBER,
        device=st.integers(0, 1),
        numbers=st.lists(ITEMS, min_size=1, max_size=4, unique=True),
        kind=st.sampled_from(["set", "set", "add", "zero"]),
        error=st.sampled_from([0, 0, 0, 1, 3]),
        offline=st.sampled_from([False, False, True]),
    )
    def count(self, sheet, device, numbers, kind, error, offline):
        sheet = self._choose(sheet, *COUNTABLE)
        device = sheet.devices[device]
        for number in numbers:
            minute, item = self.tick(), self.items[number]
            lying = self.case.shelf[item.product, item.lot]
            qty = 0 if kind == "zero" else max(lying, 0 if kind == "set" else 1) + error
            (entry,) = self.case.count(
                item.product, till=device, kind=kind, lot=item.lot or None, qty=qty, offline=True
            )
            noted = (number, len(sheet.rounds) - 1, Entry(entry["uuid"], device, kind, qty, minute))
            if offline:
                sheet.offline.append((device, entry, noted))
            else:
                self._send(sheet, device, entry, noted)

    def _send(self, sheet, device, entry, noted):
        answer = device.send(entry, device_time=self._get_device_time(device))
        status = answer["results"][0]["status"]
        assert status in ("taken", "late"), answer["results"]
        if status == "taken":
            self._note(sheet, noted)
        else:
            sheet.late.append(noted)

    @staticmethod
    def _note(sheet, noted):
        number, round_number, one = noted
        entries = sheet.rounds[round_number].setdefault(number, [])
        entries.append(one)
        entries.sort(key=lambda entry: entry.minute)

    def _get_device_time(self, device):
        return milliseconds(fields.Datetime.now() + device.clock_error)

    @step(weight=2, when=lambda self: any(sheet.offline for sheet in self.sheets), backwards=st.booleans())
    def phones_find_the_network(self, backwards):
        self.tick()
        for sheet in self.sheets:
            if self.case.sheet(sheet.till).state != "new":
                for device, entry, noted in reversed(sheet.offline) if backwards else sheet.offline:
                    self._send(sheet, device, entry, noted)
                sheet.offline = []

    @step(when=lambda self: self._has(*COUNTABLE), sheet=NUMBER, number=ITEMS, which=st.integers(0, 5))
    def undo(self, sheet, number, which):
        sheet = self._choose(sheet, *COUNTABLE)
        entries = [one for one in sheet.rounds[-1].get(number, ()) if not one.is_undone] if sheet else ()
        if not entries:
            return
        self.tick()
        entry = entries[which % len(entries)]
        item = self.items[number]
        undo = sheet.till.entry("undo", item.product, lot=item.lot or None, target=entry.uuid)
        answer = sheet.till.send(undo, device_time=self._get_device_time(sheet.till))
        assert answer["results"][0]["status"] == "taken", answer["results"]
        entry.is_undone = True

    @step(when=lambda self: self._has(*COUNTABLE), sheet=NUMBER, resume=st.booleans())
    def pause_or_resume(self, sheet, resume):
        sheet = self._choose(sheet, *(("paused",) if resume else RUNNING))
        if sheet:
            self.tick()
            sheet.till.go("resume" if resume else "pause", force=True)

    def _settle_conflicts(self, sheet, keep):
        """Let a person decide where two devices disagree: the numbers of one device count, or (2) all."""
        for line in self.case.sheet(sheet.till).line_ids.filtered("has_conflict"):
            groups = line.conflict
            chosen = groups[keep : keep + 1] if keep < len(groups) else groups
            uuids = [uuid for group in chosen for uuid in group["uuids"]]
            sheet.till.call("register_settle", sheet.till.uuid, line.id, uuids, sheet.till.person)
            entries = sheet.rounds[line.counted_round][self._get_number(line)]
            dropped = {uuid for group in groups for uuid in group["uuids"]} - set(uuids)
            for entry in entries:
                entry.is_dropped |= entry.uuid in dropped

    def _get_number(self, line):
        """Return which item a line is about."""
        return next(
            number
            for number, item in enumerate(self.items)
            if (item.product, item.lot) == (line.product_id, line.lot_id)
        )

    @step(weight=4, when=lambda self: self._has(*RUNNING), sheet=NUMBER, keep=st.integers(0, 2))
    def complete(self, sheet, keep):
        self.tick()
        sheet = self._choose(sheet, *RUNNING)
        self._settle_conflicts(sheet, keep)
        if any(not one.is_undone for entries in sheet.rounds[-1].values() for one in entries):
            self.case.complete(sheet.till)
            REPORT["completed"] += 1
        self._note_settled()

    @step(weight=2, when=lambda self: self._has("mismatched"), sheet=NUMBER)
    def recount(self, sheet):
        self.tick()
        sheet = self._choose(sheet, "mismatched")
        sheet.till.go("recount", force=True)
        for device in sheet.devices:
            device.open()
        sheet.rounds.append({})

    @step(
        weight=5,
        when=lambda self: self._has("mismatched"),
        sheet=NUMBER,
        in_background=st.booleans(),
        leave_out=st.sampled_from([False, False, True]),
    )
    def correct(self, sheet, in_background, leave_out):
        self.tick()
        sheet = self._choose(sheet, "mismatched")
        self._settle_conflicts(sheet, 2)
        preview = sheet.till.call("register_correction_preview", sheet.till.uuid)
        rows = preview["lines"]
        possible = [row["line_id"] for row in rows if not row["blockers"]]
        left_out = possible[1:2] if leave_out else []
        if not rows:
            sheet.till.go("close")
        elif possible:
            accepted = [row["line_id"] for row in rows if row["needs_accept"]]
            with self.case.in_background() if in_background else nullcontext():
                answer = sheet.till.call(
                    "register_correct", sheet.till.uuid, preview["fingerprint"], left_out, sheet.till.person, accepted
                )
            assert answer["done"], answer
            REPORT["corrected"] += 1
        self._note_settled()

    @step(weight=3, when=lambda self: self._has("correcting"))
    def correction_job_runs(self):
        self.tick()
        for sheet in self.sheets:
            if self.states[sheet] == "correcting":
                self.case.run_correction_job(sheet.till)
                self._note_settled()

    @step(weight=2, when=lambda self: self._has("mismatched", "paused") and any(sheet.late for sheet in self.sheets))
    def include_late(self):
        """Late entries count in their own round, on those sheets that can still change."""
        self.tick()
        for sheet in self.sheets:
            if sheet.late and self.states[sheet] in ("mismatched", "paused", "recounting"):
                sheet.till.call("register_include", sheet.till.uuid, sheet.till.person)
                for noted in sheet.late:
                    if noted[0] not in sheet.settled:
                        self._note(sheet, noted)
                sheet.late = []
                REPORT["late entries included"] += 1

    @step(
        when=lambda self: self._has(*COUNTABLE, "mismatched"),
        sheet=NUMBER,
        really=st.sampled_from([False, False, True]),
    )
    def void(self, sheet, really):
        self.tick()
        sheet = self._choose(sheet, *COUNTABLE, "mismatched")
        if really and not self.case.sheet(sheet.till).is_partly_corrected:
            self.case.sheet(sheet.till).with_user(self.case.mia).action_void("A story")

    def _note_settled(self):
        """Let the model settle what the sheets settled, with its own knowledge of what was counted when."""
        for sheet in self.sheets:
            for line in self.case.sheet(sheet.till).line_ids.filtered("settled_at"):
                number = self._get_number(line)
                if number not in sheet.settled:
                    sheet.settled.add(number)
                    self.items[number].settle(*sheet.result(number))
                    self.jobs_wait = self.jobs_wait or any(sale.is_sent for sale in self.items[number].sales)

    # -- what must hold ------------------------------------------------------------------------------------------------

    @invariant()
    def lines_say_what_was_counted(self):
        self._read_states()
        for sheet in self.sheets:
            for line in self.case.sheet(sheet.till).line_ids:
                number = self._get_number(line)
                result = sheet.result(number)
                self.case.assertEqual(line.is_counted, result is not None)
                if result and not line.has_conflict:
                    self.case.assertAlmostEqual(line.counted_qty, result[0], 2)

    @invariant()
    def books_are_what_the_model_says(self):
        if self.jobs_wait:
            return
        for item in self.items:
            if not self._is_being_corrected(item):
                self.case.assertAlmostEqual(
                    self.case.book(item.product, item.lot), item.book(), 2, f"the books of {item.product.name}"
                )

    @invariant()
    def invariants_hold(self):
        if self.sheets:
            counts = self.case.env["stock.pos.count"].browse(self.case.sheet(one.till).id for one in self.sheets)
            # What people may do and see is checked at the end of each story.
            assert_invariants(self.case, counts, rights=False)

    def teardown(self):
        """Everything comes to its end, and one more count by somebody who sees well makes the books the shelf."""
        try:
            if self.items and not sys.exc_info()[0]:
                self._end()
        finally:
            self.case.told.clear()
            self.case.env.cr.precommit.clear()
            self.savepoint.close(rollback=True)
            self.case.env.transaction.clear()
            self.case.env.registry.clear_cache()

    def _end(self):
        if self._has("correcting"):
            self.correction_job_runs()
            self._read_states()
        if self.case.unsent_orders:
            self.orders_arrive(jobs=True, backwards=False)
        self.run_jobs()
        self.books_are_what_the_model_says()
        for sheet in self.sheets:
            if self.states[sheet] not in ("matched", "corrected", "void"):
                self.case.sheet(sheet.till).with_user(self.case.mia).action_void("The end")
        self._read_states()
        self.new_sheet()
        sheet = self.sheets[-1]
        for number, item in enumerate(self.items):
            entry = self.case.count(
                item.product,
                till=sheet.till,
                lot=item.lot or None,
                qty=max(self.case.shelf[item.product, item.lot], 0),
                offline=True,
            )[0]
            self._send(
                sheet,
                sheet.till,
                entry,
                (number, 0, Entry(entry["uuid"], sheet.till, "set", entry["qty"], self.case.minute)),
            )
        self.complete(0, 0)
        self._read_states()
        if self.states[sheet] == "mismatched":
            self.correct(0, in_background=False, leave_out=False)
        for register in range(2):
            self.close_session(register)
        self.run_jobs()
        for item in self.items:
            lying = max(self.case.shelf[item.product, item.lot], 0)
            self.case.assertAlmostEqual(
                self.case.book(item.product, item.lot), lying, 2, f"{item.product.name} at the end"
            )
        self.case.check_invariants()


@tagged("post_install", "-at_install")
class TestStories(ShelfCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_config = cls._create_register("Back", cls.shop.pos_type_id)
        cls.machine_category = cls.env["product.category"].create({"name": "Stories"})
        cheese = cls._create_product("Cheese", category=cls.machine_category, tracking="lot")
        lots = cls.env["stock.lot"].create([{"name": name, "product_id": cheese.id} for name in ("YOUNG", "OLD")])
        for lot in lots:
            cls._set_stock(cheese, 8, lot=lot)
        cls.goods[:2].categ_id = cls.machine_category
        no_lot = lots.browse()
        cls.machine_items = [(cls.goods[0], no_lot), (cls.goods[1], no_lot), *((cheese, lot) for lot in lots)]

    def test_any_story_ends_with_the_stock_that_is_there(self):
        machine = type("Story", (ShopMachine,), {"case": self})
        # Without the phase that explains a failure: it traces every line of Odoo.
        always_the_same = {"derandomize": True, "phases": (Phase.generate,), "database": None}
        always_new = {"phases": (Phase.reuse, Phase.generate, Phase.shrink)}
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=STORIES or CI_STORIES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                **(always_new if STORIES else always_the_same),
            ),
        )
        self.assertGreater(REPORT["corrected"], 0, "no story corrected anything")
