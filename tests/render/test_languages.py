"""A third language is one file: no word of ours is outside the catalogue, none is pieced together.

The pseudo-language is Greek by its code, and every English letter of ours is written full-width
(`Ｓｎｏｏｚｅ`). Numbers and days then come from babel in Greek; words of the catalogue stay
full-width where they are cut, nested or handed on as values; the scene's names are Chinese. So any
plain Latin letter left in a message is a word somebody forgot.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.blockkit import validate
from bot.places import shipped
from bot.question.vocabulary import language_words
from bot.render import Renderer, languages
from bot.render.number_formats import NumberForms, own_name

NAMES = ["活动一", "活动二", "活动三"]
KEPT = re.compile(r"%\(\w+\)s|%%|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
LATIN = re.compile("[A-Za-zÆØÅæøå]")
WIDE = {code: code + 0xFEE0 for code in (*range(65, 91), *range(97, 123))}
WIDE_LETTER = re.compile("[Ａ-Ｚａ-ｚ]")
UNSEEN = {
    *("type", "action_id", "block_id", "value", "callback_id", "private_metadata", "url"),
    *("channel_id", "format", "align", "initial_time", "initial_date", "initial_user", "include"),
}
# Latin letters a message may have in any language: what the scene puts in, and the field's codes.
DATA = {
    *("Google Ads", "Google", "google", "google_ads", "Meta", "TikTok"),  # channels
    *("Generic", "Shopping", "ShoppingGoogle", "brand", "g1", "t1", "t2", "g2"),  # campaigns
    *("Europe/Oslo", "UTC", "English", "Norsk bokmål"),  # zones; languages by their own names
    *("convert-shift", "convert-test-shift", "convert-cut", "convert-room", "reach-tiring"),  # ids
    *("abc123", "abc", "unheard.of"),  # a rulebook's version, a step of the log nobody knows
    *("cpa.now > threshold.waste * cpa.target", "frequency.now > threshold.frequency"),  # lines
    *("why 活动一 cpa lastweek", "why Google | Generic cpa lastweek"),  # what a person typed
    *("ack", "channel"),  # commands, as they are typed
    "week 47.csv",  # a file's name, as its owner called it
    *("perfbot-活动一.csv", "perfbot-Google | Generic.csv"),  # a file's name
    *("CPM", "CPC", "CPL", "CPA"),  # pricing models, as the plan writes them
    *("NOK", "EUR", "kr"),  # currencies
}
KNOWN = re.compile("|".join(rf"\b{re.escape(one)}\b" for one in sorted(DATA, key=len)[::-1]))


def wide(message: str) -> str:
    """Our words, full-width; placeholders and tags stay."""
    told, at = [], 0
    for hole in KEPT.finditer(message):
        told += [message[at : hole.start()].translate(WIDE), hole[0]]
        at = hole.end()
    return "".join([*told, message[at:].translate(WIDE)])


def pseudo(folder, language, own=()):
    """Writes one catalogue of everything nb.po has, and of the scene's own rules."""
    with (folder / "locale" / "nb.po").open("rb") as file:
        known = read_po(file, locale="nb")
    made = Catalog(language)
    for entry in known:
        if entry.id:
            plural = isinstance(entry.id, tuple | list)
            told = tuple(map(wide, entry.id)) if plural else wide(entry.id)
            made.add(entry.id, told, flags=entry.flags)
    for message in own:
        made.add(message, wide(message))
    with (folder / "locale" / f"{language}.po").open("wb") as file:
        write_po(file, made)


def seen(thing: Any) -> Iterator[str]:
    """Every text in it that somebody sees."""
    if isinstance(thing, dict):
        for key, inner in thing.items():
            looks = key == "style" and inner in ("bullet", "ordered", "primary", "danger")
            if key not in UNSEEN and not looks:
                yield from seen(inner)
    elif isinstance(thing, list):
        for inner in thing:
            yield from seen(inner)
    elif isinstance(thing, str):
        yield thing


@pytest.fixture
def templates(tmp_path):
    """A copy of what is shipped, to put one more catalogue in."""
    return shutil.copytree(shipped("templates"), tmp_path / "templates")


@pytest.fixture
def scenes(scene):
    """Nothing to tell, and three campaigns."""
    return [(f"{key} of {len(names)}", one) for names in ([], NAMES) for key, one in
            scene(names).items()]  # fmt: skip


@pytest.fixture
def own(scene):
    """What the scene's own rules say, which no shipped catalogue has."""
    found = scene(NAMES)
    advice = [found[key]["card"].advice for key in ("advice", "advice:outage")]
    told = {text for one in advice for text in (one.title, one.message, one.brief) if text}
    return sorted({*told, found["advice"]["card"].why})


def test_no_word_of_ours_is_outside_the_catalogue(templates, scenes, own, shown):
    """Texts, fallbacks, labels, placeholders, alt texts, options, titles, buttons: all of them."""
    pseudo(templates, "el", own)
    renderer = Renderer("el", folder=templates)
    left = {}
    for key, values in scenes:
        _, found = shown(renderer, key.partition(" ")[0], values)
        for text in seen(found):
            if LATIN.search(KNOWN.sub("", text)):
                left.setdefault(text, key)
    assert left == {}


def test_a_word_outside_the_catalogue_is_found(templates, scene, shown):
    """The test above is not blind: a label that nobody translates stands out."""
    pseudo(templates, "el")
    (templates / "snooze.j2").write_text('{{ title("Later", submit=_("Snooze")) }}', "utf-8")
    _, found = shown(Renderer("el", folder=templates), "snooze", scene(NAMES)["snooze"])
    assert [text for text in seen(found) if LATIN.search(KNOWN.sub("", text))] == ["Later"]


def test_a_third_language_is_one_file_for_every_message(templates, scenes, own, shown):
    """xx.po is put beside nb.po, and everything is said in it; babel need not know the language."""
    pseudo(templates, "xx", own)
    assert languages(templates) == ("en", "nb", "xx")
    renderer = Renderer("xx", folder=templates)
    for key, values in scenes:
        _, found = shown(renderer, key.partition(" ")[0], values)
        assert validate(found["blocks"]) == [], key
        assert any(WIDE_LETTER.search(text) for text in seen(found)), key


def test_a_third_language_is_asked_for_by_its_name():
    """`/perf settings svenska` and menus name it as babel does: no list to add it to."""
    assert own_name("sv") == "Svenska"
    assert own_name("xx") == "xx"
    assert language_words(["nb", "sv"]) | {"svenska": "sv", "sv": "sv", "norsk": "nb"} == (
        language_words(["nb", "sv"])
    )


@pytest.mark.parametrize(("language", "told"), [("sv", "500\u00a0€"), ("xx", "€500")])
def test_a_third_language_puts_the_sign_of_money_where_it_does(language, told):
    """Behind the amount where the language does; as English where babel does not know."""
    assert NumberForms(language).money(500, "EUR") == told
