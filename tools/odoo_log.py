"""Read the log of Odoo's test runner: show progress and problems, add the counts to a file.

Usage: odoo server ... 2>&1 | odoo_log.py LOG COUNTS
LOG gets every line. COUNTS gets one line "passed failed skipped".
"""

import re
import sys
from pathlib import Path

RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<text>.*)")
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database")
PROBLEMS = {"WARNING", "ERROR", "CRITICAL"}


class Summary:
    def __init__(self):
        self.is_problem = False
        self.skipped = 0
        self.result = None

    def read(self, line):
        """Take one line of the log; return what to show of it, if anything."""
        record = RECORD.match(line)
        if not record:
            return line if self.is_problem else None
        self.is_problem = record["level"] in PROBLEMS
        self.result = RESULT.search(record["text"]) or self.result
        if record["text"].startswith("skipped "):
            self.skipped += 1
            return f"  {record['text']}\n"
        if record["text"].startswith("Starting "):
            return f"  {record['text'].removeprefix('Starting ').removesuffix(' ...')}\n"
        return line if self.is_problem else None

    def counts(self):
        """Passed, failed, skipped. A run that ended without a result is one failure."""
        if not self.result:
            return 0, 1, self.skipped
        failures, errors, total = map(int, self.result.groups())
        failed = failures + errors
        if not total:
            return 0, 1, 0
        return total - failed - self.skipped, failed, self.skipped


def main(log_path, counts_path):
    summary = Summary()
    with Path(log_path).open("w", encoding="utf-8") as log:
        for line in sys.stdin:
            log.write(line)
            if shown := summary.read(line):
                sys.stdout.write(shown)
                sys.stdout.flush()
    counts = summary.counts()
    with Path(counts_path).open("a", encoding="utf-8") as file:
        file.write("{} {} {}\n".format(*counts))
    return 1 if counts[1] or counts[2] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
