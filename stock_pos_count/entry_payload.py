"""Read what a device sends about one entry: pick the named keys, check types and limits, refuse the rest.

Plain functions, no database: what needs records (products, rounds) is checked by the journal afterwards.
"""

import math
import re
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from . import count_logic
from .count_logic import Snapshot

MAX_QTY = 9_999_999
MAX_CODE = 128
MAX_NOTE = 250
MAX_NAMED_ENTRIES = 500
MAX_INT = 2**31 - 1
SOURCES = ("scan", "typed", "camera", "key")
UUID_PATTERN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class EntryRefused(Exception):
    """An entry cannot be taken. ``reason`` is a key of the journal's refusal messages."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def is_uuid(value):
    """Return whether ``value`` is a lower-case uuid in its usual form."""
    return isinstance(value, str) and bool(UUID_PATTERN.fullmatch(value))


def is_storable(text):
    """Return whether PostgreSQL can keep ``text``: no NUL, and no half of a pair of UTF-16."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def read_entry(raw, now, clock_shift):
    """Return the clean values of one entry.

    :param raw: whatever the device sent for one entry
    :param datetime now: the server's time (UTC)
    :param timedelta clock_shift: server time minus device time, as this sync measured it
    :raise EntryRefused: with the reason
    """
    if not isinstance(raw, dict) or not is_uuid(raw.get("uuid")):
        raise EntryRefused("malformed")
    kind = raw.get("kind")
    if kind not in count_logic.KINDS:
        raise EntryRefused("malformed")
    device_counted_at = read_moment(raw.get("counted_at"))
    return {
        "uuid": raw["uuid"],
        "seq": _read_int(raw.get("seq"), minimum=1),
        "seen": _read_snapshot(raw.get("seen")),
        "round": _read_int(raw.get("round"), minimum=0),
        "kind": kind,
        "product_id": _read_id(raw.get("product_id")),
        "lot_id": _read_id(raw.get("lot_id")),
        "lot_name": _read_text(raw.get("lot_name"), MAX_CODE),
        "qty": _read_qty(raw.get("qty"), kind),
        "code": _read_text(raw.get("code"), MAX_CODE),
        "source": raw.get("source") if raw.get("source") in SOURCES else None,
        "packaging_id": _read_id(raw.get("packaging_id")),
        "packaging_qty": _read_number(raw.get("packaging_qty") or 0.0),
        "device_counted_at": device_counted_at,
        "counted_at": _correct_moment(device_counted_at, clock_shift, now),
        "person": raw.get("person"),
        "target": _read_target(raw.get("target"), kind),
        "note": _read_text(raw.get("note"), MAX_NOTE) if kind == count_logic.NOTE else None,
        **_read_decision(raw.get("decision"), kind),
    }


def read_moment(value):
    """Return the datetime (UTC) of a number of milliseconds.

    :raise EntryRefused: not a time
    """
    number = _read_number(value)
    try:
        return datetime(1970, 1, 1) + timedelta(milliseconds=number)
    except (OverflowError, ValueError):
        raise EntryRefused("malformed") from None


def _correct_moment(moment, clock_shift, now):
    try:
        return min(moment + clock_shift, now)
    except OverflowError:  # beyond the years that a date can have
        raise EntryRefused("malformed") from None


def _read_number(value):
    try:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise EntryRefused("malformed")
        return float(value)
    except OverflowError:  # a whole number of hundreds of digits
        raise EntryRefused("malformed") from None


def _read_int(value, minimum):
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= MAX_INT:
        raise EntryRefused("malformed")
    return value


def _read_id(value):
    return None if value is None or value is False else _read_int(value, minimum=1)


def _read_qty(value, kind):
    if kind not in count_logic.OBSERVING_KINDS or kind == count_logic.ZERO:
        return 0.0
    qty = _read_number(value)
    if abs(qty) > MAX_QTY:
        raise EntryRefused("too_large")
    if kind == count_logic.SET and qty < 0:
        raise EntryRefused("negative_total")
    if kind == count_logic.ADD and not qty:
        raise EntryRefused("nothing_added")
    return qty


def _read_text(value, size):
    if value is None or value is False:
        return None
    # What PostgreSQL cannot store is refused here; there it would fail the whole batch.
    if not isinstance(value, str) or len(value) > size or not is_storable(value):
        raise EntryRefused("text")
    return value.strip() or None


def _read_snapshot(value):
    if value is None or value is False:
        return None
    if not isinstance(value, str) or len(value) > 10_000:
        raise EntryRefused("malformed")
    try:
        Snapshot.parse(value)
    except ValueError:
        raise EntryRefused("malformed") from None
    return value


def _read_target(value, kind):
    if kind != count_logic.UNDO:
        return None
    if not is_uuid(value):
        raise EntryRefused("malformed")
    return value


def _read_decision(value, kind):
    if kind != count_logic.DECISION:
        return {"decision": None, "targets": None, "keep": None}
    if not isinstance(value, dict):
        raise EntryRefused("malformed")
    targets, keep = value.get("targets"), value.get("keep")
    for uuids in (targets, keep):
        if not isinstance(uuids, list) or len(uuids) > MAX_NAMED_ENTRIES or not all(is_uuid(uuid) for uuid in uuids):
            raise EntryRefused("malformed")
    if not targets or not keep or not set(keep) <= set(targets):
        raise EntryRefused("malformed")
    return {"decision": "conflict", "targets": sorted(targets), "keep": sorted(keep)}


def derived_uuid(uuid, purpose):
    """Return the uuid of an entry that follows from another one: the same each time it is derived."""
    return str(uuid5(UUID(uuid), purpose))
