"""The names a sentence may hold on a morning: channels, campaigns, stages, models and people.

And words of it that name nobody who is known, or several: whom they may mean.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.errors import UnknownName
from bot.numbers.input.names import ALIASES, normal_name
from bot.question.name_index import NameIndex, words_of
from bot.question.slots import Named, Slots
from bot.snapshot import boards
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


STAGES = ("reach", "act", "convert", "engage")
MODELS = ("CPM", "CPC", "CPL", "CPA")
_IN = ("in", "i", "on", "på", "for")
MOST = 20_000
SHORT, NICK = 3, ("fb",)  # shorter names of channels are words (`x`, `li`)
Entry = tuple[Named, Sequence[str]]


def known_names(context: Context, as_of: date) -> NameIndex:
    """Every name there is, worked out once a morning's board."""
    boards.read_morning(context, as_of, "28d")
    figures = boards.figures(context, as_of, "28d")
    decided = context.store.standing(as_of)[0]
    people = context.shelf.memo(("people",), decided, lambda: _people(context))
    mark = (Same(figures), tuple(named.key for named, _ in people))
    return context.shelf.memo(("names of sentences",), mark, lambda: _names(figures, people))


def _names(figures: Figures, people: Sequence[Entry]) -> NameIndex:
    return NameIndex([*_channels(figures), *_campaigns(figures), *stages(), *models(), *people])


def _channels(figures: Figures) -> Iterator[Entry]:
    for channel in dict.fromkeys((*figures.channels, *ALIASES)):
        callings = {channel, *_aliases(channel)}
        if len(title(channel)) > 1:
            callings.add(title(channel))
        yield Named("channel", channel, title(channel)), sorted(callings)


def _aliases(channel: str) -> tuple[str, ...]:
    return tuple(word for word in ALIASES.get(channel, ()) if len(word) > SHORT or word in NICK)


def _campaigns(figures: Figures) -> Iterator[Entry]:
    rows = figures.biggest(MOST)
    tails = [words_of(_tail(row)) for row in rows]
    counted = Counter(filter(None, tails))
    for row, tail in zip(rows, tails, strict=True):
        callings = [row.campaign_name]
        if counted[tail] == 1:
            callings.append(_tail(row))
        yield Named("campaign", row.entity, row.campaign_name), callings


def _tail(row: CampaignRow) -> str:
    """The part after the channel: `Shopping` of `Google | Shopping`."""
    return row.campaign_name.rsplit("|", 1)[-1].strip()


def stages() -> Iterator[Entry]:
    """The stages, as people name them; what is learned from sees them as marks, too."""
    for stage in STAGES:
        near = [f"{word} {stage}" for word in _IN] if stage in {"convert", "engage", "act"} else []
        phrases = [f"stage {stage}", f"{stage} stage", f"the {stage} stage", f"{stage} steget",
               f"steget {stage}", f"steg {stage}"]  # fmt: skip
        yield Named("stage", stage, stage.capitalize()), [*phrases, *near]


def models() -> Iterator[Entry]:
    """The pricing models, as people name their campaigns."""
    for model in MODELS:
        nouns = (
            "campaigns",
            "kampanjer",
            "kampanjene",
            "campaign",
            "kampanje",
            "pricing",
            "model",
        )
        yield Named("pricing_model", model, model), [f"{model} {noun}" for noun in nouns]


def _people(context: Context) -> list[Entry]:
    """Whoever is known by a name: they may be called by the first one too."""
    actors = {event.actor for event in context.store.history() if event.actor != "perfbot"}
    actor_names = ((actor, context.person(actor)) for actor in sorted(actors))
    return [
        (Named("person", actor, name), (name, name.split()[0]))
        for actor, name in actor_names
        if name and name != actor
    ]
