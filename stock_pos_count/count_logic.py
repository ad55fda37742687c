"""The rules of counting that need no database: states, and what a line's entries add up to.

Everything here is a plain function of its arguments, so that every rule can be tested without Odoo.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

NEW = "new"
COUNTING = "counting"
RECOUNTING = "recounting"
PAUSED = "paused"
MATCHED = "matched"
MISMATCHED = "mismatched"
CORRECTED = "corrected"
VOID = "void"

# A sheet in one of these is work in hand; RUNNING ones are being counted, SETTLED ones never change again.
OPEN_STATES = (NEW, COUNTING, RECOUNTING, PAUSED, MISMATCHED)
RUNNING_STATES = (COUNTING, RECOUNTING)
SETTLED_STATES = (MATCHED, CORRECTED)
CLOSED_STATES = (MATCHED, CORRECTED, VOID)
COMPLETED_STATES = (MATCHED, MISMATCHED, CORRECTED)

# The one table of transitions: action -> (states it may start from, states it may lead to).
TRANSITIONS = {
    "start": ((NEW,), (COUNTING,)),
    "pause": ((COUNTING, RECOUNTING), (PAUSED,)),
    "resume": ((PAUSED,), (COUNTING, RECOUNTING)),
    # a recount that leaves no variance to lines of which others were corrected before leads to Corrected
    "complete": ((COUNTING, RECOUNTING), (MATCHED, MISMATCHED, CORRECTED)),
    "recount": ((MISMATCHED,), (RECOUNTING,)),
    "correct": ((MISMATCHED,), (CORRECTED,)),
    # some lines could not be posted; they can be tried again, recounted or left out
    "correct_part": ((MISMATCHED,), (MISMATCHED,)),
    "close": ((MISMATCHED,), (MATCHED,)),
    "void": ((NEW, COUNTING, RECOUNTING, PAUSED, MISMATCHED), (VOID,)),
}

ADD = "add"
SET = "set"
ZERO = "zero"
UNDO = "undo"
DECISION = "decision"
NOTE = "note"
KINDS = (ADD, SET, ZERO, UNDO, DECISION, NOTE)
# Somebody looked at the shelf: only these have a quantity and a moment.
OBSERVING_KINDS = (ADD, SET, ZERO)
TOTAL_KINDS = (SET, ZERO)
# What an observing entry remembers of its moment (design, chapter 2; see stock.pos.count.book).
FIGURES = ("book_qty", "unposted_qty", "sold_qty", "adjusted_qty", "shift_qty")

SNAPSHOT_PATTERN = re.compile(r"[0-9]{1,19}:[0-9]{1,19}:([0-9]{1,19}(,[0-9]{1,19})*)?")
MAX_XID = 2**63 - 1
# A cursor names at most so many transactions that began between its snapshot and its own changes.
MAX_BETWEEN = 50


def may_transition(action, state):
    """Return whether ``action`` is in the table for a sheet in ``state``."""
    return action in TRANSITIONS and state in TRANSITIONS[action][0]


@dataclass(frozen=True)
class Snapshot:
    """What a device had seen of the server: PostgreSQL's ``pg_snapshot`` text ``xmin:xmax:xip,...``.

    A transaction is seen when it had committed before the snapshot. The plain ``xmin`` would be safe for
    pulling, but not exact: any long transaction elsewhere would make entries that the person did see count as unseen.
    """

    xmin: int
    xmax: int
    running: frozenset

    @classmethod
    @lru_cache(maxsize=64)
    def parse(cls, text):
        """Return the snapshot written as ``text``, or ``None`` for an empty text.

        Remembered: all entries of a batch come with the same few.

        :raise ValueError: the text is not a snapshot
        """
        if not text:
            return None
        if not SNAPSHOT_PATTERN.fullmatch(text):
            raise ValueError(text)
        xmin, xmax, running = text.split(":")
        xmin, xmax = int(xmin), int(xmax)
        running = [int(xid) for xid in running.split(",") if xid]
        # As PostgreSQL reads it, which is given it later on.
        if (
            not 0 < xmin <= xmax <= MAX_XID
            or running != sorted(running)
            or not all(xmin <= xid < xmax for xid in running)
        ):
            raise ValueError(text)
        return cls(xmin, xmax, frozenset(running))

    def sees(self, xid):
        """Return whether the transaction ``xid`` had committed when the snapshot was taken."""
        return xid < self.xmin or (xid < self.xmax and xid not in self.running)

    def with_own(self, xid):
        """Return this snapshot as if the transaction ``xid``, which took it, had committed.

        The snapshot itself where so many others began in between that naming them all would cost more than seeing the
        own changes again.
        """
        if xid - self.xmax > MAX_BETWEEN:
            return self
        running = self.running | frozenset(range(self.xmax, xid))
        return Snapshot(self.xmin, max(self.xmax, xid + 1), running - {xid})

    def __str__(self):
        return f"{self.xmin}:{self.xmax}:{','.join(map(str, sorted(self.running)))}"


@dataclass(frozen=True)
class Entry:
    """One fact of the journal, as the merge needs it.

    ``seen`` is the snapshot its author's screen showed (``None``: the author had seen nothing of others);
    ``seq`` the running number on its own device; ``xid`` the transaction that recorded it, ``id`` its row.
    """

    uuid: str
    device: str
    seq: int
    kind: str
    qty: float = 0.0
    seen: Snapshot | None = None
    xid: int = 0
    counted_at: datetime | None = None
    who: str = ""
    target: str | None = None
    targets: frozenset = frozenset()
    keep: frozenset = frozenset()
    origin: str | None = None
    id: int | None = None

    def saw(self, other):
        """Return whether the author of this entry knew ``other`` when making it."""
        if self.device == other.device:
            return other.seq < self.seq
        if self.seen is None or not self.seen.sees(other.xid):
            return False
        # A database that was moved to another server, where transactions are numbered anew, or a device that lies, has
        # seen what was not there yet: never that. Rows keep their numbers.
        return self.id is None or other.id is None or other.id < self.id


@dataclass(frozen=True)
class Group:
    """One side of a conflict: what one device counted."""

    device: str
    who: str
    qty: float
    uuids: tuple


@dataclass(frozen=True)
class Result:
    """What the entries of one line and one round add up to.

    ``qty`` is ``None`` when nobody counted (never 0); with ``conflict`` it is provisional.
    ``observer`` is the entry whose moment and figures count: the latest of those that make up ``qty``.
    """

    qty: float | None = None
    observer: Entry | None = None
    first_at: datetime | None = None
    conflict: tuple = ()
    kept: tuple = field(default=())

    @property
    def is_counted(self):
        return self.qty is not None


def merge(entries, most=None):
    """Return the :class:`Result` of one line's entries of one round. Their order does not matter.

    Rules (design, section 3): an undo takes one entry back; a ``set`` or ``zero`` replaces exactly what its author
    had seen; a total and another device's entry that did not know each other are a conflict, until a decision names
    both;
    everything that is left adds up.

    :param most: the most there can be of it (a serial number: 1), however often it was scanned
    """
    active = _without_undone(entries)
    observing = [entry for entry in active if entry.kind in OBSERVING_KINDS]
    totals = [entry for entry in observing if entry.kind in TOTAL_KINDS]
    decisions = _valid_decisions([entry for entry in active if entry.kind == DECISION])
    dropped = {uuid for decision in decisions for uuid in decision.targets - decision.keep}
    kept = [
        entry
        for entry in observing
        if entry.uuid not in dropped and not any(total.saw(entry) for total in totals if total is not entry)
    ]
    if not kept:
        return Result()
    kept.sort(key=_moment_key)
    groups = _groups(kept, most) if _has_conflict(kept, decisions) else ()
    if most is not None and len({group.qty for group in groups}) == 1:
        # Two devices that both saw the one piece do not contradict each other.
        groups = ()
    return Result(
        qty=_at_most(sum(entry.qty for entry in kept), most),
        observer=kept[-1],
        first_at=kept[0].counted_at,
        conflict=groups,
        kept=tuple(kept),
    )


def _at_most(qty, most):
    return qty if most is None else min(qty, most)


def undone_uuids(entries):
    """Return the uuids of the entries that an undo takes back. An undo itself cannot be undone: count again instead."""
    return {entry.target for entry in entries if entry.kind == UNDO and entry.target}


def _without_undone(entries):
    undone = undone_uuids(entries)
    return [entry for entry in entries if entry.uuid not in undone and entry.origin not in undone]


def _valid_decisions(decisions):
    """Drop decisions that a later one overrules, and those that contradict each other unseen (the conflict stays
    open)."""
    latest = [
        one for one in decisions if not any(other.saw(one) and other.targets & one.targets for other in decisions)
    ]
    return [
        one for one in latest if all(not (other.targets & one.targets) or other.keep == one.keep for other in latest)
    ]


def _has_conflict(kept, decisions):
    for total in kept:
        if total.kind not in TOTAL_KINDS:
            continue
        for other in kept:
            if other.device == total.device or other.saw(total):
                continue
            if not any({total.uuid, other.uuid} <= decision.targets for decision in decisions):
                return True
    return False


def _groups(kept, most):
    by_device = {}
    for entry in kept:
        by_device.setdefault(entry.device, []).append(entry)
    return tuple(
        Group(
            device,
            items[-1].who,
            _at_most(sum(item.qty for item in items), most),
            tuple(item.uuid for item in items),
        )
        for device, items in sorted(by_device.items())
    )


def _moment_key(entry):
    return (entry.counted_at or datetime.min, entry.device, entry.seq)


def round_qty(uom, qty):
    """Return a quantity rounded as its unit rounds. Most counts are whole, which no unit changes, and Odoo's way is
    long."""
    qty = float(qty)
    return qty if qty.is_integer() else uom.round(qty)


def format_qty(qty, digits=6):
    """Return a quantity as the screens write it: no trailing zeros and a true minus (12, 1.25, −3)."""
    text = f"{round(qty, digits):.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "\u2212")


def format_variance(qty):
    """Return a variance with its sign: +2, −3, 0."""
    text = format_qty(qty)
    return f"+{text}" if text != "0" and not text.startswith("\u2212") else text
