"""The plan: what people say their campaigns are for, may cost and belong to."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from bot.numbers.infer import MODELS, STAGES, infer, model_for
from bot.numbers.names import channel_key, normal_name

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
    "because",
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
    """

    entries: tuple[PlanEntry, ...] = ()
    currency: str | None = None
    accounts: tuple[Account, ...] = ()
    overrides: tuple[Override, ...] = ()

    def valid(self, on: date) -> tuple[PlanEntry, ...]:
        """The entries that hold on a morning, in order, one a pattern."""
        held: dict[str, PlanEntry] = {}
        for entry in self.entries:
            if entry.valid_from is None or entry.valid_from <= on:
                key = normal_name(entry.match)
                held[key] = _newer(held.get(key), entry)
        return tuple(held.values())

    def entry(self, channel: str, campaign_name: str, on: date) -> PlanEntry | None:
        """The entry that counts for a campaign, or None."""
        return _first(self.valid(on), channel, campaign_name)

    def resolve(self, campaigns: pd.DataFrame, on: date) -> pd.DataFrame:
        """What each campaign is, in the order plan, the row's own word, its name, unknown.

        Args:
            campaigns: One row a campaign: `channel`, `campaign_id`, `campaign_name`, and
                where known `account_id`, `stage`, `pricing_model`, `currency`,
                `measured_by`, `billed_by`.
            on: The morning.

        Returns:
            The same rows with `channel`, `stage` (None where unknown), `pricing_model`, `currency`,
            `target` (number or mapping), `monthly_budget`, `floor`, `client`, `owner`, `demand`,
            `measured_by`, `billed_by`, `because` (`plan`, `row`, `inferred` or `unknown`: where the
            stage came from) and `because_pricing` (likewise).
        """
        entries = self.valid(on)
        rows = [self._resolved(dict(row), entries) for row in _records(campaigns)]
        found = pd.DataFrame(rows, index=campaigns.index, columns=list(_RESULT), dtype=object)
        for name in ("monthly_budget", "floor"):
            found[name] = found[name].astype("float64")
        return campaigns.drop(columns=[n for n in _RESULT if n in campaigns]).join(found)

    def _resolved(self, row: dict[str, Any], entries: tuple[PlanEntry, ...]) -> dict[str, Any]:
        channel, name = str(row["channel"]), str(row.get("campaign_name") or row["campaign_id"])
        said = _first(entries, channel, name) or PlanEntry(match="")
        account = self._account(channel, row.get("account_id"))
        channel = channel_key(said.channel) if said.channel else channel
        guess = infer(name, channel)
        stage, because = _pick(_stage(said.stage), _stage(row.get("stage")), guess.stage)
        model, because_model = _pick(
            _model(said.pricing_model), _model(row.get("pricing_model")), model_for(guess, stage)
        )
        return {
            "channel": channel,
            "stage": stage,
            "pricing_model": model,
            "currency": row.get("currency") or account.currency or self.currency,
            "target": said.target,
            "monthly_budget": said.monthly_budget,
            "floor": said.floor,
            "client": said.client or account.client,
            "owner": said.owner,
            "demand": said.demand or guess.demand,
            "measured_by": said.measured_by or row.get("measured_by"),
            "billed_by": _model(said.billed_by) or _model(row.get("billed_by")),
            "because": because,
            "because_pricing": because_model,
        }

    def _account(self, channel: str, account_id: Any) -> Account:
        for account in self.accounts:
            fits = account.channel is None or channel_key(account.channel) == channel
            if fits and account.account_id == (account_id or ""):
                return account
        return Account("")


_RESULT = (*RESOLVED[:3], "currency", *RESOLVED[3:], "because_pricing")


def matches(pattern: str, channel: str, campaign_name: str) -> bool:
    """Whether a plan's pattern fits a campaign: its name, case aside, or `channel:name`."""
    name, wanted = normal_name(campaign_name), normal_name(pattern)
    if name == wanted or fnmatch.fnmatchcase(name, wanted):
        return True
    place, colon, rest = wanted.partition(":")
    if not colon or channel_key(place) != channel:
        return False
    return name == rest.strip() or fnmatch.fnmatchcase(name, rest.strip())


def _first(entries: tuple[PlanEntry, ...], channel: str, name: str) -> PlanEntry | None:
    return next((entry for entry in entries if matches(entry.match, channel, name)), None)


def _newer(held: PlanEntry | None, entry: PlanEntry) -> PlanEntry:
    if held is None or (entry.valid_from or date.min) > (held.valid_from or date.min):
        return entry
    return held


def _pick(planned: str | None, own: str | None, inferred: str | None) -> tuple[str | None, str]:
    for value, because in ((planned, "plan"), (own, "row"), (inferred, "inferred")):
        if value:
            return value, because
    return None, "unknown"


def _stage(text: Any) -> str | None:
    word = str(text or "").strip().lower()
    return word if word in STAGES else None


def _model(text: Any) -> str | None:
    word = str(text or "").strip().upper()
    return word if word in MODELS else None


def _records(campaigns: pd.DataFrame) -> Iterator[dict[str, Any]]:
    table = campaigns.astype(object)
    yield from table.where(table.notna(), None).to_dict("records")  # type: ignore[misc]  # str keys
