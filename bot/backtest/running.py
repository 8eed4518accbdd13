"""A backtest from beginning to end: the history, its shuffles, and what a change alters.

Replays come one after the other, or side by side in processes of their own: the same in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from bot.advice.rules.rulebook import Rulebook
from bot.backtest.backtest_request import BacktestRequest, stretch_of
from bot.backtest.ledger import LOOK_BACK, CampaignMorning, Past, joined
from bot.backtest.replay import Judge, Plans, Progress, Stretch, World, left_out, needed
from bot.backtest.report import Backtest, Notes, told
from bot.backtest.side_by_side import Bar, Playback, Played, Replay, alone, beside
from bot.errors import NoNumbers, UsageError
from bot.numbers.plan import Plan


@dataclass(frozen=True)
class Preview:
    """What a changed rulebook would have said otherwise.

    Attributes:
        added, removed, kept: Campaign-mornings by rule; a rule without any is left out.
        examples: By rule, campaigns it would newly speak about, then those it no longer would.
    """

    added: dict[str, int]
    removed: dict[str, int]
    kept: dict[str, int]
    examples: dict[str, tuple[tuple[CampaignMorning, ...], tuple[CampaignMorning, ...]]]


def backtest(  # noqa: PLR0913, PLR0917 - the contract: all that a backtest depends on
    numbers: pd.DataFrame,
    rulebook: Rulebook,
    request: BacktestRequest,
    plan: Plan | Plans = Plan(),  # noqa: B008 - a frozen value
    window_reach: pd.DataFrame | None = None,
    progress: Progress | None = None,
    workers: int = 1,
) -> Backtest:
    """Replay mornings with only what was known on each, and tell what the rules would have done.

    Args:
        numbers: Daily numbers with every revision, any order.
        rulebook: The rules.
        request: Which mornings, which rules, and what to hold them against.
        plan: What people say the campaigns are for; or a function of the morning.
        window_reach: Reach of whole windows, as the platforms give it.
        progress: Called with mornings done and in all.
        workers: How many processes may work at once; the answer is the same.

    Raises:
        NoNumbers: No day lies before any of these mornings.
        UnknownName: A rule there is not.
    """
    stretch, past = _stretch(request), Past.of(numbers)
    _refuse_empty(past, stretch)
    world = World(past, plan if callable(plan) else lambda _: plan, window_reach)
    books = [rulebook, *([request.changed] if request.changed else [])]
    _refuse_unknown(books, request.rules)
    skipped = () if request.rules else left_out(rulebook, request.changed)
    rules = [needed(book, request.rules or _but(skipped, book)) for book in books]
    short = stretch_of(stretch, len(past.laid.entities), len(request.seeds))
    job = Replay(world, [*zip(books, rules, strict=True)])
    parts = [Playback(short, seed) for seed in request.seeds]
    (ledgers, notes), shuffled_plays = play(job, stretch, parts, progress, workers)
    judges, *shuffled = (
        [*map(Judge, books, play_ledgers)]
        for play_ledgers in (ledgers, *(o[0] for o in shuffled_plays))
    )
    shuffles = dict(zip(request.seeds, shuffled, strict=True))
    return replace(told(request, judges, shuffles, notes, past.history()), left=skipped)


def preview(  # noqa: PLR0913, PLR0917 - the contract: what a preview depends on
    numbers: pd.DataFrame,
    rulebook: Rulebook,
    changed: Rulebook,
    since: date,
    until: date,
    plan: Plan | Plans = Plan(),  # noqa: B008 - a frozen value
) -> Preview:
    """What a changed rulebook would have said on past mornings that this one did not."""
    request = BacktestRequest(since, until, changed=changed, seeds=())
    rules = [rule for rule in backtest(numbers, rulebook, request, plan).rules if rule.change]
    changes = {rule.id: rule.change for rule in rules if rule.change}
    return Preview(
        {id_: change.only_after for id_, change in changes.items() if change.only_after},
        {id_: change.only_before for id_, change in changes.items() if change.only_before},
        {id_: change.both for id_, change in changes.items() if change.both},
        {
            id_: (change.gained, change.lost)
            for id_, change in changes.items()
            if change.gained or change.lost
        },
    )


def _stretch(request: BacktestRequest) -> Stretch:
    if request.until < request.since:
        raise UsageError(
            f"{request.since} to {request.until} runs backwards.",
            hint="Give the first morning first.",
        )
    return Stretch(request.since, request.until)


def _refuse_empty(past: Past, stretch: Stretch) -> None:
    days = past.days
    if days.since >= stretch.until or days.until < stretch.since - timedelta(LOOK_BACK):
        raise NoNumbers(
            f"There are no numbers before the mornings {stretch.since} to {stretch.until}.",
            hint="Import or pull some, or name other mornings with --from and --to.",
        )


def _but(skipped: Sequence[str], book: Rulebook) -> list[str]:
    """The rules of a book without some."""
    return [rule.id for rule in book.rules if rule.id not in skipped]


def _refuse_unknown(books: Sequence[Rulebook], ids: Iterable[str]) -> None:
    """Each rule asked for must be in one of the rulebooks."""
    known_ids = {rule.id for book in books for rule in book.rules}
    for id_ in ids:
        if id_ not in known_ids:
            books[0].rule(id_)


WORTH_A_PROCESS = 20_000
"""Campaign-mornings: starting a process and telling it the numbers takes as long as some 5,000."""
SHORTEST = 28
"""Mornings of a part at least: before each come those that warm it up."""


def play(
    job: Replay,
    stretch: Stretch,
    shuffles: Sequence[Playback],
    progress: Progress | None,
    workers: int,
) -> tuple[Played, list[Played]]:
    """A stretch as it was, and its shuffles.

    Args:
        job: What is replayed.
        stretch: The mornings.
        shuffles: Played beside it.
        progress: Called with mornings done and in all.
        workers: How many processes may work at once; fewer do where there is little to do.
    """
    campaigns = len(job.world.past.laid.entities)
    workers = max(1, min(workers, campaigns * len(stretch.mornings) // WORTH_A_PROCESS))
    parts = [Playback(stretch)] if workers == 1 else [*map(Playback, _parts(stretch, 2 * workers))]
    playbacks = [*parts, *shuffles]
    workers = min(workers, len(playbacks))
    bar = Bar(progress, sum(len(part.stretch.mornings) + job.warm for part in playbacks))
    results = (alone if workers == 1 else beside)(job, playbacks, bar, workers)
    stretch_results = results[: len(parts)]
    ledgers = [
        joined(ledger_parts)
        for ledger_parts in zip(*(part[0] for part in stretch_results), strict=True)
    ]
    return (ledgers, Notes.joined([notes for _, notes in stretch_results])), results[len(parts) :]


def _parts(stretch: Stretch, most: int) -> list[Stretch]:
    """Parts that follow one another, about as long as each other."""
    mornings = stretch.mornings
    count = max(1, min(most, len(mornings) // SHORTEST))
    starts = [len(mornings) * place // count for place in range(count + 1)]
    return [Stretch(mornings[a], mornings[b - 1]) for a, b in pairwise(starts)]
