"""Leads and answers beside the platforms' numbers: counted by the day they came, and once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from bot.jobs import order_intake, pull_keeping
from bot.numbers.documented import match
from bot.numbers.input.daily import normalise
from bot.numbers.lead_quality import COLUMNS, by_day, summary
from bot.numbers.plan import Plan, PlanEntry
from bot.sources.base import AccountPull, Pulled
from bot.store import open_store

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
DAY = "2026-11-20"


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def _numbers(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    """Rows of (day, campaign's name, leads)."""
    return normalise(pd.DataFrame(
        {"date": day, "channel": "meta_ads", "account_id": "1", "campaign_id": f"id-{name}",
         "campaign_name": name, "currency": "NOK", "spend": 500.0, "leads": leads}
        for day, name, leads in rows
    ))  # fmt: skip


def _add(store, *rows) -> None:
    at = datetime(2026, 11, 21, 6, tzinfo=UTC)
    store.add_numbers(_numbers(*rows), source="test", pulled_at=at)


def _leads(*leads: dict[str, object]) -> pd.DataFrame:
    usual = {"date": pd.Timestamp(DAY), "campaign": "B2B", "channel": "", "qualified": 0.0,
             "won": 0.0, "value": None, "currency": "NOK"}  # fmt: skip
    return pd.DataFrame([{**usual, **lead} for lead in leads])[[*COLUMNS]]


def _known(store, column: str, **when: object) -> dict[str, float]:
    rows = store.numbers(**when)
    rows = rows[rows[column].notna()]
    return dict(zip(rows["campaign_name"], rows[column], strict=True))


def test_qualified_leads_are_counted_where_they_belong(store):
    """A campaign that brings leads and has no qualified one has 0; silence stays silence."""
    _add(store, (DAY, "B2B", 9.0), (DAY, "Retarget", 4.0), (DAY, "Video", None))
    handed = order_intake.keep_leads(
        store,
        _leads({"lead": "1", "qualified": 1.0}, {"lead": "2"}, {"lead": "3", "campaign": "fair"}),
        NOW,
    )
    assert (handed.orders, handed.added, handed.matched) == (3, 3, 2)
    assert _known(store, "qualified_leads") == {"B2B": 1.0, "Retarget": 0.0}
    assert _known(store, "qualified_leads", as_of=date(2026, 11, 27)) == {}


def test_a_lead_that_is_qualified_later_changes_the_day_it_came(store):
    """The same file again changes nothing; a newer one restates; ids cannot be read."""
    _add(store, (DAY, "B2B", 9.0))
    order_intake.keep_leads(store, _leads({"lead": "secret-1"}, {"lead": "2"}), NOW)
    repeated = order_intake.keep_leads(store, _leads({"lead": "secret-1"}, {"lead": "2"}), NOW)
    assert (repeated.added, repeated.changed, repeated.days) == (0, 0, 0)
    later = order_intake.keep_leads(
        store, _leads({"lead": "secret-1", "qualified": 1.0, "won": 1.0}), NOW
    )
    assert (later.changed, later.days) == (1, 1)
    assert _known(store, "qualified_leads") == {"B2B": 1.0}
    assert all(len(lead) == 64 for lead in store.leads()["lead"])


def test_leads_that_come_before_the_numbers_are_counted_at_the_pull(store):
    """A lead of a campaign nobody knows yet is found when its numbers are pulled."""
    order_intake.keep_leads(store, _leads({"lead": "1", "qualified": 1.0}), NOW)
    account = AccountPull("1", ("meta_ads",), ok=True, until=date(2026, 11, 20))
    pull_keeping.kept(store, "meta", Pulled(_numbers((DAY, "B2B", 9.0)), NOW, (account,)), None)
    assert _known(store, "qualified_leads") == {"B2B": 1.0}


def test_the_summary_adds_up_to_what_a_person_would():
    """Cost of a qualified lead and of a customer, and what was won; another currency's is none."""
    numbers = _numbers((DAY, "B2B", 9.0), (DAY, "Fair", 2.0), (DAY, "Quiet", 1.0))
    leads = match(
        _leads(
            {"lead": "1", "qualified": 1.0, "won": 1.0, "value": 1200.0},
            {"lead": "2", "qualified": 1.0, "value": 900.0},
            {"lead": "3"},
            {"lead": "4", "campaign": "Fair", "qualified": 1.0, "won": 1.0, "value": 9.0,
             "currency": "EUR"},
        ),
        numbers,
    )  # fmt: skip
    rows = summary(leads, numbers).set_index("campaign_name")
    mine = rows.loc["B2B"]
    assert (mine["claimed"], mine["leads"], mine["qualified"], mine["won"]) == (9, 3, 2, 1)
    assert (mine["value"], mine["cost_per_qualified"], mine["return"]) == (1200.0, 250.0, 2.4)
    assert rows.loc["Fair", "value"] != rows.loc["Fair", "value"]
    assert rows.loc["Quiet", "leads"] != rows.loc["Quiet", "leads"]
    days = by_day(leads).set_index("campaign_id")
    assert days.loc["id-B2B", ["leads", "qualified", "won", "won_value"]].tolist() == [
        3.0, 2.0, 1.0, 1200.0
    ]  # fmt: skip


def _answers(*answers: tuple[str, float, str]) -> pd.DataFrame:
    frame = pd.DataFrame(answers, columns=["date", "score", "campaign"]).assign(channel="")
    return frame.assign(date=pd.to_datetime(frame["date"]))


def test_answers_that_name_a_campaign_are_its_own(store):
    """The mean of the day; a file that comes again changes nothing."""
    _add(store, (DAY, "B2B", 9.0), (DAY, "Club", None))
    answers = _answers((DAY, 9.0, "club"), (DAY, 6.0, "club"), (DAY, 1.0, "poster"))
    rated = order_intake.keep_answers(store, answers, Plan(), NOW)
    assert (rated.answers, rated.matched, rated.days) == (3, 2, 1)
    assert _known(store, "satisfaction") == {"Club": 7.5}
    assert order_intake.keep_answers(store, answers, Plan(), NOW).days == 0


def test_answers_of_customers_in_general_are_of_what_engages(store):
    """Every campaign of the engage stage, and no other."""
    _add(store, (DAY, "B2B", 9.0), (DAY, "Club", None))
    plan = Plan((PlanEntry("Club", stage="engage"), PlanEntry("B2B", stage="act")))
    rated = order_intake.keep_answers(store, _answers((DAY, 9.0, ""), (DAY, 8.0, "")), plan, NOW)
    assert (rated.matched, rated.days) == (2, 1)
    assert _known(store, "satisfaction") == {"Club": 8.5}
