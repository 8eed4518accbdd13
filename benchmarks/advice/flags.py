"""`python -m benchmarks.advice.flags`: which rules raise flags, true or false, in open families.

Quicker than whole games: the markets are played once, with budgets that nobody moves or that a
plain weekly design moves (never perfbot), and kept in a folder; then only the rules that name a
fault are asked, on some mornings. What is compared is one build with another on the same mornings.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from tempfile import gettempdir

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table as Printed
from scipy.special import ndtr

from benchmarks.advice.people import People
from benchmarks.advice.perfbot import piece_of
from benchmarks.advice.pieces import Policy
from benchmarks.advice.policies import POLICIES
from benchmarks.advice.score import FLAGS, WITHIN, Counter, Score, name_of
from benchmarks.advice.worlds.families import FAMILIES, OPEN, TUNING, guard
from benchmarks.advice.worlds.market import Market
from benchmarks.advice.worlds.table import Table
from bot.advice import Memory, advise
from bot.advice.rules.rulebook import Rulebook
from bot.numbers.plan import Plan
from bot.rules_files import load

BAR = 2.7 + float(np.log(13))
"""Nats of `threshold.lost`, which is the mean over thirteen days on which it may have begun."""
CHECKS = FLAGS | {"hold"}
"""What names a fault, and what says that the numbers are not in."""


@dataclass(frozen=True)
class Recording:
    """A market as it was played, and what was known of it on each morning.

    Attributes:
        numbers: All rows in the order they were pulled; `rows`: how many of them by morning.
        window_reach: As it was known by morning.
    """

    market: Market
    plan: Plan
    numbers: pd.DataFrame
    rows: list[int]
    window_reach: list[pd.DataFrame]

    def played(self, every: int) -> Score:
        """The flags of every so many mornings, counted with the market's truth."""
        counter, rulebook, memory = Counter(self.market), _checks(load()), Memory()
        for place in range(0, len(self.rows), every):
            self.market.day = self.market.priors.history + place
            known = self.numbers.iloc[: self.rows[place]]
            advised = advise(known, self.market.as_of, rulebook, self.plan, memory,
                             self.window_reach[place])  # fmt: skip
            memory = advised.memory
            for piece in map(piece_of, advised.advice):
                if not piece.quiet:
                    counter.flag(piece)
        return counter.end()

    def could_be_found(self) -> Iterator[tuple[str, float]]:
        """Each fault of counting, and how likely one who is told all but the counts finds it.

        Told the rate of the 28 days before, the overdispersion, the factor c and the first day,
        the log likelihood ratio of what is in after fourteen days is about normal with mean
        J = mu (c ln c - c + 1) / phi and variance 2 J; it must pass the detectors' own bar
        (`BAR`). No detector that has to learn the rate and look for the day can do better.
        """
        counts, account = self.market.recorded[:, -1], self.market.account
        for fault in self.market.faults.all:
            kind, row = name_of(fault), fault.campaigns[0]
            if kind not in {"drop", "partial", "double", "break/checkout"}:
                continue
            lasts = min(fault.last - fault.first + 1, WITHIN)
            known = max(lasts - (float(account.delay[row]) if lasts == WITHIN else 0.0), 1.0)
            rate = float(counts[max(fault.first - 28, 0) : fault.first, row].mean())
            c, phi = fault.size, float(account.dispersion[row]) * max(fault.size, 1.0)
            nats = max(rate * known * (c * np.log(c) - c + 1) / phi, 1e-9)
            yield kind, float(ndtr((nats - BAR) / np.sqrt(2 * nats)))


def _checks(rulebook: Rulebook) -> Rulebook:
    rules = [rule for rule in rulebook.rules if rule.action.do in CHECKS]
    return replace(rulebook, rules=tuple(rules))


def record(family: str, budgets: str, seed: int) -> Recording:
    """Play a market to its end with a policy that is not perfbot's."""
    market = FAMILIES[family].market(seed)
    policy: Policy = POLICIES[budgets](market)
    people, table = People(FAMILIES[family].priors, seed), Table(market)
    people.share = 1.0
    rows, reach = [], []
    for _ in range(market.priors.history):
        market.play()
    for _ in range(market.priors.days):
        seen = table.seen()
        rows.append(len(seen.numbers))
        reach.append(seen.window_reach)
        answers = people.answer(policy.morning(seen).pieces, market.budgets, market.account.budget)
        policy.hear(answers)
        for answer in answers:
            market.set_budgets(answer.budgets)
        market.play()
    return Recording(market, table.plan, seen.numbers, rows, reach)


def recorded(folder: Path, family: str, budgets: str, seed: int) -> Recording:
    """A market from the folder, played first where it is not there. The files are one's own."""
    path = folder / f"{family}-{budgets}-{seed}.pickle"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = record(family, budgets, seed)
        path.write_bytes(
            pickle.dumps((fresh.market, fresh.numbers, fresh.rows, fresh.window_reach))
        )
    market, numbers, rows, window_reach = pickle.loads(path.read_bytes())
    return Recording(market, Table(market).plan, numbers, rows, window_reach)


Scores = dict[tuple[str, str, int], Score]


def report(scores: Scores, could: dict[str, list[float]], every: int, console: Console) -> None:
    """False flags by rule and family; then what was found of what went wrong, and could be."""
    families = list(dict.fromkeys(family for family, _, _ in scores))
    console.print(_false(scores, families, every))
    console.print(_found(scores, could))


def _false(scores: Scores, families: list[str], every: int) -> Printed:
    title = f"False flags / 100 campaign-weeks, every {every} mornings; in brackets all of them"
    table = Printed(title=title, title_justify="left")
    for column in ("rule", *families, "all"):
        table.add_column(column, justify="left" if column == "rule" else "right")
    rules = sorted({rule for score in scores.values() for rule in score.raised})
    many = {rule: sum(score.false_flags.get(rule, 0) for score in scores.values())
            for rule in rules}  # fmt: skip
    for rule in (*sorted(rules, key=lambda rule: -many[rule]), ""):
        cells = [_cell([s for (f, _, _), s in scores.items() if f == family or not family], rule)
                 for family in (*families, "")]  # fmt: skip
        table.add_row(rule or "all", *cells)
    return table


def _cell(scores: list[Score], rule: str) -> str:
    weeks = sum(score.weeks for score in scores)
    wrong, every = (
        sum(many for score in scores for name, many in counts(score).items() if rule in {"", name})
        for counts in (lambda score: score.false_flags, lambda score: score.raised)
    )
    return f"{wrong / weeks:.2f} ({every / weeks:.1f})" if every else ""


def _found(scores: Scores, could: dict[str, list[float]]) -> Printed:
    table = Printed(title=f"Found in {WITHIN} days", title_justify="left")
    for column in ("fault", "there were", "found %", "median days", "told all but the counts %"):
        table.add_column(column, justify="left" if column == "fault" else "right")
    for kind in sorted({kind for score in scores.values() for kind in score.found}):
        days = np.array([day for score in scores.values() for day in score.found.get(kind, [])])
        middle = float(np.median(days))
        table.add_row(kind, str(len(days)), f"{100 * np.isfinite(days).mean():.0f}",
                      f"{middle:g}" if np.isfinite(middle) else "-",
                      f"{100 * np.mean(could[kind]):.0f}" if could.get(kind) else "")  # fmt: skip
    return table


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.advice.flags", description=__doc__)
    words.add_argument("--family", action="append", choices=list(OPEN))
    words.add_argument("--budgets", action="append", choices=["nothing", "plain"])
    words.add_argument("--seeds", type=int, default=1, help="how many tuning seeds")
    words.add_argument("--every", type=int, default=3, help="judge each so manieth morning")
    words.add_argument("--folder", type=Path, default=Path(gettempdir()) / "perfbot-recordings")
    asked = words.parse_args()
    families, seeds = asked.family or list(OPEN), TUNING[: asked.seeds]
    guard(families, seeds, set_aside=False)
    could: dict[str, list[float]] = defaultdict(list)
    scores = dict(_scores(families, asked.budgets or ["plain"], seeds, asked, could))
    report(scores, could, asked.every, Console(width=220))


def _scores(
    families: list[str],
    budgets: list[str],
    seeds: tuple[int, ...],
    asked: argparse.Namespace,
    could: dict[str, list[float]],
) -> Iterator[tuple[tuple[str, str, int], Score]]:
    for family, policy, seed in product(families, budgets, seeds):
        recording = recorded(asked.folder, family, policy, seed)
        for kind, share in recording.could_be_found():
            could[kind].append(share)
        score = recording.played(asked.every)
        print(family, policy, seed, sum(score.false_flags.values()), file=sys.stderr, flush=True)
        yield (family, policy, seed), score


if __name__ == "__main__":
    main()
