"""What was found among the parts of campaigns, as rules see it: money a week, a campaign.

A rule reads `keyword_waste.now`; which keywords they are stands beside it, in the advice's numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from bot.advice.details.detail_panel import CampaignNorm
from bot.advice.details.judging import (
    AD_TIRED,
    MISFIT,
    PAGE_BROKEN,
    QUALITY,
    DetailFinding,
    JudgedLevel,
    Key,
    judged_level,
)
from bot.advice.details.signals import LEVELS_OF
from bot.advice.evaluate.campaign_columns import CampaignColumns
from bot.advice.evaluate.rule_days import late_days
from bot.numbers.metrics.glossary import result_columns
from bot.numbers.metrics.sums import Floats

MOST_NAMED = 5
COUNTED = ("conversions", "leads")
"""Results that a platform tells by part."""
SIGNAL_OF = {
    "keyword_waste": "keyword_waste", "term_waste": "term_waste", PAGE_BROKEN: "page_loss",
    AD_TIRED: "ad_loss", MISFIT: "misfit_cost", QUALITY: "quality_cost",
}  # fmt: skip


@dataclass(frozen=True)
class FoundParts:
    """The parts a rule speaks of.

    Attributes:
        names: Of the weightiest, at most `MOST_NAMED`; `count` of all.
        lost, low, high: Money a week, 90 %; the ends None where nobody can say.
        sure: The probability that it is so.
    """

    level: str
    names: tuple[str, ...]
    count: int
    lost: float
    low: float | None = None
    high: float | None = None
    sure: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As an advice's numbers keep it."""
        return {"level": self.level, "names": list(self.names), "count": self.count}


@dataclass(frozen=True)
class CampaignParts:
    """Of every signal: campaigns there are rows for, and what was found in them."""

    campaigns: Mapping[str, frozenset[Key]] = field(default_factory=dict)
    found: Mapping[tuple[str, Key], FoundParts] = field(default_factory=dict)

    def money(self, signal: str, keys: Sequence[Key]) -> Floats:
        """Money a week, a campaign; 0 where nothing was found, NaN where there are no rows."""
        keys_known = self.campaigns.get(signal, frozenset())
        if not keys_known and not self.found:
            return np.full(len(keys), np.nan)
        return np.array([
            self.found[signal, key].lost if (signal, key) in self.found
            else 0.0 if key in keys_known else np.nan
            for key in keys
        ], dtype=np.float64)  # fmt: skip


def campaign_parts(
    rows: pd.DataFrame | None, as_of: date, norms: Mapping[Key, CampaignNorm]
) -> CampaignParts:
    """Judge every level there are rows of."""
    if rows is None or rows.empty or not norms:
        return CampaignParts()
    levels = rows["level"].to_numpy()
    judged = [
        judgement
        for level in dict.fromkeys(levels.tolist())
        if (judgement := judged_level(rows[levels == level], level, as_of, norms)) is not None
    ]
    return CampaignParts(
        {signal: _known(judged, levels_of) for signal, levels_of in LEVELS_OF.items()},
        _found(judged),
    )


def _known(judged: Iterable[JudgedLevel], levels: tuple[str, ...]) -> frozenset[Key]:
    return frozenset(key for level in judged if level.level in levels for key in level.campaigns)


def _found(judged: Iterable[JudgedLevel]) -> dict[tuple[str, Key], FoundParts]:
    """The dearest of each signal and campaign: several breakdowns divide the same money."""
    dearest: dict[tuple[str, Key], FoundParts] = {}
    for level in judged:
        for finding in level.findings:
            signal = SIGNAL_OF.get(finding.kind)
            if signal is None or not finding.lost:
                continue
            parts, key = _parts(level, finding), (signal, finding.campaign)
            if key not in dearest or dearest[key].lost < parts.lost:
                dearest[key] = parts
    return dearest


def _parts(level: JudgedLevel, finding: DetailFinding) -> FoundParts:
    top_rows = level.table.iloc[list(finding.parts[:MOST_NAMED])]
    names = top_rows["detail_name"].where(top_rows["detail_name"].notna(), top_rows["detail_id"])
    money = (finding.lost or 0.0, finding.low, finding.high, finding.sure)
    return FoundParts(level.level, tuple(map(str, names)), len(finding.parts), *money)


def key_of(entity: str) -> Key:
    """A campaign as its details name it: channel, account and its own id."""
    channel, _, remainder = entity.partition("|")
    account, _, campaign = remainder.partition("|")
    return channel, account, campaign


def norms_of(columns: CampaignColumns) -> dict[Key, CampaignNorm]:
    """What the parts of each campaign are held against on a morning."""
    counted = _counted(columns)
    late = late_days(columns.scene.complete)
    targets = {"conversions": columns.target("cpa"), "leads": columns.target("cpl")}
    return {
        key_of(entity): CampaignNorm(
            counted[row],
            _plain(targets[counted[row]][row]) if counted[row] else None,
            max(columns.cells[row].skip_last, int(late[row])),
        )
        for row, entity in enumerate(columns.history.entities)
    }


def _counted(columns: CampaignColumns) -> list[str]:
    """What counts as a result of each, of what platforms tell by part; "" for none."""
    ever = {name: columns.history.ever(name) for name in COUNTED}
    places = zip(columns.said("stage"), columns.said("pricing_model"), strict=True)
    return [
        next(
            (name for name in (*result_columns(stage, pricing), *COUNTED)
             if name in ever and ever[name][row]),
            "",
        )
        for row, (stage, pricing) in enumerate(places)
    ]  # fmt: skip


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
