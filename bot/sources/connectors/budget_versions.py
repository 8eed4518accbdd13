"""What campaigns may spend a day, out of the versions a connector keeps: that of each day.

A table that keeps one version of each only says since when it is so. What earlier pulls read of it
is remembered, so that a changed budget does not take the days before it away.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import sqlalchemy as sa

from bot.sources.base import PlatformChange
from bot.sources.connectors import values
from bot.sources.connectors.account_facts import status_of
from bot.sources.connectors.event_rows import Queries
from bot.sources.connectors.layouts import LOADERS, BudgetTable, ConnectorLayout
from bot.sources.connectors.selects import Raw
from bot.sources.platforms.meta_rows import units

READ = timedelta(days=1)
"""A version that does not say since when it is so was so on the day before it was read, too."""
REMEMBERED = timedelta(days=60)
TOLD_APART = ("amount", "kind", "shared", "pool", "budget", "title", "currency", "status")


@dataclass(frozen=True)
class BudgetVersion:
    """What a campaign, or a part of it, may spend a day from a moment on.

    Attributes:
        part: The ad set it is of; "" for the campaign's own.
        since: Aware UTC.
        amount: Currency units a day; None where there is no daily budget.
        shared: Whether others are paid from it, too.
        budget: Its id, or "".
        ended: Whether the part did not run.
        started: Since when there is a part; None where nothing says.
    """

    campaign: str
    part: str
    since: datetime
    amount: float | None
    shared: bool = False
    budget: str = ""
    title: str = ""
    ended: bool = False
    started: datetime | None = None


Versions = Sequence[BudgetVersion]


def read_budgets(
    queries: Queries, currencies: Mapping[str, str | None], seen: str, now: datetime
) -> tuple[DailyBudgets, str]:
    """Every budget that a connector's tables and earlier pulls know, and what is to be remembered.

    Args:
        queries: The connector's tables.
        currencies: What each campaign's money is in, as far as anybody says.
        seen: What the pull before left to be remembered.
        now: Aware UTC.
    """
    versions_of: dict[str, list[BudgetVersion]] = {}
    fleeting: list[BudgetVersion] = remembered(seen)
    has_own = any(not version.part for version in fleeting)
    for budgets in queries.match.layout.budgets:
        table = queries.match.table(budgets.tables)
        select = versions_select(queries.raw(table), budgets) if table else None
        if table is None or select is None:
            continue
        has_own |= not budgets.of_parts
        read: dict[str, list[BudgetVersion]] = {}
        for version in BudgetRows(budgets, currencies).versions(queries.rows(select)):
            read.setdefault(f"{version.campaign} {version.part}", []).append(version)
        for subject, versions in read.items():  # of several tables the first that has a campaign
            if versions_of.setdefault(subject, versions) is versions and not _keeps(
                budgets, table.name
            ):
                fleeting += versions
    kept = [version for versions in versions_of.values() for version in versions]
    budgets_known = DailyBudgets.of(merged(kept, fleeting), has_own=has_own)
    return budgets_known, to_remember(fleeting, now)


def versions_select(raw: Raw, budgets: BudgetTable) -> sa.Select[Any] | None:
    """Each version that differs from the one before it; None where the table has no budgets."""
    named = {
        name: value
        for name, names in budgets.columns.items()
        if (value := raw.expression(raw.clause, names)) is not None
    }
    synced = raw.table.synced
    named |= {"read": raw.clause.c[synced.name]} if synced else {}
    needed = {"campaign", "amount"} | {name for name in ("part", "kind") if name in budgets.columns}
    moment = named.get("since", named.get("read"))
    if moment is None or not needed <= set(named):
        return None
    columns = [value.label(name) for name, value in named.items()]
    if budgets.path:  # JSON, which no two warehouses compare alike
        return sa.select(*columns)
    whose = [named[name] for name in ("campaign", "part") if name in named]
    told_apart = [name for name in TOLD_APART if name in named]
    before = [
        sa.func.lag(named[name]).over(partition_by=whose, order_by=moment).label(f"before_{name}")
        for name in told_apart
    ]
    place = sa.func.row_number().over(partition_by=whose, order_by=moment)
    rows = sa.select(*columns, *before, place.label("place")).subquery("versions")
    differs = [rows.c[name].is_distinct_from(rows.c[f"before_{name}"]) for name in told_apart]
    return sa.select(*(rows.c[name] for name in named)).where(sa.or_(rows.c.place == 1, *differs))


def _keeps(budgets: BudgetTable, table: str) -> bool:
    """Whether a table keeps every version itself: Fivetran calls those its histories."""
    return "since" in budgets.columns and table.lower().endswith("_history")


@dataclass(frozen=True)
class BudgetRows:
    """Rows of `versions_select` as versions.

    Attributes:
        currencies: Of campaigns' money, as far as anybody says.
    """

    budgets: BudgetTable
    currencies: Mapping[str, str | None]

    def versions(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[BudgetVersion]:
        for row in rows:
            since = values.moment_of(row.get("since"))
            read = values.moment_of(row.get("read"))
            moment = since or (read and read - READ)
            campaign = values.id_of(row["campaign"])
            if moment is not None and campaign:
                yield self._version(row, campaign, moment)

    def _version(self, row: Mapping[str, Any], campaign: str, since: datetime) -> BudgetVersion:
        cell = row.get
        pool = values.id_of(cell("pool")).strip("0")
        return BudgetVersion(
            campaign,
            values.id_of(cell("part")),
            since,
            self._amount(row, campaign),
            shared=bool(pool) or _is_true(cell("shared")),
            budget=(pool and values.id_of(cell("pool")))
            or values.id_of(cell("budget")).rpartition("/")[2],
            title=values.text_of(cell("title")) or "",
            ended=status_of(cell("status")) in {"paused", "removed"},
            started=values.moment_of(cell("started")),
        )

    def _amount(self, row: Mapping[str, Any], campaign: str) -> float | None:
        """Of a day, in currency units; a budget of 0 is none: platforms write it for none."""
        kind = (values.text_of(row.get("kind")) or "").lower()
        if self.budgets.daily and kind not in self.budgets.daily:
            return None
        written, currency = row["amount"], self.currencies.get(campaign)
        if self.budgets.path:
            packed = values.opened(written)
            written = values.at_path(packed, self.budgets.path)
        named = values.text_of(row.get("currency"))
        if (named and currency and named != currency) or (
            self.budgets.unit == "minor" and currency is None
        ):
            return None
        amount = values.number_of(written, micros=self.budgets.unit == "micros")
        if np.isnan(amount) or amount <= 0:
            return None
        return amount / units(currency) if self.budgets.unit == "minor" else amount


def _is_true(value: Any) -> bool:
    return str(value).strip().lower() in {"true", "t", "1"}


@dataclass(frozen=True)
class DailyBudgets:
    """Every version that is known.

    Attributes:
        own: Of campaigns themselves, the oldest first.
        parts: Of a campaign's parts, by their ids.
        has_own: Whether there is a table of campaigns' own budgets at all.
    """

    own: Mapping[str, Versions] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, Versions]] = field(default_factory=dict)
    has_own: bool = False

    @classmethod
    def of(cls, versions: Iterable[BudgetVersion], *, has_own: bool) -> DailyBudgets:
        """Of versions in any order; where a budget's id is several campaigns', it is shared."""
        listed = list(versions)
        owners: dict[str, set[str]] = {}
        for version in listed:
            owners.setdefault(version.budget, set()).add(version.campaign)
        own: dict[str, list[BudgetVersion]] = {}
        parts: dict[str, dict[str, list[BudgetVersion]]] = {}
        for version in sorted(listed, key=lambda version: version.since):
            several = bool(version.budget) and len(owners[version.budget]) > 1
            marked = replace(version, shared=version.shared or several)
            of_campaign = parts.setdefault(version.campaign, {}) if version.part else own
            of_campaign.setdefault(version.part or version.campaign, []).append(marked)
        return cls(own, parts, has_own)

    def on(self, campaign: str, end: datetime) -> float | None:
        """The budget with which a day ended; None where it has none of its own, or nobody knows.

        Args:
            campaign: Its id.
            end: The midnight after the day, where the account is.
        """
        version = _at(self.own.get(campaign, ()), end)
        if version is not None and version.shared:
            return None
        if version is not None and version.amount is not None:
            return version.amount
        if version is None and self.has_own:
            return None
        return self._of_parts(campaign, end)

    def _of_parts(self, campaign: str, end: datetime) -> float | None:
        """Those that ran together; None where one of them had no daily budget, or nobody knows."""
        amounts = []
        for versions in self.parts.get(campaign, {}).values():
            version = _at(versions, end)
            if version is None:
                started = versions[0].started
                if started is None or started < end:
                    return None
            elif not version.ended:
                amounts.append(version.amount)
        present = [amount for amount in amounts if amount is not None]
        return sum(present) if present and len(present) == len(amounts) else None

    def shared_name(self, campaign: str) -> str:
        """What the budget is called that a campaign shares with others now; "" for one alone."""
        versions = self.own.get(campaign, ())
        newest = versions[-1] if versions else None
        return (newest.title or f"budget {newest.budget}") if newest and newest.shared else ""

    def changes(
        self, layout: ConnectorLayout, accounts: Mapping[str, str], since: datetime
    ) -> list[PlatformChange]:
        """Changes of campaigns' own budgets from a moment on; by whom, no connector says."""
        return [
            PlatformChange(accounts.get(campaign, ""), (campaign,), after.since, "budget",
                           before.amount, after.amount, "", LOADERS[layout.loader])
            for campaign, versions in self.own.items()
            for before, after in pairwise(versions)
            if after.since >= since and not after.shared and not before.shared
            and None not in {before.amount, after.amount} and before.amount != after.amount
        ]  # fmt: skip


def _at(versions: Versions, end: datetime) -> BudgetVersion | None:
    place = bisect_left(versions, end, key=lambda version: version.since)
    return versions[place - 1] if place else None


def remembered(text: str) -> list[BudgetVersion]:
    """The versions an earlier pull left; none where what it left cannot be read."""
    try:
        return [_restored(row) for row in json.loads(text or "[]")]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _restored(row: Mapping[str, Any]) -> BudgetVersion:
    started = row.get("started")
    since = datetime.fromisoformat(row["since"])
    return BudgetVersion(
        **{**row, "since": since, "started": started and datetime.fromisoformat(started)}
    )


def to_remember(versions: Iterable[BudgetVersion], now: datetime) -> str:
    """The versions of the last months, and of each the one that was so when they began."""
    oldest = now.astimezone(UTC) - REMEMBERED
    chosen: list[BudgetVersion] = []
    for versions_of_one in _by_subject(versions).values():
        begin = max(bisect_left(versions_of_one, oldest, key=lambda v: v.since) - 1, 0)
        chosen += versions_of_one[begin:]
    return json.dumps([
        asdict(version) | {"since": version.since.isoformat(),
                           "started": version.started and version.started.isoformat()}
        for version in chosen
    ])  # fmt: skip


def merged(
    versions: Iterable[BudgetVersion], earlier: Iterable[BudgetVersion]
) -> list[BudgetVersion]:
    """What is read and what is remembered, each version once, at the first moment it was so."""
    return [
        version
        for versions_of_one in _by_subject((*earlier, *versions)).values()
        for version in versions_of_one
    ]


def _by_subject(versions: Iterable[BudgetVersion]) -> dict[tuple[str, str], list[BudgetVersion]]:
    """The versions of each campaign or part, the oldest first, without those that say no more."""
    subjects: dict[tuple[str, str], list[BudgetVersion]] = {}
    for version in sorted(versions, key=lambda version: version.since):
        listed = subjects.setdefault((version.campaign, version.part), [])
        if not listed or replace(listed[-1], since=version.since) != version:
            listed.append(version)
    return subjects
