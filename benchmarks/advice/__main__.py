"""`make bench-advice`: the table of policies over simulated markets, with spreads over the seeds.

Tuning and reporting use seeds of their own: tune on `--seeds tuning`, report on `reporting`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.advice.play import Score, play
from benchmarks.advice.policies import POLICIES
from bot.market.kinds import KINDS

TUNING = tuple(range(1000, 1008))
REPORTING = tuple(range(1, 25))

Measure = Callable[[Score], float]


def _found(kind: str) -> Measure:
    def share(score: Score) -> float:
        days = score.found.get(kind, [])
        return 100 * float(np.mean(np.isfinite(days))) if days else np.nan

    return share


def _days(kind: str) -> Measure:
    def median(score: Score) -> float:
        days = [d for d in score.found.get(kind, []) if np.isfinite(d)]
        return float(np.median(days)) if days else np.nan

    return median


def _share(values: Sequence[bool]) -> float:
    return 100 * float(np.mean(values)) if values else np.nan


def _weeks(score: Score) -> float:
    return score.campaigns * score.days / 700


MEASURES: dict[str, Measure] = {
    "regret %": lambda s: s.regret,
    "budget changes / 100 campaign-weeks": lambda s: s.alarms,
    "advice a day, new": lambda s: s.news / s.days,
    "advice a day, open": lambda s: s.advice / s.days,
    "harmful money %": lambda s: 100 * s.harmful / s.moved if s.moved else np.nan,
    "false flags / 100 campaign-weeks": lambda s: s.false_flags / _weeks(s),
    "cut in an outage %": lambda s: _share(s.cut_in_outage),
    "90 % intervals cover %": lambda s: _share(s.covered),
    **{f"{kind}: found %": _found(kind) for kind in ("outage", "partial", "double")},
    **{f"{kind}: days": _days(kind) for kind in ("outage", "spike", "fatigue", "break")},
    **{f"{kind}: found % ": _found(kind) for kind in ("spike", "stop", "fatigue", "break")},
}


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.advice", description=__doc__)
    words.add_argument("--kind", action="append", choices=list(KINDS))
    words.add_argument("--policy", action="append", choices=list(POLICIES))
    words.add_argument(
        "--seeds", default="reporting", help="tuning, reporting, a count, or tuning:4"
    )
    asked = words.parse_args()
    seeds = _seeds(asked.seeds)
    kinds, policies = asked.kind or list(KINDS), asked.policy or list(POLICIES)
    scores = _run([*product(kinds, policies, seeds)])
    for kind in kinds:
        Console(width=160).print(_table(kind, policies, seeds, scores))


def _seeds(asked: str) -> Sequence[int]:
    """`tuning` or `reporting`, after a colon how many of them; a number alone is of the latter."""
    name, _, count = asked.partition(":")
    named = {"tuning": TUNING, "reporting": REPORTING}
    if name not in named:
        return REPORTING[: int(name)]
    return named[name][: int(count)] if count else named[name]


def _run(games: list[tuple[str, str, int]]) -> dict[tuple[str, str, int], Score]:
    """Two at a time; a game is one policy through one world."""
    with ProcessPoolExecutor(2) as pool, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Playing markets", total=len(games))
        running = {game: pool.submit(play, game[0], game[2], game[1]) for game in games}
        done = {}
        for game, future in running.items():
            done[game] = future.result()
            progress.advance(task)
    return done


def _table(
    kind: str,
    policies: Sequence[str],
    seeds: Sequence[int],
    scores: dict[tuple[str, str, int], Score],
) -> Table:
    table = Table(title=f"{kind}: mean over {len(seeds)} seeds (± standard error)")
    table.add_column("measure")
    for policy in policies:
        table.add_column(policy, justify="right")
    for name, measure in MEASURES.items():
        cells = [_cell([measure(scores[kind, p, s]) for s in seeds]) for p in policies]
        if any(cell != "-" for cell in cells):
            table.add_row(name.strip(), *cells)
    return table


def _cell(values: Sequence[float]) -> str:
    known = np.array([value for value in values if np.isfinite(value)])
    if not len(known):
        return "-"
    error = known.std() / np.sqrt(len(known))
    return f"{known.mean():.1f} ±{error:.1f}"


if __name__ == "__main__":
    main()
