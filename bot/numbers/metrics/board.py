"""The board: one row a campaign with every metric now, before and as the plan wants it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from bot.domain.campaign_rows import ABOUT, CampaignRow
from bot.numbers.input.daily import match_channel, newest
from bot.numbers.input.history import CampaignSums, History, in_order
from bot.numbers.input.names import labels, normal_name
from bot.numbers.input.revisions import KnownRows, campaigns_known, campaigns_of, unique_ids
from bot.numbers.input.windows import Window, parse_window
from bot.numbers.metrics.board_targets import (
    Judges,
    TargetReading,
    one_currency,
    records,
    within,
)
from bot.numbers.metrics.glossary import Metrics
from bot.numbers.metrics.measure import Grouping, measured, reach_known, reach_of, summed
from bot.numbers.metrics.sums import Bools, Floats, Ints
from bot.numbers.plan import Plan
from bot.numbers.shards import call_by_census
from bot.numbers.signals.doubles import doubles_known
from bot.numbers.targets import PAID as PRICES

__all__ = [
    "PRICES",
    "Board",
    "Judges",
    "board",
    "boards",
    "campaigns_of",
    "one_currency",
    "records",
    "unique_ids",
    "within",
]

_UNTOLD = ("account_name", "source", "time_zone")
_NAMED = ("channel", "account_id", "entity", *ABOUT[2:])
_FIRST = ("channel", "account_id", "campaign_id", "entity", *ABOUT[2:])


@dataclass(frozen=True, eq=False)
class Board:
    """What happened in every campaign, on one morning.

    Attributes:
        as_of: The morning.
        window: As it was asked for.
        now, before: The days it means and those it is compared with.
        rows: One row a campaign, ordered by channel, account, name and id. `channel, account_id,
            campaign_id` (unique in the answer), `entity, campaign_name, stage, pricing_model,
            currency`, what the plan says (`Plan.resolve`), then `now.<metric>`, `before.<metric>`
            and `target.<metric>` as float64, NaN where missing; `derived`: where each target comes
            from that follows from a stated one (`Derived.to_json` by metric), else None. `label`:
            the name with as much of its place as tells it from the others called so; `double_of`:
            the entity whose numbers it repeats, else None.
        metrics: The glossary.
    """

    as_of: date
    window: str
    now: Window
    before: Window
    rows: pd.DataFrame
    metrics: Metrics
    _history: History = field(repr=False)
    _reach: tuple[Floats, Floats] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """`{"as_of", "window", "campaigns": [{…, "now": {metric: number | None}, …}]}`."""
        return {
            "as_of": self.as_of.isoformat(),
            "window": self.window,
            "campaigns": [CampaignRow(row).to_json(self.metrics) for row in records(self.rows)],
        }

    def totals(self, by: str | None = None) -> pd.DataFrame:
        """Campaigns taken together, never across currencies: sums first, then ratios of the sums.

        Reach cannot be added over campaigns: it, and what is divided by it, is missing unless a
        group is a single campaign.

        Args:
            by: `channel`, `stage`, `pricing_model` or any other column of the rows; None: one row
                a currency.

        Returns:
            One row a group and currency, ordered, with `<by>`, `currency`, `campaigns` (how many)
            and `now.<metric>`, `before.<metric>`. A campaign without a stage is in the group None.
            One that repeats another counts in its channel alone.
        """
        return self.all_totals([by])[0]

    def all_totals(self, columns: Sequence[str | None]) -> list[pd.DataFrame]:
        """As `totals` by each of these, measured together."""
        ways = [self._kinds(by) for by in columns]
        groups = Grouping.beside([grouping for _, grouping in ways])
        parts = [
            measured(self._history, self.metrics, window, reach, groups).add_prefix(prefix)
            for prefix, window, reach in self._periods()
        ]
        values, first, tables = pd.concat(parts, axis=1), 0, []
        for kinds, _ in ways:
            own = values.iloc[first : first + len(kinds)].set_axis(kinds.index)
            tables.append(pd.concat([kinds, own], axis=1))
            first += len(kinds)
        return tables

    def summed(self) -> Board:
        """The same in little memory: its campaigns and what they came to; no days, no targets."""
        sums = summed(self._history, self.metrics, (self.now, self.before))
        return replace(self, rows=self.rows[list(_NAMED)], _history=sums)

    @classmethod
    def together(cls, parts: Sequence[Board], doubled: Mapping[str, str]) -> Board:
        """Those of different campaigns (`summed`) as one: told apart among all, with its totals.

        Args:
            parts: Of one window.
            doubled: As `boards` takes it.
        """
        sums = [sums for part in parts if isinstance(sums := part._history, CampaignSums)]  # noqa: SLF001
        history = CampaignSums.joined(sums)
        _, order = in_order([history.entities for history in sums])
        reaches = zip(*(part._reach for part in parts), strict=True)  # noqa: SLF001
        now, before = (np.concatenate(reach)[order] for reach in reaches)
        rows = pd.concat([part.rows for part in parts], ignore_index=True)
        ids = [str(name).split("|", 2)[2] for name in rows["entity"]]
        rows = rows.assign(campaign_id=pd.Series(ids, index=rows.index, dtype=object))
        rows = _told_apart(_in_order(rows.sort_values("entity", ignore_index=True)), doubled)
        rows = rows.assign(campaign_id=unique_ids(rows))
        return replace(parts[0], rows=rows, _history=history, _reach=(now, before))

    def _kinds(self, by: str | None) -> tuple[pd.DataFrame, Grouping]:
        """The groups, with how many campaigns are in each; and which these are."""
        keys = [by, "currency"] if by and by != "currency" else ["currency"]
        counted = _counting(self.rows, by)
        places = list(zip(*(_cells(self.rows[name], counted) for name in keys), strict=True))
        ordered = sorted({*places}, key=lambda key: [(word is None, word) for word in key])
        kinds = pd.DataFrame(ordered, columns=keys, dtype=object)
        numbers = {key: number for number, key in enumerate(ordered)}
        of = np.array([numbers[key] for key in places], dtype=np.int64)
        wide = np.full(len(self._history.entities), -1, dtype=np.int64)
        wide[self._own_places[counted]] = of
        counts = np.bincount(of, minlength=len(kinds))
        return kinds.assign(campaigns=counts), Grouping(wide, len(kinds))

    @cached_property
    def _own_places(self) -> Ints:
        """Where the history has each row's campaign."""
        found = pd.Index(self._history.entities).get_indexer(pd.Index(self.rows["entity"]))
        return found.astype(np.int64)

    def _periods(self) -> tuple[tuple[str, Window, Floats], ...]:
        return (("now.", self.now, self._reach[0]), ("before.", self.before, self._reach[1]))


def _counting(rows: pd.DataFrame, by: str | None) -> Bools:
    """Rows that count in totals: copies only in their own channel's, where that has no original."""
    alone = rows["double_of"].isna().to_numpy()
    if by != "channel" or alone.all():
        return np.asarray(alone, dtype=bool)
    of = rows["double_of"].fillna("").astype(str).str.partition("|")[0]
    return np.asarray(alone | (of != rows["channel"].astype(str)).to_numpy(), dtype=bool)


def board(  # noqa: PLR0913, PLR0917 the contract's own arguments
    numbers: pd.DataFrame,
    as_of: date,
    window: str,
    metrics: Metrics,
    plan: Plan = Plan(),  # noqa: B008 a frozen value
    window_reach: pd.DataFrame | None = None,
    channel: str | None = None,
    judges: Judges | None = None,
    doubled: Mapping[str, str] | None = None,
) -> Board:
    """Every campaign with numbers in the window or what it is compared with.

    Args:
        numbers: Daily numbers, any revisions; only what was known on `as_of` is read. Targets
            follow from rates of the days of `learned.learned_from(as_of)`.
        as_of: The morning; the last data day is the day before.
        window: `7d`, `yesterday`, `mtd`, `2026-11-01..2026-11-15`.
        metrics: The glossary.
        plan: What people say the campaigns are for.
        window_reach: Reach of whole windows as the platform gives it.
        channel: Only this one, forgivingly named.
        judges: Which metric a plain target means: `{(stage, model): metric}` of thresholds.yml;
            without it the model's own price (CPC: `cpc`).
        doubled: Campaigns that repeat others, as `doubles_known` finds them; else looked for here.

    Raises:
        UnknownName: Not a window, or not a channel of these numbers.
        UsageError: A range that runs backwards or has not begun.
    """
    reading = TargetReading.on(numbers, as_of, metrics, plan, judges)
    return boards([window], reading, window_reach, doubled, channel)[window]


def boards(
    windows: Iterable[str],
    reading: TargetReading,
    window_reach: pd.DataFrame | None = None,
    doubled: Mapping[str, str] | None = None,
    channel: str | None = None,
) -> dict[str, Board]:
    """As `board` of each window; what they have in common is worked out once."""
    doubled = doubles_known(reading.visible) if doubled is None else doubled
    reached = reach_known(window_reach, reading.as_of)
    return {
        window: _called(_board(window, reading, reached, channel), reading.plan, doubled)
        for window in windows
    }


def boards_apart(
    windows: Iterable[str], reading: TargetReading, window_reach: pd.DataFrame | None
) -> Iterator[Board]:
    """The same of some campaigns of many, one after the other: `Board.together` tells them apart.

    Their `label` and `double_of` are empty, and an id may be another's, too.
    """
    reached = reach_known(window_reach, reading.as_of)
    return (_board(window, reading, reached, None) for window in windows)


def _board(
    window: str,
    reading: TargetReading,
    reached: pd.DataFrame,
    channel: str | None,
) -> Board:
    as_of, metrics, visible = reading.as_of, reading.metrics, reading.visible
    now, before = parse_window(window, as_of)
    snapshot = _known(visible, now, before)
    resolved = reading.plan.resolve(campaigns_known(snapshot), as_of)
    campaigns = _of_channel(resolved, visible, channel)
    history = snapshot.history()
    reach = (reach_of(reached, history, now), reach_of(reached, history, before))
    empty = Board(as_of, window, now, before, campaigns, metrics, history, reach)
    return _filled(empty, reading)


def _called(board: Board, plan: Plan, doubled: Mapping[str, str]) -> Board:
    """With what each campaign is called among all of them."""
    rows = _told_apart(board.rows, doubled)
    rows = rows.assign(campaign_id=unique_ids(rows))
    return replace(board, rows=call_by_census(rows, plan.census))


def _known(visible: pd.DataFrame, now: Window, before: Window) -> KnownRows:
    """The newest rows of both windows and the days between them."""
    span = Window(min(now.since, before.since), max(now.until, before.until))
    return KnownRows.of(one_currency(newest(visible[within(visible, span)])), span)


def _of_channel(
    campaigns: pd.DataFrame, visible: pd.DataFrame, channel: str | None
) -> pd.DataFrame:
    if channel is None:
        return campaigns
    spoken = {*visible["channel"].unique(), *campaigns["channel"].unique()}
    return campaigns[campaigns["channel"] == match_channel(channel, spoken)]


def _filled(board: Board, reading: TargetReading) -> Board:
    campaigns = _in_order(board.rows).assign(label=None, double_of=None)
    entities = campaigns["entity"].to_numpy()
    parts = [
        measured(board._history, board.metrics, window, reach).reindex(entities).add_prefix(prefix)  # noqa: SLF001
        for prefix, window, reach in board._periods()  # noqa: SLF001
    ]
    parts.append(reading.of(campaigns))
    other_columns = [name for name in campaigns if name not in _FIRST and name not in _UNTOLD]
    descriptions = campaigns[[*_FIRST, *other_columns]].set_index("entity", drop=False)
    rows = pd.concat([descriptions, *parts], axis=1).reset_index(drop=True)
    return replace(board, rows=rows)


def _told_apart(rows: pd.DataFrame, doubled: Mapping[str, str]) -> pd.DataFrame:
    """With what to call each campaign, and whose numbers it repeats."""
    places = rows[["channel", "account_id", "campaign_id"]].fillna("").astype(str)
    called = labels(
        rows["campaign_name"].astype(str).tolist(),
        list(places.itertuples(index=False, name=None)),
    )
    copies = [doubled.get(entity) for entity in rows["entity"]]
    return rows.assign(label=called, double_of=pd.Series(copies, index=rows.index, dtype=object))


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    names = rows["campaign_name"].map(normal_name)
    ordered = rows.assign(_name=names).sort_values(
        ["channel", "account_id", "_name", "campaign_id"], kind="stable"
    )
    return ordered.drop(columns="_name").reset_index(drop=True)


def _cells(column: pd.Series, which: Bools) -> list[Any]:
    """Some cells of a column, None where nothing is known."""
    cells = column.astype(object).to_numpy(copy=True)
    cells[column.isna().to_numpy()] = None
    return cells[which].tolist()  # type: ignore[no-any-return]
