"""The names a sentence may hold on a morning: channels, campaigns, stages, models and people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.numbers.input.names import ALIASES
from bot.question.name_index import NameIndex, words_of
from bot.question.slots import Named
from bot.snapshot import boards
from bot.snapshot.board_rows import Figures
from bot.snapshot.naming import title

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
