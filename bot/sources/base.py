"""What a source of daily numbers is: asked for days, it answers with numbers and how it went.

And with what a platform says of its accounts and campaigns beside their daily numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Protocol

import pandas as pd

from bot.domain.details import DetailSpan
from bot.numbers.source_health import ShortDay

Status = Literal["enabled", "paused", "ended", "removed", "unknown"]


@dataclass(frozen=True)
class AdAccount:
    """An ad account that a token reaches.

    Attributes:
        account_id: As the platform writes it, without marks or prefix.
        time_zone: IANA name; the account's days are there.
        through: The manager account it is reached through; "" where it is reached directly.
    """

    account_id: str
    name: str
    currency: str | None
    time_zone: str
    through: str = ""


@dataclass(frozen=True)
class Purpose:
    """What a campaign is for, as its platform has it.

    Attributes:
        stage: reach, act, convert or engage; None where nothing says.
        pricing_model: CPM, CPC, CPL or CPA, by what is optimised for.
        known: Whether the platform itself says what it optimises; else it is a guess, which holds
            back every move of money.
        reason: The platform's own words for it: "bidding strategy TARGET_CPA, lead goal".
    """

    stage: str | None = None
    pricing_model: str | None = None
    known: bool = False
    reason: str = ""


@dataclass(frozen=True)
class CampaignFacts:
    """A campaign as its platform has it now.

    Attributes:
        status: A paused campaign is not one that stopped, nor is one that ended as it was to.
        started: Its first day; None where the platform does not say.
        ends: Its last day, as somebody set it; None where it has none.
        daily_budget: Currency units a day; None where it is shared, a lifetime's, or its ad sets'
            with any of them unknown.
        shared_budget: The name of the budget it shares with others, or "".
        budget_id: The platform's id of the budget, where budgets have ids.
        bid_metric, bid_target: What the platform bids to (`cpa`, `cpl`, `roas`), currency units;
            stands in for a target that the plan lacks.
        billed_by: CPM, CPC …: what is charged for, where it is known.
        attribution: The windows in which results are counted (`bot.domain.attribution`).
    """

    account_id: str
    campaign_id: str
    name: str
    status: Status
    purpose: Purpose
    started: date | None = None
    ends: date | None = None
    daily_budget: float | None = None
    shared_budget: str = ""
    budget_id: str = ""
    bid_metric: str = ""
    bid_target: float | None = None
    billed_by: str | None = None
    attribution: str = ""

    def on(self, day: date) -> CampaignFacts:
        """As it stands on a day: platforms go on to call what has ended enabled."""
        over = self.status == "enabled" and self.ends is not None and self.ends < day
        return replace(self, status="ended") if over else self


@dataclass(frozen=True)
class PlatformChange:
    """Something somebody changed on the platform.

    Attributes:
        what: `budget`, `status` or `bid`.
        before, after: Currency units, a ratio (target ROAS) or a status; None where unknown.
        by: Who did it, as the platform names them.
        through: `web`, `api` or another of the platform's words.
    """

    account_id: str
    campaign_ids: tuple[str, ...]
    when: datetime
    what: str
    before: float | str | None
    after: float | str | None
    by: str
    through: str = ""


@dataclass(frozen=True)
class TokenFacts:
    """What a platform says of the token it is asked with.

    Attributes:
        issued: When it was made; None where the platform does not say.
        ends: When it ends; None where it does not, or the platform does not say.
        scopes: What it may do, in the platform's own words; empty where it does not say.
    """

    issued: datetime | None = None
    ends: datetime | None = None
    scopes: frozenset[str] = frozenset()


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
        short_days: Days that lack hours, where rows of hours were read.
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
    short_days: tuple[ShortDay, ...] = ()


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
