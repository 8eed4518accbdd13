"""The plan: what people say their campaigns are for, may cost and belong to.

Which entry of a plan is about a campaign.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.infer import MODELS, STAGES, model_for, purpose
from bot.numbers.input.names import account_key, channel_key, normal_name
from bot.numbers.shards import Census

Fits: TypeAlias = Callable[[str], object]
BidKey: TypeAlias = tuple[str, str, str]  # channel, account and campaign id


def matches(pattern: str, channel: str, campaign_name: str) -> bool:
    """Whether a plan's pattern fits a campaign: its name, case aside, or `channel:name`."""
    return Patterns((pattern,)).first(channel, campaign_name) is not None


class Patterns:
    """Patterns in order, read once, so that each of many names is looked up quickly."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._names: dict[tuple[str | None, str], int] = {}
        self._wild: list[tuple[int, str | None, Fits]] = []
        for place, pattern in enumerate(patterns):
            normal_pattern = normal_name(pattern)
            self._add(place, None, normal_pattern)
            channel, colon, name_pattern = normal_pattern.partition(":")
            if colon:
                self._add(place, channel_key(channel), name_pattern.strip())

    def _add(self, place: int, channel: str | None, normal_pattern: str) -> None:
        self._names.setdefault((channel, normal_pattern), place)
        if any(mark in normal_pattern for mark in "*?["):
            self._wild.append((place, channel, re.compile(fnmatch.translate(normal_pattern)).match))

    def fitting(self, names: Collection[tuple[str, str]]) -> set[int]:
        """Places of the patterns that fit any of these: (channel, name as it is compared).

        Of several that are the same, the first.
        """
        keys = {*names, *((None, name) for _, name in names)}
        places = {place for key, place in self._names.items() if key in keys}
        for place, only, fits in self._wild:
            if place not in places and any(
                fits(name) for channel, name in names if only in {None, channel}
            ):
                places.add(place)
        return places

    def first(self, channel: str, campaign_name: str) -> int | None:
        """The place of the first pattern that fits, None where none does."""
        name = normal_name(campaign_name)
        exact_places = (self._names.get((None, name)), self._names.get((channel, name)))
        exact_place = min((place for place in exact_places if place is not None), default=None)
        for place, only, fits in self._wild:
            if exact_place is not None and place > exact_place:
                break
            if (only is None or only == channel) and fits(name):
                return place
        return exact_place


__all__ = ["RESOLVED", "Account", "Override", "Plan", "PlanEntry", "matches"]

RESOLVED = (
    "channel",
    "stage",
    "pricing_model",
    "target",
    "monthly_budget",
    "floor",
    "client",
    "owner",
    "demand",
    "measured_by",
    "billed_by",
    "shared_budget",
    "target_meant",
    "because",
    "target_from",
)


@dataclass(frozen=True)
class PlanEntry:
    """What the plan says of the campaigns a pattern fits; None where it says nothing.

    Attributes:
        match: Pattern for the campaign's name (`*`, `?`), case aside; `meta:brand*` also asks for
            the channel.
        channel: The channel they really run in.
        target: What one result may cost, in the judged metric, currency units; or by metric:
            `{"cpa": 300.0}`.
        monthly_budget: Currency units.
        floor: Share of its stage's budget that is never taken, 0-1.
        demand: `captured` for brand and retargeting.
        measured_by: Who counts the conversions; campaigns compare only within one.
        billed_by: What the platform charges for, where that differs from pricing_model.
        shared_budget: Name of the platform's budget that these campaigns share.
        target_meant: A target that is far off what results cost, and is meant so all the same.
        valid_from: The first morning it holds; None: always.
    """

    match: str
    channel: str | None = None
    stage: str | None = None
    pricing_model: str | None = None
    target: float | Mapping[str, float] | None = None
    monthly_budget: float | None = None
    floor: float | None = None
    client: str | None = None
    owner: str | None = None
    demand: str | None = None
    measured_by: str | None = None
    billed_by: str | None = None
    shared_budget: str | None = None
    target_meant: float | None = None
    valid_from: date | None = None


@dataclass(frozen=True)
class Account:
    """What is said of a whole account; `channel` None fits any."""

    account_id: str
    channel: str | None = None
    currency: str | None = None
    client: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True)
class Override:
    """A threshold somebody changed: for a cell, a stage, a pricing model, a pattern, or all."""

    name: str
    value: float | str
    stage: str | None = None
    pricing_model: str | None = None
    match: str | None = None
    valid_from: date | None = None


@dataclass(frozen=True)
class Plan:
    """The plan as it is known: dated entries in order, of which the first that fits counts.

    Attributes:
        entries: In order; of several with one pattern the newest valid one counts.
        currency: Of campaigns whose source and account name none.
        accounts: Settings of accounts.
        overrides: Thresholds somebody changed, in order.
        bids: What the platforms bid to, by metric (`cpa`, `cpl`, `roas`), currency units: it stands
            in for a target where no entry has one.
        reported: What results campaigns report (`bot.numbers.infer.reported`): a guess weighs them.
        census: Every campaign of the install, where only some of them are judged together.
        zone: The time zone of the team, whose mornings are judged; None where nobody says.
    """

    entries: tuple[PlanEntry, ...] = ()
    currency: str | None = None
    accounts: tuple[Account, ...] = ()
    overrides: tuple[Override, ...] = ()
    bids: Mapping[BidKey, Mapping[str, float]] = field(default_factory=dict)
    # no part of what the plan says: it follows from the numbers
    reported: Mapping[BidKey, str] = field(default_factory=dict, repr=False)
    census: Census | None = field(default=None, repr=False)
    zone: str | None = None

    def valid(self, on: date) -> tuple[PlanEntry, ...]:
        """The entries that hold on a morning, in order, one a pattern."""
        by_pattern: dict[str, PlanEntry] = {}
        for entry in self.entries:
            if entry.valid_from is None or entry.valid_from <= on:
                key = normal_name(entry.match)
                by_pattern[key] = _newer(by_pattern.get(key), entry)
        return tuple(by_pattern.values())

    def entry(self, channel: str, campaign_name: str, on: date) -> PlanEntry | None:
        """The entry that counts for a campaign, or None."""
        entries = self.valid(on)
        place = Patterns(entry.match for entry in entries).first(channel, campaign_name)
        return None if place is None else entries[place]

    def only_about(self, campaigns: pd.DataFrame) -> Plan:
        """What it says of some campaigns: these resolve as by the whole of it, on any morning.

        Args:
            campaigns: One row each: `channel`, `account_id`, `campaign_id` and `campaign_name`.
        """
        columns = (plain_words(campaigns[name]) for name in _Row._fields[:4])
        rows = [(channel, id_, str(name or id_), account or "")
                for channel, id_, name, account in zip(*columns, strict=True)]  # fmt: skip
        distinct = list(dict.fromkeys(normal_name(entry.match) for entry in self.entries))
        named = {(channel, normal_name(name)) for channel, _, name, _ in rows}
        fitting = {distinct[place] for place in Patterns(distinct).fitting(named)}
        accounts = {account for *_, account in rows}
        keys = {(channel, account_key(account), id_) for channel, id_, _, account in rows}
        return replace(
            self,
            entries=tuple(each for each in self.entries if normal_name(each.match) in fitting),
            accounts=tuple(
                each for each in self.accounts if account_key(each.account_id) in accounts
            ),
            bids={key: bid for key, bid in self.bids.items() if key in keys},
        )

    def resolve(self, campaigns: pd.DataFrame, on: date) -> pd.DataFrame:
        """What each campaign is, in the order plan, the row's own word, a guess, unknown.

        Args:
            campaigns: One row a campaign: `channel`, `campaign_id`, `campaign_name`, and
                where known `account_id`, `stage`, `pricing_model`, `currency`,
                `measured_by`, `billed_by`.
            on: The morning.

        Returns:
            The same rows with `channel`, `stage` (None where unknown), `pricing_model`, `currency`,
            `target` (number or mapping), `monthly_budget`, `floor`, `client`, `owner`, `demand`,
            `measured_by`, `billed_by`, `shared_budget`, `target_meant`, `because` (`plan`, `row`,
            `inferred` or `unknown`: where the stage came from), `target_from` (`plan`, `platform`
            where its bid target stands in, or None), `because_pricing` (as `because`) and `entry`
            (the pattern that fits).
        """
        described = self.described(campaigns, on)
        columns = {name: campaigns[name] for name in campaigns if name not in described}
        for name, values in described.items():
            kind = "float64" if name in _AMOUNTS else object
            columns[name] = pd.Series(values, index=campaigns.index, dtype=kind)
        return pd.DataFrame(columns, index=campaigns.index)

    def described(
        self, campaigns: pd.DataFrame | Mapping[str, npt.NDArray[np.object_]], on: date
    ) -> dict[str, list[Any]]:
        """The columns `resolve` adds, a list each; None where nothing is known."""
        entries = self.valid(on)
        patterns = Patterns(entry.match for entry in entries)
        places = [
            (
                account,
                account.channel and channel_key(account.channel),
                account_key(account.account_id),
            )
            for account in self.accounts
        ]
        rows = []
        for row in _rows(campaigns):
            name = str(row.campaign_name or row.campaign_id)
            place = patterns.first(row.channel, name)
            fitting_entry = _NOTHING if place is None else entries[place]
            rows.append(self._resolved(row, name, fitting_entry, _account(row, places)))
        columns = zip(*rows, strict=True) if rows else ((),) * len(_RESULT)
        return {name: list(column) for name, column in zip(_RESULT, columns, strict=True)}

    def clients(self, campaigns: pd.DataFrame, on: date) -> tuple[str, ...]:
        """Whose each campaign is, row by row as `resolve` takes them; "" where it is nobody's."""
        return tuple(self.resolve(campaigns, on)["client"].fillna("").astype(str))

    def _resolved(
        self, row: _Row, name: str, entry: PlanEntry, account: Account
    ) -> tuple[Any, ...]:
        """What is known of one campaign, in the order of `_RESULT`."""
        channel = channel_key(entry.channel) if entry.channel else row.channel
        key = (row.channel, account_key(row.account_id or ""), row.campaign_id)
        kind = row.stage.removesuffix(GUESS) if row.stage and row.stage.endswith(GUESS) else None
        guess = purpose(name, channel, kind, self.reported.get(key))
        stage, because = _pick(_stage(entry.stage), _stage(row.stage), guess.stage)
        model, because_model = _pick(
            _model(entry.pricing_model), _model(row.pricing_model), model_for(guess, stage)
        )
        target, target_from = self._target(row, entry)
        return (
            channel,
            stage,
            model,
            row.currency or account.currency or self.currency,
            target,
            entry.monthly_budget,
            entry.floor,
            entry.client or account.client,
            entry.owner,
            entry.demand or guess.demand,
            entry.measured_by or row.measured_by,
            _model(entry.billed_by) or _model(row.billed_by),
            entry.shared_budget,
            entry.target_meant,
            because,
            target_from,
            because_model,
            entry.match or None,
        )

    def _target(self, row: _Row, entry: PlanEntry) -> tuple[Any, str | None]:
        """The entry's, else what the platform bids to; and which of them it is."""
        if entry.target is not None:
            return entry.target, "plan"
        key = (row.channel, account_key(row.account_id or ""), row.campaign_id)
        bid = self.bids.get(key) if self.bids else None
        return (bid, "platform") if bid else (None, None)


GUESS = "?"  # behind a row's stage: a platform's type of campaign suggests it, and no more


class _Row(NamedTuple):
    """What a campaign's own rows say of it."""

    channel: str
    campaign_id: str
    campaign_name: str | None
    account_id: str | None
    stage: str | None
    pricing_model: str | None
    currency: str | None
    measured_by: str | None
    billed_by: str | None


_NOTHING, _NO_ACCOUNT = PlanEntry(match=""), Account("")
_AMOUNTS = ("monthly_budget", "floor", "target_meant")
_RESULT = (*RESOLVED[:3], "currency", *RESOLVED[3:], "because_pricing", "entry")


def _newer(current_entry: PlanEntry | None, entry: PlanEntry) -> PlanEntry:
    if current_entry is None or (entry.valid_from or date.min) > (
        current_entry.valid_from or date.min
    ):
        return entry
    return current_entry


def _pick(
    planned: str | None, row_value: str | None, inferred: str | None
) -> tuple[str | None, str]:
    for value, because in ((planned, "plan"), (row_value, "row"), (inferred, "inferred")):
        if value:
            return value, because
    return None, "unknown"


def _stage(text: Any) -> str | None:
    word = str(text).strip().lower() if text else ""
    return word if word in STAGES else None


def _model(text: Any) -> str | None:
    word = str(text).strip().upper() if text else ""
    return word if word in MODELS else None


def _rows(campaigns: pd.DataFrame | Mapping[str, npt.NDArray[np.object_]]) -> Iterator[_Row]:
    """One a campaign, None where nothing is said."""
    silent = [None] * len(campaigns["channel"])
    columns = (plain_words(campaigns[n]) if n in campaigns else silent for n in _Row._fields)
    return map(_Row._make, zip(*columns, strict=True))


def plain_words(column: pd.Series | npt.NDArray[np.object_]) -> list[Any]:
    """The words of a column, None where it has none."""
    words = np.array(column, dtype=object)
    words[pd.isna(words)] = None
    return list(words.tolist())


def _account(row: _Row, accounts: list[tuple[Account, str | None, str]]) -> Account:
    for account, channel, account_id in accounts:
        if channel in {None, row.channel} and account_id == (row.account_id or ""):
            return account
    return _NO_ACCOUNT
