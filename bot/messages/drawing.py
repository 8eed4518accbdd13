"""Charts in the reader's language, within Slack's limits."""

from __future__ import annotations

from typing import Any

from bot.blockkit import LIMITS
from bot.messages.inert import clip
from bot.messages.phrases import Phrases
from bot.messages.richtext import flat
from bot.messages.speech import N_
from bot.messages.trend import Trend, chart, points


def drawn(trend: Trend, phrases: Phrases) -> dict[str, Any] | None:
    """A trend as a chart; None where fewer than two points are known."""
    found = points(trend)
    if len(found) < 2:
        return None
    speech = phrases.speech
    title = flat(phrases.title(trend.metric))
    per_day = not trend.over and phrases.unit(trend.metric) in {"money", "count"}
    heading = speech.say(N_("%(title)s a day") if per_day else N_("%(title)s"), title=title)
    span = speech.forms.span(trend.days[0], trend.days[-1])
    whole = speech.say(N_("%(heading)s, %(span)s"), heading=heading, span=span)
    days = [(speech.forms.short_day(day), round(value, 4)) for day, value in found]
    return chart(
        _apart(days),
        title=clip(flat(whole), LIMITS["chart.title"]),
        name=clip(title, LIMITS["chart.label"]),
        line=trend.line,
        label=speech.forms.sign(trend.currency)[: LIMITS["chart.axis"]],
    )


def _apart(days: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Categories made unique; two years' days may read alike."""
    seen: set[str] = set()
    apart = []
    for label, value in days:
        name = label
        while name in seen:
            name += "'"
        seen.add(name)
        apart.append((name[: LIMITS["chart.label"]], value))
    return apart
