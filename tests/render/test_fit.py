"""Whatever there is to say, Slack takes it, and nobody is pinged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blockkit import total_characters, validate, validate_view
from bot.places import shipped
from bot.render import without_visualization

HOSTILE = [
    "<!channel> <@U012AB3CD> <https://evil.example|free>",
    "*bold* _italic_ ~gone~ `code` ```block```",
    "{{ 7*7 }} {% for x in y %} {# no #} %(name)s %s %%",
    "x" * 500,
    "👩‍👩‍👧‍👦🏳️‍🌈" * 40,
    "حملة الشتاء \u202e gnp.exe \u2066 שלום",
    "line\nbreak\ttab\x00\x07\x1b[31m",
    "\ue000fake\ue001*bold*",
    "@channel @everyone #general :tada:",
    " ",
    "&lt;!here&gt; & < >",
    "a|b|c|d",
]
LIVE = {"user", "usergroup", "broadcast", "link", "emoji", "mrkdwn"}
OURS = {"C0PERFORM"}  # the only channel a message may lead to: a subscription's own


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def problems(surface: str, found: dict[str, Any]) -> list[str]:
    if surface == "message":
        return [str(problem) for problem in validate(found["blocks"])]
    return [str(problem) for problem in validate_view(found)]


def assert_inert(key: str, found: dict[str, Any]) -> None:
    """Nothing in it pings, links, or is read as markup by Slack."""
    kinds = {part.get("type") for part in walk(found["blocks"])}
    assert not kinds & LIVE, key
    assert {part["channel_id"] for part in walk(found) if "channel_id" in part} <= OURS, key
    text = found.get("text", "")
    assert "<" not in text, key
    assert ">" not in text, key
    assert all(not part.get("emoji") for part in walk(found)), key
    shown = str(found)
    assert "\ue000" not in shown, key
    assert "\u202e" not in shown, key


def test_every_template_is_tried(scene):
    """No template is left out of what follows."""
    tried = {key.partition(":")[0] for key in scene(["One"])}
    assert tried == {path.stem for path in shipped("templates").glob("[!_]*.j2")}


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("count", [0, 1, 12, 5_000])
def test_every_message_fits_however_many_campaigns(renderers, scene, shown, language, count):
    """None, one, a dozen or five thousand campaigns: Slack takes every message."""
    names = [f"Campaign {at} | Norway | Search" for at in range(count)]
    for key, values in scene(names).items():
        surface, found = shown(renderers[language], key, values)
        assert problems(surface, found) == [], key
        assert found["blocks"], key
        assert surface != "message" or found["text"], key
        assert total_characters(found["blocks"]) < 10_000, key
        assert "Shortened" not in str(found), key
        assert_inert(key, found)


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_a_message(renderers, scene, shown, language, name):
    """A name may hold markup, mentions, templates, control characters: it stays a name."""
    for key, values in scene([name, name[::-1], name]).items():
        surface, found = shown(renderers[language], key, values)
        assert problems(surface, found) == [], key
        assert_inert(key, found)


@given(st.text(max_size=80), st.text(st.characters(categories=["Cf", "Co", "Po", "Sm", "So"])))
@settings(max_examples=25, deadline=None)
def test_any_text_is_a_name(renderers, scene, shown, name, odd):
    """Any unicode text in any name field gives blocks that Slack takes, with no live markup."""
    for key, values in scene([name, odd, name + odd]).items():
        surface, found = shown(renderers["nb"], key, values)
        assert problems(surface, found) == [], key
        assert_inert(key, found)


def test_styles_come_from_templates_only(renderers, scene, shown):
    """`*bold*` in a name is shown with its stars, in the style of the words around it."""
    values = scene(["*loud*", "_soft_", "`code`"])["advice"]
    _, found = shown(renderers["en"], "advice", values)
    first = found["blocks"][0]["elements"][0]["elements"]
    told = "1. Move 240\u00a0kr a day from *loud* to _soft_"
    assert first == [{"type": "text", "text": told, "style": {"bold": True}}]


def test_template_syntax_in_a_name_is_not_evaluated(renderers, scene, shown):
    """`{{ 7*7 }}` stays as it was typed, also in the rule's own sandboxed message."""
    values = scene(["{{ 7*7 }}", "{{ name }}"])["advice"]
    _, found = shown(renderers["en"], "advice", values)
    assert "{{ 7*7 }}" in str(found)
    assert "49" not in found["text"]


def test_the_plainer_form_fits_too(renderers, scene, shown):
    """Without charts and data tables the message is still one Slack takes."""
    names = [f"Campaign {at}" for at in range(300)]
    for key in ("channel", "campaign"):
        _, found = shown(renderers["nb"], key, scene(names)[key])
        plain = without_visualization(found["blocks"])
        assert validate(plain) == []
        assert not {"data_visualization", "data_table"} & {block["type"] for block in plain}
        assert plain != found["blocks"]


def test_what_is_left_out_is_counted(renderers, scene, shown):
    """A table that cannot show everything says how many more there are."""
    names = [f"Campaign {at}" for at in range(5_000)]
    _, found = shown(renderers["en"], "channel", scene(names)["channel"])
    table = next(block for block in found["blocks"] if block["type"] == "data_table")
    after = found["blocks"][found["blocks"].index(table) + 1]
    left = 5_000 - (len(table["rows"]) - 1)
    assert after["elements"][0]["text"] == f"and {left:,} more".replace(",", "\u00a0")
