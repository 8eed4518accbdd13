"""A board as plain values: kept and read back whole, its groups, its campaigns by their names."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.campaign_rows import CampaignRow, GroupRow
from bot.errors import UnknownName
from bot.numbers.input.windows import Window
from bot.render.values.templates import Choice, Option
from bot.snapshot import naming
from bot.snapshot.board_rows import Figures, _within, from_rows, to_rows

AS_OF = date(2026, 11, 23)
NOW, BEFORE = Window.ending(AS_OF - timedelta(1), 7), Window.ending(AS_OF - timedelta(8), 7)


def campaign(number: int, name: str = "", spend: float = 100.0, **columns: object) -> CampaignRow:
    channel = str(columns.pop("channel", "google_ads"))
    return CampaignRow({
        "channel": channel, "campaign_id": f"{number}", "campaign_name": name or f"C{number}",
        "entity": f"{channel}|7|{number}", "now.spend": spend, **columns,
    })  # fmt: skip


def group(by: str, name: str | None, spend: float, currency: str = "NOK") -> GroupRow:
    return GroupRow({"by": by, "group": name, "currency": currency, "now.spend": spend})


FIGURES = Figures(
    AS_OF, "7d", NOW, BEFORE,
    rows=(campaign(1, "Brand"), campaign(2, "Brand | Search", 900.0),
          campaign(3, "Shoes", 300.0, channel="meta_ads", double_of="google_ads|7|1"),
          campaign(4, "Brand", 50.0, channel="meta_ads", double_of="meta_ads|7|3")),
    totals=(group("channel", "google_ads", 100.0), group("channel", "meta_ads", 350.0),
            group("channel", "google_ads", 900.0, "EUR"), group("stage", "convert", 1.0)),
    until={"google_ads": NOW.until, "meta_ads": NOW.until - timedelta(1)},
    begins={"meta_ads": NOW.since + timedelta(2)},
    holes={("google_ads", "7"): (NOW.since, NOW.since + timedelta(1))},
    zones={"google_ads": ("Europe/Oslo",)},
)  # fmt: skip


def test_a_board_is_read_back_as_it_was_kept():
    """Windows, totals, since and until when, what is missing and where accounts are."""
    head, *totals = json.loads(json.dumps(to_rows(FIGURES, "stamp")))
    assert head["stamp"] == "stamp"
    assert from_rows("7d", AS_OF, [head, *totals], FIGURES.rows) == FIGURES


def test_groups_are_listed_by_what_is_spent_on_them():
    """A row a currency, the biggest first; a channel of two currencies once."""
    assert [row.currency for row in FIGURES.total("channel", "google_ads")] == ["EUR", "NOK"]
    assert FIGURES.total("stage", "google_ads") == []
    assert FIGURES.channels == ["google_ads", "meta_ads"]
    assert [row.campaign_id for row in FIGURES.biggest(2)] == ["2", "3"]
    assert [row.campaign_id for row in FIGURES.of_channel("meta_ads")] == ["3", "4"]


def test_what_repeats_another_is_counted_there():
    """In its own channel's total it counts, unless that repeats it in the same channel."""
    assert [row.campaign_id for row in FIGURES.counting("stage")] == ["1", "2"]
    assert [row.campaign_id for row in FIGURES.counting("channel")] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("window", "compared"), [("7d", False), ("ytd", True), ("mtd vs last month", True)]
)
def test_days_somebody_asked_to_compare_with_are_named(window, compared):
    """Those that are compared as ever are not."""
    figures = replace(FIGURES, window=window)
    assert figures.compared == ((BEFORE.since, BEFORE.until) if compared else None)


@given(st.sets(st.integers(-25, 17), max_size=12))
def test_days_without_numbers_are_a_boards_where_their_run_reaches_into_it(offsets):
    """A run that begins before the board and ends within it is told whole; others are not."""
    days = {BEFORE.since + timedelta(offset) for offset in offsets}
    found = _within({("google_ads", "7"): tuple(sorted(days))}, (BEFORE, NOW))
    shown = set(found.get(("google_ads", "7"), ()))
    inside = {day for day in days if BEFORE.since <= day <= NOW.until}
    assert inside <= shown <= days
    assert all(day + timedelta(step) in shown for day in shown for step in (-1, 1)
               if day + timedelta(step) in days)  # fmt: skip
    assert bool(shown) == bool(inside) == bool(found)


@pytest.mark.parametrize(
    ("query", "found"),
    [("shoes", "3"), ("brand | search", "2"), ("search", "2"), ("SEARCH brand", "2"), ("2", "2"),
     ("google_ads:1", "1"), ("google_ads|7|1", "1"), ("meta_ads|7|4", "4")],
)  # fmt: skip
def test_a_campaign_is_found_by_name_by_id_or_by_words_of_its_name(query, found):
    """Whatever its letters' case; just this name comes before names that hold it."""
    assert naming.find_campaign(FIGURES, query).campaign_id == found


def test_a_name_that_fits_several_asks_which():
    """The biggest first; of those called the same, by what tells them apart."""
    with pytest.raises(naming.Unclear) as unclear:
        naming.find_campaign(FIGURES, "brand", "28d")
    assert unclear.value.choice == Choice("campaign", "brand", (
        Option("Brand", 'campaign "google_ads|7|1" 28d'),
        Option("Brand", 'campaign "meta_ads|7|4" 28d')), 2)  # fmt: skip
    redirected = naming.redirected(unclear.value.choice, "why")
    assert redirected.options[0].asks == 'why "google_ads|7|1" 28d'


def test_of_many_that_fit_five_may_be_chosen():
    """The others are counted."""
    rows = tuple(campaign(n, f"Sale {n}", float(n)) for n in range(8))
    with pytest.raises(naming.Unclear) as unclear:
        naming.find_campaign(replace(FIGURES, rows=rows), "sale")
    choice = unclear.value.choice
    assert [option.label for option in choice.options] == [f"Sale {n}" for n in (7, 6, 5, 4, 3)]
    assert (choice.options[0].asks, choice.fits) == ('campaign "Sale 7"', 8)


def test_a_name_nobody_has_is_met_with_the_nearest():
    """As it is written there, and nothing where nothing is near."""
    with pytest.raises(UnknownName) as unknown:
        naming.find_campaign(FIGURES, "shoess")
    assert unknown.value.nearest == ("Shoes",)
    with pytest.raises(UnknownName) as unknown:
        naming.find_campaign(FIGURES, "xqz")
    assert unknown.value.nearest == ()


def test_just_this_name_is_letter_for_letter():
    """Another case of it is another name."""
    assert [row.campaign_id for row in naming.exactly(FIGURES, "Brand")] == ["1", "4"]
    assert naming.exactly(FIGURES, "brand") == []


def test_a_name_the_grammar_cannot_hold_is_asked_for_by_its_key():
    """One with a quote of its own, or one that others have too."""
    quote = campaign(9, 'The "best" shoes')
    assert naming.quoted(quote) == '"google_ads|7|9"'
    assert naming.quoted(campaign(1, "Brand")) == '"Brand"'
    assert naming.quoted(campaign(1, "Brand"), by_name=False) == '"google_ads|7|1"'


def test_what_was_asked_about_is_a_channel_before_a_campaign():
    """A campaign called like its channel is asked for by its id."""
    assert naming.about(FIGURES, "google") == ("Google", FIGURES.of_channel("google_ads"))
    assert naming.about(FIGURES, "shoes") == ("Shoes", [FIGURES.rows[2]])
