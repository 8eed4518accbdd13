"""An account's days as rows: silent days that could have run, budgets, campaigns not listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.sources.base import AdAccount, CampaignFacts, PlatformChange, Purpose
from bot.sources.platforms.pulled_days import Ends

_EPOCH = date(1970, 1, 1).toordinal()
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
    facts: Sequence[CampaignFacts], names: Mapping[str, str | None], account: AdAccount
) -> list[CampaignFacts]:
    """The facts, and those of campaigns that only the days still know: they were deleted.

    Args:
        facts: The campaigns the platform lists.
        names: What the days call theirs; of a late sale there is no name.
        account: Whose they are.
    """
    listed = {campaign.campaign_id for campaign in facts}
    return [
        *facts,
        *(
            CampaignFacts(
                account.account_id, campaign_id, name or campaign_id, "removed", Purpose()
            )
            for campaign_id, name in sorted(names.items())
            if campaign_id not in listed
        ),
    ]


@dataclass(frozen=True)
class Lives:
    """The days on which each campaign must have a row: days since 1970, the last one included.

    Attributes:
        ids: The campaigns; nothing is said of one whose last day is before its first.
        first: Of each.
        last: Likewise.
    """

    ids: npt.NDArray[np.object_]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]

    def within(self, since: date, until: date) -> pd.DataFrame:
        """`campaign_id` and `date` of every such day in a span."""
        begin = np.maximum(self.first, _number(since))
        counts = np.maximum(np.minimum(self.last, _number(until)) - begin + 1, 0)
        earlier = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)[:-1]])
        days = np.arange(counts.sum()) + np.repeat(begin - earlier, counts)
        return pd.DataFrame({
            "campaign_id": pd.Series(np.repeat(self.ids, counts), dtype=object),
            "date": days.astype("datetime64[D]").astype("datetime64[ns]"),
        })  # fmt: skip


def lives_of(facts: Sequence[CampaignFacts], ends: Ends, since: date, until: date) -> Lives:
    """The days that must have a row, of a pull from `since` to `until`.

    Platforms leave out days on which nothing was shown. Such a day is a zero between two others,
    and after the last one while the campaign is enabled; of a paused or removed campaign it is no
    row at all: it did not stop, it was stopped.

    Args:
        facts: The account's campaigns.
        ends: The first and last day of each of them.
        since: The first day that was asked for.
        until: The last one.
    """
    spans = [_life(campaign, ends.get(campaign.campaign_id), since, until) for campaign in facts]
    first, last = np.array(spans, dtype=np.int64).reshape(len(spans), 2).T
    ids = np.array([campaign.campaign_id for campaign in facts], dtype=object)
    return Lives(ids, first, last)


def complete(delivery: pd.DataFrame, lives: Lives, since: date, until: date) -> pd.DataFrame:
    """The rows of a span, and a row of zeros for each silent day on which a campaign was alive.

    A measure the account has is 0 where a row lacks it; one that it does not have stays missing.
    Reach is never made up.
    """
    grid = lives.within(since, until)
    table = grid.merge(delivery, on=["campaign_id", "date"], how="outer") if len(delivery) else grid
    counted = [str(name) for name in delivery if name not in KEYS]
    for name in (*counted, "spend", "impressions", "clicks"):
        table[name] = table[name].fillna(0.0) if name in table else 0.0
    return table


def _life(
    facts: CampaignFacts,
    ends: tuple[pd.Timestamp, pd.Timestamp] | None,
    since: date,
    until: date,
) -> tuple[int, int]:
    enabled = facts.status == "enabled"
    if ends is None and not enabled:
        return 0, -1
    begin = max(since, facts.started or since)
    first_day = ends[0].date() if ends and not (enabled and facts.started) else begin
    last_day = until if enabled or ends is None else ends[1].date()
    return _number(first_day), _number(last_day)


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH


def dated(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Rows of a platform's days with their `date` as dates; without any, the two key columns."""
    if not rows:
        return pd.DataFrame({"campaign_id": [], "date": []})
    frame = pd.DataFrame(rows)
    return frame.assign(date=pd.to_datetime(frame["date"]))
