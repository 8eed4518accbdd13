"""What each campaign is: its cell, its row of thresholds, its target, its pool.

Numbers of what campaigns share: a budget of the plan, the stages of a client.
Which days a rule looks at.
How full the newest days are, learned for each channel and stage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from bot.advice.rules.condition import Floats
from bot.advice.rules.rulebook import Cell, Rule, Thresholds
from bot.domain.channels import labels
from bot.numbers.forecast.pace import PACE, pace
from bot.numbers.forecast.reporting_lag import COMPLETE, Completion, completion_of
from bot.numbers.input.history import History
from bot.numbers.input.names import account_key
from bot.numbers.input.revisions import (
    KnownRows,
    Revisions,
    Words,
    table_of,
    unique_ids,
    words_known,
)
from bot.numbers.input.windows import Window
from bot.numbers.metrics.glossary import Metrics
from bot.numbers.metrics.sums import Bools, Ints
from bot.numbers.plan import Override, Patterns, Plan
from bot.numbers.shards import call_by_census
from bot.numbers.signals.history_panel import HORIZON
from bot.numbers.signals.peer_rates import ALIKE, cohort_codes
from bot.numbers.signals.signs import FUNNEL, CampaignPlace, funnel
from bot.numbers.targets import stated

Row: TypeAlias = Mapping[str, float]
POOL = ("stage", "counted", "currency", "client", "measure")


@dataclass(frozen=True, eq=False)
class Profiles:
    """What each campaign is on a morning, one row a campaign, sorted by entity.

    Attributes:
        about: What `Plan.resolve` says, and `source_channel` (before the plan renamed it), `billed`
            (what the platform charges, else the pricing model), `measure` and `campaign_id` unique
            in the answer; None where nothing is known.
        cells: The cell of each.
        table: The row of thresholds of each; campaigns alike share one.
    """

    about: pd.DataFrame
    cells: tuple[Cell, ...]
    table: tuple[Row, ...]
    _words: Words = field(repr=False)
    _held: tuple[object, ...] = field(repr=False)
    _said: dict[str, list[Any]] = field(default_factory=dict, repr=False)

    def said(self, column: str) -> list[Any]:
        """A column of `about` as a list, for looking up one campaign."""
        if column not in self._said:
            self._said[column] = self.about[column].tolist()
        return self._said[column]

    @cached_property
    def alike(self) -> Ints:
        """Campaigns of one channel, stage, pricing model, currency and client: a number each."""
        return cohort_codes(list(zip(*map(self.said, ALIKE), strict=True)))

    @cached_property
    def _rows(self) -> tuple[Ints, list[Row]]:
        """The different rows of thresholds, and which each campaign has."""
        rows = {id(row): row for row in self.table}
        places = {row: place for place, row in enumerate(rows)}
        return np.array([places[id(row)] for row in self.table], dtype=np.int64), [*rows.values()]

    def threshold(self, name: str) -> Floats:
        """A threshold, a campaign."""
        if name not in self._thresholds:
            codes, rows = self._rows
            self._thresholds[name] = np.array([row.get(name, np.nan) for row in rows])[codes]
        return self._thresholds[name]

    @cached_property
    def _thresholds(self) -> dict[str, Floats]:
        return {}

    @cached_property
    def stated(self) -> list[dict[str, float]]:
        """What the plan wants of each: a plain target means what its cell judges by."""
        judges = (cell.judge if cell.stage else None for cell in self.cells)
        return [
            stated(target, judge) for target, judge in zip(self.said("target"), judges, strict=True)
        ]

    @cached_property
    def places(self) -> list[tuple[Any, Any, Any]]:
        """Stage, pricing model and currency of each."""
        return list(zip(*map(self.said, ("stage", "pricing_model", "currency")), strict=True))

    def still(self, words: Words, signature: tuple[object, ...]) -> bool:
        """Whether nothing that was told has changed; `signature` names the campaigns, too."""
        if signature != self._held:
            return False
        return all(np.array_equal(values, self._words[name]) for name, values in words.items())


def campaigns(
    snapshot: KnownRows,
    as_of: date,
    thresholds: Thresholds,
    plan: Plan,
    like: Profiles | None = None,
) -> Profiles:
    """What each campaign is; `like`, told on another morning, is told again if all is the same."""
    word_columns = words_known(snapshot)
    overrides = [
        override
        for override in plan.overrides
        if override.valid_from is None or override.valid_from <= as_of
    ]
    signature = (snapshot.entities, plan.valid(as_of), tuple(overrides), plan.bids, plan.reported)
    if like and like.still(word_columns, signature):
        return like
    words = table_of(snapshot.entities, word_columns)
    descriptions = plan.resolve(words, as_of).assign(source_channel=words["channel"].to_numpy())
    descriptions["billed"] = descriptions["billed_by"].where(
        descriptions["billed_by"].notna(), descriptions["pricing_model"]
    )
    descriptions["measure"] = descriptions["measured_by"].where(
        descriptions["measured_by"].notna(), descriptions["channel"]
    )
    descriptions["bid"] = pd.Series(_bids(words, plan), index=words.index, dtype=object)
    places = descriptions[["channel", "account_id", "campaign_id"]].fillna("").astype(str)
    descriptions["label"] = labels(
        descriptions["campaign_name"].astype(str).tolist(),
        list(places.itertuples(index=False, name=None)),
    )
    descriptions["campaign_id"] = unique_ids(descriptions)
    descriptions = call_by_census(descriptions, plan.census)
    words_of = descriptions.astype(object).to_numpy()
    words_of[descriptions.isna().to_numpy()] = None
    descriptions = pd.DataFrame(words_of, descriptions.index, descriptions.columns, dtype=object)
    cells = tuple(
        thresholds.cell(stage, pricing)
        for stage, pricing in zip(descriptions["stage"], descriptions["pricing_model"], strict=True)
    )
    return Profiles(
        descriptions,
        cells,
        _table(descriptions, cells, thresholds, overrides),
        word_columns,
        signature,
    )


def _bids(words: pd.DataFrame, plan: Plan) -> list[Mapping[str, float] | None]:
    """What the platforms bid to, by metric; None where they bid to nothing."""
    if not plan.bids:
        return [None] * len(words)
    places = words[["channel", "account_id", "campaign_id"]].fillna("").astype(str)
    return [
        plan.bids.get((channel, account_key(account), campaign))
        for channel, account, campaign in places.itertuples(index=False, name=None)
    ]


def retold(profiles: Profiles, as_of: date, thresholds: Thresholds, plan: Plan) -> Profiles:
    """The same campaigns under another table of thresholds."""
    overrides = [
        override
        for override in plan.overrides
        if override.valid_from is None or override.valid_from <= as_of
    ]
    words = zip(profiles.said("stage"), profiles.said("pricing_model"), strict=True)
    cells = tuple(thresholds.cell(*pair) for pair in words)
    table = _table(profiles.about, cells, thresholds, overrides)
    return replace(profiles, cells=cells, table=table, _said={})


def _table(
    descriptions: pd.DataFrame,
    cells: tuple[Cell, ...],
    thresholds: Thresholds,
    overrides: list[Override],
) -> tuple[Row, ...]:
    cached_rows: dict[tuple[Any, ...], Row] = {}
    patterns = [
        Patterns((override.match,)) if override.match is not None else None
        for override in overrides
    ]
    rows: list[Row] = []
    for cell, channel, demand, name in zip(
        cells,
        descriptions["channel"],
        descriptions["demand"],
        descriptions["campaign_name"],
        strict=True,
    ):
        changed = tuple(
            override
            for override, names in zip(overrides, patterns, strict=True)
            if _for(override, cell)
            and (names is None or names.first(channel, str(name)) is not None)
        )
        key = (id(cell), channel, demand, changed)
        if key not in cached_rows:
            row = thresholds.numbers(cell, channel, captured=demand == "captured")
            cached_rows[key] = row | _changes(changed, row)
        rows.append(cached_rows[key])
    return tuple(rows)


def _for(override: Override, cell: Cell) -> bool:
    stage = override.stage is None or override.stage == cell.stage
    return stage and (override.pricing_model is None or override.pricing_model == cell.pricing)


def _changes(overrides: tuple[Override, ...], row: Row) -> dict[str, float]:
    return {
        override.name: float(override.value)
        for override in overrides
        if override.name in row and isinstance(override.value, int | float)
    }


def pools(descriptions: pd.DataFrame, counted: list[str | None]) -> list[tuple[Any, ...] | None]:
    """Which campaigns may trade money, a key a campaign; None for one that may not.

    A pool shares stage, what is counted, currency, client and who measured; without a shared
    measurer a campaign trades only within its channel.
    """
    keyed = descriptions.assign(counted=pd.Series(counted, index=descriptions.index, dtype=object))
    rows = keyed[list(POOL)].itertuples(index=False, name=None)
    return [key if key[0] and key[1] else None for key in rows]


WHOLES = {**PACE, **FUNNEL}
"""Known only as `name.now`; what each is."""
SHARED: Mapping[bool | str, Sequence[str]] = {
    True: ("source_channel", "account_id"),
    "budget": ("entry",),
    "client": ("client", "currency"),
}
"""What campaigns share that are told of in one piece of advice, by a rule's `together`."""


@dataclass(frozen=True, eq=False)
class Wholes:
    """These numbers on a morning, one value a campaign, worked out when first asked for."""

    history: History
    told: Profiles
    as_of: date

    def column(self, name: str) -> Floats:
        """One of `WHOLES`; NaN where it says nothing of a campaign."""
        return self._pace[name] if name in PACE else self._funnel[name]

    @cached_property
    def _pace(self) -> Mapping[str, Floats]:
        budgets = np.array(self.told.said("monthly_budget"), dtype=np.float64)
        entries, currencies = self.told.said("entry"), self.told.said("currency")
        return pace(self.history, self.as_of, budgets, entries, currencies).columns

    @cached_property
    def _funnel(self) -> Mapping[str, Floats]:
        words: list[Sequence[Any]] = [
            self.told.said(name) for name in ("client", "currency", "stage", "demand")
        ]
        places = [
            CampaignPlace(client, currency, stage, demand == "captured")
            for client, currency, stage, demand in zip(*words, strict=True)
        ]
        return funnel(self.history, self.as_of, places)


@dataclass(frozen=True)
class Spans:
    """Which days a rule looks at: lengths of now and before, and days held back at the end.

    `sound`: days known to be broken are left out, whatever is read of them.
    """

    now: int
    before: int
    skip: int
    sound: bool = False

    def windows(self, as_of: date) -> tuple[Window, Window]:
        """The two windows of a morning; `before` ends where `now` begins."""
        now = Window.ending(as_of - timedelta(1 + self.skip), self.now)
        return now, now.before(self.before)


def spans_of(rule: Rule, cell: Cell, metrics: Metrics, late: int = 0) -> Spans:
    """The windows a rule uses in a cell: its own before the cell's.

    Days are held back only where the rule reads a metric whose results arrive late, and then for
    everything it reads, so that spend and results are of the same days. Where the channel was seen
    to fill up more slowly (`late` days), more are held back; `skip_last: 0d` in a rule means none.
    What judges performance by results leaves out days on which they were not counted, and what was
    spent on them: a week after a tag was mended its dead days are no reason to cut.
    """
    rule_windows = rule.windows
    skip_days = rule_windows.skip_last if rule_windows.skip_last is not None else cell.skip_last
    skip = max(skip_days, late) if rule_windows.skip_last != 0 and lags(rule, metrics) else 0
    sound = rule.judges_performance and lags(rule, metrics)
    return Spans(rule_windows.now or cell.now, rule_windows.before or cell.before, skip, sound)


def lags(rule: Rule, metrics: Metrics) -> bool:
    """Whether a rule reads results that arrive late."""
    rule_metrics = (metrics.get(name) for name in rule.measures)
    return any(metric.lag for metric in rule_metrics if metric)


FULL_ENOUGH = 0.8
"""A day of which less of the results is known is held back …"""
MOST_HELD = 7
"""… but never more days than these."""


@dataclass(frozen=True, eq=False)
class Lateness:
    """Which share of a day's final results is known at each age, by channel and stage."""

    learned: Mapping[tuple[str, str | None], Completion]

    @classmethod
    def of(cls, numbers: Revisions, as_of: date, descriptions: pd.DataFrame) -> Lateness:
        """Learn from what was restated until the morning (`lag.completion`).

        Args:
            numbers: Daily numbers with every revision.
            as_of: The morning.
            descriptions: One row a campaign: `entity`, `source_channel`, `stage`.
        """
        restated = numbers.restated()
        if not restated.any():
            return cls({})
        keys = dict(zip(descriptions["entity"], _keys(descriptions), strict=True))
        entity_keys = [keys.get(entity) for entity in numbers.entities]
        moved = {
            key: None
            for key, was_restated in zip(entity_keys, restated, strict=True)
            if was_restated and key
        }
        learned = {}
        for key in moved:
            of_key = np.array([entity_key == key for entity_key in entity_keys], dtype=bool)
            learned[key] = completion_of(numbers, of_key[numbers.codes], as_of)
        return cls(learned)

    def complete(self, descriptions: pd.DataFrame) -> Floats:
        """Campaign x day (the last 91, oldest first): the share of the final number known."""
        full = COMPLETE.of_days(HORIZON)
        if not self.learned:
            return np.broadcast_to(full, (len(descriptions), HORIZON))
        days = {key: completion.of_days(HORIZON) for key, completion in self.learned.items()}
        return np.array([days.get(key, full) for key in _keys(descriptions)]).reshape(-1, HORIZON)

    def unlearned(self, about: pd.DataFrame, at_once: frozenset[str]) -> Bools:
        """Campaigns of which it is not known how full their newest days are, and that came at once.

        Args:
            about: One row a campaign: `entity`, `source_channel`, `stage`.
            at_once: Entities nobody has watched (`Revisions.at_once`).
        """
        keys = zip(about["entity"], _keys(about), strict=True)
        alone = [entity in at_once and key not in self.learned for entity, key in keys]
        return np.array(alone, dtype=bool)

    def doubts(self, descriptions: pd.DataFrame) -> Floats:
        """Campaign x day: standard deviation of the log of `complete`."""
        sure = np.zeros(HORIZON)
        days = {key: completion.doubts_of_days(HORIZON) for key, completion in self.learned.items()}
        return np.array([days.get(key, sure) for key in _keys(descriptions)]).reshape(-1, HORIZON)


def _keys(descriptions: pd.DataFrame) -> list[tuple[str, str | None]]:
    return list(zip(descriptions["source_channel"], descriptions["stage"], strict=True))


def late_days(complete: Floats) -> Ints:
    """Newest days, of each campaign, that are less than `FULL_ENOUGH` filled; at most a week."""
    newest = complete[:, ::-1][:, :MOST_HELD]
    return np.asarray((newest < FULL_ENOUGH).sum(axis=1), dtype=np.int64)
