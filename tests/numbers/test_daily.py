from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.input import daily
from bot.numbers.input.normalise import ImpossibleRowError

AS_OF = date(2026, 11, 23)
ROW = {"date": "2026-11-20", "channel": "Google Ads", "campaign_name": "Brand", "spend": 10.5}


def one(**changes: object) -> pd.DataFrame:
    return pd.DataFrame([ROW | changes])


def test_any_table_takes_the_one_shape():
    """Every column is there, in order and type; what was missing stays missing."""
    table = daily.normalise(one())
    assert list(table) == list(daily.COLUMNS)
    assert table.loc[0, "channel"] == "google_ads"
    assert table.loc[0, "campaign_id"] == "brand"
    assert table.loc[0, "account_id"] == ""
    assert table.loc[0, "currency"] is None
    assert np.isnan(table.loc[0, "clicks"])
    assert table["date"].dtype == "datetime64[ns]"
    assert all(table[name].dtype == "float64" for name in (*daily.MONEY, *daily.COUNTS))


def test_normalising_twice_changes_nothing():
    """A table in shape is handed back as it is."""
    table = daily.normalise(one())
    assert daily.normalise(table) is table


@pytest.mark.parametrize(
    ("given_id", "kept"),
    [(12345678901234567890, "12345678901234567890"), (12.0, "12"), ("007", "007")],
)
def test_ids_are_text(given_id, kept):
    """Ids keep every digit and their zeros."""
    assert daily.normalise(one(campaign_id=given_id)).loc[0, "campaign_id"] == kept


@pytest.mark.parametrize(
    "written", ["2026-11-20", "2026-11-20 23:59:59", date(2026, 11, 20), 20261120, "20261120"]
)
def test_a_day_is_a_day_however_it_is_typed(written):
    """Text, dates and whole numbers that are ISO days are days; a clock time is cut off."""
    assert daily.normalise(one(date=written)).loc[0, "date"] == pd.Timestamp("2026-11-20")


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"reach": -0.01}, "reach"),
        ({"clicks": -1}, "clicks"),
        ({"impressions": np.inf}, "impressions"),
        ({"date": None}, "date"),
        ({"date": "soon"}, "date"),
        ({"date": "01/02/2026"}, "date"),
        ({"date": "9999-01-01"}, "date"),
        ({"spend": "ten"}, "spend"),
        ({"campaign_name": " "}, "campaign_id"),
        ({"channel": ""}, "channel"),
    ],
)
def test_an_impossible_row_is_refused_by_its_number(changes, column):
    """What cannot be true is refused, with the row, the column and what to do."""
    table = pd.concat([one(), one(**changes)], ignore_index=True)
    with pytest.raises(ImpossibleRowError) as caught:
        daily.normalise(table)
    assert (caught.value.row, caught.value.column) == (2, column)
    assert "Row 2" in caught.value.message
    assert caught.value.hint


def test_a_refund_is_possible():
    """Revenue may be under zero: money goes back."""
    assert daily.normalise(one(revenue=-99.0)).loc[0, "revenue"] == -99.0


def test_only_what_was_known_is_seen():
    """Rows of the day itself, later rows and later pulls are not seen; the newest pull is."""
    rows = pd.concat(
        [
            one(spend=1.0, pulled_on="2026-11-21"),
            one(spend=2.0, pulled_on="2026-11-23"),
            one(spend=3.0, pulled_on="2026-11-24"),
            one(date="2026-11-23"),
            one(date="2026-11-22", pulled_on="2026-11-25"),
            one(date="2026-11-21", pulled_at="2026-11-24T04:00Z"),
        ]
    )
    known = daily.known_on(rows, AS_OF)
    assert known["spend"].tolist() == [2.0]
    assert daily.known_on(rows, date(2026, 11, 22))["spend"].tolist() == [1.0]
    assert daily.known_on(rows, date(2026, 11, 26))["spend"].tolist() == [3.0, 10.5, 10.5, 10.5]


def test_a_row_without_a_pull_day_is_known_the_next_morning():
    """A row that does not say when it was pulled counts as known the next morning."""
    assert len(daily.known_on(one(), date(2026, 11, 21))) == 1
    assert daily.known_on(one(), date(2026, 11, 20)).empty


def test_of_one_pull_day_the_later_revision_counts():
    """Pulled twice on one day, the later pull counts, in whatever order rows stand."""
    first = one(spend=1.0, pulled_on="2026-11-21", revision=1)
    second = one(spend=2.0, pulled_on="2026-11-21", revision=2)
    for rows in ([first, second], [second, first]):
        assert daily.known_on(pd.concat(rows), AS_OF)["spend"].tolist() == [2.0]


def test_a_name_joins_its_later_id():
    """Rows known by name only join the one id of exactly that name, from when it is known on."""
    named = one()
    later = one(date="2026-11-21", campaign_id="77")
    rows = pd.concat([named, later])
    assert daily.known_on(rows, AS_OF)["campaign_id"].tolist() == ["77", "77"]
    assert daily.known_on(rows, date(2026, 11, 21))["campaign_id"].tolist() == ["brand"]


def test_a_name_with_two_ids_joins_neither():
    """Where two ids share a name, nothing is guessed."""
    rows = pd.concat([one(), one(campaign_id="1"), one(campaign_id="2")])
    assert set(daily.known_on(rows, AS_OF)["campaign_id"]) == {"1", "2", "brand"}


def test_a_name_joins_within_its_account_only():
    """The same name in another account is another campaign."""
    rows = pd.concat([one(), one(account_id="9", campaign_id="77")])
    assert set(daily.entity(daily.known_on(rows, AS_OF))) == {
        "google_ads||brand",
        "google_ads|9|77",
    }


def test_details_do_not_count_twice():
    """Ad sets and ads under a campaign are set aside."""
    rows = daily.normalise(
        pd.concat(
            [one(), one(level="campaign"), one(level="ad", campaign_id="5", parent_id="brand")]
        )
    )
    assert daily.campaigns_only(rows)["level"].tolist() == [None, "campaign"]


@st.composite
def revised(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(1, 9), st.sampled_from("abc"), st.integers(0, 5), st.integers(0, 99)
            ),
            max_size=30,
        )
    )
    return pd.DataFrame(
        [
            {
                "date": AS_OF - timedelta(age - 3),
                "channel": "meta",
                "campaign_name": name,
                "pulled_on": AS_OF - timedelta(age - 3) + timedelta(pulled),
                "spend": float(spend),
            }
            for age, name, pulled, spend in rows
        ],
        columns=["date", "channel", "campaign_name", "pulled_on", "spend"],
    )


@settings(max_examples=60, deadline=None)
@given(revised())
def test_known_on_agrees_with_reading_one_by_one(rows):
    """The fast way agrees with reading the rows one after the other."""
    seen = {}
    for place, row in enumerate(rows.itertuples()):
        if row.date < AS_OF and row.pulled_on <= AS_OF:
            key = (row.campaign_name, row.date)
            seen[key] = max(
                seen.get(key, (row.pulled_on, -1, 0.0)), (row.pulled_on, place, row.spend)
            )
    known = daily.known_on(rows, AS_OF)
    found = {
        (row.campaign_name, row.date.date()): row.spend for row in known.itertuples(index=False)
    }
    assert found == {key: spend for key, (_, _, spend) in seen.items()}
    assert list(zip(known["campaign_id"], known["date"], strict=True)) == sorted(
        zip(known["campaign_id"], known["date"], strict=True)
    )
