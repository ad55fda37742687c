"""Measuring: a working copy of the prepared database, requests on it, and what they cost."""

import gc
import shutil
import statistics
import subprocess
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from odoo import api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

ADMIN_ID = 2
# A contender is measured this often, but not begun again after so many seconds.
REPEATS = 3
PATIENCE_SECONDS = 60
CLOCK_TICK = 0.01


@dataclass
class Cost:
    """What one step cost: seconds on the clock, seconds of CPU (Python and PostgreSQL together), queries."""

    seconds: float = 0.0
    cpu: float = 0.0
    queries: int = 0
    requests: int = 0

    def __add__(self, other):
        return Cost(
            self.seconds + other.seconds,
            self.cpu + other.cpu,
            self.queries + other.queries,
            self.requests + other.requests,
        )


@dataclass
class Measurement:
    """The steps of one contender at one size; each step's cost is the median of the repeats."""

    contender: str
    size: int
    repeats: int = 0
    steps: dict = field(default_factory=dict)

    @property
    def total(self):
        return sum(self.steps.values(), Cost())


class Run:
    """One pass of a contender over a working copy: every request in a transaction of its own, committed."""

    def __init__(self, registry, size):
        self.registry = registry
        self.size = size
        self.costs = defaultdict(Cost)

    @contextmanager
    def request(self, step):
        """Give the environment of a request by the administrator, and add what it costs to ``step``."""
        with self.registry.cursor() as cr:
            cr.execute("SELECT pg_backend_pid()")
            (backend,) = cr.fetchone()
            gc.collect()
            env = api.Environment(cr, ADMIN_ID, {"lang": "en_US", "allowed_company_ids": [1]})
            queries, cpu, start = cr.sql_log_count, get_cpu(backend), time.perf_counter()
            yield env
            env.flush_all()
            cr.commit()
            self.costs[step] += Cost(
                time.perf_counter() - start, get_cpu(backend) - cpu, cr.sql_log_count - queries, requests=1
            )

    @contextmanager
    def unmeasured(self):
        """Give an environment for what is prepared."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, ADMIN_ID, {"lang": "en_US", "allowed_company_ids": [1]})


def get_cpu(backend):
    """Return the seconds of CPU that this process and its PostgreSQL backend have used.

    The backend's are left out where PostgreSQL runs elsewhere.
    """
    try:
        fields = Path(f"/proc/{backend}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return time.process_time()
    return time.process_time() + (int(fields[11]) + int(fields[12])) * CLOCK_TICK


def measure(database, contender, size, repeats=REPEATS):
    """Return the :class:`Measurement` of ``contender``: a function that is given a :class:`Run`.

    Each repeat works on a fresh copy of ``database``.
    """
    runs = []
    start = time.monotonic()
    while len(runs) < repeats and (not runs or time.monotonic() - start < PATIENCE_SECONDS):
        with working_copy(database) as registry:
            run = Run(registry, size)
            contender(run)
            runs.append(run.costs)
    steps = {step: get_median([costs[step] for costs in runs]) for step in runs[0]}
    return Measurement(get_name(contender), size, len(runs), steps)


def get_name(contender):
    return contender.__doc__.splitlines()[0].rstrip(".")


def get_median(costs):
    return Cost(
        *(statistics.median(getattr(cost, name) for cost in costs) for name in ("seconds", "cpu")),
        *(round(statistics.median(getattr(cost, name) for cost in costs)) for name in ("queries", "requests")),
    )


@contextmanager
def working_copy(database):
    """Give the registry of a fresh copy of ``database``; the copy is dropped afterwards.

    The copy has the same name each time, so that its registry is loaded once.
    """
    name = f"{database}_run"
    copy_database(database, name)
    try:
        yield Registry(name)
    finally:
        drop_database(name)


def copy_database(source, target):
    """Make ``target`` a fresh copy of ``source``, filestore included."""
    drop_database(target)
    sql_db.close_db(source)
    run_postgres("createdb", "-T", source, target)
    store, copied = Path(config.filestore(source)), Path(config.filestore(target))
    if store.exists():
        shutil.copytree(store, copied, dirs_exist_ok=True)
    # Fresh statistics: a shop's database has them, a copy made a second ago may not.
    run_postgres("vacuumdb", "--analyze", "--quiet", "-d", target)


def drop_database(name):
    """Drop a database, if it is there, and its filestore."""
    sql_db.close_db(name)
    run_postgres("dropdb", "--if-exists", "--force", name)
    shutil.rmtree(config.filestore(name), ignore_errors=True)


def run_postgres(program, *arguments):
    """Run one of PostgreSQL's programs; ``./dev`` says in the environment which server it means."""
    subprocess.run([program, *arguments], check=True, stderr=subprocess.DEVNULL)  # noqa: S603 our own arguments
