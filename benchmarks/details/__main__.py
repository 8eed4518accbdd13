"""`make bench-details`: what is found below campaigns, and what is flagged wrongly, in known truth.

The bars were tuned on the seeds of `TUNED`; what is printed are others (`--seeds 20-27`).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.details import market
from bot.advice.details.detail_panel import CampaignNorm
from bot.advice.details.judging import JudgedLevel, judged_level

TUNED = range(6)
Truth = Callable[[JudgedLevel, pd.DataFrame], tuple[np.ndarray, np.ndarray]]


@dataclass
class Count:
    """Flags of one kind over all seeds: how many, how many wrong, how many of the findable."""

    parts: int = 0
    flags: int = 0
    wrong: int = 0
    findable: int = 0
    found: int = 0
    off: list[float] = field(default_factory=list)

    def row(self, what: str, findable: str) -> tuple[str, ...]:
        """As it is printed."""
        share = f"{self.wrong / self.flags:.1%}" if self.flags else "-"
        found = f"{self.found / self.findable:.0%} of {self.findable}" if self.findable else "-"
        return (what, f"{self.parts:,}", f"{self.flags}", f"{self.wrong}", share, found, findable)


@dataclass(frozen=True)
class Case:
    """A scene, the flags that are counted in it, and what is true of each part.

    Attributes:
        truth: (really so, plainly so and with enough money behind it), a part.
    """

    what: str
    scene: Callable[[int], market.Market]
    level: str
    kinds: tuple[str, ...]
    truth: Truth
    findable: str


def _dear(times: float, results: float) -> Truth:
    def truth(found: JudgedLevel, known: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        table, cost = found.table, known["cost"].to_numpy()
        plain = (cost > times * table["bar"]) & (table["spend"] > results * table["bar"])
        return cost > table["bar"].to_numpy(), plain.to_numpy()

    return truth


def _broken(_found: JudgedLevel, known: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    broke = known["broke"].to_numpy()
    return broke, broke & (known["due"] >= 30).to_numpy() & (known["left"] < 0.5).to_numpy()


def _tired(_found: JudgedLevel, known: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return ~known["sound"].to_numpy(), (known["change"] < -0.3).to_numpy()


def _best(found: JudgedLevel, known: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    cost, usual = known["cost"].to_numpy(), found.table["usual"].to_numpy()
    return cost < usual, cost < 0.6 * usual


def _costs(_found: JudgedLevel, known: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    costs = known["costs"].to_numpy()
    first = ~known["campaign"].duplicated().to_numpy()
    return costs, costs & first  # one of each campaign stands for it


CASES = (
    Case("keywords", market.keywords, "keyword", ("keyword_waste",), _dear(2, 6),
         "twice the bar, 6 bars spent"),
    Case("keywords, half the spread", lambda seed: market.keywords(seed, spread=0.25), "keyword",
         ("keyword_waste",), _dear(2, 6), "twice the bar, 6 bars spent"),
    Case("audiences", lambda seed: market.audiences(seed, fits=False), "age", ("misfit",),
         _dear(1.4, 25), "1.4 bars, 25 bars spent"),
    Case("audiences, all alike", market.audiences, "age", ("misfit",), _dear(1.4, 25), ""),
    Case("landing pages", market.pages, "landing_page", ("page_broken",), _broken,
         "half lost, 30 results due"),
    Case("landing pages, none broke", lambda seed: market.pages(seed, broken=0.0), "landing_page",
         ("page_broken",), _broken, ""),
    Case("ads that tire", market.ads, "ad", ("ad_tired",), _tired, "30 % and more"),
    Case("ads, none tires", lambda seed: market.ads(seed, tiring=0.0), "ad", ("ad_tired",), _tired,
         ""),
    Case("ads to repeat", market.ads, "ad", ("ad_best",), _best, "under 60 % of the others'"),
    Case("quality scores", market.quality, "keyword", ("quality",), _costs, "8 % a point"),
    Case("quality, costs nothing", lambda seed: market.quality(seed, slope=0.0), "keyword",
         ("quality",), _costs, ""),
)  # fmt: skip


def counted(case: Case, seeds: range) -> Count:
    """Play the seeds and count."""
    count = Count()
    for seed in seeds:
        scene = case.scene(seed)
        norms = {("google_ads", "1", name): CampaignNorm() for name in set(scene.truth["campaign"])}
        found = judged_level(scene.rows, case.level, market.AS_OF, norms)
        assert found is not None
        _add(count, case, found, scene.truth.set_index("detail_id").loc[found.table["detail_id"]])
    return count


def _add(count: Count, case: Case, found: JudgedLevel, known: pd.DataFrame) -> None:
    flags = np.zeros(len(known), dtype=bool)
    for finding in found.findings:
        if finding.kind in case.kinds:
            parts = finding.parts
            if finding.kind == "quality":  # a finding about the campaign: one flag
                parts = (int(np.flatnonzero(known["campaign"] == finding.campaign[2])[0]),)
            flags[list(parts)] = True
    so, plain = case.truth(found, known)
    count.parts += len(known)
    count.flags, count.wrong = (
        count.flags + int(flags.sum()),
        count.wrong + int((flags & ~so).sum()),
    )
    count.findable, count.found = (
        count.findable + int(plain.sum()),
        count.found + int((flags & plain).sum()),
    )


def table(seeds: range) -> Table:
    """Every case, over these seeds."""
    printed = Table(title=f"Found below campaigns, seeds {seeds.start}-{seeds.stop - 1}")
    for heading in ("what", "parts", "flags", "wrong", "share", "found", "of those"):
        printed.add_column(heading)
    for row in _rows(seeds):
        printed.add_row(*row)
    return printed


def _rows(seeds: range) -> Iterator[tuple[str, ...]]:
    for case in CASES:
        yield counted(case, seeds).row(case.what, case.findable)


def main() -> None:
    """Print the table."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.details", description=__doc__)
    words.add_argument("--seeds", default="20-27", help="first-last; 0-5 are those tuned on")
    first, last = words.parse_args().seeds.split("-")
    Console(width=130).print(table(range(int(first), int(last) + 1)))


if __name__ == "__main__":
    main()
