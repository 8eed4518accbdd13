"""The board: one row a campaign with every metric now, before and as the plan wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from bot.numbers.about import campaigns_known, campaigns_of, unique_ids
from bot.numbers.aims import PRICES, Judges, one_currency, records, targets_of, within
from bot.numbers.daily import campaigns_only, match_channel, newest, visible_on
from bot.numbers.history import History
from bot.numbers.measure import Groups, measured, window_reach_of
from bot.numbers.metrics import Metrics
from bot.numbers.names import normal_name
from bot.numbers.plan import Plan
from bot.numbers.revisions import Known
from bot.numbers.sums import Floats
from bot.numbers.windows import Window, parse_window

__all__ = ["PRICES", "Board", "Judges", "board", "campaigns_of", "unique_ids"]

ABOUT = ("channel", "campaign_id", "campaign_name", "stage", "pricing_model", "currency")
PERIODS = ("now", "before", "target")
_UNTOLD = ("account_name", "source", "time_zone")
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
            from that follows from a stated one (`Derived.to_json` by metric), else None.
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
            "campaigns": [self._campaign(row) for row in records(self.rows)],
        }

    def _campaign(self, row: Mapping[str, Any]) -> dict[str, Any]:
        about = {name: row[name] for name in ABOUT}
        told = {
            period: {name: row[f"{period}.{name}"] for name in self.metrics} for period in PERIODS
        }
        return {**about, **told, **({"derived": row["derived"]} if row["derived"] else {})}

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
        """
        keys = [by, "currency"] if by and by != "currency" else ["currency"]
        told = self.rows[keys].astype(object)
        table = told.where(told.notna(), None)
        kinds = table.drop_duplicates().sort_values(keys, na_position="last").reset_index(drop=True)
        places = {key: place for place, key in enumerate(kinds.itertuples(index=False, name=None))}
        of = np.array([places[key] for key in table.itertuples(index=False, name=None)], dtype=int)
        return self._grouped(kinds, of)

    def _grouped(
        self, kinds: pd.DataFrame, of: np.ndarray[Any, np.dtype[np.int64]]
    ) -> pd.DataFrame:
        wide = np.full(len(self._history.entities), -1, dtype=np.int64)
        wide[_places(self._history, self.rows["entity"])] = of
        groups = Groups(wide, len(kinds))
        kinds = kinds.assign(campaigns=np.bincount(of, minlength=len(kinds)))
        parts = [
            measured(self._history, self.metrics, window, reach, groups).add_prefix(prefix)
            for prefix, window, reach in self._periods()
        ]
        return pd.concat([kinds, *parts], axis=1)

    def _periods(self) -> tuple[tuple[str, Window, Floats], ...]:
        return (("now.", self.now, self._reach[0]), ("before.", self.before, self._reach[1]))


def board(  # noqa: PLR0913, PLR0917 the contract's own arguments
    numbers: pd.DataFrame,
    as_of: date,
    window: str,
    metrics: Metrics,
    plan: Plan = Plan(),  # noqa: B008 a frozen value
    window_reach: pd.DataFrame | None = None,
    channel: str | None = None,
    judges: Judges | None = None,
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

    Raises:
        UnknownName: Not a window, or not a channel of these numbers.
        UsageError: A range that runs backwards or has not begun.
    """
    now, before = parse_window(window, as_of)
    visible = campaigns_only(visible_on(numbers, as_of))
    known = _known(visible, now, before)
    about = _of_channel(plan.resolve(campaigns_known(known), as_of), visible, channel)
    history = known.history()
    reach = (
        window_reach_of(window_reach, history, now, as_of),
        window_reach_of(window_reach, history, before, as_of),
    )
    empty = Board(as_of, window, now, before, about, metrics.measured, history, reach)
    return _filled(empty, visible, plan, judges)


def _known(visible: pd.DataFrame, now: Window, before: Window) -> Known:
    """The newest rows of both windows and the days between them."""
    span = Window(min(now.since, before.since), max(now.until, before.until))
    return Known.of(one_currency(newest(visible[within(visible, span)])), span)


def _of_channel(about: pd.DataFrame, visible: pd.DataFrame, channel: str | None) -> pd.DataFrame:
    if channel is None:
        return about
    spoken = {*visible["channel"].unique(), *about["channel"].unique()}
    return about[about["channel"] == match_channel(channel, spoken)]


def _filled(board: Board, visible: pd.DataFrame, plan: Plan, judges: Judges | None) -> Board:
    about = _in_order(board.rows)
    entities = about["entity"].to_numpy()
    parts = [
        measured(board._history, board.metrics, window, reach).reindex(entities).add_prefix(prefix)  # noqa: SLF001
        for prefix, window, reach in board._periods()  # noqa: SLF001
    ]
    parts.append(targets_of(about, board.metrics, judges, plan, board.as_of, visible))
    about = about.assign(campaign_id=unique_ids(about))
    rest = [name for name in about if name not in _FIRST and name not in _UNTOLD]
    told = about[[*_FIRST, *rest]].set_index("entity", drop=False)
    rows = pd.concat([told, *parts], axis=1).reset_index(drop=True)
    return replace(board, rows=rows)


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    names = rows["campaign_name"].map(normal_name)
    ordered = rows.assign(_name=names).sort_values(
        ["channel", "account_id", "_name", "campaign_id"], kind="stable"
    )
    return ordered.drop(columns="_name").reset_index(drop=True)


def _places(history: History, entities: pd.Series) -> np.ndarray[Any, np.dtype[np.intp]]:
    return pd.Index(history.entities).get_indexer(pd.Index(entities))
