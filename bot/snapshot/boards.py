"""Boards: computed once a pull and kept, or computed for the days somebody asks about.

Kept boards, read once: as long as the store has the same one, or is making the next.
An answer told again: rendered once, while everything it rests on is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import chain
from typing import Any, TypeVar

import pandas as pd

from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.context.reported_results import with_results
from bot.context.request import once
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Reply
from bot.numbers.input.windows import WINDOWS, parse_window
from bot.numbers.metrics.board import boards as computed
from bot.numbers.metrics.board_targets import TargetReading
from bot.numbers.plan import Plan
from bot.numbers.signals.delivery_calendar import Reports, reports_of
from bot.numbers.signals.doubles import doubles_known
from bot.numbers.source_health import FeedHealth, of_numbers
from bot.snapshot import feed_health as source_health
from bot.snapshot.board_rows import Figures, from_rows, of_board, to_rows
from bot.snapshot.morning_days import HISTORY, KnownDays, SpendDays, spend_days
from bot.snapshot.rebuilding import Material, MorningPart, Rebuilt, first_day, put_together
from bot.snapshot.sharded import ShardedMorning
from bot.snapshot.trends import LEARNED_FROM, SERIES, DrawnDays, LateDays, Series, leads_of

T = TypeVar("T")
BOARD = "28d"  # kept with all the others of its morning
PACED = "paced"  # the days a month is foretold from
HEALTH = "health"  # what the numbers say of each source and account
HEAD = "head"  # the part of a board that is no channel: its totals
Rows = list[dict[str, Any]]


def kept(context: Context, key: str, as_of: date, part: str, read: Callable[[Rows], T]) -> T | None:
    """What `read` makes of a kept board; None where there is none of these rules and this plan.

    Args:
        context: The store and what is at hand of it.
        key: The board whose head has the stamp.
        as_of: The morning.
        part: What of it is read, e.g. a channel.
        read: Of the head; what it reads besides belongs to the same board.
    """
    place, stamp = (key, part, as_of), context.stamp(as_of)
    while mark := context.store.board_mark(key, as_of):
        entry = context.shelf.find(place, (mark, stamp))
        if entry:
            return entry.value  # type: ignore[no-any-return]  # as `read` made it
        head = context.store.board(key, as_of) or [{}]
        value = read(head) if head[0].get("stamp") == stamp else None
        if context.store.board_mark(key, as_of) == mark:  # else it was made anew in between
            return context.shelf.keep(place, (mark, stamp), value, _size(part, value))
    stale_entry = context.shelf.meanwhile(place)
    return stale_entry.value if stale_entry and stale_entry.mark[1] == stamp else None  # type: ignore[index]


def made(context: Context, key: str, as_of: date, part: str, read: Callable[[Rows], T]) -> T | None:
    """As `kept`; a scope's boards are made when first asked for, for all who may see the same.

    Those of everybody are made by whoever judges the morning.
    """
    stored = kept(context, key, as_of, part, read)
    if stored is not None or context.whole is None or not context.store.last_day(as_of):
        return stored
    rebuild(context, as_of)
    return kept(context, key, as_of, part, read)


def beside(context: Context, as_of: date, part: str, make: Callable[[], T]) -> T:
    """Something that is not stored, worked out once for as long as the morning's boards stand."""
    return made(context, BOARD, as_of, part, lambda _head: make()) or make()


def _size(part: str, value: object) -> int:
    """Campaigns of a channel's board; what is together or small (a day's line) weighs little."""
    rows = getattr(value, "rows", value)
    count = len(rows) if isinstance(rows, Sequence) else 0
    return count if part else count // 16


def rebuilt(
    context: Context,
    as_of: date,
    days: KnownDays | None = None,
    shards: ShardedMorning | None = None,
) -> Rebuilt:
    """Compute a morning's boards and trends, by default from days read now. Keeps nothing.

    Of an install in `shards` the days are read pack by pack, so that memory is that of one.
    """
    stamp = context.stamp(as_of)  # before the days are read: what changes in between shows by it
    plan, since = context.plan(as_of), first_day(as_of, WINDOWS, LEARNED_FROM)
    if shards is None:
        days = days or KnownDays.read(context, as_of, since)
        last_day = _last(days.newest(first_day(as_of, WINDOWS)), as_of)
        reach = context.store.window_reach()
        parts = [MorningPart.of(Material(context, as_of, days, plan, last_day, reach))]
    else:
        last_day = max(context.store.last_day(as_of) or since, since)
        since = as_of - timedelta(HISTORY)  # as the rules are told what is paid by the lead
        parts = [
            MorningPart.of(
                Material(context, as_of, pack.days(since), pack.plan, last_day, pack.reach)
            )
            for pack in shards.packs()
        ]
    return put_together(context, as_of, stamp, parts, last_day)


def _last(numbers: pd.DataFrame, as_of: date) -> date:
    """The last day with a row; the day before where there is none."""
    newest = numbers["date"].max()
    return as_of - timedelta(1) if pd.isna(newest) else newest.date()


def rebuild(context: Context, as_of: date) -> None:
    """Compute and keep a morning's boards and trends; of a big install pack by pack."""
    shards = ShardedMorning.of(context, as_of) if context.whole is None else None
    packed = None if shards is None or shards.is_small else shards
    keep(context, rebuilt(context, as_of, shards=packed))


def keep(context: Context, morning: Rebuilt) -> None:
    """Keep what was computed, for every question of the day."""
    save, as_of = context.store.save_board, morning.as_of
    with context.store.atomic():
        for window, board_head in morning.heads.items():
            save(window, as_of, to_rows(board_head, morning.stamp))
        for (window, channel), packs in morning.rows.items():
            rows = chain.from_iterable(pack.unpacked() for pack in packs)
            save(f"{window}:{channel}", as_of, rows)
        for channel, texts in morning.trends.items():
            save(_trend_key(channel), as_of, [{"stamp": morning.stamp}, *texts.unpacked()])
        save(PACED, as_of, morning.paced.to_rows(morning.stamp))
        save(HEALTH, as_of, source_health.to_rows(morning.health, morning.stamp))
        if morning.clients and context.whole is None:
            context.store.assign_clients(morning.clients, at=context.clock())


def figures(context: Context, as_of: date, window: str, channel: str = "") -> Figures:
    """A board of a morning: the kept one where there is one, else computed; the same numbers.

    Args:
        context: The store, the rules and the plan.
        as_of: The morning.
        window: As `parse_window` reads it; what is no standard window is worked out once, and
            kept at hand as long as the boards of that morning.
        channel: Key of a channel: only its campaigns (totals are all there).

    Raises:
        UnknownName: Not a window.
        UsageError: A range that runs backwards or has not begun.
    """
    if window in WINDOWS:
        read = partial(_kept, context, as_of, window, channel)
        stored = made(context, window, as_of, channel, read)
        if stored is not None:
            return stored
        now = partial(_now, context, as_of, window)
        key = ("board", as_of, window, context.stamp(as_of))
        return _part(once(context.store, key, now), channel)
    computed = beside(context, as_of, window, partial(_now, context, as_of, window))
    return context.shelf.memo(
        ("part", window, channel), Same(computed), partial(_part, computed, channel)
    )


def _now(context: Context, as_of: date, window: str) -> Figures:
    numbers = _known(context, as_of, (window,))
    plan = with_results(context.plan(as_of), numbers, as_of)
    return _computed(context, KnownMorning(as_of, numbers, plan), window)


def _part(board_figures: Figures, channel: str) -> Figures:
    """The campaigns of a channel; the totals are all there."""
    return (
        replace(board_figures, rows=tuple(board_figures.of_channel(channel)))
        if channel
        else board_figures
    )


def paced(context: Context, as_of: date) -> SpendDays:
    """The days every pace of a morning is foretold from."""
    stored = made(context, PACED, as_of, "", SpendDays.of_rows)
    if stored is not None:
        return stored
    return spend_days(_known(context, as_of, ("28d",)), figures(context, as_of, "28d"))


def health(context: Context, as_of: date) -> tuple[FeedHealth, ...]:
    """What the numbers of a morning say of each source and account, its pulls left aside."""
    stored = made(context, HEALTH, as_of, "", source_health.of_rows)
    if stored is not None:
        return stored
    days_known = KnownDays.read(context, as_of, as_of - timedelta(LEARNED_FROM))
    numbers, zone = days_known.newest(days_known.since), context.settings.app.time_zone
    doubled = doubles_known(numbers)
    return of_numbers(numbers, days_known.history, as_of, doubled, zone)


def trends(context: Context, as_of: date, channel: str = "") -> tuple[Series, ...]:
    """The days' spend and judged metric: of a channel and its campaigns, or of the stages."""
    stored = made(context, _trend_key(channel), as_of, "", _series)
    if stored is not None:
        return stored
    key = ("trends", as_of, context.stamp(as_of))
    all_series = once(context.store, key, partial(_trends_now, context, as_of))
    return tuple(trend for trend in all_series if trend.channel == channel)


def _trends_now(context: Context, as_of: date) -> tuple[Series, ...]:
    known = KnownDays.read(context, as_of, first_day(as_of, ("28d",), LEARNED_FROM))
    numbers = known.newest(first_day(as_of, ("28d",)))
    return _trends(context, known, numbers, figures(context, as_of, "28d"))


def _series(rows: Rows) -> tuple[Series, ...]:
    return tuple(SERIES.validate_python(rows[1:]))


def _trends(
    context: Context, known: KnownDays, numbers: pd.DataFrame, figures: Figures
) -> tuple[Series, ...]:
    as_of, rulebook = figures.as_of, context.rulebook
    drawn = DrawnDays.of(numbers, leads_of(figures.rows, rulebook), rulebook, as_of)
    late = LateDays.of(known.revisions(as_of - timedelta(LEARNED_FROM)), rulebook, as_of)
    groups = late.told(drawn.of_groups(figures.rows), figures.rows, rulebook)
    return (*drawn.of_campaigns(figures.rows), *groups)


def _known(context: Context, as_of: date, windows: Iterable[str]) -> pd.DataFrame:
    """The newest rows of these windows, and of the days up to the morning."""
    until = max(span.until for window in windows for span in parse_window(window, as_of))
    last_day = max(until, as_of - timedelta(1))
    return context.numbers(first_day(as_of, windows), last_day, as_of=as_of)


@dataclass(frozen=True)
class KnownMorning:
    """The newest rows of some days as known on a morning, and the plan they are read by."""

    as_of: date
    numbers: pd.DataFrame
    plan: Plan

    @cached_property
    def reports(self) -> Reports:
        """Which days there are numbers of."""
        return reports_of(self.plan, self.numbers, self.as_of)


def _computed(context: Context, morning: KnownMorning, window: str) -> Figures:
    metrics, reach = context.rulebook.metrics, context.store.window_reach()
    reading = TargetReading.on(
        morning.numbers, morning.as_of, metrics, morning.plan, context.judges
    )
    board = computed([window], reading, reach, morning.reports.doubled)[window]
    return of_board(board, morning.reports)


def _kept(
    context: Context, as_of: date, window: str, channel: str, stored: list[dict[str, Any]]
) -> Figures:
    if channel:
        rows = context.store.board(f"{window}:{channel}", as_of) or ()
        return from_rows(window, as_of, stored, map(CampaignRow, rows))
    totals = from_rows(window, as_of, stored, ())
    channels = sorted({str(row.group) for row in totals.groups("channel")})
    stored_rows = (context.store.board(f"{window}:{key}", as_of) or () for key in channels)
    everything = map(CampaignRow, chain.from_iterable(stored_rows))
    return from_rows(window, as_of, stored, everything)


def head(context: Context, as_of: date, window: str) -> Figures:
    """A board's totals and days without its campaigns: what it takes to know the channels."""
    if window in WINDOWS:
        stored = made(context, window, as_of, HEAD, partial(from_rows, window, as_of, campaigns=()))
        if stored is not None:
            return stored
    return figures(context, as_of, window)


def read_morning(context: Context, as_of: date, *windows: str) -> None:
    """Read whole boards of a morning, what the rules said and the stages' days in one statement."""
    missing = [window for window in windows if not _at_hand(context, window, "", as_of)]
    boards_of = tuple(name for window in missing for name in (window, f"{window}:"))
    if boards_of:
        context.store.boards((*boards_of, "judged", PACED, HEALTH, _trend_key("")), as_of)


def read_together(context: Context, as_of: date, window: str, channel: str) -> None:
    """Read what an answer about a channel needs in one statement, where it is stored at all.

    The other channels' campaigns too: one may bring what this one brings.
    """
    if window in WINDOWS:
        parts = [name for name in (_trend_key(channel), _trend_key(""), "judged", HEALTH)
                 if not _at_hand(context, name, "", as_of)]  # fmt: skip
        if not all(_at_hand(context, window, part, as_of) for part in (channel, "")):
            parts += [window, f"{window}:"]
        if parts:
            context.store.boards(tuple(parts), as_of)


def _at_hand(context: Context, key: str, part: str, as_of: date) -> bool:
    mark = (context.store.board_mark(key, as_of), context.stamp(as_of))
    return context.shelf.find((key, part, as_of), mark) is not None


def _trend_key(channel: str) -> str:
    return f"trend:{channel or 'stages'}"


SIZE = 20  # rows of a board that weigh as much as a rendered answer


def again(
    context: Context,
    question: str,
    asker: Asker,
    rests_on: tuple[Hashable, ...],
    make: Callable[[], Reply],
) -> Reply:
    """The answer as it was rendered in the asker's language and time zone, else rendered now.

    Args:
        context: The store and what is at hand of it.
        question: The question as the grammar reads it back.
        asker: Who asks; two people with one language and time zone read the same.
        rests_on: All the answer depends on: small values, and `Same` for readings that are kept.
        make: Renders it.
    """
    key = ("answer", question, context.language(asker.language), str(context.zone(asker)))
    return context.shelf.memo(key, rests_on, make, SIZE)
