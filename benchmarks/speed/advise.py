"""A morning's advice beside DuckDB working out nothing but the same window sums."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import duckdb
import numpy as np
import pandas as pd

from benchmarks.speed.frames import MORNING, PLAN, daily
from benchmarks.speed.timing import Timed, best, compared, say
from bot.advice import advise
from bot.advice.evaluate.rule_days import spans_of
from bot.advice.rules.rulebook import Rulebook
from bot.demo.market.kinds import STANDARD
from bot.demo.market.world import FIRST_DAY, World, numbers
from bot.numbers.input.normalise import normalise
from bot.numbers.input.windows import Window
from bot.rules_files import load

CAMPAIGNS, DAYS = 10_000, 90
GROWTH = (1_000, 10_000, 100_000)
GROWTH_DAYS = 30
"""A quarter of 100,000 campaigns would take more memory than a laptop has."""


def lines() -> Iterator[Timed]:
    """The small morning, the large one beside DuckDB, how time grows, and memory."""
    rulebook = load()
    yield _small(rulebook)
    yield from _beside_duckdb(rulebook)
    yield _growth(rulebook)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    yield Timed("memory", f"the most, {GROWTH[-1]:,} campaigns", used, "GB", None, None)


def _small(rulebook: Rulebook) -> Timed:
    world = World(STANDARD, 2)
    for _ in range(world.kind.history + 31):
        world.step()
    frame, morning = numbers(world), FIRST_DAY + timedelta(world.day)
    say("advise, 40 campaigns …")
    took = best(partial(advise, frame, morning, rulebook), 7)
    size = f"40 x 90 days, {len(frame):,} rows with revisions"
    return Timed("advise", size, took, "seconds", None, 0.08)


def _beside_duckdb(rulebook: Rulebook) -> Iterator[Timed]:
    frame = normalise(daily(CAMPAIGNS, DAYS))
    size = f"{CAMPAIGNS:,} x {DAYS} days"
    ours = partial(advise, frame, MORNING, rulebook, PLAN)
    every = partial(_duckdb, frame, _sums(rulebook))
    yield compared("advise", size, ours, "DuckDB, the rules' window sums", every, 5)
    two = {(column, window) for column in _columns(frame) for window in _week_and_month()}
    few = partial(_duckdb, frame, two)
    yield compared("advise", size, ours, "DuckDB, 7 and 28 days of each column", few, 5)


def _sums(rulebook: Rulebook) -> set[tuple[str, Window]]:
    """Each column and window that some rule reads in some cell, this morning."""
    found = set()
    cells = (rulebook.thresholds.default, *rulebook.thresholds.cells.values())
    for rule in rulebook.rules:
        for cell in filter(rule.applies, cells):
            now, before = spans_of(rule, cell, rulebook.metrics).windows(MORNING)
            for name in rule.reads:
                metric, _, window = name.partition(".")
                if metric in rulebook.metrics and window in {"now", "before", "peers"}:
                    span = before if window == "before" else now
                    found |= {(part, span) for part in rulebook.metrics[metric].parts}
    return found


def _columns(frame: pd.DataFrame) -> list[str]:
    known = ("spend", "impressions", "clicks", "leads", "conversions", "revenue")
    return [name for name in known if frame[name].notna().any()]


def _week_and_month() -> tuple[Window, Window]:
    week = Window.ending(MORNING - timedelta(1), 7)
    return week, week.before(28)


def _duckdb(frame: pd.DataFrame, sums: set[tuple[str, Window]]) -> pd.DataFrame:
    """On one thread, as numpy is."""
    wanted = ", ".join(
        f"sum({column}) FILTER (date BETWEEN '{window.since}' AND '{window.until}') AS s{place}"
        for place, (column, window) in enumerate(sorted(sums))
    )
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("numbers", frame)
        query = f"SELECT channel, account_id, campaign_id, {wanted} FROM numbers GROUP BY ALL"
        return connection.execute(query).df()


def _growth(rulebook: Rulebook) -> Timed:
    """The exponent of time over campaigns."""
    took = []
    for count in GROWTH:
        say(f"advise, {count:,} x {GROWTH_DAYS} days …")
        frame = normalise(daily(count, GROWTH_DAYS))
        took.append(
            best(partial(advise, frame, MORNING, rulebook, PLAN), 3 if count < 50_000 else 1)
        )
        say(f"  {took[-1]:.2f} s")
    exponent = float(np.log(took[-1] / took[0]) / np.log(GROWTH[-1] / GROWTH[0]))
    times = ", ".join(f"{one:.2f} s" for one in took)
    size = f"{GROWTH[0]:,} to {GROWTH[-1]:,} x {GROWTH_DAYS} days ({times})"
    return Timed("advise grows", size, exponent, "exponent", None, 1.1)
