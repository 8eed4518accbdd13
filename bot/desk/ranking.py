"""The order in which people read what there is to do: by money at stake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.messages.digests import MOST_CARDS
from bot.store.base import AdviceRecord

FIRST = MOST_CARDS


def ranked(records: Iterable[AdviceRecord], reporting: str | None) -> tuple[AdviceRecord, ...]:
    """By money at stake, the biggest first, unknown last; ties as given.

    Among the first `FIRST`, which is all a digest lists, is whatever is urgent, however little
    money it is about. Amounts of different currencies are never compared: those of the reporting
    currency come first, then those of the currency with the most advice.

    Args:
        records: In the order the rules said them.
        reporting: The team's own currency, where there is one.
    """
    given = tuple(records)
    order = _order(given, reporting)

    def weight(record: AdviceRecord) -> tuple[bool, int, float]:
        money = record.advice.money_at_stake
        return money is None, order[record.advice.currency], -(money or 0.0)

    found = sorted(given, key=weight)
    urgent_first = sorted(found, key=lambda record: record.advice.severity != "urgent")
    first = {id(record) for record in urgent_first[:FIRST]}
    return tuple(sorted(found, key=lambda record: id(record) not in first))


def _order(records: Sequence[AdviceRecord], reporting: str | None) -> dict[str | None, int]:
    """The place of each currency."""
    seen = Counter(record.advice.currency for record in records)
    first = sorted(seen, key=lambda code: (not code or code != reporting, -seen[code], code or "~"))
    return {code: place for place, code in enumerate(first)}
