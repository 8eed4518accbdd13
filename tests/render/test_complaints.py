"""Errors speak the reader's language, whoever raised them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from bot.errors import NoNumbers, PerfbotError, SourceError, StoreError, UsageError
from bot.render.catalogue import ERRORS, SAID

BOT = Path(__file__).parents[2] / "bot"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StoreError("perfbot.db is locked by another program.", hint="Try again."),
         "Databasen kan ikke brukes akkurat nå. Loggen sier hvorfor; prøv igjen om et minutt."),
        (SourceError("meta did not answer: timeout."),
         "En kilde til tall svarte ikke. Loggen sier hvorfor."),
        (UsageError("A digest needs at least one day.", hint="Tick one."),
         "Et sammendrag trenger minst én dag. Kryss av for en."),
        (NoNumbers("There are no numbers for %(channel)s in these days; the newest are from "
                   "%(last)s.", values={"channel": "Meta", "last": date(2026, 11, 18)}),
         "Det er ingen tall for Meta disse dagene; de nyeste er fra 18. november 2026."),
    ],
)  # fmt: skip
def test_no_english_in_a_norwegian_answer(renderers, error, told):
    """As it was raised where that is translated, else by its code."""
    assert renderers["nb"].error(error).text.replace("\u00a0", " ") == told


def test_english_keeps_the_sentence_and_the_way_out(renderers):
    """What was raised is what is read, with its values."""
    error = UsageError("%(asked)s runs backwards.", hint="Write the earlier day first.",
                       values={"asked": "2026-11-15..2026-11-01"})  # fmt: skip
    told = renderers["en"].error(error).text
    assert told == "2026-11-15..2026-11-01 runs backwards. Write the earlier day first."
    assert str(error) == told


def test_every_code_has_words():
    """A code nobody foresaw is still said, in general words."""
    assert {"store", "source", "no_numbers", "usage", ""} <= set(ERRORS)


def test_a_value_in_an_error_stays_inert(renderers):
    """What was typed is quoted, not obeyed."""
    error = UsageError("%(asked)s runs backwards.", values={"asked": "<!channel>*x*"})
    message = renderers["nb"].error(error)
    assert message.text == "&lt;!channel&gt;*x* går baklengs."


def test_the_sentences_are_those_that_are_raised():
    """What the catalogue holds is still said somewhere."""
    code = "\n".join(path.read_text("utf-8") for path in BOT.rglob("*.py"))
    joined = re.sub(r'"\s*\n\s*"', "", code)
    assert [each for each in SAID if joined.count(each) < 2] == []


def test_an_error_without_values_may_hold_a_per_cent_sign():
    """Only a sentence with values is filled in."""
    assert str(PerfbotError("100 % full.")) == "100 % full."
