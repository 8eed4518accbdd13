"""One account of a pull: its days, whole or not at all, and what its campaigns are.

Its days come in pieces the platform can answer. They are handed on in pieces, too, once all of
them are there: what is held at a time hangs on the campaigns of a day, not on how many days. Each
level below its campaigns is asked for the newest days, for itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bot.domain.details import DetailSpan
from bot.errors import SourceError
from bot.numbers.input.detail_rows import INCOMING, normal_details
from bot.numbers.input.names import account_key
from bot.numbers.input.normalise import normalise
from bot.sentences import Sentence
from bot.sources.base import AccountPull, AdAccount, CampaignFacts, Clock, PlatformChange, Pulled
from bot.sources.platforms.client import Client, Detailed, understood
from bot.sources.platforms.delivery import Lives, budgets_by_day, complete, lives_of, with_unlisted
from bot.sources.platforms.pulled_days import ChangeLedger, PulledDays, Span, ledger_of

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


COUNTED = timedelta(hours=3)  # after midnight, until a platform has counted the day before
FIRST_DETAILS = 28  # days of details of an account nobody pulled before
WINDOWS = (7, 28)  # days whose reach is asked for as a whole: it cannot be added up
PIECE = 100_000
"""Rows that are handed on at a time, roughly."""
Watch = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PlatformAccess:
    """A platform as a source asks it.

    Attributes:
        name: The source's name in perfbot.toml.
        client: The platform.
        clock: The time now, with its zone.
        only: Ids of the accounts that are wanted; empty for all that the token reaches.
        seen: Account to the days pulled before, `2026-10-01..2026-11-27`, and to its ledger.
        watch: Called with an account's name, and the days pulled of how many.
        detail_days: Of how many of the newest days ads, keywords and audiences are asked; 0: none.
    """

    name: str
    client: Client
    clock: Clock
    only: tuple[str, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)
    watch: Watch | None = None
    detail_days: int = 0


@dataclass(frozen=True)
class PulledAccount:
    """One account of a pull."""

    source: PlatformAccess
    account: AdAccount
    now: datetime
    zone: ZoneInfo

    def pull(self, since: date, until: date) -> Pulled:
        """Its days, facts and changes; what was kept of the days is gone once all are handed on.

        Raises:
            SourceError: Some piece did not come.
        """
        listed = self.source.client.campaigns(self.account)
        days = PulledDays()
        try:
            self._fetch(days, since, until)
            return self._answer(days, listed, since, until)
        except BaseException:
            days.close()
            raise

    def _fetch(self, days: PulledDays, since: date, until: date) -> None:
        total = (until - since).days + 1
        for span in spans(since, until, self.source.client.days_a_call):
            days.add(span, self.source.client.days(self.account, *span))
            if self.source.watch:
                self.source.watch(self.account.name, (span[1] - since).days + 1, total)

    def _answer(
        self, days: PulledDays, listed: Sequence[CampaignFacts], since: date, until: date
    ) -> Pulled:
        client, account = self.source.client, self.account
        named = with_unlisted(listed, days.names, account)
        facts = [fact.on(self.today()) for fact in named]
        ledger = self._ledger(facts, days)
        changes, remembered = self._changed(ledger, days.shown_until)
        lives = lives_of(facts, days.ends, since, until)
        rows = _Rows(self, days, facts, lives, (changes, remembered))
        campaigns = AccountCampaigns({fact.campaign_id: fact.name for fact in facts}, days.columns)
        below = pulled_details(client, account, campaigns, self._detailed(since, until))
        before = self.source.seen.get(account.account_id, "").partition("..")[0]
        begin = min(before or since.isoformat(), since.isoformat())
        *earlier, newest = spans(since, until, max(1, PIECE // max(1, len(facts))))
        return Pulled(
            rows.of(newest),
            self.now,
            (AccountPull(account.account_id, (client.channel,), ok=True, until=until),),
            (*self._emptiness(facts), *below.notes),
            seen={account.account_id: f"{begin}..{until}"} | {ledger_key(account): ledger.text()},
            campaigns=tuple(facts),
            changes=tuple(changes),
            window_reach=self._reach(until),
            details=below.frame,
            detail_spans=below.spans,
            earlier=rows.each(earlier),
        )

    def _emptiness(self, facts: Sequence[CampaignFacts]) -> Iterator[Sentence]:
        """An account in which nothing was ever set up answers as one that is mistyped would."""
        if not facts:
            yield Sentence(
                "%(account)s (%(id)s) has no campaigns. If it should have some, they are in "
                "another account: perfbot init lists those this sign-in reaches.",
                account=self.account.name,
                id=self.account.account_id,
            )

    def _detailed(self, since: date, until: date) -> tuple[date, date] | None:
        """The days whose details are asked for: more the first time, for there are none yet."""
        days = self.source.detail_days
        if not days:
            return None
        if self.account.account_id not in self.source.seen:
            days = max(days, FIRST_DETAILS)
        return max(since, until - timedelta(days=days - 1)), until

    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def known_on(self) -> date:
        """The morning from which the numbers count as known.

        Until a platform has counted the day before, the account's morning is still yesterday's.
        """
        return (self.now - COUNTED).astimezone(self.zone).date()

    def _remembered(self) -> date:
        """The first day of which is known what was changed."""
        return self.today() - timedelta(days=max(self.source.client.history_days - 1, 1))

    def _ledger(self, facts: Sequence[CampaignFacts], days: PulledDays) -> ChangeLedger:
        """What pulls noticed of changes."""
        earlier = self.source.seen.get(ledger_key(self.account), "")
        ledger = ledger_of(earlier, self.account.account_id)
        return ledger.after(facts, days.shown_until, self.now.astimezone(self.zone))

    def _changed(
        self, ledger: ChangeLedger, shown_until: Mapping[str, date]
    ) -> tuple[Sequence[PlatformChange], date]:
        """What was changed, by the platform's own history where it has one; since when."""
        remembered = self._remembered()
        if not self.source.client.history_days:
            return ledger.changes, ledger.since or remembered
        logged = self.source.client.changes(self.account, remembered, self.today())
        unlogged = ledger.unlogged(logged, shown_until, remembered)
        return sorted((*logged, *unlogged), key=lambda change: change.when), remembered

    def _reach(self, until: date) -> pd.DataFrame | None:
        """People reached in the windows that end on the last day."""
        tables = []
        for days in WINDOWS:
            first_day = until - timedelta(days=days - 1)
            table = self.source.client.reach(self.account, first_day, until)
            if len(table):
                tables.append(
                    table.assign(since=pd.Timestamp(first_day), until=pd.Timestamp(until))
                )
        if not tables:
            return None
        return pd.concat(tables, ignore_index=True).assign(
            channel=self.source.client.channel,
            account_id=self.account.account_id,
            pulled_at=pd.Timestamp(self.now).tz_localize(None),
        )


@dataclass(frozen=True)
class _Rows:
    """The days as they are handed on, completed and described, piece by piece.

    Attributes:
        of_account: Whose.
        days: What came.
        facts: The campaigns.
        lives: The days on which each must have a row.
        changes: What was changed, and the first day of which that is known.
    """

    of_account: PulledAccount
    days: PulledDays
    facts: Sequence[CampaignFacts]
    lives: Lives
    changes: tuple[Sequence[PlatformChange], date]

    def each(self, pieces: Sequence[Span]) -> Iterator[pd.DataFrame]:
        """Every piece; then what was kept is gone."""
        try:
            yield from map(self.of, pieces)
        finally:
            self.days.close()

    def of(self, span: Span) -> pd.DataFrame:
        """The rows of some days, in canonical shape."""
        rows = complete(self.days.between(*span), self.lives, *span)
        changes, remembered = self.changes
        budgets = budgets_by_day(rows, self.facts, changes, self.of_account.zone, remembered)
        return normalise(self._described(rows.assign(daily_budget=budgets)))

    def _described(self, rows: pd.DataFrame) -> pd.DataFrame:
        """With what the account and the campaigns are; only what is known of their purpose."""
        source, account = self.of_account.source, self.of_account.account
        return rows.assign(
            channel=source.client.channel,
            account_id=account.account_id,
            account_name=account.name,
            **self._of_campaigns(rows["campaign_id"]),
            measured_by=source.client.channel,
            currency=account.currency,
            time_zone=account.time_zone,
            source=source.name,
            pulled_at=pd.Timestamp(self.of_account.now).tz_localize(None),
            pulled_on=pd.Timestamp(self.of_account.known_on()),
        )

    def _of_campaigns(self, ids: pd.Series) -> dict[str, pd.Series]:
        """A column each of what is known of a campaign."""
        purposes = {fact.campaign_id: fact.purpose for fact in self.facts if fact.purpose.known}
        words: dict[str, dict[str, str | None]] = {
            "campaign_name": {fact.campaign_id: fact.name for fact in self.facts},
            "stage": {key: purpose.stage for key, purpose in purposes.items()},
            "pricing_model": {key: purpose.pricing_model for key, purpose in purposes.items()},
            "billed_by": {fact.campaign_id: fact.billed_by for fact in self.facts},
        }
        codes, different = pd.factorize(ids)
        return {
            name: pd.Series(
                np.array([values.get(key) for key in different], dtype=object)[codes],
                index=ids.index, dtype=object,
            )
            for name, values in words.items()
        }  # fmt: skip


def ledger_key(account: AdAccount) -> str:
    """Where what pulls noticed of an account's changes is remembered."""
    return f"{account.account_id} ledger"


def spans(since: date, until: date, days: int) -> Iterator[tuple[date, date]]:
    """The days in pieces of at most so many."""
    while since <= until:
        last_day = min(since + timedelta(days=days - 1), until)
        yield since, last_day
        since = last_day + timedelta(days=1)
