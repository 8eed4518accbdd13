"""Which channel or campaign somebody meant, and what people call a channel."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow, spend
from bot.errors import NoNumbers, UnknownName
from bot.numbers.input.daily import match_channel
from bot.numbers.input.names import TITLES, normal_name, title
from bot.render.values.templates import Choice, Option
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures

__all__ = [
    "NEAREST",
    "TITLES",
    "Unclear",
    "about",
    "exactly",
    "find_campaign",
    "find_channel",
    "known_channels",
    "no_numbers",
    "quoted",
    "redirected",
    "title",
]
NEAREST = 5


class Unclear(Exception):
    """A name that fits several: ask which one."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        super().__init__(choice.kind)


def redirected(choice: Choice, command: str) -> Choice:
    """The same choice, of which each asks this question instead of `campaign`."""
    options = (
        replace(option, asks=f"{command}{option.asks.removeprefix('campaign')}")
        for option in choice.options
    )
    return replace(choice, options=tuple(options))


def known_channels(context: Context, as_of: date, numbered: Iterable[str]) -> list[str]:
    """Channels anybody may ask about: with numbers now, ever pulled, or named in the plan."""
    pulled = [channel for pull in context.store.pulls() for channel in pull.channels]
    planned = [entry.channel for entry in context.plan(as_of).entries if entry.channel]
    return list(dict.fromkeys((*numbered, *pulled, *planned)))


def find_channel(context: Context, query: str, as_of: date, window: str) -> str:
    """The key of the channel meant.

    Raises:
        UnknownName: With the nearest.
        NoNumbers: There is nothing stored at all.
    """
    rows = boards.head(context, as_of, "28d").groups("channel")
    groups = [row.group for row in rows if row.group]
    channels = known_channels(context, as_of, groups)
    if not channels:
        raise no_numbers(context, as_of)
    try:
        return match_channel(query, channels)
    except UnknownName as error:
        if len(error.nearest) > 1 and any(_begins(near, query) for near in error.nearest):
            raise Unclear(_choice("channel", query, error.nearest, window)) from None
        raise UnknownName("channel", query, tuple(map(title, error.nearest))) from None


def _begins(name: str, prefix: str) -> bool:
    return normal_name(name).startswith(normal_name(prefix))


def _choice(kind: str, query: str, names: Sequence[str], window: str) -> Choice:
    options = tuple(Option(title(name), f"{kind} {name} {window}".strip()) for name in names)
    return Choice(kind, query, options)


def find_campaign(figures: Figures, query: str, window: str = "") -> CampaignRow:
    """The campaign of a board that is meant: by id, by name, by a part of its name, or nearly.

    Raises:
        UnknownName: With the nearest names.
        Unclear: Several fit.
    """
    phrase, name_index = normal_name(query), figures.known
    for places in (name_index.called(phrase), name_index.like(phrase)):
        matches = [figures.rows[place] for place in places]
        if len(matches) == 1:
            return matches[0]
        if matches:
            biggest = sorted(matches, key=spend, reverse=True)
            options = _options(biggest, window)
            raise Unclear(Choice("campaign", query, options, len(matches)))
    raise UnknownName("campaign", query, _near(figures.rows, phrase))


def exactly(figures: Figures, name: str) -> list[CampaignRow]:
    """The campaigns called just this, letter for letter."""
    matches = (figures.rows[place] for place in figures.known.called(normal_name(name)))
    return [row for row in matches if row.campaign_name == name]


def _options(rows: Sequence[CampaignRow], window: str) -> tuple[Option, ...]:
    names = [normal_name(row.campaign_name) for row in rows]
    options = []
    for row, name in zip(rows[:NEAREST], names, strict=False):
        clear = names.count(name) == 1 and '"' not in name
        asks = f"{quoted(row, by_name=clear)} {window}".strip()
        options.append(Option(row.label, f"campaign {asks}"))
    return tuple(options)


def quoted(row: CampaignRow, *, by_name: bool = True) -> str:
    """A campaign as the grammar reads it back, whatever its name holds."""
    name = row.campaign_name
    return f'"{name}"' if by_name and '"' not in name else f'"{row.entity}"'


def _near(rows: Sequence[CampaignRow], phrase: str) -> list[str]:
    names = {normal_name(row.campaign_name): row.campaign_name for row in rows}
    near = difflib.get_close_matches(phrase, list(names), n=NEAREST, cutoff=0.5)
    return [names[name] for name in near]


def about(figures: Figures, subject: str) -> tuple[str, list[CampaignRow]]:
    """The name and the campaigns of what was asked about: a channel, else a campaign."""
    try:
        channel = match_channel(subject, figures.channels)
    except UnknownName:
        row = find_campaign(figures, subject)
        return row.label, [row]
    return title(channel), figures.of_channel(channel)


def no_numbers(context: Context, as_of: date, channel: str = "") -> NoNumbers:
    """Why there is nothing to show, and what to do about it."""
    last_day = context.store.last_day(as_of)
    if last_day is None:
        return NoNumbers(
            "There are no numbers yet.", hint="Bring some in with perfbot import or perfbot pull."
        )
    message = "There are no numbers in these days; the newest are from %(last)s."
    if channel:
        message = (
            "There are no numbers for %(channel)s in these days; the newest are from %(last)s."
        )
    hint = "Pull newer ones, or ask about a longer period."
    return NoNumbers(message, hint=hint, values={"channel": title(channel), "last": last_day})
