"""Every channel side by side, and days without numbers said in a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.ask import Asker
from bot.blockkit import validate
from bot.errors import NoNumbers
from bot.store.base import Pull

MORNING = date(2026, 11, 23)
LATER = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("channel", "spent, most on Google: 69\u00a0888\u00a0kr."),
        ("channel roas", "Google has the best ROAS: 5.22."),
        ("channel conversions since thursday", "19–22 Nov: 184 sales, most from Google: 166."),
        ("channel cpm", "TikTok has the best CPM: 39\u00a0kr."),
    ],
)
def test_channels_are_told_by_what_was_asked(world, kari, question, said):
    """The most, or the best, is the conclusion; counts are summed, ratios are not."""
    reply = world.desk.ask(question, kari, MORNING)
    assert said in reply.text
    assert validate(list(reply.blocks)) == []


def test_every_channel_is_a_press_away(world, kari):
    """Under the table are the channels, in the same days."""
    shown = str(world.desk.ask("channel yesterday", kari, MORNING).blocks)
    for channel in ("google_ads", "meta_ads", "tiktok_ads", "linkedin_ads"):
        assert f"channel {channel} yesterday" in shown


ASKED = [
    ("channel google", "Google"),
    ("stage convert", "Convert"),
    ("pricing CPA", "CPA"),
    ("campaign generic", "Google | Generic"),
    ("compare google and meta", "Google"),
]
SAID = {
    "en": "There are no numbers for {} after 22 November 2026.",
    "nb": "Det finnes ingen tall for {} etter 22. november 2026.",
}


@pytest.mark.parametrize(("question", "name"), ASKED)
@pytest.mark.parametrize("language", ["en", "nb"])
def test_days_without_numbers_are_a_sentence(world, question, name, language):
    """No table of dashes: since when there is nothing, and what to do."""
    reply = world.desk.ask(question, Asker("U1", "C1", language), LATER)
    assert isinstance(reply.error, NoNumbers)
    assert reply.text.startswith(SAID[language].format(name))
    assert "28d" in reply.text


def test_a_failed_pull_is_the_reason(world, kari):
    """Where the last pull failed, that is why, and who can mend it is said."""
    at = datetime(2026, 11, 29, 6, tzinfo=UTC)
    failed = Pull("meta", at, None, None, ok=False, channels=("meta_ads",), error="No token.")
    world.store.record_pull(failed)
    reply = world.desk.ask("channel meta", kari, LATER)
    assert "The last pull failed: No token. An admin can mend it: /perf sources." in reply.text


@pytest.mark.parametrize("name", ["channel google", "campaign generic", "compare google meta"])
def test_a_comparison_with_nothing_says_so(world, kari, name):
    """Last year has no numbers: the comparison is not dropped without a word."""
    reply = world.desk.ask(f"{name} vs last year", kari, MORNING)
    assert "There are no numbers of 17–23 Nov 2025 to compare with." in str(reply.blocks)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("channel google vs target", "(on target: 205)"),
        ("campaign generic vs target", "Target 250\u00a0kr: +98\u00a0% from it"),
    ],
)
def test_against_the_target_nothing_is_said_of_the_week_before(world, kari, question, said):
    """Neither why it changed nor what it was; a target that is met is met."""
    reply = world.desk.ask(question, kari, MORNING)
    assert said in reply.text
    assert "before" not in str(reply.blocks)
    assert "Why the change" not in str(reply.blocks)
    assert "28d vs target" in str(reply.blocks)


def test_what_counts_no_sales_is_not_in_their_price(world, kari):
    """69 888 kr over 307 sales is not 205 kr: whose money is left out is said, where it is."""
    google = world.desk.ask("channel google", kari, MORNING)
    assert "Google | Guides reports no sales: its 6" in str(google.blocks)
    assert "is not in the price" not in str(world.desk.ask("stage convert", kari, MORNING).blocks)


def test_days_before_the_first_numbers_are_a_sentence(world, kari):
    """A range long ago names its days."""
    reply = world.desk.ask("channel google 2020-01-01..2020-01-07", kari, MORNING)
    assert "no numbers for Google from 1 January 2020 to 7 January 2020" in reply.text
