"""Why a rule said nothing: the values of `/perf why-not`, and the words for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.advice.evaluate.silence import LineReading, WhyNot
from bot.advice.rules.condition import THRESHOLD, Name, names, printed
from bot.render import rule_lines as held
from bot.render.catalogue import N_
from bot.render.escaping import Words, capital, mark, words
from bot.render.phrases import Phrases
from bot.render.values.answers import Option

MOST = 10
_HOLES = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class WhyNotAnswer:
    """What `/perf why-not …` says of a campaign.

    Attributes:
        rules: The most interesting first, all of them.
        state: Of the advice about it, by rule (open, dismissed, …).
        titles: Of rules by id (English; the catalogue translates).
        of_one: Somebody asked about one rule.
        asked: The question, without `/perf`.
        more: Questions to go on with.
    """

    name: str
    as_of: date
    asked: str
    rules: tuple[WhyNot, ...]
    titles: Mapping[str, str]
    states: Mapping[str, str]
    currency: str | None = None
    of_one: bool = False
    more: tuple[Option, ...] = ()

    @property
    def shown(self) -> tuple[WhyNot, ...]:
        """At most ten."""
        return self.rules[:MOST]

    @property
    def left(self) -> int:
        return len(self.rules) - len(self.shown)

    @property
    def spoke(self) -> bool:
        """Whether any of the rules did say something."""
        return any(finding.verdict == "speaks" for finding in self.rules)


@dataclass(frozen=True)
class WhyNots:
    """The words of a `WhyNotAnswer`, in one language."""

    phrases: Phrases

    def news(self, answer: WhyNotAnswer) -> Words:
        """What came of it, in one sentence."""
        say = self.phrases.speech.say
        if not answer.rules:
            return say(N_("No rule looks at %(name)s."), name=answer.name)
        title = self.title(answer.rules[0], answer)
        if answer.spoke:
            return say(N_("“%(title)s” did speak about %(name)s."), title=title, name=answer.name)
        if answer.of_one:
            template = N_("Why “%(title)s” says nothing about %(name)s:")
            return say(template, title=title, name=answer.name)
        template = N_("No rule speaks about %(name)s. The nearest is “%(title)s”:")
        return say(template, title=title, name=answer.name)

    def title(self, finding: WhyNot, answer: WhyNotAnswer) -> Words:
        """The rule's title in the reader's language."""
        return words(self.phrases.told(answer.titles.get(finding.rule.id, finding.rule.id)))

    def sentence(self, finding: WhyNot, answer: WhyNotAnswer) -> Words:
        """Why, with the numbers."""
        if finding.verdict == "speaks":
            state = self.phrases.word("STATES", answer.states.get(finding.rule.id, "open"))
            return self.phrases.speech.say(
                N_("It did speak; that advice is %(state)s."), state=state
            )
        if finding.verdict == "not_for":
            return self._not_for(finding)
        if finding.verdict == "quiet":
            return self._quiet(finding, answer)
        if finding.verdict == "too_little_data":
            return self._too_little(finding, answer)
        return self._guard(finding, answer)

    def _not_for(self, finding: WhyNot) -> Words:
        numbers = finding.numbers
        place = words(
            self.phrases.word("STAGES", str(numbers.get("stage") or "")),
            str(numbers.get("pricing_model") or "–"),
            between=" · ",
        )
        template = N_("This rule is not for campaigns in %(place)s, or this one has ended.")
        return self.phrases.speech.say(template, place=place)

    def _quiet(self, finding: WhyNot, answer: WhyNotAnswer) -> Words:
        lines = sorted(finding.failing, key=lambda check: check.gap)
        sentences = [self.line(line, answer.currency) for line in lines[:2]]
        if len(lines) > 2:
            extra = len(lines) - 2
            sentences.append(
                self.phrases.speech.count(
                    "And %(n)s more line does not hold.", "And %(n)s more lines do not hold.", extra
                )
            )
        return words(*sentences) if sentences else self.phrases.speech.say(N_("It does not hold."))

    def line(self, check: LineReading, currency: str | None) -> Words:
        """A line that does not hold, and by how much: `CTR 1.1 % is not under 0.75 %.`."""
        subject, side = _subject(check), check.parsed.left
        if subject in held.UNANSWERED:
            return self.phrases.speech.say(held.UNANSWERED[subject])
        plain = isinstance(side, Name) and side.window == "now"
        name = self._titled(subject) if plain else mark(printed(side))
        left_value, right = (
            self.phrases.exact(value, subject, currency) for value in (check.left, check.right)
        )
        return self.phrases.speech.say(
            held.NOT[check.parsed.sign], name=name, left=left_value, right=right
        )

    def _too_little(self, finding: WhyNot, answer: WhyNotAnswer) -> Words:
        short = [self.phrases.lacking(waiting) for waiting in finding.waiting[:2]]
        unknown = dict.fromkeys(
            column for check in finding.lines if check.holds is None for column in check.unknown
        )
        if unknown and not short:
            template = N_("Too little data; not known: %(what)s.")
            return self.phrases.speech.say(template, what=self._columns(unknown))
        sentences = (
            short
            or [
                self.line(check, answer.currency)
                for check in finding.lines
                if check.of == "evidence" and check.holds is False
            ][:2]
        )
        return words(self.phrases.speech.say(N_("Too little data:")), *sentences)

    def _columns(self, columns: Iterable[str]) -> Words:
        """What nobody knows: a target, others to compare with, a number."""
        labels = dict.fromkeys(self._column(column) for column in list(columns)[:3])
        return Words(self.phrases.forms.listed([str(label) for label in labels]))

    def _column(self, column: str) -> Words:
        metric, _, window = column.partition(".")
        template = {
            "target": N_("the target for %(metric)s"),
            "peers": N_("%(metric)s of enough others alike"),
            "before": N_("%(metric)s before"),
        }.get(window, N_("%(metric)s now"))
        name = self._named(metric)
        return (
            self.phrases.speech.say(template, metric=name)
            if window != "now" or metric in (self.phrases.metrics)
            else name
        )

    def _titled(self, metric: str) -> Words:
        signal = metric in held.SIGNAL_ANSWERS
        return capital(self._named(metric)) if signal else self.phrases.title(metric)

    def _named(self, metric: str) -> Words:
        """A metric or a detector's number, as in a sentence."""
        signal = held.SIGNAL_ANSWERS.get(metric)
        return self.phrases.speech.say(signal) if signal else self.phrases.noun(metric)

    def _guard(self, finding: WhyNot, answer: WhyNotAnswer) -> Words:
        """A guard that held back what is true."""
        numbers, phrases = finding.numbers, self.phrases
        say = phrases.speech.say
        template = held.GUARDS.get((finding.guard, _kind(finding.guard, numbers)))
        if template is None:
            return say(
                N_("Held back by a guard: %(guard)s."), guard=phrases.word("GUARDS", finding.guard)
            )
        values = {name: self._value(name, numbers, answer) for name in _HOLES.findall(template)}
        return say(template, **values)

    def _value(self, name: str, numbers: Mapping[str, Any], answer: WhyNotAnswer) -> object:  # noqa: PLR0911, a kind of value a line
        value, phrases = numbers.get(name), self.phrases
        if name in {"by", "instead"}:
            return phrases.told(answer.titles.get(str(value), str(value)))
        if name in {"until", "answered_on"}:
            return phrases.forms.long_day(date.fromisoformat(str(value)))
        if name == "sure" and "needed" not in numbers:
            return phrases.forms.percent(float(numbers["sure"]))
        if name in {"sure", "needed_sure"}:
            confidence, needed = float(numbers["sure"]), float(numbers["needed"])
            near = phrases.forms.percent(confidence) == phrases.forms.percent(needed)
            return phrases.forms.percent(confidence if name == "sure" else needed, exact=near)
        if name in {"wrong", "most_wrong"}:
            return phrases.forms.percent(float(numbers[name]), exact=name == "wrong")
        if name in {"used", "least"}:
            column = "budget_used.now" if name == "used" else "threshold.delivery"
            return phrases.forms.percent(numbers.get(column))
        if name in held.MONEY:
            return phrases.forms.budget(value, answer.currency)
        if name in held.DAYS:
            return phrases.days(value)
        if name == "verb":
            state = held.STATES.get(str(value))
            return phrases.word("STATES", state) if state else phrases.speech.say(held.OUTSIDE)
        return phrases.forms.number(value) if isinstance(value, int | float) else str(value)


def _subject(check: LineReading) -> str:
    """The metric whose unit both sides have."""
    for side in (check.parsed.left, check.parsed.right):
        for name in names(side):
            if name.metric != THRESHOLD:
                return name.metric
    return ""


def _kind(guard: str, numbers: Mapping[str, Any]) -> str:
    """Which of a guard's sentences fits the numbers it gives."""
    key_columns = {
        "cooldown": "until",
        "answered": "until",
        "floor": "taken",
        "one_a_day": "instead",
        "false_discovery": "looked",
    }
    column = key_columns.get(guard, "")
    return column if column and numbers.get(column) is not None else ""
