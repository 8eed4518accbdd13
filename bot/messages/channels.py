"""Values of `/perf channel` alone: every channel, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.messages.answers import Figure, Option
from bot.messages.digests import Kpi, Late


@dataclass(frozen=True)
class ChannelLine:
    """A channel in one currency.

    Attributes:
        asked: The number that was asked about; None where it is the spend.
    """

    name: str
    spend: float | None = None
    currency: str | None = None
    kpi: Kpi = field(default_factory=Kpi)
    asked: Figure | None = None


@dataclass(frozen=True)
class ChannelsAnswer:
    """What `/perf channel` says: the channels, the best (or the most) of what was asked first.

    Attributes:
        metric: What was asked about, `spend` where nothing was.
        adds: Whether it is a count (or money) that sums up over channels.
        totals: Its sum, one a currency; empty where it does not add up.
        options: The channels to look at closer.
    """

    asked: str
    window: str
    since: date
    until: date
    metric: str
    adds: bool
    lines: tuple[ChannelLine, ...]
    totals: tuple[Figure, ...] = ()
    options: Sequence[Option] = ()
    longer: str = ""
    late: tuple[Late, ...] = ()
    before_days: tuple[date, date] | None = None

    @property
    def first(self) -> ChannelLine | None:
        """The one with the most, or the best; None where amounts cannot be held together."""
        known = [each for each in self.lines if self._value(each) is not None]
        alike = len({each.currency for each in known}) == 1
        return known[0] if len(known) > 1 and alike else None

    def _value(self, line: ChannelLine) -> float | None:
        return line.asked.now if line.asked else line.spend
