"""Detail rows of any source in their one shape, and within their room."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.numbers.input.detail_rows import INCOMING, biggest, impersonal, normal_details, page_of

ROW = {"date": date(2026, 11, 1), "channel": "Google Ads", "account_id": "123-456-7890",
       "campaign_name": "Høst  | A", "level": "keyword", "detail_name": "Red Shoes",
       "match_type": "exact", "spend": 1.5}  # fmt: skip


def test_what_lacks_an_id_takes_its_name() -> None:
    """A keyword with its match type; its parent is its campaign where nothing else is named."""
    table = normal_details(pd.DataFrame([ROW, {**ROW, "parent_name": "Shoes"}]))
    assert list(table.columns) == list(INCOMING)
    assert table["channel"].tolist() == ["google_ads"] * 2
    assert table["account_id"].tolist() == ["1234567890"] * 2
    assert table["detail_id"].tolist() == ["red shoes|exact"] * 2
    assert table["parent_id"].tolist() == ["høst | a", "shoes"]


def test_rows_of_one_part_are_added_up() -> None:
    """But for reach, which cannot be, and grades; what no row has stays missing."""
    twice = [{**ROW, "reach": 5.0, "quality_score": grade} for grade in (None, 7.0)]
    (row,) = normal_details(pd.DataFrame(twice)).to_dict("records")
    assert (row["spend"], row["quality_score"]) == (3.0, 7.0)
    assert np.isnan([row["reach"], row["clicks"]]).all()


def test_twice_in_shape_is_once() -> None:
    """What is in shape already stays as it is."""
    term = {**ROW, "level": "search_term", "detail_name": "ring 22 33 44 55 nå"}
    page = {**ROW, "level": "landing_page", "detail_name": "https://A.no/x/?y#z"}
    rows = [term, page, ROW]
    once = normal_details(pd.DataFrame(rows))
    pd.testing.assert_frame_equal(normal_details(once), once)


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://Shop.no/Sko/?utm=1#top", "https://shop.no/Sko"),
        ("shop.no/sko", "shop.no/sko"),
        ("HTTPS://shop.no", "https://shop.no"),
        ("?", "?"),
    ],
)
def test_a_landing_page_is_its_address(address: str, page: str) -> None:
    """Hosts know no case, paths do."""
    assert page_of(address) == page


@pytest.mark.parametrize(
    ("term", "stored"),
    [
        ("kari.nordmann@example.no konto", "… konto"),
        ("ring +47 22 33 44 55", "ring …"),
        ("sko 42 dame 2026", "sko 42 dame 2026"),
        ("iphone 15 pro", "iphone 15 pro"),
    ],
)
def test_what_people_typed_of_themselves_is_not_kept(term: str, stored: str) -> None:
    """Addresses and long numbers are taken out; sizes and years stay."""
    assert impersonal(term) == stored


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=12),
       st.integers(1, 4))  # fmt: skip
def test_a_level_keeps_what_costs_most(parts: list[tuple[str, int]], most: int) -> None:
    """At most so many a day, account and level, and none left out that costs more than one kept."""
    table = normal_details(pd.DataFrame([
        {**ROW, "account_id": account, "detail_name": f"word {place}", "spend": float(cost)}
        for place, (account, cost) in enumerate(parts)
    ] or [ROW]))  # fmt: skip
    stays = biggest(table, most)
    for _, rows in table.assign(stays=stays).groupby("account_id"):
        assert rows["stays"].sum() == min(len(rows), most)
        left_out = rows.loc[~rows["stays"], "spend"]
        assert left_out.empty or left_out.max() <= rows.loc[rows["stays"], "spend"].min()
