"""What a board's campaigns may cost: as the plan states it, and what follows from that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from bot.numbers.about import campaigns_known
from bot.numbers.columns import IDENTITY, MONEY
from bot.numbers.daily import newest
from bot.numbers.learned import ALIKE, Learned, alike, learned_from
from bot.numbers.metrics import Metrics
from bot.numbers.plan import Plan
from bot.numbers.revisions import Known
from bot.numbers.targets import PAID as PRICES
from bot.numbers.targets import Targets, stated
from bot.numbers.windows import Window

__all__ = ["PRICES", "Judges", "one_currency", "records", "targets_of", "within"]

Judges = Mapping[tuple[str, str], str]


def targets_of(  # noqa: PLR0913, PLR0917 - everything a target follows from
    rows: pd.DataFrame,
    metrics: Metrics,
    judges: Judges | None,
    plan: Plan,
    as_of: date,
    visible: pd.DataFrame,
) -> pd.DataFrame:
    """The targets of resolved campaigns, index `entity`.

    Returns:
        `target.<metric>`, float64, NaN where there is none; `derived`: where each comes from that
        nobody stated (`Derived.to_json` by metric), else None.
    """
    said = _stated(rows, metrics, judges)
    index = pd.Index(rows["entity"].to_numpy())
    names = [f"target.{name}" for name in metrics]
    found = pd.DataFrame(said, index=index, columns=list(metrics)).astype("float64")
    found = found.set_axis(names, axis=1)
    if not any(said):
        return found.assign(derived=None)
    derived = _derived(rows, metrics, judges, plan, as_of, visible).reindex(index)
    notes = derived["derived"].astype(object).where(derived["derived"].notna(), None)
    return found.fillna(derived[names]).assign(derived=notes)


def _derived(  # noqa: PLR0913, PLR0917 - as above
    rows: pd.DataFrame,
    metrics: Metrics,
    judges: Judges | None,
    plan: Plan,
    as_of: date,
    visible: pd.DataFrame,
) -> pd.DataFrame:
    """What follows from the stated targets by the rates seen, for campaigns that have any."""
    days = learned_from(as_of)
    known = Known.of(one_currency(newest(visible[within(visible, days)])), days)
    others = plan.resolve(campaigns_known(known), as_of)
    both = pd.concat([rows, others]).drop_duplicates("entity").set_index("entity", drop=False)
    about = both.loc[list(known.entities)].reset_index(drop=True)
    told = [tuple(row[name] for name in ALIKE) for row in records(about)]
    places = [(stage, model, currency) for _, stage, model, currency, _ in told]
    learned = Learned(known.history(), alike(told), as_of)
    targets = Targets(learned, metrics, _stated(about, metrics, judges), places)
    values = {f"target.{name}": targets.values(name) for name in metrics}
    found = pd.DataFrame(values, index=list(known.entities))
    notes = [targets.all_derived(row) or None for row in range(len(found))]
    return found.assign(derived=pd.Series(notes, index=found.index, dtype=object))


def _stated(rows: pd.DataFrame, metrics: Metrics, judges: Judges | None) -> list[dict[str, float]]:
    """What the plan says of each, by metric."""
    return [_said(row, metrics, judges) for row in records(rows)]


def _said(row: Mapping[str, Any], metrics: Metrics, judges: Judges | None) -> dict[str, float]:
    judge = (judges or {}).get((row["stage"], row["pricing_model"]))
    judge = judge or PRICES.get(row["pricing_model"] or "")
    known = stated(row["target"], judge if judge in metrics else None)
    return {name: value for name, value in known.items() if name in metrics or name == "margin"}


def within(known: pd.DataFrame, span: Window) -> pd.Series:
    """Which rows are of these days."""
    return known["date"].between(pd.Timestamp(span.since), pd.Timestamp(span.until))


def one_currency(known: pd.DataFrame) -> pd.DataFrame:
    """Without money in another currency than the campaign's newest: it cannot be added up."""
    said = known[known["currency"].notna()]
    if len(set(said["currency"])) <= 1:
        return known
    if not said.groupby(list(IDENTITY))["currency"].nunique().gt(1).any():
        return known
    newest = said.sort_values("date", kind="stable").drop_duplicates(list(IDENTITY), keep="last")
    keys = known[list(IDENTITY)].merge(newest[[*IDENTITY, "currency"]], how="left")
    other = known["currency"].notna().to_numpy() & (
        known["currency"].to_numpy() != keys["currency"].to_numpy()
    )
    return known.assign(**{name: known[name].where(~other) for name in MONEY})


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts, None where nothing is known."""
    plain = table.astype(object)
    return [
        {str(k): v for k, v in row.items()}
        for row in plain.where(plain.notna(), None).to_dict("records")
    ]
