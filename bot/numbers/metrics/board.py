"""The board: one row a campaign with every metric now, before and as the plan wants it.

What a board's campaigns may cost: as the plan states it, and what follows from that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from bot.domain.channels import labels
from bot.numbers.input.columns import IDENTITY, MONEY
from bot.numbers.input.daily import campaigns_only, match_channel, newest, visible_on
from bot.numbers.input.history import History
from bot.numbers.input.names import normal_name
from bot.numbers.input.revisions import KnownRows, campaigns_known, campaigns_of, unique_ids
from bot.numbers.input.windows import Window, parse_window
from bot.numbers.metrics.glossary import Metrics
from bot.numbers.metrics.measure import Grouping, measured, window_reach_of
from bot.numbers.metrics.sums import Floats
from bot.numbers.plan import Plan
from bot.numbers.shards import call_by_census
from bot.numbers.signals.doubles import doubles_known
from bot.numbers.signals.peer_rates import ALIKE, Learned, cohort_codes, learned_from
from bot.numbers.targets import PAID as PRICES
from bot.numbers.targets import Targets, stated

Judges = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class TargetReading:
    """How the plan's targets are read.

    Attributes:
        metrics: The glossary.
        judges: As `board` has them.
    """

    metrics: Metrics
    judges: Judges | None

    def stated(self, rows: pd.DataFrame) -> list[dict[str, float]]:
        """What the plan says of each campaign, by metric."""
        return [_said(row, self.metrics, self.judges) for row in records(rows)]


def targets_of(
    rows: pd.DataFrame, reading: TargetReading, plan: Plan, as_of: date, visible: pd.DataFrame
) -> pd.DataFrame:
    """The targets of resolved campaigns, index `entity`.

    Returns:
        `target.<metric>`, float64, NaN where there is none; `derived`: where each comes from that
        nobody stated (`Derived.to_json` by metric), else None.
    """
    stated_targets, metrics = reading.stated(rows), reading.metrics
    index = pd.Index(rows["entity"].to_numpy())
    names = [f"target.{name}" for name in metrics]
    targets = pd.DataFrame(stated_targets, index=index, columns=list(metrics)).astype("float64")
    targets = targets.set_axis(names, axis=1)
    if not any(stated_targets):
        return targets.assign(derived=None)
    derived = _derived(rows, reading, plan, as_of, visible).reindex(index)
    notes = derived["derived"].astype(object).where(derived["derived"].notna(), None)
    return targets.fillna(derived[names]).assign(derived=notes)


def _derived(
    rows: pd.DataFrame, reading: TargetReading, plan: Plan, as_of: date, visible: pd.DataFrame
) -> pd.DataFrame:
    """What follows from the stated targets by the rates seen, for campaigns that have any."""
    days = learned_from(as_of)
    snapshot = KnownRows.of(one_currency(newest(visible[within(visible, days)])), days)
    resolved = plan.resolve(campaigns_known(snapshot), as_of)
    all_rows = pd.concat([rows, resolved]).drop_duplicates("entity").set_index("entity", drop=False)
    campaigns = all_rows.loc[list(snapshot.entities)].reset_index(drop=True)
    cohort_keys = [tuple(row[name] for name in ALIKE) for row in records(campaigns)]
    places = [(stage, model, currency) for _, stage, model, currency, _ in cohort_keys]
    learned = Learned(snapshot.history(), cohort_codes(cohort_keys), as_of)
    targets = Targets(learned, reading.metrics, reading.stated(campaigns), places)
    values = {f"target.{name}": targets.values(name) for name in reading.metrics}
    derived_targets = pd.DataFrame(values, index=list(snapshot.entities))
    notes = [targets.all_derived(row) or None for row in range(len(derived_targets))]
    return derived_targets.assign(
        derived=pd.Series(notes, index=derived_targets.index, dtype=object)
    )


def _said(row: Mapping[str, Any], metrics: Metrics, judges: Judges | None) -> dict[str, float]:
    judge = (judges or {}).get((row["stage"], row["pricing_model"]))
    judge = judge or PRICES.get(row["pricing_model"] or "")
    stated_targets = stated(row["target"], judge if judge in metrics else None)
    return {
        name: value for name, value in stated_targets.items() if name in metrics or name == "margin"
    }


def within(rows: pd.DataFrame, span: Window) -> pd.Series:
    """Which rows are of these days."""
    return rows["date"].between(pd.Timestamp(span.since), pd.Timestamp(span.until))


def one_currency(rows: pd.DataFrame) -> pd.DataFrame:
    """Without money in another currency than the campaign's newest: it cannot be added up."""
    with_currency = rows[rows["currency"].notna()]
    if len(set(with_currency["currency"])) <= 1:
        return rows
    if not with_currency.groupby(list(IDENTITY))["currency"].nunique().gt(1).any():
        return rows
    newest = with_currency.sort_values("date", kind="stable").drop_duplicates(
        list(IDENTITY), keep="last"
    )
    keys = rows[list(IDENTITY)].merge(newest[[*IDENTITY, "currency"]], how="left")
    is_foreign = rows["currency"].notna().to_numpy() & (
        rows["currency"].to_numpy() != keys["currency"].to_numpy()
    )
    return rows.assign(**{name: rows[name].where(~is_foreign) for name in MONEY})


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts, None where nothing is known."""
    plain = table.astype(object)
    return [
        {str(k): v for k, v in row.items()}
        for row in plain.where(plain.notna(), None).to_dict("records")
    ]


__all__ = [
    "PRICES",
    "Board",
    "Judges",
    "board",
    "campaigns_of",
    "one_currency",
    "records",
    "targets_of",
    "unique_ids",
    "within",
]

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
            "campaigns": [self._campaign(row) for row in records(self.rows)],
        }

    def _campaign(self, row: Mapping[str, Any]) -> dict[str, Any]:
        identity = {name: row[name] for name in ABOUT}
        periods = {
            period: {name: row[f"{period}.{name}"] for name in self.metrics} for period in PERIODS
        }
        return {**identity, **periods, **({"derived": row["derived"]} if row["derived"] else {})}

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
        keys = [by, "currency"] if by and by != "currency" else ["currency"]
        rows = self.rows if by == "channel" else self.rows[self.rows["double_of"].isna()]
        group_columns = rows[keys].astype(object)
        table = group_columns.where(group_columns.notna(), None)
        kinds = table.drop_duplicates().sort_values(keys, na_position="last").reset_index(drop=True)
        places = {key: place for place, key in enumerate(kinds.itertuples(index=False, name=None))}
        of = np.array([places[key] for key in table.itertuples(index=False, name=None)], dtype=int)
        return self._grouped(kinds, of, rows["entity"])

    def _grouped(
        self, kinds: pd.DataFrame, of: np.ndarray[Any, np.dtype[np.int64]], entities: pd.Series
    ) -> pd.DataFrame:
        wide = np.full(len(self._history.entities), -1, dtype=np.int64)
        wide[_places(self._history, entities)] = of
        groups = Grouping(wide, len(kinds))
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
    now, before = parse_window(window, as_of)
    visible = campaigns_only(visible_on(numbers, as_of))
    snapshot = _known(visible, now, before)
    campaigns = _of_channel(plan.resolve(campaigns_known(snapshot), as_of), visible, channel)
    history = snapshot.history()
    reach = (
        window_reach_of(window_reach, history, now, as_of),
        window_reach_of(window_reach, history, before, as_of),
    )
    empty = Board(as_of, window, now, before, campaigns, metrics.measured, history, reach)
    doubled = doubles_known(visible) if doubled is None else doubled
    return _filled(empty, visible, plan, judges, doubled)


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


def _filled(
    board: Board,
    visible: pd.DataFrame,
    plan: Plan,
    judges: Judges | None,
    doubled: Mapping[str, str],
) -> Board:
    campaigns = _told_apart(_in_order(board.rows), doubled)
    entities = campaigns["entity"].to_numpy()
    parts = [
        measured(board._history, board.metrics, window, reach).reindex(entities).add_prefix(prefix)  # noqa: SLF001
        for prefix, window, reach in board._periods()  # noqa: SLF001
    ]
    reading = TargetReading(board.metrics, judges)
    parts.append(targets_of(campaigns, reading, plan, board.as_of, visible))
    campaigns = campaigns.assign(campaign_id=unique_ids(campaigns))
    campaigns = call_by_census(campaigns, plan.census)
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


def _places(history: History, entities: pd.Series) -> np.ndarray[Any, np.dtype[np.intp]]:
    return pd.Index(history.entities).get_indexer(pd.Index(entities))
