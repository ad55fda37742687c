"""When a counted line deserves a second look: plain functions of what happened around the moment of its count.

The facts come from the database (``stock.pos.count.book``); what they mean is decided here, without one.
"""

from dataclasses import dataclass

# A sale or a move this near the moment of a count (seconds): nobody can say which came first.
NEAR_SECONDS = 30
# A sale whose own moment is not sure (no clock of its till): the same within an hour.
UNSURE_SECONDS = 3600
# A count that arrives so much later than it was made was waiting on a device without network.
OFFLINE_SECONDS = 120

MOVED = "moved"
NEAR = "near"
UNSURE = "unsure"
VALIDATED_AFTER = "validated_after"
SHIFTED = "shifted"
CORE_ADJUSTED = "core_adjusted"
ANCESTOR_SALES = "ancestor_sales"
LOTLESS_SALES = "lotless_sales"
LOTS_LEARNT = "lots_learnt"

# Nobody can be sure that the variance is one: a person accepts the line or counts it again.
DOUBTS = (NEAR, UNSURE, VALIDATED_AFTER, SHIFTED, CORE_ADJUSTED, ANCESTOR_SALES)
# The variance cannot be posted before somebody mends this.
BLOCKS = (LOTLESS_SALES, LOTS_LEARNT)


@dataclass(frozen=True)
class Facts:
    """What happened to the product and lot of one line, in the product's unit and gross (in and out both positive).

    ``moved``: between the first and the last observation; ``near``, ``unsure``: within the limits above of the moment;
    ``validated_after``: receipts, transfers and scrap validated after the moment; ``shifted``: such moves between the
    moment and a much later recording; ``core_adjusted``: Inventory adjusted it since; ``ancestor_sales``: sales, not
    posted yet, of a register that sells from a location above; ``lotless_sales``: sold without its lot;
    ``lots_learnt``: such sales from before the count got their lots after it, and nobody knows which got which.
    """

    moved: float = 0.0
    near: float = 0.0
    unsure: float = 0.0
    validated_after: float = 0.0
    shifted: float = 0.0
    core_adjusted: bool = False
    ancestor_sales: bool = False
    lotless_sales: bool = False
    lots_learnt: bool = False


def get_marks(facts, variance):
    """Return the marks of a line as ``[{"kind", "qty", "explains"}]``, the gravest first.

    :param float variance: counted − expected
    :return: ``explains`` is whether the goods that moved could explain the variance, or hide one
    """
    marks = []
    for kind in (*BLOCKS, *DOUBTS, MOVED):
        value = getattr(facts, kind)
        if value:
            marks.append(
                {
                    "kind": kind,
                    "qty": float(value),
                    "explains": kind == MOVED and abs(variance) <= value,
                }
            )
    return marks


def is_doubtful(marks):
    """Return whether a person has to accept the line before it is corrected."""
    return any(mark["kind"] in DOUBTS for mark in marks)


def is_blocked(marks):
    """Return whether the line cannot be corrected."""
    return any(mark["kind"] in BLOCKS for mark in marks)
