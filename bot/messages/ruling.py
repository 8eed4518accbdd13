"""A rule's own message in the reader's language: sandboxed, and its values inert."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.advice.rulebook import MESSAGE_FILTERS
from bot.advice.types import Advice
from bot.advice.values import message_values
from bot.messages.inert import Long, Words, mark
from bot.messages.phrases import Phrases


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
    template = phrases.speech.translated(advice.message)
    names = {**_DEFAULTS, "about": not advice.budgets, **message_values(advice)}
    for source in (template, advice.message):
        try:
            said = rendering.from_string(source).render(names)
        except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError):
            continue
        if text := _FOLDED.sub(" ", said).strip():
            return Words(text)
    return mark(Long(phrases.speech.translated(advice.title)))


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
}
