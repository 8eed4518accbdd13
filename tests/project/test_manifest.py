"""The Slack manifest: within Slack's limits, and its hint names every command there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.demo.workspace.wire import METHODS
from bot.question.grammar import parse
from bot.question.vocabulary import COMMANDS

ROOT = Path(__file__).parents[2]
MANIFEST = yaml.safe_load((ROOT / "slack-manifest.yml").read_text(encoding="utf-8"))
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


SCOPES = set(MANIFEST["oauth_config"]["scopes"]["bot"])
EVENTS = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
# https://docs.slack.dev/reference/events: what hearing of each takes
HEARING = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "file_shared": {"files:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "tokens_revoked": set(),
}
CALL = re.compile(r"\.((?:assistant|auth|chat|conversations|files|reactions|usergroups|users|views)"
                  r"_[A-Za-z_0-9]+)\(")  # fmt: skip
SAID = {"files_upload_v2": ("files.getUploadURLExternal", "files.completeUploadExternal")}


def called() -> set[str]:
    """The methods of the Web API that perfbot's code calls, by Slack's names."""
    code = [*(ROOT / "bot/slack").glob("*.py"), *(ROOT / "bot/app").glob("*.py")]
    found = {name for path in code for name in CALL.findall(path.read_text(encoding="utf-8"))}
    known = {name.replace(".", "_"): name for name in METHODS}
    return {each for name in found for each in SAID.get(name, (known.get(name, name),))}


def test_every_scope_is_used_and_every_use_has_its_scope() -> None:
    """Nothing is asked for that no call and no event takes; nothing is missing."""
    used = {scope for name in called() for scope in METHODS[name].scopes}
    used |= {scope for event in EVENTS for scope in HEARING[event]} | {"commands"}
    assert used == SCOPES


def test_every_scope_and_event_is_explained() -> None:
    """docs/slack.md lists each with what it is for, and nothing else."""
    page = (ROOT / "docs/slack.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([a-z_.:]+)` \| \S", page, re.MULTILINE))
    assert rows == SCOPES | EVENTS


def test_the_way_to_http_leads_there() -> None:
    """README and page say the mode, and which tokens it takes."""
    for name in ("README.md", "docs/slack.md"):
        page = (ROOT / name).read_text(encoding="utf-8")
        http = page[page.index('mode = "http"') - 700 :][:1400]
        assert "SLACK_SIGNING_SECRET" in http
        assert "SLACK_BOT_TOKEN" in http
        assert "[slack]" in http


def test_an_agent_has_prompts_that_are_understood() -> None:
    """Until its own come, three stand in the manifest; each is a question."""
    view = MANIFEST["features"]["agent_view"]
    assert len(view["agent_description"]) <= 300
    assert [parse(each["message"]).command for each in view["suggested_prompts"]] == [
        "advice", "pacing", "help"
    ]  # fmt: skip
