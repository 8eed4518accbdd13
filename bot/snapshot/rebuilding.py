"""A morning's boards, worked out of some campaigns after others and put together.

What is in memory is one pack of campaigns' days, and of those before it what the others need to
know: the sums that totals are made of, four weeks by day, which days their accounts have rows of.
However campaigns are packed, it comes to the same bytes: amounts are added up campaign by campaign
in one order, or as whole numbers.
"""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any, TypeVar

import pandas as pd

from bot.context.context import Context
from bot.context.reported_results import with_results
from bot.context.request import clients_apart
from bot.domain.campaign_rows import CampaignRow
from bot.numbers.input.daily import campaigns_only
from bot.numbers.input.history import History, joined
from bot.numbers.input.windows import WINDOWS, Window, parse_window
from bot.numbers.metrics.board import Board, boards_apart, records
from bot.numbers.metrics.board_targets import TargetReading
from bot.numbers.plan import Plan
from bot.numbers.signals.delivery_calendar import ReportedDays, report_days
from bot.numbers.signals.doubles import LOOKED_AT, doubles, names_of
from bot.numbers.signals.partial_days import judged_days
from bot.numbers.signals.peer_rates import learned_from
from bot.numbers.signals.scaled_days import COLUMNS
from bot.numbers.source_health import FeedDays, FeedHealth
from bot.snapshot.board_rows import Figures, of_board
from bot.snapshot.morning_days import KnownDays, SpendDays, paid_days, spend_days_of
from bot.snapshot.trends import (
    DAYS,
    LEARNED_FROM,
    SERIES,
    DrawnDays,
    LateDays,
    Lead,
    Series,
    drawn_columns,
    leads_of,
)
from bot.store.codec import dump_rows

Key = TypeVar("Key")
FOUR = "28d"
LITTLE = 1_000
"""Campaigns under which packing costs more than it saves."""
LATER = ("campaign_id", "label", "double_of")
"""Columns of a row that rest on all the other campaigns."""


@dataclass(frozen=True)
class Packed:
    """A value in little memory, unpacked each time it is looked at; a small one as it is."""

    body: bytes
    value: Any = None

    @classmethod
    def of(cls, value: object, campaigns: int) -> Packed:
        """Pack it, if it is about many campaigns."""
        if campaigns < LITTLE:
            return cls(b"", value)
        return cls(zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), 1))

    def unpacked(self) -> Any:
        """As it was."""
        if not self.body:
            return self.value
        return pickle.loads(zlib.decompress(self.body))  # noqa: S301, ours


@dataclass(frozen=True)
class Rebuilt:
    """The boards of a morning in every standard window, and its trends; not yet kept.

    Attributes:
        heads: By window, the board without its campaigns.
        rows: By window and channel, its campaigns as JSON, in order, so many together.
        trends: By channel, "" for the stages, its series as JSON.
        clients: Whose each campaign is, as the plan says: (channel, account_id, campaign_id) to a
            client, "" for nobody's; empty where the plan knows no clients.
    """

    as_of: date
    stamp: str
    heads: Mapping[str, Figures]
    rows: Mapping[tuple[str, str], Sequence[Packed]]
    trends: Mapping[str, Packed]
    paced: SpendDays
    health: tuple[FeedHealth, ...]
    clients: Mapping[tuple[str, str, str], str]


@dataclass(frozen=True, eq=False)
class MorningPart:
    """What the boards of a morning need to know of some of its campaigns.

    Attributes:
        boards: By window, `Board.summed`; taken out as they are put together.
        rows: By window and channel, every row as JSON without what rests on the others, by entity;
            likewise.
        recent: `History` of the days that doubles, partial days and trends are read from.
        names: What each campaign of these days is called, by entity.
        leads: By entity, what campaigns of the 28-day board are judged by.
        trends: By channel, their series as JSON, by entity; likewise.
        late: `LateDays`.
    """

    boards: dict[str, Packed]
    rows: dict[tuple[str, str], Packed]
    recent: Packed
    names: Packed
    leads: Mapping[str, Lead]
    trends: dict[str, Packed]
    late: Packed
    reports: ReportedDays
    feeds: FeedDays
    paid: pd.DataFrame
    clients: Mapping[tuple[str, str, str], str]

    @classmethod
    def of(cls, material: Material) -> MorningPart:
        """Work it out."""
        context, as_of, numbers = material.context, material.as_of, material.numbers
        rulebook, recent = context.rulebook, material.recent
        board_sums, rows, four = material.boards()
        leads, size = leads_of(four, rulebook), len(recent.entities)
        window = Window.ending(as_of - timedelta(1), DAYS)
        drawn = DrawnDays(recent.within(window), leads, rulebook)
        history = material.known.history
        late = LateDays.of(material.known.revisions(as_of - timedelta(LEARNED_FROM)), rulebook,
                           as_of)  # fmt: skip
        return cls(
            board_sums,
            rows,
            Packed.of(recent, size),
            Packed.of(names_of(material.recent_rows), size),
            leads,
            {
                channel: Packed.of(_texts_by_entity(drawn.of_campaigns(channel_rows)), size)
                for channel, channel_rows in _apart(four)
            },
            Packed.of(late, size),
            report_days(material.plan, numbers, as_of),
            FeedDays.of(numbers, history, as_of, context.settings.app.time_zone),
            paid_days(numbers, four, as_of),
            clients_of(context, numbers, material.plan, as_of),
        )


@dataclass(frozen=True, eq=False)
class Material:
    """What boards of some campaigns are worked out of.

    Attributes:
        known: The days known of them, `first_day` and all after it.
        stated: What the plan says of them; nothing yet of what results they report.
        last: The last day any campaign of the install has a row of.
        reach: Reach of whole windows, of these campaigns at least.
    """

    context: Context
    as_of: date
    known: KnownDays
    stated: Plan
    last: date
    reach: pd.DataFrame

    @cached_property
    def numbers(self) -> pd.DataFrame:
        """One row a day and campaign."""
        return self.known.newest(first_day(self.as_of, WINDOWS))

    @cached_property
    def plan(self) -> Plan:
        """What the plan says of them, with the results they report."""
        return with_results(self.stated, self.numbers, self.as_of)

    @cached_property
    def recent_rows(self) -> pd.DataFrame:
        """The rows of `recent`."""
        dates = self.numbers["date"]
        inside = (dates >= pd.Timestamp(self._span.since)) & (dates < pd.Timestamp(self.as_of))
        return campaigns_only(self.numbers[inside.to_numpy()])

    @cached_property
    def recent(self) -> History:
        """Four weeks up to the last day anywhere, and six up to the morning."""
        return History.of(self.recent_rows, self._span)

    @property
    def _span(self) -> Window:
        since = min(self.last - timedelta(LOOKED_AT - 1), judged_days(self.as_of).since)
        return Window(since, self.as_of - timedelta(1))

    def boards(
        self,
    ) -> tuple[dict[str, Packed], dict[tuple[str, str], Packed], tuple[CampaignRow, ...]]:
        """Each window's board, and its rows, packed; and the campaigns of the 28-day board."""
        metrics = self.context.rulebook.metrics
        board_sums: dict[str, Packed] = {}
        texts: dict[tuple[str, str], Packed] = {}
        reading = TargetReading.on(
            self.numbers, self.as_of, metrics, self.plan, self.context.judges
        )
        four: tuple[CampaignRow, ...] = ()
        for window, board in zip(WINDOWS, boards_apart(WINDOWS, reading, self.reach), strict=True):
            rows = tuple(map(CampaignRow, records(board.rows)))
            board_sums[window] = Packed.of(board.summed(), len(rows))
            for channel, channel_rows in _apart(rows):
                unfinished = {row.entity: _unfinished(row) for row in channel_rows}
                texts[window, channel] = Packed.of(unfinished, len(rows))
            four = rows if window == FOUR else four
        return board_sums, texts, four


def first_day(as_of: date, windows: Iterable[str], least: int = 0) -> date:
    """The first day the windows and the targets need, and what tells which channels are late.

    Args:
        as_of: The morning.
        windows: As `parse_window` reads them.
        least: So many days before the morning at least.
    """
    spans = [span for window in windows for span in parse_window(window, as_of)]
    since = min(*(span.since for span in spans), learned_from(as_of).since)
    return min(since, as_of - timedelta(least))


def clients_of(
    context: Context, numbers: pd.DataFrame, plan: Plan, as_of: date
) -> dict[tuple[str, str, str], str]:
    """Whose each campaign of some days is, by what the plan of a morning says of them."""
    everything = context.plan(as_of)
    clients = [entry.client for entry in everything.entries]
    clients += [account.client for account in everything.accounts]
    if context.whole or not (any(clients) or clients_apart(context.store, as_of)):
        return {}
    keys = ["channel", "account_id", "campaign_id"]
    campaigns = numbers.groupby([*keys, "campaign_name"], dropna=False).size().reset_index()
    places = campaigns[keys].fillna("").astype(str).itertuples(index=False, name=None)
    return dict(zip(places, plan.clients(campaigns, as_of), strict=True))


def _unfinished(row: CampaignRow) -> str:
    """A row as JSON, empty where it rests on the other campaigns."""
    return dump_rows({**row.columns, **dict.fromkeys(LATER)})


def _finished(text: str, row: CampaignRow) -> str:
    for name in LATER:
        written = json.dumps(row.columns[name], ensure_ascii=False)
        text = text.replace(f'"{name}":null', f'"{name}":{written}', 1)
    return text


def _texts_by_entity(all_series: Iterable[Series]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for series in all_series:
        texts.setdefault(series.group, []).append(_text(series))
    return texts


def _text(series: Series) -> str:
    return dump_rows(SERIES.dump_python([series])[0])


def put_together(
    context: Context, as_of: date, stamp: str, parts: Sequence[MorningPart], last: date
) -> Rebuilt:
    """The boards of a morning, of parts that hold each of its campaigns once."""
    doubled = _doubled(parts, last)
    reports = ReportedDays.joined([part.reports for part in parts]).reports(as_of, doubled)
    heads: dict[str, Figures] = {}
    rows: dict[tuple[str, str], list[Packed]] = {}
    four: tuple[CampaignRow, ...] = ()
    for window in WINDOWS:
        board = Board.together([part.boards.pop(window).unpacked() for part in parts], doubled)
        figures = of_board(board, reports)
        del board  # before the rows are there
        for channel, campaigns in _apart(figures.rows):
            texts = _unpacked([part.rows for part in parts], (window, channel))
            rows[window, channel] = [*_finished_rows(campaigns, texts)]
        four = figures.rows if window == FOUR else four
        heads[window] = replace(figures, rows=())
    health = FeedDays.joined([part.feeds for part in parts]).health(
        _recent(parts, judged_days(as_of), COLUMNS), as_of, doubled
    )
    paid = pd.concat([part.paid for part in parts]).sort_index()
    clients = {place: name for part in parts for place, name in part.clients.items()}
    return Rebuilt(as_of, stamp, heads, rows, _trends(context, as_of, parts, four),
                   spend_days_of(paid, heads[FOUR]), health, clients)  # fmt: skip


def _apart(rows: Iterable[CampaignRow]) -> Iterator[tuple[str, list[CampaignRow]]]:
    """The rows of each channel: they lie one channel after the other."""
    for channel, campaigns in groupby(rows, lambda row: row.channel):
        yield channel, list(campaigns)


def _unpacked(tables: Iterable[dict[Key, Packed]], key: Key) -> dict[str, Any]:
    """What the parts have under a key, by entity, taken out of them."""
    unpacked: dict[str, Any] = {}
    for table in tables:
        if key in table:
            unpacked |= table.pop(key).unpacked()
    return unpacked


def _finished_rows(rows: Sequence[CampaignRow], texts: dict[str, str]) -> Iterator[Packed]:
    """The rows of a channel as JSON, some after others."""
    for start in range(0, len(rows), LITTLE):
        batch = rows[start : start + LITTLE]
        finished = [_finished(texts.pop(row.entity), row) for row in batch]
        yield Packed.of(finished, len(finished))


def _recent(parts: Sequence[MorningPart], window: Window, columns: Sequence[str]) -> History:
    """Some columns of the newest days of all campaigns."""
    return joined([part.recent.unpacked().within(window, columns) for part in parts])


def _doubled(parts: Sequence[MorningPart], last: date) -> Mapping[str, str]:
    history = _recent(parts, Window.ending(last, LOOKED_AT), ("spend", "impressions", "clicks"))
    names = {entity: name for part in parts for entity, name in part.names.unpacked().items()}
    return doubles(history, [names[entity] for entity in history.entities])


def _trends(
    context: Context, as_of: date, parts: Sequence[MorningPart], rows: Sequence[CampaignRow]
) -> dict[str, Packed]:
    """Every series as JSON, by channel: its campaigns' in order, then its own."""
    leads = {entity: lead for part in parts for entity, lead in part.leads.items()}
    window = Window.ending(as_of - timedelta(1), DAYS)
    history = _recent(parts, window, drawn_columns(leads, context.rulebook))
    groups = DrawnDays(history, leads, context.rulebook).of_groups(rows)
    late = LateDays.joined([part.late.unpacked() for part in parts])
    together: dict[str, list[str]] = {"": []}
    for series in late.told(groups, rows, context.rulebook):
        together.setdefault(series.channel, []).append(_text(series))
    texts = {"": Packed.of(together[""], len(together[""]))}
    for channel, campaigns in _apart(rows):
        written = _unpacked([part.trends for part in parts], channel)
        drawn = [text for row in campaigns for text in written.get(row.entity, ())]
        drawn += together.get(channel, ())
        texts[channel] = Packed.of(drawn, len(drawn))
    return texts
