"""Templates say words; what they may not do is caught."""

from __future__ import annotations

from dataclasses import replace

import pytest
from jinja2 import UndefinedError

from bot.errors import NoNumbers, SettingsError, UnknownName
from bot.places import shipped
from bot.render import Renderer
from bot.render.renderer import StrayText
from bot.render.values.templates import Choice, Digest, Option


def texts(message) -> str:
    return message.text.replace("\u00a0", " ")


def test_the_text_states_the_conclusion(renderers, moving):
    """A phone that shows only `text` still says what to do."""
    assert texts(renderers["en"].render("advice", card=moving)) == (
        "1. Move 240 kr a day from Google | Generic to Google | Shopping."
    )
    assert texts(renderers["nb"].render("advice", card=moving)) == (
        "1. Flytt 240 kr dagen fra Google | Generic til Google | Shopping."
    )


def test_a_near_miss_becomes_a_button(renderers):
    """`gogle` is answered with a button that asks for google."""
    message = renderers["en"].error(UnknownName("channel", "gogle", ["google"]))
    assert message.text == "I don't know a channel called gogle. Did you mean google?"
    button = message.blocks[-1]["elements"][0]
    assert (button["action_id"], button["value"]) == ("choose.1", "channel google")


def test_other_errors_keep_their_sentence(renderers):
    """The sentence and the way out, no traceback, no buttons."""
    message = renderers["en"].error(SettingsError("SLACK_BOT_TOKEN is not set.", hint="See .env."))
    assert message.text == "SLACK_BOT_TOKEN is not set. See .env."
    assert renderers["en"].error(NoNumbers("Nothing yet.")).text == "Nothing yet."


def test_buttons_carry_only_the_advice_id(renderers, moving):
    """Amounts come from the store, never from a button."""
    actions = renderers["en"].render("advice", card=moving).blocks[-1]["elements"]
    values = {one["action_id"]: one.get("value") for one in actions}
    assert set(values) == {
        "advice.acknowledge",
        "advice.progress",
        "advice.snooze",
        "advice.partly",
        "advice.dismiss",
        "advice.evidence",
    }
    assert {value for value in values.values() if value} == {"adv-1"}
    menu = next(one for one in actions if one["type"] == "static_select")
    assert [one["value"] for one in menu["options"]] == [
        "1d:adv-1",
        "3d:adv-1",
        "1w:adv-1",
        "date:adv-1",
    ]


def test_nobody_is_a_hundred_per_cent_sure(renderers, moving):
    """A probability that rounds to one is told as "over 99 %"."""
    sure = replace(moving, advice=replace(moving.advice, confidence=0.9999))
    assert "over 99" in str(renderers["en"].render("advice", card=sure).blocks)


def test_a_cut_says_how_much(renderers, moving):
    """The headline of a cut or a raise names the amount where one is known."""
    cut = replace(moving.advice, action="cut_budget", campaign_ids=("g1",))
    told = renderers["en"].render("advice", card=replace(moving, advice=cut))
    assert texts(told) == "1. Cut Google | Generic by 240 kr a day."
    bare = replace(cut, budgets={}, budgets_before={})
    told = renderers["nb"].render("advice", card=replace(moving, advice=bare))
    assert texts(told) == "1. Kutt budsjettet til Google | Generic."


def test_answered_advice_offers_undo(renderers, moving):
    """After an answer the buttons are gone and it can be taken back; expired advice cannot."""
    done = replace(moving, state="acknowledged", answered_by="Kari")
    ids = [
        one["action_id"]
        for one in renderers["en"].render("advice_answered", card=done).blocks[-1]["elements"]
    ]
    assert ids == ["advice.undo", "advice.evidence"]
    gone = renderers["en"].render("advice_answered", card=replace(done, state="expired"))
    assert gone.blocks[-1]["type"] == "rich_text"


def test_a_choice_of_many_shows_five(renderers):
    """More than five names are too many buttons; the message says so."""
    options = tuple(Option(f"Campaign {at}", f"campaign Campaign {at}") for at in range(9))
    message = renderers["en"].render("choose", choice=Choice("campaign", "camp", options))
    assert len(message.blocks[1]["elements"]) == 5
    assert message.text == "9 campaigns fit camp. Which one?"


def test_without_numbers_the_morning_says_so(renderers, scene):
    """No numbers is news too, and never zero."""
    message = renderers["en"].render("digest", digest=Digest(scene([])["digest"]["digest"].as_of))
    assert message.text == "Good morning. There are no numbers yet."


def test_regional_english_has_its_own_numbers(moving):
    """`en-US` groups with commas, in English words."""
    rich = replace(moving.advice, budgets={"g1": 18_600.0}, budgets_before={"g1": 21_000.0})
    message = Renderer("en-US").render("advice", card=replace(moving, advice=rich))
    assert "2,400" in message.text


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "locale").mkdir()
    return tmp_path


def test_stray_text_is_a_mistake(folder):
    """Words outside every block would never be seen: the template is refused."""
    (folder / "odd.j2").write_text("Hello\n", "utf-8")
    with pytest.raises(StrayText, match="outside every block"):
        Renderer(folder=folder).render("odd")


def test_a_missing_value_is_a_mistake(folder):
    """A template that names what nobody gave fails instead of saying nothing."""
    (folder / "odd.j2").write_text("{{ para(nobody) }}", "utf-8")
    with pytest.raises(UndefinedError):
        Renderer(folder=folder).render("odd")


def test_too_much_is_shortened_and_says_so(folder):
    """Sixty blocks are cut to fifty, and the buttons stay."""
    lines = "{% for one in many %}{{ para(one) }}{{ divider() }}{% endfor %}"
    (folder / "odd.j2").write_text(lines + '{{ actions(button("Go", "go")) }}', "utf-8")
    blocks = Renderer(folder=folder).render("odd", many=["x"] * 40).blocks
    assert len(blocks) == 50
    assert any(block["type"] == "actions" for block in blocks)
    assert blocks[-1]["elements"][0]["text"].startswith("Shortened")


def test_templates_do_no_arithmetic():
    """Templates say words; every number comes ready made."""
    for path in shipped("templates").glob("*.j2"):
        outside_quotes = "".join(path.read_text("utf-8").split('"')[0::2])
        assert not any(f" {sign} " in outside_quotes for sign in "+*/"), path.name
