"""Values of the message that cannot wait for the morning."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.cards import Card

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
