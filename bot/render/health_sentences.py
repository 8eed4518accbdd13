"""What is wrong with an account's numbers, in a sentence each, with the way out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time

from bot.domain.attribution import windows
from bot.numbers.source_health import FeedFault
from bot.render.catalogue import N_, NN_
from bot.render.escaping import Words, mark, words
from bot.render.not_known import Complaints
from bot.render.phrases import Phrases
from bot.render.values.news import ResultWindows, ShownFault

MOST_SPANS = 4
WINDOWS = {
    "click": NN_("within %(n)s day of a click", "within %(n)s days of a click"),
    "engaged": NN_("within %(n)s day of watching", "within %(n)s days of watching"),
    "view": NN_("within %(n)s day of being seen", "within %(n)s days of being seen"),
}
KINDS = {"number": N_("numbers"), "text": N_("text"), "day": N_("days"), "time": N_("times")}
"""What a column of a warehouse may hold."""


class HealthSentences:
    """Sentences about sources, in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.speech, self.forms = phrases, phrases.speech, phrases.forms
        self.complaints = Complaints(self.speech)

    def sentence(self, shown: ShownFault) -> Words:
        """What is wrong and what to do about it."""
        sentences: dict[str, Callable[[ShownFault], Words]] = {
            "failed": self._failed,
            "late": self._late,
            "partial": self._partial,
            "scaled": self._scaled,
            "hours": self._hours,
            "gap": self._gap,
            "double": self._double,
            "restated": self._restated,
            "schema": self._schema,
        }
        return sentences[shown.fault.kind](shown)

    def counted(self, counted: ResultWindows) -> Words:
        """Within how many days results are counted, and what that was before it was changed."""
        now = self._windows(counted.now)
        if counted.since is None:
            return self.speech.say(N_("Results are counted %(windows)s."), windows=now)
        text = N_(
            "Results are counted %(windows)s since %(day)s, and %(before)s before: prices from "
            "before and after that day are no measure of each other."
        )
        day, before = self.forms.day(counted.since), self._windows(counted.before)
        return self.speech.say(text, windows=now, day=day, before=before)

    def _windows(self, setting: str) -> Words:
        """`click:7 view:1` as a person reads it."""
        parts = [self.speech.count(*WINDOWS[after], days) for after, days in windows(setting)]
        if parts:
            return mark(self.forms.listed(parts))
        return self.speech.say(N_("within windows that differ between campaigns or their parts"))

    def _failed(self, shown: ShownFault) -> Words:
        since, error = shown.fault.since, self.complaints.failure(shown.fault.error)
        if since is None:
            fact = self.speech.say(N_("*No numbers from %(source)s.*"), source=shown.name)
        else:
            text = N_("*No new numbers from %(source)s* since %(day)s.")
            fact = self.speech.say(text, source=shown.name, day=self.forms.day(since))
        return words(fact, error)

    def _late(self, shown: ShownFault) -> Words:
        text = N_("*%(channel)s is late:* numbers end on %(day)s, so nothing is advised there.")
        day = self._day(shown.fault.since)
        fact = self.speech.say(text, channel=shown.name, day=day)
        way = N_("Pull or import what is missing: %(days)s.")
        return words(fact, self.speech.say(way, days=self.spans(shown.fault.spans)))

    def _partial(self, shown: ShownFault) -> Words:
        fault, days = shown.fault, self.spans(shown.fault.spans)
        if fault.hour is not None:
            text = N_(
                "*%(name)s is not complete* on %(days)s: it was exported at %(hour)s, before the "
                "day was over. Pull or import the whole day."
            )
            hour = self.forms.clock(time(fault.hour))
            return self.speech.say(text, name=shown.name, days=days, hour=hour)
        text = N_(
            "*%(name)s is not complete* on %(days)s: %(lacking)s of %(expected)s campaigns have no "
            "row."
        )
        if fault.size:
            text = N_(
                "*%(name)s is not complete* on %(days)s: %(lacking)s of %(expected)s campaigns "
                "have no row, about %(share)s of its usual spend."
            )
        fact = self.speech.say(
            text,
            name=shown.name,
            days=days,
            lacking=self.forms.number(fault.count, 0),
            expected=self.forms.number(fault.of, 0),
            share=self.forms.percent(round(fault.size or 0, 2)),
        )
        way = N_("If they were not paused, pull or import that again.")
        return words(fact, self.speech.say(way))

    def _scaled(self, shown: ShownFault) -> Words:
        fault, days = shown.fault, self.spans(shown.fault.spans)
        campaigns = self.speech.count("%(n)s campaign", "%(n)s campaigns", fault.count)
        if (fault.size or 0) > 1:
            text = N_(
                "*%(name)s has everything twice* on %(days)s: spend, showings and clicks of "
                "%(campaigns)s are double the usual, all alike. Was that exported or imported "
                "twice? Sums and prices hold it as it is until those days are imported again."
            )
            return self.speech.say(text, name=shown.name, days=days, campaigns=campaigns)
        text = N_(
            "*%(name)s may not be complete* on %(days)s: %(campaigns)s have about %(share)s of "
            "what such a day usually has, all alike. Was it exported before the day was over, or "
            "did all ads stop during it? In the first case import it again."
        )
        share = self.forms.percent(round(fault.size or 0, 2))
        return self.speech.say(text, name=shown.name, days=days, campaigns=campaigns, share=share)

    def _hours(self, shown: ShownFault) -> Words:
        fault, days = shown.fault, self.spans(shown.fault.spans)
        text = N_(
            "*%(name)s lacks hours* on %(days)s: there are %(count)s of %(whole)s. What ran in the "
            "others is in no sum. Export that again."
        )
        if len(fault.spans) > 1 or fault.spans[0][0] < fault.spans[0][1]:
            text = N_(
                "*%(name)s lacks hours* on %(days)s, which the days beside them have: the first "
                "has %(count)s of %(whole)s. What ran in the others is in no sum. Export them "
                "again."
            )
        hours = {"count": fault.count, "whole": fault.of}
        numbers = {word: self.forms.number(count, 0) for word, count in hours.items()}
        return self.speech.say(text, name=shown.name, days=days, **numbers)

    def _gap(self, shown: ShownFault) -> Words:
        text = N_(
            "*No numbers from %(name)s* on %(days)s (%(count)s): sums and changes leave them out. "
            "If ads ran then, import those days again."
        )
        days, count = self.spans(shown.fault.spans), self.phrases.days(shown.fault.count)
        return self.speech.say(text, name=shown.name, days=days, count=count)

    def _double(self, shown: ShownFault) -> Words:
        text = N_(
            "*%(copy)s brings the same numbers as %(original)s* for %(names)s: they are judged and "
            "counted once, as %(original)s's. Import one of the two."
        )
        names = self.speech.count("%(n)s campaign", "%(n)s campaigns", shown.fault.count)
        if shown.fault.within:
            text = N_(
                "*%(copy)s brings the same numbers twice* for %(names)s: another of its campaigns "
                "has them to the digit. They are judged and counted once. Was one exported twice?"
            )
            return self.speech.say(text, copy=shown.name, names=names)
        return self.speech.say(text, copy=shown.name, original=shown.original, names=names)

    def _restated(self, shown: ShownFault) -> Words:
        fault = shown.fault
        text = N_(
            "*%(name)s was corrected more than usual* on %(day)s: %(metric)s of %(days)s "
            "%(change)s; usually nothing changes."
        )
        if fault.usual:
            text = N_(
                "*%(name)s was corrected more than usual* on %(day)s: %(metric)s of %(days)s "
                "%(change)s; usually at most %(usual)s."
            )
        fact = self.speech.say(
            text,
            name=shown.name,
            day=self._day(fault.since),
            metric=self.phrases.noun(fault.metric),
            days=self.spans(fault.spans),
            change=self.phrases.change(fault.size),
            usual=self.forms.percent(fault.usual or 0),
        )
        way = N_(
            "Before you compare weeks, look there whether attribution or a conversion was changed."
        )
        return words(fact, self.speech.say(way))

    def _schema(self, shown: ShownFault) -> Words:
        """What lacks, what is of another type and what is new; and what to do where it matters."""
        fault, parts = shown.fault, []
        if fault.lost:
            text = N_("*%(name)s comes without %(columns)s* since %(day)s.")
            parts.append(self._of_columns(text, shown, fault.lost))
        if fault.added:
            added = self._listed([mark(name) for name in fault.added[:MOST_SPANS]])
            parts.append(self.speech.say(N_("New in it: %(columns)s."), columns=added))
        if fault.retyped:
            text = N_("*%(name)s has columns of another type* since %(day)s: %(columns)s.")
            columns = self._listed([self._retyped(*column) for column in fault.retyped])
            day = self._day(fault.since)
            parts.append(self.speech.say(text, name=shown.name, columns=columns, day=day))
        if fault.gained:
            text = N_("*%(name)s comes with %(columns)s* since %(day)s.")
            parts.append(self._of_columns(text, shown, fault.gained))
        way = self._way_back(fault)
        return words(*parts, *([self.speech.say(way)] if way else []))

    def _of_columns(self, text: str, shown: ShownFault, columns: Sequence[str]) -> Words:
        named = self._listed([self.phrases.noun(name) for name in columns])
        day = self._day(shown.fault.since)
        return self.speech.say(text, name=shown.name, columns=named, day=day)

    def _retyped(self, column: str, before: str, now: str) -> Words:
        kinds = {kind: self.speech.say(KINDS[kind]) for kind in (before, now)}
        text = N_("%(column)s (%(before)s before, %(now)s now)")
        return self.speech.say(
            text, column=self.phrases.noun(column), before=kinds[before], now=kinds[now]
        )

    @staticmethod
    def _way_back(fault: FeedFault) -> str:
        if fault.of_table and fault.lost:
            return N_(
                "Select it in the connector again, or read the table by a query of your own that "
                "names it."
            )
        if fault.lost:
            return N_(
                "Put it back in the report, or say what it is called now: perfbot import --map."
            )
        return N_("Check that its numbers still read right.") if fault.retyped else ""

    def spans(self, spans: Sequence[tuple[date, date]]) -> Words:
        """Days as spans, at most four by name: `3 May and 7–9 May`."""
        span_texts = [mark(self.forms.span(*span)) for span in spans[:MOST_SPANS]]
        if (extra := len(spans) - MOST_SPANS) > 0:
            span_texts.append(self.speech.count("%(n)s more", "%(n)s more", extra))
        return self._listed(span_texts)

    def _listed(self, parts: Sequence[Words]) -> Words:
        return Words(self.forms.listed([str(part) for part in parts]))

    def _day(self, day: date | None) -> str:
        return self.forms.day(day) if day else ""
