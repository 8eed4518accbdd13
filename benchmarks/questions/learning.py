"""`make learn`: bot/question/weights.npz anew from bot/question/examples, and how good it is.

Each file of examples but names.yml is one writer's. How well strangers are understood is measured
by leaving one writer out (`--measure`): learned from the others, asked what this one wrote.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import yaml
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from bot.ask.entity_linking import models, stages
from bot.numbers.input.names import ALIASES
from bot.question.asking_clause import asking, sentence
from bot.question.classifier import NOTHING, WEIGHTS, Guess, Weights, answered_with, features, guess
from bot.question.name_index import NameIndex
from bot.question.name_mentions import marked
from bot.question.slots import Named

QUESTION = Path(__file__).parents[2] / "bot" / "question"
MORNING = date(2026, 11, 28)
WRITERS = tuple(f"writer{at}" for at in range(1, 19))  # who saw neither code nor each other
SHORTEST = 3  # letters of a channel's name
SELDOM = 2  # a feature of fewer sentences is not learned
PENALTY = 4.0  # of the support vector machine: C
STEPS = 127  # a weight is a whole number of steps
SMALL = 2  # steps that are left out


@dataclass(frozen=True)
class Example:
    """A sentence as written, as the classifier sees it, and the kind it asks.

    Attributes:
        clause: The part of `text` that asks, "" where all of it does.
    """

    written: str
    text: str
    label: str
    clause: str = ""


def examples() -> dict[str, tuple[Example, ...]]:
    """The examples of each writer."""
    names = _names()
    files = sorted((QUESTION / "examples").glob("*.yml"))
    return {path.stem: tuple(_read(path, names)) for path in files if path.stem != "names"}


def _read(path: Path, names: NameIndex) -> Iterator[Example]:
    for label, sentences in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        for written in sentences:
            whole = sentence(marked(written, names), MORNING)
            clause = asking(whole, MORNING).clause
            yield Example(written, whole.text, label, clause)


def _names() -> NameIndex:
    """Whom the examples name: every channel, and names.yml."""
    entries = yaml.safe_load((QUESTION / "examples" / "names.yml").read_text(encoding="utf-8"))
    channels = [
        (Named("channel", key, key), [key, *(each for each in called if len(each) > SHORTEST)])
        for key, called in ALIASES.items()
    ]
    campaigns = [
        (Named("campaign", f"|{at}", called[0]), called)
        for at, called in enumerate(entries["campaigns"])
    ]
    people = [(Named("person", name, name), [name]) for name in entries["people"]]
    return NameIndex([*channels, *campaigns, *stages(), *models(), *people])


def learned(sentences: Sequence[Example]) -> Weights:
    """The model of some examples: pruned and in whole steps, as it is shipped."""
    labelled = [(text, each.label) for each in sentences for text in _texts(each)]
    counted = [features(text) for text, _ in labelled]
    common = Counter(name for each in counted for name in each)
    kept = [
        {name: size for name, size in each.items() if common[name] >= SELDOM} for each in counted
    ]
    vectors = DictVectorizer(dtype=np.float32)
    table = normalize(vectors.fit_transform(kept))
    machine = LinearSVC(C=PENALTY, random_state=0)
    machine.fit(table, [label for _, label in labelled])
    return _packed(vectors.get_feature_names_out(), machine)


def _texts(example: Example) -> tuple[str, ...]:
    """The whole sentence, and the part of it that asks."""
    return (example.text, example.clause) if example.clause else (example.text,)


def _packed(names: Sequence[str], machine: LinearSVC) -> Weights:
    by_feature = machine.coef_.T
    step = float(np.abs(by_feature).max()) / STEPS
    steps = np.rint(by_feature / step).astype(np.int8)
    steps[np.abs(steps) < SMALL] = 0
    sparse = csr_matrix(steps)
    ends = sparse.indptr[1:].tolist()
    rows = dict(zip(names, zip([0, *ends], ends, strict=False), strict=True))
    return Weights(
        labels=tuple(map(str, machine.classes_)),
        rows=rows,
        columns=sparse.indices.astype(np.uint8),
        values=sparse.data,
        bias=machine.intercept_.astype(np.float32),
        step=step,
    )


def write(model: Weights, path: Path = QUESTION / WEIGHTS) -> None:
    """Keep a model where `bot.question.classifier` reads it."""
    spoken = {name: span for name, span in model.rows.items() if span[0] < span[1]}
    np.savez_compressed(
        path,
        labels=_text(model.labels),
        names=_text(spoken),
        counts=np.array([end - start for start, end in spoken.values()], np.uint8),
        columns=model.columns,
        values=model.values,
        bias=model.bias,
        step=np.float64(model.step),
    )


def _text(lines: Iterable[str]) -> np.ndarray:
    return np.frombuffer("\n".join(lines).encode("utf-8"), np.uint8)


def strangers(
    writers: Mapping[str, Sequence[Example]], left_out: Iterable[str]
) -> dict[str, list[tuple[Example, Guess]]]:
    """What each writer's sentences are taken for by a model that has none of them."""
    guessed = {}
    for writer in left_out:
        own = {example.written.casefold() for example in writers[writer]}
        model = learned(
            [
                example
                for name, sentences in writers.items()
                for example in sentences
                if name != writer and example.written.casefold() not in own
            ]
        )
        guessed[writer] = [
            (example, guess(example.text, example.clause, model)) for example in writers[writer]
        ]
    return guessed


def alike(label: str, wanted: str) -> bool:
    """Whether two kinds are answered alike."""
    return answered_with(label) == answered_with(wanted)


def measured(guessed: Mapping[str, Sequence[tuple[Example, Guess]]]) -> Table:
    """How strangers are understood: the kind right, and what is answered, wrong and asked back."""
    table = Table(title="learned without the writer", title_justify="left")
    table.add_column("")
    for heading in ("asked", "kind", "intent", "right", "wrong", "asked back", "of these right"):
        table.add_column(heading, justify="right")
    for writer, pairs in guessed.items():
        table.add_row(writer, str(len(pairs)), *map("{:.1%}".format, _shares(pairs)))
    everything = [pair for pairs in guessed.values() for pair in pairs]
    table.add_row("all", str(len(everything)), *map("{:.1%}".format, _shares(everything)))
    return table


def _shares(pairs: Sequence[tuple[Example, Guess]]) -> Iterator[float]:
    """The columns of `measured`, as shares of all."""
    yield sum(found.labels[0] == example.label for example, found in pairs) / len(pairs)
    yield sum(_intent(found.labels[0]) == _intent(example.label) for example, found in pairs) / len(
        pairs
    )
    sure = [
        alike(found.likeliest or NOTHING, example.label)
        for example, found in pairs
        if not found.options
    ]
    yield sum(sure) / len(pairs)
    yield (len(sure) - sum(sure)) / len(pairs)
    back = [
        any(alike(option, example.label) for option in found.options)
        for example, found in pairs
        if found.options
    ]
    yield len(back) / len(pairs)
    yield sum(back) / len(pairs)


def _intent(label: str) -> str:
    return label.partition("/")[0]


def main() -> None:
    words = argparse.ArgumentParser(
        prog="python -m benchmarks.questions.learning", description=__doc__
    )
    words.add_argument(
        "--measure", action="store_true", help="leave each writer out, print how good"
    )
    writers = examples()
    if words.parse_args().measure:
        Console(highlight=False).print(measured(strangers(writers, WRITERS)))
        return
    write(learned([example for sentences in writers.values() for example in sentences]))
    print(f"{(QUESTION / WEIGHTS).stat().st_size / 1000:.0f} kB in bot/question/{WEIGHTS}")


if __name__ == "__main__":
    main()
