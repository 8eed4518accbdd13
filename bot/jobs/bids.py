"""What platforms bid to, kept as targets that stand in where the plan has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date

import pandas as pd

from bot.context.context import BIDS
from bot.numbers.input.names import account_key, channel_key
from bot.sources import Pulled
from bot.sources.facts import CampaignFacts
from bot.store.advice_life import PERFBOT
from bot.store.base import PlanRow, Store


def keep_bids(store: Store, answer: Pulled) -> bool:
    """Keep the bid targets of a pull from its day on, and end those that are no more.

    Only accounts that answered count: what an account that failed bid to stays. A campaign that is
    not listed any more keeps its target, which its past mornings were judged by.

    Returns:
        Whether anything had changed.
    """
    if not answer.campaigns:
        return False
    known_on = _known_on(answer)
    standing = _standing(store)
    rows = [
        PlanRow(pattern, values, known_on, PERFBOT, answer.pulled_at, BIDS)
        for pattern, values in sorted(_bids(answer))
        if values != standing.get(pattern, {})
    ]
    return bool(rows) and store.set_plan(rows, origin=BIDS)


def _standing(store: Store) -> dict[str, Mapping[str, object]]:
    """What is kept, the newest of each campaign."""
    rows = sorted(
        (row for row in store.plan_rows() if row.origin == BIDS), key=lambda row: row.valid_from
    )
    return {row.pattern: row.values for row in rows}  # noqa: PD011, no frame


def _bids(answer: Pulled) -> Iterator[tuple[str, dict[str, object]]]:
    channels = {
        account.account_id: account.channels[0]
        for account in answer.accounts
        if account.ok and account.channels
    }
    for campaign in answer.campaigns:
        channel = channels.get(campaign.account_id)
        if channel is not None:
            target = _target(campaign)
            yield _pattern(channel, campaign), {"target": target} if target else {}


def _target(campaign: CampaignFacts) -> dict[str, float]:
    """By metric; nothing where it bids to none, or was removed."""
    if campaign.bid_target is None or not campaign.bid_metric or campaign.status == "removed":
        return {}
    return {campaign.bid_metric: float(campaign.bid_target)}


def _pattern(channel: str, campaign: CampaignFacts) -> str:
    return f"{channel_key(channel)}|{account_key(campaign.account_id)}|{campaign.campaign_id}"


def _known_on(answer: Pulled) -> date:
    """The morning the pull was made on, where the accounts are."""
    day = answer.frame["pulled_on"].max() if len(answer.frame) else pd.NaT
    return answer.pulled_at.astimezone(UTC).date() if pd.isna(day) else day.date()
