"""What moved by more than chance, and the factor that explains most of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from bot.advice.rulebook import Rulebook
from bot.desk.figures import Row, spend
from bot.desk.showing import causes
from bot.desk.verdicts import kpi_of
from bot.messages.values import Kpi, Moved

MOST = 3
LEAST_CHANGE = 0.2  # smaller changes are a week's ordinary weather
LEAST_SHARE = 0.05  # of all the money: smaller campaigns are no news
SURE = 3.0  # standard deviations: about one false line in a thousand campaigns a morning
OVERDISPERSION = 1.5  # results scatter more than dice do (STATISTICS.md)
STEADY = 0.05
NOTHING_LATE: Mapping[tuple[str, str], float] = MappingProxyType({})
LOOK_AT = {
    "conversion_rate": "fix_landing_page",
    "lead_rate": "fix_landing_page",
    "landing_rate": "fix_landing_page",
    "ctr": "refresh_creative",
    "qualified_share": "review_leads",
}


def moved(
    rows: Sequence[Row],
    rulebook: Rulebook,
    told: Iterable[str] = (),
    late: Mapping[tuple[str, str], float] = NOTHING_LATE,
) -> tuple[Moved, ...]:
    """Campaigns whose price moved by more than chance and late results explain, by money.

    Args:
        rows: Campaigns of a 7-day board.
        rulebook: What each is judged by.
        told: Entities something is already said about.
        late: The settled price as a share of the price now, by stage and metric.
    """
    everything = sum(map(spend, rows))
    found = [
        (row, kpi)
        for row in rows
        if row["entity"] not in set(told) and spend(row) >= LEAST_SHARE * everything
        for kpi in [kpi_of(row, rulebook)]
        if _is_news(row, kpi, rulebook, late.get((str(row["stage"] or ""), kpi.metric), 1.0))
    ]
    found.sort(key=lambda pair: -_money(*pair))
    return tuple(_moved(row, kpi, rulebook) for row, kpi in found[:MOST])


def _is_news(row: Row, kpi: Kpi, rulebook: Rulebook, settled: float) -> bool:
    known = rulebook.metrics.get(kpi.metric)
    if known is None or known.sum != "spend" or not known.over or not kpi.value or not kpi.before:
        return False
    counts = [row.get(f"{period}.{known.over}") for period in ("now", "before")]
    if any(not count for count in counts):
        return False
    noise = math.sqrt(OVERDISPERSION * sum(1 / float(count or 1) for count in counts))
    change = abs(math.log(kpi.value * settled / kpi.before))
    return change >= math.log(1 + LEAST_CHANGE) and change >= SURE * noise


def _money(row: Row, kpi: Kpi) -> float:
    return spend(row) * abs(1 - (kpi.before or 0.0) / kpi.value) if kpi.value else 0.0


def _moved(row: Row, kpi: Kpi, rulebook: Rulebook) -> Moved:
    changes = {
        part.what: change
        for part in causes([row], kpi, rulebook)
        if (change := _change(row, part.what)) is not None
    }
    factor = next(iter(changes), "")
    others = [name for name in ("cpm", "ctr", "conversion_rate", "lead_rate") if name != factor]
    steady = tuple(name for name in others if abs(_change(row, name) or 1.0) < STEADY)
    worse = bool(kpi.value and kpi.before and kpi.value > kpi.before)
    return Moved(
        name=str(row["campaign_name"]),
        kpi=kpi,
        factor=factor,
        factor_change=changes.get(factor),
        steady=steady,
        look_at=LOOK_AT.get(factor, "") if worse else "",
    )


def _change(row: Row, metric: str) -> float | None:
    now, before = row.get(f"now.{metric}"), row.get(f"before.{metric}")
    return now / before - 1 if now is not None and before else None
