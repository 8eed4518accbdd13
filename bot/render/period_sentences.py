"""What a week or a month came to, in one sentence: its money and the price that matters most."""

from __future__ import annotations

from collections.abc import Iterator

from bot.render.catalogue import N_
from bot.render.escaping import Words, words
from bot.render.phrases import Phrases
from bot.render.values.digests import Digest, Kpi, Spent

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
            yield self.say(text, change=self.phrases.change(kpi.change))
