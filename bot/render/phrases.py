"""Figures with their words: `342 kr a sale`, `231 sales`, `+9 %`, `since Thursday`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from bot.advice.evaluate.turning_points import Waiting
from bot.domain.advice import Advice
from bot.numbers.metrics.glossary import Metric
from bot.render import lexicon
from bot.render.catalogue import KINDS, N_, Speech
from bot.render.escaping import MISSING, Long, Words, mark, words
from bot.render.values.settling_number import SettlingNumber, change_of, changes_to

_FROM_PLAN = N_(
    "Target for %(title)s: %(given)s × %(rate)s = %(value)s, from the plan's %(source)s."
)
_FROM_BID = N_(
    "Target for %(title)s: %(given)s × %(rate)s = %(value)s, from the platform's %(source)s."
)


Ends = tuple[float, float]  # between which a number ends


class Phrases:
    """What templates and rule messages say of figures, in one language.

    Args:
        metrics: The glossary (rules/metrics.yml).
    """

    def __init__(self, speech: Speech, metrics: Mapping[str, Metric]) -> None:
        self.speech, self.forms, self.metrics = speech, speech.forms, metrics

    def several(self, name: str, others: int) -> Words:
        """A campaign by name, and how many more."""
        if not others:
            return mark(name)
        return self.speech.count(
            "%(name)s and %(n)s more", "%(name)s and %(n)s more", others, name=name
        )

    def everywhere(self, campaigns: int, account: str) -> Words:
        """A whole account, inside a sentence."""
        return self.speech.count(
            "the %(account)s account (%(n)s campaign)",
            "the %(account)s account (%(n)s campaigns)",
            campaigns,
            account=account,
        )

    def unit(self, metric: str) -> str:
        """The unit of a metric: money, count, share, ratio, times, days or score."""
        definition = self.metrics.get(metric)
        return definition.unit if definition else "ratio"

    def title(self, metric: str) -> Words:
        """A metric's name in the reader's language."""
        definition = self.metrics.get(metric)
        english = definition.title if definition else metric.replace("_", " ").capitalize()
        return mark(self.speech.translated(english))

    def noun(self, metric: str) -> Words:
        """A metric's name inside a sentence: `conversion rate`, but `CPA`."""
        title = str(self.title(metric))
        if title[2:3].islower():
            title = title[:1] + title[1:2].lower() + title[2:]
        return Words(title)

    def figure(self, value: float | None, metric: str, currency: str | None = None) -> str:
        """A metric's value by its unit, rounded for reading."""
        return self._by_unit(value, self.unit(metric), currency, exact=False)

    def exact(self, value: float | None, metric: str, currency: str | None = None) -> str:
        """A metric's value with every digit a person needs to check it."""
        return self._by_unit(value, self.unit(metric), currency, exact=True)

    def _by_unit(self, value: float | None, unit: str, currency: str | None, *, exact: bool) -> str:
        if value is None or not math.isfinite(value):
            return MISSING
        if unit == "money":
            return (self.forms.budget if exact else self.forms.money)(value, currency)
        if unit == "share":
            return self.forms.percent(value, exact=exact)
        return self.forms.number(value, 2 if exact else None)

    def price(self, value: float | None, metric: str, currency: str | None = None) -> Words:
        """A unit price with what it buys: `342 kr a sale`; any other metric by its title."""
        if not metric:
            return Words(MISSING)
        figure_text = self.figure(value, metric, currency)
        if self.unit(metric) == "times" and metric == "frequency" and value is not None:
            figure_text = self.times(value)
        if metric in lexicon.PRICES and value is not None:
            return self.speech.say(lexicon.PRICES[metric], amount=mark(figure_text))
        return words(self.title(metric), mark(figure_text))

    def moved(
        self,
        before: float | None,
        now: float | None,
        metric: str,
        currency: str | None = None,
    ) -> Words:
        """`312 → 455 kr a sale`; `$69 → $137 a sale` where the sign stands before."""
        if metric not in lexicon.MOVES:
            was, is_ = self.figure(before, metric, currency), self.figure(now, metric, currency)
            return self.speech.say(
                N_("%(title)s %(before)s → %(now)s"),
                title=self.title(metric), before=was, now=is_,
            )  # fmt: skip
        current = self.figure(now, metric, currency)
        was = self.lower(before, metric, currency)
        return self.speech.say(lexicon.MOVES[metric], before=was, now=current)

    def lower(self, value: float | None, metric: str, currency: str | None = None) -> str:
        """The first of two numbers: `312 → 455 kr`, `31 to 35 kr`, but `£31 to £35`."""
        text = self.figure(value, metric, currency)
        return self.figure(value, metric, None) if text[:1].isdigit() else text

    def settling(
        self, so_far: Words, ends: Ends | None, metric: str, currency: str | None
    ) -> Words:
        """`692 kr so far, about 480 to 540 kr once late results are in.`; "" where all are."""
        if ends is None:
            return Words("")
        template = N_("%(price)s so far, about %(low)s to %(high)s once late results are in.")
        low, high = self.ends(ends, metric, currency)
        return self.speech.say(template, price=so_far, low=low, high=high)

    def ends(self, ends: Ends, metric: str, currency: str | None) -> tuple[str, str]:
        """Two numbers between which something ends: `480` and `540 kr`; a count in whole ones."""
        low, high = (round(end) if metric in lexicon.COUNTS else end for end in ends)
        return self.lower(low, metric, currency), self.figure(high, metric, currency)

    def results(self, value: float | None, metric: str) -> Words:
        """`231 sales`; "–" where missing."""
        if value is None or not math.isfinite(value):
            return words(self.title(metric), MISSING)
        if metric not in lexicon.COUNTS:
            return words(self.title(metric), self.figure(value, metric))
        return self.speech.count(*lexicon.COUNTS[metric], _shown(value))

    def needed(self, value: float | None, metric: str) -> Words:
        """`six more leads needed`, as a number."""
        if value is None or metric not in lexicon.NEEDED:
            return self.speech.say(N_("more data needed"))
        return self.speech.count(*lexicon.NEEDED[metric], max(1, math.ceil(value)))

    def follows(self, advice: Advice) -> list[Words]:
        """Where targets come from that nobody stated: `450 kr × 3.1 % = 13.95 kr`."""
        notes: Any = advice.numbers.get("derived") or {}
        bid = advice.numbers.get("target_from") == "platform"
        lines = [self._follows(note, advice.currency, bid=bid) for note in notes.values()]
        if bid:
            text = N_("The plan has no target: the platform's own bid target stands in.")
            lines.append(self.speech.say(text))
        return lines

    def _follows(self, note: Mapping[str, Any], currency: str | None, *, bid: bool) -> Words:
        say, forms = self.speech.say, self.forms
        title, value = self.title(note["metric"]), forms.budget(note["value"], currency)
        if note["source"] == "peers":
            text = N_("Target for %(title)s: %(value)s, what %(n)s campaigns alike pay.")
            return say(text, title=title, value=value, n=forms.number(note["peers"]))
        small = note["rate"] < 1
        rate = forms.percent(note["rate"], exact=True) if small else forms.number(note["rate"], 2)
        is_metric = note["source"] in self.metrics
        source = self.title(note["source"]) if is_metric else mark(note["source"])
        text = _FROM_BID if bid else _FROM_PLAN
        stated = forms.budget(note["given"], currency)
        return say(text, title=title, given=stated, rate=rate, value=value, source=source)

    def lacking(self, waiting: Waiting) -> Words:
        """`12 of 30 leads; 1.5 a day: enough in 12 days, on 5 December.`, or not within 42 days."""
        number, say = self.forms.number, self.speech.say
        values = {
            "have": number(waiting.have),
            "need": self.results(waiting.need, waiting.metric),
            "rate": number(waiting.per_day, None if waiting.per_day else 0),
        }
        if waiting.days is not None and waiting.on:
            text = N_("%(have)s of %(need)s; %(rate)s a day: enough in %(days)s, on %(on)s.")
            return say(
                text, **values, days=self.days(waiting.days), on=self.forms.long_day(waiting.on)
            )
        text = N_("%(have)s of %(need)s; %(rate)s a day: not enough within 42 days.")
        return say(text, **values)

    def days(self, value: float | None) -> Words:
        """`4 days`."""
        return self.results(None if value is None else max(1, round(value)), "days")

    def times(self, value: float | None) -> Words:
        """`5.2 times`."""
        if value is None or not math.isfinite(value):
            return Words(MISSING)
        number = round(value, 1)
        return self.speech.count("%(n)s time", "%(n)s times", number)

    def sure(self, confidence: float) -> Words:
        """How sure: `94 %`; never a hundred, because nothing measured is."""
        if confidence > 0.99:
            return self.speech.say(N_("over %(share)s"), share=self.forms.percent(0.99))
        return mark(self.forms.percent(confidence))

    def change(self, fraction: float | None) -> str:
        """`+9 %`, `−31 %`."""
        return self.forms.percent(fraction, signed=True)

    def changed(self, number: SettlingNumber) -> Words:
        """`+9 %` since before; `−42 % to −6 %` where results still to come leave it so open."""
        ends = changes_to(number)
        if ends is None:
            return mark(self.change(change_of(number)))
        return self.between_changes(*ends)

    def between_changes(self, least: float, most: float) -> Words:
        """`−42 % to −6 %`; one of them where they read alike."""
        low, high = self.change(least), self.change(most)
        if low == high:
            return mark(low)
        return self.speech.say(N_("%(low)s to %(high)s"), low=low, high=high)

    def since(self, day: date, as_of: date) -> Words:
        """`since Thursday`, further back with the date."""
        return self.speech.say(N_("since %(day)s"), day=self.near(day, as_of))

    def near(self, day: date, as_of: date) -> str:
        """`Thursday`, further back `14 November`, with the year where it is another one."""
        if 0 < (as_of - day).days < 7:
            return self.forms.weekday(day)
        return (self.forms.long_day if day.year == as_of.year else self.forms.dated)(day)

    def window(self, name: str) -> Words:
        """`last 7 days`; a range has no name and gives ""; what it is compared with is no part."""
        name = name.partition(" vs ")[0]
        template = lexicon.WINDOWS.get(name)
        if template:
            return self.speech.say(template)
        if name.endswith("d") and name[:-1].isdigit():
            return self.speech.count("last %(n)s day", "last %(n)s days", int(name[:-1]))
        return Words("")

    def earlier(
        self,
        name: str,
        days: int,
        compared: tuple[date, date] | None = None,
        since: date | None = None,
    ) -> Words:
        """What a window is compared with: `the week before`, `on Sat 7 Nov`, `in 1–7 Oct`.

        `since`: The first day they are compared with; of another year, the year is said.
        """
        year = bool(compared and since and compared[0].year != since.year)
        if compared and compared[0] == compared[1]:
            day = self.forms.span(*compared, year=year)
            return self.speech.say(N_("on %(day)s"), day=day)
        if compared:
            return self.speech.say(N_("in %(span)s"), span=self.forms.span(*compared, year=year))
        template = lexicon.BEFORE.get(name) or (lexicon.BEFORE["7d"] if days == 7 else "")
        if template:
            return self.speech.say(template)
        return self.speech.count("the day before", "the %(n)s days before", days)

    def word(self, kind: str, name: str) -> Words:
        """A word of one of the lexicon's lists, itself where it is unknown."""
        template = getattr(lexicon, kind).get(name)
        return self.speech.say(template) if template else mark(name)

    def stands(self, verdicts: Iterable[str]) -> Words:
        """What each verdict means, a sentence each, in the order they come up."""
        kinds = dict.fromkeys(verdict.partition(":")[0] for verdict in verdicts)
        known = (lexicon.VERDICT_MEANS[kind] for kind in kinds if kind in lexicon.VERDICT_MEANS)
        return words(*map(self.speech.say, known))

    def plural(self, metric: str) -> Words:
        """What a count counts: `sales`; "results" where nobody knows."""
        return self.speech.say(lexicon.NOUNS.get(metric, lexicon.NOUNS[""]))

    def unknown(self, kind: str, typed_name: str) -> Words:
        """A name nobody knows, as a sentence."""
        template = KINDS.get(kind, N_("I don't know %(given)s."))
        return self.speech.say(template, given=typed_name)

    def long(self, value: object) -> Long:
        """A value that may be longer than a name."""
        return Long(str(value))

    def told(self, message: str) -> Long:
        """A rule's title or reason, or an error's sentence, in the reader's language."""
        return Long(self.speech.translated(message))


def _shown(value: float) -> float:
    """The number that decides between singular and plural: as it will be read."""
    return round(value) if abs(value) >= 20 else round(value, 2)
