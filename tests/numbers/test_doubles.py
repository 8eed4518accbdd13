"""The same traffic through two sources is found by its numbers, whatever it is called."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.input.names import labels
from bot.numbers.input.normalise import normalise
from bot.numbers.signals.doubles import doubles_known

LAST = date(2026, 4, 20)


def days(
    name: str, channel: str, seed: int, account: str = "1", *, count: int = 20, off: float = 0.0
):
    """A campaign's days: the same seed brings the same traffic, `off` by so much at most."""
    rng, other = np.random.default_rng(seed), np.random.default_rng(99)
    clicks = rng.integers(200, 900, count).astype(float)
    drift = 1 + other.uniform(-off, off, count)
    return pd.DataFrame({
        "date": pd.date_range(end=LAST, periods=count), "channel": channel, "account_id": account,
        "campaign_id": name, "campaign_name": name, "currency": "EUR",
        "spend": np.round(clicks * 0.31, 2), "clicks": np.round(clicks * drift),
        "impressions": np.round(clicks * 37 * drift),
    })  # fmt: skip


def found(*frames: pd.DataFrame) -> dict[str, str]:
    return dict(doubles_known(normalise(pd.concat(frames))))


@given(st.floats(0, 0.09), st.sampled_from(["google_analytics", "ga4", "meta_ads"]),
       st.integers(0, 10_000))  # fmt: skip
@settings(max_examples=25)
def test_one_campaign_through_two_sources_is_one(off, channel, seed):
    """The same name and money, counts as two ways of counting have them: the copy is named."""
    pairs = found(days("Camp A", "google_ads", seed), days("camp a", channel, seed, off=off))
    copy, original = f"{channel}|1|camp a", "google_ads|1|Camp A"
    assert pairs in ({copy: original}, {original: copy})
    if channel != "meta_ads":  # an analytics tool repeats the platform, not the other way round
        assert pairs == {copy: original}


@given(st.integers(0, 10_000), st.integers(10_001, 20_000))
@settings(max_examples=25)
def test_two_campaigns_of_one_name_are_two(seed, other):
    """Different traffic under one name: nothing is doubled."""
    assert found(days("Brand", "google_ads", seed), days("Brand", "microsoft_ads", other)) == {}
    assert found(days("Brand", "google_ads", seed), days("Brand", "google_ads", other, "2")) == {}


def test_a_budget_spent_to_the_krone_in_two_channels_is_no_double():
    """Both spend their 100 a day, and show it to quite different numbers of people."""
    mine, theirs = days("Summer", "google_ads", 1), days("Summer", "meta_ads", 2)
    assert found(mine.assign(spend=100.0), theirs.assign(spend=100.0)) == {}


def test_the_same_days_to_the_digit_are_one_under_any_name():
    """An account imported twice under two ids, its campaigns renamed in between."""
    pairs = found(days("Shop", "google_ads", 7), days("shop_new", "google_ads", 7, "2"))
    assert len(pairs) == 1
    flat = {"spend": 100.0, "clicks": 50.0, "impressions": 1000.0}
    one, other = (days(name, "google_ads", 7, name).assign(**flat) for name in ("a", "b"))
    assert found(one, other) == {}  # two test campaigns of round numbers


def test_a_source_without_spend_still_repeats():
    """An analytics tool often has clicks alone."""
    bare = days("Camp A", "google_analytics", 3, off=0.05).assign(spend=np.nan, impressions=np.nan)
    assert found(days("Camp A", "google_ads", 3), bare) == {
        "google_analytics|1|Camp A": "google_ads|1|Camp A"
    }


@pytest.mark.parametrize("count", [1, 3, 6])
def test_a_few_days_alike_say_nothing(count):
    """Less than a week may be chance."""
    frames = (days("Camp A", channel, 4, count=count) for channel in ("google_ads", "ga"))
    assert found(*frames) == {}


def test_a_name_carries_as_much_of_its_place_as_it_takes():
    """The channel where that is enough, else the account, else the id; a name alone stays alone."""
    names = ["Brand", "brand", "Shop", "Leads", "Leads", "Sale", "Sale"]
    places = [("google_ads", "1", "a"), ("meta_ads", "1", "b"), ("meta_ads", "1", "c"),
              ("meta_ads", "1", "d"), ("meta_ads", "2", "e"), ("meta_ads", "1", "f"),
              ("meta_ads", "1", "g")]  # fmt: skip
    assert labels(names, places) == [
        "Brand (Google)", "brand (Meta)", "Shop", "Leads (Meta 1)", "Leads (Meta 2)",
        "Sale (Meta 1 f)", "Sale (Meta 1 g)",
    ]  # fmt: skip


def test_two_campaigns_of_one_account_with_the_same_days_are_one():
    """Whatever they are called: to the digit, on days that differ, even without showings."""
    copy = days("Generic", "google_ads", 3).assign(campaign_id="104", campaign_name="Generic copy")
    others = days("Brand", "google_ads", 4), days("Generic", "google_ads", 3)
    assert len(found(*others, copy)) == 1
    bare = [frame.drop(columns="impressions") for frame in (*others, copy)]
    assert len(found(*bare)) == 1
    nearly = copy.assign(clicks=copy["clicks"] + (np.arange(len(copy)) == 3))
    assert found(*others, nearly) == {}
