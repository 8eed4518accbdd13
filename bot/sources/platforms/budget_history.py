"""What a campaign's daily budget was on each day, as far back as the platform remembers changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bot.sources.facts import CampaignFacts, PlatformChange


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
