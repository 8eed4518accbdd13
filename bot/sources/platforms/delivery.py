"""An account's days as rows: silent days that could have run, budgets, campaigns not listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.sources.facts import AdAccount, CampaignFacts, PlatformChange, Purpose

KEYS = ("campaign_id", "campaign_name", "date", "reach")  # what a silent day does not make 0


def budgets_by_day(
    rows: pd.DataFrame,
    facts: Sequence[CampaignFacts],
    changes: Sequence[PlatformChange],
    zone: ZoneInfo,
    remembered: date,
) -> pd.Series:
    """Daily budgets in currency units, one a row; NaN where it is shared or too long ago.

    The budget of a day is the one it ended with. Platforms only say what it is now: each change is
    taken back for the days before it.

    Args:
        rows: `campaign_id` and `date`.
        facts: What the budgets are now.
        changes: Of the account, in any order.
        zone: The account's.
        remembered: The first day of which every change is in `changes`.
    """
    now = {
        campaign.campaign_id: campaign.daily_budget
        for campaign in facts
        if campaign.daily_budget is not None
    }
    budgets = rows["campaign_id"].map(now).astype("float64")
    days = pd.to_datetime(rows["date"])
    moves = [change for change in changes if change.what == "budget"]
    for move in sorted(moves, key=lambda change: change.when, reverse=True):
        changed = pd.Timestamp(move.when.astimezone(zone).date())
        earlier = rows["campaign_id"].isin(move.campaign_ids) & (days < changed)
        before = move.before if isinstance(move.before, float) else np.nan  # unknown before it
        budgets = budgets.mask(earlier & budgets.notna(), before)
    return budgets.where(days >= pd.Timestamp(remembered), np.nan)


def with_unlisted(
    facts: Sequence[CampaignFacts], delivery: pd.DataFrame, account: AdAccount
) -> list[CampaignFacts]:
    """The facts, and those of campaigns that only the days still know: they were deleted."""
    if "campaign_name" not in delivery:
        return list(facts)
    listed = {campaign.campaign_id for campaign in facts}
    names = delivery.groupby("campaign_id")["campaign_name"].last()  # of a late sale there is none
    unlisted = names[~names.index.isin(list(listed))]
    return [
        *facts,
        *(
            CampaignFacts(
                account.account_id,
                str(campaign_id),
                str(campaign_id) if pd.isna(name) else str(name),
                "removed",
                Purpose(),
            )
            for campaign_id, name in unlisted.items()
        ),
    ]


def complete(
    delivery: pd.DataFrame, facts: Sequence[CampaignFacts], since: date, until: date
) -> pd.DataFrame:
    """The rows, and a row of zeros for each silent day on which a campaign could have run.

    Platforms leave out days on which nothing was shown. Such a day is a zero between two others,
    and after the last one while the campaign is enabled; of a paused or removed campaign it is no
    row at all: it did not stop, it was stopped. A measure the account has is 0 where a row lacks
    it; one that it does not have stays missing. Reach is never made up.
    """
    ends: dict[str, tuple[pd.Timestamp, pd.Timestamp]] = {}
    if len(delivery):
        delivery = delivery.assign(date=pd.to_datetime(delivery["date"]))
        ranges = delivery.groupby("campaign_id")["date"].agg(["min", "max"])
        ends = {str(key): (low, high) for key, low, high in ranges.itertuples()}
    spread = [_life(campaign, ends.get(campaign.campaign_id), since, until) for campaign in facts]
    ids = np.array([campaign.campaign_id for campaign in facts], dtype=object)
    days = np.concatenate([np.zeros(0, dtype="datetime64[ns]"), *spread])
    grid = pd.DataFrame({"campaign_id": np.repeat(ids, [len(life) for life in spread]),
                         "date": days})  # fmt: skip
    table = grid.merge(delivery, on=["campaign_id", "date"], how="outer") if len(delivery) else grid
    counted = [str(name) for name in table if name not in KEYS]
    for name in (*counted, "spend", "impressions", "clicks"):
        table[name] = table[name].fillna(0.0) if name in table else 0.0
    return table


def _life(
    facts: CampaignFacts,
    ends: tuple[pd.Timestamp, pd.Timestamp] | None,
    since: date,
    until: date,
) -> npt.NDArray[np.datetime64]:
    """The days of a campaign that must have a row."""
    enabled = facts.status == "enabled"
    if ends is None and not enabled:
        return np.zeros(0, dtype="datetime64[ns]")
    begin = pd.Timestamp(max(since, facts.started or since))
    first_day = ends[0] if ends and not (enabled and facts.started) else begin
    last_day = pd.Timestamp(until) if enabled or ends is None else ends[1]
    first, last = (day.to_datetime64().astype("datetime64[D]") for day in (first_day, last_day))
    return np.arange(first, last + 1).astype("datetime64[ns]")


def dated(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Rows of a platform's days with their `date` as dates; without any, the two key columns."""
    if not rows:
        return pd.DataFrame({"campaign_id": [], "date": []})
    frame = pd.DataFrame(rows)
    return frame.assign(date=pd.to_datetime(frame["date"]))
