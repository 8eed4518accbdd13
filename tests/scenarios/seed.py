"""A database to play with: `python seed.py DATABASE CHANNEL`.

The demo's market up to yesterday, one campaign with a hostile name, and a digest that is due.
"""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from bot.app.demo import import_market, morning_of
from bot.store import Store, open_store
from bot.store.base import Subscription

HOSTILE = "Launch <!channel> <@U0KARI001> & *bold* <https://evil.example|prize>"


def hostile(today: date) -> pd.DataFrame:
    """Seven days of a campaign nobody should have named like that."""
    days = [today - timedelta(days=back) for back in range(7, 0, -1)]
    what = {"channel": "tiktok", "campaign_id": "666", "campaign_name": HOSTILE, "currency": "NOK"}
    counts = {"spend": 210.0, "impressions": 9_000, "clicks": 90, "conversions": 1}
    return pd.DataFrame([{"date": pd.Timestamp(day), **what, **counts} for day in days])


def subscribe(store: Store, channel: str, now: datetime) -> None:
    every_day = (1, 2, 3, 4, 5, 6, 7)
    at = now.strftime("%H:%M")
    store.subscribe(Subscription(0, channel, at, every_day, "UTC", "en", "U0KARI001"))


def main(database: str, channel: str) -> None:
    now = datetime.now(UTC)
    with closing(open_store(database)) as store:
        store.upgrade()
        import_market(store, now.date(), 1, morning_of(now.date(), "UTC"))
        store.add_numbers(hostile(now.date()), source="hostile.csv", pulled_at=now)
        subscribe(store, channel, now)


if __name__ == "__main__":
    main(*sys.argv[1:])
