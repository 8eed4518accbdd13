"""The names there are, by the words they may be called: whole words, typing errors allowed. Pure.

"target" is not Re*target*ing and "per" is not White*p*a*per*: a name is one or more whole words. A
part of a campaign's name stands for it where only one campaign has it and it is no word of ours; a
part that several have (`Northwind` of `Northwind | Brand`) stands for all of them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from bot.question.metric_words import metrics_in
from bot.question.slots import Named
from bot.question.vocabulary import STAGE_OF, STOP_WORDS

WORD = re.compile(r"[^\W_]+(?:['’&+.][^\W_]+)*", re.UNICODE)
SHORTEST = 5  # letters of a word that may be mistyped
_WORDS = (
    "all video text image search display campaign kampanje test reach act convert engage "
    "autumn winter summer spring høst vinter sommer vår new ny kampanjer campaigns traffic "
    "leads sales week month budget target cost price spend pause stop best worst order "
    "orders first last channel device mobile country report client kunde kunder weekly daily "
    "monthly september october november december januar februar mars april mai juni juli "
    "august oktober desember january february march may june july total percent average "
    "before after money changed shift shifts ordre selling"
)
_OURS = frozenset(_WORDS.split())
# Words of ours that name a campaign just behind its channel's name.
KINDS_OF_AD = frozenset(
    [
        "video",
        "text",
        "image",
        "search",
        "display",
        "test",
        "autumn",
        "winter",
        "summer",
        "spring",
        "høst",
        "vinter",
        "sommer",
    ]
)
_GENITIVE = re.compile(r"(?:['’]s|s['’])$")


class NameIndex:
    """The names there are, by the words they may be called."""

    def __init__(self, named: Iterable[tuple[Named, Sequence[str]]]) -> None:
        self._entries = tuple(named)

    @cached_property
    def by_words(self) -> Mapping[tuple[str, ...], tuple[Named, ...]]:
        """Everything that may be called so."""
        named_by_words: dict[tuple[str, ...], list[Named]] = {}
        for name_entry, callings in self._entries:
            for calling in callings:
                words = words_of(calling)
                if words and name_entry not in named_by_words.setdefault(words, []):
                    named_by_words[words].append(name_entry)
        for words, name_entry in self._parts().items():
            named_by_words.setdefault(words, [name_entry])
        for words, name_entry in self._groups().items():
            named_by_words.setdefault(words, []).append(name_entry)
        return {words: tuple(named_group) for words, named_group in named_by_words.items()}

    def _parts(self) -> dict[tuple[str, ...], Named]:
        """A word of one campaign's name only, and none of ours."""
        owners: dict[str, set[Named]] = {}
        for name_entry, callings in self._entries:
            for word in {word for calling in callings for word in words_of(calling)}:
                owners.setdefault(word, set()).add(name_entry)
        return {
            (word,): next(iter(holders))
            for word, holders in owners.items()
            if len(holders) == 1 and distinctive(word) and next(iter(holders)).kind == "campaign"
        }

    def _groups(self) -> dict[tuple[str, ...], Named]:
        """A part of several campaigns' names, or a name several have: all of them together."""
        owners: dict[tuple[str, ...], set[Named]] = {}
        titles: dict[tuple[str, ...], str] = {}
        for name_entry, callings in self._entries:
            if name_entry.kind == "campaign":
                for part in {part for calling in callings for part in _pieces(calling)}:
                    owners.setdefault(words_of(part), set()).add(name_entry)
                    titles.setdefault(words_of(part), part)
        return {
            words: Named("group", " ".join(words), titles[words])
            for words, holders in owners.items()
            if len(holders) > 1 and any(map(distinctive, words))
        }

    @cached_property
    def long_words(self) -> tuple[str, ...]:
        """Words that are a name alone, and long enough to be known with a typing error in them."""
        return tuple(
            words[0] for words in self.by_words if len(words) == 1 and len(words[0]) >= SHORTEST
        )

    def inside(self, channel: Named, word: str) -> Named | None:
        """The one campaign of a channel whose name has a word: `tiktok video`."""
        if channel.kind != "channel" or word not in KINDS_OF_AD:
            return None
        holders = {
            name_entry
            for name_entry, callings in self._entries
            if name_entry.kind == "campaign" and name_entry.key.startswith(f"{channel.key}|")
            and any(word in words_of(calling) for calling in callings)
        }  # fmt: skip
        return holders.pop() if len(holders) == 1 else None

    def medium(self, word: str) -> Named | None:
        """The one campaign whose name has a kind of ad or a season in it."""
        if word not in KINDS_OF_AD:
            return None
        holders = {
            name_entry
            for name_entry, callings in self._entries
            if name_entry.kind == "campaign"
            and any(word in words_of(calling) for calling in callings)
        }
        return holders.pop() if len(holders) == 1 else None


def distinctive(word: str) -> bool:
    """Whether a word alone may be a name: no number, no metric, nothing of the language."""
    ours = word in _OURS or word in STOP_WORDS or word in STAGE_OF
    return len(word) > 2 and not word.isdigit() and not ours and not metrics_in(word)


def _pieces(name: str) -> Iterator[str]:
    """The name, its parts between bars, and its words: what several names may share."""
    yield from (name.strip(), *(part.strip() for part in name.split("|")))
    yield from (match[0] for match in WORD.finditer(name))


def shares(name: str, words: str) -> bool:
    """Whether a campaign's name holds the words of a group, one after the other."""
    return f" {words} " in f" {' '.join(words_of(name))} "


def words_of(name: str) -> tuple[str, ...]:
    """A name's words, casefolded: `Google | Shopping` has two."""
    return tuple(bare_word(match[0]) for match in WORD.finditer(name.casefold()))


def bare_word(word: str) -> str:
    return _GENITIVE.sub("", word)
