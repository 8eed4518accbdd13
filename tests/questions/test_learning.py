"""The shipped reader is what its examples make it, and it understands people who wrote none."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.questions import learning
from benchmarks.questions.learning import Example
from bot.question.classifier import guess, weights

LEAST_RIGHT, MOST_WRONG = 0.76, 0.07  # of a stranger's sentences; 0.81 and 0.06 when written
SIZE = 600_000  # bytes


@pytest.fixture(scope="module")
def writers() -> dict[str, tuple[Example, ...]]:
    return learning.examples()


@pytest.fixture(scope="module")
def all_examples(writers: dict[str, tuple[Example, ...]]) -> list[Example]:
    return [example for sentences in writers.values() for example in sentences]


def test_the_shipped_weights_are_what_the_examples_give(all_examples: list[Example]) -> None:
    """Whoever changes an example and forgets `make learn` is told."""
    anew = learning.learned(all_examples)
    assert anew.labels == weights().labels
    shipped = [guess(example.text).labels[0] for example in all_examples[::12]]
    assert [guess(example.text, model=anew).labels[0] for example in all_examples[::12]] == shipped


def test_a_kind_has_words_on_its_button_and_an_answer(all_examples: list[Example]) -> None:
    """No heading of the examples is a kind that nothing answers or asks back about."""
    from bot.ask.sentence_answers import ANSWERS
    from bot.render.controls import KINDS

    for label in {example.label for example in all_examples} - {"nothing"}:
        intent = label.partition("/")[0]
        assert intent in ANSWERS, label
        assert label in KINDS or intent in KINDS, label


def test_adding_an_example_teaches(writers: dict[str, tuple[Example, ...]]) -> None:
    """A sentence nobody foresaw is read as it was taught, by its examples alone."""
    strange = ("sjonglér ¤ litt", "sjonglér tallene", "kan du sjonglere ◊")
    few = [*writers["asked"], *writers["writer4"], *writers["writer5"]]
    before = learning.learned(few)
    assert all(guess(text, model=before).labels[0] != "do/subscribe" for text in strange)
    taught = [Example(text, text, "do/subscribe") for text in strange]
    anew = learning.learned([*few, *taught])
    assert guess("sjonglér tallene litt", model=anew).likeliest == "do/subscribe"


def test_strangers_are_understood_or_asked_back(writers: dict[str, tuple[Example, ...]]) -> None:
    """Without one writer's, most of theirs are right; few get another's answer and no way out."""
    (pairs,) = learning.strangers(writers, ["writer1"]).values()
    answered = [(example, found) for example, found in pairs if not found.options]
    right = [learning.alike(found.likeliest, example.label) for example, found in answered]
    offered = [
        any(learning.alike(kind, example.label) for kind in (found.likeliest, *found.otherwise))
        for example, found in answered
    ]
    assert sum(right) >= LEAST_RIGHT * len(pairs)
    assert len(offered) - sum(offered) <= MOST_WRONG * len(pairs)


def test_the_file_is_small_and_whole() -> None:
    """It is shipped with perfbot and read when the first question comes."""
    assert (learning.QUESTION / learning.WEIGHTS).stat().st_size < SIZE
    model = weights()
    assert model.values.dtype == np.int8
    assert max(end for _, end in model.rows.values()) == len(model.values) == len(model.columns)
    assert len(model.bias) == len(model.labels)
