"""Which advice goes to a channel: `only stage convert owner Kari`, as words and as kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import UnknownName
from bot.numbers.input.names import channel_key
from bot.question.vocabulary import STAGE_OF
from bot.store.base import Subscription

KINDS = {
    "client": ("client", "clients", "kunde", "kunder"),
    "account": ("account", "accounts", "konto", "kontoer"),
    "channel": ("channel", "channels", "kanal", "kanaler"),
    "stage": ("stage", "stages", "steg", "fase", "trinn"),
    "severity": ("severity", "alvor", "alvorlighet"),
    "owner": ("owner", "owners", "eier", "eiere", "ansvarlig"),
}
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
EVERYTHING = ("everything", "alt")
SEVERITIES = {
    "urgent": "urgent", "haster": "urgent", "advise": "advise", "advice": "advise", "råd": "advise",
    "watch": "watch", "følg": "watch", "følg med": "watch",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """Which advice a subscription takes; nothing named takes everything.

    Attributes:
        named: By kind (`client`, `account`, `channel`, `stage`, `severity`, `owner`) what is taken:
            of several names of a kind any, and all kinds together. Channels and stages by their
            keys; owners as the plan calls them, or by Slack's id.
    """

    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, kind: str) -> tuple[str, ...]:
        """What is named of a kind; empty for all of it."""
        return self.named.get(kind, ())

    def to_json(self) -> dict[str, list[str]]:
        """As a subscription keeps it."""
        return {kind: list(names) for kind, names in self.named.items() if names}


ALL_OF_IT = Route()


def route_of(subscription: Subscription) -> Route:
    """The route a subscription keeps."""
    stored: Mapping[str, Sequence[str]] = subscription.filters.get("route") or {}
    return Route({kind: tuple(map(str, names)) for kind, names in stored.items() if names})


def split_route(words: Sequence[str], usual: Route) -> tuple[list[str], Route]:
    """The words that say which advice, as a route, and all other words.

    A kind is followed by its names: one word each, in quotes where it has several, between commas.
    Without any the route stays as it was; `everything` takes everything again.

    Raises:
        UnknownName: Of kind `schedule`: a kind without a name; no such stage or severity.
    """
    other_words: list[str] = []
    names: dict[str, tuple[str, ...]] = {}
    at, route = 0, usual
    while at < len(words):
        word = words[at].casefold().rstrip(":")
        kind = KIND_OF.get(word)
        if kind is None:
            route = ALL_OF_IT if word in EVERYTHING else route
            other_words += [] if word in EVERYTHING else [words[at]]
            at += 1
            continue
        if at + 1 == len(words):
            raise UnknownName("schedule", words[at], ())
        names[kind] = (*names.get(kind, ()), *_names(kind, words[at + 1]))
        at += 2
    return other_words, Route(names) if names else route


def _names(kind: str, text: str) -> tuple[str, ...]:
    parts = [text[1:]] if text.startswith('"') else text.split(",")
    names = [part.strip(' "<>') for part in parts]
    return tuple(_name(kind, name) for name in names if name)


def _name(kind: str, name: str) -> str:
    folded = name.casefold()
    if kind == "channel":
        return channel_key(name)
    if kind in {"stage", "severity"}:
        spellings = STAGE_OF if kind == "stage" else SEVERITIES
        if folded not in spellings:
            raise UnknownName("schedule", name, ())
        return spellings[folded]
    return name.partition("|")[0].lstrip("@") if kind == "owner" else name
