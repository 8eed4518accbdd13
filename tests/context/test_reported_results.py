"""What results campaigns report: read when looked at, the same whoever has read the days."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import rules_files
from bot.context.context import ALWAYS, Context, rows_of
from bot.context.reported_results import WEIGHED, reported_on, with_results
from bot.numbers.plan import Plan
from bot.settings import PlanSettings, Settings
from bot.snapshot.morning_days import KnownDays
from bot.store import open_store
from bot.store.base import Store

MORNING = date(2026, 11, 23)
SINCE = MORNING - 2 * WEIGHED
AT = datetime(2026, 11, 23, 6, tzinfo=UTC)
SHOP = ("google_ads", "", "7")
RULES = rules_files.load(None)


def day(before, campaign="7", pulled=None, level=None, **results):
    """A day of a campaign, so many days before the morning, known a day later by itself."""
    on = MORNING - timedelta(before)
    return {
        "date": on, "channel": "google_ads", "campaign_id": campaign, "level": level,
        "parent_id": "7" if level else None, "campaign_name": f"Search {campaign}",
        "pulled_on": pulled or on + timedelta(1), "spend": 10.0, **results,
    }  # fmt: skip


def store_with(*rows):
    store = open_store(":memory:")
    store.upgrade()
    add(store, *rows)
    return store


def add(store: Store, *rows, hour=0):
    if rows:
        frame = pd.DataFrame(rows)
        store.add_numbers(frame, source="pull", pulled_at=AT + timedelta(hours=hour))


@pytest.fixture
def context():
    store = store_with(day(3, conversions=4.0, revenue=90.0))
    yield Context(store, RULES, {}, Settings(), lambda: AT)
    store.close()


def test_a_plan_reads_no_numbers_until_somebody_looks(context, monkeypatch):
    """Most who ask for the plan want its entries: they pay for nothing else."""
    reads = []
    monkeypatch.setattr(
        "bot.context.context.reported_on",
        lambda *asked: reads.append(asked[1]) or reported_on(*asked),
    )
    plan = context.plan(MORNING)
    assert (plan.entries, context.stamp(MORNING), reads) == ((), context.stamp(MORNING), [])
    assert plan.reported == {SHOP: "orders"}
    assert context.plan(MORNING).reported[SHOP] == "orders"
    assert reads == [MORNING]


def test_numbers_that_come_later_the_same_day_are_looked_at(context):
    """They make the morning's boards go, and with these what was read for them."""
    context.store.save_board("28d", MORNING, [{"stamp": ""}])
    assert dict(context.plan(MORNING).reported) == {SHOP: "orders"}
    add(context.store, day(3, pulled=MORNING, conversions=0.0, leads=5.0), hour=1)
    assert dict(context.plan(MORNING).reported) == {SHOP: "leads"}


def test_a_plan_goes_to_another_process_with_what_it_knows(context):
    """A replay's workers have no store."""
    sent = pickle.loads(pickle.dumps(context.plan(MORNING)))
    assert sent.reported == {SHOP: "orders"}
    assert sent == context.plan(MORNING)


days = st.builds(
    day,
    st.integers(1, 2 * WEIGHED.days - 1),
    st.sampled_from(["7", "8"]),
    st.sampled_from([None, MORNING, MORNING + timedelta(1)]),
    st.sampled_from([None, "ad"]),
    conversions=st.integers(0, 4).map(float),
    leads=st.integers(0, 4).map(float),
    revenue=st.sampled_from([0.0, 2.0, 60.0]),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(days, max_size=12))
def test_days_read_for_something_else_report_the_same(rows):
    """Longer ones, with every revision and what goes on below campaigns."""
    same = {(row["date"], row["campaign_id"], row["level"], row["pulled_on"]): row for row in rows}
    store = store_with(*same.values())
    whole = Context(store, RULES, {}, Settings(), lambda: AT)
    numbers = KnownDays.read(whole, MORNING, SINCE).newest(SINCE)
    assert with_results(Plan(), numbers, MORNING).reported == reported_on(store, MORNING)
    store.close()


def led(store, *plan):
    """Leads and conversions of each campaign, as they are read by a plan; (pattern, model) each."""
    entries = [PlanSettings(match=match, pricing_model=model) for match, model in plan]
    context = Context(store, RULES, {}, Settings(plan=entries), lambda: AT)
    store.set_plan(rows_of(context.settings, valid_from=ALWAYS, at=AT), origin="file")
    rows = context.numbers(SINCE, MORNING - timedelta(1), as_of=MORNING)
    store.close()
    return {row.campaign_id: (row.leads, row.conversions) for row in rows.fillna(-1.0).itertuples()}


def test_conversions_of_a_campaign_paid_by_the_lead_are_its_leads():
    """Google counts both in one column; what a platform reports as leads itself stands as it is."""
    store = store_with(
        day(3, conversions=4.0, revenue=900.0),
        day(3, "8", conversions=6.0),
        day(3, "9", conversions=2.0, leads=30.0),
        day(2, "9", conversions=3.0),
    )
    numbers = led(store, ("* 7", "CPL"), ("* 9", "CPL"), ("*", "CPA"))
    assert numbers == {"7": (4.0, -1.0), "8": (-1.0, 6.0), "9": (-1.0, 3.0)}


def test_a_guess_makes_no_leads_of_conversions():
    """A campaign called Leads that sells is not told what it counts by its name."""
    store = store_with(day(3, conversions=4.0, campaign="Leads"))
    assert led(store, ("Nothing", "CPL")) == {"Leads": (-1.0, 4.0)}
