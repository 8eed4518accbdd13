from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnknownName
from bot.numbers.input.names import ALIASES, channel_key, match_channel, normal_name


@pytest.mark.parametrize(
    ("given_name", "key"),
    [
        ("Google Ads", "google_ads"),
        ("google", "google_ads"),
        ("GOOGLE-ADS", "google_ads"),
        ("Facebook", "meta_ads"),
        ("fb", "meta_ads"),
        ("meta", "meta_ads"),
        ("X", "twitter_ads"),
        ("Bing Ads", "microsoft_ads"),
        ("Apple Search Ads", "apple_search_ads"),
        ("Influencer TV", "influencer_tv"),
        ("Bærekraft", "bærekraft"),
        ("  linkedin ", "linkedin_ads"),
    ],
)
def test_a_channel_has_one_key_however_it_is_written(given_name, key):
    """However a channel is written, it has one key."""
    assert channel_key(given_name) == key


@given(st.text())
def test_a_key_is_its_own_key(text):
    """Taking the key of a key changes nothing."""
    assert channel_key(channel_key(text)) == channel_key(text)


@given(st.text())
def test_a_normal_name_is_its_own_normal_name(text):
    """Normalising twice changes nothing."""
    assert normal_name(normal_name(text)) == normal_name(text)


def test_names_that_differ_by_case_dash_and_space_are_the_same():
    """Case, kinds of dash, spaces and invisible marks make no difference."""
    assert normal_name("Høst – Rekkevidde ") == normal_name("høst\u00a0-  REKKEVIDDE\u200b")


def test_names_that_differ_by_emoji_or_mark_stay_different():
    """Emoji and `|` belong to a name."""
    assert normal_name("Høst 🍂") != normal_name("Høst")
    assert normal_name("A | B") != normal_name("A B")


@pytest.mark.parametrize("given_name", ["google", "Google Ads", "google_ads", "goo", "adw"])
def test_a_known_channel_is_found(given_name):
    """A channel is found by its key, its usual names and their beginnings."""
    assert match_channel(given_name, ["google_ads", "meta_ads"]) == "google_ads"


def test_a_channel_of_ones_own_is_found():
    """Channels nobody else knows are found by their own name."""
    assert match_channel("Influencer", ["influencer", "search"]) == "influencer"


def test_a_near_miss_names_the_nearest():
    """A typing error is answered with the nearest channel."""
    with pytest.raises(UnknownName) as caught:
        match_channel("gogle", ["google_ads", "meta_ads"])
    assert caught.value.kind == "channel"
    assert caught.value.nearest[0] == "google_ads"
    assert "Did you mean 'google_ads'?" in str(caught.value)


@pytest.mark.parametrize("given_name", ["", "???", "t", "zzz"])
def test_what_fits_none_or_several_is_not_guessed(given_name):
    """Nothing, nonsense, or a beginning of two channels is refused."""
    with pytest.raises(UnknownName):
        match_channel(given_name, ["tiktok_ads", "twitter_ads"])


def test_a_usual_name_belongs_to_one_channel():
    """No usual name stands for two channels."""
    spoken = [name for names in ALIASES.values() for name in names]
    assert len(spoken) == len(set(spoken))
