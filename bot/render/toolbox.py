"""What templates can call besides the page: words, figures, buttons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any

from bot.render import controls as elements
from bot.render import rule_messages as ruling
from bot.render.action_phrases import Deeds
from bot.render.catalogue import N_
from bot.render.certainty_words import Certain, Proof
from bot.render.change_sentences import SpendChange, Whys
from bot.render.charts import Trend, drawn
from bot.render.controls import AskingBack, Choices
from bot.render.detail_sentences import DetailSentences
from bot.render.escaping import MISSING, Words, bare, capital, channel, mark, words
from bot.render.glossary_words import Definitions
from bot.render.health_sentences import HealthSentences
from bot.render.measure_sentences import Measures, Periods
from bot.render.not_known import Complaints, Unknowns
from bot.render.number_formats import own_name
from bot.render.outcome_sentences import AppliedSentences, OutcomeSentences
from bot.render.page import TableCell
from bot.render.phrases import Phrases
from bot.render.plan_sentences import PlanSentences
from bot.render.rule_lines import Conditions
from bot.render.rule_messages import Lines
from bot.render.silence_sentences import WhyNots
from bot.render.standing_sentences import Standing
from bot.render.values.answers import MetricFigure
from bot.render.values.digests import Kpi, Moved
from bot.render.values.evidence import STEPS

_BUTTONS = (
    *("button", "way", "option", "menu", "ticks", "clock", "calendar", "box"),
    *("people", "places", "asked_twice"),
)
_PHRASES = (
    "lower",
    *(
        "figure",
        "exact",
        "price",
        "moved",
        "results",
        "needed",
        "lacking",
        "follows",
        "days",
        "times",
        "change",
        "changed",
        "plural",
        "stands",
    ),
    *("since", "near", "earlier", "window", "word", "told", "long", "unknown"),
    "sure",
)
_FORMS = (
    *("money", "budget", "number", "percent", "day", "heading_day", "long_day", "short_day"),
    *("weekday", "weekdays", "span", "rough"),
)


_OWN = (
    *("chart", "listed", "metrics", "changes", "guards", "causes"),
    *("mornings", "pairs_of", "stages", "comes", "language_name"),
    *("step_of", "amounts", "spans_of", "priced", "settling", "only"),
)
ONLY = {
    "client": N_("Only campaigns of %(names)s."),
    "channel": N_("Only campaigns on %(names)s."),
    "account": N_("Only advice about account %(names)s."),
    "stage": N_("Only advice about %(names)s."),
    "owner": N_("Only advice about campaigns of %(names)s."),
    "severity": N_("Only what is marked %(names)s."),
}
MARKED = {"urgent": N_("urgent"), "advise": N_("advise"), "watch": N_("watch")}


MOST_SPANS = 4


class Toolbox:
    """The functions of one language, by the names templates know them by."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.speech = phrases, phrases.speech
        self.rules = ruling.environment(phrases)
        self.deeds = Deeds(phrases, lambda advice: ruling.brief(advice, phrases, self.rules))
        self.standing = Standing(self.speech, self.deeds)
        self.outcome = OutcomeSentences(phrases)
        self.complaints = Complaints(self.speech)
        self.plans = PlanSentences(phrases)
        self.applied = AppliedSentences(phrases)
        self.health = HealthSentences(phrases)

    def tools(self) -> dict[str, Any]:
        """Everything, ready to be a Jinja environment's globals."""
        lines = Lines(self.phrases)
        tools: dict[str, Any] = {
            "_": self.speech.say,
            "ngettext": self.speech.count,
            "words": words,
            "ended": ended,
            "channel": channel,
            "capital": capital,
            "deed": self.deeds,
            "standing": self.standing,
            "outcome": self.outcome,
            "certain": Certain(self.phrases),
            "period": Periods(self.phrases),
            "plans": self.plans,
            "applied": self.applied,
            "compared": lines.compared,
            "turnings": lines.turnings,
            "condition": Conditions(self.phrases).said,
            "proof": Proof(self.phrases),
            "whys": Whys(self.phrases),
            "spending": SpendChange(self.phrases),
            "whynots": WhyNots(self.phrases),
            "measures": Measures(self.phrases),
            "parts": DetailSentences(self.phrases),
            "definitions": Definitions(self.phrases),
            "health": self.health,
            "kinds": AskingBack(self.speech),
            "unknowns": Unknowns(self.phrases, Measures(self.phrases)),
            "cell": cell,
            "metric": self.phrases.title,
            "time": self.speech.forms.clock,
        }
        tools |= {name: getattr(self, name) for name in _OWN}
        tools |= Choices(self.speech).tools()
        complaints = self.complaints
        tools |= {"complaint": complaints.complaint, "failure": complaints.failure}
        tools |= {name: getattr(self.phrases, name) for name in _PHRASES}
        tools |= {name: getattr(self.speech.forms, name) for name in _FORMS}
        return tools | {name: getattr(elements, name) for name in _BUTTONS}

    def chart(self, trend: Trend) -> dict[str, Any] | None:
        """A chart block, None where there is too little to draw."""
        return drawn(trend, self.phrases)

    def listed(self, items: Iterable[object]) -> Words:
        """Names in a row: `Google, Meta and LinkedIn`."""
        return Words(self.speech.forms.listed([str(mark(item)) for item in items]))

    def spans_of(self, spans: Sequence[tuple[date, date]]) -> Words:
        """Days as spans, at most four by name: `3 May and 7–9 May`."""
        named = [mark(self.speech.forms.span(*span)) for span in spans[:MOST_SPANS]]
        if (more := len(spans) - MOST_SPANS) > 0:
            named.append(self.speech.count("%(n)s more", "%(n)s more", more))
        return self.listed(named)

    def priced(self, kpi: Kpi) -> Words:
        """What a result costs, `342 kr a sale`; `no sales` where none came."""
        if kpi.nothing:
            return self.speech.say(N_("no %(results)s"), results=self.phrases.plural(kpi.nothing))
        return self.phrases.price(kpi.value, kpi.metric, kpi.currency)

    def settling(self, kpi: Kpi) -> Words:
        """What the price comes to once late results are in; "" where they are."""
        return self.phrases.settling(self.priced(kpi), kpi.settles, kpi.metric, kpi.currency)

    def amounts(self, figures: Sequence[MetricFigure]) -> Words:
        """Sums in a row, as they are read: `12 000 kr and 90 €`, `184 sales`."""
        return self.listed([self._amount(figure) for figure in figures])

    def _amount(self, figure: MetricFigure) -> Words:
        if self.phrases.unit(figure.metric) == "count":
            return self.phrases.results(figure.now, figure.metric)
        amount = mark(self.phrases.figure(figure.now, figure.metric, figure.currency))
        return (
            amount if figure.metric == "spend" else words(self.phrases.title(figure.metric), amount)
        )

    def metrics(self, names: Sequence[str]) -> Words:
        """Metrics' titles in a row."""
        return self.listed([self.phrases.noun(name) for name in names])

    def changes(self, moved: Moved) -> Words:
        """Factors and their changes, the weightiest first: `Conversion rate −31 %, CPM +6 %`."""
        change, other_changes = self.phrases.change, moved.others
        parts = [words(self.phrases.title(moved.factor), change(moved.factor_change))]
        parts += [words(self.phrases.noun(name), change(by)) for name, by in other_changes]
        return words(*parts, between=", ")

    def mornings(self, days: Sequence[int]) -> Words:
        """Weekdays as people say them: `every day`, `weekdays`, `Mon, Wed and Fri`."""
        day_phrases = {(1, 2, 3, 4, 5): N_("on weekdays"), (1, 2, 3, 4, 5, 6, 7): N_("every day")}
        template = day_phrases.get(tuple(sorted(days)))
        return self.speech.say(template) if template else mark(self.speech.forms.weekdays(days))

    def comes(self, form: str, days: Sequence[int], day: int, at: time) -> Words:
        """When a summary comes: `on weekdays at 07:30`, `every Monday …`, `on day 1 of …`."""
        clock = self.speech.forms.clock(at)
        if form == "monthly":
            template = N_("on day %(day)s of each month at %(at)s, about the month before")
            return self.speech.say(template, day=day, at=clock)
        if form == "weekly":
            template = N_("weekly, %(days)s at %(at)s, about the week before")
        else:
            template = N_("%(days)s at %(at)s")
        return self.speech.say(template, days=self.mornings(days), at=clock)

    def only(self, kind: str, names: Sequence[str]) -> Words:
        """What a subscription is limited to, of a kind."""
        if kind == "severity":
            listed = self.listed([self.speech.say(MARKED[name]) for name in names])
        else:
            listed = self.stages(names) if kind == "stage" else self.listed(names)
        return self.speech.say(ONLY[kind], names=listed)

    def stages(self, names: Sequence[str]) -> Words:
        """Stages in words; none are all of them."""
        if not names:
            return self.speech.say(N_("every stage"))
        return self.listed([self.phrases.word("STAGES", name) for name in names])

    def language_name(self, language: str) -> Words:
        """A language by its own name."""
        return mark(own_name(language))

    def guards(self, names: Sequence[str]) -> Words:
        """Guards that were passed, in words."""
        return self.listed([self.phrases.word("GUARDS", name) for name in names])

    def step_of(self, kind: str) -> Words:
        """A step of the event log in words; itself where there are none."""
        template = STEPS.get(kind)
        return self.speech.say(template) if template else mark(kind)

    def causes(self, parts: Sequence[Any], currency: str | None) -> Words:
        """Parts of a change in a unit price: `+9 kr from the conversion rate, …`."""
        return Words(", ".join(self._cause(part, currency) for part in parts) or MISSING)

    def pairs_of(self, figures: Sequence[MetricFigure]) -> list[tuple[Words, Words]]:
        """Names and exact values of figures, with the time before."""
        return [(self.phrases.title(figure.metric), self._figure(figure)) for figure in figures]

    def _figure(self, figure: MetricFigure) -> Words:
        now = self.phrases.exact(figure.now, figure.metric, figure.currency)
        if figure.before is None:
            return mark(now)
        before = self.phrases.exact(figure.before, figure.metric, figure.currency)
        return self.speech.say(N_("%(now)s (before: %(before)s)"), now=now, before=before)

    def _cause(self, part: Any, currency: str | None) -> Words:
        forms = self.speech.forms
        amount = forms.money(part.amount, currency)
        signed = f"+{amount}" if part.amount > 0 else amount
        cause = self.phrases.word("CAUSES", part.what)
        if part.name:
            template = N_("%(amount)s from %(cause)s (%(name)s)")
            return self.speech.say(template, amount=signed, cause=cause, name=part.name)
        return self.speech.say(N_("%(amount)s from %(cause)s"), amount=signed, cause=cause)


def cell(value: float | None, text: Words | str) -> TableCell:
    """A table's number: as it sorts, to four decimals, and as it is read."""
    shown = bare(text) if isinstance(text, Words) else text
    return TableCell(None if value is None else round(value, 4), shown)


def ended(text: Words) -> Words:
    """A sentence with its full stop, unless it ends by itself."""
    return text if bare(text).endswith((".", "?", "!")) else Words(f"{text}.")
