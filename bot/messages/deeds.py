"""What a piece of advice asks for, in a few words: the headline's half sentences."""

from __future__ import annotations

from bot.messages import lexicon
from bot.messages.cards import BudgetChange, Card
from bot.messages.inert import Words, mark
from bot.messages.phrases import Phrases
from bot.messages.speech import N_


class Deeds:
    """Half sentences that begin with a small letter: `move 240 kr a day to Shopping`."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.speech = phrases, phrases.speech

    def short(self, card: Card) -> Words:
        """For the digest's first line."""
        action = card.advice.action
        known = lexicon.ACTIONS.get(action)
        if card.move is not None:
            known = lexicon.AMOUNTS.get(action, known)
        if not known or (card.is_shift and not card.to):
            return self._titled(card)
        return self.speech.say(known, **self._values(card))

    def long(self, card: Card) -> Words:
        """For a message of its own: a shift names both sides."""
        if card.is_shift and card.to:
            return self.speech.say(lexicon.LONG_SHIFT, **self._values(card))
        return self.short(card)

    def budget(self, change: BudgetChange) -> Words:
        """A daily budget: `Generic 2 100 → 1 860 kr a day.` as a sentence."""
        forms = self.speech.forms
        after = forms.budget(change.after, change.currency)
        if change.before is None:
            return self.speech.say(
                N_("%(name)s to %(after)s a day."), name=change.name, after=after
            )
        before = forms.budget(change.before, None)
        return self.speech.say(
            N_("%(name)s %(before)s → %(after)s a day."),
            name=change.name, before=before, after=after,
        )  # fmt: skip

    def effect(self, card: Card) -> Words:
        """`Likely +2 sales a week (0.5 to 4).`; nothing where nobody can say."""
        effect = card.expected
        if effect is None:
            return Words("")
        likely = self.phrases.results(effect.likely, effect.metric)
        if effect.low is None or effect.high is None:
            return self.speech.say(N_("Likely +%(likely)s a week."), likely=likely)
        number = self.speech.forms.number
        return self.speech.say(
            N_("Likely +%(likely)s a week (%(low)s to %(high)s)."),
            likely=likely, low=number(effect.low), high=number(effect.high),
        )  # fmt: skip

    def _titled(self, card: Card) -> Words:
        title = self.phrases.told(card.advice.title)
        return self.speech.say(N_("look at %(name)s: %(title)s"), name=card.name, title=title)

    def _values(self, card: Card) -> dict[str, object]:
        return {"name": self._name(card), "to": card.to, "amount": self._amount(card)}

    def _name(self, card: Card) -> Words:
        if not card.others:
            return mark(card.name)
        return self.speech.count(
            "%(name)s and %(n)s more", "%(name)s and %(n)s more", card.others, name=card.name
        )

    def _amount(self, card: Card) -> Words:
        if card.move is None:
            return self.speech.say(N_("some money"))
        forms = self.speech.forms
        if card.about:
            money = forms.money(card.move, card.advice.currency)
            return self.speech.say(N_("about %(amount)s"), amount=money)
        return mark(forms.budget(card.move, card.advice.currency))
