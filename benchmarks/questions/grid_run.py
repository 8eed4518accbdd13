"""`--corpus grid`: each template, way of saying days and way of saying a number, and how it fares.

right           Read as meant, and where there is a figure the answer holds it.
partly          The figure stands further down, or it is right though something was read otherwise.
wrong           It is read as another question, or without its days, number or name.
not understood  perfbot asks back, or says that it did not understand.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from benchmarks.questions import world
from benchmarks.questions.figures import truths
from benchmarks.questions.grid import Cell, Meant, Sampler
from benchmarks.questions.reading import seen
from benchmarks.questions.scoring import Score, score
from bot.app.composition import Composition
from bot.ask import Asker
from bot.ask.entity_linking import known_names, placed
from bot.errors import PerfbotError
from bot.numbers.input.windows import parse_window
from bot.question.name_index import NameIndex
from bot.question.slot_reading import read
from bot.question.slots import Slots
from bot.snapshot import boards

INTENTS = {
    "how_much": "how_much", "how_much_two_metrics": "how_much", "by_channel": "which|how_much",
    "by_campaign": "which|how_much", "rank": "which", "compare_two": "compare|which|how_much",
    "compare_window": "compare|how_much|moved", "compare_before": "compare|how_much|moved|news",
    "condition": "which|when/last|how_much", "trend": "how_much", "average": "how_much",
    "share": "how_much", "why": "why", "pace": "pace", "forecast": "forecast|pace",
    "target": "target|how_much", "budget": "pace/planned|how_much|target",
    "who": "who|when|target/(was|source)|outcome", "define": "define", "did_it_work": "outcome",
    "news": "news|moved|tracking|advice", "advice": "advice|silence|tests|do/pause|what_if",
    "what_if": "what_if", "not_known": "unknown",
}  # fmt: skip
UNITED = {"cpa_documented": "cpa", "documented_conversions": "conversions"}
SHOWN = 100


@dataclass(frozen=True)
class Fared:
    """How a sentence of the grid fared: what was read otherwise than meant, and what is shown."""

    cell: Cell
    score: Score
    faults: tuple[str, ...]
    first: str


def fared(context: Composition, names: NameIndex, cell: Cell, *, answers: bool) -> Fared:
    """A sentence, read and (with `answers`) answered."""
    question = cell.question
    slots = read(question.asked, names, world.AS_OF)
    slots = placed(boards.figures(context.desk.context, world.AS_OF, "28d"), slots)
    faults = tuple(_faults(cell.meant, slots))
    lost = bool(slots.options) or not slots.intent
    if answers:
        return _answered(context, cell, faults, lost=lost)
    verdict = Score.LOST if lost else Score.WRONG if faults else Score.RIGHT
    return Fared(cell, verdict, faults, _shown(slots))


def _answered(context: Composition, cell: Cell, faults: tuple[str, ...], *, lost: bool) -> Fared:
    question = cell.question
    asker = Asker(world.KARI, world.CHANNEL, question.language)
    try:
        reply = seen(context.desk.ask(question.asked, asker, world.AS_OF, dry=True))
    except Exception as error:  # noqa: BLE001, a crash is an answer, too: a wrong one
        crash = f"crashed: {type(error).__name__}: {error}"
        return Fared(cell, Score.WRONG, ("crash",), crash)
    first = reply.headline.split("\n")[0]
    if not _has_figure(cell):
        verdict = Score.LOST if lost else Score.WRONG if faults else Score.RIGHT
        return Fared(cell, verdict, faults, first)
    verdict = score(question, reply)
    if verdict is Score.WRONG:
        verdict = Score.LOST if lost else verdict
        return Fared(cell, verdict, (*faults, "figure"), first)
    return Fared(cell, verdict, faults, first)


def _has_figure(cell: Cell) -> bool:
    """Whether the numbers hold what a sentence asks about."""
    try:
        ways = [
            w for figure in cell.question.figures for w in truths(figure, cell.question.windows)
        ]
    except (IndexError, ValueError, KeyError, ZeroDivisionError):
        return False
    return bool(ways) and "nan" not in str(ways)


def _shown(slots: Slots) -> str:
    kept = {name: value for name, value in vars(slots).items()
            if value and name not in {"text", "line", "subjects", "excluded"}}  # fmt: skip
    return f"{kept} {[each.title for each in slots.things]}"


def _faults(meant: Meant, slots: Slots) -> Iterator[str]:
    """What was read otherwise than it is meant."""
    label = f"{slots.intent}/{slots.detail}" if slots.detail else slots.intent
    right = "|".join(filter(None, (INTENTS[meant.group], meant.more.get("also"))))
    if not re.match(rf"(?:{right})(?:/|$)", label):
        yield f"intent={label}"
    if meant.metrics and meant.group not in {"not_known", "why"}:
        got = {UNITED.get(name, name) for name in (slots.metric, *slots.also) if name}
        got |= {slots.bound.metric} if slots.bound and slots.bound.metric else set()
        if not set(meant.metrics) <= got and not (meant.metrics == ("spend",) and not got):
            yield f"metric={','.join(sorted(got)) or '-'}"
    if meant.group not in {"define", "did_it_work", "who"} and _whom(slots) != set(meant.whom):
        yield f"whom={','.join(sorted(_whom(slots))) or '-'}"
    yield from _day_faults(meant, slots)
    yield from _how_faults(meant, slots)


def _whom(slots: Slots) -> set[str]:
    return {each.key if each.kind == "channel" else _campaign(each.title) for each in slots.things}


def _campaign(title: str) -> str:
    names = world.plan()["campaign_name"]
    return next((name for name in names if name in {title, f"{title}"}), title)


def _day_faults(meant: Meant, slots: Slots) -> Iterator[str]:
    if not meant.days or meant.group in {"not_known", "why", "news", "target"}:
        return
    try:
        now, before = parse_window(slots.span("-") if slots.window else "-", world.AS_OF)
    except PerfbotError:
        yield f"days={slots.window or '-'}"
        return
    until = min(now.until, world.AS_OF)
    if f"{now.since}..{until}" not in meant.days and f"{now.since}..{now.until}" not in meant.days:
        yield f"days={now.since}..{now.until}"
    against = f"{before.since}..{before.until}"
    if meant.against and meant.group != "compare_before" and against not in meant.against:
        yield f"against={against}"


def _how_faults(meant: Meant, slots: Slots) -> Iterator[str]:
    """Order, count, condition and form."""
    more = meant.more
    if meant.group in {"rank", "by_channel", "by_campaign"}:
        by = more.get("by", meant.group.removeprefix("by_"))
        if by not in {"any", slots.by} and not (by == "campaign" and not slots.by):
            yield f"by={slots.by or '-'}"
        if more.get("number") == "n" and slots.count != more["n"]:
            yield f"count={slots.count}"
    if meant.group == "condition":
        bound = slots.bound
        if bound is None or bound.number is None:
            yield "bound=-"
        elif bound.above is not (more["side"] == "above") or not _near(bound.number, meant):
            yield f"bound={'above' if bound.above else 'below'} {bound.number}"
    wanted = {"trend": "days", "average": "average", "share": "share"}.get(meant.group, "")
    wanted = "weeks" if more.get("by") == "week" and wanted else wanted
    wanted = "" if slots.intent == more.get("also") else more.get("form", wanted)
    if wanted and slots.form != wanted:
        yield f"form={slots.form or '-'}"


def _near(number: float, meant: Meant) -> bool:
    return any(abs(number * times - meant.more["bound"]) < 0.01 for times in (1, 100))


@dataclass(frozen=True)
class Chosen:
    """Which part of the grid is asked: `only` a group of templates, `windows` or `metrics`."""

    aside: bool = False
    each: int = 2
    seed: int = 1
    answers: bool = True
    only: str = ""


def main(part: Chosen) -> None:
    """Ask the grid and print it row by row, the worst first."""
    warnings.simplefilter("ignore")
    console = Console(width=190, highlight=False)
    totals: Counter[tuple[str, Score]] = Counter()
    with world.context(world.made()) as context:
        names = known_names(context.desk.context, world.AS_OF)
        for language in ("en", "nb"):
            sampler = Sampler(language, part.aside, part.seed)
            sweeps = {
                "templates": sampler.cells(part.each),
                "windows": sampler.windows(),
                "metrics": sampler.metrics(),
            }
            for sweep, cells in sweeps.items():
                chosen = [
                    cell
                    for cell in cells
                    if not part.only or part.only in (sweep, cell.meant.group)
                ]
                rows = [fared(context, names, cell, answers=part.answers) for cell in chosen]
                totals.update((f"{language} {sweep}", row.score) for row in rows)
                if sweep == "templates":
                    totals.update(
                        (f"{language}   {row.cell.meant.group}", row.score) for row in rows
                    )
                for line in _lines(rows):
                    console.print(Text(line), soft_wrap=True)
    for name in sorted({name for name, _ in totals}):
        counts = [totals[name, kind] for kind in Score]
        console.print(f"{name:34} {counts} {100 * counts[0] / sum(counts):.0f} %")


def _lines(rows: Sequence[Fared]) -> Iterator[str]:
    """A line for each template with its failures, the worst first."""
    by_template: dict[str, list[Fared]] = defaultdict(list)
    for row in rows:
        by_template[row.cell.template].append(row)
    for template, members in sorted(by_template.items(), key=lambda item: _share(item[1])):
        bad = [row for row in members if row.score is not Score.RIGHT]
        if bad:
            group = members[0].cell.meant.group
            yield f"{len(bad)}/{len(members)} {group}: {template}"
        for row in bad:
            faults = " ".join(row.faults)
            yield f"      {row.score.value}: {row.cell.question.asked}  <{faults}>"
            yield f"           {row.first[:SHOWN]}"


def _share(rows: Iterable[Fared]) -> float:
    scores = [row.score is Score.RIGHT for row in rows]
    return sum(scores) / len(scores)
