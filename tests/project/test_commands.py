"""A page a command: it says what is understood, and every word it explains is in the answer."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from bot.ask.desk import APPLYING, TOLD
from bot.cli.door import COMMANDS as TERMINAL
from bot.cli.door import cli
from bot.question.grammar import AS_TYPED, parse
from bot.question.vocabulary import COMMANDS, COMPARES, LATEST, METRICS, STAGES, VERSUS, WINDOWS
from bot.slack.advice_buttons import AT_ONCE
from bot.store.advice_life import VERBS
from docs.asking import ASKING, BUTTONS, Asking
from docs.slack_pages import answer, pressed, said
from docs.stage import Stage
from docs.terminal import TELLING

DOCS = Path(__file__).parents[2] / "docs"
INDEX = (DOCS / "commands.md").read_text(encoding="utf-8")
OWN_WORDS = (*AS_TYPED, "help", "rules")  # what follows is read in their own way


def test_a_page_a_command_and_a_command_a_page() -> None:
    """No command is without its page, no page without its command; the index has them all."""
    assert set(ASKING) == set(COMMANDS)
    assert set(TELLING) == set(TERMINAL)
    for folder, names in (("commands", COMMANDS), ("cli", TERMINAL)):
        assert {page.stem for page in (DOCS / folder).glob("*.md")} == set(names)
        assert all(f"({folder}/{name}.md)" in INDEX for name in names)


def test_every_word_perfbot_knows_is_written_down() -> None:
    """Each other name of a command is on its page; windows, comparisons, stages and metrics are
    on the index."""
    for name, words in COMMANDS.items():
        text = (DOCS / "commands" / f"{name}.md").read_text(encoding="utf-8")
        assert [word for word in words if f"`{word}`" not in text and word != name] == []
    tables = (*COMPARES.values(), *METRICS.values(), *STAGES.values(), VERSUS, WINDOWS)
    assert [word for words in tables for word in words if f"`{word}`" not in INDEX] == []


def test_months_and_weekdays_are_written_down() -> None:
    """Every month; of weekdays each way to say one, shown by Friday."""
    days = {word for word, meaning in LATEST.items() if meaning.startswith("on ")}
    assert [word for word in LATEST if word not in days and f"`{word}`" not in INDEX] == []
    ways = {word.rpartition(" ")[0] for word in days}
    assert [way for way in ways if not re.search(rf"`{way} (friday|fredag)`", INDEX)] == []
    assert {f"{way} friday" for way in ways} <= days


@pytest.mark.parametrize("name", ASKING)
def test_examples_are_understood_as_that_command(name: str) -> None:
    """Whatever is given to type, in either language, is read as the page's own command."""
    assert {parse(example).command for example in ASKING[name].examples} == {name}
    assert ASKING[name].norwegian


@pytest.mark.parametrize("name", ASKING)
def test_every_example_is_answered(stage: Stage, name: str) -> None:
    """None of them ends in an apology; what the page explains stands in the answer."""
    asking = ASKING[name]
    assert [each for each in asking.english if _fails(asking, stage, each, "en")] == []
    assert [each for each in asking.norwegian if _fails(asking, stage, each, "nb")] == []
    printed = said(answer(asking, stage))
    assert [part for part in asking.parts if part not in printed] == []


def _fails(asking: Asking, stage: Stage, question: str, language: str) -> bool:
    return answer(asking, stage, question, language).error is not None


@pytest.mark.parametrize("language", ["en", "nb"])
def test_what_the_help_offers_is_answered(stage: Stage, language: str) -> None:
    """Every question its lines begin with, in the reader's language."""
    asking = ASKING["help"]
    text = said(answer(asking, stage, language=language))
    offered = re.findall(r"(/perf .+?)(?=, /perf|; /perf|: )", text)
    assert len(offered) > 18
    typed = [each for each in offered if not each.endswith("…")]
    assert [each for each in typed if _fails(asking, stage, each, language)] == []


@pytest.mark.parametrize("name", ASKING)
def test_near_relatives_exist(name: str) -> None:
    """What else to look at is there, and is something else."""
    assert set(ASKING[name].see) <= set(COMMANDS) - {name}
    assert ASKING[name].see


def test_days_stand_where_the_page_says_so(stage: Stage) -> None:
    """Another window gives another answer exactly on the pages that offer one."""
    assert [name for name in ASKING if _told_apart(stage, name, "2026-11-02..2026-11-10")] == [
        name for name in ASKING if ASKING[name].window and name not in OWN_WORDS
    ]


def test_comparisons_stand_where_the_page_says_so(stage: Stage) -> None:
    """Other days to compare with give another answer exactly on the pages that offer them."""
    assert [name for name in ASKING if _told_apart(stage, name, "vs 2026-10-01..2026-10-05")] == [
        name for name in ASKING if ASKING[name].compare
    ]


def test_against_the_target_stands_where_the_page_says_so(stage: Stage) -> None:
    """Likewise `vs target`."""
    assert [name for name in ASKING if _told_apart(stage, name, "vs target")] == [
        name for name in ASKING if ASKING[name].aim
    ]


def _told_apart(stage: Stage, name: str, words: str) -> bool:
    """Whether words after a command's first example change its answer."""
    if name in OWN_WORDS:
        return False
    asking = ASKING[name]
    usual, other = answer(asking, stage), answer(asking, stage, f"{asking.english[0]} {words}")
    return other.error is None and said(usual) != said(other)


def test_every_button_that_is_explained_exists() -> None:
    """Nothing is told of a button that no message has any more."""
    code = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("templates", "bot/render", "bot/features", "bot/ask")
        for file in (DOCS.parent / folder).rglob("*")
        if file.suffix in {".j2", ".py"}
    )
    assert [kind for kind in BUTTONS if f'"{kind.removesuffix(".open")}' not in code] == []


def test_every_button_of_an_answer_is_explained(stage: Stage) -> None:
    """Each label of an example's answer stands under the page's buttons."""
    for name, asking in ASKING.items():
        text = (DOCS / "commands" / f"{name}.md").read_text(encoding="utf-8")
        labels = [label for _, label in pressed(list(answer(asking, stage).blocks))]
        assert [label for label in labels if f"**{label}**" not in text] == []


def test_a_button_that_answers_at_once_says_a_verb_that_is_known() -> None:
    """The store or a platform takes it, and the thread is told of it."""
    assert set(AT_ONCE.values()) <= {*VERBS, *APPLYING}
    assert set(AT_ONCE.values()) <= set(TOLD.values())


@pytest.mark.parametrize(
    "words", [words for telling in TELLING.values() for words in telling.shown]
)
def test_commands_that_are_only_shown_can_be_typed(words: str) -> None:
    """What stays until Ctrl-C, or looks at the real day, at least has no typing error in it."""
    name, *rest = shlex.split(words)
    root = click.Context(cli, info_name="perfbot", **cli.context_settings)
    command = cli.get_command(root, name)
    assert command is not None
    while isinstance(command, click.Group):
        child = command.get_command(root, rest.pop(0))
        assert child is not None, words
        command = child
    assert command.make_context(name, rest, parent=root).info_name == name
