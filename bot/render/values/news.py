"""Values of a digest's smaller lines: what waits, failed, is late or missing or counts twice.

What became of advice and rules.

Values of the message that cannot wait for the morning.

Values of what is said about sources: each account's health, with the names people know it by.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.campaign_rows import PATTERN_LETTERS
from bot.numbers.signals.market_prices import MarketPrice
from bot.numbers.source_health import FeedFault
from bot.render.values.advice_card import Card


@dataclass(frozen=True)
class NotYet:
    """A campaign waiting for data: how many more of `metric`, in about how many days."""

    name: str
    metric: str
    needed: float | None = None
    days: float | None = None


@dataclass(frozen=True)
class Failed:
    """A source whose last pull failed, with the sentence why."""

    source: str
    error: str = ""
    until: date | None = None


@dataclass(frozen=True)
class PriceMoved:
    """An account whose campaigns all pay another price for showings: no campaign's fault."""

    name: str
    price: MarketPrice


@dataclass(frozen=True)
class AnswerCounts:
    """What became of the advice given in a week or a month."""

    given: int
    acknowledged: int
    dismissed: int


@dataclass(frozen=True)
class RuleNews:
    """A rule, by its title, that may only watch from now on, and why: `harmful` or `noisy`.

    "" where it may advise again.
    """

    title: str
    why: str = ""


@dataclass(frozen=True)
class RateNote:
    """At which rates amounts are shown in one currency.

    Attributes:
        currency: The one they are shown in.
        day: Of the oldest rate used; None where none is.
        sources: Whose they are: `ECB`, `own`.
        age: Days from `day` to the last day shown, where that is worth a word.
        apart: Currencies without a rate, whose amounts are shown as they are.
    """

    currency: str
    day: date | None = None
    sources: tuple[str, ...] = ()
    age: int | None = None
    apart: tuple[str, ...] = ()


MOST_LISTED = 10  # as many as are in its thread


@dataclass(frozen=True)
class Urgent:
    """What is said at once, as it stands.

    Attributes:
        cards: Those in its thread; `total`: how many there were in all.
    """

    cards: tuple[Card, ...]
    total: int

    @property
    def shown(self) -> tuple[Card, ...]:
        """The cards the message lists."""
        return self.cards[:MOST_LISTED]

    @property
    def open(self) -> tuple[Card, ...]:
        """Those nobody has answered."""
        return tuple(card for card in self.cards if card.state == "open")

    @property
    def more(self) -> int:
        """How many are open besides the first; those that are not listed count as open."""
        return self.total - len(self.cards) + len(self.open) - 1

    @property
    def left(self) -> int:
        """How many are not listed."""
        return max(0, self.total - len(self.shown))


WHOLE = 10  # prices from here on are proposed without decimals


@dataclass(frozen=True)
class GuessedPurpose:
    """Campaigns whose stage and pricing model only names, types and results suggest.

    Attributes:
        names: The biggest of them; `count`: how many there are.
        price: What a result costs over all of them, by `metric`; None where nothing is counted.
    """

    stage: str
    pricing: str
    count: int
    names: tuple[str, ...]
    metric: str = ""
    price: float | None = None
    currency: str | None = None

    @property
    def cell(self) -> str:
        """As the button carries it."""
        return f"{self.stage}/{self.pricing}"

    @property
    def fill(self) -> str:
        """What the form of the biggest opens with: what was guessed, and what a result costs."""
        price = "" if self.price is None else f"{self.price:.{0 if self.price >= WHOLE else 2}f}"
        name = self.names[0] if self.names and not PATTERN_LETTERS & set(self.names[0]) else ""
        values = {"pattern": name, "stage": self.stage, "pricing": self.pricing, "target": price}
        return json.dumps({f"plan.{field}": text for field, text in values.items() if text})

    @property
    def kind(self) -> str:
        """What such campaigns are called after: those of `act` bring leads or clicks."""
        return self.cell if self.stage == "act" else self.stage


@dataclass(frozen=True)
class DoubtfulTarget:
    """A target far off what a result costs: whether it is meant so.

    Attributes:
        actual: What one costs; where none came (`at_least`) all that was spent.
        meant: The metric whose price lies near the target, "" where none does.
        press: What says that it is meant, as the button carries it; "" where the plan has none.
    """

    name: str
    metric: str
    target: float
    actual: float
    currency: str | None = None
    at_least: bool = False
    meant: str = ""
    meant_price: float | None = None
    press: str = ""


@dataclass(frozen=True)
class Late:
    """A channel whose numbers end before the last day; None where it never had any."""

    channel: str
    until: date | None = None

    @property
    def missing(self) -> date | None:
        """The first day that is missing."""
        return self.until + timedelta(1) if self.until else None


@dataclass(frozen=True)
class Credit:
    """Money a platform gave back: days of a campaign whose spend is under zero, `amount` in all."""

    name: str
    amount: float
    spans: tuple[tuple[date, date], ...]
    currency: str | None = None


@dataclass(frozen=True)
class Hole:
    """Days in the midst of others without numbers, as spans; of a channel, account or campaign."""

    name: str
    spans: tuple[tuple[date, date], ...]

    @property
    def days(self) -> int:
        """How many days it has."""
        return sum((until - since).days + 1 for since, until in self.spans)


@dataclass(frozen=True)
class DoubleTraffic:
    """A channel or account whose campaigns another one brings as well: they count there, once.

    Attributes:
        names: The campaigns it is of.
        within: The channel where `copy` and `original` are two campaigns of one account; else "".
    """

    copy: str
    original: str
    names: tuple[str, ...] = ()
    within: str = ""


@dataclass(frozen=True)
class ShownFault:
    """Something that is wrong with an account's numbers.

    Attributes:
        name: The account, as people call it.
        fault: What it is.
        original: `double` what brings the same numbers.
    """

    name: str
    fault: FeedFault
    original: str = ""


@dataclass(frozen=True)
class ResultWindows:
    """Within how many days of what results are counted (`bot.domain.attribution`).

    Attributes:
        since: Since when it is so, where it was changed lately; `before` how it was.
    """

    now: str
    since: date | None = None
    before: str = ""


@dataclass(frozen=True)
class SourceLine:
    """An account and how its numbers are.

    Attributes:
        name: The account, as people call it; `source` what brings it.
        until: Until which day it is complete; None where it never had any number.
        faults: What is wrong, the worst first.
        counted: Within how many days results are counted there; None where nobody says.
    """

    name: str
    source: str = ""
    until: date | None = None
    faults: tuple[ShownFault, ...] = ()
    counted: ResultWindows | None = None

    @property
    def said(self) -> tuple[ShownFault, ...]:
        """What is said under its line: that it failed stands in it."""
        return tuple(line_fault for line_fault in self.faults if line_fault.fault.kind != "failed")

    @property
    def failed(self) -> bool:
        """Whether its newest pull failed."""
        return any(line_fault.fault.kind == "failed" for line_fault in self.faults)


@dataclass(frozen=True)
class Sources:
    """Where numbers come from, and how far each account's can be believed.

    Attributes:
        last_day: Until which day numbers are complete; None without any.
        pulled: Whether anything is pulled by itself.
    """

    lines: tuple[SourceLine, ...] = ()
    last_day: date | None = None
    pulled: bool = False

    @property
    def failed(self) -> int:
        """Sources whose newest pull failed."""
        return sum(line.failed for line in self.lines)

    @property
    def doubtful(self) -> int:
        """Accounts with anything wrong, those that failed apart."""
        return sum(bool(line.faults) and not line.failed for line in self.lines)
