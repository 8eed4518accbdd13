"""What goes on below a campaign, as plain values: keywords, ads, landing pages, audiences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MOST_NAMED = 5  # parts called by name in a sentence, the others counted


@dataclass(frozen=True)
class DetailLine:
    """One part of a campaign in a table: its numbers of the days looked at, and its verdict.

    Attributes:
        campaign: Its campaign's name, where several are listed.
        results, cost: None where not known.
        usual: What the campaign's other parts pay for a result.
        counted: The column that is a result: `conversions`, `leads`.
        verdict: One of `bot.render.detail_sentences.VERDICTS`.
        lost: Money a week, of what surely costs too much.
    """

    name: str
    campaign: str
    spend: float | None
    results: float | None
    cost: float | None
    usual: float | None
    currency: str | None
    counted: str
    verdict: str
    match_type: str = ""
    score: float | None = None
    lost: float | None = None


@dataclass(frozen=True)
class AdviceParts:
    """The parts of a campaign that advice is about: their level, and each with its numbers."""

    level: str
    lines: tuple[DetailLine, ...]


@dataclass(frozen=True)
class DetailFound:
    """What was found among the parts of a campaign, ready to be said.

    Attributes:
        kind: As `bot.advice.details.judging.DetailFinding`.
        names: Of the weightiest parts, at most `MOST_NAMED`; `count` of all.
        spend, results: Of all of them together, in the days looked at.
        cost, usual: A result of the first of them, and of the campaign's others.
        lost, low, high: Money a week, 90 %.
        since: The day a page broke on.
        change: Of the first one's rate, as a fraction.
        showings: Of a tired ad, so far.
        rating: The part of the quality score most often below average.
        slope: How a click's price changes with a point of quality.
    """

    kind: str
    level: str
    campaign: str
    names: tuple[str, ...]
    count: int
    counted: str
    currency: str | None
    spend: float | None = None
    results: float | None = None
    cost: float | None = None
    usual: float | None = None
    lost: float | None = None
    low: float | None = None
    high: float | None = None
    since: date | None = None
    change: float | None = None
    showings: float | None = None
    rating: str = ""
    slope: float | None = None

    @property
    def more(self) -> int:
        """Parts that are not called by name."""
        return self.count - len(self.names)


@dataclass(frozen=True)
class DetailSection:
    """One level: how many parts, what they spent, and the lines worth a look, the worst first.

    Attributes:
        total, judged: Parts with spend in the days, and those with enough to have an opinion.
        lines: As many as are shown of `total`.
    """

    level: str
    total: int
    judged: int
    spend: float | None
    currency: str | None
    lines: tuple[DetailLine, ...]


@dataclass(frozen=True)
class DetailAnswer:
    """What is known of the parts of a campaign, or of all campaigns.

    Attributes:
        of: The command: `keywords`, `ads`, `pages` or `audiences`.
        name: The campaign's name; "" for all.
        found: What was found, the dearest first; `more_findings` beyond those.
        sections: One a level there are rows of; none: nothing is known, and how to get it is said.
        skip: Newest days held back.
    """

    of: str
    name: str
    found: tuple[DetailFound, ...] = ()
    more_findings: int = 0
    sections: tuple[DetailSection, ...] = ()
    since: date | None = None
    until: date | None = None
    skip: int = 0

    @property
    def broken(self) -> bool:
        """Whether a landing page surely broke."""
        return any(one.kind == "page_broken" for one in self.found)
