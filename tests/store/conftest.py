from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from bot.domain.advice import Advice
from bot.store import SqliteStore, Store, open_store
from bot.store.records import GivenAnswer

# Every store keeps the same promises: another database joins these tests by one more line here.
DATABASES = ("sqlite", "postgresql")


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of each kind, with nothing in it."""
    if request.param == "sqlite":
        return str(tmp_path / "perfbot.db")
    empty: str = request.getfixturevalue("postgres_url")
    return empty


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def at() -> Callable[..., datetime]:
    """A time in November 2026: `at(24)` is the 24th at seven, UTC."""
    return lambda day, hour=7, minute=0: datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture(scope="session")
def on() -> Callable[[int], date]:
    return lambda day: date(2026, 11, day)


@pytest.fixture(scope="session")
def rows() -> Callable[..., pd.DataFrame]:
    """Daily rows: `rows({"date": 1, "spend": 5.0}, …)` on days of November 2026."""

    def make(*given: dict[str, object]) -> pd.DataFrame:
        usual = {"channel": "google_ads", "campaign_id": "1", "campaign_name": "Brand"}
        days = [{**usual, **one, "date": date(2026, 11, int(str(one["date"])))} for one in given]
        return pd.DataFrame(days)

    return make


@pytest.fixture
def add(store: Store, rows: Callable[..., pd.DataFrame], at: Callable[..., datetime]):
    """Import rows on a day: `add(24, {"date": 1, "spend": 5.0})`."""
    return lambda day, *given, **more: store.add_numbers(
        rows(*given), source="test", pulled_at=at(day), **more
    )


@pytest.fixture(scope="session")
def advice() -> Callable[..., Advice]:
    def make(advice_id: str = "a1", **more: object) -> Advice:
        fields = {"rule": "convert-cpa", "rule_version": "v1", "campaign_ids": ("1", "2")}
        fields |= {"action": "shift_budget", "severity": "advise", "opened_on": date(2026, 11, 20)}
        return Advice(id=advice_id, **(fields | more))

    return make


@pytest.fixture
def save(store, at, on):
    return lambda day, *advice: store.save_advice(advice, as_of=on(day), at=at(day))


@pytest.fixture
def answer(store, at):
    def answer(verb, day=24, by="kari", advice_id="a1", standing=None, **more):
        return store.answer(advice_id, GivenAnswer(verb, by=by, at=at(day, 9), **more), standing)

    return answer


@pytest.fixture
def path(tmp_path):
    return tmp_path / "perfbot.db"


@pytest.fixture
def opened(path):
    store = SqliteStore(path, busy_timeout=0.05)
    yield store
    store.close()
