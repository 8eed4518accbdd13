"""A question in ordinary words: `why did the CPA on google rise last week?`. Pure, no model.

What is known (time, comparison, metric, kind of question) is taken out phrase by phrase, what only
holds a sentence together is dropped; the words left over are a name, and the desk knows whose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.question.grammar import PREPOSITIONS, Question, compare_of, metric_of, tokens, window_of
from bot.question.vocabulary import (
    ADVICE,
    CONTRAST,
    DEAR,
    INTENTS,
    LONGEST_METRIC,
    LONGEST_WINDOW,
    PRICES,
    SPENDING,
    STOP_WORDS,
    THANKS,
    VERSUS,
)

LONGEST_INTENT = max(len(phrase.split()) for phrase in INTENTS)
LONGEST_COMPARE = 4


@dataclass(frozen=True)
class Sentence:
    """What was understood of a sentence.

    Attributes:
        question: Its command is "" where only the name can tell (a channel or a campaign).
        names: The words left over, as typed: somewhere among them is the name. A metric of one
            word is among them too (a campaign may be called after one), unless a preposition
            follows: `leads on Meta` are Meta's.
        loose: Whether any word was dropped: only then is it a sentence and no mistyped command.
        versus: Whether one name is held against another.
    """

    question: Question
    names: tuple[str, ...] = ()
    loose: bool = False
    versus: bool = False


def understood(text: str) -> Sentence:
    """Take a sentence apart. Never raises."""
    words = [_bare(word) for word in tokens(text.replace("/perf", " "))]
    remaining = [word for word in words if word.strip('"')]
    remaining, compare = _compared(remaining)
    remaining, window = _first(remaining, LONGEST_WINDOW, window_of)
    remaining, command = _first(
        remaining, LONGEST_INTENT, lambda phrase: INTENTS.get(phrase.casefold(), "")
    )
    remaining, command = _about_advice(remaining, command)
    loose = "?" in text or any(_plain(word) in STOP_WORDS for word in remaining)
    spending = any(_plain(word) in SPENDING for word in remaining)
    remaining, metric = _measured(remaining)
    metric = metric or ("spend" if spending else "")
    names = tuple(_own(word) for word in remaining if _plain(word) not in STOP_WORDS)
    question = Question(command, "", window, metric=metric, compare=compare)
    return Sentence(question, names, loose, any(_plain(word) in CONTRAST for word in remaining))


def thanked(text: str) -> bool:
    """Whether somebody only says thank you."""
    phrase = " ".join(_bare(word) for word in tokens(text.replace("/perf", " ")))
    return " ".join(phrase.casefold().split()) in THANKS


def _own(word: str) -> str:
    """`google's` is google's."""
    return word if word.startswith('"') else re.sub("['’]s$", "", word)


def _about_advice(words: list[str], command: str) -> tuple[list[str], str]:
    """`why is there no advice` asks why not."""
    remaining = [word for word in words if _plain(word) not in ADVICE]
    return (
        (remaining, "why-not")
        if command == "why" and len(remaining) < len(words)
        else (words, command)
    )


def _measured(words: list[str]) -> tuple[list[str], str]:
    """The metric, and the words without it where it cannot be part of a name."""
    remaining, metric = _first(words, LONGEST_METRIC, _metric)
    at = next((at for at, word in enumerate(remaining) if words[at] != word), len(remaining))
    metric_length, after = len(words) - len(remaining), remaining[at : at + 1]
    alone = metric_length == 1 and not (after and _plain(after[0]) in PREPOSITIONS)
    if DEAR.intersection(map(_plain, words)):
        metric = PRICES.get(metric, metric)
    return (words if alone else remaining), metric


def _plain(word: str) -> str:
    return word.casefold().replace("’", "'")


def _metric(word: str) -> str:
    """A metric, also in the Norwegian definite form (`klikkprisen`, `salget`)."""
    forms = (word, *(word.removesuffix(end) for end in ("en", "et", "ene", "n")))
    return next((metric for form in forms if (metric := metric_of(form))), "")


def _bare(word: str) -> str:
    """A word without the punctuation around it; what stands in quotes stays as it is."""
    return word if word.startswith('"') else word.strip("?!.,;:()")


def _first(words: list[str], longest: int, meaning: Callable[[str], str]) -> tuple[list[str], str]:
    """The longest phrase that means something, the earliest of those, and the other words."""
    for length in range(min(longest, len(words)), 0, -1):
        for at in range(len(words) - length + 1):
            phrase = words[at : at + length]
            quoted = any(word.startswith('"') for word in phrase)
            sense = "" if quoted else meaning(" ".join(phrase))
            if sense:
                return words[:at] + words[at + length :], sense
    return words, ""


def _compared(words: list[str]) -> tuple[list[str], str]:
    """What follows a `vs`, where that is something to compare with."""
    for at, length in _phrases(words, 3):
        if " ".join(words[at : at + length]).casefold() in VERSUS:
            after = words[at + length :]
            for most in range(min(LONGEST_COMPARE, len(after)), 0, -1):
                comparison = compare_of(" ".join(after[:most]))
                if comparison:
                    return words[:at] + after[most:], comparison
    return words, ""


def _phrases(words: Sequence[str], longest: int) -> list[tuple[int, int]]:
    return [
        (at, length) for length in range(longest, 0, -1) for at in range(len(words) - length + 1)
    ]


def spans(names: Sequence[str]) -> list[str]:
    """Every run of the words left over as a possible name, the longest first."""
    bare = [name.removeprefix('"') for name in names][:12]
    runs = [" ".join(bare[at : at + length]) for at, length in _phrases(bare, len(bare))]
    return [run for run in runs if not is_metric(run)]


def is_metric(word: str) -> bool:
    """Whether a word left over is a number's and nobody's name."""
    return bool(_metric(word))


def as_sentence(question: Question) -> Sentence | None:
    """A typed question read as a sentence; None where it is none, or a name stands in quotes."""
    if any(word.startswith('"') for word in question.words):
        return None
    sentence = understood(" ".join((question.command, *question.words)))
    return sentence if sentence.loose and sentence.question.command == question.command else None
