"""A question is answered the same, whatever was asked before it."""

from __future__ import annotations

import random

import pytest

from tests.tape import door, play, tape


@pytest.fixture(scope="module")
def desk(copied):
    """One desk through all of this: what it was asked before is at hand."""
    opened = door.Desk(copied())
    yield opened
    opened.close()


@pytest.mark.timeout(600)  # some nine hundred questions, on a machine that may be busy
@pytest.mark.parametrize("seed", [0, 1])
def test_a_question_is_answered_as_by_a_fresh_process(desk, seed):
    """Warm, asked twice, and after any other question: as the tape has it from a cold process."""
    questions = play.asked()
    random.Random(seed).shuffle(questions)
    played = {each: play.answer(desk, *each) for each in questions}
    in_order = [played[each] for each in play.asked()]
    found = tape.differences("answers", in_order)
    assert not found, tape.report("answers", found)


def test_a_question_is_answered_the_same_at_once_again(desk):
    """Asked twice in a row, nothing changes."""
    for text, language in play.asked()[::9]:
        assert desk.ask(text, language) == desk.ask(text, language)


@pytest.mark.parametrize("language", ["en", "nb"])
def test_two_campaigns_in_sentences_are_not_taken_for_each_other(desk, language):
    """Asked about one campaign after another, each has its own numbers."""
    desk.forget()
    shape = {"en": "how is {} doing?", "nb": "hvordan går det med {}?"}[language]
    for name in ("generic", "shopping", "brand", "competitors", "whitepaper", "retargeting"):
        reply = desk.ask(shape.format(name), language)
        assert name in reply["text"].casefold()


@pytest.mark.parametrize("seed", range(3))
def test_a_cold_process_answers_as_the_tape(desk, seed):
    """With nothing at hand, a sample of the questions is answered as on the tape."""
    recorded = tape.keyed(tape.load("answers"))
    for text, language in random.Random(seed).sample(play.asked(), 12):
        desk.forget()
        name = f"{language}: {text}"
        assert play.answer(desk, text, language) == recorded[name], name
