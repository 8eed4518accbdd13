"""What is done costs: SQL, rows, files entered, and the way of a question.

A statement is what perfbot sends to SQLite but for BEGIN, COMMIT, SAVEPOINT and PRAGMA. Questions
are counted from the desk on; a press from Slack's event to the last message edited.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.shape.acts import DAILY, seen
from benchmarks.shape.measure import Measure
from benchmarks.shape.tracing import Seen

OUTER = ("slack/",)  # listeners: an answer's way to the desk and back, beside its own


def measures() -> Iterator[Measure]:
    """What acts say about the house."""
    yield from _statements()
    yield from _files()
    yield from _way()
    yield from _numbers()


def _statements() -> Iterator[Measure]:
    asked, judged = seen("asked"), seen("digest")
    yield _sql("SQL: acknowledge pressed", 80, seen("press")["press"], 20)
    yield _sql("SQL: digest just judged", 150, judged["digest"], 30)
    yield _sql("SQL: /perf channel google, cold", 53, asked["cold"], 8)
    yield _sql("SQL: /perf channel google, warm", 10, asked["warm"], 2)
    yield _sql("SQL: Home tab", 82, seen("home")["home"], 20)


def _sql(name: str, before: int, found: Seen, most: int) -> Measure:
    beside = f"{found.rows:,} rows read, {found.letters / 1000:,.0f} kB of text"
    return Measure(name, before, len(found.statements), most, beside=beside)


def _files() -> Iterator[Measure]:
    asked, press = seen("asked"), seen("press")["press"]
    held = len(asked["warm"].files)
    yield Measure("files entered: /perf channel google, warm", 55, len(asked["anew"].files), 20,
                  beside=f"not worded before; {held} where the answer is at hand")  # fmt: skip
    inner = [place for place in press.files if not place.startswith(OUTER)]
    yield Measure("files entered: acknowledge pressed", 44, len(inner), 18,
                  beside=f"{len(press.files)} with slack/")  # fmt: skip


def _way() -> Iterator[Measure]:
    found = seen("way")["way"]
    path, names = found.notes
    yield Measure("a sentence's way: files", 14, found.counts["files"], 8, beside=path)
    yield Measure("a sentence's way: returns", 23, found.counts["returns"], 0)
    yield Measure("a sentence's way: names", 28, found.counts["names"], 6, beside=names)


def _numbers() -> Iterator[Measure]:
    refresh, brought = seen("digest")["refresh"], seen("bring")["bring"].counts
    reads = len(refresh.reading(DAILY))
    held = f"{refresh.rows:,} rows read where {refresh.counts['days']:,} are held"
    yield Measure("reads of the daily numbers in a refresh", 3, reads, 1, beside=held)
    times = brought["normalised"] / brought["rows"]
    yield Measure("times a row is normalised on its way in", 2, times, 1)
