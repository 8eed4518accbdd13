"""What the words mean, in one sentence each; metrics are said by what they are made of."""

from __future__ import annotations

from dataclasses import dataclass

from bot.render import lexicon
from bot.render.catalogue import N_
from bot.render.escaping import Words, words
from bot.render.glossary_words import TERMS
from bot.render.phrases import Phrases
from bot.render.values.conversation import Definition


@dataclass(frozen=True)
class Definitions:
    """The definitions in one language."""

    phrases: Phrases

    def all(self, definition: Definition) -> Words:
        """Everything that is explained, in a row."""
        sentences = (*map(self.metric, definition.metrics), *map(self.term, definition.terms))
        return words(*sentences)

    def term(self, name: str) -> Words:
        """A word of ours."""
        return self.phrases.speech.say(TERMS[name])

    def metric(self, name: str) -> Words:
        """A number by what it is made of; a word of ours where it is no ratio."""
        definition, say = self.phrases.metrics.get(name), self.phrases.speech.say
        if name in TERMS or definition is None:
            return self.term(name) if name in TERMS else Words("")
        values = {"metric": self.phrases.title(name), "meaning": ""}
        if not definition.over or not definition.sum:
            return say(
                N_("*%(metric)s*: a number added up over the days as the platform gives it."),
                **values,
            )
        values |= {
            "top": str(self._part(definition.sum)),
            "bottom": str(self._part(definition.over)),
        }
        if definition.sum == "spend" and definition.scale != 1:
            return say(
                N_("*%(metric)s* is the price of 1,000: spend divided by %(bottom)s, times 1,000."),
                **values,
            )
        if definition.sum == "spend":
            return say(
                N_("*%(metric)s* is the cost of one: spend divided by %(bottom)s."), **values
            )
        return say(N_("*%(metric)s* is %(top)s divided by %(bottom)s."), **values)

    def _part(self, column: str) -> Words:
        if column in lexicon.NOUNS:
            return self.phrases.plural(column)
        return self.phrases.noun(column)
