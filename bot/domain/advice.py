"""The values advice is made of: what is said, what was held back, what is remembered.

Advice as plain data, in the shape `perfbot advise --format json` has had from the start.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args

Do = Literal[
    "shift_budget",
    "raise_budget",
    "cut_budget",
    "raise_bid",
    "pause",
    "refresh_creative",
    "cap_frequency",
    "fix_landing_page",
    "review_keywords",
    "review_audience",
    "review_leads",
    "dispute_sales",
    "check_tracking",
    "check_spend",
    "check_delivery",
    "adjust_pacing",
    "weigh_stages",
    "run_test",
    "amplify",
    "ask_customers",
    "hold",
]
"""What a rule may advise to do."""
ACTIONS: tuple[str, ...] = get_args(Do)
SEVERITIES = ("watch", "advise", "urgent")
EXPECTED, UNJUDGED = "expected", "unjudged"
"""Kinds of stake: money expected to be lost or gained, and spend that cannot be judged."""

RECEIVER = "campaign_id"  # of whom `to` tells in the numbers of a shift


@dataclass(frozen=True)
class Reason:
    """One line of `when` that holds, with both sides as numbers.

    Attributes:
        line: As written in the rule, e.g. `frequency.now > threshold.frequency`.
        left, right: The two sides' values on that morning.
    """

    line: str
    left: float | None
    right: float | None


@dataclass(frozen=True)
class Advice:
    """One piece of advice about one or more campaigns.

    Attributes:
        id: Stays the same while the advice stays true (rule, campaigns, opened on).
        rule, rule_version: Which rule spoke; the version is a hash of its text.
        campaign_ids: Ids as on the board, the one the advice is about first; for a shift
            the givers first, then the receivers.
        action: One of `ACTIONS`.
        severity: One of `SEVERITIES`.
        budgets: New daily budget a campaign, currency units, exact to the minor unit; empty
            where nothing can be applied.
        budgets_before: The daily budgets these replace.
        bids: New bid target a campaign, in what the platform bids to: currency units a result, or
            revenue a unit of money.
        money_at_stake: Currency units a week that are expected to be lost or gained if nothing is
            done, exact to the minor unit; None where no money can be named.
        stake_low, stake_high: Where that lies (90 %); None where nobody can say.
        stake_kind: `expected`; `unjudged`, the spend that cannot be judged until something is
            mended; "" of advice stored before there were kinds: the spend it is about.
        currency: ISO code, or None where unknown.
        confidence: Posterior probability that what the rule says holds, 0-1.
        evidence: Every number a person needs to check it: `{campaign_id: {"metric.window": x}}`.
        guards: Guards that were passed, by name.
        title: The rule's title (English; the catalogue translates).
        message: The rule's sandboxed message template (English; the catalogue translates).
        brief: The same in half a sentence, for a list; "" where the rule has none.
        reasons: The lines of `when` that held, with their numbers.
        numbers: Values the message names: `name`, `to`, `move`, thresholds, expected effect.
        opened_on: First morning it was said.
        would_change: What would change it: `ctr.now < 0.0075`, its value now, where it flips.
    """

    id: str
    rule: str
    rule_version: str
    campaign_ids: tuple[str, ...]
    action: str
    severity: str
    budgets: Mapping[str, float] = field(default_factory=dict)
    budgets_before: Mapping[str, float] = field(default_factory=dict)
    money_at_stake: Decimal | None = None
    currency: str | None = None
    confidence: float | None = None
    evidence: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    guards: tuple[str, ...] = ()
    title: str = ""
    message: str = ""
    reasons: tuple[Reason, ...] = ()
    numbers: Mapping[str, object] = field(default_factory=dict)
    opened_on: date | None = None
    would_change: tuple[Reason, ...] = ()
    brief: str = ""
    stake_low: Decimal | None = None
    stake_high: Decimal | None = None
    stake_kind: str = ""
    bids: Mapping[str, float] = field(default_factory=dict)

    @property
    def channel(self) -> str:
        """The channel its campaigns are in, "" where it names none."""
        return self.named("channel")

    def named(self, name: str) -> str:
        """A text among its numbers, "" where it is missing."""
        return str(self.numbers.get(name) or "")

    @property
    def receiver(self) -> str:
        """Id of the campaign that receives most of a shift, "" for advice that is none."""
        to = self.numbers.get("to")
        return str(to.get(RECEIVER) or "") if isinstance(to, Mapping) else ""


@dataclass(frozen=True)
class HeldBack:
    """Advice that was nearly given, and the guard that held it back, with its numbers.

    Guards: `too_little_data`, `not_sure`, `for`, `cooldown`, `learning`, `muted`, `tracking`,
    `late_data`, `delivery`, `floor`, `step`, `no_pair`, `unknown_budget`, `one_a_day`, `answered`,
    `recovering` (results were lost lately), `shared_budget` (others are paid from it too),
    `shifted` (a shift has set this budget), `captured` (no more money where demand was there
    anyway), `false_discovery` (sure enough alone, but with everything else said this morning too
    much would be wrong; or a break such as chance makes too among all looks of a week), `margin`
    (its next money buys about what it buys in its pool), `far_target` (the target is so far off
    what a result costs that it was hardly meant),
    `credited` (so much was given back lately that nobody knows what its results cost).
    """

    campaign_id: str
    rule: str
    guard: str
    numbers: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What somebody said to a piece of advice, or a budget change seen outside.

    Attributes:
        verb: `acknowledge`, `progress`, `snooze`, `dismiss`, `undo`, `expire` or `changed_outside`.
        until: For a snooze, the morning it may speak again.
    """

    advice_id: str
    rule: str
    campaign_ids: tuple[str, ...]
    verb: str
    on: date
    until: date | None = None


@dataclass(frozen=True)
class Shift:
    """A shift that was proposed: its amounts stay while it is open, and a test of it is read.

    Attributes:
        on: The morning its amounts are of.
        before, after: Daily budgets by campaign id, currency units; guesses where `about`.
        about: A budget is not known: nothing can be applied as it stands.
        days: How long a test runs; None where it is no test.
        wait: Days after those until their results are in.
        readable: Whether a test decides by itself in those days.
        expected: Results of the receivers over the givers, after over before, if the pool answers.
        decides: From this ratio on the pool counts as answering.
        first: The first morning its plan was said, where nobody answered and its amounts were
            brought up to date since; None: `on`.
    """

    on: date
    before: Mapping[str, float]
    after: Mapping[str, float]
    about: bool = False
    days: int | None = None
    wait: int = 0
    readable: bool = True
    expected: float | None = None
    decides: float | None = None
    first: date | None = None

    @property
    def since(self) -> date:
        """The first morning it was said: its plan keeps the id of that morning."""
        return self.first or self.on

    def taken(self, budgets: Mapping[str, float]) -> Shift:
        """As somebody agreed to it: other amounts, and what they should show (in logs, as much)."""
        after = {id_: budgets.get(id_, amount) for id_, amount in self.after.items()}
        parts = [
            math.log(after[id_] / self.before[id_]) / math.log(amount / self.before[id_])
            for id_, amount in self.after.items()
            if min(after[id_], amount, self.before[id_]) > 0 and amount != self.before[id_]
        ]
        part = sum(parts) / len(parts) if parts else 1.0
        bars = [None if bar is None else bar**part for bar in (self.expected, self.decides)]
        return replace(self, after=after, expected=bars[0], decides=bars[1])


@dataclass(frozen=True)
class TestRead:
    """What a test of a shift came to.

    Attributes:
        rule, campaign_ids: Of the advice that proposed it.
        started, until: The first and the last day that were read.
        running: Whether days are still to come.
        ratio, low, high: Results of the receivers over the givers, after over before, with a 90 %
            interval; None while there is nothing to read.
        expected, decides: As the shift promised.
        worked: Whether `ratio` reached `decides`; None while it runs.
    """

    __test__ = False
    rule: str
    campaign_ids: tuple[str, ...]
    started: date
    until: date
    running: bool
    ratio: float | None
    low: float | None
    high: float | None
    expected: float
    decides: float
    worked: bool | None


@dataclass(frozen=True)
class Evidence:
    """What earlier days taught, small enough to remember: a state a campaign, after `day`.

    With it a window of 91 days decides as the whole history would.
    """

    day: date
    states: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Memory:
    """Yesterday's memory, read-only: a value projected from the event log.

    Attributes:
        opened: `{(rule, campaign_ids): first morning}` of advice still open.
        answers: Every answer that may still hold something back, oldest first.
        shifts: What shifts proposed, under the same keys: those open, and tests to be read.
        learned: What campaigns' budgets taught before the days that are read anew.
    """

    opened: Mapping[tuple[str, tuple[str, ...]], date] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    shifts: Mapping[tuple[str, tuple[str, ...]], Shift] = field(default_factory=dict)
    learned: Evidence | None = None


@dataclass(frozen=True)
class Advised:
    """What `advise` returns: what to say, what was held back, what to remember, tests read."""

    advice: tuple[Advice, ...] = ()
    held_back: Sequence[HeldBack] = ()
    memory: Memory = field(default_factory=Memory)
    tests: tuple[TestRead, ...] = ()


def to_json(advised: Advised, as_of: date) -> dict[str, Any]:
    """`{"as_of", "advice": [Advice], "held_back": [{campaign_id, rule, guard, numbers}]}`."""
    return {
        "as_of": as_of.isoformat(),
        "advice": [advice_to_json(advice) for advice in advised.advice],
        "held_back": [held_back_to_json(withheld) for withheld in advised.held_back],
    }


def advice_to_json(advice: Advice) -> dict[str, Any]:
    """One piece of advice with every field of `Advice`; days as ISO text, missing as null."""
    advice_fields: dict[str, Any] = plain(asdict(advice))
    return advice_fields


def held_back_to_json(withheld: HeldBack) -> dict[str, Any]:
    """What was held back: campaign, rule, guard and its numbers."""
    withheld_fields: dict[str, Any] = plain(asdict(withheld))
    return withheld_fields


def plain(value: Any) -> Any:
    """Only what JSON knows: text, numbers, null, lists and objects; NaN and infinity as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
