"""Titles fit what is true: no rule is titled by its action, whatever the rule found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.advice import advise
from bot.advice.details.signals import details_of
from bot.render import lexicon
from bot.render.action_phrases import Deeds
from bot.render.escaping import flat
from bot.render.values.templates import Card
from tests.advice.conftest import campaign

CLAIMS = ("not showing", "keyword", "late", "twice", "stopped", "dearer", "more than")
"""What an action's own words must not say: the rule knows, the action does not."""
MONEY = ("shift_budget", "raise_budget", "cut_budget", "pause", "run_test", "hold")


def test_an_actions_own_words_claim_nothing():
    """They serve every rule that asks for it, and rules people write themselves."""
    for action, words in {**lexicon.ACTIONS, **lexicon.HEADS}.items():
        if action not in MONEY and action != "review_keywords":
            assert not any(claim in words.casefold() for claim in CLAIMS), words


def test_each_rule_with_words_of_its_own_is_there(rulebook):
    """A rule that is renamed takes its words along."""
    assert set(lexicon.TRUE_OF) <= {rule.id for rule in rulebook.rules}


def test_only_what_stopped_is_called_not_showing(rulebook):
    """Of all that ask to look at delivery, spend, tracking or keywords."""
    for rule in rulebook.rules:
        short, head = lexicon.TRUE_OF.get(rule.id, (lexicon.ACTIONS.get(rule.action.do, ""), ""))
        says = "not showing" in f"{short} {head}".casefold()
        assert says == (rule.id == "always-delivery-stop"), rule.id
        if rule.action.do == "review_keywords" and not details_of(rule):
            assert "keyword" not in short  # clicks cost where there are no keywords too


@pytest.fixture
def deeds(renderers) -> Deeds:
    return renderers["en"]._toolbox.deeds


@pytest.mark.parametrize(("factor", "times"), [(3.5, "3.5 times"), (2.5, "2.5 times")])
def test_showings_that_cost_more_are_titled_so(rulebook, deeds, renderers, factor, times):
    """A thousand showings a day, three times dearer: it is shown, and dearly."""
    morning = date(2026, 11, 23)
    rows = campaign("Camp A", seed=3, cpm=100.0, budget=3000.0)
    dear = (rows["date"].max() - rows["date"]).dt.days < 6
    for column in ("impressions", "clicks", "conversions"):
        rows.loc[dear, column] = (rows.loc[dear, column] / factor).round()
    (piece,) = [one for one in advise(rows, morning, rulebook).advice
                if one.action == "check_delivery"]  # fmt: skip
    card = Card(advice=piece, names={"camp a": "Camp A"})
    task = flat(deeds.task(card))
    assert "not showing" not in f"{task} {flat(deeds.long(card))}".casefold()
    assert "cost" in flat(deeds.long(card))
    assert times in task.replace("\u00a0", " ")
    assert times in renderers["en"].rule(piece).replace("\u00a0", " ")


def test_a_rule_of_ones_own_says_nothing_it_does_not_know(rulebook, deeds):
    """An action asked for by a rule nobody shipped is worded without a reason."""
    rows = campaign("Camp A", seed=3)
    rows.loc[rows.index[-2:], ["impressions", "clicks", "spend", "conversions"]] = 0.0
    (stop,) = [one for one in advise(rows, date(2026, 11, 23), rulebook).advice
               if one.rule == "always-delivery-stop"]  # fmt: skip
    names = {"camp a": "Camp A"}
    assert "not showing" in flat(deeds.long(Card(advice=stop, names=names)))
    own = replace(stop, rule="our-own", title="Half of the audience is new")
    assert flat(deeds.long(Card(advice=own, names=names))) == "check the delivery of Camp A"
