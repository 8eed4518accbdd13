"""Faults of a whole account: what holds of nearly all that spends there is said once, of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.advice.evaluate.campaign_features import Facts, View
from bot.advice.evaluate.cohorts import SHARED
from bot.advice.evaluate.findings import Finding
from bot.numbers.input.names import title
from bot.numbers.metrics.sums import Floats

NEARLY_ALL = 0.8
"""Of an account's spend, or of three campaigns and more: one that goes on makes no difference."""


def whole_accounts(finding: Finding, rows: Sequence[int], facts: Facts) -> tuple[int, ...]:
    """Of the campaigns a rule speaks of, those of accounts it speaks of as a whole."""
    places = accounts_of(facts)
    speaks: dict[tuple[object, ...], list[int]] = {}
    for row in rows:
        speaks.setdefault(places[row], []).append(row)
    spend = _spend(finding.view(rows[0])) if rows else np.zeros(0)
    return tuple(
        row
        for place, campaigns in speaks.items()
        if _covers(campaigns, [at for at, other in enumerate(places) if other == place], spend)
        for row in campaigns
    )


def account_label(finding: Finding, rows: Sequence[int], facts: Facts) -> str | None:
    """What people call the account that campaigns make up; None where they are a part of it."""
    places = accounts_of(facts)
    channel, account = places[rows[0]]
    inside = [at for at, place in enumerate(places) if place == places[rows[0]]]
    if not _covers(rows, inside, _spend(finding.view(rows[0]))):
        return None
    several = len({place for place in places if place[0] == channel}) > 1
    name = title(str(channel or ""))
    return f"{name} {account}" if several and account else name


def accounts_of(facts: Facts) -> list[tuple[object, ...]]:
    """Channel and account of each campaign."""
    return list(zip(*(facts.said(column) for column in SHARED[True]), strict=True))


def _covers(rows: Sequence[int], inside: Sequence[int], spend: Floats) -> bool:
    paid = [row for row in inside if spend[row] > 0]
    share = float(spend[list(rows)].sum()) / max(float(spend[paid].sum()), 1e-9)
    most = len(rows) > 2 and len(rows) >= NEARLY_ALL * len(paid)
    return len(rows) > 1 and (share >= NEARLY_ALL or most)


def _spend(view: View) -> Floats:
    """What each campaign spent in both windows: one that has stopped had its share before."""
    now, before = (np.nan_to_num(view[name]) for name in ("spend.now", "spend.before"))
    return np.asarray(now + before, dtype=np.float64)
