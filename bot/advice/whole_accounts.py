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


Account = tuple[object, ...]  # channel and account


def whole_accounts(finding: Finding, rows: Sequence[int], facts: Facts) -> tuple[int, ...]:
    """Of the campaigns a rule speaks of, those of accounts it speaks of as a whole."""
    if not rows:
        return ()
    spoken_of = set(rows)
    spend = _spend(finding.view(rows[0]))
    accounts = (
        ([row for row in campaigns if row in spoken_of], campaigns)
        for campaigns in accounts_of(facts).values()
    )
    return tuple(row for held, inside in accounts if _covers(held, inside, spend) for row in held)


def account_label(finding: Finding, rows: Sequence[int], facts: Facts) -> str | None:
    """What people call the account that campaigns make up; None where they are a part of it."""
    accounts = accounts_of(facts)
    channel, account = key = _account(facts, rows[0])
    if not _covers(rows, accounts[key], _spend(finding.view(rows[0]))):
        return None
    several = sum(other_channel == channel for other_channel, _ in accounts) > 1
    name = title(str(channel or ""))
    return f"{name} {account}" if several and account else name


def accounts_of(facts: Facts) -> dict[Account, list[int]]:
    """The campaigns of each channel and account."""
    accounts: dict[Account, list[int]] = {}
    for row in range(facts.size):
        accounts.setdefault(_account(facts, row), []).append(row)
    return accounts


def _account(facts: Facts, row: int) -> Account:
    return tuple(facts.said(column)[row] for column in SHARED[True])


def _covers(rows: Sequence[int], inside: Sequence[int], spend: Floats) -> bool:
    paid = [row for row in inside if spend[row] > 0]
    share = float(spend[list(rows)].sum()) / max(float(spend[paid].sum()), 1e-9)
    most = len(rows) > 2 and len(rows) >= NEARLY_ALL * len(paid)
    return len(rows) > 1 and (share >= NEARLY_ALL or most)


def _spend(view: View) -> Floats:
    """What each campaign spent in both windows: one that has stopped had its share before."""
    now, before = (np.nan_to_num(view[name]) for name in ("spend.now", "spend.before"))
    return np.asarray(now + before, dtype=np.float64)
