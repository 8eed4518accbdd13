"""The Slack manifest: within Slack's limits, and its hint names every command there is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.question.grammar import parse
from bot.question.vocabulary import COMMANDS

MANIFEST = yaml.safe_load(
    (Path(__file__).parents[2] / "slack-manifest.yml").read_text(encoding="utf-8")
)
(COMMAND,) = MANIFEST["features"]["slash_commands"]
HINTS = [each.strip() for each in COMMAND["usage_hint"].split("|")]
# https://docs.slack.dev/reference/app-manifest
LIMITS = {"name": 35, "description": 140, "long_description": 4000}


def test_the_hint_names_every_command_once() -> None:
    """Whoever types /perf sees what there is; the local workspace completes it."""
    assert sorted(each.split()[0] for each in HINTS) == sorted(COMMANDS)


@pytest.mark.parametrize("hint", HINTS)
def test_each_part_of_the_hint_is_understood(hint: str) -> None:
    """Typed as it stands, without what is in brackets, it is that command."""
    question = parse(hint.partition("[")[0])
    assert question.command == hint.split(maxsplit=1)[0]
    for choice in hint.partition("[")[2].rstrip("]").replace("] [", ", ").split(", "):
        choices = parse(f"{question.command} NAME {choice}")
        assert not choice or (choices.window or choices.compare or choices.metric or choices.words)


def test_the_texts_are_within_slacks_limits() -> None:
    """Slack refuses a manifest whose texts are longer, or a long description that is short."""
    assert len(COMMAND["usage_hint"]) <= 1000
    assert len(COMMAND["description"]) <= 2000
    shown = MANIFEST["display_information"]
    assert {name: text for name, text in shown.items() if len(text) > LIMITS.get(name, 7)} == {}
    assert len(shown["long_description"]) >= 174
    assert len(MANIFEST["features"]["bot_user"]["display_name"]) <= 80
