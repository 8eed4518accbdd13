"""The user's guide and the commands page say what perfbot understands today."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.desk.grammar import parse
from bot.desk.threads import spoken
from bot.desk.words import COMMANDS
from docs.asking import ASKING
from docs.pictures import FROM_THE_WEEK, MOST_BYTES

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "guide.md").read_text(encoding="utf-8")
LINKED = re.findall(r"\[`(/perf[^`]*)`\]\(commands\.md#perf-([a-z-]+)\)", GUIDE)


def test_every_command_is_on_the_commands_page() -> None:
    """What the grammar knows is described, each example is understood as that command."""
    assert set(ASKING) == set(COMMANDS)
    for name, asking in ASKING.items():
        assert {parse(example).command for example in asking.examples} <= {name, "help"}
        assert parse(asking.examples[-1]).command == name


@pytest.mark.parametrize(("question", "anchor"), LINKED)
def test_the_guide_asks_what_is_understood(question: str, anchor: str) -> None:
    """Each command in the guide is read as the one its link leads to."""
    assert parse(question).command == anchor
    assert f"### `/perf {anchor}`" in (DOCS / "commands.md").read_text(encoding="utf-8")


def test_the_guide_tells_of_every_command() -> None:
    """No command is left out, and none stands there without its link."""
    assert {anchor for _, anchor in LINKED} == set(COMMANDS)
    assert len(LINKED) == GUIDE.count("`/perf")


def test_answers_in_the_guide_are_answers() -> None:
    """Each reply of the table is understood in a thread."""
    table = re.findall(r"^\|[^|]+\| \*\*[^|]+\|([^|]+)\|$", GUIDE, re.MULTILINE)
    replies = [reply for cell in table for reply in re.findall(r"`([^`]+)`", cell)]
    assert len(replies) >= 10
    assert [reply for reply in replies if spoken(reply, date(2026, 11, 24)) is None] == []


def test_every_picture_is_there_and_small() -> None:
    """Each picture of the guide is taken by the week's run, exists, and is quick to load."""
    shown = re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", GUIDE)
    assert set(shown) == set(FROM_THE_WEEK)
    assert [name for name in shown if not 0 < _size(name) < MOST_BYTES] == []


def _size(name: str) -> int:
    return (DOCS / "pictures" / name).stat().st_size


def test_headings_the_guide_links_to_are_there() -> None:
    """Its own table of contents leads somewhere."""
    headings = {_slug(each) for each in re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) == headings


def _slug(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.casefold()).replace(" ", "-")
