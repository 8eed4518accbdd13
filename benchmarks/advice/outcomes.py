"""`python -m benchmarks.advice.outcomes`: do 90 % effect intervals cover the truth?

Random 20 % shifts, raises, cuts and pauses (and placebos, where nothing is moved) in families of
markets: each is frozen, played, read when it is due, and held against the effect it really had.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, product
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.advice.worlds.families import FAMILIES, OPEN, SetAsideError, guard
from benchmarks.advice.worlds.market import Market
from benchmarks.advice.worlds.priors import NO_FAULTS
from benchmarks.advice.worlds.table import Table as Rows
from bot.advice.outcome import Frozen, Outcome, freeze, measure, pool
from bot.advice.outcome.types import AFTER
from bot.domain.advice import Advice
from bot.numbers.plan import Plan

REPORTING, TUNING = range(1, 25), range(2000, 2040)
STARTS = 56
MOVES = {"shift": "shift_budget", "raise": "raise_budget", "cut": "cut_budget", "pause": "pause"}
FACTORS = {"raise": 1.2, "cut": 0.8, "pause": 0.0}
STAGES = ("reach", "act", "convert", "engage")


@dataclass(frozen=True)
class Reading:
    """One move as it was read, and the true log change: of cost per result, or of results."""

    stage: str
    outcome: Outcome
    truth: float

    @property
    def measured(self) -> bool:
        return self.outcome.verdict != "not_measured"

    @property
    def covers(self) -> bool:
        low, high = self.outcome.low, self.outcome.high
        return low is not None and high is not None and low <= np.expm1(self.truth) <= high


def play(
    family: str, seed: int, *, placebo: bool = False, move: str = "shift", quiet: bool = False
) -> list[Reading]:
    """One move in each pool of a market, all frozen on one morning and read when they are due.

    `quiet` leaves out the family's faults.
    """
    market = _market(family, seed, quiet=quiet)
    chance, rows = np.random.default_rng([seed, 7, placebo]), Rows(market)
    for _ in range(STARTS):
        market.play()
    seen = rows.seen()
    frozen = [_frozen(market, seen.numbers, seen.plan, pair, move)
              for pair in _pairs(market, chance)]  # fmt: skip
    frozen = [one for one in frozen if one is not None]
    old = market.budgets.copy()
    for one in frozen:
        for each in one.treated:
            market.budgets[int(each.campaign_id[1:])] = each.before if placebo else each.after
    new, true = market.budgets.copy(), np.zeros((2, AFTER, len(old)))
    for step in range(AFTER + max((one.lag for one in frozen), default=0)):
        if 0 < step <= AFTER:
            each_way = (market.results(market.spend(each)) for each in (old, new))
            true[:, step - 1] = tuple(each_way)
        market.play()
    then = rows.seen().numbers
    then = then.drop_duplicates(["date", "campaign_id"], keep="last")
    if placebo:  # as if it had been done: budgets say so, results do not
        then = _pretended(then, frozen)
    return [_read(one, then, true) for one in frozen]


def _market(family: str, seed: int, *, quiet: bool) -> Market:
    priors = FAMILIES[family].priors
    priors = replace(priors, faults=NO_FAULTS) if quiet else priors
    return Market(priors, (seed, *family.encode()))


def _pairs(market: Market, chance: np.random.Generator) -> Iterator[tuple[int, int]]:
    """Two of each pool that have run for a week."""
    running = market.account.on[STARTS - 7 : STARTS].mean(axis=0) > 0.6
    for place in np.unique(market.account.pool):
        mine = np.flatnonzero((market.account.pool == place) & running)
        if len(mine) > 1:
            giver, taker = chance.choice(mine, 2, replace=False)
            yield int(giver), int(taker)


def _frozen(
    market: Market, seen: pd.DataFrame, plan: Plan, pair: tuple[int, int], kind: str
) -> Frozen | None:
    advice = _shift(market, pair) if kind == "shift" else _alone(market, pair[0], kind)
    begun = [fault for fault in market.faults.all if fault.first < market.day]
    flagged = {f"c{row}" for fault in begun for row in fault.campaigns}
    return freeze(advice, seen, market.as_of, plan, touched=flagged)


def _alone(market: Market, place: int, kind: str) -> Advice:
    """One budget changed: raised or cut by a fifth, or paused."""
    name, old = f"c{place}", float(market.budgets[place])
    new = {name: old * FACTORS[kind]}
    ids, was = (name,), {name: old}
    return Advice("a", "random", "v", ids, MOVES[kind], "advise", new, was, currency="NOK")


def _shift(market: Market, pair: tuple[int, int]) -> Advice:
    giver, taker = pair
    move = 0.2 * min(market.budgets[giver], market.budgets[taker])
    ids = (f"c{giver}", f"c{taker}")
    old = {ids[0]: float(market.budgets[giver]), ids[1]: float(market.budgets[taker])}
    new = {ids[0]: old[ids[0]] - move, ids[1]: old[ids[1]] + move}
    return Advice("a", "random", "v", ids, "shift_budget", "advise", new, old, currency="NOK")


def _pretended(then: pd.DataFrame, frozen: Sequence[Frozen]) -> pd.DataFrame:
    shown = then.copy()
    for each in chain.from_iterable(one.treated for one in frozen):
        rows = (shown["campaign_id"] == each.campaign_id) & (
            shown["date"] >= np.datetime64(frozen[0].on)
        )
        shown.loc[rows, "daily_budget"] = each.after
    return shown


def _read(frozen: Frozen, then: pd.DataFrame, true: np.ndarray) -> Reading:
    mornings = (frozen.read_on + timedelta(late) for late in range(15))
    outcome = next(found for day in mornings if (found := measure(frozen, then, day)))
    places = [int(each.campaign_id[1:]) for each in frozen.treated]
    without, with_ = true[:, :, places].sum(axis=(1, 2))
    with np.errstate(divide="ignore"):
        more = float(np.log(with_ / without))
    return Reading(frozen.stage, outcome, -more if frozen.of == "price" else more)


def summary(readings: Sequence[Reading]) -> dict[str, float]:
    """Shares in per cent: measured, covered, told (worked or harmful), and told wrongly."""
    known = [one for one in readings if one.measured]
    told = [one for one in known if one.outcome.verdict in {"worked", "harmful"}]
    # a single budget is judged by money, which the truth of its results alone does not tell
    priced = [one for one in told if one.outcome.of == "price"]
    wrong = [one for one in priced if (one.truth < 0) != (one.outcome.verdict == "worked")]
    widths = [one.outcome.high - one.outcome.low for one in known]  # type: ignore[operator]
    return {
        "readings": len(known),
        "not measured %": 100 * (1 - len(known) / max(len(readings), 1)),
        "covered %": 100 * float(np.mean([one.covers for one in known])),
        "worked or harmful %": 100 * len(told) / max(len(known), 1),
        "of them wrong %": 100 * len(wrong) / max(len(priced), 1),
        "width, points": 100 * float(np.median(widths)),
    }


def _one(game: dict[str, Any]) -> list[Reading]:
    return play(**game)


def run(seeds: Sequence[int], workers: int, **game: Any) -> list[Reading]:
    """Every reading of a family over these seeds."""
    games = [{**game, "seed": seed} for seed in seeds]
    named = f"{game['family']}, {'placebo' if game['placebo'] else game['move']}"
    found: list[Reading] = []
    with ProcessPoolExecutor(workers) as pools, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(named, total=len(games))
        for readings in pools.map(_one, games) if workers > 1 else map(_one, games):
            found += readings
            progress.advance(task)
    return found


def main() -> None:
    words = argparse.ArgumentParser(
        prog="python -m benchmarks.advice.outcomes", description=__doc__
    )
    words.add_argument("--family", action="append", choices=list(FAMILIES))
    words.add_argument("--seeds", default="4", help="tuning, reporting, or how many of tuning")
    words.add_argument("--move", action="append", choices=list(MOVES), help="shift, if none")
    words.add_argument("--quiet", action="store_true", help="leave out the families' faults")
    words.add_argument("--workers", type=int, default=1)
    words.add_argument("--set-aside", action="store_true", help="run what is set aside, and say so")
    asked = words.parse_args()
    named = {"tuning": TUNING, "reporting": REPORTING}
    seeds = list(named.get(asked.seeds) or TUNING[: int(asked.seeds)])
    families = asked.family or list(OPEN)
    try:
        marks = guard(families, seeds, set_aside=asked.set_aside)
    except SetAsideError as held:
        sys.exit(str(held))
    table = Table(title=f"20 % moves read against the truth, {len(seeds)} markets each")
    for column in ("family", "what", *_COLUMNS):
        left = column in {"family", "what"}
        table.add_column(column, justify="left" if left else "right", no_wrap=left)
    for family in families:
        for row in _rows(family, seeds, asked):
            table.add_row(*row)
    Console(width=170).print(table, *marks, sep="\n")


def _rows(family: str, seeds: Sequence[int], asked: argparse.Namespace) -> Iterator[list[str]]:
    for move, placebo in product(asked.move or ["shift"], (False, True)):
        if placebo and move == "pause":
            continue  # nothing pretended looks like a pause
        readings = run(
            seeds, asked.workers, family=family, placebo=placebo, move=move, quiet=asked.quiet
        )
        what = f"placebo {move}" if placebo else move
        for stage in ("all", *STAGES):
            mine = [one for one in readings if stage in {"all", one.stage}]
            yield [family, f"{what}, {stage}", *_cells(mine)]
        if not placebo and move == "shift":
            yield [family, "pooled", *_pooled(readings)]


_COLUMNS = (
    "readings",
    "not measured %",
    "covered %",
    "worked or harmful %",
    "of them wrong %",
    "width, points",
)


def _cells(readings: Sequence[Reading]) -> list[str]:
    if not any(one.measured for one in readings):
        return ["-"] * len(_COLUMNS)
    return [f"{summary(readings)[name]:.1f}" for name in _COLUMNS]


def _pooled(readings: Sequence[Reading]) -> list[str]:
    known = [one for one in readings if one.measured]
    if not known:
        return ["-"] * len(_COLUMNS)
    found = pool([one.outcome for one in known])
    truth = np.expm1(np.mean([one.truth for one in known]))
    if found.change is None or found.low is None or found.high is None:
        return ["-"] * len(_COLUMNS)
    told = f"{100 * found.change:.1f} ({100 * found.low:.1f} to {100 * found.high:.1f})"
    return [str(found.count), "", told, f"truth {100 * truth:.1f}", "", ""]


if __name__ == "__main__":
    main()
