"""Values of what is said about a file dropped into a channel: how it reads, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.render.values.answers import MetricFigure


@dataclass(frozen=True)
class TableRead:
    """A table as it was read.

    Attributes:
        name: What it is called: of an archive's, with the archive's.
        rows: Days x campaigns, or of windows where it holds reach of whole windows.
        since, until: Its first and last day; None without daily rows.
        channels, accounts: As people call them; accounts by their ids.
        totals: Sums of what it has, money by currency.
        aside: Headings that were left aside.
        notes: How it was read, in the words of `perfbot import`.
        details: Rows of parts of campaigns.
    """

    name: str
    rows: int = 0
    since: date | None = None
    until: date | None = None
    days: int = 0
    campaigns: int = 0
    channels: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    totals: tuple[MetricFigure, ...] = ()
    aside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    details: int = 0


@dataclass(frozen=True)
class FileRead:
    """A file as it was read; `value` is what its buttons carry."""

    name: str
    tables: tuple[TableRead, ...]
    value: str = ""


@dataclass(frozen=True)
class FileKept:
    """What importing a file did.

    Attributes:
        by: Who pressed; `repeated`: it had been imported before, by them.
        added, restated, unchanged: Days x campaigns.
        details: Rows of parts of campaigns that were kept.
    """

    name: str
    by: str
    added: int = 0
    restated: int = 0
    unchanged: int = 0
    details: int = 0
    repeated: bool = False


@dataclass(frozen=True)
class FileRefused:
    """Why nothing of a file is stored, with its line and the way out where there are any."""

    name: str
    message: str
    hint: str = ""
    line: int | None = None
