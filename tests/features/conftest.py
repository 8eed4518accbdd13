"""A desk over numbers of a test's own, and what its digest and its answers say."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bot.ask import Asker, Context, Desk
from bot.context.context import ALWAYS, values_of
from bot.features.digest import digest
from bot.jobs import morning
from bot.numbers.plan import PlanEntry
from bot.settings import App, Settings
from bot.store import open_store
from bot.store.base import PlanRow
from tests.once import made_once


@dataclass(frozen=True)
class Heard:
    """What a desk says on a morning, as text without no-break spaces."""

    desk: Desk
    as_of: date

    @property
    def context(self):
        return self.desk.context

    def digest(self, language: str = "en") -> str:
        context = self.context
        parent = digest.written(
            context, context.renderer(language), self.as_of, context.zone(Asker("U1", "C1"))
        ).parent
        return plain(f"{parent.text}\n{parent.blocks}")

    def ask(self, text: str, language: str = "en") -> str:
        reply = self.desk.ask(text, Asker("U1", "C1", language, "UTC"), self.as_of)
        return plain(f"{reply.text}\n{reply.blocks}")


def plain(text: str) -> str:
    """Without no-break and thin spaces, however they are written."""
    for space in ("\u00a0", "\u202f", "\u2009", "\\xa0", "\\u202f", "\\u2009"):
        text = text.replace(space, " ")
    return text


def campaign_days(
    name: str, days: Sequence[date], spend: float | Sequence[float] = 100.0, **columns: Any
) -> pd.DataFrame:
    """Rows of a campaign, one a day; other columns as given, each a value or one a day."""
    known = {"channel": "google_ads", "account_id": "1", "currency": "EUR"} | columns
    frame = pd.DataFrame({"date": pd.to_datetime(list(days)), "campaign_name": name})
    frame["campaign_id"] = known.pop("campaign_id", name)
    frame["spend"] = spend
    for column, value in known.items():
        frame[column] = value
    for column, share in (("impressions", 100.0), ("clicks", 2.0)):
        if column not in frame:
            frame[column] = frame["spend"] * share
    return frame


def days_until(last: date, count: int) -> list[date]:
    """So many days, the last one included."""
    return [last - timedelta(step) for step in reversed(range(count))]


Judge = Callable[[date, Sequence[pd.DataFrame], Sequence[PlanEntry], Settings], Path]


@pytest.fixture(scope="session")
def judged_once(tmp_path_factory: pytest.TempPathFactory, rulebook) -> Judge:
    """The database of rows and a plan, judged on a morning: made once a run, to be copied."""

    def judged(
        as_of: date,
        frames: Sequence[pd.DataFrame],
        plan: Sequence[PlanEntry],
        settings: Settings,
    ) -> Path:
        key = sha256(pickle.dumps((as_of, frames, plan, settings))).hexdigest()[:20]

        def make(folder: Path) -> None:
            _judge(folder / "perfbot.db", as_of, frames, plan, settings)

        return made_once(tmp_path_factory, f"judged-{key}", make) / "perfbot.db"

    def _judge(
        path: Path,
        as_of: date,
        frames: Sequence[pd.DataFrame],
        plan: Sequence[PlanEntry],
        settings: Settings,
    ) -> None:
        at = _six(as_of)
        store = open_store(path)
        store.add_numbers(pd.concat(frames, ignore_index=True), source="file", pulled_at=at)
        rows = [
            PlanRow(entry.match, values_of(entry), ALWAYS, "test", at, "file", place)
            for place, entry in enumerate(plan)
        ]
        store.set_plan(rows, origin="file")
        morning.refresh(store, rulebook, as_of, settings, lambda: at)
        store.close()

    return judged


@pytest.fixture
def hears(judged_once: Judge, tmp_path: Path, rulebook, renderers):
    """Makes a desk that holds these rows and this plan, on a morning."""
    stores = []

    def make(
        as_of: date,
        *frames: pd.DataFrame,
        plan: Sequence[PlanEntry] = (),
        settings: Settings | None = None,
    ) -> Heard:
        settings = settings or Settings(app=App(time_zone="UTC", currency="EUR"))
        copied = tmp_path / f"heard-{len(stores)}.db"
        shutil.copy(judged_once(as_of, frames, plan, settings), copied)
        store = open_store(copied)
        stores.append(store)
        context = Context(store, rulebook, renderers, settings, lambda: _six(as_of))
        return Heard(Desk(context), as_of)

    yield make
    for store in stores:
        store.close()


def _six(day: date) -> datetime:
    """Six o'clock that morning, UTC: when it was judged and is asked."""
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
