"""What goes wrong in a market, to which campaigns, on which days, and what would name it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.advice.worlds.account import SEARCH, Account, between
from benchmarks.advice.worlds.curves import Array, Ints
from benchmarks.advice.worlds.priors import Priors

TRACKING = ("outage", "partial", "double", "account")
"""Faults of counting: what is sold goes on being sold."""
KINDS = (*TRACKING, "break", "drop", "spike", "stop", "fatigue")
CAUSES = ("page", "checkout", "auction")
REACH_CAUSES = ("auction", "audience")
SIZES = {
    "outage": (0.0, 0.0), "account": (0.0, 0.0), "partial": (0.3, 0.6), "double": (1.9, 2.0),
    "break": (0.45, 0.55), "drop": (0.55, 0.7), "spike": (2.3, 3.5), "stop": (-0.03, 0.02),
    "fatigue": (0.5, 0.62),
}  # fmt: skip
"""Ranges of a fault's factor; under zero is none: of three stops, one lets a little through."""
LONG = {"break": (15, 35), "drop": (15, 35), "spike": (1, 1), "stop": (3, 8), "fatigue": (18, 30)}
"""Days it lasts, first and last among them; tracking is mended as the priors say."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, on days from `first` to `last`, both among them.

    Attributes:
        kind: `outage` (nothing is counted), `partial` (a part is), `double` (everything twice),
            `account` (nothing, in a whole account), `break` (a result costs twice as much), `drop`
            (fewer visitors buy), `spike` (spend beyond the budget), `stop` (nothing is shown),
            `fatigue` (clicks fall and people see it more often).
        campaigns: Those it strikes.
        size: The factor on counting, efficiency or spend.
        cause: Of a break: `page`, `checkout`, `auction` or `audience`.
    """

    kind: str
    campaigns: tuple[int, ...]
    first: int
    last: int
    size: float
    cause: str = ""


@dataclass(frozen=True)
class Faults:
    """All that goes wrong in a market, as factors by day and campaign.

    Attributes:
        counted: What is counted of a result.
        landed: Visits a click.
        spent: Spend over the budget's.
    """

    all: tuple[Fault, ...]
    counted: Array
    landed: Array
    spent: Array


def drawn(priors: Priors, account: Account, random: np.random.Generator) -> Faults:
    """The faults of a market; none begins before the second week of advice."""
    found = tuple(_each(priors, account, random))
    counted, landed, spent = (np.ones(account.on.shape) for _ in range(3))
    for fault in found:
        days, rows = slice(fault.first, fault.last + 1), list(fault.campaigns)
        if fault.kind in TRACKING:
            counted[days, rows] *= fault.size
        elif fault.kind in {"spike", "stop"}:
            spent[days, rows] *= fault.size
        elif fault.cause == "page":
            landed[days, rows] *= fault.size
    return Faults(found, counted, landed, spent)


def _each(priors: Priors, account: Account, random: np.random.Generator) -> Iterator[Fault]:
    scale = account.size / 40 * priors.days / 100
    start, last = priors.history + 7, priors.history + priors.days - 21
    if last <= start:
        return  # too short for anything to be found
    for kind, many in priors.faults.items():
        for _ in range(random.poisson(many * scale)):
            first = int(random.integers(start, last))
            prone = _prone(account, kind, first)
            if not len(prone):
                continue
            campaign = int(random.choice(prone))
            span = priors.repair if kind in TRACKING else LONG[kind]
            long = int(random.integers(int(span[0]), int(span[1]) + 1))
            cause = _cause(account, kind, campaign, random)
            size = max(between(random, SIZES[kind]), 0.0)
            struck = _struck(account, kind, campaign)
            yield Fault(kind, struck, first, first + long - 1, size, cause)


def _prone(account: Account, kind: str, first: int) -> Ints:
    """Whom it can strike: tags count what comes after the click; search ads do not tire."""
    runs = account.on[max(first - 21, 0) : first + 5].mean(axis=0) > 0.6
    if kind in {*TRACKING, "drop"}:
        runs &= ~account.by_reach
    if kind == "fatigue":
        runs &= ~np.isin(account.channel, SEARCH)
    return np.flatnonzero(runs)


def _struck(account: Account, kind: str, campaign: int) -> tuple[int, ...]:
    if kind != "account":
        return (campaign,)
    alike = (account.account_id == account.account_id[campaign]) & ~account.by_reach
    return tuple(np.flatnonzero(alike).tolist())


def _cause(account: Account, kind: str, campaign: int, random: np.random.Generator) -> str:
    if kind != "break":
        return ""
    return str(random.choice(REACH_CAUSES if account.by_reach[campaign] else CAUSES))
