"""Every metric can be asked for in words."""

from __future__ import annotations

import pytest
import yaml

from bot.places import shipped
from bot.question.metric_words import metrics_in

GLOSSARY = yaml.safe_load((shipped("rules") / "metrics.yml").read_text("utf-8"))
INNER = {"days", "missing_days", "usual_spend", "result_rate", "budget_used"}  # parts of rules
ASKED = [name for name, entry in GLOSSARY.items()
         if entry.get("kind") != "response" and name not in INNER]  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_a_metric_is_read_by_its_title(name):
    """What a digest calls a number is what a person asks for: without words nobody can."""
    title = GLOSSARY[name]["title"].casefold()
    assert name in metrics_in(f"what was the {title} of ¤"), title


def test_what_is_not_asked_for_is_there():
    """The exceptions are metrics: a name left over would hide a new one."""
    assert set(GLOSSARY) > INNER
