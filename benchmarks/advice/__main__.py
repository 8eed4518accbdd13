"""`make bench-advice`: perfbot's advice in markets with known truth, by family, worst first.

Without arguments a small run: two markets of each family that may be tuned on. `--seeds 4` for
more, `--family shop`, `--policy perfbot --policy plain`, `--against FILE` to compare with what an
earlier run kept by `--keep FILE`. What is set aside runs only with `--set-aside`. `--real FOLDER`
plays the real series that lie there instead, as they are and with faults planted into them.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from benchmarks.advice import real
from benchmarks.advice.play import Game, play
from benchmarks.advice.policies import POLICIES
from benchmarks.advice.report import Report
from benchmarks.advice.score import Score
from benchmarks.advice.worlds.families import (
    CALIBRATING,
    FAMILIES,
    OPEN,
    REPORTING,
    SET_ASIDE,
    TUNING,
    SetAsideError,
    guard,
)

SEEDS = {"tuning": TUNING, "calibrating": CALIBRATING, "reporting": REPORTING}
USUALLY = ("nothing", "plain", "observer", "truth", "perfbot")
BEFORE = "before"
"""What the judged policy of a kept run is called beside a new one."""


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.advice", description=__doc__)
    words.add_argument("--family", action="append", choices=[*FAMILIES, "set-aside"])
    words.add_argument("--policy", action="append", choices=list(POLICIES))
    words.add_argument("--seeds", default="tuning:2", help="tuning, reporting:8, or how many")
    words.add_argument("--judge", default="perfbot", help="the policy that goals are held against")
    words.add_argument("--beside", default="plain", help="the policy it is compared with, in pairs")
    words.add_argument("--workers", type=int, default=1)
    words.add_argument("--keep", type=Path, help="write the scores to this file")
    words.add_argument("--against", type=Path, help="compare with scores kept earlier")
    words.add_argument("--real", type=Path, metavar="FOLDER", help="real series instead of markets")
    words.add_argument("--set-aside", action="store_true", help="run what is set aside, and say so")
    asked = words.parse_args()
    if asked.real:
        real.report(asked.real, Console(width=190))
        return
    families, policies = _families(asked.family), asked.policy or list(USUALLY)
    seeds = seeds_of(asked.seeds)
    try:
        marks = guard(families, seeds, set_aside=asked.set_aside)
    except SetAsideError as held:
        sys.exit(str(held))
    games = [Game(*each) for each in product(families, policies, seeds)]
    scores = run(games, asked.workers)
    if asked.keep:
        asked.keep.write_bytes(pickle.dumps(scores))
    judged = asked.judge if asked.judge in policies else policies[0]
    beside = asked.beside if asked.beside in policies and asked.beside != judged else None
    if asked.against:
        scores |= _before(asked.against, judged, games)
        beside = BEFORE
    Report(scores, judged, beside).print(Console(width=190), marks)


def _families(asked: Sequence[str] | None) -> list[str]:
    if not asked:
        return list(OPEN)
    return [name for each in asked for name in (SET_ASIDE if each == "set-aside" else (each,))]


def seeds_of(asked: str) -> tuple[int, ...]:
    """`tuning`, `calibrating` or `reporting`, after a colon how many; a number: of tuning ones."""
    name, _, count = asked.partition(":")
    if name not in SEEDS:
        return TUNING[: int(name)]
    return SEEDS[name][: int(count)] if count else SEEDS[name]


def run(games: Sequence[Game], workers: int = 1) -> dict[Game, Score]:
    """The scores of games, in one process or several, with progress on standard error."""
    console, scores = Console(stderr=True), dict[Game, Score]()
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Playing markets", total=len(games))
        for game, score in zip(games, _played(games, workers), strict=True):
            scores[game] = score
            progress.advance(task)
            if not console.is_terminal:
                done = f"{len(scores)}/{len(games)}"
                about = f"{game.family} {game.policy} {game.seed}: regret {score.regret:.1f} %"
                print(done, about, file=sys.stderr, flush=True)
    return scores


def _played(games: Sequence[Game], workers: int) -> Iterator[Score]:
    if workers == 1:
        yield from map(play, games)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(play, games)


def _before(path: Path, judged: str, games: Sequence[Game]) -> dict[Game, Score]:
    """What an earlier run of the judged policy came to in the same markets.

    The file is one's own, written by `--keep`: it is read as Python's pickle.
    """
    kept: dict[Game, Score] = pickle.loads(path.read_bytes())
    played = {(game.family, game.seed) for game in games}
    return {
        Game(game.family, BEFORE, game.seed): score
        for game, score in kept.items()
        if game.policy == judged and (game.family, game.seed) in played
    }


if __name__ == "__main__":
    main()
