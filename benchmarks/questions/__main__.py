"""`make bench-questions`: how many questions perfbot answers right, and by name those it does not.

Asked in process through the door of `perfbot ask`, all in one world (world.py). The open corpus is
for developing, that of kinds has the kinds it lacked; the sealed one was set aside and is scored
once. `--corpus grid` crosses templates with days, numbers and names (grid.py).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.questions import corpus, grid_run, world
from benchmarks.questions.corpus import Question
from benchmarks.questions.grid_run import Chosen
from benchmarks.questions.reading import Seen, seen
from benchmarks.questions.scoring import Score, score
from bot.app.composition import Composition
from bot.ask import Asker

SHOWN = 110
CORPORA = ("open", "kinds", "sealed", "strangers", "grid")


@dataclass(frozen=True)
class Scored:
    """A question, what was answered, and what that is worth."""

    question: Question
    reply: Seen
    score: Score


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.questions", description=__doc__)
    words.add_argument("--corpus", choices=CORPORA, default="open")
    words.add_argument("--only", help="ids or intents, with commas between")
    words.add_argument("--show", action="store_true", help="print each reply that is not right")
    words.add_argument("--aside", action="store_true", help="grid: the third that is set aside")
    words.add_argument("--each", type=int, default=2, help="grid: sentences of each template")
    words.add_argument("--seed", type=int, default=1, help="grid: which names, numbers and days")
    words.add_argument("--read", action="store_true", help="grid: read only, without answers")
    chosen = words.parse_args()
    if chosen.corpus == "grid":
        grid = Chosen(chosen.aside, chosen.each, chosen.seed, not chosen.read, chosen.only or "")
        grid_run.main(grid)
        return
    questions = _only(corpus.load(chosen.corpus), chosen.only)
    with world.context(world.made()) as context:
        scored = [ask(context, question) for question in questions]
    _print(scored, show=chosen.show)


def ask(context: Composition, question: Question) -> Scored:
    """Ask a question as `perfbot ask` does; what comes back, scored."""
    asker = Asker(world.KARI, world.CHANNEL, question.language)
    try:
        reply = seen(context.desk.ask(question.asked, asker, world.AS_OF, dry=True))
    except Exception as error:  # noqa: BLE001, a crash is an answer, too: a wrong one
        crash = f"crashed: {type(error).__name__}: {error}"
        return Scored(question, Seen(crash, crash, crash, crash), Score.WRONG)
    return Scored(question, reply, score(question, reply))


def _only(questions: Sequence[Question], names: str | None) -> list[Question]:
    chosen = set(names.split(",")) if names else set()
    return [each for each in questions if not chosen or chosen & {each.id, each.intent}]


def _print(scored: Sequence[Scored], *, show: bool) -> None:
    console = Console(width=150 if sys.stdout.isatty() else 170, highlight=False)
    for kind in (Score.PARTLY, Score.LOST, Score.WRONG):
        for line in _lines([each for each in scored if each.score is kind], show=show):
            console.print(Text(line), soft_wrap=True)
    console.print(_table("by language", scored, lambda each: each.question.language))
    console.print(_table("by intent", scored, lambda each: each.question.intent))


def _lines(scored: Iterable[Scored], *, show: bool) -> Iterator[str]:
    for each in scored:
        question, first = each.question, each.reply.headline.split("\n")[0][:SHOWN]
        yield f"{each.score.value}  {question.id} {question.asked!r}\n    {first}"
        if show:
            yield "\n".join(f"    | {line}" for line in each.reply.whole.split("\n"))


def _table(title: str, scored: Sequence[Scored], group: Callable[[Scored], str]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for heading in ("asked", *(each.value for each in Score), "right %"):
        table.add_column(heading, justify="right")
    for name in sorted({group(each) for each in scored}):
        table.add_row(*_row(name, [each for each in scored if group(each) == name]))
    table.add_row(*_row("all", scored), style="bold")
    return table


def _row(name: str, scored: Sequence[Scored]) -> list[str]:
    counts = Counter(each.score for each in scored)
    share = 100 * counts[Score.RIGHT] / len(scored) if scored else 0.0
    return [name, str(len(scored)), *(str(counts[each]) for each in Score), f"{share:.0f}"]


if __name__ == "__main__":
    main()
