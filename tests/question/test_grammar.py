"""What is typed after /perf is understood, or answered with the nearest."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnknownName
from bot.question.grammar import Question, parse


def asked(text: str) -> tuple[str, str, str]:
    question = parse(text)
    return question.command, question.subject, question.window


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("help", "", "")),
        ("/perf", ("help", "", "")),
        ("  HELP ", ("help", "", "")),
        ("hjelp", ("help", "", "")),
        ("channel google", ("channel", "google", "")),
        ("/perf channel google", ("channel", "google", "")),
        ("channel Google Ads 28d", ("channel", "Google Ads", "28d")),
        ("channel google mtd", ("channel", "google", "mtd")),
        ("channel google yesterday", ("channel", "google", "yesterday")),
        ("channel google last 14 days", ("channel", "google", "14d")),
        ("channel google for the last 2 weeks", ("channel", "google", "14d")),
        ("channel 28d", ("channel", "", "28d")),
        ("kanal google siste 7 dager", ("channel", "google", "7d")),
        ("kanal google i går", ("channel", "google", "yesterday")),
        ("kanal google denne måneden", ("channel", "google", "mtd")),
        ("campaign Google | Generic", ("campaign", "Google | Generic", "")),
        ('campaign "Høst 7d"', ("campaign", "Høst 7d", "")),
        ("kampanje «Høst | Salg» 28d", ("campaign", "Høst | Salg", "28d")),
        ("campaign x 2026-11-01..2026-11-15", ("campaign", "x", "2026-11-01..2026-11-15")),
        ("campaign x 2026-11-01 .. 2026-11-15", ("campaign", "x", "2026-11-01..2026-11-15")),
        ("campaign x 2026-11-01 to 2026-11-15", ("campaign", "x", "2026-11-01..2026-11-15")),
        ("kampanje x fra 1.11.2026 til 15.11.2026", ("campaign", "x", "2026-11-01..2026-11-15")),
        ("campaign x 2026‑11‑01…2026‑11‑15", ("campaign", "x", "2026-11-01..2026-11-15")),
        ("campaign x 2026-11-15", ("campaign", "x", "2026-11-15..2026-11-15")),
        ("channel google in October", ("channel", "google", "in october")),
        ("kanal google i oktober", ("channel", "google", "in october")),
        ("kanal google på fredag", ("channel", "google", "on friday")),
        ("campaign Black Friday", ("campaign", "Black Friday", "")),
        ("campaign Nov-to-1 - x", ("campaign", "Nov-to-1 - x", "")),
        ("campaign Brand – 2026", ("campaign", "Brand – 2026", "")),
        ("råd", ("advice", "", "")),
        ("advice google", ("advice", "google", "")),
        ("sammendrag", ("digest", "", "")),
    ],
)
def test_what_people_type_is_understood(text, expected):
    """Commands in both languages, names with spaces and quotes, windows in words."""
    assert asked(text) == expected


def test_a_schedule_keeps_its_words():
    """`subscribe` hands the words on as typed."""
    assert parse("abonner 07:30 man-fre") == Question("subscribe", words=("07:30", "man-fre"))


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("chanel google", "channel"),
        ("campain x", "campaign"),
        ("advise", "advice"),
        ("sub", "subscribe"),
    ],
)
def test_a_near_miss_is_answered_with_the_command_meant(text, nearest):
    """A typo names the command that was meant."""
    with pytest.raises(UnknownName) as caught:
        parse(text)
    assert caught.value.kind == "command"
    assert caught.value.nearest[0] == nearest


def test_a_word_of_a_sentence_is_no_near_miss():
    """`hvor mye …` is no beginning of `hvorfor`."""
    with pytest.raises(UnknownName) as caught:
        parse("hvor mye brukte vi i går?")
    assert caught.value.nearest == ()


@given(st.text(max_size=300))
def test_any_text_is_a_question_or_an_unknown_command(text):
    """Nothing anybody can type breaks the grammar."""
    with suppress(UnknownName):
        assert parse(text).command


@given(st.from_regex(r"[a-zæøå|<!*&]{1,20}( [a-zæøå|<!*&]{1,20}){0,4}", fullmatch=True))
def test_quoted_names_come_back_exactly(name):
    """What stands in quotes is the name, whatever words it holds."""
    assert parse(f'campaign "{name}" 28d').subject == name
