"""A pull from a platform, whatever platform it is: the account's own days, whole or not at all.

One account that fails holds up no other. Where one piece of its days does not come, nothing of the
account is handed on, so that no day is half.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from bot.errors import SettingsError, SourceError
from bot.numbers.input.daily import normalise
from bot.numbers.input.names import account_key
from bot.sentences import Sentence
from bot.sources.base import AccountPull, AdAccount, Pulled, SourceConfig
from bot.sources.platforms.account_pull import COUNTED, PlatformAccess, PulledAccount, Watch
from bot.sources.platforms.client import Client, Noting, understood

HISTORY = timedelta(days=400)  # a year to look back on, and a month to compare it with
RESTATED = timedelta(days=30)  # the longest attribution window: results still move that long


@dataclass(frozen=True)
class PlatformSource(PlatformAccess):
    """A platform's accounts as a source."""

    def watched(self, watch: Watch) -> PlatformSource:
        """The same source, telling how far it is."""
        return replace(self, watch=watch)

    def accounts(self) -> list[AdAccount]:
        """The accounts this source is about.

        Raises:
            SourceError: The platform did not answer, or a named account cannot be reached.
        """
        listed = understood(self.client, self.client.accounts)
        reached = {account_key(account.account_id): account for account in listed}
        only = [account_key(account_id) for account_id in self.only]
        missing = [account_id for account_id in only if account_id not in reached]
        if missing:
            raise SourceError(
                Sentence(
                    "%(name)s: this token does not reach account %(accounts)s.",
                    name=self.name,
                    accounts=", ".join(missing),
                ),
                hint=Sentence(
                    "It reaches %(accounts)s; check accounts in perfbot.toml.",
                    accounts=", ".join(reached) or "–",
                ),
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
        parts = [(part, [*part.earlier, part.frame]) for part in self.each(since, until)]
        frames = [frame for _, pieces in parts for frame in pieces if len(frame)]
        reach = [part.window_reach for part, _ in parts if part.window_reach is not None]
        below = [part.details for part, _ in parts if part.details is not None]
        return Pulled(
            normalise(pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()),
            now,
            tuple(pull for part, _ in parts for pull in part.accounts),
            (*self.remarks(), *(note for part, _ in parts for note in part.notes)),
            {**self.seen, **{key: span for part, _ in parts for key, span in part.seen.items()}},
            window_reach=pd.concat(reach, ignore_index=True) if reach else None,
            campaigns=tuple(campaign for part, _ in parts for campaign in part.campaigns),
            changes=tuple(change for part, _ in parts for change in part.changes),
            details=pd.concat(below, ignore_index=True) if below else None,
            detail_spans=tuple(span for part, _ in parts for span in part.detail_spans),
        )

    def each(self, since: date | None, until: date | None) -> Iterator[Pulled]:
        """`pull`, an account at a time; what is `earlier` must be gone through before the next.

        `seen` is of this account alone, and the notes are without what the client remarks.
        """
        now = self.clock().astimezone(UTC)
        return (self._one(account, since, until, now) for account in self.accounts())

    def remarks(self) -> tuple[str, ...]:
        """What the client has to say that is no failure."""
        return tuple(self.client.notes) if isinstance(self.client, Noting) else ()

    def _one(
        self, account: AdAccount, since: date | None, until: date | None, now: datetime
    ) -> Pulled:
        """An account, or the sentence why not."""
        empty = normalise(pd.DataFrame())
        try:
            zone = ZoneInfo(account.time_zone)
        except (KeyError, ValueError):
            sentence = Sentence(
                "%(account)s is in a time zone nobody knows: %(zone)s.",
                account=account.name,
                zone=repr(account.time_zone),
            )
            return Pulled(empty, now, (_failed(self.client, account, sentence),))
        last_day = _yesterday(now, zone, until)
        first_day = since or self._since(account, last_day)
        if first_day > last_day:
            fine = AccountPull(account.account_id, (self.client.channel,), ok=True, until=last_day)
            return Pulled(empty, now, (fine,))
        try:
            pulled = PulledAccount(self, account, now, zone)
            return understood(self.client, lambda: pulled.pull(first_day, last_day))
        except SourceError as error:
            return Pulled(empty, now, (_failed(self.client, account, error.as_sentence),))

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


def require_token(config: SourceConfig, token: str, renew: str) -> None:
    """A platform reached with one access token has it; else what to do.

    Raises:
        SettingsError: The access token is missing.
    """
    if not config.secret_values.get(token):
        raise SettingsError(
            Sentence("%(name)s lacks %(missing)s.", name=config.name, missing=token), hint=renew
        )


def named_accounts(config: SourceConfig) -> tuple[str, ...]:
    """Ids of the accounts that perfbot.toml names; empty for all that the token reaches."""
    return config.accounts or ((config.account,) if config.account else ())
