"""`perfbot rules backtest`: what the rules would have said, on one's own history.

What a backtest replays: numbers from the database or from exports, and the plan of a morning.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bot.cli.parts import reading
from bot.context.reported_results import days_read
from bot.errors import NoNumbers

if TYPE_CHECKING:
    import pandas as pd

    from bot.numbers.plan import Plan
    from bot.settings import Settings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot import rules_files
from bot.cli.door import say
from bot.cli.options import DayOption, everywhere, together
from bot.cli.parts import settings_of
from bot.cli.plain_text import as_json, said
from bot.errors import RefusedFile

if TYPE_CHECKING:
    from bot.advice.rules.rulebook import Rulebook
    from bot.backtest import Backtest
    from bot.backtest.backtest_request import BacktestRequest
    from bot.numbers.plan import Plan


Wanted: TypeAlias = tuple[date | None, date | None]
WEEKS = 13
"""Mornings are those of a quarter, unless some are named."""
WARMING = 28
"""Mornings before the first of which the plan is known, too."""
HISTORY = 182
"""Days before the first morning that are read: what rules look back on, and late results."""


@dataclass(frozen=True)
class ReplayInputs:
    """The numbers to replay, and the plan of each morning."""

    numbers: pd.DataFrame
    plan: Callable[[date], Plan]
    window_reach: pd.DataFrame | None
    first: date
    last: date


def from_store(db: str | None, config: str | None, date_range: Wanted) -> ReplayInputs:
    with reading(db, config) as parts:
        newest = parts.store.last_day()
        if newest is None:
            raise NoNumbers(
                "There are no numbers to replay.",
                hint="Import or pull some first, or give an export with --file.",
            )
        first_morning, last_morning = _span(date_range, newest)
        numbers = parts.store.numbers(first_morning - timedelta(days=HISTORY), newest, history=True)
        mornings = _mornings(first_morning, last_morning)
        plans = {on: _detached(parts.context.plan(on)) for on in mornings}
        numbers = days_read(numbers, plans[last_morning], last_morning)
        return ReplayInputs(
            numbers, plans.__getitem__, parts.store.window_reach(), first_morning, last_morning
        )


def _detached(plan: Plan) -> Plan:
    """The plan with what it would read later: the store is closed by then."""
    return replace(plan, reported=dict(plan.reported))


def _span(date_range: Wanted, newest: date) -> tuple[date, date]:
    """The mornings asked for; else the quarter up to the morning after the newest day."""
    since, until = date_range
    last_morning = until or newest + timedelta(days=1)
    return since or last_morning - timedelta(days=7 * WEEKS - 1), last_morning


def _mornings(first_morning: date, last_morning: date) -> Iterator[date]:
    """Each morning, and those before it that a rule may have to last."""
    for days in range(-WARMING, (last_morning - first_morning).days + 1):
        yield first_morning + timedelta(days=days)


def from_files(files: Sequence[Path], settings: Settings, date_range: Wanted) -> ReplayInputs:
    import pandas as pd  # noqa: PLC0415

    from bot.context.context import of_settings  # noqa: PLC0415
    from bot.numbers.input.normalise import normalise  # noqa: PLC0415
    from bot.sources.exports import read  # noqa: PLC0415
    from bot.sources.given import given_by  # noqa: PLC0415

    export_settings = replace(given_by(settings), currency=settings.default_currency)
    frames = [normalise(read(file, settings=export_settings).frame) for file in files]
    numbers = pd.concat(frames, ignore_index=True)
    if numbers.empty:
        raise NoNumbers("The files hold no numbers.", hint="Give an export with days in it.")
    plan = of_settings(settings)
    return ReplayInputs(
        numbers, lambda _: plan, None, *_span(date_range, numbers["date"].max().date())
    )


def plan_of(file: str | None, replay_input: ReplayInputs) -> Callable[[date], Plan]:
    if file is None:
        return replay_input.plan
    from bot.context.context import of_settings  # noqa: PLC0415
    from bot.settings import read  # noqa: PLC0415

    plan = of_settings(read(file, os.environ))
    return lambda _: plan


@dataclass(frozen=True)
class StudyOptions:
    """What is replayed, with what altered, and how much is worked out about it."""

    since: date | None
    until: date | None
    settings: tuple[str, ...]
    days: int
    shuffles: int
    workers: int
    files: tuple[Path, ...]
    plan: str | None
    folder: Path | None


@dataclass(frozen=True)
class ReportOptions:
    """How the report is shown, and where."""

    form: str
    out: Path | None


def _processors() -> int:
    """Those this process may use, which in a container or under `taskset` can be fewer."""
    usable = getattr(os, "sched_getaffinity", None)  # Linux
    return len(usable(0)) if usable else os.cpu_count() or 1


@click.command("backtest")
@click.argument("rules", nargs=-1, metavar="[RULE...]")
@click.option(
    "--from", "since", type=DayOption(), help="The first morning. [default: 13 weeks back]"
)
@click.option(
    "--to", "until", type=DayOption(), help="The last. [default: that after the last day]"
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="CELL.NAME=VALUE",
    help="What a threshold would alter: convert/CPA.waste=1.4, defaults.results=20.",
)
@click.option("--next", "days", type=click.IntRange(1, 90), default=14, show_default=True,
              help="Days that count as what happened next.")  # fmt: skip
@click.option("--shuffles", type=click.IntRange(0, 20), default=3, show_default=True,
              help="How often days are shuffled to count false alarms.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=_processors,
              show_default="as many as there are processors",
              help="Processes at work at once, where there is much to replay.")  # fmt: skip
@click.option("--file", "files", multiple=True, type=click.Path(path_type=Path),
              help="An export to replay instead of the database.")  # fmt: skip
@click.option(
    "--plan",
    metavar="FILE",
    help="A perfbot.toml whose plan is used. [default: the plan as it was each morning]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="Words for people, JSON for programs, or a page with pictures.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write it to a file.")
@click.option("--folder", type=click.Path(path_type=Path),
              help="Your own rules. [default: [rules] folder]")  # fmt: skip
@everywhere
@together(StudyOptions, "study")
@together(ReportOptions, "shown")
def backtest_command(
    rules: tuple[str, ...],
    study: StudyOptions,
    shown: ReportOptions,
    db: str | None,
    config: str | None,
) -> int:
    """What the rules would have said on past mornings, from what was known on each.

    How often, how long, with which others; what held them back; what happened next to the campaigns
    spoken about and to campaigns alike; how often they speak on shuffled days, where there is
    nothing to say; and, with --set, what a threshold would alter. Reads, and stores nothing.
    """
    from bot.backtest.backtest_request import BacktestRequest  # noqa: PLC0415, pandas only when it is wanted

    app_settings = settings_of(config)
    rulebook = rules_files.load(study.folder or app_settings.rules.folder)
    changed = _changed(rulebook, study.settings)
    try:
        date_range = (study.since, study.until)
        replay_input = (
            from_files(study.files, app_settings, date_range)
            if study.files
            else from_store(db, config, date_range)
        )
        seeds, mornings = _seeds(study.shuffles), (replay_input.first, replay_input.last)
        request = BacktestRequest(*mornings, rules, changed, study.settings, study.days, seeds)
        plan = plan_of(study.plan, replay_input)
        report = _run(replay_input, rulebook, request, plan, study.workers)
        _show(report, rulebook, shown.form, shown.out)
    except KeyboardInterrupt:
        say("Stopped before the end; nothing was written.")
        return 130
    return 0


def _changed(rulebook: Rulebook, settings: Sequence[str]) -> Rulebook | None:
    from bot.backtest import with_threshold  # noqa: PLC0415

    changed = rulebook
    for text in settings:
        changed = with_threshold(changed, text)
    return changed if settings else None


def _seeds(shuffles: int) -> tuple[int, ...]:
    """The named ones first, then the numbers after them."""
    from bot.backtest.backtest_request import SEEDS  # noqa: PLC0415

    extra_seeds = range(SEEDS[-1] + 1, SEEDS[-1] + 1 + max(0, shuffles - len(SEEDS)))
    return (*SEEDS, *extra_seeds)[:shuffles]


def _run(
    replay_input: ReplayInputs,
    rulebook: Rulebook,
    request: BacktestRequest,
    plan: Callable[[date], Plan],
    workers: int,
) -> Backtest:
    from bot.backtest import backtest  # noqa: PLC0415

    with _progress() as progress:
        reach = replay_input.window_reach
        return backtest(replay_input.numbers, rulebook, request, plan, reach, progress, workers)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error; nothing where nobody looks."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (TextColumn("Mornings"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda completed, total: bar.update(task, completed=completed, total=total)


def _show(report: Backtest, rulebook: Rulebook, form: str, out: Path | None) -> None:
    if form == "json" and out is None:
        as_json(report.to_json())
        return
    text = _written(report, rulebook, form)
    if out is None:
        said(text) if form == "text" else click.echo(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RefusedFile(
            f"{out} cannot be written: {reason}.", hint="Name another file."
        ) from error
    say(f"Written to {out}.")


def _written(report: Backtest, rulebook: Rulebook, form: str) -> str:
    if form == "json":
        import json  # noqa: PLC0415

        return json.dumps(report.to_json(), ensure_ascii=False, indent=2, allow_nan=False)
    if form == "html":
        from bot.cli.backtest_page import page  # noqa: PLC0415

        return page(report, rulebook.metrics)
    from bot.cli.backtest_page import text  # noqa: PLC0415

    return text(report, rulebook.metrics)
