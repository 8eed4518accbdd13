"""What reading a file refuses and notes is said in every language."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import PerfbotError, SourceError
from bot.numbers.source_health import FeedFault
from bot.places import shipped
from bot.render import Renderer, languages
from bot.render.values.news import ShownFault
from bot.sentences import Sentence, dumped, loaded, together
from bot.sources.refusals import BadValue
from bot.store import open_store
from bot.store.records import Pull
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


def test_a_failed_pull_is_told_in_the_readers_language() -> None:
    """Why and the way out, after the store kept it; what a platform itself says as it stands."""
    error = SourceError(
        Sentence("%(name)s: %(problem)s", name="shop", problem=Sentence(
            "Meta does not let this token read that: %(words)s.", words="(#200) No, 100 %"
        )),
        hint="Check the network.", file="a.csv", line=3,
    )  # fmt: skip
    assert str(error.as_sentence) == str(error)
    with closing(open_store(":memory:")) as store:
        at = datetime(2026, 11, 28, tzinfo=UTC)
        store.record_pull(Pull("meta", at, None, None, ok=False, error=error.as_sentence))
        (pull,) = store.pulls()
    assert pull.error == str(error)
    shown = ShownFault("Meta", FeedFault("failed", error=pull.error))
    assert Renderer("nb").of_fault(shown) == (
        "Ingen tall fra Meta. a.csv:3: shop: Meta lar ikke dette tokenet lese det: "
        "(#200) No, 100 %. Sjekk nettverket."
    )
    assert str(error) in Renderer("en").of_fault(shown)
    strange = FeedFault("failed", error=Sentence("%(a)s!", a=Sentence("A plug-in's own words.")))
    assert "loggen sier hvorfor" in Renderer("nb").of_fault(ShownFault("X", strange))


@given(st.recursive(st.text(), lambda inner: st.lists(inner, min_size=1, max_size=2), max_leaves=4))
def test_a_sentence_is_kept_with_its_values(parts: object) -> None:
    """What is read back is what was written, whatever stands in it, and says the same."""

    def made(part: object) -> Sentence | str:
        if isinstance(part, str):
            return part
        assert isinstance(part, list)
        return Sentence("%(a)s and %(b)s.", a=made(part[0]), b=made(part[-1]))

    kept = made(parts)
    assert loaded(dumped(kept)) == kept
    assert loaded(dumped(kept)).values == getattr(kept, "values", {})
