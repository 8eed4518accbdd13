"""One campaign by its name: its own days, and its whole name before a window in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

MORNING = date(2026, 11, 23)
PULLED = datetime(2026, 11, 23, 6, tzinfo=UTC)
DAYS = (MORNING - timedelta(28), MORNING - timedelta(1))


def drawn(reply, title: str) -> list[float]:
    """The values of a chart of the reply."""
    (chart,) = [
        block["chart"]
        for block in reply.blocks
        if block["type"] == "data_visualization" and block["title"].startswith(title)
    ]
    return [point["value"] for point in chart["series"][0]["data"]]


@pytest.mark.parametrize("name", ["generic", "brand", "shopping"])
def test_the_trends_shown_are_this_campaigns(world, kari, name):
    """The trends shown are this campaign's: its spend of four weeks, two days a column."""
    reply = world.desk.ask(f"campaign {name}", kari, MORNING)
    numbers = world.store.numbers(*DAYS, as_of=MORNING)
    own = numbers[numbers["campaign_id"] == f"g-{name}"].sort_values("date")["spend"].to_numpy()
    assert drawn(reply, "Spend a day") == pytest.approx(own.reshape(-1, 2).mean(axis=1), abs=0.01)
    assert sum(block["type"] == "data_visualization" for block in reply.blocks) == 2


@pytest.fixture
def sales(world):
    """Two campaigns beside the demo's, one called as the other with a window behind it."""
    numbers = world.store.numbers(*DAYS, as_of=MORNING)
    generic = numbers[numbers["campaign_id"] == "g-generic"]
    added = [
        generic.assign(campaign_id=f"x-{place}", campaign_name=name)
        for place, name in enumerate(("Garden sale", "Garden sale 7d"))
    ]
    world.store.add_numbers(pd.concat(added), source="demo", pulled_at=PULLED)
    return world


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("campaign Garden sale 7d", "Garden sale 7d, last 7 days"),
        ('campaign "Garden sale 7d"', "Garden sale 7d, last 7 days"),
        ("campaign Garden sale 28d", "Garden sale, last 28 days"),
        ("campaign Garden sale 7d 28d", "Garden sale 7d, last 28 days"),
    ],
)
def test_a_name_that_ends_like_a_window_is_found_whole(sales, kari, question, title):
    """A campaign called "X 7d" is found by its whole name, and any other by what is before it."""
    reply = sales.desk.ask(question, kari, MORNING)
    assert reply.error is None
    assert title in str(reply.blocks[0])
