"""A morning judged again after a small change, beside judging all of it: by what it touches.

An install of twenty clients is read from its store, judged, and judged again when something has
changed, with what the worker remembers and without. Both come to the same bytes.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pandas as pd

from benchmarks.speed.frames import MORNING
from benchmarks.speed.shards import PULLED, frame_of, plan_rows
from benchmarks.speed.timing import Timed, say, seconds
from bot.context.context import Context
from bot.domain.advice import Advised, to_json
from bot.rules_files import load
from bot.settings import Settings
from bot.snapshot.evaluation import advised, save
from bot.snapshot.judged_shards import JudgedShards
from bot.store import open_store
from bot.store.base import PlanRow, Store
from bot.store.records import GivenAnswer

CLIENTS, EACH, DAYS = 20, 60, 90
GOAL = 0.2
ONE = 7  # the client something happens to
LATE = "google_ads"


def lines() -> Iterator[Timed]:
    """Each change after the one before it; the whole is judged anew beside each."""
    with tempfile.TemporaryDirectory() as folder, closing(_written(folder)) as store:
        context = Context(store, load(), {}, Settings(), lambda: PULLED)
        yesterday = MORNING - timedelta(1)
        save(context, yesterday, advised(context, yesterday))
        earlier = JudgedShards()
        advised(context, MORNING, earlier=earlier)
        for what, change in _changes(store):
            say(f"a morning again: {what} …")
            change()
            yield _measured(context, earlier, what)


def _measured(context: Context, earlier: JudgedShards, what: str) -> Timed:
    results: list[Advised] = []
    ours = seconds(lambda: results.append(advised(context, MORNING, earlier=earlier)))
    whole = seconds(lambda: results.append(advised(context, MORNING)))
    first, second = map(_written_out, results)
    assert first == second, f"{what}: judged by what changed it is something else"
    size = f"{CLIENTS} clients x {EACH} x {DAYS} days"
    return Timed(f"a morning again: {what}", size, ours, "judging all of it", whole, GOAL)


def _written_out(morning: Advised) -> str:
    return json.dumps(to_json(morning, MORNING)) + repr(morning.memory) + repr(morning.tests)


def _changes(store: Store) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "nothing changed", lambda: None
    yield "one channel late", partial(_late, store, [ONE])
    yield "one target set", partial(_target, store)
    yield "one new answer", partial(_answer, store)
    yield "one channel late for all clients", partial(_late, store, range(CLIENTS))


def _written(folder: str) -> Store:
    """A store in which nobody's last day of one channel has come."""
    store = open_store(str(Path(folder) / "perfbot.db"))
    store.set_plan(plan_rows(CLIENTS), origin="slack")
    for client in range(CLIENTS):
        rows = _rows(client)
        store.add_numbers(rows[~_is_late(rows)], source="bench", pulled_at=PULLED)
    return store


def _rows(client: int) -> pd.DataFrame:
    return frame_of(client, client, EACH, DAYS)


def _is_late(rows: pd.DataFrame) -> pd.Series:
    return (rows["channel"] == LATE) & (rows["date"] == pd.Timestamp(MORNING - timedelta(1)))


def _late(store: Store, clients: list[int] | range) -> None:
    for client in clients:
        rows = _rows(client)
        at = PULLED + timedelta(minutes=30)
        store.add_numbers(rows[_is_late(rows)], source="bench", pulled_at=at)


def _target(store: Store) -> None:
    values = {"target": {"cpc": 6.0}}
    row = PlanRow(f"client{ONE:04} act cpc*", values, MORNING, "bench", PULLED, "slack", 100)
    store.set_plan([row], origin="slack")


def _answer(store: Store) -> None:
    """Somebody dismisses yesterday what was said that morning of the client's first campaign."""
    prefix = f"p{ONE:03}"
    record = next(
        record
        for record in store.all_advice(state="open")
        if all(prefix in campaign for campaign in record.advice.campaign_ids)
    )
    at = PULLED - timedelta(hours=12)
    store.answer(record.advice.id, GivenAnswer("dismiss", "bench", at))
