"""`python -m benchmarks.advice.detect`: what the detectors find, how soon, and what they imagine.

Markets are played at budgets nobody touches; each morning the rules that name a fault are asked, as
they are shipped, and nothing else. Tune on `--seeds tuning`, report on `reporting`.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.advice.evaluate.campaign_features import Facts
from bot.advice.evaluate.findings import Finding, Mornings
from bot.advice.rules.rulebook import Rule
from bot.demo.market.kinds import KINDS
from bot.demo.market.observe import numbers
from bot.demo.market.world import Happening, World
from bot.numbers.plan import Plan
from bot.rules_files import load

TUNING, REPORTING = range(1000, 1008), range(1, 25)
WITHIN, AFTER = 14, 8
ASKED = {"check_tracking", "check_spend", "check_delivery", "fix_landing_page", "refresh_creative",
         "cap_frequency"}  # fmt: skip
NAMES = {
    "outage": {"check_tracking"},
    "partial": {"check_tracking"},
    "channel_outage": {"check_tracking"},
    "double": {"check_tracking"},
    "spike": {"check_spend"},
    "stop": {"check_delivery"},
    "fatigue": {"refresh_creative", "cap_frequency"},
    "break/page": {"fix_landing_page"},
    # visits hold and fewer of them count: from outside, a checkout and a tag look the same
    "break/checkout": {"fix_landing_page", "check_tracking"},
    "break/auction": {"check_delivery"},
    "break/audience": {"cap_frequency", "refresh_creative"},
}


@dataclass
class Found:
    """What one market came to: days to each event by kind, false flags by rule, campaign-weeks."""

    weeks: float
    days: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    false: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def play(kind: str, seed: int) -> Found:
    """One market through its days; each flag is held against what was going on."""
    world, rulebook = World(KINDS[kind], seed), load()
    rules = [r for r in rulebook.rules if r.action.do in ASKED and not r.silent]
    muting = {r.id: [m for m in r.mutes if m != "performance"] for r in rulebook.rules}
    for _ in range(world.kind.history):
        world.step()
    found = Found(world.kind.campaigns * world.kind.days / 7)
    seen: dict[int, float] = {}
    lasting: dict[tuple[str, int], int] = {}
    for _ in range(world.kind.days):
        morning = Mornings.of(numbers(world), world.as_of, rulebook, Plan(), None)
        findings = [morning.finding(rule) for rule in rules]
        spoken = _spoken(findings, morning.facts(), lasting, muting)
        _look(world, spoken, found, seen)
        world.step()
    for number, event in enumerate(world.happenings):
        days = seen.get(number, np.inf)
        found.days[_kind(event)].append(days if days <= WITHIN else np.inf)
    return found


def _kind(event: Happening) -> str:
    return f"{event.kind}/{event.cause}" if event.cause else event.kind


def _spoken(
    findings: Iterable[Finding],
    facts: Facts,
    lasting: dict[tuple[str, int], int],
    muting: dict[str, list[str]],
) -> list[tuple[Rule, int]]:
    """Rules that hold, have held as long as they ask for, and are not muted; by campaign number."""
    held = {(one.rule.id, int(facts.ids[row][1:])): one.rule
            for one in findings for row in np.flatnonzero(one.speaks)}  # fmt: skip
    for key in [*lasting]:
        if key not in held:
            del lasting[key]
    for key in held:
        lasting[key] = lasting.get(key, 0) + 1
    ripe = {key: rule for key, rule in held.items() if lasting[key] >= rule.mornings}
    muted = {(other, row) for id_, row in ripe for other in muting[id_]}
    return [(rule, row) for (id_, row), rule in ripe.items() if (id_, row) not in muted]


def _touched(world: World, event: Happening) -> set[int]:
    if event.kind == "channel_outage":
        alike = (world.channel == world.channel[event.campaign]) & ~world.by_reach
        return set(np.flatnonzero(alike).tolist())
    return {event.campaign}


def _look(
    world: World, spoken: Sequence[tuple[Rule, int]], found: Found, seen: dict[int, float]
) -> None:
    """A flag is false where nothing is going on with the campaign, nor was a week ago."""
    near = [(number, event) for number, event in enumerate(world.happenings)
            if event.first < world.day <= event.last + AFTER]  # fmt: skip
    for rule, campaign in spoken:
        right = [(n, e) for n, e in near if campaign in _touched(world, e)]
        found.false[rule.id] += not right
        for number, event in right:
            if rule.action.do in NAMES[_kind(event)]:
                seen.setdefault(number, world.day - event.first)


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.advice.detect", description=__doc__)
    words.add_argument("--kind", action="append", choices=list(KINDS))
    words.add_argument("--seeds", default="reporting", help="tuning, reporting, or how many")
    words.add_argument("--workers", type=int, default=2)
    asked = words.parse_args()
    named = {"tuning": TUNING, "reporting": REPORTING}
    seeds = list(named.get(asked.seeds) or REPORTING[: int(asked.seeds)])
    kinds = asked.kind or list(KINDS)
    with ProcessPoolExecutor(asked.workers) as pool, Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("Playing markets", total=len(kinds) * len(seeds))
        running = {kind: [pool.submit(play, kind, seed) for seed in seeds] for kind in kinds}
        for kind, games in running.items():
            done = []
            for game in games:
                done.append(game.result())
                bar.advance(task)
            Console(width=120).print(table(kind, done))


def table(kind: str, found: Sequence[Found]) -> Table:
    """Found %, median days (a miss counts as never) and false flags by rule."""
    out = Table(title=f"{kind}: {len(found)} markets", title_justify="left")
    for column in ("event", "how many", "found in 14 days", "median days"):
        out.add_column(column, justify="left" if column == "event" else "right")
    names = sorted({name for one in found for name in one.days})
    if any(name.startswith("break/") for name in names):
        names.append("break (all)")
    for name in names:
        start = "break/" if name == "break (all)" else name
        days = [d for one in found for kind_ in one.days if kind_.startswith(start)
                for d in one.days[kind_]]  # fmt: skip
        share = f"{100 * np.mean(np.isfinite(days)):.0f} %"
        median = np.median(days)
        out.add_row(name, str(len(days)), share, f"{median:g}" if np.isfinite(median) else "-")
    weeks = sum(one.weeks for one in found) / 100
    each = [sum(one.false.values()) / one.weeks * 100 for one in found]
    error = np.std(each) / np.sqrt(len(each))
    out.add_row("false flags / 100 campaign-weeks", "", f"{np.mean(each):.2f} ±{error:.2f}", "")
    for rule in sorted({rule for one in found for rule, n in one.false.items() if n}):
        count = sum(one.false.get(rule, 0) for one in found)
        out.add_row(f"  {rule}", str(count), f"{count / weeks:.2f}", "")
    return out


if __name__ == "__main__":
    main()
