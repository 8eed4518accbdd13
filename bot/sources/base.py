"""What a source of daily numbers is: asked for days, it answers with numbers and how it went."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import pandas as pd

from bot.domain.details import DetailSpan
from bot.sources.facts import CampaignFacts, PlatformChange

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class AccountPull:
    """How the pull went for one account.

    Attributes:
        account_id: The account, or "" where the source does not tell accounts apart.
        channels: The channels the account gave rows for.
        ok: Whether the account answered; a pull that worked and gave no row is not a failed one.
        until: The last day it gave rows for.
        error: One sentence with the way out where it failed.
    """

    account_id: str
    channels: tuple[str, ...]
    ok: bool
    until: date | None
    error: str = ""


@dataclass(frozen=True)
class Pulled:
    """What a source gave.

    Attributes:
        frame: Daily numbers in canonical shape (`bot.numbers.input.daily.COLUMNS`), one row a day,
            campaign and detail; empty where there was nothing new. Where there is more than
            should be held at once, the newest days of it.
        earlier: Then the days before, piece by piece, each in the same shape: to be gone through
            once.
        pulled_at: When, in UTC.
        accounts: How it went for each account, and for each file that could not be read.
        notes: What a person should know of how the numbers were read.
        seen: What to hand in next time so that unchanged files are left alone.
        window_reach: Reach of whole windows, where the source gives it.
        campaigns: What a platform says of its campaigns: status, budget, bid target.
        changes: What was changed on the platform, and by whom.
        details: Parts of campaigns (`bot.numbers.input.detail_rows.INCOMING`), where it has any.
        detail_spans: What those are all of: days of a level and account.
        columns: By channel and account, the columns its files have
            (`bot.sources.exports.ReadFile.columns`); empty where there are no files.
        orders, leads: What was really sold and what became of leads, where the source has them
            (`bot.numbers.documented.COLUMNS`, `bot.numbers.lead_quality.COLUMNS`).
    """

    frame: pd.DataFrame
    pulled_at: datetime
    accounts: tuple[AccountPull, ...]
    notes: tuple[str, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)
    window_reach: pd.DataFrame | None = None
    campaigns: tuple[CampaignFacts, ...] = ()
    changes: tuple[PlatformChange, ...] = ()
    details: pd.DataFrame | None = None
    detail_spans: tuple[DetailSpan, ...] = ()
    columns: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    orders: pd.DataFrame | None = None
    leads: pd.DataFrame | None = None
    earlier: Iterable[pd.DataFrame] = ()


class Source(Protocol):
    """Where daily numbers come from."""

    @property
    def name(self) -> str:
        """The name given in perfbot.toml."""

    def pull(self, since: date | None, until: date | None) -> Pulled:
        """The daily numbers from `since` to `until`, both included; None leaves that end open.

        Raises:
            SourceError: The source as a whole did not answer.
        """


class SourceConfig(Protocol):
    """What `[[sources]]` in perfbot.toml says of one source."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def path(self) -> Path | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def table(self) -> str | None: ...
    @property
    def raw_schema(self) -> str | None: ...
    @property
    def connector(self) -> str | None: ...
    @property
    def orders(self) -> str | None: ...
    @property
    def leads(self) -> str | None: ...
    @property
    def channel(self) -> str | None: ...
    @property
    def account(self) -> str | None: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def columns(self) -> Mapping[str, str]: ...
    @property
    def time_zone(self) -> str | None: ...
    @property
    def manager(self) -> str | None: ...
    @property
    def accounts(self) -> tuple[str, ...]: ...
    @property
    def credentials(self) -> Path | None: ...
    @property
    def detail_days(self) -> int: ...
    @property
    def secret_values(self) -> Mapping[str, str]: ...


def accounts_of(frame: pd.DataFrame) -> tuple[AccountPull, ...]:
    """One successful pull for each account of the frame: its channels and its last day."""
    return tuple(
        AccountPull(
            account_id=str(account),
            channels=tuple(sorted(rows["channel"].unique())),
            ok=True,
            until=rows["date"].max().date(),
        )
        for account, rows in frame.groupby("account_id", sort=True)
    )


def between(frame: pd.DataFrame, since: date | None, until: date | None) -> pd.DataFrame:
    """The rows from `since` to `until`, both included."""
    in_span = pd.Series(True, index=frame.index)
    if since is not None:
        in_span &= frame["date"] >= pd.Timestamp(since)
    if until is not None:
        in_span &= frame["date"] <= pd.Timestamp(until)
    return frame if in_span.all() else frame[in_span].reset_index(drop=True)
