"""A whole day in ten-minute steps, with exports that come late and a restart at noon."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.app.composition import compose
from bot.app.demo import import_market, morning_of
from bot.demo.market.demo import demo
from bot.settings import SourceSettings
from bot.store import open_store
from bot.store.base import Subscription

PERFORMANCE, KARI, ZONE = "C0PERFORM", "U0KARI001", "Europe/Oslo"
MONDAY = date(2026, 11, 23)
STEP = timedelta(minutes=10)


@pytest.fixture
def exports(tmp_path):
    """The folder exports are dropped in, still empty."""
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


@pytest.fixture
def office_at(workspace, tmp_path, exports, settings_for):
    """Opens an office on the same database, as a restart does; the clock is its to move."""
    place = tmp_path / "perfbot.db"
    with closing(open_store(place)) as store:
        store.upgrade()
        import_market(store, MONDAY - timedelta(days=1), 1, morning_of(MONDAY, ZONE))
        every_day = (1, 2, 3, 4, 5, 6, 7)
        store.subscribe(Subscription(0, PERFORMANCE, "07:30", every_day, ZONE, "en", KARI))
    source = SourceSettings(name="exports", kind="folder", path=exports, at="06:00")
    settings = settings_for(workspace).model_copy(update={"sources": (source,)})
    return lambda clock: compose(settings, str(place), clock)


class Clock:
    def __init__(self, hour, minute=0):
        self.now = datetime(2026, 11, 23, hour - 1, minute, tzinfo=UTC)  # Oslo is an hour ahead

    def __call__(self):
        return self.now


def drop(exports: Path):
    """Yesterday's export, as a colleague saves it into the folder."""
    frame = demo(MONDAY, 1).numbers
    last = frame[frame["date"] == frame["date"].max()].drop_duplicates("campaign_id", keep="last")
    kept = ["date", "channel", "account_id", "campaign_id", "campaign_name", "currency"]
    counts = ["spend", "impressions", "clicks", "leads", "conversions", "revenue"]
    last[kept + counts].to_csv(exports / "sunday.csv", index=False)


def serve(context, clock, until):
    """Tick through the day; when each digest came."""
    came, tick = [], context.tick()
    while clock.now < until:
        before = context.store.events(kind="digest.queued")
        tick()
        if len(context.store.events(kind="digest.queued")) > len(before):
            came.append(clock.now)
        clock.now += STEP
    return came


def oslo(day, hour, minute=0):
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


def digests(workspace):
    found = workspace.snapshot()["messages"]
    return [one for one in found if one.get("thread_ts") in (None, one["ts"])]


def test_a_day_with_a_late_export_and_a_restart(workspace, office_at, exports):
    """The digest waits for the export and comes once; neither restart nor midnight repeats it."""
    clock = Clock(5)
    with closing((context := office_at(clock)).store):
        assert serve(context, clock, oslo(23, 7, 50)) == []
        drop(exports)
        assert serve(context, clock, oslo(23, 12)) == [oslo(23, 8, 0)]
        assert context.store.last_day() == MONDAY - timedelta(days=1)
    with closing((context := office_at(clock)).store):
        assert serve(context, clock, oslo(24, 5)) == []
    (digest,) = digests(workspace)
    assert "late" not in digest["text"]


def test_a_digest_without_its_export_comes_an_hour_later_and_says_so(workspace, office_at, exports):
    """Nobody drops the file: at half past eight the digest comes, and names what is late."""
    clock = Clock(7)
    with closing((context := office_at(clock)).store):
        assert exports.exists()
        assert serve(context, clock, oslo(23, 9)) == [oslo(23, 8, 30)]
    (digest,) = digests(workspace)
    told = str(digest["blocks"])
    assert "Numbers through Saturday" in told
    assert "Google" in told
    assert "late" in told
