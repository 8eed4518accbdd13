"""A rule's own message in the reader's language: sandboxed, and its values inert."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.advice.rulebook import MESSAGE_FILTERS
from bot.advice.types import Advice
from bot.advice.values import message_values
from bot.messages.inert import Long, Words, mark
from bot.messages.lexicon import NOUNS
from bot.messages.phrases import Phrases
from bot.messages.speech import NN_
from bot.numbers.detectors import TRACKED
from bot.numbers.kpi import result_columns


def environment(phrases: Phrases) -> ImmutableSandboxedEnvironment:
    """Where rule messages render: the filters of MESSAGE_FILTERS and nothing else."""
    made = (
        ImmutableSandboxedEnvironment(  # words of a chat, not HTML; `finalize` keeps values inert
            undefined=StrictUndefined, autoescape=False, finalize=mark
        )
    )
    made.globals.clear()
    made.filters = {name: _FILTERS[name](phrases) for name in MESSAGE_FILTERS}
    return made


def ruled(advice: Advice, phrases: Phrases, rendering: ImmutableSandboxedEnvironment) -> Words:
    """The rule's message about this advice; its bare title where the message does not render.

    A rule that cannot speak must not silence the advice: `rules check` has said what is wrong.
    """
    said = _rendered(advice.message, advice, phrases, rendering)
    return said or mark(Long(phrases.speech.translated(advice.title)))


def brief(advice: Advice, phrases: Phrases, rendering: ImmutableSandboxedEnvironment) -> Words:
    """The rule's fact in half a sentence; "" where it has none or it does not render."""
    return _rendered(advice.brief, advice, phrases, rendering) if advice.brief else Words("")


def _rendered(
    message: str, advice: Advice, phrases: Phrases, rendering: ImmutableSandboxedEnvironment
) -> Words:
    """In the reader's language, else in English, else ""."""
    names = {**_DEFAULTS, "about": not advice.budgets, **message_values(advice)}
    names |= {"results": phrases.plural(counted(advice)), "effect": _rough(names, phrases)}
    for source in (phrases.speech.translated(message), message):
        try:
            said = _compiled(rendering, source).render(names)
        except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError):
            continue
        if text := _FOLDED.sub(" ", said).strip():
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
    wanted = result_columns(stage, pricing) if stage else ()
    return next((name for name in wanted if name in TRACKED), "")


def _rough(names: Mapping[str, Any], phrases: Phrases) -> SimpleNamespace | None:
    """The effect, as people say an estimate."""
    effect = names["effect"]
    if effect is None:
        return None
    told = {side: _window(effect, side) for side in ("mean", "low", "high")}
    rough = phrases.forms.rough
    return SimpleNamespace(**{side: x if x is None else rough(x) for side, x in told.items()})


_FOLDED = re.compile(r"[ \t\r\n]+")  # no-break spaces stay: they hold figures together
_DEFAULTS: Mapping[str, Any] = {"effect": None, "move": None}
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
