"""A pull from a platform, whatever platform it is: the account's own days, whole or not at all.

One account that fails holds up no other. An account's days come in pieces its platform can answer;
where one piece does not come, nothing of the account is handed on, so that no day is half.

What a campaign's daily budget was on each day, as far back as the platform remembers changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from bot.errors import SettingsError, SourceError
from bot.numbers.input.daily import normalise
from bot.numbers.input.names import account_key
from bot.sources.base import AccountPull, Clock, Pulled, SourceConfig
from bot.sources.facts import AdAccount, CampaignFacts, PlatformChange
from bot.sources.platforms.client import Client, Noting
from bot.sources.platforms.delivery import budgets_by_day, complete, with_unlisted
from bot.sources.platforms.detail_pulls import pulled_details
from bot.sources.platforms.noticed import Ledger, ledger_of

HISTORY = timedelta(days=400)  # a year to look back on, and a month to compare it with
RESTATED = timedelta(days=30)  # the longest attribution window: results still move that long
COUNTED = timedelta(hours=3)  # after midnight, until a platform has counted the day before
FIRST_DETAILS = 28  # days of details of an account nobody pulled before
WINDOWS = (7, 28)  # days whose reach is asked for as a whole: it cannot be added up
Watch = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PlatformSource:
    """A platform's accounts as a source.

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

    def watched(self, watch: Watch) -> PlatformSource:
        """The same source, telling how far it is."""
        return replace(self, watch=watch)

    def accounts(self) -> list[AdAccount]:
        """The accounts this source is about.

        Raises:
            SourceError: The platform did not answer, or a named account cannot be reached.
        """
        reached = {account_key(account.account_id): account for account in self.client.accounts()}
        only = [account_key(account_id) for account_id in self.only]
        missing = [account_id for account_id in only if account_id not in reached]
        if missing:
            raise SourceError(
                f"{self.name}: this token does not reach account {', '.join(missing)}.",
                hint=f"It reaches {', '.join(reached) or 'none'}; check accounts in perfbot.toml.",
            )
        return [reached[account_id] for account_id in only] if only else list(reached.values())

    def pull(self, since: date | None, until: date | None) -> Pulled:
        """Each account's days, the last at most its own yesterday.

        Args:
            since: The first day; None for what may have changed since the last pull, or HISTORY.
            until: The last day; None for yesterday.

        Raises:
            SourceError: The accounts cannot be listed at all.
        """
        now = self.clock().astimezone(UTC)
        parts = [self._one(account, since, until, now) for account in self.accounts()]
        frames = [part.frame for part in parts if len(part.frame)]
        reach = [part.window_reach for part in parts if part.window_reach is not None]
        below = [part.details for part in parts if part.details is not None]
        remarks = tuple(self.client.notes) if isinstance(self.client, Noting) else ()
        return Pulled(
            normalise(pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()),
            now,
            tuple(pull for part in parts for pull in part.accounts),
            (*remarks, *(note for part in parts for note in part.notes)),
            {**self.seen, **{key: span for part in parts for key, span in part.seen.items()}},
            window_reach=pd.concat(reach, ignore_index=True) if reach else None,
            campaigns=tuple(campaign for part in parts for campaign in part.campaigns),
            changes=tuple(change for part in parts for change in part.changes),
            details=pd.concat(below, ignore_index=True) if below else None,
            detail_spans=tuple(span for part in parts for span in part.detail_spans),
        )

    def _one(
        self, account: AdAccount, since: date | None, until: date | None, now: datetime
    ) -> Pulled:
        """An account, or the sentence why not."""
        empty = normalise(pd.DataFrame())
        try:
            zone = ZoneInfo(account.time_zone)
        except (KeyError, ValueError):
            sentence = f"{account.name} is in a time zone nobody knows: {account.time_zone!r}."
            return Pulled(empty, now, (_failed(self.client, account, sentence),))
        last_day = _yesterday(now, zone, until)
        first_day = since or self._since(account, last_day)
        if first_day > last_day:
            fine = AccountPull(account.account_id, (self.client.channel,), ok=True, until=last_day)
            return Pulled(empty, now, (fine,))
        try:
            return _Account(self, account, now, zone).pull(first_day, last_day)
        except SourceError as error:
            return Pulled(empty, now, (_failed(self.client, account, str(error)),))

    def _since(self, account: AdAccount, last_day: date) -> date:
        """What may have been restated; all of it the first time, or where some is missing."""
        begin, _, end = self.seen.get(account.account_id, "").partition("..")
        if not end or date.fromisoformat(begin) > last_day - HISTORY + RESTATED:
            return last_day - HISTORY + timedelta(days=1)
        return min(date.fromisoformat(end), last_day) - RESTATED


def _failed(client: Client, account: AdAccount, sentence: str) -> AccountPull:
    return AccountPull(account.account_id, (client.channel,), ok=False, until=None, error=sentence)


def _yesterday(now: datetime, zone: ZoneInfo, until: date | None) -> date:
    """The account's last day that is over and counted, and no later than `until`."""
    local = (now - COUNTED).astimezone(zone).date() - timedelta(days=1)
    return min(local, until) if until else local


@dataclass(frozen=True)
class _Account:
    """One account of a pull."""

    source: PlatformSource
    account: AdAccount
    now: datetime
    zone: ZoneInfo

    def pull(self, since: date, until: date) -> Pulled:
        """Its days, facts and changes.

        Raises:
            SourceError: Some piece did not come.
        """
        client, account = self.source.client, self.account
        listed = client.campaigns(account)
        delivery = self._days(since, until)
        facts = with_unlisted(listed, delivery, account)
        ledger = self._ledger(facts, delivery)
        changes = ledger.changes if ledger else self._changes()
        rows = complete(delivery, facts, since, until)
        remembered = (ledger and ledger.since) or self._remembered()
        rows = rows.assign(daily_budget=budgets_by_day(rows, facts, changes, self.zone, remembered))
        fine = AccountPull(account.account_id, (client.channel,), ok=True, until=until)
        described = self._described(rows, facts)
        below = pulled_details(client, account, described, self._detailed(since, until))
        before = self.source.seen.get(account.account_id, "").partition("..")[0]
        begin = min(before or since.isoformat(), since.isoformat())
        return Pulled(
            described,
            self.now,
            (fine,),
            below.notes,
            seen={account.account_id: f"{begin}..{until}"}
            | ({_ledger_key(account): ledger.text()} if ledger else {}),
            campaigns=tuple(facts),
            changes=tuple(changes),
            window_reach=self._reach(until),
            details=below.frame,
            detail_spans=below.spans,
        )

    def _days(self, since: date, until: date) -> pd.DataFrame:
        pieces, total = [], (until - since).days + 1
        for first_day, last_day in spans(since, until, self.source.client.days_a_call):
            pieces.append(self.source.client.days(self.account, first_day, last_day))
            if self.source.watch:
                self.source.watch(self.account.name, (last_day - since).days + 1, total)
        frames = [piece for piece in pieces if len(piece)]
        if not frames:
            return pd.DataFrame({"campaign_id": [], "date": []})
        return pd.concat(frames, ignore_index=True)

    def _detailed(self, since: date, until: date) -> tuple[date, date] | None:
        """The days whose details are asked for: more the first time, for there are none yet."""
        days = self.source.detail_days
        if not days:
            return None
        if self.account.account_id not in self.source.seen:
            days = max(days, FIRST_DETAILS)
        return max(since, until - timedelta(days=days - 1)), until

    def _today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def _remembered(self) -> date:
        """The first day of which is known what was changed."""
        return self._today() - timedelta(days=max(self.source.client.history_days - 1, 1))

    def _ledger(self, facts: Sequence[CampaignFacts], delivery: pd.DataFrame) -> Ledger | None:
        """What pulls noticed of changes, where the platform keeps no history itself."""
        if self.source.client.history_days:
            return None
        earlier = self.source.seen.get(_ledger_key(self.account), "")
        ledger = ledger_of(earlier, self.account.account_id)
        return ledger.after(facts, delivery, self.now.astimezone(self.zone))

    def _changes(self) -> Sequence[PlatformChange]:
        return self.source.client.changes(self.account, self._remembered(), self._today())

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

    def _described(self, rows: pd.DataFrame, facts: Sequence[CampaignFacts]) -> pd.DataFrame:
        """With what the account and the campaigns are; only what is known of their purpose."""
        facts_by_id = {campaign.campaign_id: campaign for campaign in facts}

        def column(value: Callable[[CampaignFacts], str | None]) -> pd.Series:
            words = {key: value(campaign) for key, campaign in facts_by_id.items()}
            return rows["campaign_id"].map(words).astype(object)

        channel, account = self.source.client.channel, self.account
        return rows.assign(
            channel=channel,
            account_id=account.account_id,
            account_name=account.name,
            campaign_name=column(lambda campaign: campaign.name),
            stage=column(
                lambda campaign: campaign.purpose.stage if campaign.purpose.known else None
            ),
            pricing_model=column(
                lambda campaign: campaign.purpose.pricing_model if campaign.purpose.known else None
            ),
            billed_by=column(lambda campaign: campaign.billed_by),
            measured_by=channel,
            currency=account.currency,
            time_zone=account.time_zone,
            source=self.source.name,
            pulled_at=pd.Timestamp(self.now).tz_localize(None),
            pulled_on=pd.Timestamp(self._today()),
        )


def _ledger_key(account: AdAccount) -> str:
    return f"{account.account_id} ledger"


def spans(since: date, until: date, days: int) -> Iterator[tuple[date, date]]:
    """The days in pieces of at most so many."""
    while since <= until:
        last_day = min(since + timedelta(days=days - 1), until)
        yield since, last_day
        since = last_day + timedelta(days=1)


def require_token(config: SourceConfig, token: str, renew: str) -> None:
    """A platform reached with one access token has it; else what to do.

    Raises:
        SettingsError: The access token is missing.
    """
    if not config.secret_values.get(token):
        raise SettingsError(f"{config.name} lacks {token}.", hint=renew)


def named_accounts(config: SourceConfig) -> tuple[str, ...]:
    """Ids of the accounts that perfbot.toml names; empty for all that the token reaches."""
    return config.accounts or ((config.account,) if config.account else ())
