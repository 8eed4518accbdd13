"""Evidence in words: a name and its value, side by side, as a section's fields take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.render.catalogue import N_
from bot.render.escaping import Words, mark
from bot.render.phrases import Phrases
from bot.render.values.evidence import AdviceEvidence, EvidenceRow, Side

Pair = tuple[Words, Words]


class Proof:
    """The numbers behind advice, in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.say, self.forms = phrases, phrases.speech.say, phrases.forms

    def days(self, evidence: AdviceEvidence) -> Words:
        """The days the numbers are of; "" where nobody knows."""
        if not evidence.since or not evidence.until:
            return Words("")
        span = self.forms.span(evidence.since, evidence.until)
        if not evidence.before or not evidence.sides:
            return self.say(N_("Numbers of %(span)s."), span=span)
        before = self.forms.span(*evidence.before)
        return self.say(
            N_("Numbers of %(span)s; “before” is %(before)s."), span=span, before=before
        )

    def pairs(self, rows: Sequence[EvidenceRow]) -> list[Pair]:
        """What a number is of, and the number against before and target."""
        return [(self._title(row), self._value(row)) for row in rows]

    def head(self, side: Side) -> Words:
        """Who gives or receives how much: `Generic gives 240 kr a day`."""
        if not side.more:
            return self.say(N_("*%(name)s*"), name=side.name)
        template = N_("*%(name)s* receives %(amount)s a day")
        if side.more < 0:
            template = N_("*%(name)s* gives %(amount)s a day")
        return self.say(template, name=side.name, amount=self._guess(abs(side.more), side))

    def side(self, side: Side) -> list[Pair]:
        """A campaign's line of the table: spend, results, its price, budget, the next result."""
        return [*self.pairs(side.rows), *self._budget(side), *self._next(side)]

    def _budget(self, side: Side) -> Iterator[Pair]:
        if side.after is None:
            return
        after = self.forms.budget(side.after, side.currency)
        if side.before is not None:
            template, before = N_("%(before)s → %(after)s"), self.forms.budget(side.before, None)
            after = self.say(template, before=before, after=after)
        amount = self.say(N_("about %(amount)s"), amount=after) if side.about else mark(after)
        yield self.phrases.title("daily_budget"), amount

    def _next(self, side: Side) -> Iterator[Pair]:
        if side.next_cost is None:
            return
        cost, *ends = (self.phrases.figure(bound, "next_cost", side.currency)
                       for bound in side.next_cost)  # fmt: skip
        price = mark(cost)
        if None not in side.next_cost:
            template = N_("%(now)s (90 %% sure between %(low)s and %(high)s)")
            price = self.say(template, now=cost, low=ends[0], high=ends[1])
        yield self.phrases.title("next_cost"), price

    def _guess(self, amount: float, side: Side) -> Words:
        budget = self.forms.budget(amount, side.currency)
        return self.say(N_("about %(amount)s"), amount=budget) if side.about else mark(budget)

    def _title(self, row: EvidenceRow) -> Words:
        title = self.phrases.title(row.metric)
        return self.say(N_("%(title)s a day"), title=title) if row.a_day else title

    def _value(self, row: EvidenceRow) -> Words:
        formatter = self.phrases.figure
        figure: object = formatter(row.now, row.metric, row.currency)
        if row.before is not None:
            before = formatter(row.before, row.metric, row.currency)
            template = N_("%(now)s (before: %(before)s)")
            figure = self.say(template, now=figure, before=before)
        if row.target is None:
            return mark(figure)
        target = formatter(row.target, row.metric, row.currency)
        return self.say(N_("%(figure)s, target %(target)s"), figure=figure, target=target)
