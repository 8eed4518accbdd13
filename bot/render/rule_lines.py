"""What a rule asks, in words: `CPA: over 1.3 times its target`; the same for any line it may have.

Thresholds are said as the table has them: from the lowest to the highest of the cells it speaks in.

Sentences about what holds advice back: a line that does not hold, a guard, a detector.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.advice.rules.condition import THRESHOLD, Condition, Line, Name, Number, Term, TermSum
from bot.render.catalogue import N_
from bot.render.certainty_words import SIGNS
from bot.render.escaping import Words, mark
from bot.render.lexicon import NOUNS
from bot.render.phrases import Phrases

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
# What goes on below a campaign; asked about and answered in the same words.
PARTS: Mapping[str, str] = {
    "keyword_waste": N_("money a week that keywords waste"),
    "term_waste": N_("money a week that searches waste"),
    "page_loss": N_("money a week for a page that broke"),
    "ad_loss": N_("money a week that tired ads cost"),
    "misfit_cost": N_("money a week where the message does not fit"),
    "quality_cost": N_("money a week that goes with low quality scores"),
}
SIGNAL_QUESTIONS: Mapping[str, str] = {
    "brand_results": N_("Results of brand campaigns"),
    "brand_results_before": N_("results of brand campaigns before"),
    "days_since_budget_change": N_("Mornings since the budget changed"),
    **PARTS,
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

    def _either(self, alternatives: Sequence[Words]) -> Words:
        sentence = alternatives[-1]
        for alternative in reversed(alternatives[:-1]):
            sentence = self.speech.say(
                N_("%(first)s, or %(second)s"), first=alternative, second=sentence
            )
        return sentence

    def _line(self, line: Line, cells: Cells) -> Words:
        say = self.speech.say
        if line.text in WHOLES:
            return say(WHOLES[line.text])
        if _none(line) and isinstance(line.left, Name) and line.left.metric in NOUNS:
            return say(N_("No %(results)s"), results=self.phrases.plural(line.left.metric))
        line = self._as_price(line)
        metric = line.left.metric if isinstance(line.left, Name) else ""
        left_side = self._term(line.left, "", cells, leading=True)
        return say(SIDES[line.sign], left=left_side, right=self._term(line.right, metric, cells))

    def _as_price(self, line: Line) -> Line:
        """`spend > 1.3 * cpa.target * conversions` is `cpa > 1.3 * cpa.target`."""
        if line.left != Name("spend", "now"):
            return line
        right = list(_factors(line.right))
        for price in right:
            price_metric = (
                self.phrases.metrics.get(price.metric) if isinstance(price, Name) else None
            )
            counted = (
                Name(price_metric.over or "", "now")
                if price_metric and price_metric.sum == "spend"
                else None
            )
            if price_metric and counted in right and price_metric.scale == 1:
                right.remove(counted)
                return Line(Name(price_metric.name, "now"), line.sign, _product(right))
        return line

    def _term(self, term: Term, metric: str, cells: Cells, *, leading: bool = False) -> Words:
        """A side of a line, seen from the metric it is `metric`; `leading`: it begins the line."""
        if _constant(term):
            return mark(self._number(term, metric, cells))
        if isinstance(term, TermSum) and term.sign != "*":
            operands = (
                self._term(term.left, "", cells, leading=leading),
                self._term(term.right, "", cells),
            )
            sign = N_("%(left)s + %(right)s") if term.sign == "+" else N_("%(left)s − (%(right)s)")
            return self.speech.say(sign, left=operands[0], right=operands[1])
        factors = list(_factors(term))
        parts = [self._part(factor, metric, cells, leading=leading) for factor in factors
                 if not _constant(factor)]  # fmt: skip
        numbers = [factor for factor in factors if _constant(factor)]
        product = parts[0]
        for part in parts[1:]:
            product = self.speech.say(N_("%(left)s × %(right)s"), left=product, right=part)
        return self._times(_product(numbers), product, cells) if numbers else product

    def _times(self, number: Term, of: Words, cells: Cells) -> Words:
        """`1.3 times its target`, `75 % of before`."""
        low, high = _span(number, cells)
        if high < 1:
            share = self._between(self.phrases.forms.percent(low), self.phrases.forms.percent(high))
            return self.speech.say(N_("%(share)s of %(of)s"), share=share, of=of)
        times = self._between(self.phrases.forms.number(low), self.phrases.forms.number(high))
        return self.speech.say(N_("%(times)s times %(of)s"), times=times, of=of)

    def _part(self, term: Term, line_metric: str, cells: Cells, *, leading: bool) -> Words:
        if not isinstance(term, Name):
            return self.speech.say(N_("(%(term)s)"), term=self._term(term, "", cells))
        say, metric = self.speech.say, term.metric
        if metric == line_metric and term.window in OWN:
            return say(OWN[term.window])
        named = SIGNAL_QUESTIONS.get(metric) or SIGNS.get(metric)
        title = say(named) if named else self.phrases.title(metric)
        title = title if named or leading else self.phrases.noun(metric)
        return say(OTHER[term.window], title=title) if term.window in OTHER else title

    def _number(self, term: Term, metric: str, cells: Cells) -> Words | str:
        low, high = _span(term, cells)
        if self.phrases.unit(metric) == "share" and metric in self.phrases.metrics:
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
    if isinstance(term, TermSum):
        return _constant(term.left) and _constant(term.right)
    return isinstance(term, Number) or term.metric == THRESHOLD


def _factors(term: Term) -> Iterator[Term]:
    if isinstance(term, TermSum) and term.sign == "*":
        yield from _factors(term.left)
        yield from _factors(term.right)
    else:
        yield term


def _product(terms: Sequence[Term]) -> Term:
    product = terms[0]
    for term in terms[1:]:
        product = TermSum(product, "*", term)
    return product


def _span(term: Term, cells: Cells) -> tuple[float, float]:
    values = [_value(term, cell) for cell in cells]
    return min(values), max(values)


def _value(term: Term, cell: Mapping[str, float]) -> float:
    """A constant in one cell of the table."""
    if isinstance(term, Number):
        return term.value
    if isinstance(term, Name):
        return float(cell[term.window])
    left_value, right = _value(term.left, cell), _value(term.right, cell)
    return {"+": left_value + right, "-": left_value - right, "*": left_value * right}[term.sign]


NOT = {
    "<": N_("%(name)s %(left)s is not under %(right)s."),
    "<=": N_("%(name)s %(left)s is over %(right)s."),
    ">": N_("%(name)s %(left)s is not over %(right)s."),
    ">=": N_("%(name)s %(left)s is under %(right)s."),
}
UNANSWERED = {
    "response_known": N_("Nobody has seen yet what more money brings here: only a test tells.")
}
"""Lines that are a yes or no, as a sentence where they do not hold."""
GUARDS: Mapping[tuple[str, str], str] = {
    ("not_sure", ""): N_("Not sure enough: %(sure)s, the rule asks for %(needed_sure)s."),
    ("false_discovery", ""): N_(
        "%(sure)s sure, but of everything likely this morning %(wrong)s would be wrong with it; at "
        "most %(most_wrong)s may be."
    ),
    ("false_discovery", "looked"): N_(
        "Among the %(looked)s looks of a week chance makes such a sign as well: it waits to be "
        "surer."
    ),
    ("for", ""): N_("True for %(mornings)s of the %(needed)s mornings in a row it must be."),
    ("cooldown", "until"): N_("Quiet until %(until)s: %(verb)s on %(answered_on)s."),
    ("cooldown", ""): N_(
        "Cooldown: its budget was changed %(days_since_budget_change)s ago, and it is left alone "
        "for %(cooldown)s."
    ),
    ("answered", "until"): N_("Silent until %(until)s: %(verb)s on %(answered_on)s."),
    ("answered", ""): N_("Silent: %(verb)s on %(answered_on)s."),
    ("learning", ""): N_(
        "Learning: its budget was changed %(days_since_budget_change)s ago, with "
        "%(results_since_change)s results since; it is left alone for %(learning_days)s or until "
        "%(learning_results)s results."
    ),
    ("muted", ""): N_("“%(by)s” comes first."),
    ("tracking", ""): N_("Tracking first: “%(by)s”."),
    ("late_data", ""): N_("Its numbers are late: “%(by)s”."),
    ("delivery", "idle_days"): N_("It has spent nothing for %(idle_days)s: nothing to move."),
    ("delivery", ""): N_("It uses %(used)s of its budget; more money needs at least %(least)s."),
    ("captured", ""): N_("Its demand was there anyway (brand, retargeting): no more money there."),
    ("recovering", ""): N_(
        "Results were lost %(clean_days)s ago; its budget is left alone for %(recovery_days)s "
        "after."
    ),
    ("shared_budget", ""): N_(
        "It shares its budget (%(shared_budget)s) with others: a change would move them too."
    ),
    ("floor", "taken"): N_(
        "The stage keeps its floor: %(taken)s a day would be taken, at most %(most)s may."
    ),
    ("floor", ""): N_("It keeps its floor: %(floor)s of %(daily_budget)s a day."),
    ("step", ""): N_("The step would be too small to notice, of %(daily_budget)s a day."),
    ("no_pair", ""): N_("One more result costs about as much here as in campaigns of its kind."),
    ("margin", ""): N_(
        "An average does not say what one more result costs. Against campaigns of its kind that is "
        "%(sure)s sure; asked for is %(needed_sure)s."
    ),
    ("shifted", ""): N_("A shift has set its budget (“%(by)s”): it is left to that."),
    ("unknown_budget", ""): N_("Its daily budget is not known."),
    ("credited", ""): N_(
        "%(given_back)s was given back in four weeks, so nobody knows what its results cost: its "
        "budget is left alone."
    ),
    ("far_target", "target_price"): N_(
        "Its target (%(target_price)s) is far off what a result costs (%(actual_price)s): was it "
        "meant so? No budget moves by it until the plan says another."
    ),
    ("far_target", ""): N_(
        "Its target (%(target)s) is far off what it is (%(actual)s): was it meant so? No budget "
        "moves by it until the plan says another."
    ),
    ("guessed", ""): N_(
        "What it is for is a guess: money is moved when somebody has agreed to it."
    ),
    ("thriving", ""): N_(
        "A result costs well under its target, and no more than before: the ad is left alone."
    ),
    ("too_small", ""): N_(
        "It is about %(stake)s a week; advice begins at %(least_stake)s in this account."
    ),
    ("one_a_day", "instead"): N_("One piece of advice a day: “%(instead)s” weighs more."),
    ("one_a_day", ""): N_("One piece of advice a day: another one weighs more."),
}
SIGNAL_ANSWERS: Mapping[str, str] = {
    **PARTS,
    "outage": N_("results that clicks foretell but nobody counted"),
    "outage_days": N_("days since anything was counted"),
    "outage_clicks": N_("clicks since anything was counted"),
    "spend_vs_budget": N_("yesterday's spend in daily budgets"),
    "spend_vs_usual": N_("yesterday's spend against its usual weekday"),
    "unit_jump": N_("its price in times of what it was"),
    "unit_days": N_("days it has cost that"),
    "spend_excess": N_("yesterday's spend beyond a usual day's"),
    "spend_swing": N_("how far its days go by themselves, in usual days"),
    "month_used": N_("the month's spend in monthly budgets"),
    "stopped_days": N_("days in a row without a showing"),
    "silent_days": N_("days in a row without numbers"),
    "usual_share": N_("its usual share of the account's spend"),
    "usual_showings": N_("its usual showings a day"),
    "unreported_days": N_("days without results reported"),
    "unvalued_days": N_("days without their value reported"),
    "uncosted_days": N_("days without spend reported"),
    "uncounted_clicks": N_("clicks without any result ever counted"),
    "uncounted_days": N_("days those clicks came on"),
    "late_days": N_("days the account is late"),
    "own_late_days": N_("days the campaign is late"),
    "fatigue": N_("signs of fatigue"),
    "ctr_fall": N_("the fall of the click rate"),
    "frequency_rise": N_("the rise of showings a person"),
    "clicks_lost": N_("the share of clicks a showing has lost"),
    "market_cpm": N_("what showings cost in its market against before"),
    "cost_break": N_("signs that results suddenly cost more"),
    "cost_relief": N_("signs that results suddenly cost less"),
    "silence": N_("how surely it is not chance that nothing is counted"),
    "account_loss": N_("how surely the whole account counts too little"),
    "tag_fault": N_("how surely results are lost though visits hold"),
    "page_fault": N_("how surely clicks bring less than before"),
    "counted_double": N_("how surely results are counted twice"),
    "new_level": N_("how surely what a click brings is at a new level"),
    "level_rate": N_("what a click brings at its new level, as a share"),
    "level_days": N_("days at the new level"),
    "level_paid": N_("what money brings at that level, as a share"),
    "showings_fault": N_("how surely money buys fewer showings"),
    "audience_fault": N_("how surely showings reach fewer people"),
    "gap_days": N_("days in a row that were missing before"),
    "days_since_budget_change": N_("days since the budget changed"),
    "budget_change": N_("the size of the budget change"),
    "results_since_change": N_("results since the budget changed"),
    "results": N_("results of 14 days"),
    "age_days": N_("days since its first numbers"),
    "pace": N_("the month's spend as a share of its budget"),
    "pace_gone": N_("the share of the month that is over"),
    "pace_lands": N_("where the month lands, as a share of its budget"),
    "pace_low": N_("where the month lands at least"),
    "pace_high": N_("where the month lands at most"),
    "pace_days_left": N_("days left of the month"),
    "pace_budget": N_("the month's budget"),
    "pace_spent": N_("the month's spend so far"),
    "pace_daily": N_("what a day costs as it goes"),
    "pace_needed": N_("what a day may cost from now on"),
    "reach_share": N_("the share of the money that goes to reach"),
    "reach_share_before": N_("the share that went to reach before"),
    "brand_results": N_("sales of brand and retargeting"),
    "brand_results_before": N_("their sales before"),
    "stage_spend": N_("the spend of the stage"),
    "stage_spend_before": N_("its spend before"),
    "stage_results": N_("the sales of the stage"),
    "stage_results_before": N_("its sales before"),
}
STATES = {
    "acknowledge": "acknowledged",
    "progress": "in_progress",
    "snooze": "snoozed",
    "dismiss": "dismissed",
}
OUTSIDE = N_("changed outside")
MONEY = frozenset(
    {
        "given_back",
        "target_price",
        "actual_price",
        "stake",
        "least_stake",
        "taken",
        "most",
        "floor",
        "daily_budget",
    }
)
DAYS = frozenset({
    "days_since_budget_change", "cooldown", "learning_days", "clean_days", "recovery_days",
    "idle_days",
})  # fmt: skip
