"""The order in which people read what there is to do: what is urgent, then by money at stake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.store.base import AdviceRecord


def ranked(records: Iterable[AdviceRecord], reporting: str | None) -> tuple[AdviceRecord, ...]:
    """Urgent first, each part by money at stake, the biggest first, unknown last; ties as given.

    Amounts of different currencies are never compared: those of the reporting currency come
    first, then those of the currency with the most advice.

    Args:
        records: In the order the rules said them.
        reporting: The team's own currency, where there is one.
    """
    given = tuple(records)
    order = _order(given, reporting)

    def weight(record: AdviceRecord) -> tuple[bool, bool, int, float]:
        advice = record.advice
        money = advice.money_at_stake
        return advice.severity != "urgent", money is None, order[advice.currency], -(money or 0.0)

    return tuple(sorted(given, key=weight))


def _order(records: Sequence[AdviceRecord], reporting: str | None) -> dict[str | None, int]:
    """The place of each currency."""
    seen = Counter(record.advice.currency for record in records)
    first = sorted(seen, key=lambda code: (not code or code != reporting, -seen[code], code or "~"))
    return {code: place for place, code in enumerate(first)}
