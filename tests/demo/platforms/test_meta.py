"""The untouched facebook-business SDK against the local Graph server: reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.adobjects.business import Business
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.user import User
from facebook_business.exceptions import FacebookBadObjectError, FacebookRequestError

from bot.demo.platforms import Faults, World, meta
from bot.demo.platforms.numbers import reached
from bot.demo.platforms.world import PEOPLE

FIELDS = [
    "campaign_id", "campaign_name", "account_currency", "objective", "date_start", "impressions",
    "reach", "clicks", "inline_link_clicks", "spend", "actions", "action_values",
]  # fmt: skip
REPORT = {
    "level": "campaign", "time_increment": 1, "limit": 100,
    "time_range": {"since": "2026-11-01", "until": "2026-11-20"},
    "action_attribution_windows": ["7d_click", "1d_view"],
    "filtering": [{"field": "campaign.effective_status", "operator": "IN",
                   "value": ["ACTIVE", "PAUSED"]}],
}  # fmt: skip
Api = Callable[..., Any]


@pytest.fixture
def account(meta_api: Api, world: World) -> AdAccount:
    """The first account, through the SDK."""
    return AdAccount(f"act_{world.accounts('meta')[0].account_id}", api=meta_api())


def report(account: AdAccount, fields: list[str] = FIELDS, **changes: Any) -> list[Any]:
    return list(account.get_insights(fields=fields, params={**REPORT, **changes}))


def refused(call: Callable[[], Any]) -> tuple[int, int | None]:
    """Code and subcode of the SDK's own exception."""
    with pytest.raises(FacebookRequestError) as error:
        call()
    return error.value.api_error_code(), error.value.api_error_subcode()


# -- accounts and what is in them ---------------------------------------------------------
def test_accounts_are_found_by_user_and_by_business(meta_api: Api, meta_server: Any) -> None:
    """Both ways list the two accounts with currency and time zone of their own."""
    api, fields = meta_api(), ["account_id", "currency", "timezone_name", "account_status"]
    mine = list(User("me", api=api).get_ad_accounts(fields=fields))
    businesses = list(User("me", api=api).get_businesses(fields=["name"]))
    assert [b["id"] for b in businesses] == [meta_server.business_id]
    owned = list(Business(meta_server.business_id, api=api).get_owned_ad_accounts(fields=fields))
    assert [dict(a) for a in mine] == [dict(a) for a in owned]
    assert [(a["currency"], a["timezone_name"]) for a in mine] == [
        ("NOK", "Europe/Oslo"), ("USD", "America/New_York"),
    ]  # fmt: skip
    assert all(a["id"] == f"act_{a['account_id']}" for a in mine)


def test_campaigns_have_objective_budget_and_status(account: AdAccount) -> None:
    """Budgets are text in minor units, on the campaign or on its ad sets, never on both."""
    fields = ["name", "objective", "effective_status", "daily_budget", "bid_strategy"]
    campaigns = {c["name"]: c for c in account.get_campaigns(fields=fields)}
    assert campaigns["Meta | Sales"]["daily_budget"] == "320000"
    assert campaigns["Meta | Sales"]["objective"] == "OUTCOME_SALES"
    assert campaigns["Meta | Spring launch"]["effective_status"] == "PAUSED"
    assert "daily_budget" not in campaigns["Meta | Retargeting"]
    sets = account.get_ad_sets(fields=["name", "campaign_id", "daily_budget", "optimization_goal"])
    budgets = [s["daily_budget"] for s in sets if "daily_budget" in s]
    assert budgets == ["65000", "65000"]


@pytest.mark.filterwarnings("ignore:.*does not allow field")
def test_lists_page_by_cursor(account: AdAccount, meta_server: Any) -> None:
    """Two a page: the SDK follows the cursors to the end and gets everything once."""
    ads = list(account.get_ads(fields=["id", "creative{title,object_url}"], params={"limit": 10}))
    assert len({ad["id"] for ad in ads}) == len(ads) > 40
    assert all(ad["creative"]["object_url"].startswith("https://shop.example/") for ad in ads)
    assert len(meta_server.journal.calls("/ads")) == -(-len(ads) // 10)


@pytest.mark.filterwarnings("ignore:value of .* might not be compatible")
def test_statuses_are_filtered(account: AdAccount) -> None:
    """Only what is asked for comes; a status nobody knows is refused."""
    paused = account.get_campaigns(fields=["name"], params={"effective_status": ["PAUSED"]})
    assert [c["name"] for c in paused] == ["Meta | Spring launch"]
    wrong = {"effective_status": ["STOPPED"]}
    assert refused(lambda: account.get_campaigns(params=wrong))[0] == 100


# -- insights -----------------------------------------------------------------------------
def test_the_report_says_what_the_world_holds(account: AdAccount, world: World) -> None:
    """Spend, showings and clicks of every campaign and day are the world's, as text."""
    reported = {(row["campaign_id"], row["date_start"]): row for row in report(account)}
    account_id = world.accounts("meta")[0]
    for campaign in world.campaigns(account_id):
        days = world.numbers(campaign).span(date(2026, 11, 1), date(2026, 11, 20))
        for i in range(len(days)):
            row = reported.pop((campaign.campaign_id, days.day(i).isoformat()), None)
            assert (row is None) == (days["impressions"][i] == 0)
            if row is not None:
                assert row["spend"] == f"{days['spend'][i] / 100:.2f}"
                assert row["impressions"] == str(days["impressions"][i])
                assert row["inline_link_clicks"] == str(days["clicks"][i])
                people = reached(campaign.plan.people, int(days["impressions"][i]))
                assert row["reach"] == str(people)
    assert not reported


def test_the_same_sale_has_several_names(account: AdAccount) -> None:
    """`purchase` is all sales and so is `omni_purchase`; pixel and in-app sales are parts of it."""
    rows = [row for row in report(account) if row["campaign_name"] == "Meta | Sales"]
    for row in rows:
        counts = {a["action_type"]: int(a["value"]) for a in row["actions"]}
        sold = counts["purchase"]
        assert counts["omni_purchase"] == sold
        parts = ("offsite_conversion.fb_pixel_purchase", "onsite_web_purchase")
        assert sum(counts.get(part, 0) for part in parts) == sold
        worth = {a["action_type"]: a["value"] for a in row["action_values"]}
        assert worth["purchase"] == worth["omni_purchase"]
        assert {part for part in parts if part in worth} == {p for p in parts if p in counts}
        assert sum(Decimal(worth.get(part, "0")) for part in parts) == Decimal(worth["purchase"])
    leads = next(r for r in report(account) if r["campaign_name"] == "Meta | Leads B2B")
    counts = {a["action_type"]: int(a["value"]) for a in leads["actions"]}
    assert counts["onsite_conversion.lead_grouped"] < counts["lead"]
    assert "purchase" not in counts


def test_windows_come_beside_the_value(account: AdAccount) -> None:
    """Seven days after a click and one after a view add up to the value."""
    for row in report(account):
        for action in row.get("actions", []):
            parts = (int(action.get("7d_click", 0)), int(action.get("1d_view", 0)))
            assert sum(parts) == int(action["value"])
            assert "28d_click" not in action


def test_reach_of_a_week_is_not_the_sum_of_its_days(account: AdAccount) -> None:
    """People are counted once: a week reaches fewer than its days added, more than any of them."""
    week = {"since": "2026-11-14", "until": "2026-11-20"}
    fields = ["campaign_name", "reach", "impressions", "frequency"]
    days = report(account, fields, time_range=week)
    campaign_total = report(account, fields, time_range=week, time_increment="all_days")
    for row in campaign_total:
        daily = [int(d["reach"]) for d in days if d["campaign_name"] == row["campaign_name"]]
        assert max(daily) < int(row["reach"]) < sum(daily)
        assert float(row["frequency"]) == pytest.approx(
            int(row["impressions"]) / int(row["reach"]), abs=1e-5
        )


@pytest.mark.parametrize("level", ["adset", "ad"])
@pytest.mark.parametrize(
    "breakdowns",
    [[], ["age"], ["gender"], ["age", "gender"], ["region"], ["device_platform"],
     ["publisher_platform", "platform_position"], ["publisher_platform", "device_platform"]],
)  # fmt: skip
def test_parts_add_up_to_their_campaign(
    account: AdAccount, level: str, breakdowns: list[str]
) -> None:
    """Ad sets, ads and every breakdown have the campaign's spend and clicks between them."""
    fields, week = ["campaign_id", "spend", "inline_link_clicks"], {"date_preset": "last_7d"}
    params = {"level": level, "time_increment": "all_days", "limit": 500, "breakdowns": breakdowns}
    parts = list(account.get_insights(fields=fields, params={**params, **week}))
    wholes = list(account.get_insights(fields=fields, params={"level": "campaign", **week}))
    for campaign_total in wholes:
        account_id = [p for p in parts if p["campaign_id"] == campaign_total["campaign_id"]]
        assert all(name in part for part in account_id for name in breakdowns)
        assert round(sum(float(p["spend"]) for p in account_id), 2) == float(
            campaign_total["spend"]
        )
        clicks = sum(int(p["inline_link_clicks"]) for p in account_id)
        assert clicks == int(campaign_total["inline_link_clicks"])


def test_a_large_report_is_asynchronous(account: AdAccount, meta_api: Api) -> None:
    """It is asked for, polled until it is done, and has the rows of the direct report."""
    run = account.get_insights(fields=FIELDS, params=dict(REPORT), is_async=True)
    run_id = run["report_run_id"]
    early = AdReportRun(run_id, api=meta_api())
    assert refused(early.get_insights)[0] == 2601
    percents = []
    for _ in range(5):
        status = AdReportRun(run_id, api=meta_api()).api_get()
        percents.append(status["async_percent_completion"])
        if status["async_status"] == "Job Completed":
            break
    assert percents == [0, 50, 100]
    rows = AdReportRun(run_id, api=meta_api()).get_insights(params={"limit": 200})
    assert [dict(row) for row in rows] == [dict(row) for row in report(account)]


def test_a_report_can_fail(account: AdAccount, meta_api: Api, faults: Faults) -> None:
    """A failed run says so, with a code, and gives no rows."""
    faults.add("report_failed")
    run = account.get_insights(fields=FIELDS, params=dict(REPORT), is_async=True)
    states = [
        AdReportRun(run["report_run_id"], api=meta_api()).api_get()["async_status"]
        for _ in range(4)
    ]
    assert states[-1] == "Job Failed"
    assert refused(AdReportRun(run["report_run_id"], api=meta_api()).get_insights)[0] == 2601


def test_too_much_at_once_must_be_asynchronous(world: World, meta_api: Api) -> None:
    """Above so many rows the direct call is refused: reduce the amount of data."""
    with meta(world, sync_rows=50) as server:
        account_id = world.accounts("meta")[0]
        address = f"{server.url}/v26.0/act_{account_id.account_id}/insights"
        query = {"access_token": server.access_token, "level": "campaign", "time_increment": 1}
        answer = requests.get(address, query, timeout=10)
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == 1


def test_recent_days_are_restated(account: AdAccount, world: World) -> None:
    """Sales of the same day come in for days; what a month ago was is settled."""

    def sold(day: str) -> int:
        rows = report(account, time_range={"since": day, "until": day})
        return sum(int(a["value"]) for r in rows for a in r.get("actions", [])
                   if a["action_type"] == "purchase")  # fmt: skip

    yesterday, settled = sold("2026-11-27"), sold("2026-09-27")
    world.now += timedelta(days=10)
    assert sold("2026-11-27") > yesterday
    assert sold("2026-09-27") == settled


# -- what is refused ----------------------------------------------------------------------
@pytest.mark.filterwarnings("ignore:.*does not allow field")
@pytest.mark.filterwarnings("ignore:value of .* might not be compatible")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fields": ["impressions", "bounce_rate"]}, 100),
        ({"level": "keyword"}, 100),
        ({"breakdowns": ["city"]}, 100),
        ({"breakdowns": ["age", "region"]}, 100),
        ({"breakdowns": ["platform_position"]}, 100),
        ({"action_attribution_windows": ["7d_view"]}, 100),
        ({"action_attribution_windows": ["28d_view"]}, 100),
        ({"action_attribution_windows": ["14d_click"]}, 100),
        ({"time_range": {"since": "2026-11-20", "until": "2026-11-01"}}, 100),
        ({"time_range": {"since": "2026-11-20"}}, 100),
        ({"time_range": {"since": "2021-11-20", "until": "2026-11-01"}}, 3018),
        ({"time_increment": 120}, 100),
        ({"limit": "none"}, 100),
        ({"after": "garbage"}, 100),
        ({"time_incremnt": 1}, 100),
        ({"filtering": [{"field": "campaign.budget", "operator": "IN", "value": [1]}]}, 100),
    ],
)
def test_what_the_api_does_not_know_is_refused(
    account: AdAccount, changes: dict[str, Any], code: int
) -> None:
    """Fields, levels, breakdowns, windows and ranges are checked against the SDK's own lists."""
    fields = changes.pop("fields", FIELDS)
    assert refused(lambda: report(account, fields, **changes))[0] == code


@pytest.mark.filterwarnings("ignore:.*does not allow field")
def test_a_field_no_campaign_has_is_refused(account: AdAccount) -> None:
    """Objects know their fields too; an alias is no longer allowed for new apps."""
    assert refused(lambda: account.get_campaigns(fields=["budget_total"]))[0] == 100
    assert refused(lambda: account.get_campaigns(fields=["name.as(title)"]))[0] == 12


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"version": "v24.0"}, (2635, None)),
        ({"version": "v28.0"}, (2500, None)),
        ({"token": "EAAOther"}, (190, None)),
        ({"secret": "other-secret"}, (100, None)),
    ],
)
def test_version_token_and_proof_are_checked(
    meta_api: Api, changes: dict[str, str], expected: tuple[int, int | None]
) -> None:
    """An old version, a version to come, a wrong token and a wrong proof: each its own code."""
    assert refused(lambda: User("me", api=meta_api(**changes)).get_ad_accounts()) == expected


@pytest.mark.parametrize("version", ["v25.0", "v26.0", "v27.0"])
def test_versions_in_force_answer(meta_api: Api, version: str) -> None:
    """The SDK's own version, the one before and the newest."""
    assert len(list(User("me", api=meta_api(version=version)).get_ad_accounts())) == 2


def test_an_account_of_others_does_not_exist(meta_api: Api) -> None:
    """The API does not say whether it is missing or forbidden."""
    assert refused(AdAccount("act_1", api=meta_api()).get_insights) == (100, 33)


def test_expired_and_revoked_tokens(account: AdAccount, meta_server: Any) -> None:
    """Code 190 for both, told apart by the subcode."""
    meta_server.expire()
    assert refused(lambda: report(account)) == (190, 463)
    meta_server.revoke()
    assert refused(lambda: report(account)) == (190, 460)


def test_missing_permissions(world: World) -> None:
    """Without ads_read no report; without business_management no businesses; both say which."""
    with meta(world, scopes=("ads_management",)) as server:
        token = {"access_token": server.access_token}
        account_id = f"act_{world.accounts('meta')[0].account_id}"
        answers = [
            requests.get(f"{server.url}/v26.0/{path}", token, timeout=10).json()
            for path in (f"{account_id}/insights", "me/businesses", "me/permissions")
        ]
    assert answers[0]["error"]["code"] == 200
    assert "ads_read" in answers[0]["error"]["message"]
    assert answers[1]["error"]["code"] == 10
    states = {p["permission"]: p["status"] for p in answers[2]["data"]}
    assert states["ads_read"] == "declined"


# -- quotas and faults --------------------------------------------------------------------
def test_usage_headers_tell_how_much_is_left(account: AdAccount, meta_server: Any) -> None:
    """The quota used is in the headers; at 100 per cent the account is throttled."""
    account_id = account["id"].removeprefix("act_")
    meta_server.usage[account_id] = 76
    headers = account.get_insights(fields=FIELDS, params=dict(REPORT)).headers()
    usage = json.loads(headers["x-business-use-case-usage"])[account_id][0]
    assert (usage["type"], usage["call_count"]) == ("ads_insights", 76)
    meta_server.usage[account_id] = 100
    with pytest.raises(FacebookRequestError) as error:
        report(account)
    assert error.value.api_error_code() == 80000
    usage = json.loads(error.value.http_headers()["x-business-use-case-usage"])[account_id][0]
    assert usage["estimated_time_to_regain_access"] > 0


@pytest.mark.parametrize(
    ("fault", "expected", "transient"),
    [
        ("throttled", (17, 2446079), True),
        ("server_error", (2, None), True),
        ("account_error", (200, None), False),
        ("expired", (190, 463), False),
        ("revoked", (190, 460), False),
        ("missing_scope", (200, None), False),
        ("unavailable", (None, None), False),
    ],
)
def test_a_fault_happens_once_and_then_all_is_well(
    account: AdAccount, faults: Faults, fault: str, expected: Any, transient: bool
) -> None:
    """Each fault reaches the client as the SDK's own exception, once."""
    faults.add(fault)
    with pytest.raises(FacebookRequestError) as error:
        report(account)
    assert (error.value.api_error_code(), error.value.api_error_subcode()) == expected
    assert error.value.api_transient_error() == transient
    assert report(account)


def test_a_cut_answer_is_an_error(account: AdAccount, faults: Faults) -> None:
    """An answer that stops in the middle never looks whole."""
    faults.add("truncated")
    with pytest.raises(requests.exceptions.RequestException):
        report(account)
    assert report(account)


def test_a_web_page_instead_of_an_answer(account: AdAccount, faults: Faults) -> None:
    """A proxy's page with status 200 is no list of rows: the SDK says bad object."""
    faults.add("malformed")
    with pytest.raises(FacebookBadObjectError):
        report(account)
    assert report(account)


def test_a_newer_schema_has_words_nobody_knows(account: AdAccount, faults: Faults) -> None:
    """A field and an objective of a later version arrive beside what is known."""
    faults.add("newer_schema")
    row = report(account)[0]
    assert row["objective"] == "OUTCOME_FROM_THE_FUTURE"
    assert row["spend"]


def test_the_token_is_in_the_next_address_and_never_in_the_journal(
    account: AdAccount, meta_server: Any
) -> None:
    """As on the real API the next page's address carries the token; the journal does not."""
    account_id, token = account["id"], meta_server.access_token
    address = f"{meta_server.url}/v26.0/{account_id}/ads"
    answer = requests.get(address, {"access_token": token, "limit": 5}, timeout=10)
    assert token in answer.json()["paging"]["next"]
    assert token not in repr(meta_server.journal.entries)


def test_the_change_history_says_who_and_what(account: AdAccount, world: World) -> None:
    """A budget raised by hand before: who, when, from what to what; a week unless asked more."""
    fields = ["event_type", "event_time", "actor_name", "object_id", "extra_data"]
    assert len(list(account.get_activities(fields=fields))) == 0
    since = {"since": "2026-09-01", "until": "2026-11-28"}
    events = [dict(e) for e in account.get_activities(fields=fields, params=since)]
    budget = next(e for e in events if e["event_type"] == "update_campaign_budget")
    extra = json.loads(budget["extra_data"])
    assert extra["old_value"] < extra["new_value"] == 180_000
    assert budget["actor_name"] in PEOPLE
    assert any(e["event_type"] == "update_campaign_run_status" for e in events)
    campaign = Campaign(budget["object_id"], api=account.get_api()).api_get(fields=["name"])
    assert campaign["name"] == "Meta | Leads B2B"
