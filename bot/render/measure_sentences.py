"""Numbers as answers say them: `231 sales`, `342 kr a sale (CPA)`, `42 000 kr spent`.

And what a week or a month came to, in one sentence: its money and the price that matters most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.render import lexicon
from bot.render.catalogue import N_
from bot.render.escaping import Words, mark, words
from bot.render.page import TableCell
from bot.render.phrases import Phrases
from bot.render.values.digests import Digest, Kpi, Spent
from bot.render.values.measures import Condition, Measure, MeasureAnswer, Period, RankAnswer

MANY_TIMES = 1.95  # from so many on, two numbers are so many times each other
WHOLE = 10  # from so many on, what is foretold is a whole number
AMOUNTS = {
    "spend": N_("%(amount)s spent"),
    "revenue": N_("%(amount)s in revenue"),
    "profit": N_("%(amount)s left after ad spend"),
    "loss": N_("%(amount)s lost after ad spend"),
    "daily_budget": N_("a daily budget of %(amount)s"),
    "monthly_budget": N_("a monthly budget of %(amount)s"),
}
_ORDERS = {
    "most": N_("highest %(metric)s"),
    "least": N_("lowest %(metric)s"),
    "best": N_("best %(metric)s"),
    "worst": N_("worst %(metric)s"),
}
# Whether a number lies above, and whether it may be the number itself.
_CONDITIONS = {
    (True, False): N_("%(metric)s over %(bound)s"),
    (False, False): N_("%(metric)s under %(bound)s"),
    (True, True): N_("%(metric)s of at least %(bound)s"),
    (False, True): N_("%(metric)s of at most %(bound)s"),
}
_COUNT_CONDITIONS = {
    (True, False): N_("more than %(amount)s"),
    (False, False): N_("fewer than %(amount)s"),
    (True, True): N_("at least %(amount)s"),
    (False, True): N_("at most %(amount)s"),
}
_EACH = {1: N_("%(condition)s a day"), 7: N_("%(condition)s a week")}
_COUNTED = {"most": N_("most %(metric)s"), "least": N_("fewest %(metric)s")}


@dataclass(frozen=True)
class Measures:
    """The words of measured answers, in one language."""

    phrases: Phrases

    def whose(self, name: str) -> Words:
        """Whose number it is; everything together has a name too."""
        return mark(name) if name else self.phrases.speech.say(N_("All channels"))

    def figure(self, measure: Measure) -> str:
        """The bare number with its unit."""
        return self.shown(measure.value, measure.metric, measure.currency)

    def shown(self, value: float | None, metric: str, currency: str | None) -> str:
        """A value as it is read: money rounded, ratios with the digits to check them."""
        if metric in AMOUNTS:
            return self.phrases.forms.money(value, currency)
        money = self.phrases.unit(metric) == "money"
        formatter = self.phrases.figure if money else self.phrases.exact
        return formatter(value, metric, currency)

    def exactly(self, value: float | None, metric: str, currency: str | None) -> str:
        """A value somebody sets: money to its minor unit, where there is any."""
        is_money = metric in AMOUNTS or self.phrases.unit(metric) == "money"
        if is_money:
            return self.phrases.forms.budget(value, currency)
        return self.shown(value, metric, currency)

    def about(self, value: float | None, metric: str, currency: str | None) -> str:
        """A value that is foretold: nobody foretells a fraction of a sale."""
        counted = metric in lexicon.COUNTS and value is not None and value >= WHOLE
        return self.shown(round(value) if counted and value else value, metric, currency)

    def amount(self, measure: Measure) -> Words:
        """The number with what it is of."""
        return self.said(measure.value, measure.metric, measure.currency)

    def said(self, value: float | None, metric: str, currency: str | None) -> Words:
        """A number with what it is of."""
        say, figure_text = self.phrases.speech.say, self.shown(value, metric, currency)
        if value is None:
            return say(N_("no numbers of %(metric)s"), metric=self.noun(metric))
        if metric == "profit" and value < 0:
            figure_text = self.phrases.forms.money(-value, currency)
            metric = "loss"
        if metric in AMOUNTS:
            return say(AMOUNTS[metric], amount=figure_text)
        if metric in lexicon.COUNTS:
            return self.phrases.results(value, metric)
        if metric in lexicon.PRICES and metric not in {"frequency", "roas"}:
            price = self.phrases.price(value, metric, currency)
            return say(N_("%(price)s (%(metric)s)"), price=price, metric=self.noun(metric))
        return say(N_("%(metric)s %(value)s"), metric=self.phrases.title(metric), value=figure_text)

    def noun(self, metric: str) -> Words:
        """The metric's name inside a sentence."""
        if metric == "profit":
            return self.phrases.speech.say(N_("money left after ad spend"))
        if metric in lexicon.NOUNS:
            return self.phrases.plural(metric)
        return self.phrases.noun(metric)

    def heading(self, metric: str) -> Words:
        """The metric's name over a column."""
        noun = str(self.noun(metric))
        first = next((place for place, letter in enumerate(noun) if letter.isalpha()), 0)
        return Words(noun[:first] + noun[first : first + 1].upper() + noun[first + 1 :])

    def beside(self, lines: tuple[Measure, ...], whole: float | None = None) -> Words:
        """Numbers of several side by side: `Google 84 kr, Meta 91 kr and TikTok 39 kr`.

        Where their `whole` is said, with the share of it: `Google 84 kr (53 %)`.
        """
        parts = [str(words(mark(measure.name), mark(self.figure(measure)))) for measure in lines]
        if whole:
            shares = [self.phrases.forms.percent((line.value or 0.0) / whole) for line in lines]
            parts = [f"{part} ({share})" for part, share in zip(parts, shares, strict=True)]
        return Words(self.phrases.forms.listed(parts))

    def off_target(self, lines: tuple[Measure, ...]) -> Words:
        """Who is above or below a target, and by how much: `Generic (+177 %) and Brand (+3 %)`."""
        parts = [f"{mark(line.name)} ({self.phrases.change(line.over)})" for line in lines]
        return Words(self.phrases.forms.listed(parts))

    def when(self, period: Period) -> Words:
        """`last week (16–22 Nov)`, and without whom; a range is its days."""
        say, span = self.phrases.speech.say, self.phrases.forms.span(period.since, period.until)
        named = self.phrases.window(period.window)
        days = say(N_("%(window)s (%(span)s)"), window=named, span=span) if named else mark(span)
        if not period.without:
            return days
        names = Words(self.phrases.forms.listed([str(mark(name)) for name in period.without]))
        return say(N_("%(days)s, without %(names)s"), days=days, names=names)

    def headline(self, answer: MeasureAnswer, measure: Measure) -> Words:
        """What was asked, in one sentence."""
        say = self.phrases.speech.say
        values: dict[str, object] = {"name": self.whose(measure.name)}
        values |= {"amount": self.amount(measure), "when": self.when(answer.period)}
        if measure.metric == "profit" and measure.value is None:
            template = N_("%(name)s: what is left after ad spend is not known, %(when)s.")
            return say(template, name=values["name"], when=values["when"])
        if answer.of == "average":
            return say(N_("%(name)s: %(amount)s a day on average, %(when)s."), **values)
        if answer.of == "share" and answer.whole:
            share = (
                measure.value / answer.whole.value if measure.value and answer.whole.value else None
            )
            values["share"] = self.phrases.forms.percent(share, exact=share is not None)
            values["whole"] = self.amount(answer.whole)
            return say(N_("%(name)s: %(share)s, %(amount)s of %(whole)s, %(when)s."), **values)
        return say(N_("%(name)s: %(amount)s, %(when)s."), **values)

    def base(self, answer: MeasureAnswer, measure: Measure) -> Words:
        """What a ratio is over, where that makes a difference."""
        if measure.blended is not None:
            blended = self.shown(measure.blended, measure.metric, measure.currency)
            template = N_(
                "That is over the spend of campaigns that count it; over all, %(blended)s."
            )
            return self.phrases.speech.say(template, blended=blended)
        if measure.counted is None:
            return Words("")
        counted = self.shown(measure.counted, measure.metric, measure.currency)
        template = N_(
            "That is over all the spend; over the spend of campaigns that count it, %(counted)s."
        )
        return self.phrases.speech.say(template, counted=counted, metric=self.noun(answer.metric))

    def compared_with(self, period: Period) -> Words:
        """The days compared with, as a sentence ends on them: `the week before`."""
        return self.phrases.earlier(
            period.window, period.before_days, period.compared, period.since
        )

    def before(self, answer: MeasureAnswer, measure: Measure) -> Words:
        """The change against the days before."""
        if measure.metric == "profit" and measure.change is None and measure.before is not None:
            was = self.said(measure.before, "profit", measure.currency)
            compared = self.compared_with(answer.period)
            return self.phrases.speech.say(
                N_("Against %(was)s, %(before)s."), was=was, before=compared
            )
        if measure.change is None or measure.before is None:
            return Words("")
        template = N_("%(change)s against %(was)s, %(before)s.")
        return self.phrases.speech.say(
            template,
            change=self.phrases.changed(measure),
            was=self.shown(measure.before, measure.metric, measure.currency),
            before=self.compared_with(answer.period),
        )

    def settling(self, measure: Measure) -> Words:
        """What a number that was said comes to once late results are in; "" where they are."""
        if measure.settles is None:
            return Words("")
        metric = "revenue" if measure.metric == "profit" else measure.metric
        low, high = self.phrases.ends(measure.settles, metric, measure.currency)
        template = N_("About %(low)s to %(high)s once late results are in.")
        return self.phrases.speech.say(template, low=low, high=high)

    def so_far(self, measures: Sequence[Measure]) -> Words:
        """The first of some numbers that waits for late results, with what it comes to."""
        late = next((measure for measure in measures if measure.settles), None)
        if late is None:
            return Words("")
        amount = self.amount(late)
        return self.phrases.settling(amount, late.settles, late.metric, late.currency)

    def all_settling(self, measures: Sequence[Measure]) -> Words:
        """What each of several comes to once late results are in; "" where all are."""
        parts = [
            str(words(mark(late.name), self._between_ends(late)))
            for late in measures
            if late.settles
        ]
        if not parts:
            return Words("")
        template = N_("Once late results are in, about: %(stages)s.")
        return self.phrases.speech.say(template, stages=Words(self.phrases.forms.listed(parts)))

    def _between_ends(self, late: Measure) -> Words:
        low, high = self.phrases.ends(late.settles or (0.0, 0.0), late.metric, late.currency)
        return self.phrases.speech.say(N_("%(low)s to %(high)s"), low=low, high=high)

    def apart(self, answer: MeasureAnswer) -> Words:
        """How far two are apart: `Google is 85 % higher than Meta`; "" for others."""
        if answer.pair is None:
            return Words("")
        higher, lower = answer.pair
        times = (higher.value or 0.0) / (lower.value or 1.0)
        values = {"name": higher.name, "other": lower.name, "metric": self.noun(higher.metric)}
        if times >= MANY_TIMES:
            values["times"] = self.phrases.forms.number(times, 1)
            return self.phrases.speech.say(
                N_("%(name)s is %(times)s times as high as %(other)s."), **values
            )
        if round(times, 2) == 1:
            return Words("")
        share = self.phrases.forms.percent(times - 1)
        return self.phrases.speech.say(
            N_("%(name)s is %(share)s higher than %(other)s."), **values, share=share
        )

    def results(self, results: Sequence[Measure]) -> Words:
        """What came of money, each with its change.

        `212 sales (+3 %), 390 kr a sale (−2 %).`
        """
        parts = [str(self._with_change(measure)) for measure in results]
        return self.phrases.speech.say(N_("%(results)s."), results=Words(", ".join(parts)))

    def _with_change(self, measure: Measure) -> Words:
        amount = self.amount(measure)
        if measure.change is None:
            return amount
        change = self.phrases.changed(measure)
        return self.phrases.speech.say(N_("%(amount)s (%(change)s)"), amount=amount, change=change)

    def ranked(self, answer: RankAnswer) -> Words:
        """What is ranked: `highest ROAS`, `most sales`."""
        words = _COUNTED if answer.metric in lexicon.COUNTS else _ORDERS
        template = words.get(answer.order) or _ORDERS[answer.order]
        return self.phrases.speech.say(template, metric=self.noun(answer.metric))

    def columns(self, answer: RankAnswer) -> list[Words]:
        """The headings of further numbers in the table of a ranking."""
        return [self.heading(measure.metric) for measure in answer.beside[0]]

    def headings(self, answer: RankAnswer) -> Words:
        """Every number of such a table: `Spend, sales and CPA`."""
        metrics = [answer.metric, *(measure.metric for measure in answer.beside[0])]
        nouns = [str(self.noun(metric)) for metric in metrics]
        listed_nouns = self.phrases.forms.listed([str(self.heading(metrics[0])), *nouns[1:]])
        return Words(listed_nouns)

    def cells(self, measures: tuple[Measure, ...]) -> list[TableCell]:
        """Those of a line: as they sort, and as they are read."""
        return [
            TableCell(None if one.value is None else round(one.value, 4), self.figure(one))
            for one in measures
        ]

    def conditions(self, answer: RankAnswer, currency: str | None) -> Words:
        """What must hold: `CPA over 40 kr and fewer than 10 sales`."""
        bounds = answer.bounds
        if len(bounds) == 2 and bounds[0].even and bounds[0].metric == bounds[1].metric:
            return self._between(*bounds, currency)
        parts = [str(self._condition(condition, currency)) for condition in bounds]
        return Words(self.phrases.forms.listed(parts))

    def _between(self, low: Condition, high: Condition, currency: str | None) -> Words:
        """Both ends of a range in one: `ROAS between 2 and 3`."""
        money = currency if self.phrases.unit(low.metric) == "money" else None
        bounds = (self.shown(condition.number, low.metric, money) for condition in (low, high))
        template = N_("%(metric)s between %(low)s and %(high)s")
        return self._each(low, template, **dict(zip(("low", "high"), bounds, strict=True)))

    def _condition(self, condition: Condition, currency: str | None) -> Words:
        side = condition.above, condition.even
        if condition.metric in lexicon.COUNTS and condition.none:
            return self.phrases.results(0, condition.metric)
        if condition.metric in lexicon.COUNTS:
            amount = self.phrases.results(condition.number, condition.metric)
            return self._each(condition, _COUNT_CONDITIONS[side], amount=amount)
        money = currency if self.phrases.unit(condition.metric) == "money" else None
        bound = self.shown(condition.number, condition.metric, money)
        return self._each(condition, _CONDITIONS[side], bound=bound)

    def _each(self, condition: Condition, template: str, **values: object) -> Words:
        """The condition of a number, of each day or week where it is of these."""
        say = self.phrases.speech.say
        condition_words = say(template, metric=self.noun(condition.metric), **values)
        each = _EACH.get(condition.each)
        return say(each, condition=condition_words) if each else condition_words


MATTERS = ("convert", "act", "engage", "reach", "")


MOST_CURRENCIES = 2


class Periods:
    """Sentences about a week or a month, in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.say, self.forms = phrases, phrases.speech.say, phrases.forms

    def news(self, digest: Digest) -> Words:
        """`412 000 kr spent, 97 % of the budgets; 154 kr a sale (target 180, −4 % …).`."""
        money = [self._money(total) for total in digest.spent[:MOST_CURRENCIES]]
        if not money:
            return self.say(N_("there are no numbers of these days."))
        spent = words(*money, between="; ")
        kpi = self._kpi(digest)
        if kpi is None:
            return self.say(N_("%(spent)s."), spent=spent)
        return self.say(N_("%(spent)s; %(price)s."), spent=spent, price=self._price(kpi, digest))

    def _money(self, spent: Spent) -> Words:
        amount = self.forms.money(spent.amount, spent.currency)
        if spent.share is not None:
            text = N_("%(amount)s spent, %(share)s of the budgets")
            if not spent.whole:
                text = N_("%(amount)s spent, of the budgets there are %(share)s")
            return self.say(text, amount=amount, share=self.forms.percent(spent.share))
        if spent.change is not None:
            text = N_("%(amount)s spent (%(change)s)")
            return self.say(text, amount=amount, change=self.phrases.change(spent.change))
        return self.say(N_("%(amount)s spent"), amount=amount)

    def _kpi(self, digest: Digest) -> Kpi | None:
        """Of the stage nearest to a sale; of several currencies, the one told first."""
        first_currency = digest.spent[0].currency
        kpis = {row.stage: row.kpi for row in digest.stages
                 if row.kpi.value is not None and row.currency == first_currency}  # fmt: skip
        return next((kpis[stage] for stage in MATTERS if stage in kpis), None)

    def _price(self, kpi: Kpi, digest: Digest) -> Words:
        price = self.phrases.price(kpi.value, kpi.metric, kpi.currency)
        beside = list(self._beside(kpi, digest))
        if not beside:
            return price
        text = N_("%(price)s (%(beside)s)")
        return self.say(text, price=price, beside=words(*beside, between=", "))

    def _beside(self, kpi: Kpi, digest: Digest) -> Iterator[Words]:
        if kpi.target is not None:
            target = self.phrases.figure(kpi.target, kpi.metric)
            yield self.say(N_("target %(target)s"), target=target)
        if kpi.change is not None:
            month = N_("%(change)s on the month before")
            text = month if digest.form == "monthly" else N_("%(change)s on the week before")
            yield self.say(text, change=self.phrases.changed(kpi))
