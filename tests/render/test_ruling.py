"""A rule speaks in its own words, inside a sandbox."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.advice.rules.rulebook import MESSAGE_FILTERS
from bot.render.rule_messages import environment


def say(renderer, card, message, **numbers):
    advice = replace(card.advice, message=message, numbers={**card.advice.numbers, **numbers})
    return renderer.rule(advice).replace("\u00a0", " ")


def test_figures_read_in_the_readers_form(renderers, moving):
    """Money in the advice's currency, changes signed, in both languages."""
    message = "{{ name }}: {{ cpa.now | money }}, {{ cpa | change }}; {{ to.name }}."
    assert say(renderers["en"], moving, message) == (
        "Google | Generic: 510 kr, +59 %; Google | Shopping."
    )
    assert say(renderers["nb"], moving, "{{ seen | times }}", seen=5.23) == "5,2 ganger"
    assert say(renderers["en"], moving, "{{ seen | times }}", seen=1) == "1 time"


def test_every_promised_filter_is_there(renderers):
    """The filters the rulebook promises are the ones there are, no more."""
    assert set(environment(renderers["en"].phrases).filters) == set(MESSAGE_FILTERS)


@pytest.mark.parametrize(
    "message",
    [
        "{{ name.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{% for x in range(10**9) %}x{% endfor %}",
        "{{ nobody_knows }}",
        "{{ cpa.now | nofilter }}",
        "{{ name.clear() }}",
        "{% broken",
    ],
)
def test_a_message_that_cannot_speak_leaves_the_title(renderers, moving, message):
    """Trying to get out, or a typo, gives the rule's title: advice is never silenced."""
    assert say(renderers["en"], moving, message) == "One more sale costs less elsewhere"


def test_about_and_effect_may_be_missing(renderers, moving):
    """A message can ask whether an amount is estimated or an effect known."""
    message = "Move {% if about %}about {% endif %}{{ move | money }}{% if effect %}!{% endif %}"
    unknown = replace(moving, advice=replace(moving.advice, budgets={}))
    assert say(renderers["en"], unknown, message, move=240.0, effect=None) == "Move about 240 kr"


def test_missing_numbers_are_a_dash(renderers, moving):
    """A number nobody measured is “–”, never 0."""
    assert say(renderers["en"], moving, "{{ cpa.target | money }}") == "–"
