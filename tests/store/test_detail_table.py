"""Detail rows stand beside the campaigns' numbers, restated and bounded, in every database."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.domain.details import DETAIL_COLUMNS, DetailSpan, Level
from bot.numbers.input.normalise import ImpossibleRowError
from bot.store import SqliteStore
from bot.store.records import DetailsImported
from bot.store.scope import Scope

SHOES = {"channel": "google_ads", "account_id": "1", "campaign_id": "7", "campaign_name": "Generic",
         "level": "keyword", "detail_id": "k1", "detail_name": "shoes", "parent_id": "g1",
         "parent_name": "Group", "match_type": "exact", "currency": "NOK"}  # fmt: skip


@pytest.fixture(scope="module")
def parts():
    """Detail rows on days of November 2026: `parts({"date": 1, "spend": 5.0}, …)`."""
    return lambda *rows: pd.DataFrame(
        [{**SHOES, **row, "date": date(2026, 11, int(row["date"]))} for row in rows]
    )


def test_what_was_stored_is_read_back(store, parts):
    """Every column with its type, money exact, missing missing."""
    store.add_details(parts({"date": 1, "spend": 0.1, "clicks": 3.0, "quality_score": 7.0,
                             "ad_relevance": 2.0}))  # fmt: skip
    table = store.details(Level.KEYWORD, ["7"])
    assert dict(table.dtypes.astype(str)) == DETAIL_COLUMNS
    (row,) = table.to_dict("records")
    assert row["date"] == pd.Timestamp("2026-11-01")
    stored = ("spend", "clicks", "quality_score", "ad_relevance", "parent_id", "match_type")
    assert [row[name] for name in stored] == [0.1, 3.0, 7.0, 2.0, "g1", "exact"]
    assert pd.isna([row[name] for name in ("reach", "impressions", "conversions")]).all()


def test_the_same_rows_again_change_nothing(store, parts):
    """An import can be repeated; a day that says something else is restated."""
    rows = parts({"date": 1, "spend": 5.0}, {"date": 2, "spend": 6.0})
    assert store.add_details(rows) == DetailsImported(2, 2, 1, added=2, restated=0)
    assert store.add_details(rows) == DetailsImported(2, 2, 1, added=0, restated=0)
    again = store.add_details(rows.assign(spend=[5.0, 7.5]))
    assert (again.added, again.restated) == (0, 1)
    assert store.details()["spend"].tolist() == [5.0, 7.5]


def test_what_a_file_does_not_speak_of_stays(store, parts):
    """A report without quality scores leaves those of the one before."""
    store.add_details(parts({"date": 1, "spend": 5.0, "quality_score": 3.0}))
    store.add_details(parts({"date": 1, "spend": 6.0}))
    (row,) = store.details().to_dict("records")
    assert (row["spend"], row["quality_score"]) == (6.0, 3.0)


def test_a_whole_pull_takes_away_what_is_no_longer_there(store, parts):
    """Within its days, level and account; nothing of another level, account or day."""
    other = {"detail_id": "k2", "detail_name": "boots"}
    elsewhere = {"account_id": "2", "date": 2, "spend": 1.0}
    store.add_details(parts({"date": 1, "spend": 1.0}, {"date": 2, "spend": 1.0},
                            {"date": 2, "spend": 1.0, **other}, elsewhere,
                            {"date": 2, "spend": 1.0, "level": "ad_set"}))  # fmt: skip
    span = DetailSpan("google_ads", "1", "keyword", date(2026, 11, 2), date(2026, 11, 3))
    outcome = store.add_details(parts({"date": 2, "spend": 1.0, **other}), spans=[span])
    assert (outcome.gone, outcome.restated) == (1, 0)
    keywords = store.details("keyword")
    assert sorted(zip(keywords["account_id"], keywords["detail_name"], keywords["date"].dt.day,
                      strict=True)) == [("1", "boots", 2), ("1", "shoes", 1),
                                        ("2", "shoes", 2)]  # fmt: skip
    assert len(store.details("ad_set")) == 1


def test_an_empty_pull_is_whole_too(store, parts):
    """A day on which nothing was shown has no rows, and those of before go."""
    store.add_details(parts({"date": 2, "spend": 1.0}))
    span = DetailSpan("google_ads", "1", "keyword", date(2026, 11, 2), date(2026, 11, 2))
    assert store.add_details(parts().reindex(columns=list(SHOES)), spans=[span]).gone == 1
    assert store.details().empty


def test_a_day_keeps_the_rows_that_cost_most(store, parts):
    """Of a day, account and level only so many; what is cut is counted, whichever file it is in."""
    rows = parts(*({"date": 1, "detail_id": f"k{cost}", "detail_name": f"word {cost}",
                    "spend": float(cost)} for cost in range(6)))  # fmt: skip
    assert store.add_details(rows.iloc[:4], most=3).cut == 1
    assert store.add_details(rows.iloc[4:], most=3).cut == 2
    assert sorted(store.details()["spend"]) == [3.0, 4.0, 5.0]


def test_old_days_are_left_out_and_forgotten(store, parts):
    """As long as settings say, and no longer."""
    rows = parts({"date": 1, "spend": 1.0}, {"date": 2, "spend": 1.0}, {"date": 3, "spend": 1.0})
    assert store.add_details(rows, since=date(2026, 11, 2)).old == 1
    assert store.forget_details(date(2026, 11, 3)) == 1
    assert store.details()["date"].dt.day.tolist() == [3]
    assert store.expire_numbers(date(2026, 11, 4)) == 0  # [retention] removes them as well
    assert store.details().empty


def test_a_keyword_by_name_is_the_one_with_an_id(store, parts):
    """An export and the platform speak of one keyword, in whichever order they come."""
    named = {"detail_id": None, "parent_id": None, "campaign_id": None, "clicks": 2.0}
    boots = {"detail_name": "boots", "detail_id": "k2"}
    store.add_details(parts({"date": 1, "spend": 1.0}, {**boots, **named, "date": 1, "spend": 3.0}))
    store.add_details(parts({**named, "date": 2, "spend": 2.0}, {**boots, "date": 2, "spend": 4.0}))
    table = store.details(campaign_ids=["7"])
    assert table["detail_id"].tolist() == ["k1", "k1", "k2", "k2"]
    assert table["spend"].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert set(table["parent_id"]) == {"g1"}


def test_match_types_are_keywords_apart(store, parts):
    """The same words in two match types are two keywords."""
    named = {"detail_id": None, "date": 1, "spend": 1.0}
    store.add_details(parts(named, {**named, "match_type": "broad"}))
    assert store.details()["match_type"].tolist() == ["broad", "exact"]


def test_a_client_sees_its_own(store, parts, at, rows):
    """A scoped reader reads the details of its campaigns and no others."""
    store.add_details(parts({"date": 1, "spend": 1.0}, {"date": 1, "spend": 2.0,
                                                        "campaign_id": "8"}))  # fmt: skip
    store.assign_clients({("google_ads", "1", "7"): "ALFA", ("google_ads", "1", "8"): "BRAVO"})
    assert store.scoped(Scope(frozenset({"BRAVO"}))).details()["spend"].tolist() == [2.0]
    assert store.scoped(Scope(frozenset({"C"}))).details().empty
    assert store.scoped(Scope(channels=frozenset({"google_ads"}))).details()["spend"].size == 2


@pytest.mark.parametrize("wrong", [{"level": "planet"}, {"clicks": -1.0}, {"quality_score": 11.0},
                                   {"detail_id": None, "detail_name": " "}])  # fmt: skip
def test_a_row_that_cannot_be_is_refused(store, parts, wrong):
    """All or nothing, with the row it is about."""
    with pytest.raises(ImpossibleRowError, match="Row 2"):
        store.add_details(parts({"date": 1, "spend": 1.0}, {"date": 1, "spend": 1.0, **wrong}))
    assert store.details().empty


_DETAIL = st.fixed_dictionaries({
    "date": st.integers(1, 3), "campaign_id": st.sampled_from(["7", "8", None]),
    "campaign_name": st.sampled_from(["Generic", "Brand"]), "level": st.sampled_from(list(Level)),
    "detail_name": st.sampled_from(["a", "b", "Generic"]), "detail_id": st.none(),
    "spend": st.floats(-9, 1e6), "conversions": st.floats(0, 99) | st.none(),
})  # fmt: skip


@pytest.fixture(scope="module")
def daily(rows, at):
    """Two days of a campaign, and what a store without details reads of them."""
    days = rows(*({"date": day, "account_id": "1", "campaign_id": "7", "campaign_name": "Generic",
                   "spend": day + 0.5, "conversions": 1.0} for day in (1, 2)))  # fmt: skip
    alone = SqliteStore(":memory:")
    alone.add_numbers(days, source="a", pulled_at=at(4))
    yield days, alone.numbers()
    alone.close()


@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(details=st.lists(_DETAIL, max_size=12), first=st.booleans())
def test_details_never_change_a_campaigns_sum(daily, parts, at, details, first):
    """Whatever is stored below campaigns, before or after, what they add up to is the same."""
    days, alone = daily
    both = SqliteStore(":memory:")
    try:
        if not first:
            both.add_numbers(days, source="a", pulled_at=at(4))
        if details:
            both.add_details(parts(*details))
        if first:
            both.add_numbers(days, source="a", pulled_at=at(4))
        pd.testing.assert_frame_equal(both.numbers(), alone)
    finally:
        both.close()
