"""A test that advice asks for is planned, shown, frozen when acknowledged, and read at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from bot.advice import Plan, advise
from bot.advice.outcome import freeze, measure
from bot.advice.rules.rulebook import Rulebook
from bot.domain.advice import Advice
from bot.numbers.plan import PlanEntry
from bot.render import Renderer
from bot.render.values.templates import Card

Campaign = Callable[..., pd.DataFrame]
TARGET = Plan((PlanEntry(match="*", target=900.0),))


@pytest.fixture(scope="module")
def said(rulebook: Rulebook, campaign: Campaign, morning: date) -> Advice:
    """Two sales a day at 500 each, target 900, all of the budget used."""
    rows = campaign(used=0.99, cpm=100.0, ctr=0.02, rate=2 / (990 / 100 * 1000 * 0.02))
    rules = tuple(
        replace(one, mornings=1) for one in rulebook.rules if one.id == "convert-test-room"
    )
    found = advise(rows, morning, replace(rulebook, rules=rules), TARGET)
    (one,) = found.advice
    return one


def test_the_plan_is_in_the_numbers(said: Advice) -> None:
    """Budgets, days, price, results needed and the bar."""
    test = said.numbers["test"]
    assert test["testable"]
    assert test["arms"][-1]["budget"] == 2_000
    assert test["days"] % 7 == 0
    assert test["price"] == pytest.approx(1_000 * test["days"])


@pytest.mark.parametrize("language", ["en", "nb"])
def test_it_is_shown(said: Advice, rulebook: Rulebook, language: str) -> None:
    """In both languages, with days, price and what decides."""
    card = Card(said, {said.campaign_ids[0]: "Shopping"})
    text = str(Renderer(language, metrics=rulebook.metrics).render("advice", card=card).blocks)
    days = said.numbers["test"]["days"]
    assert f"{days} days" in text or f"{days} dager" in text
    assert "confidence sequence" in text or "konfidenssekvensen" in text


def test_an_acknowledged_test_is_read_when_it_is_over(
    said: Advice, campaign: Campaign, morning: date
) -> None:
    """Frozen with its own days; a test that nearly doubles results at no more a sale has worked."""
    test = said.numbers["test"]
    peers = [campaign(f"Peer {n}", seed=n, rate=0.02) for n in range(6)]
    before = pd.concat([campaign(used=0.99, rate=0.2, seed=40), *peers])
    frozen = freeze(said, before, morning, TARGET)
    assert frozen is not None
    assert (frozen.days, frozen.action, frozen.of) == (test["days"], "run_test", "results")
    assert (frozen.lag, frozen.test) == (test["lag"], True)
    assert frozen.read_on == date.fromisoformat(test["read_on"])
    days = frozen.days + frozen.lag
    until = morning + timedelta(days)
    after = {"days": days + 1, "until": until}
    later = [campaign(f"Peer {n}", seed=20 + n, rate=0.02, **after) for n in range(6)]
    doubled = campaign(used=0.99, budget=2_000.0, rate=0.2, seed=41, **after)
    all_ = pd.concat([before, doubled, *later])
    outcome = measure(frozen, all_, frozen.read_on)
    assert outcome is not None
    assert outcome.verdict == "worked"
    assert outcome.days == frozen.days
