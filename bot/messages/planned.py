"""Sentences about the plan: entries, changes, thresholds, the choices of its forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.messages import lexicon
from bot.messages.elements import Element, option
from bot.messages.inert import MISSING, Long, Words, mark, words
from bot.messages.phrases import Phrases
from bot.messages.plan_words import FIELD_NAMES, THRESHOLDS
from bot.messages.plans import AccountPace, CellChoice, Changed, Difference, PlanLine
from bot.messages.speech import N_


class Plans:
    """Sentences about the plan in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.speech = phrases, phrases.speech

    def threshold(self, name: str) -> Words:
        """A threshold in words; its name where there are none."""
        known = THRESHOLDS.get(name)
        return self.speech.say(known) if known else mark(name)

    def dial(self, value: float) -> str:
        """A threshold's value, to six decimals."""
        return self.speech.forms.decimal(value, 6, 0)

    def difference(self, one: Difference) -> Words:
        """`target: 350 → 320`."""
        return self.speech.say(
            N_("%(field)s: %(before)s → %(after)s"),
            field=self.speech.say(FIELD_NAMES.get(one.field, one.field)),
            before=self._shown(one.field, one.before),
            after=self._shown(one.field, one.after),
        )

    def cell(self, one: CellChoice) -> Words:
        """`Convert, CPA: price a sale`, the metric being what the cell judges by."""
        return self.speech.say(
            N_("%(stage)s, %(pricing)s: %(metric)s"),
            stage=self.phrases.word("STAGES", one.stage),
            pricing=one.pricing,
            metric=self.priced(one.judge),
        )

    def priced(self, metric: str, currency: str | None = None) -> Words:
        """What a target is of: `NOK a sale`, `price a sale` where no currency is known."""
        unit = mark(currency) if currency else self.speech.say(N_("price"))
        told = lexicon.PRICES.get(metric)
        return self.speech.say(told, amount=unit) if told else self.phrases.noun(metric)

    def price(self, value: float, metric: str, currency: str | None) -> Words:
        """`349.50 kr a sale`: to the last decimal that was written."""
        amount = self._exactly(value, currency)
        told = lexicon.PRICES.get(metric)
        return self.speech.say(told, amount=amount) if told else mark(amount)

    def long(self, text: str) -> Long:
        """An error's sentence, which may be longer than a name."""
        return Long(text)

    def of(self, label: Words, currency: str | None) -> Words:
        """A field's label with the currency it is in, where that is known."""
        if not currency:
            return label
        told = N_("%(label)s (%(currency)s)")
        return self.speech.say(told, label=label, currency=currency)

    def cell_options(self, cells: Sequence[CellChoice]) -> list[Element]:
        """The cells as choices, with how many campaigns each has."""
        return [option(self._counted(one), one.value) for one in cells]

    def dial_options(self, names: Sequence[str]) -> list[Element]:
        """The thresholds as choices."""
        return [option(self.threshold(name), name) for name in names]

    def account(self, one: AccountPace) -> Words:
        """`Google: 12 300 kr of 40 000 kr (31 %), lands at 98 % to 104 %`."""
        forms, say = self.speech.forms, self.speech.say
        spent = forms.money(one.spent, one.currency)
        if one.planned is None:
            outside = forms.money(one.outside, one.currency)
            told = N_("%(name)s: %(spent)s so far, without a budget")
            return say(told, name=one.name, spent=outside)
        budget = forms.money(one.planned, one.currency)
        share = forms.percent(one.spent / one.planned)
        told = N_("%(name)s: %(spent)s of %(budget)s (%(share)s)")
        said = [say(told, name=one.name, spent=spent, budget=budget, share=share)]
        said.append(self._lands(one))
        if one.outside:
            more = forms.money(one.outside, one.currency)
            said.append(say(N_("%(amount)s more without a budget"), amount=more))
        return words(*said, between=", ")

    def changed(self, one: Changed) -> Words:
        """`Last changed by Ola on 23 Nov at 08:14: brand*`."""
        return self.speech.say(
            N_("Last changed by %(who)s on %(day)s at %(at)s: %(what)s"),
            who=one.who,
            day=self.speech.forms.short_day(one.at.date()),
            at=self.speech.forms.clock(one.at),
            what=Long(", ".join(one.patterns)),
        )

    def _lands(self, one: AccountPace) -> Words:
        if one.lands is None or not one.planned:
            return self.speech.say(N_("too early to say where it lands"))
        low, high = (self.speech.forms.percent(each / one.planned) for each in one.lands)
        if low == high:
            return self.speech.say(N_("lands at about %(share)s"), share=low)
        return self.speech.say(N_("lands at %(low)s to %(high)s"), low=low, high=high)

    def _counted(self, one: CellChoice) -> Words:
        told = self.cell(one)
        return words(told, f"({one.campaigns})") if one.campaigns else told

    def line(self, one: PlanLine) -> Words:
        """`Convert · CPA · target 300 kr a sale · 40 000 kr a month · Kari`."""
        parts = [self.phrases.word("STAGES", one.stage)] if one.stage else []
        parts += [mark(one.pricing)] if one.pricing else []
        parts += [self._target(one)] if one.target is not None else []
        if one.budget is not None:
            budget = self.speech.forms.budget(one.budget, one.currency)
            parts.append(self.speech.say(N_("%(amount)s a month"), amount=budget))
        parts += [mark(one.owner)] if one.owner else []
        return Words(" · ".join(parts) or MISSING)

    def _target(self, one: PlanLine) -> Words:
        shown = self.price(one.target or 0.0, one.metric, one.currency)
        return self.speech.say(N_("target %(target)s"), target=shown)

    def _exactly(self, value: float, currency: str | None) -> str:
        exact = Decimal(repr(float(value))).normalize()
        digits = max(0, -int(exact.as_tuple().exponent))
        return self.speech.forms.amount(exact, max(digits, 2) if digits else 0, currency)

    def _shown(self, field: str, value: object) -> object:
        if value is None:
            return MISSING
        if isinstance(value, Mapping):
            told = [self._priced(str(metric), each) for metric, each in value.items()]
            return Words(", ".join(told))
        if isinstance(value, int | float):
            return self.speech.forms.decimal(value, 6, 0)
        return self.phrases.word("STAGES", str(value)) if field == "stage" else value

    def _priced(self, metric: str, value: object) -> Words:
        return self.price(float(str(value)), metric, None)
