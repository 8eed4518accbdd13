"""What is kept of a morning, and what is computed where nothing is kept, are the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.speed.frames import MORNING, of_clients, plan_of_clients
from bot.context.context import ALWAYS, Context, values_of
from bot.domain.campaign_rows import BoardRow
from bot.numbers.input.windows import WINDOWS
from bot.rules_files import load
from bot.settings import Settings
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.store import open_store
from bot.store.base import PlanRow, Store

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
RULEBOOK = load()
ASKED = {
    **{f"board {window}": lambda office, window=window: boards.figures(office, MORNING, window)
       for window in WINDOWS},
    "channel": lambda office: boards.figures(office, MORNING, "7d", "google_ads"),
    "head": lambda office: boards.head(office, MORNING, "28d"),
    "paced": lambda office: boards.paced(office, MORNING),
    "health": lambda office: boards.health(office, MORNING),
    "stages": lambda office: boards.trends(office, MORNING),
    "trends": lambda office: boards.trends(office, MORNING, "meta_ads"),
}  # fmt: skip


def filled() -> Store:
    """A dozen campaigns of two clients, each with a monthly budget; some sales came late."""
    store = open_store(":memory:")
    entries = [PlanRow(entry.match, {**values_of(entry), "monthly_budget": 9_000.0}, ALWAYS, "U1",
                       AT, "slack", place)
               for place, entry in enumerate(plan_of_clients(2).entries)]  # fmt: skip
    store.set_plan(entries, origin="slack")
    rows = of_clients(12, 40, 2).assign(currency="NOK")
    store.add_numbers(rows, source="pull 1", pulled_at=AT)
    newest = rows[rows["date"] >= rows["date"].max() - timedelta(3)]
    late = newest.assign(conversions=newest["conversions"] * 1.5)
    store.add_numbers(late, source="pull 2", pulled_at=AT + timedelta(hours=9))
    return store


def office(store: Store) -> Context:
    return Context(store, RULEBOOK, {}, Settings(), lambda: AT + timedelta(days=1))


@pytest.fixture(scope="module")
def both() -> tuple[Store, Store]:
    """The same numbers in a store whose morning was put together, and in one that keeps nothing."""
    kept, bare = filled(), filled()
    boards.rebuild(office(kept), MORNING)
    return kept, bare


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_kept_or_worked_out_now_a_morning_is_the_same(both, asked: Callable[[Context], Any]):
    """Every window's board, a channel's, the days, how sources are, what months are paced by."""
    kept, bare = (asked(office(store)) for store in both)
    assert told(kept) == told(bare)
    assert told(kept)


def told(value: Any) -> Any:
    """A board's campaigns and totals by their columns; a head has no campaigns of its own."""
    if not isinstance(value, Figures):
        return value
    about = (value.as_of, value.window, value.now, value.before, dict(value.until),
             dict(value.begins), dict(value.holes), dict(value.zones))  # fmt: skip
    return about, [dict(row.columns) for row in value.totals]


@pytest.mark.parametrize("channel", ["", "google_ads"])
@pytest.mark.parametrize("window", ["7d", "28d", "2026-11-09..2026-11-15"])
def test_a_channels_board_has_its_own_campaigns_and_every_total(both, window, channel):
    """Kept, computed, or for days of one's own."""
    of_stores = [boards.figures(office(store), MORNING, window, channel) for store in both]
    (kept, bare) = ([columns(row) for row in figures.rows] for figures in of_stores)
    assert kept == bare
    channels = {row.channel for row in of_stores[0].rows}
    assert channels == ({channel} if channel else {"google_ads", "meta_ads"})
    assert set(of_stores[0].channels) == {"google_ads", "meta_ads"}


def columns(row: BoardRow) -> dict[str, object]:
    return dict(row.columns)


def test_another_plan_or_another_pull_is_another_board():
    """What is kept belongs to its rules, plan and numbers; anything newer is worked out anew."""
    store = filled()
    boards.rebuild(office(store), MORNING)
    before = boards.figures(office(store), MORNING, "7d")
    entry = PlanRow("client0001 *", {"target": {"cpa": 11.0}}, ALWAYS, "U1", AT, "slack")
    store.set_plan([entry], origin="slack")
    after = boards.figures(office(store), MORNING, "7d")
    assert {row.target("cpa") for row in before.rows} != {row.target("cpa") for row in after.rows}
    assert 11.0 in {row.target("cpa") for row in after.rows}
    rows = of_clients(12, 40, 2).assign(currency="NOK")
    rows = rows[rows["date"] == rows["date"].max()]
    store.add_numbers(rows.assign(spend=rows["spend"] + 1_000.0), source="p", pulled_at=AT)
    boards.rebuild(office(store), MORNING)
    pulled = boards.figures(office(store), MORNING, "7d")
    assert sum(row.now("spend") for row in pulled.rows) == pytest.approx(
        sum(row.now("spend") for row in after.rows) + 12_000.0
    )


def test_what_is_kept_is_at_hand_once_it_was_read(both):
    """The second look is the first one's value; another process's rebuild is seen at once."""
    context = office(both[0])
    first = boards.figures(context, MORNING, "7d")
    assert boards.figures(context, MORNING, "7d") is first
    boards.rebuild(office(both[0]), MORNING)
    again = boards.figures(context, MORNING, "7d")
    assert again is not first
    assert list(map(columns, again.rows)) == list(map(columns, first.rows))
