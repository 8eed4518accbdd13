"""How far the numbers of each source and account can be believed: read once, for every view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from bot.context.context import Context
from bot.numbers.source_health import FaultKind, FeedFault, FeedHealth, with_pulls
from bot.render.values.health import ShownFault, SourceLine
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.naming import title
from bot.snapshot.source_health import COLUMNS, schema_changes

JUST_NOW = timedelta(1)
DIGEST: tuple[FaultKind, ...] = ("late", "partial", "restated", "schema")
"""What only this says in a digest: failures, gaps and doubles have lines of their own there."""


def health(context: Context, as_of: date) -> tuple[FeedHealth, ...]:
    """Every source and account, what is wrong with it the worst first."""
    pulls = [pull for pull in context.store.pulls() if pull.pulled_at.date() <= as_of]
    changes = schema_changes(context.store.preference(COLUMNS), as_of)
    return with_pulls(boards.health(context, as_of), pulls, changes, as_of)


def lines(feeds: Iterable[FeedHealth]) -> tuple[SourceLine, ...]:
    """The same as people read it: those with faults first."""
    all_feeds = tuple(feeds)
    names = _names(all_feeds)
    shown_lines = [
        SourceLine(
            names[feed],
            feed.source if feed.pulled_at and feed.channels else "",  # a file's name is nobody's
            feed.until,
            tuple(_shown(fault, names[feed]) for fault in feed.faults),
        )
        for feed in all_feeds
    ]
    return tuple(sorted(shown_lines, key=lambda line: (not line.faults, line.name)))


def doubtful(
    context: Context, figures: Figures, late_channels: Collection[str]
) -> tuple[ShownFault, ...]:
    """What changes how far a digest's numbers may be believed, and no other line of it says.

    Args:
        context: The store.
        figures: The board of the days the digest is about.
        late_channels: Titles of channels that are said to be late.
    """
    all_feeds = health(context, figures.as_of)
    names = _names(all_feeds)
    return tuple(
        _shown(fault, names[feed])
        for feed in all_feeds
        if not late_channels
        or not {title(channel) for channel in feed.channels} <= {*late_channels}
        for fault in feed.faults
        if fault.kind in DIGEST and _is_news(fault, figures)
    )


def _is_news(fault: FeedFault, figures: Figures) -> bool:
    """Whether it is about the digest's days, or was known only this morning."""
    if fault.kind == "partial":
        return fault.touches(figures.before.since, figures.now.until)
    if fault.kind == "restated":
        return fault.since is not None and figures.as_of - fault.since <= JUST_NOW
    if fault.kind == "schema" and not fault.lost and not fault.retyped:  # what is new lacks nothing
        return fault.since is not None and figures.as_of - fault.since <= JUST_NOW
    return True


def _names(feeds: Collection[FeedHealth]) -> dict[FeedHealth, str]:
    """`Google`, with its account where the channel has several; a source's own without channels."""
    accounts = Counter(channel for feed in feeds for channel in feed.channels)
    return {feed: _name(feed, accounts) for feed in feeds}


def _name(feed: FeedHealth, accounts: Counter[str]) -> str:
    if not feed.channels:
        return f"{feed.source} {feed.account_id}".strip()
    together = ", ".join(map(title, feed.channels))
    several = any(accounts[channel] > 1 for channel in feed.channels)
    return f"{together} {feed.account_id}".strip() if several else together


def _shown(fault: FeedFault, name: str) -> ShownFault:
    """A fault of an account; what repeats another of its own channel names both accounts."""
    if fault.original is None:
        return ShownFault(name, fault)
    channel, account = fault.original
    same = name.startswith(title(channel))
    original = f"{title(channel)} {account}".strip() if same else title(channel)
    return ShownFault(name, fault, original)
