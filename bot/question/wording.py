"""How people write: short forms, slang, dialect and slips of the finger, read as plain words. Pure.

wording.yml has them as data. Names are taken out of a sentence before, so that none is changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.question.calendar_spans import NUMBERS
from bot.question.terms import words_of
from bot.question.vocabulary import COMMAND_OF, STOP_WORDS

ALIKE, SHORTEST = 85.5, 6  # a slip of the finger in a word of so many letters
WORD = re.compile(r"[^\W\d_]+")
_ALONE = re.compile(r"(?<![\w-])[^\W\d_]+(?![\w-])")  # `e` is a word, but not in `e-post`


# `a few thousand` is no amount; `to` is Norwegian's two where what follows is Norwegian, too.
_COUNTS = "|".join(
    sorted(set(NUMBERS) - {"to", "few", "par", "couple", "couple of", "a couple of"})
)
_THOUSANDS = re.compile(
    rf"\b(?:(?P<count>{_COUNTS}) ?(?:grand|thousand|tusen|lapper|tusenlapper)"
    r"|(?P<two>to) ?(?:tusen|lapper|tusenlapper))\b"
)


@dataclass(frozen=True)
class Wording:
    """wording.yml: how people write the words that days, numbers and names are known by.

    Attributes:
        written: A pattern and what it is read as, in the order they are applied.
        spelled: Words a slip is read as, between spaces.
        ordinary, dimensions: Words that are no slip of those.
    """

    written: tuple[tuple[str, str], ...]
    spelled: str
    ordinary: str
    dimensions: str


@cache
def wording() -> Wording:
    """wording.yml, read once."""
    return words_of("wording.yml", Wording)


@cache
def _written() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), plain) for pattern, plain in wording().written)


@cache
def _spelled() -> tuple[str, ...]:
    return tuple(wording().spelled.split())


@cache
def _right() -> frozenset[str]:
    """Words that are no slip of another."""
    words = (*_spelled(), *wording().ordinary.split(), *wording().dimensions.split())
    return frozenset((*words, *STOP_WORDS))


# Words of Norwegian that are nobody's English: a sentence with one is read as Norwegian.
_NORWEGIAN = frozenset({
    *("og", "på", "ikke", "er", "til", "av", "det", "som", "hva", "hvor", "noen", "noe", "jeg"),
    *("når", "har", "kan", "skal", "hvilken", "hvem", "hvorfor", "mange", "mye", "med", "denne"),
    "den",
})  # fmt: skip


def is_norwegian(text: str) -> bool:
    """Whether a casefolded sentence has a word of Norwegian that is nobody's English."""
    return not _NORWEGIAN.isdisjoint(WORD.findall(text))


# Words that only one of the languages has: what holds sentences together, and no trade's jargon
# (Norwegians say `spend`, `sales` and `brand`), none that the other has too (`for`, `i`, `men`).
_ONLY = {
    "nb": frozenset({
        *_NORWEGIAN, "vi", "du", "dere", "oss", "meg", "deg", "hvordan", "hvilke", "hvilket",
        *("fra", "hadde", "hvis", "ble", "blir", "bør", "burde", "må", "kunne", "skulle", "ville"),
        *("siste", "forrige", "uke", "uken", "uka", "måned", "måneden", "dag", "dagen", "går"),
        *("gikk", "koster", "kostet", "skjer", "skjedde", "skjedd", "penger", "pengene", "mest"),
        *("enn", "mot", "etter", "før", "eller", "kampanje", "kampanjen", "kampanjene"),
        *("kampanjer", "salget", "solgt", "solgte", "bruker", "brukte", "brukt", "budsjettet"),
        *("budsjett", "vår", "våre", "disse", "dette", "fjor", "år", "året", "nå", "slik", "fikk"),
        *("får", "sammenlign", "dårligst", "dårlig", "bedre", "verst", "slutten", "hos", "de"),
        *("å", "opp", "bruke", "rekker", "klarer", "ligger", "mål", "målet", "salg", "kroner"),
        *("stoppet", "sliten", "slitne", "slitt", "sluttet", "fortsatt"),
    *("kva", "korleis", "kvifor", "ikkje", "eg", "frå", "meir", "mykje", "koffor", "noko"),
    }),
    "en": frozenset({
        *("what", "how", "which", "who", "whom", "whose", "why", "when", "where", "is", "are"),
        *("was", "were", "did", "does", "has", "had", "have", "the", "an", "and", "of", "from"),
        *("with", "we", "our", "us", "you", "your", "my", "it", "its", "this", "that", "these"),
        *("those", "they", "them", "should", "would", "could", "can", "will", "not", "month"),
        *("months", "weeks", "yesterday", "days", "than", "then", "much", "many", "since", "if"),
        *("happen", "happens", "happened", "money", "doing", "spending", "about", "between"),
        *("there", "any", "anything", "more", "most", "been", "give", "show", "tell"),
    }),
}  # fmt: skip
_SURE = 2  # so many words of one language alone leave no doubt


def language_of_words(text: str) -> str:
    """The language a casefolded sentence is surely in, `nb` or `en`; "" where it is in doubt.

    At least two words only that language has, and none that only the other has.
    """
    words = frozenset(WORD.findall(text))
    counts = {language: len(words & only) for language, only in _ONLY.items()}
    languages = [language for language, count in counts.items() if count]
    return languages[0] if len(languages) == 1 and counts[languages[0]] >= _SURE else ""


def language_asked(text: str) -> str:
    """The language a sentence is surely in, "" for a command and where it is in doubt.

    A sentence that begins with a command's word is one by its question mark.
    """
    plain = re.sub(r"^\s*/perf\b", "", text).strip().casefold()
    commanded = plain.partition(" ")[0] in COMMAND_OF and "?" not in plain
    return "" if commanded else language_of_words(plain)


@cache
def _dialect() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """dialect.yml: what is always read so, and what only among words of Norwegian."""
    dialect = words_of("dialect.yml", dict[str, dict[str, str]])
    always, norwegian = (
        {form: word for word, forms in dialect[part].items() for form in forms.split()}
        for part in ("always", "norwegian")
    )
    return always, norwegian


def in_bokmal(text: str) -> str:
    """A casefolded sentence with nynorsk and dialect read as bokmål; English stays as it is."""
    always, norwegian = _dialect()
    text = _ALONE.sub(lambda word: always.get(word[0], word[0]), text)
    if not is_norwegian(text):
        return text
    return _ALONE.sub(lambda word: norwegian.get(word[0], word[0]), text)


def plainly(text: str) -> str:
    """A casefolded sentence in the words the patterns know."""
    text = _THOUSANDS.sub(lambda match: f"{NUMBERS[match['count'] or 'to']}k", in_bokmal(text))
    for pattern, plain in _written():
        text = pattern.sub(plain, text)
    return " ".join(WORD.sub(lambda word: spelled(word[0]), text).split())


@cache
def _beginnings() -> Mapping[str, tuple[str, ...]]:
    """The words of `spelled` by their first letter."""
    letters = {word[0] for word in _spelled()}
    return {letter: tuple(word for word in _spelled() if word[0] == letter) for letter in letters}


def spelled(word: str) -> str:
    """The word that was probably meant; the same one where it is no slip."""
    if len(word) < SHORTEST or word in _right():
        return word
    from rapidfuzz import fuzz, process  # noqa: PLC0415, wanted where something is mistyped

    near = process.extractOne(
        word,
        _beginnings().get(word[0], ()),
        scorer=fuzz.ratio,
        score_cutoff=ALIKE,
        processor=None,
    )
    return near[0] if near and abs(len(near[0]) - len(word)) <= 1 else word
