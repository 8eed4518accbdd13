"""What reading a file refuses and notes is said in every language."""

from __future__ import annotations

import pytest
from babel.messages.pofile import read_po

from bot.errors import PerfbotError
from bot.places import shipped
from bot.render import Renderer, languages
from bot.sentences import Sentence, together
from bot.sources.refusals import BadValue
from tests.render import reader_sentences

OTHERS = [language for language in languages() if language != "en"]
WHY = Sentence("%(heading)s is %(value)s, a fraction", heading="Clicks", value="1.5")


@pytest.mark.parametrize("language", OTHERS)
def test_every_refusal_of_a_file_has_a_sentence(language: str) -> None:
    """Every error of bot/sources, its way out, and every note, whatever a file is refused for."""
    with (shipped("templates") / "locale" / f"{language}.po").open("rb") as file:
        entries = read_po(file, locale=language)
    texts = reader_sentences.said()
    assert len(texts) > 250
    missing = [text for text in texts if not getattr(entries.get(text), "string", "")]
    assert sorted(missing) == []


def test_a_sentence_is_said_with_the_sentences_in_it() -> None:
    """Values that are words of ours in the reader's language, those of a file as they stand."""
    error = BadValue(
        Sentence("This row contradicts itself: %(why)s.", why=together([WHY, WHY])),
        hint=Sentence("It is one of %(names)s, or empty.", names="day, week"),
        line=4, file="<@U1>.csv",
    )  # fmt: skip
    english = "This row contradicts itself: Clicks is 1.5, a fraction; Clicks is 1.5, a fraction."
    assert error.message == english
    assert str(error) == f"<@U1>.csv:4: {english} It is one of day, week, or empty."
    norwegian = Renderer("nb")
    said = [norwegian.sentence(sentence) for sentence in error.sentences]
    assert said == [
        "Denne raden motsier seg selv: Clicks er 1.5, en brøkdel; Clicks er 1.5, en brøkdel.",
        "Den er en av day, week, eller tom.",
    ]
    assert norwegian.plainly(error) == " ".join(said)
    assert Renderer("en").plainly(error) == f"{error.message} {error.hint}"


def test_a_sentence_nobody_translated_stays_as_it_is() -> None:
    """As it was written, its values in place; an error says in other words what kind it is."""
    sentence = Sentence("A %(thing)s nobody foresaw, 100 %%.", thing="thing")
    assert Renderer("nb").sentence(sentence) == "A thing nobody foresaw, 100 %."
    assert "foresaw" not in Renderer("nb").plainly(PerfbotError(sentence))


def test_a_secret_is_in_no_sentence() -> None:
    """Neither in the text nor in the values it is said from."""
    token = "xoxb-" + "1" * 12 + "-" + "a" * 24
    error = PerfbotError(Sentence("No %(why)s.", why=Sentence("%(token)s", token=token)))
    assert token not in str(error)
    assert token not in Renderer("nb").sentence(error.sentences[0])
