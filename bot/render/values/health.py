"""Values of what is said about sources: each account's health, with the names people know it by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.numbers.source_health import FeedFault


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
class SourceLine:
    """An account and how its numbers are.

    Attributes:
        name: The account, as people call it; `source` what brings it.
        until: Until which day it is complete; None where it never had any number.
        faults: What is wrong, the worst first.
    """

    name: str
    source: str = ""
    until: date | None = None
    faults: tuple[ShownFault, ...] = ()

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
