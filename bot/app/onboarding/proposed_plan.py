"""What each campaign is for and may cost, proposed from what its platform says, then its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from bot.numbers.infer import infer, model_for
from bot.sources.facts import CampaignFacts, Purpose


@dataclass(frozen=True)
class Proposal:
    """An entry of the plan.

    Attributes:
        match: Channel and exact name.
        known: Whether the platform says it; a guess is written switched off, since the plan counts
            as known, and money would move on it.
        reason: Why, in a few words.
        target_metric, target: The platform's bid target, standing in for one of your own.
    """

    match: str
    stage: str | None
    pricing_model: str | None
    known: bool
    reason: str
    target_metric: str = ""
    target: float | None = None
    shared_budget: str = ""


def proposals(channel: str, campaigns: Iterable[CampaignFacts]) -> list[Proposal]:
    """One a name, of campaigns that are not removed.

    An entry of the plan knows a campaign by its name alone. Where several accounts have the name,
    only what they agree on is proposed: a target in kroner is none in dollars.
    """
    named: dict[str, list[Proposal]] = {}
    for campaign in campaigns:
        if campaign.status != "removed" and campaign.name:
            named.setdefault(campaign.name, []).append(_proposal(channel, campaign))
    return [_agreed(alike) for alike in named.values()]


def proposals_of_numbers(frame: pd.DataFrame, campaigns: Iterable[CampaignFacts]) -> list[Proposal]:
    """Likewise of a warehouse's daily numbers; of campaigns it says nothing of, by their names.

    Args:
        frame: Daily numbers in canonical shape.
        campaigns: What the warehouse says of some or all of them.
    """
    names = ["channel", "account_id", "campaign_id", "campaign_name"]
    facts = {(campaign.account_id, campaign.campaign_id): campaign for campaign in campaigns}
    rows = frame[names].drop_duplicates(names[:3], keep="last").fillna("").astype(str)
    entries: list[Proposal] = []
    for channel, named in rows.groupby("channel", sort=True):
        listed = [
            facts.get((account, campaign))
            or CampaignFacts(account, campaign, name, "unknown", Purpose())
            for _, account, campaign, name in named.itertuples(index=False)
        ]
        entries += proposals(str(channel), listed)
    return entries


def _agreed(alike: list[Proposal]) -> Proposal:
    first_proposal = alike[0]
    purposes = {(proposal.stage, proposal.pricing_model, proposal.known) for proposal in alike}
    if len(purposes) > 1:
        return Proposal(first_proposal.match, None, None, False, "accounts with this name differ")
    if len({(proposal.target_metric, proposal.target) for proposal in alike}) > 1:
        reason = f"{first_proposal.reason}; bid targets differ between accounts, so none is written"
        first_proposal = replace(first_proposal, reason=reason, target_metric="", target=None)
    shared = {proposal.shared_budget for proposal in alike}
    return first_proposal if len(shared) == 1 else replace(first_proposal, shared_budget="")


def _proposal(channel: str, facts: CampaignFacts) -> Proposal:
    purpose = facts.purpose
    stage, model, reason = purpose.stage, purpose.pricing_model, purpose.reason
    if stage is None:
        guess = infer(facts.name, channel)
        stage, model = guess.stage, model_for(guess, guess.stage)
        reason = "its name" if stage else "nothing says what it is for"
    return Proposal(
        f"{channel}:{facts.name}", stage, model, purpose.known, reason,
        facts.bid_metric, facts.bid_target, facts.shared_budget,
    )  # fmt: skip
