"""A rule's own message in the reader's language: sandboxed, and its values inert.

The lines of a rule in words: what held, and what would turn it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.advice.details.signals import DETAIL_SIGNALS
from bot.advice.evaluate.namespace import message_values
from bot.advice.rules.rulebook import MESSAGE_FILTERS
from bot.domain.advice import Advice, Reason
from bot.numbers.metrics.glossary import result_columns
from bot.numbers.signals.detectors import TRACKED
from bot.render.catalogue import N_, NN_
from bot.render.certainty_words import SIGNS, TURNS
from bot.render.escaping import Long, Words, capital, mark, words
from bot.render.lexicon import NOUNS
from bot.render.phrases import Phrases


def environment(phrases: Phrases) -> ImmutableSandboxedEnvironment:
    """Where rule messages render: the filters of MESSAGE_FILTERS and nothing else."""
    sandbox = (
        ImmutableSandboxedEnvironment(  # words of a chat, not HTML; `finalize` keeps values inert
            undefined=StrictUndefined, autoescape=False, finalize=mark
        )
    )
    sandbox.globals.clear()
    sandbox.filters = {name: _FILTERS[name](phrases) for name in MESSAGE_FILTERS}
    return sandbox


def ruled(advice: Advice, phrases: Phrases, rendering: ImmutableSandboxedEnvironment) -> Words:
    """The rule's message about this advice; its bare title where the message does not render.

    A rule that cannot speak must not silence the advice: `rules check` has said what is wrong.
    """
    message = _rendered(advice.message, advice, phrases, rendering)
    return message or mark(Long(phrases.speech.translated(advice.title)))


def brief(advice: Advice, phrases: Phrases, rendering: ImmutableSandboxedEnvironment) -> Words:
    """The rule's fact in half a sentence; "" where it has none or it does not render."""
    return _rendered(advice.brief, advice, phrases, rendering) if advice.brief else Words("")


def _rendered(
    message: str, advice: Advice, phrases: Phrases, rendering: ImmutableSandboxedEnvironment
) -> Words:
    """In the reader's language, else in English, else ""."""
    names = {**_DEFAULTS, "about": not advice.budgets, **message_values(advice)}
    names |= {"results": phrases.plural(counted(advice)), "effect": _rough(names, phrases)}
    names["campaigns"] = names.get("campaigns") or len(advice.campaign_ids)
    names["whose"] = _whose(names, phrases)
    names["parts"] = _listed(names["parts"], phrases)
    names |= {name: _estimate(names[name], phrases) for name in DETAIL_SIGNALS if name in names}
    for source in (phrases.speech.translated(message), message):
        try:
            output = _compiled(rendering, source).render(names)
        except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError):
            continue
        if text := _FOLDED.sub(" ", output).strip():
            return Words(text)
    return Words("")


@lru_cache(maxsize=512)
def _compiled(rendering: ImmutableSandboxedEnvironment, source: str) -> Template:
    """A rule says the same about many campaigns; compiling takes longer than saying it."""
    return rendering.from_string(source)


def counted(advice: Advice) -> str:
    """What counts as a result of the campaign, "" where its stage is not known."""
    effect = advice.numbers.get("effect")
    if isinstance(effect, Mapping) and effect.get("counted") in NOUNS:
        return str(effect["counted"])
    stage, pricing = advice.numbers.get("stage"), advice.numbers.get("pricing_model")
    columns = result_columns(str(stage), str(pricing or "")) if stage else ()
    return next((name for name in columns if name in TRACKED), "")


def _listed(parts: Any, phrases: Phrases) -> Words:
    """The parts of a campaign a rule speaks of: the weightiest by name, the others counted."""
    if not isinstance(parts, Mapping):
        return phrases.speech.say(N_("some of its parts"))
    named = [phrases.speech.say(N_("“%(name)s”"), name=name) for name in parts["names"]]
    if more := int(parts["count"]) - len(named):
        named.append(phrases.speech.count("%(n)s more", "%(n)s more", more))
    return Words(phrases.forms.listed([str(name) for name in named]))


def _whose(names: Mapping[str, Any], phrases: Phrases) -> Words:
    """Whom the advice is about, at the start of a sentence: a campaign, several, or an account."""
    count = max(names["campaigns"], 1)
    if names.get("everywhere"):
        return capital(phrases.everywhere(count, names["everywhere"]))
    return phrases.several(names.get("name") or "", count - 1)


def _rough(names: Mapping[str, Any], phrases: Phrases) -> SimpleNamespace | None:
    """The effect, as people say an estimate."""
    effect = names["effect"]
    if effect is None:
        return None
    estimates = {side: _window(effect, side) for side in ("mean", "low", "high")}
    rough = phrases.forms.rough
    return SimpleNamespace(**{side: x if x is None else rough(x) for side, x in estimates.items()})


def _estimate(figure: Any, phrases: Phrases) -> SimpleNamespace:
    """Money a week that parts lose, as people say an estimate."""
    lost = _window(figure, "now")
    return SimpleNamespace(now=None if lost is None else phrases.forms.rough(lost))


_FOLDED = re.compile(r"[ \t\r\n]+")  # no-break spaces stay: they hold figures together
_DEFAULTS: Mapping[str, Any] = {"effect": None, "move": None, "parts": None}
Filter = Callable[..., Any]


def _money(phrases: Phrases) -> Filter:
    @pass_context
    def money(context: Context, amount: float | None, currency: str | None = None) -> str:
        return phrases.forms.money(_now(amount), currency or context.get("currency"))

    return money


def _number(phrases: Phrases) -> Filter:
    def number(amount: Any, decimals: int | None = None) -> str:
        return phrases.forms.number(_now(amount), decimals)

    return number


def _pct(phrases: Phrases) -> Filter:
    def pct(fraction: Any) -> str:
        return phrases.forms.percent(_now(fraction))

    return pct


def _change(phrases: Phrases) -> Filter:
    def change(figure: Any) -> str:
        """`{{ ctr | change }}`: the change from before to now; or a fraction as it is."""
        if isinstance(figure, int | float) or figure is None:
            return phrases.change(figure)
        now, before = _window(figure, "now"), _window(figure, "before")
        return phrases.change(now / before - 1 if now is not None and before else None)

    return change


def _times(phrases: Phrases) -> Filter:
    def times(amount: Any) -> Words:
        return phrases.times(_now(amount))

    return times


def _since(phrases: Phrases) -> Filter:
    @pass_context
    def since(context: Context, days: Any) -> Words:
        """`{{ outage_days.now | since }}`: so many days back, as a weekday."""
        number = round(_now(days) or 0)
        morning = context.get("as_of")
        if not morning:
            return phrases.speech.count(*NN_("for %(n)s day", "for %(n)s days"), number)
        as_of = date.fromisoformat(morning)
        return phrases.since(as_of - timedelta(number), as_of)

    return since


def _now(figure: Any) -> float | None:
    """A number, or what a metric is now."""
    if figure is None or isinstance(figure, int | float):
        return figure
    return _window(figure, "now")


def _window(figure: Any, name: str) -> float | None:
    value = figure.get(name) if isinstance(figure, Mapping) else getattr(figure, name, None)
    return float(value) if isinstance(value, int | float) else None


_FILTERS: Mapping[str, Callable[[Phrases], Filter]] = {
    "money": _money,
    "number": _number,
    "pct": _pct,
    "change": _change,
    "times": _times,
    "since": _since,
}


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
        better = [reason for reason in advice.would_change if self._mends(reason)]
        turns = better or advice.would_change
        sentences = [self.turning(reason, advice.currency) for reason in turns]
        distinct = [sentence for sentence in dict.fromkeys(sentences) if sentence][:2]
        if len(distinct) < 2:
            return Words("".join(distinct))
        return self.speech.say(
            N_("%(first)s, or %(second)s"), first=distinct[0], second=distinct[1]
        )

    def turning(self, reason: Reason, currency: str | None = None) -> Words:
        """What would turn one line of a rule: `CPA back under 420 kr`; "" where that is unclear."""
        match = _LINE.match(reason.line)
        if not match or reason.right is None or not math.isfinite(reason.right):
            return Words("")
        metric, above = match["metric"], match["sign"].startswith("<")
        if metric in TURNS or metric not in self.metrics:
            turn_phrase = "" if above else TURNS.get(metric, "")
            return self.speech.say(turn_phrase)
        title = self.phrases.plural(metric) if metric in NOUNS else self.phrases.noun(metric)
        template = N_("%(title)s back under %(value)s")
        if above:
            template = N_("%(title)s back above %(value)s")
        return self.speech.say(
            template, title=title, value=self._line(reason.right, metric, currency)
        )

    def _mends(self, reason: Reason) -> bool:
        """Whether what would turn the line is the number getting better, not worse."""
        match = _LINE.match(reason.line)
        metric = self.metrics.get(match["metric"]) if match else None
        if match is None or metric is None:
            return True
        return metric.better != ("lower" if match["sign"].startswith("<") else "higher")

    def _line(self, value: float, metric: str, currency: str | None) -> str:
        """Where a verdict flips, as people say it: counts whole, the rest as it is read."""
        if self.phrases.unit(metric) == "count":
            return self.phrases.forms.number(value, 0 if abs(value) >= 2 else None)
        return self.phrases.figure(value, metric, currency)

    def compared(self, reason: Reason, currency: str | None = None) -> Words:
        """A line of a rule in words, and as it is written: `CPA 455 kr, over 420 kr`."""
        line = self.speech.say("`%(line)s`", line=self.phrases.long(reason.line))
        match = _SUBJECT.match(reason.line)
        if not match or reason.left is None or reason.right is None:
            return line
        sentence = self._compared(match["metric"], match["sign"], reason, currency)
        return words(sentence, line, between="\n")

    def _compared(self, metric: str, sign: str, reason: Reason, currency: str | None) -> Words:
        named = SIGNS.get(metric)
        title = self.speech.say(named) if named else self.phrases.title(metric)
        show = self.phrases.figure
        left_value, right = (show(side, metric, currency) for side in (reason.left, reason.right))
        return self.speech.say(SIDES[sign], title=title, left=left_value, right=right)
