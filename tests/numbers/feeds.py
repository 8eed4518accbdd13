"""An account's rows, each day as it was known on the mornings it was pulled."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from bot.numbers.input.daily import normalise

AS_OF = date(2026, 5, 11)  # a Monday
LAST = AS_OF - timedelta(1)
DAYS = [LAST - timedelta(back) for back in reversed(range(50))]
META = ("meta_ads", "1")


def rows(name, days=DAYS, *, pulled=None, account="1", channel="meta_ads", **columns):
    """A campaign's days; `pulled` (a day, or days after each) is the morning they were known."""
    frame = pd.DataFrame({"date": pd.to_datetime(list(days)), "campaign_name": name})
    frame["pulled_on"] = [pd.Timestamp(pulled or day + timedelta(1)) for day in days]
    known = {"channel": channel, "account_id": account, "campaign_id": name, "spend": 100.0,
             "impressions": 10_000.0, "clicks": 200.0, "conversions": 10.0,
             "source": "meta"}  # fmt: skip
    return frame.assign(**{**known, **columns})


def as_pulled(*frames: pd.DataFrame) -> pd.DataFrame:
    """Every revision, in the order they are given."""
    history = normalise(pd.concat(frames, ignore_index=True))
    campaign_days = history.groupby(["campaign_id", "channel", "account_id", "date"])
    history["revision"] = campaign_days.cumcount()
    return history
