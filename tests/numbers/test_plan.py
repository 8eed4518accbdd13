from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from bot.numbers.plan import Account, Plan, PlanEntry, matches

ON = date(2026, 11, 23)


def campaign(name: str = "Brand", channel: str = "google_ads", **more: object) -> pd.DataFrame:
    return pd.DataFrame(
        [{"channel": channel, "account_id": "", "campaign_id": "1", "campaign_name": name} | more]
    )


def resolved(plan: Plan, rows: pd.DataFrame, on: date = ON) -> dict[str, object]:
    return plan.resolve(rows, on).iloc[0].to_dict()


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("brand*", True),
        ("BRAND*", True),
        ("*høst*", True),
        ("google:*", True),
        ("Google Ads: brand*", True),
        ("meta:*", False),
        ("search*", False),
        ("Brand [NO] Høst", True),
        ("", False),
    ],
)
def test_a_pattern_fits_by_name_or_by_channel_and_name(pattern, fits):
    """Patterns know no case; a channel before a colon must fit too; brackets match themselves."""
    assert matches(pattern, "google_ads", "Brand [NO] Høst") is fits


def test_a_name_with_a_colon_is_a_name():
    """A colon in a name that is no channel is part of the name."""
    assert matches("Vår: *", "google_ads", "Vår: sko")


def test_the_first_pattern_that_fits_counts():
    """Entries are read in order, and the first that fits is the only one."""
    plan = Plan((PlanEntry("brand*", stage="reach"), PlanEntry("*", stage="convert", owner="Kari")))
    assert resolved(plan, campaign())["stage"] == "reach"
    assert resolved(plan, campaign())["owner"] is None
    assert resolved(plan, campaign("Other"))["owner"] == "Kari"


def test_an_entry_counts_from_its_day():
    """A dated entry replaces the older one of its pattern from its day on, and a replay sees what
    was valid then."""
    plan = Plan(
        (
            PlanEntry("brand*", stage="reach", target=10.0),
            PlanEntry("*", stage="act"),
            PlanEntry("Brand*", stage="convert", target=20.0, valid_from=date(2026, 11, 20)),
        )
    )
    assert resolved(plan, campaign(), date(2026, 11, 19))["target"] == 10.0
    assert resolved(plan, campaign(), date(2026, 11, 20))["target"] == 20.0
    assert plan.entry("google_ads", "Brand", date(2026, 11, 20)) == plan.entries[2]


def test_plan_then_row_then_name_then_unknown():
    """Each word is taken from the plan, else from the row, else from the name, and says so."""
    row = campaign("Leads form", stage="Convert", pricing_model="cpa")
    plan = Plan((PlanEntry("*", stage="act", pricing_model="CPL"),))
    for held, rows, want in (
        (plan, row, ("act", "CPL", "plan", "plan")),
        (Plan(), row, ("convert", "CPA", "row", "row")),
        (Plan(), campaign("Leads form"), ("act", "CPL", "inferred", "inferred")),
        (Plan(), campaign("Q4"), (None, None, "unknown", "unknown")),
        (Plan(), campaign("Q4", stage="reach"), ("reach", "CPM", "row", "inferred")),
        (Plan(), campaign("Leads form", stage="nonsense"), ("act", "CPL", "inferred", "inferred")),
    ):
        found = resolved(held, rows)
        said = ("stage", "pricing_model", "because", "because_pricing")
        assert tuple(found[name] for name in said) == want


def test_the_model_is_never_guessed_from_numbers():
    """Which numbers a campaign has says nothing about its pricing model."""
    with_leads = campaign("Q4", leads=100.0, conversions=0.0)
    assert resolved(Plan(), with_leads)["pricing_model"] is None


def test_the_plan_says_where_a_campaign_runs():
    """The plan's channel counts, by any of its names."""
    plan = Plan((PlanEntry("google_*", channel="Google Ads"),))
    assert resolved(plan, campaign("google_hot", "search"))["channel"] == "google_ads"


def test_a_currency_comes_from_row_account_or_plan():
    """A row's own currency, else its account's, else the plan's; else none."""
    plan = Plan(currency="NOK", accounts=(Account("7", "google", "SEK", client="Acme"),))
    assert resolved(plan, campaign(currency="EUR", account_id="7"))["currency"] == "EUR"
    assert resolved(plan, campaign(account_id="7"))["currency"] == "SEK"
    assert resolved(plan, campaign(account_id="7"))["client"] == "Acme"
    assert resolved(plan, campaign(account_id="7", channel="meta_ads"))["currency"] == "NOK"
    assert resolved(Plan(), campaign())["currency"] is None


def test_rows_keep_their_order_and_other_columns():
    """Resolving adds to the rows and loses none of them."""
    rows = pd.concat([campaign("b", entity="x"), campaign("a", entity="y")])
    found = Plan().resolve(rows.set_index(pd.Index([7, 3])), ON)
    assert found.index.tolist() == [7, 3]
    assert found["entity"].tolist() == ["x", "y"]
    assert Plan().resolve(rows[:0], ON).empty


def test_what_a_plan_says_of_some_campaigns_is_theirs_alone():
    """Entries, accounts and bids of these, and they resolve as by the whole of it."""
    plan = Plan(
        (PlanEntry("brand*", target={"cpa": 90.0}), PlanEntry("shop*", target={"cpa": 50.0})),
        accounts=(Account("7", "google", "SEK"), Account("8", "google", "EUR")),
        bids={
            ("google_ads", "7", "1"): {"cpa": 80.0},
            ("google_ads", "8", "1"): {"cpa": 70.0},
            ("meta_ads", "7", "1"): {"cpa": 60.0},
        },
    )
    rows = campaign(account_id="7")
    about = plan.only_about(rows)
    assert [entry.match for entry in about.entries] == ["brand*"]
    assert [account.account_id for account in about.accounts] == ["7"]
    assert list(about.bids) == [("google_ads", "7", "1")]
    pd.testing.assert_frame_equal(about.resolve(rows, ON), plan.resolve(rows, ON))
