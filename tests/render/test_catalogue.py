"""Every word is in the catalogue, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from bot.places import shipped
from bot.render import Renderer, languages
from bot.render.catalogue import catalogue
from tests.render import reader_sentences

KEYWORDS = {
    "_": None,
    "N_": None,
    "NN_": (1, 2),
    "ngettext": (1, 2),
    "say": None,
    "count": (1, 2),
}
HOLE = re.compile(r"%\((\w+)\)s")
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
OTHERS = tuple(language for language in languages() if language != "en")


def _extracted() -> Iterator[str | tuple[str, str]]:
    sources = [(path, "jinja2.ext:babel_extract") for path in shipped("templates").glob("*.j2")]
    code = Path(__file__).parents[2] / "bot" / "render"
    sources += [(path, "python") for path in code.rglob("*.py")]
    for path, method in sources:
        with path.open("rb") as file:
            for _, message, _, _ in extract(method, file, keywords=KEYWORDS):
                yield message


def _rule_words() -> Iterator[str]:
    folder = shipped("rules")
    for path in sorted(folder.glob("*.yml")):
        if path.name in {"metrics.yml", "thresholds.yml"}:
            continue
        for rule in yaml.safe_load(path.read_text("utf-8")):
            yield from (
                rule[field] for field in ("title", "why", "message", "brief") if rule.get(field)
            )


def _metric_titles() -> Iterator[str]:
    glossary = yaml.safe_load((shipped("rules") / "metrics.yml").read_text("utf-8"))
    return (entry["title"] for entry in glossary.values())


def _says_something(message: str) -> bool:
    return any(letter.isalpha() for letter in HOLE.sub("", message))


@pytest.fixture(scope="module", params=OTHERS)
def written(request):
    path = shipped("templates") / "locale" / f"{request.param}.po"
    with path.open("rb") as file:
        return read_po(file, locale=request.param)


def test_there_is_another_language_than_english():
    """English and Norwegian, at least."""
    assert {"en", "nb"} <= set(languages())


def test_every_word_of_ours_is_translated(written):
    """No template and no sentence in code is left in English."""
    missing = []
    for message in set(_extracted()):
        singular = message if isinstance(message, str) else message[0]
        entry = written.get(singular)
        told = entry.string if entry else ""
        full = all(told) if isinstance(told, tuple | list) else bool(told)
        if not full and _says_something(singular):
            missing.append(singular)
    assert sorted(missing) == []


def test_every_rule_is_translated(written):
    """Titles, reasons and messages of the rulebook are in the catalogue."""
    missing = [words for words in _rule_words() if not getattr(written.get(words), "string", "")]
    assert missing == []


def test_every_metric_has_a_name(written):
    """Titles of metrics are in the catalogue."""
    missing = [name for name in _metric_titles() if not getattr(written.get(name), "string", "")]
    assert missing == []


def test_translations_fill_the_same_holes(written):
    """A translation names the values its original names, none more."""
    for entry in written:
        if not entry.id:
            continue
        ids = entry.id if isinstance(entry.id, tuple | list) else (entry.id,)
        told = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
        holes = set().union(*(HOLE.findall(one) for one in ids))
        for one in told:
            assert set(HOLE.findall(one)) <= holes, one
            assert one.count("*") == ids[0].count("*"), one
            assert one.count("`") == ids[0].count("`"), one


def test_translated_rules_name_the_same_values(written):
    """A rule's message says the same numbers in every language."""
    for words in _rule_words():
        entry = written.get(words)
        told = str(entry.string) if entry else ""
        named = {tag.replace(" ", "") for tag in TAG.findall(words)}
        assert {tag.replace(" ", "") for tag in TAG.findall(told)} <= named, words


def test_nothing_in_the_catalogue_is_left_over(written):
    """What nobody says any more is not kept."""
    known = {one if isinstance(one, str) else one[0] for one in _extracted()}
    known |= {*_rule_words(), *_metric_titles(), *reader_sentences.written()}
    ids = {one.id if isinstance(one.id, str) else one.id[0] for one in written if one.id}
    assert sorted(ids - known) == []


def test_plural_forms_are_used():
    """One and many are told apart as the language does it."""
    speech = Renderer("nb").speech
    assert speech.count("%(n)s day", "%(n)s days", 1) == "\ue0001\ue001 dag"
    assert speech.count("%(n)s day", "%(n)s days", 2) == "\ue0002\ue001 dager"


def test_an_unknown_language_speaks_english(tmp_path):
    """A language without a catalogue is not an error."""
    assert catalogue("xx").ugettext("Snooze") == "Snooze"
    assert languages(tmp_path) == ("en",)


def test_a_third_language_is_one_file(tmp_path):
    """Put xx.po beside nb.po and it is there."""
    (tmp_path / "locale").mkdir()
    (tmp_path / "locale" / "sv.po").write_text('msgid "Snooze"\nmsgstr "Skjut upp"\n', "utf-8")
    assert languages(tmp_path) == ("en", "sv")
    assert catalogue("sv", tmp_path).ugettext("Snooze") == "Skjut upp"
