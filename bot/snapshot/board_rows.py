"""A board as plain values: the same whether it was stored this morning or computed just now."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter

from bot.domain.campaign_rows import CampaignRow, GroupRow, spend
from bot.numbers.input.names import normal_name
from bot.numbers.input.windows import Window
from bot.numbers.metrics.board import Board, records
from bot.numbers.signals.delivery_calendar import Reports, days_in, runs

GROUPS = ("channel", "stage", "pricing_model", "currency")


class CampaignNames:
    """What the campaigns of a board may be called, as it is compared."""

    def __init__(self, rows: Iterable[CampaignRow]) -> None:
        self._names: list[str] = []
        self._called: dict[str, list[int]] = {}
        for place, row in enumerate(rows):
            names = _names(row)
            self._names.append(names[0])
            for name in dict.fromkeys(names):
                self._called.setdefault(name, []).append(place)

    def called(self, name: str) -> list[int]:
        """Places of those with just this name or id."""
        return self._called.get(name, [])

    def like(self, phrase: str) -> Iterator[int]:
        """Places of those whose name holds this, or every word of it."""
        words = phrase.split()
        for place, name in enumerate(self._names):
            if phrase and (phrase in name or all(word in name for word in words)):
                yield place


def _names(row: CampaignRow) -> tuple[str, ...]:
    ids = (row.label, row.campaign_id, row.entity, f"{row.channel}:{row.campaign_id}")
    return tuple(map(normal_name, (row.campaign_name, *ids)))


@dataclass(frozen=True)
class Figures:
    """One row a campaign, and their totals by channel, by stage and altogether.

    Attributes:
        rows: Campaigns as `Board.rows` of numbers.metrics, missing as None; where a channel was
            asked for, its own.
        totals: One row a group of each of `GROUPS`, never across currencies.
        until: The last day each channel has numbers for.
        begins: Channels whose first numbers lie within `now` or `before`, with that day.
        holes: Those of `Reports` that reach into `now` or `before`.
        zones: As `Reports.zones`.
    """

    as_of: date
    window: str
    now: Window
    before: Window
    rows: tuple[CampaignRow, ...] = ()
    totals: tuple[GroupRow, ...] = ()
    until: Mapping[str, date] = field(default_factory=dict)
    begins: Mapping[str, date] = field(default_factory=dict)
    holes: Mapping[tuple[str, str], tuple[date, ...]] = field(default_factory=dict)
    zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def total(self, by: str, group: str | None) -> list[GroupRow]:
        """The totals of a group, a row a currency, the biggest spend first."""
        matches = [row for row in self.totals if row.by == by and row.group == group]
        return sorted(matches, key=spend, reverse=True)

    @property
    def compared(self) -> tuple[date, date] | None:
        """The days somebody asked to compare with, or last year's; None for what is usual."""
        named = " vs " in self.window or self.window == "ytd"
        return (self.before.since, self.before.until) if named else None

    def biggest(self, count: int) -> list[CampaignRow]:
        """The campaigns with the biggest spend, the biggest first."""
        return heapq.nlargest(count, self.rows, key=spend)

    @cached_property
    def counted(self) -> tuple[CampaignRow, ...]:
        """The campaigns without those that repeat another's numbers."""
        return tuple(row for row in self.rows if row.double_of is None)

    def counting(self, by: str) -> tuple[CampaignRow, ...]:
        """The campaigns that totals of a kind hold."""
        if by != "channel":
            return self.counted
        return tuple(row for row in self.rows if row.counts_in_channel)

    def groups(self, by: str) -> list[GroupRow]:
        """Every total of a kind."""
        return [row for row in self.totals if row.by == by]

    @cached_property
    def known(self) -> CampaignNames:
        """What its campaigns may be called."""
        return CampaignNames(self.rows)

    def of_channel(self, channel: str) -> list[CampaignRow]:
        return [row for row in self.rows if row.channel == channel]

    @property
    def channels(self) -> list[str]:
        """Channels with numbers, the biggest spend first."""
        by_spend = sorted(self.groups("channel"), key=spend, reverse=True)
        return list(dict.fromkeys(str(row.group) for row in by_spend if row.group))


def of_board(board: Board, reports: Reports) -> Figures:
    """A board and its totals as plain values."""
    totals = [] if board.rows.empty else board.all_totals(GROUPS)
    return Figures(
        as_of=board.as_of,
        window=board.window,
        now=board.now,
        before=board.before,
        rows=tuple(map(CampaignRow, records(board.rows))),
        totals=tuple(
            GroupRow({"by": by, "group": row[by], **row})
            for by, table in zip(GROUPS, totals, strict=False)
            for row in records(table)
        ),
        until=dict(reports.until),
        begins={key: day for key, day in reports.begins.items() if board.before.since < day},
        holes=_within(reports.holes, (board.before, board.now)),
        zones=dict(reports.zones),
    )


def _within(
    holes: Mapping[tuple[str, str], tuple[date, ...]], windows: Sequence[Window]
) -> dict[tuple[str, str], tuple[date, ...]]:
    """The holes that reach into the days a board is about, or those it is compared with."""
    since, until = min(each.since for each in windows), max(each.until for each in windows)
    inside = {
        account: [(begin, end) for begin, end in runs(days) if begin <= until and end >= since]
        for account, days in holes.items()
    }
    return {account: tuple(days_in(spans)) for account, spans in inside.items() if spans}


@dataclass(frozen=True)
class BoardHead:
    """What is kept of a board besides its rows.

    Attributes:
        stamp: Of the rules, the plan and the numbers it was made of.
        now, before: First and last day of the windows compared.
        until, begins: Until when each channel's numbers are complete, and since when there are any.
        holes: Days without numbers, by channel and account.
        zones: Where each channel's accounts are.
    """

    stamp: str
    now: tuple[date, date]
    before: tuple[date, date]
    until: dict[str, date]
    begins: dict[str, date] = field(default_factory=dict)
    holes: tuple[tuple[str, str, tuple[date, ...]], ...] = ()
    zones: dict[str, tuple[str, ...]] = field(default_factory=dict)


HEAD = TypeAdapter(BoardHead)


def to_rows(figures: Figures, stamp: str) -> list[dict[str, Any]]:
    """Head and totals for keeping; campaigns are kept apart, by channel."""
    now, before = ((window.since, window.until) for window in (figures.now, figures.before))
    holes = tuple((*account, days) for account, days in figures.holes.items())
    until, begins = dict(figures.until), dict(figures.begins)
    board_head = BoardHead(stamp, now, before, until, begins, holes, dict(figures.zones))
    head = HEAD.dump_python(board_head, mode="json")
    return [head, *(dict(row.columns) for row in figures.totals)]


def from_rows(
    window: str,
    as_of: date,
    stored_rows: Sequence[Mapping[str, object]],
    campaigns: Iterable[CampaignRow],
) -> Figures:
    """What `to_rows` took apart."""
    head = HEAD.validate_python(stored_rows[0])
    return Figures(
        as_of=as_of,
        window=window,
        now=Window(*head.now),
        before=Window(*head.before),
        rows=tuple(campaigns),
        totals=tuple(map(GroupRow, stored_rows[1:])),
        until=head.until,
        begins=head.begins,
        holes={(channel, account): days for channel, account, days in head.holes},
        zones=head.zones,
    )
