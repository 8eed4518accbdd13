"""Which campaigns a pattern fits, and which entries of the plan hold them now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.desk import boards
from bot.desk.figures import Row
from bot.desk.names import title
from bot.desk.office import Office
from bot.messages.plans import Matched
from bot.numbers.matching import Patterns
from bot.numbers.names import channel_key

FIRST = 10


@dataclass(frozen=True)
class Campaign:
    """What of a campaign the plan turns on.

    Attributes:
        channel: As its numbers say, which is what patterns ask for.
        entry: The pattern that holds it now, "" for none.
        judge: The metric it is judged by, "" where it has no cell.
    """

    channel: str
    name: str
    stage: str
    pricing: str
    currency: str | None
    entry: str
    judge: str


def campaigns(office: Office, as_of: date) -> tuple[Campaign, ...]:
    """Every campaign of the last 28 days or those before, the biggest spend first."""
    rows = boards.figures(office, as_of, "28d").rows
    ordered = sorted(rows, key=lambda row: -float(row.get("now.spend") or 0.0))
    return tuple(_campaign(office, row) for row in ordered)


def _campaign(office: Office, row: Row) -> Campaign:
    stage, pricing = str(row["stage"] or ""), str(row["pricing_model"] or "")
    return Campaign(
        channel=str(row["entity"]).partition("|")[0],
        name=str(row["campaign_name"] or row["campaign_id"]),
        stage=stage,
        pricing=pricing,
        currency=row["currency"],
        entry=str(row.get("entry") or ""),
        judge=office.judges.get((stage, pricing), ""),
    )


def fitting(known: Iterable[Campaign], pattern: str) -> list[Campaign]:
    """The campaigns a pattern fits."""
    patterns = Patterns((pattern,))
    return [one for one in known if patterns.first(one.channel, one.name) is not None]


def together(channel: str, pattern: str) -> str:
    """A channel (or "") and a pattern of names (or "") as one pattern."""
    name = pattern.strip() or "*"
    return f"{channel_key(channel)}:{name}" if channel else name


def matched(found: Sequence[Campaign], own: str = "") -> Matched:
    """What a preview shows: the first names, how many, and whose entries they leave for `own`."""
    leaving = Counter(one.entry for one in found if one.entry and one.entry != own)
    return Matched(
        tuple(one.name for one in found[:FIRST]), len(found), tuple(leaving.most_common(3))
    )


def channels(known: Iterable[Campaign]) -> tuple[tuple[str, str], ...]:
    """Key and title of every channel, in order."""
    return tuple((key, title(key)) for key in dict.fromkeys(one.channel for one in known))


def currency_of(found: Iterable[Campaign]) -> str | None:
    """The one currency of some campaigns; None where there are several, or none."""
    spoken = {one.currency for one in found}
    return spoken.pop() if len(spoken) == 1 else None
