"""A word for each campaign, and what a rule does in plain words."""

from __future__ import annotations

import pytest

from bot.advice.explain import explain, matrix
from bot.advice.json import plain
from bot.advice.rulebook import Rulebook
from bot.advice.types import Advice, Advised, HeldBack
from bot.advice.values import Figure, message_values
from bot.advice.verdicts import verdicts


def advice(action: str, *campaigns: str) -> Advice:
    return Advice("1", "r", "v", campaigns, action, "advise")


def held(campaign: str, guard: str, **numbers: object) -> HeldBack:
    return HeldBack(campaign, "r", guard, numbers)


def test_a_campaign_nobody_speaks_of_is_fine() -> None:
    """No advice, nothing held back: fine."""
    assert verdicts(Advised(), ["a"]) == {"a": "fine"}


@pytest.mark.parametrize(
    ("action", "word"),
    [
        ("check_tracking", "tracking"),
        ("hold", "tracking"),
        ("shift_budget", "move"),
        ("pause", "move"),
        ("refresh_creative", "watch"),
        ("check_spend", "watch"),
    ],
)
def test_advice_gives_its_word_to_all_its_campaigns(action: str, word: str) -> None:
    """Both sides of a shift move; what cannot be trusted says tracking."""
    found = verdicts(Advised((advice(action, "a", "b"),)), ["a", "b"])
    assert found == {"a": word, "b": word}


def test_too_little_data_waits_but_what_nobody_measures_does_not() -> None:
    """Six sales are worth waiting for; a metric that is not there is not."""
    back = (held("a", "too_little_data"), held("b", "too_little_data", missing=["reach.now"]))
    assert verdicts(Advised((), back), ["a", "b"]) == {"a": "waiting", "b": "fine"}


def test_the_strongest_word_counts() -> None:
    """Tracking before move before watch before waiting."""
    back = (held("a", "tracking"), held("b", "not_sure"), held("b", "learning"))
    found = verdicts(Advised((advice("pause", "a"),), back), ["a", "b"])
    assert found == {"a": "tracking", "b": "watch"}


def test_an_explanation_names_the_numbers_of_each_cell(rulebook: Rulebook) -> None:
    """Windows, days held back and thresholds, a line for each cell the rule speaks in."""
    text = explain(rulebook.rule("convert-room"), rulebook)
    windows = "convert/CPA  14 days against 28, the last 2 held back"
    assert f"{windows}, room 0.85, full 0.95, results 30" in text
    assert "reach/CPM" not in text
    detector = explain(rulebook.rule("always-spend-spike"), rulebook)
    assert "days against" not in detector
    assert "spend_spike 1.5" in detector


def test_the_matrix_has_a_row_for_each_cell(rulebook: Rulebook) -> None:
    """Rules that follow what is billed stand where that is the pricing model."""
    table = matrix(rulebook)
    assert len(table) == 16
    assert "convert-documented" in table["convert", "CPA"]
    assert "convert-documented" not in table["convert", "CPC"]
    assert all("always-tracking-outage" in rules for rules in table.values())


def test_a_messages_values_are_figures_of_both_campaigns() -> None:
    """`{{ cpa.now }}` is the giver's, `{{ to.cpa.now }}` the receiver's."""
    shift = Advice(
        "1", "r", "v", ("a", "b"), "shift_budget", "urgent", currency="NOK",
        evidence={"a": {"cpa.now": 5.0, "threshold.step": 0.2}, "b": {"cpa.now": 2.0}},
        numbers={"name": "A", "move": 240.0, "to": {"name": "B"}, "effect": {"mean": 2.0}},
    )  # fmt: skip
    values = message_values(shift)
    assert values["cpa"] == Figure(now=5.0)
    assert values["to"].cpa == Figure(now=2.0)
    assert values["to"].name == "B"
    assert values["threshold"].step == 0.2
    assert values["effect"].mean == 2.0
    assert values["currency"] == "NOK"


def test_plain_leaves_nothing_json_does_not_know() -> None:
    """Tuples become lists, NaN null."""
    assert plain({"a": (1, float("nan")), "b": {"c": None}}) == {"a": [1, None], "b": {"c": None}}
