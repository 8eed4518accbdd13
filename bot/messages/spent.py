"""What a week or a month came to, in one sentence: its money and the price that matters most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.messages.inert import Words, words
from bot.messages.phrases import Phrases
from bot.messages.speech import N_

if TYPE_CHECKING:
    from bot.messages.digests import Digest, Kpi

MATTERS = ("convert", "act", "engage", "reach", "")
MOST_CURRENCIES = 2


@dataclass(frozen=True)
class Spent:
    """The money of a week or a month in one currency.

    Attributes:
        amount: Spend; `before`: that of the days before, None where unknown.
        planned: The plan's budgets for the month, None where it has none or it is a week.
        paced: Spend of the campaigns that have one.
    """

    currency: str | None
    amount: float
    before: float | None = None
    planned: float | None = None
    paced: float = 0.0

    @property
    def change(self) -> float | None:
        return self.amount / self.before - 1 if self.before else None

    @property
    def share(self) -> float | None:
        """The share of its budgets that was spent."""
        return self.paced / self.planned if self.planned else None

    @property
    def whole(self) -> bool:
        """Whether all of it was paid from those budgets, to the krone in a thousand."""
        return abs(self.amount - self.paced) <= self.amount / 1000


class Periods:
    """Sentences about a week or a month, in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.say, self.forms = phrases, phrases.speech.say, phrases.forms

    def news(self, digest: Digest) -> Words:
        """`412 000 kr spent, 97 % of the budgets; 154 kr a sale (target 180, −4 % …).`."""
        money = [self._money(one) for one in digest.spent[:MOST_CURRENCIES]]
        if not money:
            return self.say(N_("there are no numbers of these days."))
        spent = words(*money, between="; ")
        kpi = self._kpi(digest)
        if kpi is None:
            return self.say(N_("%(spent)s."), spent=spent)
        return self.say(N_("%(spent)s; %(price)s."), spent=spent, price=self._price(kpi, digest))

    def _money(self, one: Spent) -> Words:
        amount = self.forms.money(one.amount, one.currency)
        if one.share is not None:
            text = N_("%(amount)s spent, %(share)s of the budgets")
            if not one.whole:
                text = N_("%(amount)s spent, of the budgets there are %(share)s")
            return self.say(text, amount=amount, share=self.forms.percent(one.share))
        if one.change is not None:
            text = N_("%(amount)s spent (%(change)s)")
            return self.say(text, amount=amount, change=self.phrases.change(one.change))
        return self.say(N_("%(amount)s spent"), amount=amount)

    def _kpi(self, digest: Digest) -> Kpi | None:
        """Of the stage nearest to a sale; of several currencies, the one told first."""
        first = digest.spent[0].currency
        found = {each.stage: each.kpi for each in digest.stages
                 if each.kpi.value is not None and each.currency == first}  # fmt: skip
        return next((found[stage] for stage in MATTERS if stage in found), None)

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
            yield self.say(text, change=self.phrases.change(kpi.change))
