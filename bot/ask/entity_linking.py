"""Words of a sentence that name nobody who is known, or several: whom they may mean."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.errors import UnknownName
from bot.numbers.input.names import normal_name
from bot.question.slots import Slots
from bot.snapshot.board_rows import Figures
from bot.snapshot.naming import Unclear, find_campaign, redirected, title

SHORTEST_NAME = 3
ALIKE = 0.75  # a word of a sentence is nearly a name
MOST_NEAR = 500  # campaigns a word is compared with letter by letter, the biggest
MOST_WORDS = 12
OF_MANY = {
    *("how_much", "which", "compare", "news", "forecast", "pace", "moved", "tracking", "define"),
    *("unknown", "off_subject", "thanks", "hello", "self", "help", "tests", "stake", "sure", ""),
}  # answered about several campaigns together
DONE_TO_MANY = {"target", "report", "snooze", "dismiss", "acknowledge", "progress"}
COMMAND_FOR = {"why": "why", "silence": "why-not", "advice": "advice"}


def nobody(figures: Figures, words: Sequence[str], command: str) -> UnknownName:
    """What is wrong with words that may be a name, with the nearest name.

    Args:
        figures: The board whose names are meant.
        words: The words of a sentence that are neither its language's nor the field's.
        command: What is asked about the name: `why`, `campaign`.

    Raises:
        Unclear: Several campaigns are called so.
    """
    for run in _runs(words[:MOST_WORDS]):
        try:
            return UnknownName("campaign", run, (find_campaign(figures, run).campaign_name,))
        except Unclear as unclear:
            raise Unclear(redirected(unclear.choice, command)) from None
        except UnknownName:
            continue
    return _nearly(figures, words) or UnknownName("name", " ".join(words))


def grouped(slots: Slots) -> bool:
    """Whether a name of a sentence is a part of several campaigns' names."""
    return any(entity.kind == "group" for entity in slots.things)


def one_of_many(figures: Figures, slots: Slots) -> None:
    """What is answered about one campaign is never answered about several, or all, instead.

    Raises:
        Unclear: The name that was said is a part of several campaigns' names: which one?
    """
    if not grouped(slots) or slots.intent in OF_MANY:
        return
    if slots.intent == "do" and slots.detail in DONE_TO_MANY:
        return
    name = next(entity.title for entity in slots.things if entity.kind == "group")
    try:
        find_campaign(figures, name)
    except Unclear as unclear:
        command = COMMAND_FOR.get(slots.intent, "campaign")
        raise Unclear(redirected(unclear.choice, command)) from None


def placed(figures: Figures, slots: Slots) -> Slots:
    """A channel nobody has numbers of is said to be one, whatever is asked about it."""
    foreign = [
        entity
        for entity in slots.things
        if entity.kind == "channel" and entity.key not in figures.channels
    ]
    if foreign and figures.channels and slots.intent not in {"define", "do", "thanks", "hello"}:
        return replace(slots, intent="unknown", detail="channel", subjects=tuple(foreign))
    return slots


def _runs(words: Sequence[str]) -> Iterator[str]:
    """Every run of the words as a possible name, the longest first."""
    for length in range(len(words), 0, -1):
        for at in range(len(words) - length + 1):
            run = " ".join(words[at : at + length])
            if len(run) >= SHORTEST_NAME:
                yield run


def _nearly(figures: Figures, words: Sequence[str]) -> UnknownName | None:
    """The channel or campaign that is spelled nearly like some of the words."""
    campaigns = {
        normal_name(row.campaign_name): row.campaign_name for row in figures.biggest(MOST_NEAR)
    }
    channels = {
        normal_name(name): title(channel)
        for channel in figures.channels
        for name in (channel, title(channel))
    }
    for run in _runs(words[:MOST_WORDS]):
        for kind, names in (("channel", channels), ("campaign", campaigns)):
            near = difflib.get_close_matches(normal_name(run), list(names), n=1, cutoff=ALIKE)
            if near:
                return UnknownName(kind, run, (names[near[0]],))
    return None
