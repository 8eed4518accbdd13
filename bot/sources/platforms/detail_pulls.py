"""What is below the campaigns of an account: each level asked for the newest days, for itself.

A level that does not come leaves what is stored of it as it was, and holds up nothing else: the
campaigns' numbers never wait for their details.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple

import pandas as pd

from bot.domain.details import DetailSpan
from bot.errors import SourceError
from bot.numbers.input.detail_rows import INCOMING, normal_details
from bot.numbers.input.names import account_key
from bot.sentences import Sentence
from bot.sources.facts import AdAccount
from bot.sources.platforms.client import Client, Detailed, understood

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BelowCampaigns:
    """The details of an account.

    Attributes:
        frame: `bot.numbers.input.detail_rows.INCOMING`; None where none are asked for.
        spans: What the frame has all of.
        notes: Levels that did not come, and why.
    """

    frame: pd.DataFrame | None = None
    spans: tuple[DetailSpan, ...] = ()
    notes: tuple[str, ...] = ()


class AccountCampaigns(NamedTuple):
    """What an account's parts are read by.

    Attributes:
        names: What each campaign is called, by id.
        counted: The measures the account has: a part without any of one had none.
    """

    names: Mapping[str, str]
    counted: Collection[str]


def pulled_details(
    client: Client, account: AdAccount, campaigns: AccountCampaigns, days: tuple[date, date] | None
) -> BelowCampaigns:
    """Every level the platform has.

    Args:
        client: The platform.
        account: Whose.
        campaigns: What they are called, and what the account counts.
        days: The first and last day; None asks for nothing.
    """
    if days is None or not isinstance(client, Detailed):
        return BelowCampaigns()
    since, until = days
    frames, spans, notes = [normal_details(pd.DataFrame(columns=list(INCOMING)))], [], []
    counted = [name for name in client.detail_results if name in campaigns.counted]
    for level in client.detail_levels:
        try:
            rows = understood(client, partial(client.details, account, level, since, until))
        except SourceError as error:
            notes.append(
                Sentence(
                    "%(account)s: no details by %(level)s today: %(error)s",
                    account=account.name,
                    level=level.value,
                    error=error.as_sentence,
                )
            )
            log.warning(notes[-1])
            continue
        if len(rows):
            rows = rows.assign(level=level.value, channel=client.channel)
            frames.append(_described(rows, account, campaigns.names, counted))
        key = account_key(account.account_id)
        spans.append(DetailSpan(client.channel, key, level.value, since, until))
    frame = pd.concat(frames[1:], ignore_index=True) if len(frames) > 1 else frames[0]
    return BelowCampaigns(frame, tuple(spans), tuple(notes))


def _described(
    rows: pd.DataFrame, account: AdAccount, names: Mapping[str, str], counted: Sequence[str]
) -> pd.DataFrame:
    """With what the account is; what it counts is 0 where a part had none."""
    table = normal_details(
        rows.assign(
            account_id=account.account_id,
            campaign_name=rows["campaign_id"].map(dict(names)).astype(object),
            currency=account.currency,
        )
    )
    return table.fillna(dict.fromkeys(counted, 0.0))
