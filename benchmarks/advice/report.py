"""The tables: a family at a time, the worst first, with goals, bounds and paired differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.advice.measures import MEASURES, Cell, Measure
from benchmarks.advice.play import Game
from benchmarks.advice.score import Score
from benchmarks.advice.worlds.families import FAMILIES

Scores = Mapping[Game, Score]
ORDER = ("usual", "hard", "null", "level")


class Report:
    """Scores of many games, by family, policy and seed."""

    def __init__(self, scores: Scores, judged: str, beside: str | None) -> None:
        self.scores, self.judged, self.beside = scores, judged, beside
        self.policies = list(dict.fromkeys(game.policy for game in scores))

    def families(self) -> list[str]:
        """The worst first: by the number of goals missed, then by regret over its goal."""
        names = dict.fromkeys(game.family for game in self.scores)
        return sorted(names, key=lambda name: (-self.missed(name), -self._regret(name)))

    def missed(self, family: str) -> int:
        """How many goals the judged policy misses in a family."""
        scores, kind = self.of(family, self.judged), FAMILIES[family].difficulty
        return sum(bool(one.missed(one.cell(scores)[0], kind)) for one in MEASURES)

    def _regret(self, family: str) -> float:
        goal = MEASURES[0].goals[FAMILIES[family].difficulty]
        return float(MEASURES[0].cell(self.of(family, self.judged))[0]) / goal

    def of(self, family: str, policy: str) -> list[Score]:
        """The scores of a policy in a family, by seed."""
        return [score for game, score in sorted(self.scores.items(), key=lambda pair: pair[0].seed)
                if (game.family, game.policy) == (family, policy)]  # fmt: skip

    def print(self, console: Console, marks: Sequence[str]) -> None:
        """Every family's table, then one line a family."""
        for family in self.families():
            console.print(self._family(family))
        if any(score.false_flags for family in self.families()
               for score in self.of(family, self.judged)):  # fmt: skip
            console.print(self._false())
        console.print(self._moving())
        console.print(self._harming())
        console.print(self._summary())
        for line in marks:
            console.print(f"[bold]SET ASIDE, and run now:[/bold] {line}")

    def _family(self, family: str) -> Table:
        about = FAMILIES[family]
        many = len(self.of(family, self.judged))
        title = f"{family} ({about.difficulty}): {about.about}; {many} markets, ± standard error"
        table = Table(title=title, title_justify="left")
        for column in ("measure", "goal", *self.policies):
            table.add_column(column, justify="left" if column == "measure" else "right")
        if self.beside:
            table.add_column(f"{self.judged} - {self.beside}", justify="right")
        for measure in MEASURES:
            table.add_row(*self._row(family, measure)) if self._says(family, measure) else None
        return table

    def _says(self, family: str, measure: Measure) -> bool:
        cells = [measure.cell(self.of(family, policy)) for policy in self.policies]
        return any(not np.isnan(value) for value, _ in cells)

    def _row(self, family: str, measure: Measure) -> Iterator[str]:
        kind = FAMILIES[family].difficulty
        yield measure.name
        yield _goal(measure, kind)
        for policy in self.policies:
            cell = measure.cell(self.of(family, policy))
            missed = policy == self.judged and measure.missed(cell[0], kind)
            yield f"[red]{text(cell)}[/red]" if missed else text(cell)
        if self.beside:
            both = (self.of(family, self.judged), self.of(family, self.beside))
            yield text(measure.difference(*both), sign=True)

    def _false(self) -> Table:
        """Which rules of the judged policy raise flags that name nothing."""
        title = f"False flags of {self.judged} by rule, / 100 campaign-weeks"
        table, families = Table(title=title, title_justify="left"), self.families()
        table.add_column("rule")
        each: dict[str, dict[str, float]] = {}
        for family in families:
            table.add_column(family, justify="right")
            scores = self.of(family, self.judged)
            for score in scores:
                for rule, many in score.false_flags.items():
                    by = each.setdefault(rule, dict.fromkeys(families, 0.0))
                    by[family] += many / score.weeks / len(scores)
        for rule, by in sorted(each.items(), key=lambda pair: -sum(pair[1].values())):
            table.add_row(rule, *(f"{by[f]:.2f}" if by[f] else "" for f in families))
        return table

    def _moving(self) -> Table:
        """What each rule of the judged policy moves, and how often that was right."""
        title = f"Budget advice of {self.judged} by rule, over all families"
        table = Table(title=title, title_justify="left")
        for column in ("rule", "pieces", "share of the money", "harmful %", "said %", "came true %",
                       "gain a day / 1000 moved"):  # fmt: skip
            table.add_column(column, justify="left" if column == "rule" else "right")
        scores = [score for family in self.families() for score in self.of(family, self.judged)]
        pieces = [each for score in scores for each in score.weighed]
        money = sum(each.moved for each in pieces) or 1.0
        for rule in sorted({each.rule for each in pieces}):
            mine = [each for each in pieces if each.rule == rule]
            moved = sum(each.moved for each in mine) or 1.0
            told = [each for each in mine if not np.isnan(each.sure)]
            said = np.mean([each.sure for each in told]) if told else np.nan
            true = 100 * np.mean([each.gain > 0 for each in mine])
            harm = 100 * sum(each.harmful for each in mine) / moved
            gain = 1000 * sum(each.gain for each in mine) / moved
            table.add_row(rule, str(len(mine)), f"{100 * moved / money:.0f} %", f"{harm:.0f}",
                          f"{100 * said:.0f}", f"{true:.0f}", f"{gain:.1f}")  # fmt: skip
        return table

    def _harming(self) -> Table:
        """Where the harmful money of the judged policy comes from: rules by family."""
        title = f"Harmful money of {self.judged}, % of all it moves in a family"
        table, families = Table(title=title, title_justify="left"), self.families()
        table.add_column("rule")
        each: dict[str, dict[str, float]] = {}
        for family in families:
            table.add_column(family, justify="right")
            pieces = [one for score in self.of(family, self.judged) for one in score.weighed]
            money = sum(one.moved for one in pieces) or 1.0
            for one in pieces:
                by = each.setdefault(one.rule, dict.fromkeys(families, 0.0))
                by[family] += 100 * one.harmful / money
        for rule, by in sorted(each.items(), key=lambda pair: -sum(pair[1].values())):
            table.add_row(rule, *(f"{by[f]:.1f}" if by[f] else "" for f in families))
        return table

    def _summary(self) -> Table:
        table = Table(title="Families, the worst first", title_justify="left")
        for column in ("family", "difficulty", "goals missed", "regret goal", *self.policies):
            table.add_column(column, justify="left" if column == "family" else "right")
        for family in self.families():
            kind = FAMILIES[family].difficulty
            cells = [text(MEASURES[0].cell(self.of(family, policy))) for policy in self.policies]
            goal = f"{MEASURES[0].goals[kind]:g}"
            table.add_row(family, kind, str(self.missed(family)), goal, *cells)
        return table


def _goal(measure: Measure, kind: str) -> str:
    goal = measure.goals.get(kind)
    if goal is None:
        return ""
    if measure.worse == "outside":
        return f"{goal - 2:g}-{goal + 2:g}"
    return f"{'<=' if measure.worse == 'over' else '>='} {goal:g}"


def text(cell: Cell, *, sign: bool = False) -> str:
    """`6.9 ±0.3`; `-` where there is nothing to say."""
    value, error = cell
    if np.isnan(value):
        return "-"
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    written = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    return written if np.isnan(error) else f"{written} ±{error:.{digits}f}"
