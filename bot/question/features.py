"""What a sentence is known by: its words, pieces of them, and what they mean. Pure.

The learned reader (`classifier.py`) weighs these, and nothing else. Names (¤), people (£) and days
(◊) are marks before; metrics (§) and amounts (#) are made marks here, so that what is learned holds
for any account, any number and any day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations

from bot.question.metric_words import metric_spans
from bot.question.word_files import words_of

METRIC, AMOUNT, BEGINNING = "§", "#", "^"
WORDS_IN_A_ROW = 3
PIECES = (3, 4, 5)  # letters of a piece of a word: what a typing error or an ending leaves alike
MEANING, PAIR = 3.0, 1.0  # how much a meaning, and two together, count beside a word
_TOKEN = re.compile(r"[¤£◊§#?]|[^\W_]+(?:'[a-z]+)?")
_AMOUNT = re.compile(
    r"(?<![\w◊])[0-9]+(?:[.,  ][0-9]+)*\s*(?:(?:k|percent|per cent|prosent|kr|nok|kroner|x)\b|%)?"
)
_MARKS = re.compile(r"[¤£◊]")


def features(text: str) -> Mapping[str, float]:
    """The features of a casefolded sentence and how much each counts.

    Args:
        text: Names, people and days taken out, as `slot_reading` does.
    """
    counted = dict.fromkeys(_literal(text), 1.0)
    meanings = _meanings(text)
    counted |= dict.fromkeys((f"k{meaning}" for meaning in meanings), MEANING)
    rows = zip((BEGINNING, *meanings), meanings, strict=False)
    counted |= dict.fromkeys((f"b{first} {second}" for first, second in rows), 1.0)
    pairs = combinations(sorted(set(meanings)), 2)
    return counted | dict.fromkeys((f"p{one} {other}" for one, other in pairs), PAIR)


def _literal(text: str) -> Iterator[str]:
    """Words, up to three in a row, pieces of words, and the metrics by name."""
    spans = metric_spans(text)
    words = _TOKEN.findall(_AMOUNT.sub(f" {AMOUNT} ", _with_marks(text, spans)))
    yield from _rows((BEGINNING, *words))
    for word in set(_TOKEN.findall(text)):
        if len(word) > 1:
            yield from _pieces(f"<{word}>")
    yield from (f"m{name}" for _, _, name in spans)


def _with_marks(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    """The sentence with a mark for each metric."""
    pieces, at = [], 0
    for start, end, _ in spans:
        pieces += [text[at:start], f" {METRIC} "]
        at = end
    return "".join((*pieces, text[at:]))


def _rows(words: Sequence[str]) -> Iterator[str]:
    for length in range(1, WORDS_IN_A_ROW + 1):
        for at in range(len(words) - length + 1):
            yield f"w{' '.join(words[at : at + length])}"


def _pieces(word: str) -> Iterator[str]:
    for length in PIECES:
        for at in range(len(word) - length + 1):
            yield f"c{word[at : at + length]}"


@cache
def _concepts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """concepts.yml, read once."""
    return tuple(
        (name, re.compile(rf"(?<!\w)(?:{'|'.join(map(_phrase, phrases.split(',')))})"))
        for name, phrases in words_of("concepts.yml").items()
    )


def _phrase(written: str) -> str:
    """A beginning of a word or phrase as a pattern."""
    phrase = " ".join(written.split())
    first, whole = phrase.startswith("^"), phrase.endswith(".")
    bare = re.escape(phrase.strip("^.")).replace("\\ ", " ")
    return ("^" if first else "") + bare + (r"(?!\w)" if whole else "")


def _meanings(text: str) -> tuple[str, ...]:
    """What the words of a sentence mean, with its marks, in its order."""
    places = [
        (match.start(), name) for name, words in _concepts() for match in words.finditer(text)
    ]
    places += [(match.start(), match[0]) for match in _MARKS.finditer(text)]
    places += [(start, METRIC) for start, _, _ in metric_spans(text)]
    return tuple(name for _, name in sorted(set(places)))
