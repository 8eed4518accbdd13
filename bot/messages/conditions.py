"""What a rule asks, in words: `CPA: over 1.3 times its target`; the same for any line it may have.

Thresholds are said as the table has them: from the lowest to the highest of the cells it speaks in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.advice.condition import THRESHOLD, Condition, Line, Name, Number, Sum, Term
from bot.messages.detectors import SIGNS
from bot.messages.inert import Words, mark
from bot.messages.lexicon import NOUNS
from bot.messages.phrases import Phrases
from bot.messages.speech import N_

Cells = Sequence[Mapping[str, float]]
SIDES: Mapping[str, str] = {
    ">": N_("%(left)s: over %(right)s"),
    ">=": N_("%(left)s: at least %(right)s"),
    "<": N_("%(left)s: under %(right)s"),
    "<=": N_("%(left)s: at most %(right)s"),
}
WHOLES: Mapping[str, str] = {
    "threshold.captured >= 1": N_("Demand that was there already: brand or retargeting"),
    "response_known.now >= 1": N_("What its budget buys has been measured"),
    "response_known.now < 1": N_("What its budget buys has not been measured yet"),
}
SIGNALS: Mapping[str, str] = {
    "brand_results": N_("Results of brand campaigns"),
    "brand_results_before": N_("results of brand campaigns before"),
    "days_since_budget_change": N_("Mornings since the budget changed"),
    "gap_days": N_("days without a report that mean nothing here"),
    "pace_days_left": N_("Days left of the month"),
    "pace_gone": N_("the share of the month that is gone"),
    "pace_high": N_("Where the month lands at most, in budgets"),
    "pace_low": N_("Where the month lands at least, in budgets"),
    "reach_share": N_("Reach's share of the money"),
    "reach_share_before": N_("its share before"),
    "stage_results": N_("Results of the stage"),
    "stage_results_before": N_("the stage's results before"),
    "stage_spend": N_("Spend of the stage"),
    "stage_spend_before": N_("the stage's spend before"),
}
OWN: Mapping[str, str] = {
    "target": N_("its target"),
    "before": N_("what it was before"),
    "peers": N_("that of campaigns alike"),
}
OTHER: Mapping[str, str] = {
    "target": N_("the target for %(title)s"),
    "before": N_("%(title)s before"),
    "peers": N_("%(title)s of campaigns alike"),
}


class Conditions:
    """Lines of rules, in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.speech = phrases, phrases.speech

    def said(self, condition: Condition, cells: Cells) -> Words:
        """A condition in words; `cells` are the thresholds of each cell it speaks in."""
        if isinstance(condition, Line):
            return self._line(condition, cells)
        return self._either([self._line(line, cells) for line in condition.lines])

    def _either(self, told: Sequence[Words]) -> Words:
        found = told[-1]
        for one in reversed(told[:-1]):
            found = self.speech.say(N_("%(first)s, or %(second)s"), first=one, second=found)
        return found

    def _line(self, line: Line, cells: Cells) -> Words:
        say = self.speech.say
        if line.text in WHOLES:
            return say(WHOLES[line.text])
        if _none(line) and isinstance(line.left, Name) and line.left.metric in NOUNS:
            return say(N_("No %(results)s"), results=self.phrases.plural(line.left.metric))
        line = self._as_price(line)
        about = line.left.metric if isinstance(line.left, Name) else ""
        left = self._term(line.left, "", cells, first=True)
        return say(SIDES[line.sign], left=left, right=self._term(line.right, about, cells))

    def _as_price(self, line: Line) -> Line:
        """`spend > 1.3 * cpa.target * conversions` is `cpa > 1.3 * cpa.target`."""
        if line.left != Name("spend", "now"):
            return line
        right = list(_factors(line.right))
        for price in right:
            known = self.phrases.metrics.get(price.metric) if isinstance(price, Name) else None
            counted = Name(known.over or "", "now") if known and known.sum == "spend" else None
            if known and counted in right and known.scale == 1:
                right.remove(counted)
                return Line(Name(known.name, "now"), line.sign, _product(right))
        return line

    def _term(self, term: Term, about: str, cells: Cells, *, first: bool = False) -> Words:
        """A side of a line, seen from the metric it is `about`; `first`: it begins the line."""
        if _constant(term):
            return mark(self._number(term, about, cells))
        if isinstance(term, Sum) and term.sign != "*":
            told = self._term(term.left, "", cells, first=first), self._term(term.right, "", cells)
            sign = N_("%(left)s + %(right)s") if term.sign == "+" else N_("%(left)s − (%(right)s)")
            return self.speech.say(sign, left=told[0], right=told[1])
        factors = list(_factors(term))
        parts = [self._part(each, about, cells, first=first) for each in factors
                 if not _constant(each)]  # fmt: skip
        numbers = [each for each in factors if _constant(each)]
        whole = parts[0]
        for part in parts[1:]:
            whole = self.speech.say(N_("%(left)s × %(right)s"), left=whole, right=part)
        return self._times(_product(numbers), whole, cells) if numbers else whole

    def _times(self, number: Term, of: Words, cells: Cells) -> Words:
        """`1.3 times its target`, `75 % of before`."""
        low, high = _span(number, cells)
        if high < 1:
            share = self._between(self.phrases.forms.percent(low), self.phrases.forms.percent(high))
            return self.speech.say(N_("%(share)s of %(of)s"), share=share, of=of)
        times = self._between(self.phrases.forms.number(low), self.phrases.forms.number(high))
        return self.speech.say(N_("%(times)s times %(of)s"), times=times, of=of)

    def _part(self, term: Term, about: str, cells: Cells, *, first: bool) -> Words:
        if not isinstance(term, Name):
            return self.speech.say(N_("(%(term)s)"), term=self._term(term, "", cells))
        say, metric = self.speech.say, term.metric
        if metric == about and term.window in OWN:
            return say(OWN[term.window])
        named = SIGNALS.get(metric) or SIGNS.get(metric)
        title = say(named) if named else self.phrases.title(metric)
        title = title if named or first else self.phrases.noun(metric)
        return say(OTHER[term.window], title=title) if term.window in OTHER else title

    def _number(self, term: Term, about: str, cells: Cells) -> Words | str:
        low, high = _span(term, cells)
        if self.phrases.unit(about) == "share" and about in self.phrases.metrics:
            return self._between(self.phrases.forms.percent(low), self.phrases.forms.percent(high))
        return self._between(self.phrases.forms.number(low), self.phrases.forms.number(high))

    def _between(self, low: str, high: str) -> Words | str:
        return (
            low if low == high else self.speech.say(N_("%(low)s to %(high)s"), low=low, high=high)
        )


def _none(line: Line) -> bool:
    return line.sign == "<=" and line.right == Number(0.0)


def _constant(term: Term) -> bool:
    """Whether it is made of numbers and thresholds only."""
    if isinstance(term, Sum):
        return _constant(term.left) and _constant(term.right)
    return isinstance(term, Number) or term.metric == THRESHOLD


def _factors(term: Term) -> Iterator[Term]:
    if isinstance(term, Sum) and term.sign == "*":
        yield from _factors(term.left)
        yield from _factors(term.right)
    else:
        yield term


def _product(terms: Sequence[Term]) -> Term:
    found = terms[0]
    for term in terms[1:]:
        found = Sum(found, "*", term)
    return found


def _span(term: Term, cells: Cells) -> tuple[float, float]:
    found = [_value(term, cell) for cell in cells]
    return min(found), max(found)


def _value(term: Term, cell: Mapping[str, float]) -> float:
    """A constant in one cell of the table."""
    if isinstance(term, Number):
        return term.value
    if isinstance(term, Name):
        return float(cell[term.window])
    left, right = _value(term.left, cell), _value(term.right, cell)
    return {"+": left + right, "-": left - right, "*": left * right}[term.sign]
