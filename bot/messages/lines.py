"""The lines of a rule in words: what held, and what would turn it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from bot.advice.types import Advice, Reason
from bot.messages.detectors import SIGNS, TURNS
from bot.messages.inert import Words, words
from bot.messages.lexicon import NOUNS
from bot.messages.phrases import Phrases
from bot.messages.speech import N_

SIDES: Mapping[str, str] = {
    ">": N_("%(title)s: %(left)s, over %(right)s"),
    ">=": N_("%(title)s: %(left)s, at least %(right)s"),
    "<": N_("%(title)s: %(left)s, under %(right)s"),
    "<=": N_("%(title)s: %(left)s, at most %(right)s"),
}
_SUBJECT = re.compile(r"(?P<metric>[a-z_]+)\.(?:now|before)\b[^<>]*(?P<sign>[<>]=?)")
_LINE = re.compile(r"(?P<metric>[a-z_]+)\.now (?P<sign>[<>]=?) ")


class Lines:
    """What templates say of a rule's lines, in one language."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases, self.speech, self.metrics = phrases, phrases.speech, phrases.metrics

    def turnings(self, advice: Advice) -> Words:
        """What would change the verdict, at most two things; "" where nothing is known."""
        better = [one for one in advice.would_change if self._mends(one)]
        turns = better or advice.would_change
        told = [self.turning(one, advice.currency) for one in turns]
        said = [one for one in dict.fromkeys(told) if one][:2]
        if len(said) < 2:
            return Words("".join(said))
        return self.speech.say(N_("%(first)s, or %(second)s"), first=said[0], second=said[1])

    def turning(self, reason: Reason, currency: str | None = None) -> Words:
        """What would turn one line of a rule: `CPA back under 420 kr`; "" where that is unclear."""
        found = _LINE.match(reason.line)
        if not found or reason.right is None or not math.isfinite(reason.right):
            return Words("")
        metric, above = found["metric"], found["sign"].startswith("<")
        if metric not in self.metrics:
            known = "" if above else TURNS.get(metric, "")
            return self.speech.say(known)
        title = self.phrases.plural(metric) if metric in NOUNS else self.phrases.noun(metric)
        told = N_("%(title)s back under %(value)s")
        if above:
            told = N_("%(title)s back above %(value)s")
        return self.speech.say(told, title=title, value=self._line(reason.right, metric, currency))

    def _mends(self, reason: Reason) -> bool:
        """Whether what would turn the line is the number getting better, not worse."""
        found = _LINE.match(reason.line)
        known = self.metrics.get(found["metric"]) if found else None
        if found is None or known is None:
            return True
        return known.better != ("lower" if found["sign"].startswith("<") else "higher")

    def _line(self, value: float, metric: str, currency: str | None) -> str:
        """Where a verdict flips, as people say it: counts whole, the rest as it is read."""
        if self.phrases.unit(metric) == "count":
            return self.phrases.forms.number(value, 0 if abs(value) >= 2 else None)
        return self.phrases.figure(value, metric, currency)

    def compared(self, reason: Reason, currency: str | None = None) -> Words:
        """A line of a rule in words, and as it is written: `CPA 455 kr, over 420 kr`."""
        line = self.speech.say("`%(line)s`", line=self.phrases.long(reason.line))
        found = _SUBJECT.match(reason.line)
        if not found or reason.left is None or reason.right is None:
            return line
        said = self._compared(found["metric"], found["sign"], reason, currency)
        return words(said, line, between="\n")

    def _compared(self, metric: str, sign: str, reason: Reason, currency: str | None) -> Words:
        named = SIGNS.get(metric)
        title = self.speech.say(named) if named else self.phrases.title(metric)
        show = self.phrases.figure
        left, right = (show(side, metric, currency) for side in (reason.left, reason.right))
        return self.speech.say(SIDES[sign], title=title, left=left, right=right)
