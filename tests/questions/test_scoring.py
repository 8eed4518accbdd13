"""The scorer is strict: what is right, what answers another question, what was not understood."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.questions import corpus
from benchmarks.questions.corpus import Question, WrongKey
from benchmarks.questions.figures import truths
from benchmarks.questions.numerals import dates, numerals
from benchmarks.questions.reading import Seen, seen
from benchmarks.questions.scoring import Score, score

LAST_WEEK = "2026-11-16..2026-11-22"


def _question(**key: Any) -> Question:
    entry = {
        "id": "t1", "language": "en", "asked": "how much did we spend on google last week?",
        "intent": "how_much", "subject": "google_ads", "window": LAST_WEEK, **key,
    }  # fmt: skip
    (question,) = corpus.parsed({"patterns": {"none": "\\bno\\b|ingen"}, "questions": [entry]})
    return question


SPEND = _question(figure={"sum": "spend", "channel": "google_ads"})


def _said(first: str, *more: str, table: tuple[tuple[str, ...], ...] = (), **other: Any) -> Seen:
    words = "\n".join((first, *more))
    rows = "\n".join("  ".join(row) for row in table)
    whole = f"{words}\n{rows}"
    reply = Seen(words, words, whole, whole, (table,) if table else ())
    return replace(reply, **other)


@pytest.mark.parametrize(
    "words",
    [
        "Google, last week (16–22 Nov): 71 066 kr · 392 sales",
        "Google spent 71,065.82 kr last week.",
        "Google spent 71,100 kr last week.",
    ],
)
def test_the_figure_in_the_headline_is_right(words: str) -> None:
    """The figure counts in any form a reader of the language takes for it."""
    assert score(SPEND, _said(words)) is Score.RIGHT


@pytest.mark.parametrize(
    "words",
    [
        "Google, last 7 days (21–27 Nov): 70 814 kr",  # another window
        "Meta, last week (16–22 Nov): 38 475 kr; Google is fine",  # another channel
        "Meta, last week: 38 475 kr, less than Google's 71 066 kr",  # beside another's
        "Google, last week: 71 kr",  # not that number
        "Google, last week: 71 066 %",  # another unit
        "Google spent 0.1 million kr last week.",  # says too little
    ],
)
def test_another_questions_answer_is_not_right(words: str) -> None:
    """Another window, channel, unit or size is never right, however much stands beside it."""
    assert score(SPEND, _said(words)) in {Score.WRONG, Score.PARTLY}


def test_the_answer_to_another_question_is_wrong() -> None:
    """A reply that neither holds the figure nor says that it did not understand is wrong."""
    assert score(SPEND, _said("Meta, last 7 days (21–27 Nov): 38 204 kr spent.")) is Score.WRONG


def test_the_figure_below_is_partly_right() -> None:
    """What has to be looked for further down is not the answer."""
    reply = replace(_said("Google: 392 sales last week."), whole="Spend  71 065.82 kr")
    assert score(SPEND, reply) is Score.PARTLY


def test_a_shrug_is_not_understood() -> None:
    """Repeating what it did not know, offering its commands, or asking back is not an answer."""
    unknown = _said("I don't know spend google.", refused=True)
    for reply in (unknown, _said("This is what I understand:", "/perf"), _said("Which stage?")):
        assert score(SPEND, reply) is Score.LOST


def test_norwegian_numbers_are_read_as_norwegian() -> None:
    """A comma is a decimal in bokmål and a group in English."""
    question = replace(SPEND, language="nb")
    assert score(question, _said("Google: 71 065,82 kr forrige uke")) is Score.RIGHT
    assert score(question, _said("Google: 71,066 kr forrige uke")) is Score.WRONG


def test_a_ranking_is_right_in_its_order_only() -> None:
    """The names stand in order, highest first, and the first has its number."""
    key = {"rank": "spend", "by": "campaign", "order": "desc", "n": 2}
    question = _question(intent="which", subject="account", figure=key)
    rows = (("Google | Generic", "25 941 kr"), ("Google | Shopping", "22 532 kr"))
    head = ("Campaign", "Spend")
    reply = _said("By spend, last week", table=(head, *rows))
    assert score(question, reply) is Score.RIGHT
    assert score(question, _said("By spend", table=(head, *reversed(rows)))) is Score.WRONG
    other = (("Google | Generic", "26 312 kr"), rows[1])
    assert score(question, _said("By spend", table=(head, *other))) is Score.WRONG


def test_one_winner_has_to_be_named_in_the_headline() -> None:
    """Who asks for the best is told who it is, not given a table to find out."""
    key = {"rank": "spend", "by": "campaign", "order": "desc", "n": 1}
    question = _question(intent="which", subject="account", figure=key)
    table = (("Campaign", "Spend"), ("Google | Generic", "25 941 kr"))
    assert score(question, _said("Campaigns of last week", table=table)) is not Score.RIGHT
    assert score(question, _said("Google | Generic spent most: 25 941 kr")) is Score.RIGHT


def test_a_condition_is_met_by_exactly_those_names() -> None:
    """One too many and one too few are both another answer."""
    key = {"where": "spend", "above": 20000, "by": "campaign"}
    question = _question(intent="which", subject="account", figure=key)
    assert score(question, _said("Over 20 000 kr: Generic and Shopping.")) is Score.RIGHT
    assert score(question, _said("Over 20 000 kr: Generic.")) is Score.WRONG
    assert score(question, _said("Over 20 000 kr: Generic, Shopping and Brand.")) is Score.WRONG


def test_a_ratio_over_a_part_says_so() -> None:
    """Meta's ROAS is over all its spend, or the reply says what it is over."""
    question = _question(subject="meta_ads", window="2026-11-01..2026-11-27",
                         figure={"ratio": "roas", "channel": "meta_ads"})  # fmt: skip
    assert score(question, _said("Meta: ROAS 1.35 over all its spend")) is Score.RIGHT
    assert score(question, _said("Meta: ROAS 4.49")) is Score.WRONG
    assert score(question, _said("Meta: ROAS 4.49 for the campaigns that sell")) is Score.RIGHT


def test_an_honest_not_known_is_right_where_the_key_says_so() -> None:
    """What is not known is said as that, with how to get it; a number instead is wrong."""
    words = [["@none", "device", "import|column"]]
    question = _question(asked="spend by device", intent="not_known", subject="account",
                         window="default", accept=words)  # fmt: skip
    honest = "There are no numbers by device. Import an export with a device column."
    assert score(question, _said(honest)) is Score.RIGHT
    assert score(question, _said("All channels: 132 405 kr spent")) is Score.WRONG
    assert score(question, _said("I don't know device.", refused=True)) is Score.LOST


def test_a_day_is_right_within_what_the_key_allows() -> None:
    """A window's first day is not an answer to when."""
    question = _question(intent="when", subject="Google | Generic", window="default",
                         figure={"date": "2026-11-17", "within": 2})  # fmt: skip
    assert score(question, _said("Google | Generic: worse since Wed 18 Nov")) is Score.RIGHT
    assert score(question, _said("Google | Generic, 17–23 Nov: 692 kr a sale")) is Score.WRONG
    assert score(question, _said("Google | Generic: worse since 1 Nov")) is Score.WRONG


def test_a_change_without_its_cause_is_partly_right() -> None:
    """Why is answered by a cause; that it changed is half of it, another campaign's is none."""
    question = _question(intent="why", subject="Google | Generic", window="default",
                         accept=[["CPA", "landing|conversion rate"]])  # fmt: skip
    change = "Google | Generic: CPA rose from 363 kr to 692 kr"
    assert score(question, _said(f"{change}, from the conversion rate.")) is Score.RIGHT
    assert score(question, _said(f"{change}.")) is Score.PARTLY
    assert score(question, _said("Google | Brand: CPA rose by 3 kr.")) is Score.WRONG


def test_what_must_not_be_said_is_wrong() -> None:
    """A key may name what would be another question's answer."""
    question = replace(SPEND, must_not=_question(must_not=["profit"], accept=["x"]).must_not)
    assert score(question, _said("Google: profit after 71 066 kr")) is Score.WRONG


def test_what_repeats_the_question_is_not_read() -> None:
    """ "Understood as" and "I did not use" hold no answer: their words are the asker's own."""
    echo = {"type": "context", "elements": [{"type": "plain_text", "text": "I did not use: 240."}]}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Meta: 3 kr"}}
    reply = SimpleNamespace(text="Meta", blocks=[echo, section], modal=None, file=None, error=None)
    assert "240" not in seen(reply).whole
    assert "3 kr" in seen(reply).headline


def test_numbers_are_told_from_days() -> None:
    """The 16 of "16–22 Nov" is no count, and a window's ends are no dates."""
    assert [each.value for each in numerals("Last 7 days, 16–22 Nov: 392 sales", "en")] == [392]
    assert [day.day for day in dates("21–27 Nov: since Tue 17 Nov", 2026)] == [17]


@pytest.mark.parametrize("name", ["open", "kinds", "sealed", "strangers"])
def test_every_key_can_be_worked_out(name: str) -> None:
    """Each figure of each corpus gives something to hold; nothing is scored here."""
    questions = corpus.load(name)
    for question in questions:
        for figure in question.figures:
            assert truths(figure, question.windows), question.id
    assert {each.language for each in questions} == {"en", "nb"}


def test_a_third_is_set_aside_and_none_is_in_both() -> None:
    """The sealed questions are not among those developed against."""
    opened, sealed = ({q.asked.lower() for q in corpus.load(each)} for each in ("open", "sealed"))
    assert not opened & sealed
    assert len(opened) + len(sealed) >= 500
    assert len(sealed) >= (len(opened) + len(sealed)) * 0.32


def test_a_key_that_cannot_be_meant_is_refused() -> None:
    """A misspelt field and a key without an answer are told by the question's id."""
    with pytest.raises(WrongKey, match="t1"):
        _question(figures={"sum": "spend"})
    with pytest.raises(WrongKey, match="neither"):
        _question()
