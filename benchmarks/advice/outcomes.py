"""`python -m benchmarks.advice.outcomes`: do 90 % effect intervals cover the truth?

Random 20 % shifts, raises, cuts and pauses (and placebos, where nothing is moved) in simulated
markets: each is frozen, played, read when it is due, and held against the effect it really had.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, product

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.advice.outcome import Frozen, Outcome, freeze, measure, pool
from bot.advice.outcome.types import AFTER
from bot.demo.market.kinds import KINDS, POOLS, STANDARD, Kind
from bot.demo.market.observe import numbers
from bot.demo.market.world import World
from bot.domain.advice import Advice
from bot.numbers.plan import Plan

QUIET = replace(STANDARD, name="standard, no events", events={})
WORLDS = {**KINDS, QUIET.name: QUIET}
TUNING, REPORTING = range(2000, 2040), range(1, 61)
STARTS = 56
MOVES = {"shift": "shift_budget", "raise": "raise_budget", "cut": "cut_budget", "pause": "pause"}
FACTORS = {"raise": 1.2, "cut": 0.8, "pause": 0.0}
SHOWN = ("standard, no events", "standard", "null", "harsh", "harsh null")


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


def play(kind: Kind, seed: int, *, placebo: bool = False, move: str = "shift") -> list[Reading]:
    """One move in each pool of a market, all frozen on one morning and read when they are due."""
    world = World(kind, seed)
    chance = np.random.default_rng([seed, 7, placebo])
    for _ in range(STARTS):
        world.step()
    before = numbers(world, back=45)
    frozen = [_frozen(world, before, pair, move) for pair in _pairs(world, chance)]
    old = world.budgets.copy()
    for one in frozen:
        for each in one.treated:
            world.budgets[int(each.campaign_id[1:])] = each.before if placebo else each.after
    new, true = world.budgets.copy(), np.zeros((2, AFTER, len(old)))
    for step in range(AFTER + max(one.lag for one in frozen)):
        if 0 < step <= AFTER:
            true[:, step - 1] = world.expected(old), world.expected(new)
        world.step()
    then = _settled(world, back=80)
    if placebo:  # as if it had been done: budgets say so, results do not
        then = _pretended(then, frozen)
    return [_read(one, then, true) for one in frozen]


def _settled(world: World, back: int) -> pd.DataFrame:
    """The newest values of the newest days, without the revisions that led to them."""
    days = world.played[-back:]
    count, names = len(world.pool), np.array([f"c{i}" for i in range(len(world.pool))])
    last = world.day - 1
    results = np.stack(
        [day["by_age"][min(last - day["t"], len(day["by_age"]) - 1)] for day in days]
    )
    gone = np.stack([day["missing"] for day in days]).ravel()
    first = np.datetime64(world.as_of) - np.timedelta64(len(days), "D")
    frame = pd.DataFrame({
        "date": np.repeat(first + np.arange(len(days)), count).astype("datetime64[ns]"),
        "channel": np.tile(world.channel, len(days)), "account_id": "a1",
        "campaign_id": np.tile(names, len(days)), "currency": "NOK", "measured_by": "shop",
        "spend": np.stack([day["spend"] for day in days]).ravel(),
        "daily_budget": np.stack([day["budget"] for day in days]).ravel(),
    })  # fmt: skip
    for column in ("reach", "leads", "conversions"):
        mine = np.array([POOLS[p][2] == column for p in world.pool])
        frame[column] = np.where(mine, results, np.nan).ravel()
    return frame[~gone]


def _pairs(world: World, chance: np.random.Generator) -> Iterator[tuple[int, int]]:
    for pool_ in range(len(POOLS)):
        mine = np.flatnonzero(world.pool == pool_)
        giver, taker = chance.choice(mine, 2, replace=False)
        yield int(giver), int(taker)


def _frozen(world: World, seen: pd.DataFrame, pair: tuple[int, int], kind: str) -> Frozen:
    advice = _shift(world, pair) if kind == "shift" else _alone(world, pair[0], kind)
    flagged = {f"c{event.campaign}" for event in world.happenings if event.first < world.day}
    found = freeze(advice, seen, world.as_of, Plan(), touched=flagged)
    assert found is not None
    return found


def _alone(world: World, place: int, kind: str) -> Advice:
    """One budget changed: raised or cut by a fifth, or paused."""
    name, old = f"c{place}", float(world.budgets[place])
    new = {name: old * FACTORS[kind]}
    ids, was = (name,), {name: old}
    return Advice("a", "random", "v", ids, MOVES[kind], "advise", new, was, currency="NOK")


def _shift(world: World, pair: tuple[int, int]) -> Advice:
    giver, taker = pair
    move = 0.2 * min(world.budgets[giver], world.budgets[taker])
    ids = (f"c{giver}", f"c{taker}")
    old = {ids[0]: float(world.budgets[giver]), ids[1]: float(world.budgets[taker])}
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


def _one(game: tuple[str, int, bool, str]) -> list[Reading]:
    kind, seed, placebo, move = game
    return play(WORLDS[kind], seed, placebo=placebo, move=move)


def run(
    kind: str, seeds: Sequence[int], *, placebo: bool = False, move: str = "shift"
) -> list[Reading]:
    """Every reading of a kind of market over these seeds, two markets at a time."""
    games = [(kind, seed, placebo, move) for seed in seeds]
    with ProcessPoolExecutor(2) as workers, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(f"{kind}, {'placebo' if placebo else move}", total=len(games))
        found: list[Reading] = []
        for readings in workers.map(_one, games):
            found += readings
            progress.advance(task)
    return found


def main() -> None:
    words = argparse.ArgumentParser(
        prog="python -m benchmarks.advice.outcomes", description=__doc__
    )
    words.add_argument("--kind", action="append", choices=list(WORLDS))
    words.add_argument("--seeds", default="reporting", help="tuning, reporting, or how many")
    words.add_argument("--move", action="append", choices=list(MOVES), help="shift, if none")
    asked = words.parse_args()
    named = {"tuning": TUNING, "reporting": REPORTING}
    seeds = list(named.get(asked.seeds) or REPORTING[: int(asked.seeds)])
    table = Table(title=f"20 % moves read against the truth, {len(seeds)} markets each")
    for column in ("market", "what", *_COLUMNS):
        left = column in {"market", "what"}
        table.add_column(column, justify="left" if left else "right", no_wrap=left)
    for kind in asked.kind or SHOWN:
        for move, placebo in product(asked.move or ["shift"], (False, True)):
            if placebo and move == "pause":
                continue  # nothing pretended looks like a pause
            readings = run(kind, seeds, placebo=placebo, move=move)
            what = f"placebo {move}" if placebo else move
            for stage in ("all", *(each[0] for each in POOLS)):
                mine = [one for one in readings if stage in {"all", one.stage}]
                table.add_row(kind, f"{what}, {stage}", *_cells(mine))
            if not placebo and move == "shift":
                table.add_row(kind, "pooled", *_pooled(readings))
    Console(width=170).print(table)


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
    found = pool([one.outcome for one in known])
    truth = np.expm1(np.mean([one.truth for one in known]))
    if found.change is None or found.low is None or found.high is None:
        return ["-"] * len(_COLUMNS)
    told = f"{100 * found.change:.1f} ({100 * found.low:.1f} to {100 * found.high:.1f})"
    return [str(found.count), "", told, f"truth {100 * truth:.1f}", "", ""]


if __name__ == "__main__":
    main()
