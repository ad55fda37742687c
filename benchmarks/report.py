"""The report: a table of what was measured, and the budgets with how far they are met."""

from . import contenders
from .measure import get_name

# Seconds that core's inventory adjustment of all of 10,000 quants takes on the machine of the reference: what turns a
# time measured here into reference-machine time.
REFERENCE_SIZE, REFERENCE_SECONDS = 10_000, 56.0
COMPLETE_SECONDS = 3.0


def get_table(measurements):
    """Return all measurements as a Markdown table, by size."""
    rows = [
        "| contender | lines | step | s | CPU s | ms a line | queries | requests |",
        "|---|--:|---|--:|--:|--:|--:|--:|",
    ]
    for one in sorted(measurements, key=lambda one: one.size):
        rows += get_rows(one)
    return "\n".join(rows)


def get_rows(one):
    """Return the rows of one measurement, a step each."""
    steps = list(one.steps.items())
    if len(steps) > 1:
        steps.append(("**total**", one.total))
    return [
        f"| {one.contender} | {one.size:,} | {name} | {cost.seconds:.2f} | {cost.cpu:.2f} |"
        f" {1000 * cost.seconds / one.size:.3f} | {cost.queries:,} | {cost.requests} |"
        for name, cost in steps
    ]


class Budgets:
    """The budgets of the design's chapter 8, which are about 10,000 lines, and what other sizes give.

    Judged by CPU time (Python and PostgreSQL together): the machine may have other work to do.
    """

    def __init__(self, measurements):
        self.known = {(one.contender, one.size): one for one in measurements}
        self.rows = []

    def get_table(self, sizes):
        for size in sizes:
            self._judge(size)
        self._judge_growth()
        return "\n".join(["| lines | what | measured | budget | |", "|--:|---|--:|--:|---|", *self.rows])

    def _judge(self, size):
        ours = self._get(contenders.stock_pos_count, size)
        if not ours:
            return
        plain = self._get(contenders.plain_create, size)
        everything, differing = self._get(contenders.core_all, size), self._get(contenders.core_differing, size)
        if plain:
            self._add(size, "create + start, in ORM creates of as many records", ours.steps["create + start"], plain, 2)
        if everything:
            self._add(
                size,
                "complete, in seconds of the reference machine",
                ours.steps["complete"],
                everything,
                COMPLETE_SECONDS,
                REFERENCE_SECONDS,
            )
        if differing:
            self._add(size, "correct, in core's times for the differing quants", ours.steps["correct"], differing, 1)
        for contender, factor in ((contenders.core_all, 4), (contenders.oca, 40)):
            rival = self._get(contender, size)
            if rival:
                self._add_factor(size, f"whole job: times faster than {get_name(contender)}", rival, ours, factor)

    def _judge_growth(self):
        """Ten times the lines may take ten times as long, and half as much again for what is noise."""
        sizes = sorted(size for name, size in self.known if name == get_name(contenders.create_and_start))
        for small, large in zip(sizes, sizes[1:], strict=False):
            costs = [self._get(contenders.create_and_start, size).total.cpu / size for size in (small, large)]
            value = costs[1] / costs[0]
            self._add_row(
                large, f"create + start: cost of a line, in that of {small:,} lines", value, 1.5, value <= 1.5
            )

    def _get(self, contender, size):
        return self.known.get((get_name(contender), size))

    def _add(self, size, what, cost, rival, limit, unit=1.0):
        value = unit * cost.cpu / rival.total.cpu
        self._add_row(size, what, value, limit, value <= limit)

    def _add_factor(self, size, what, rival, ours, limit):
        value = rival.total.cpu / ours.total.cpu
        self._add_row(size, what, value, limit, value >= limit)

    def _add_row(self, size, what, value, limit, is_met):
        judged = size >= REFERENCE_SIZE
        verdict = ("ok" if is_met else "**over**") if judged else ""
        self.rows.append(f"| {size:,} | {what} | {value:.2f} | {limit if judged else ''} | {verdict} |")
