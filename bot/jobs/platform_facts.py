"""What a pull says of accounts beside their numbers: within how many days they count results."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.attribution import shared
from bot.numbers.input.names import account_key, channel_key
from bot.snapshot.counted_within import remember
from bot.sources import Pulled
from bot.sources.base import CampaignFacts
from bot.store.base import Store


def keep_attribution(store: Store, answer: Pulled) -> None:
    """Within how many days results are counted, of each account that answered.

    What its running campaigns agree on; where none runs, what they all do.
    """
    channels = {
        account.account_id: account.channels[0]
        for account in answer.accounts
        if account.ok and account.channels
    }
    by_account: dict[str, list[CampaignFacts]] = {}
    for campaign in answer.campaigns:
        by_account.setdefault(campaign.account_id, []).append(campaign)
    settings = {
        (channel_key(channels[account]), account_key(account)): _of_account(campaigns)
        for account, campaigns in by_account.items()
        if account in channels
    }
    remember(store, settings, answer.pulled_at.date())


def _of_account(campaigns: Sequence[CampaignFacts]) -> str:
    running = [campaign for campaign in campaigns if campaign.status == "enabled"]
    return shared(campaign.attribution for campaign in running or campaigns)
