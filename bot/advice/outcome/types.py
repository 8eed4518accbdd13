"""The values an outcome is made of; each is plain data and survives JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import TypeAdapter

from bot.domain.advice import plain
from bot.numbers.input.windows import Window

STATES = ("not_yet", "applied", "partly", "differently", "changed_outside")
VERDICTS = ("worked", "no_effect", "harmful", "too_small_to_tell", "not_measured")
AFTER, BEFORE = 14, 28


@dataclass(frozen=True)
class Treated:
    """A campaign that advice changes: its daily budget before and after, currency units.

    Attributes:
        entity: `channel|account_id|campaign_id`.
        campaign_id: As advice knows it.
        known: Whether the budget itself is known; else both are mean spend a day, and about.
    """

    entity: str
    campaign_id: str
    before: float
    after: float
    known: bool = True


@dataclass(frozen=True)
class Frozen:
    """How advice will be measured, fixed when it was acknowledged: nothing is chosen later.

    Attributes:
        advice_id, rule, action: What was acknowledged.
        on: The morning of the acknowledgement; the 28 days before and the `days` after it count,
            the day itself does not.
        column: What is counted, e.g. `conversions`; `price`: the metric it makes, e.g. `cpa`.
        of: `price` for a shift (the cost per result of giver and receiver together) or `results`
            for a change of one budget (what it bought, against what it cost).
        lag: Days waited after the window for late results.
        treated: The campaigns changed; `controls`: the untouched peers, by entity.
        worth: Currency units one result is worth in `results` (target, else the stage's price).
        level: Of the interval.
        days: Days of the window after it, whole weeks; a test's own, as is then its `lag`.
        smallest: The share of the spend below which an effect counts as none.
        test: Whether it is a dated test, read on the day its card says.
    """

    advice_id: str
    rule: str
    action: str
    on: date
    stage: str
    column: str
    price: str
    of: str
    lag: int
    treated: tuple[Treated, ...]
    controls: tuple[str, ...] = ()
    currency: str | None = None
    worth: float | None = None
    level: float = 0.9
    smallest: float = 0.05
    days: int = AFTER
    test: bool = False

    @property
    def kind(self) -> str:
        """What it is called when it is told: `run_test` for a test, else its action."""
        return "run_test" if self.test else self.action

    @property
    def sides(self) -> tuple[tuple[Treated, ...], tuple[Treated, ...]]:
        """Those that give and those that receive; one campaign alone is on the first side."""
        if len(self.treated) == 1:
            return self.treated, ()
        takers = tuple(campaign for campaign in self.treated if campaign.after > campaign.before)
        return tuple(campaign for campaign in self.treated if campaign not in takers), takers

    @property
    def before(self) -> Window:
        """The days before, whole weeks."""
        return Window.ending(self.on - timedelta(1), BEFORE)

    @property
    def after(self) -> Window:
        """The days after, whole weeks."""
        return Window.ending(self.on + timedelta(self.days), self.days)

    @property
    def read_on(self) -> date:
        """The morning it is measured: the window and the late results are in."""
        return self.on + timedelta(self.days + self.lag)


@dataclass(frozen=True)
class Applied:
    """What became of the change: one of `STATES`.

    Attributes:
        since: First day any of it was seen; `until`: last day before it was changed again.
        share: How much of the change was made, 1 for all of it; None where nothing is seen.
    """

    state: str
    since: date | None = None
    until: date | None = None
    share: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        advice_id, rule, of, price, currency: As frozen.
        on: The morning of the acknowledgement; `as_of`: the morning it was measured.
        verdict: One of `VERDICTS`; `because` says why it was not measured: `not_applied`,
            `changed_outside`, `no_peers`, `no_results` or `tracking`.
        applied: One of `STATES`.
        change: Of the cost per result (`of` price) or of the results, as a fraction, against the
            peers; between `low` and `high`.
        money: Currency units won (or lost) in the days measured, between `money_low` and
            `money_high`.
        gain: Log of what a unit of money bought against what it would have; `spread` is its
            standard error, `freedom` its degrees of freedom: what is pooled.
        peers: How many untouched campaigns it was compared with; `days`: of the window counted.
    """

    advice_id: str
    rule: str
    of: str
    price: str
    on: date
    as_of: date
    verdict: str
    applied: str = "not_yet"
    because: str = ""
    currency: str | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    money: float | None = None
    money_low: float | None = None
    money_high: float | None = None
    gain: float | None = None
    spread: float | None = None
    freedom: float | None = None
    peers: int = 0
    days: int = 0


@dataclass(frozen=True)
class Pooled:
    """One effect over several acknowledged moves: the change in cost per result, a fraction.

    Attributes:
        count: How many outcomes it rests on.
        change: Below zero is good; between `low` and `high` (90 %). None under two outcomes.
        spread: Standard deviation of the true effects between moves (log).
        biased: Acknowledged moves were chosen by people: dismissed advice is no fair comparison.
    """

    count: int
    change: float | None = None
    low: float | None = None
    high: float | None = None
    spread: float | None = None
    biased: str = (
        "People chose which advice to follow, so what was dismissed is no fair comparison."
    )


FROZEN, APPLIED, OUTCOME = TypeAdapter(Frozen), TypeAdapter(Applied), TypeAdapter(Outcome)
"""Read back what `as_stored` wrote."""


def as_stored(value: Frozen | Applied | Outcome) -> dict[str, Any]:
    """Plain data, as JSON has it; the adapter of its class reads it back."""
    record: dict[str, Any] = plain(asdict(value))
    return record
