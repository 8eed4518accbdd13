"""What a rule does in plain words, and what its message can name."""

from __future__ import annotations

from bot.advice.evaluate.namespace import MetricWindows, message_values
from bot.advice.rules.explain import explain, matrix
from bot.advice.rules.rulebook import Rulebook
from bot.domain.advice import Advice, plain


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
    assert values["cpa"] == MetricWindows(now=5.0)
    assert values["to"].cpa == MetricWindows(now=2.0)
    assert values["to"].name == "B"
    assert values["threshold"].step == 0.2
    assert values["effect"].mean == 2.0
    assert values["currency"] == "NOK"


def test_plain_leaves_nothing_json_does_not_know() -> None:
    """Tuples become lists, NaN null."""
    assert plain({"a": (1, float("nan")), "b": {"c": None}}) == {"a": [1, None], "b": {"c": None}}
