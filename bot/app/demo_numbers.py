"""The demo's numbers: the made-up market, or a person's own exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.context import context as plan
from bot.demo.market import DemoMarket, demo
from bot.errors import NoNumbers
from bot.settings import Settings
from bot.sources.exports import read
from bot.sources.given import given_by
from bot.store.base import PlanRow, Store


def import_market(store: Store, as_of: date, seed: int, at: datetime) -> None:
    """The seeded market up to the day before `as_of`, with its plan and every pull of it."""
    market = demo(as_of, seed)
    store.add_numbers(market.numbers, source="demo", pulled_at=at)
    store.add_window_reach(market.window_reach)
    store.set_plan(_plan(market, at), origin="file")


def import_own(store: Store, files: Sequence[Path], settings: Settings, at: datetime) -> date:
    """A person's own exports; the morning after their last day.

    Raises:
        RefusedFile: A file that cannot be read without guessing.
        NoNumbers: There is no day in them.
    """
    export_settings = replace(given_by(settings), currency=settings.app.currency)
    for file in files:
        store.add_numbers(
            read(file, settings=export_settings).frame, source=file.name, pulled_at=at
        )
    last_day = store.last_day()
    if last_day is None:
        raise NoNumbers("There is no day with numbers in it.", hint="Give another file.")
    return last_day + timedelta(days=1)


def morning_of(as_of: date, zone: str) -> datetime:
    """Half past seven of a morning."""
    return datetime.combine(as_of, time(7, 30), ZoneInfo(zone))


def _plan(market: DemoMarket, at: datetime) -> list[PlanRow]:
    return [
        PlanRow(entry.match, plan.values_of(entry), plan.ALWAYS, "demo", at, "file", position)
        for position, entry in enumerate(market.plan)
    ]
