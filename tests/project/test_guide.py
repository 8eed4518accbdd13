"""The user's guides, English and Norwegian, say what perfbot understands today, and the same."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.features.triage.thread_replies import spoken
from bot.question.grammar import parse
from bot.question.vocabulary import COMMANDS
from docs.pictures import FROM_THE_WEEK, MOST_BYTES

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("guide.md", "guide.nb.md")}
LINK = re.compile(r"\[`(/perf[^`]*)`\]\(commands/([a-z-]+)\.md\)")
LINKED = [pair for guide in GUIDES.values() for pair in LINK.findall(guide)]
ENGLISH, NORWEGIAN = GUIDES.values()


@pytest.mark.parametrize(("question", "command"), LINKED)
def test_the_guide_asks_what_is_understood(question: str, command: str) -> None:
    """Each command in the guide is read as the one its link leads to."""
    assert parse(question).command == command


@pytest.mark.parametrize("name", GUIDES)
def test_the_guide_tells_of_every_command(name: str) -> None:
    """No command is left out, and none stands there without its link."""
    found = LINK.findall(GUIDES[name])
    assert {command for _, command in found} == set(COMMANDS)
    assert len(found) == GUIDES[name].count("`/perf")


def test_both_guides_tell_the_same() -> None:
    """The same commands in the same order under as many headings, and the same pictures."""
    assert [command for _, command in LINK.findall(ENGLISH)] == [
        command for _, command in LINK.findall(NORWEGIAN)
    ]
    assert _pictures(ENGLISH) == _pictures(NORWEGIAN)
    assert ENGLISH.count("\n## ") == NORWEGIAN.count("\n## ")
    assert len(_replies(ENGLISH)) == len(_replies(NORWEGIAN))


def test_the_norwegian_guide_is_norwegian() -> None:
    """Questions are typed in Norwegian where they can be; most are other words than in English."""
    english, norwegian = (
        [question for question, _ in LINK.findall(guide)] for guide in GUIDES.values()
    )
    same = [one for one, other in zip(english, norwegian, strict=True) if one == other]
    assert len(same) <= 3


def test_each_guide_leads_to_the_other() -> None:
    """And the README to both."""
    assert "(guide.nb.md)" in ENGLISH
    assert "(guide.md)" in NORWEGIAN
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert "(docs/guide.md)" in readme
    assert "(docs/guide.nb.md)" in readme


@pytest.mark.parametrize("name", GUIDES)
def test_answers_in_the_guide_are_answers(name: str) -> None:
    """Each reply of the table is understood in a thread."""
    replies = _replies(GUIDES[name])
    assert len(replies) >= 10
    assert [reply for reply in replies if spoken(reply, date(2026, 11, 24)) is None] == []


def test_half_a_shift_is_answered_as_in_the_week() -> None:
    """Ola's answer has the number that the shift has in the pictures."""
    week = (DOCS.parent / "tests" / "e2e" / "week" / "test_week.py").read_text(encoding="utf-8")
    (number,) = set(re.findall(r"ack (\d) 50%", week))
    assert f"`ack {number} 50%`" in ENGLISH
    assert f"`ok {number} 50%`" in NORWEGIAN


def _replies(guide: str) -> list[str]:
    table = re.findall(r"^\|[^|]+\| \*\*[^|]+\|([^|]+)\|$", guide, re.MULTILINE)
    return [reply for cell in table for reply in re.findall(r"`([^`]+)`", cell)]


def _pictures(guide: str) -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", guide)


@pytest.mark.parametrize("name", GUIDES)
def test_every_picture_is_there_and_small(name: str) -> None:
    """Each picture of the guide is taken by the week's run, exists, and is quick to load."""
    shown = _pictures(GUIDES[name])
    assert set(shown) == set(FROM_THE_WEEK)
    assert [name for name in shown if not 0 < _size(name) < MOST_BYTES] == []


def _size(name: str) -> int:
    return (DOCS / "pictures" / name).stat().st_size


@pytest.mark.parametrize("name", GUIDES)
def test_the_guides_own_contents_are_whole(name: str) -> None:
    """Its table of contents leads to every heading (where links lead: test_docs)."""
    assert GUIDES[name].count("](#") == GUIDES[name].count("\n## ")
