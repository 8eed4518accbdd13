"""What kind of question a sentence is, by weights learned from examples/. Pure.

A linear model: each feature of a sentence (its words, pieces of them, and what they mean) speaks
for or against each kind, and the sums are compared. `make learn` writes weights.npz anew from the
examples; nothing is learned while perfbot runs, and the same sentence is always read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bot.question.metric_words import metric_spans
from bot.question.terms import words_of

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
        for name, phrases in words_of("concepts.yml", dict[str, str]).items()
    )


def _phrase(written: str) -> str:
    """A beginning of a word or phrase as a pattern."""
    phrase = " ".join(written.split())
    at_start, whole = phrase.startswith("^"), phrase.endswith(".")
    bare = re.escape(phrase.strip("^.")).replace("\\ ", " ")
    return ("^" if at_start else "") + bare + (r"(?!\w)" if whole else "")


def _meanings(text: str) -> tuple[str, ...]:
    """What the words of a sentence mean, with its marks, in its order."""
    places = [
        (match.start(), name) for name, words in _concepts() for match in words.finditer(text)
    ]
    places += [(match.start(), match[0]) for match in _MARKS.finditer(text)]
    places += [(start, METRIC) for start, _, _ in metric_spans(text)]
    return tuple(name for _, name in sorted(set(places)))


WEIGHTS = "weights.npz"
SHARPNESS = 5.5  # makes shares of sums; set where shares and how often they are right agree
ASKING = 0.65  # how much the part that asks counts beside the whole sentence
SURE = 0.62  # below this likely it is asked back; strangers' sentences are wrong in 1 of 18 then
LIKELY, AHEAD = 0.5, 3.0  # so likely, and so many times the next: right as often as at SURE
FIRM = 0.85  # below this likely what else it may be is offered under the answer
MAYBE, OPTIONS = 0.06, 3  # what may be offered when asking back, and how many
ALONE = 0.03  # so likely the likeliest of those that are answered alike: many faint ones are none
FAINT = 0.2  # where nothing is likelier, the sentence was not understood
NOTHING = "nothing"  # the kind of sentences that ask nothing
# Details of these are answered by one page, or beside each other: they need not be told apart.
TOGETHER = ("target", "pace", "unknown", "tracking", "tests", "compare", "sure")


@dataclass(frozen=True)
class Guess:
    """The kinds a sentence may be, the likeliest first, with how likely each is.

    Attributes:
        labels: `intent` or `intent/detail`, as the headings of examples/.
        shares: Of one, in the same order.
    """

    labels: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()

    @property
    def likeliest(self) -> str:
        """The likeliest kind of those that are answered as most speaks for; "" for none."""
        answer, share = next(iter(self._answers()), (NOTHING, 0.0))
        return "" if answer == NOTHING or share < FAINT else self._best(answer)

    @property
    def options(self) -> tuple[str, ...]:
        """What it may be where that is not sure, the likeliest first; none where it is sure."""
        return self._likely(0) if self.likeliest and not self._sure() else ()

    @property
    def otherwise(self) -> tuple[str, ...]:
        """What it may be besides the likeliest where that is answered without being firm."""
        sure = bool(self.likeliest) and self._sure() and self._answers()[0][1] < FIRM
        return self._likely(1) if sure else ()

    def _sure(self) -> bool:
        """Whether the likeliest is likely enough, or as good as alone."""
        (_, likely), (_, second) = (*self._answers(), (NOTHING, 0.0))[:2]
        return likely >= SURE or (likely >= LIKELY and likely >= AHEAD * second)

    def _likely(self, first: int) -> tuple[str, ...]:
        """What may be offered, from the given place in order on."""
        alone = dict(zip(self.labels, self.shares, strict=True))
        answers = self._answers()[first:OPTIONS]
        likely = [name for name, share in answers if share >= MAYBE and name != NOTHING]
        return tuple(best for best in map(self._best, likely) if alone[best] >= ALONE)

    def _answers(self) -> list[tuple[str, float]]:
        """How likely each answer is, the likeliest first."""
        together: dict[str, float] = {}
        for label, share in zip(self.labels, self.shares, strict=True):
            together[answered_with(label)] = together.get(answered_with(label), 0.0) + share
        return sorted(together.items(), key=lambda answer: -answer[1])

    def _best(self, answer: str) -> str:
        return next(label for label in self.labels if answered_with(label) == answer)


def answered_with(label: str) -> str:
    """The answer a kind belongs to: one for all details where they need not be told apart."""
    intent = label.partition("/")[0]
    return intent if intent in TOGETHER else label


@dataclass(frozen=True)
class Weights:
    """A learned model, as the file holds it.

    Attributes:
        labels: The kinds.
        rows: Where a feature's weights begin and end.
        columns: Of which kind each weight is, shape (weights,).
        values: The weights in whole steps of `step`, shape (weights,).
        bias: What each kind has before any feature speaks, shape (kinds,).
        step: How much a step is worth.
    """

    labels: tuple[str, ...]
    rows: Mapping[str, tuple[int, int]]
    columns: NDArray[np.uint8]
    values: NDArray[np.int8]
    bias: NDArray[np.float32]
    step: float

    def sums(self, text: str) -> NDArray[np.float64]:
        """What speaks for each kind, shape (kinds,)."""
        spans = [
            (self.rows[name], size) for name, size in features(text).items() if name in self.rows
        ]
        total = np.zeros(len(self.labels))
        for (start, end), size in spans:
            np.add.at(total, self.columns[start:end], size * self.values[start:end])
        length = float(np.sqrt(sum(size * size for _, size in spans))) or 1.0
        return total * (self.step / length) + self.bias


@cache
def weights() -> Weights:
    """weights.npz, read once, when the first sentence is read."""
    packed = resources.files("bot.question").joinpath(WEIGHTS).read_bytes()
    with np.load(BytesIO(packed), allow_pickle=False) as arrays:
        names = bytes(arrays["names"]).decode("utf-8").split("\n")
        ends = arrays["counts"].astype(np.int64).cumsum().tolist()
        return Weights(
            labels=tuple(bytes(arrays["labels"]).decode("utf-8").split("\n")),
            rows=dict(zip(names, zip([0, *ends], ends, strict=False), strict=True)),
            columns=arrays["columns"],
            values=arrays["values"],
            bias=arrays["bias"],
            step=float(arrays["step"]),
        )


def guess(text: str, clause: str = "", model: Weights | None = None) -> Guess:
    """The kinds a casefolded sentence may be.

    Args:
        text: Names, people and days taken out, as `slot_reading` does.
        clause: The part of it that asks, "" where all of it does: it says more than the rest.
        model: Other weights than the shipped ones, while learning.
    """
    model = model or weights()
    sums = model.sums(text)
    if clause:
        sums = ASKING * model.sums(clause) + (1 - ASKING) * sums
    odds = np.exp(SHARPNESS * (sums - sums.max()))
    order = np.argsort(-odds, kind="stable")
    shares = odds[order] / odds.sum()
    return Guess(tuple(model.labels[at] for at in order), tuple(map(float, shares)))
