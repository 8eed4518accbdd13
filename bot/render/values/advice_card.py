"""Values of one piece of advice: what it says, what it changes, how it was answered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sized
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TypeGuard

from bot.domain.advice import Advice
from bot.render.values.budget_moves import (
    AtPlatform,
    BudgetTest,
    LikelyEffect,
    Settles,
    ShownChange,
    Tested,
    Trial,
    budget_test,
    tested,
    trial,
)

_ABOUT = {"check_tracking": "tracking", "check_delivery": "delivery", "hold": "late_data"}


@dataclass(frozen=True)
class Card:
    """A piece of advice as it is shown, and as it stands.

    Attributes:
        names: Campaign id to the name people know; an id without one is shown itself.
        number, of: "2 of 3": its place in the digest.
        state: open, acknowledged, in_progress, snoozed, dismissed or expired.
        answered_by: The person's name (never a mention), `answered_at` in the reader's zone.
        until: A snooze's end.
        reason: Why it was dismissed.
        measured_on: The day its outcome is measured, where that is planned; `against` how many
            untouched campaigns.
        why: The rule's own `why` (English; the catalogue translates).
        channel: The channel of the campaign it is about, as people call it.
        partly: Daily budgets agreed to by campaign id, where that is less than advised.
        said_at: When it was said at once, in the reader's zone; None where it waited.
        two_people: Whether two people have to acknowledge it; `first_by` is the one who has,
            `first_part` the daily budgets they agreed to where that is less than advised.
        platform: How it stands at the platforms that can set its budgets; None where none can.
        waits_for: Of expired advice the guard that holds it back though it is still true, or "".
    """

    advice: Advice
    names: Mapping[str, str] = field(default_factory=dict)
    number: int = 1
    of: int = 1
    state: str = "open"
    answered_by: str = ""
    answered_at: datetime | None = None
    until: date | None = None
    reason: str = ""
    measured_on: date | None = None
    against: int = 0
    effect: LikelyEffect | None = None
    why: str = ""
    channel: str = ""
    partly: Mapping[str, float] = field(default_factory=dict)
    said_at: datetime | None = None
    two_people: bool = False
    first_by: str = ""
    first_part: Mapping[str, float] = field(default_factory=dict)
    platform: AtPlatform | None = None
    waits_for: str = ""

    @property
    def id(self) -> str:
        return self.advice.id

    @property
    def name(self) -> str:
        """The campaign it is about."""
        ids = self.advice.campaign_ids
        return self._named(ids[0]) if ids else ""

    @property
    def to(self) -> str:
        """The campaign that receives (most surely), for a shift; else ""."""
        ids = self.advice.campaign_ids
        if not self.is_shift or len(ids) < 2:
            return ""
        receiver = self.advice.numbers.get("to")
        campaign_id = receiver.get("campaign_id") if isinstance(receiver, Mapping) else None
        return self._named(str(campaign_id or ids[1]))

    @property
    def source(self) -> str:
        """Whose numbers they are: the channel, else the campaign."""
        return self.channel or self.name

    @property
    def urgent(self) -> bool:
        return self.advice.severity == "urgent"

    @property
    def as_of(self) -> date | None:
        """The morning its numbers are from."""
        morning = self.advice.numbers.get("as_of")
        return date.fromisoformat(str(morning)) if morning else self.advice.opened_on

    @property
    def checked(self) -> tuple[str, ...]:
        """What was looked at besides and is in order: not what the advice itself is about."""
        own = _ABOUT.get(self.advice.action, "")
        return tuple(guard for guard in self.advice.guards if guard != own)

    @property
    def through(self) -> date | None:
        """The last day its numbers are of: one nobody answers keeps those of its morning."""
        return self.as_of - timedelta(1) if self.as_of else None

    def days_back(self, signal: str) -> date | None:
        """The first of the days a signal counts back from the morning; None where it is silent."""
        ids = self.advice.campaign_ids
        evidence = self.advice.evidence.get(ids[0], {}) if ids else {}
        days = evidence.get(f"{signal}.now")
        return self.as_of - timedelta(round(days)) if days and self.as_of else None

    @property
    def others(self) -> int:
        """How many more campaigns it is about; for a shift, how many more give."""
        if self.to:
            return max(0, len(self.advice.campaign_ids) - 2 - self.more_takers)
        return max(0, len(self.advice.campaign_ids) - 1)

    @property
    def everywhere(self) -> str:
        """The account it is about as a whole, as people call it; "" where it is about campaigns."""
        return str(self.advice.numbers.get("everywhere") or "")

    @property
    def more_takers(self) -> int:
        """How many more than `to` receive."""
        takers = self.advice.numbers.get("takers")
        return max(0, len(takers) - 1) if isinstance(takers, Sized) else 0

    @property
    def trial(self) -> Trial | None:
        """The test it proposes, None where it is none."""
        return trial(self.advice, self._begun, self.measured_on)

    @property
    def _begun(self) -> date | None:
        """The day a test begins: when it was acknowledged, else the morning of its numbers."""
        acknowledged_at = self.answered_at if self.state == "acknowledged" else None
        return acknowledged_at.date() if acknowledged_at else self.as_of

    @property
    def tested(self) -> tuple[Tested, ...]:
        """Tests of its campaigns that were read before."""
        return tested(self.advice)

    @property
    def is_shift(self) -> bool:
        return self.advice.action == "shift_budget"

    @property
    def changes(self) -> tuple[ShownChange, ...]:
        """Daily budgets from and to, in the advice's order; of a part, as it was agreed to."""
        advice, budgets = self.advice, {**self.advice.budgets, **self.partly}
        ids = [campaign_id for campaign_id in advice.campaign_ids if campaign_id in budgets]
        return tuple(
            ShownChange(
                self._named(campaign_id),
                advice.budgets_before.get(campaign_id),
                budgets[campaign_id],
                advice.currency,
            )
            for campaign_id in ids
        )

    @property
    def move(self) -> float | None:
        """What the givers give a day: by budgets (of a part, as agreed), else the rule's own."""
        ids = self.advice.campaign_ids
        if self.is_shift and self.advice.budgets_before:
            was, budgets = self.advice.budgets_before, {**self.advice.budgets, **self.partly}
            return round(
                sum(
                    max(was[campaign_id] - budgets[campaign_id], 0.0)
                    for campaign_id in was
                    if campaign_id in budgets
                ),
                6,
            )
        before = self.advice.budgets_before.get(ids[0]) if ids else None
        after = {**self.advice.budgets, **self.partly}.get(ids[0]) if ids else None
        if before is not None and after is not None:
            return abs(before - after)
        amount = self.advice.numbers.get("move")
        return float(amount) if isinstance(amount, int | float) else None

    @property
    def share(self) -> float:
        """How much of the change was agreed to, 0-1; 1 where that is all of it."""
        before, after = self.advice.budgets_before, self.advice.budgets
        asked = sum(abs(after[key] - before[key]) for key in self.partly if key in before)
        taken = sum(abs(by - before[key]) for key, by in self.partly.items() if key in before)
        return taken / asked if asked and self.partly else 1.0

    @cached_property
    def as_taken(self) -> Advice:
        """The advice as its rule would have said it of the part: a share of move and effect.

        In proportion: of the first half of a step a little more than half comes, if anything.
        """
        share, numbers = self.share, dict(self.advice.numbers)
        if share == 1.0:
            return self.advice
        if _finite(amount := numbers.get("move")):
            numbers["move"] = self.move if self.is_shift else amount * share
        if isinstance(effect := numbers.get("effect"), Mapping):
            scaled = {side: effect[side] * share for side in _EFFECT if _finite(effect.get(side))}
            numbers["effect"] = {**effect, **scaled}
        return replace(self.advice, budgets={**self.advice.budgets, **self.partly}, numbers=numbers)

    @property
    def part(self) -> tuple[float, float] | None:
        """(agreed to, advised) where it was acknowledged in part, None where it was not.

        What a shift moves a day, else the new daily budget.
        """
        ids = self.advice.campaign_ids
        partial_id = next((campaign_id for campaign_id in ids if campaign_id in self.partly), None)
        advised = self.advice.budgets.get(partial_id or "")
        if partial_id is None or advised is None:
            return None
        before = self.advice.budgets_before.get(partial_id)
        if self.is_shift and before is not None:
            return abs(self.partly[partial_id] - before), abs(advised - before)
        return self.partly[partial_id], advised

    @property
    def about(self) -> bool:
        """Whether the amount is estimated, because no budget is known."""
        return not self.advice.budgets

    @property
    def unchanged_total(self) -> bool:
        """Whether the budgets add up to what they were, to a thousandth."""
        advice = self.advice
        if len(advice.budgets) < 2 or set(advice.budgets) != set(advice.budgets_before):
            return False
        return abs(sum(advice.budgets.values()) - sum(advice.budgets_before.values())) < 1e-3

    @property
    def expected(self) -> LikelyEffect | None:
        """What is likely to come of it: as given, else the rule's own `effect`."""
        if self.effect:
            return self.effect
        forecast = self.as_taken.numbers.get("effect")
        if not isinstance(forecast, Mapping) or not _finite(forecast.get("mean")):
            return None
        low, high = (forecast.get(side) if _finite(forecast.get(side)) else None for side in _SIDES)
        bought = str(forecast.get("counted") or self._bought)
        return LikelyEffect(bought, float(forecast["mean"]), low, high)

    @property
    def tells_effect(self) -> bool:
        """Whether the rule's own message already says what is likely to come of it."""
        return "effect." in self.advice.message

    @property
    def test(self) -> BudgetTest | None:
        """The test of one campaign it asks for; None where it asks for none."""
        terms = budget_test(self.advice, self._begun, self.measured_on)
        if terms is None or self.share == 1.0:
            return terms
        after = terms.before + (terms.after - terms.before) * self.share
        price = None if terms.price is None else terms.price * self.share
        return replace(terms, after=after, price=price)

    @property
    def stake(self) -> AtStake | None:
        """Money at stake a week, to the two digits anybody knows of it."""
        advice = self.advice
        if advice.money_at_stake is None:
            return None
        ends = (advice.stake_low, advice.stake_high)
        low, high = (None if end is None else _two_digits(end) for end in ends)
        return AtStake(_two_digits(advice.money_at_stake), low, high, advice.stake_kind)

    @property
    def worth(self) -> tuple[str, float] | None:
        """What each result that a shift brings was counted at: (price metric, currency units)."""
        each, effect = self.advice.numbers.get("worth"), self.expected
        if not self.is_shift or not _finite(each) or effect is None:
            return None
        metric = _PRICES.get(effect.metric)
        times = 1000 if metric in {"cost_per_reach", "cpm"} else 1
        return (metric, float(each) * times) if metric else None

    @property
    def settles(self) -> Settles | None:
        """Where its first campaign's price goes once late results are in; None where it has."""
        ids = self.advice.campaign_ids
        evidence = self.advice.evidence.get(ids[0], {}) if ids else {}
        for name, low in evidence.items():
            metric, _, window = name.partition(".")
            high = evidence.get(f"{metric}.settles_high")
            if window == "settles_low" and low is not None and high is not None:
                return Settles(metric, evidence.get(f"{metric}.now"), low, high)
        return None

    @property
    def demoted(self) -> tuple[str, date] | None:
        """Why (`harmful`, `noisy`) and since when its rule may only watch; None where it may."""
        demotion = self.advice.numbers.get("demoted")
        if not isinstance(demotion, Mapping):
            return None
        return str(demotion["why"]), date.fromisoformat(str(demotion["since"]))

    @property
    def _bought(self) -> str:
        """What the money buys, by the price the rule looks at."""
        read = " ".join(reason.line for reason in self.advice.reasons)
        read = f"{read} {self.advice.message}"
        return next((count for price, count in _BOUGHT if f"{price}.now" in read), "conversions")

    def _named(self, campaign_id: str) -> str:
        return self.names.get(campaign_id) or campaign_id


@dataclass(frozen=True)
class AtStake:
    """Money a week that is expected to be lost or gained if nothing is done, as it is said.

    Attributes:
        amount: Currency units; `low`, `high` where it lies (90 %), None where nobody can say.
        kind: `expected`; `unjudged`, spend that cannot be judged until something is mended; "" of
            advice stored before there were kinds.
    """

    amount: float
    low: float | None = None
    high: float | None = None
    kind: str = "expected"

    @property
    def span(self) -> tuple[float, float, float]:
        """Amount, low and high; the amount where no range is known."""
        low, high = (self.amount if end is None else end for end in (self.low, self.high))
        return self.amount, low, high


def _two_digits(amount: Decimal) -> float:
    return float(f"{amount:.2g}")


_PRICES = {
    "conversions": "cpa",
    "documented_conversions": "cpa",
    "repeat_conversions": "cost_per_repeat_sale",
    "leads": "cpl",
    "clicks": "cpc",
    "landing_views": "cost_per_landing_view",
    "engagements": "cost_per_engagement",
    "reach": "cost_per_reach",
    "impressions": "cpm",
}
_SIDES = ("low", "high")
_EFFECT = ("mean", *_SIDES)
_BOUGHT = (
    ("cost_per_repeat_sale", "repeat_conversions"),
    ("cost_per_engagement", "engagements"),
    ("cpa", "conversions"),
    ("cpl", "leads"),
    ("cpc", "clicks"),
    ("cpm", "impressions"),
)


def _finite(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and math.isfinite(value)
