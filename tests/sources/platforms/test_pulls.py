"""What is pulled is what happened, from both platforms; a failed pull leaves no half day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from bot.demo.platforms import Faults, World, google, meta
from bot.errors import SourceError
from bot.sources.platforms.meta import MetaAds
from bot.sources.platforms.pulling import PlatformSource
from bot.sources.platforms.rest import Patience
from tests.sources.platforms.conftest import secrets_of

SINCE, UNTIL = date(2026, 11, 18), date(2026, 11, 27)
BOTH = ["google", "meta"]


@pytest.fixture
def make(request: Any, google_source: Any, meta_source: Any) -> Any:
    return {"google": google_source, "meta": meta_source}[request.param]


@pytest.fixture
def platform(request: Any) -> str:
    return request.node.callspec.params["make"]


def daily(frame: pd.DataFrame, campaign_id: str) -> pd.DataFrame:
    return frame[frame["campaign_id"] == campaign_id].set_index("date")


@pytest.mark.parametrize("make", BOTH, indirect=True)
def test_each_day_is_as_it_happened(make: Any, platform: str, world: World) -> None:
    """Spend, showings, clicks, leads and sales of every campaign of both accounts, to the øre."""
    pulled = make().pull(SINCE, UNTIL)
    for account in world.accounts(platform):
        last = next(a.until for a in pulled.accounts if a.account_id == account.account_id)
        for campaign in world.campaigns(account):
            days = world.numbers(campaign).span(SINCE, last)
            rows = daily(pulled.frame, campaign.campaign_id)
            for i in range(len(days)):
                if not days["impressions"][i]:
                    continue
                row = rows.loc[pd.Timestamp(days.day(i))]
                assert Decimal(str(row["spend"])) == account.decimal(int(days["spend"][i]))
                assert row["impressions"] == days["impressions"][i]
                assert row["clicks"] == days["clicks"][i]
                assert row["conversions"] == days["purchases"][i]
                assert row["leads"] == days["leads"][i]
                assert row["revenue"] == pytest.approx(days["value"][i] / account.minor)
                assert row["currency"] == account.currency
                assert row["time_zone"] == account.time_zone


@pytest.mark.parametrize("make", BOTH, indirect=True)
def test_an_account_is_pulled_to_its_own_yesterday(make: Any, world: World) -> None:
    """At 06:00 UTC it is 01:00 in New York: its day is over, but not counted yet."""
    oslo, new_york = make().pull(SINCE, None).accounts
    assert (oslo.until, new_york.until) == (date(2026, 11, 27), date(2026, 11, 26))


@pytest.mark.parametrize("make", BOTH, indirect=True)
def test_a_paused_campaign_did_not_stop(make: Any, platform: str, world: World) -> None:
    """Silent days are zeros of an enabled campaign and no rows of a paused one."""
    source, account = make(), world.accounts(platform)[0]
    pulled = source.pull(SINCE, UNTIL)
    status = {each.campaign_id: each.status for each in pulled.campaigns}
    paused = next(c for c in world.campaigns(account) if c.status == "paused")
    assert status[paused.campaign_id] == "paused"
    assert daily(pulled.frame, paused.campaign_id)["impressions"].fillna(0).sum() == 0
    running = [c for c in world.campaigns(account) if c.status == "active"]
    for campaign in running:
        rows = daily(pulled.frame, campaign.campaign_id)
        assert len(rows) == 10
        assert rows["spend"].notna().all()
    resting = [c for c in running if c.plan.weekdays]
    for campaign in resting:
        rows = daily(pulled.frame, campaign.campaign_id)
        assert rows.loc["2026-11-21", "spend"] == 0  # a Saturday, on which it rests


def test_a_purpose_is_what_is_optimised(google_source: Any, meta_source: Any) -> None:
    """Stage and pricing model of goal or bidding; bid targets beside it, shared budgets named."""
    facts = {
        each.name: each
        for source in (google_source(), meta_source())
        for each in source.client.campaigns(source.accounts()[0])
    }
    for name, stage, model, metric, target in (
        ("Google | Generic", "convert", "CPA", "cpa", 250.0),
        ("Google | Leads", "act", "CPL", "cpl", 160.0),
        ("Google | Shopping", "convert", "CPA", "roas", 4.0),
        ("Google | Video reach", "reach", "CPM", "", None),
        ("Meta | Leads B2B", "act", "CPL", "cpl", 170.0),
        ("Meta | Retargeting", "convert", "CPA", "cpa", 260.0),
        ("Meta | Traffic to guides", "act", "CPC", "", None),
    ):
        fact = facts[name]
        assert (fact.purpose.stage, fact.purpose.pricing_model) == (stage, model), name
        assert fact.purpose.known
        assert fact.purpose.reason
        assert (fact.bid_metric, fact.bid_target) == (metric, target), name
    shared = facts["Google | Guides"]
    assert (shared.shared_budget, shared.daily_budget) == ("Search, shared", None)
    assert facts["Meta | Retargeting"].daily_budget == 1300.0  # two ad sets of 650


@pytest.mark.parametrize("make", BOTH, indirect=True)
def test_a_budget_is_that_of_its_day(make: Any, platform: str) -> None:
    """What was changed is taken back for the days before it, and who changed it is known."""
    pulled = make().pull(SINCE - timedelta(days=60), UNTIL)
    change = next(each for each in pulled.changes if each.what == "budget")
    assert change.by.endswith(".example")
    assert change.before < change.after
    budgets = daily(pulled.frame, change.campaign_ids[0])["daily_budget"]
    assert budgets.loc["2026-11-15"] == change.before
    assert budgets.loc["2026-11-16"] == budgets.loc["2026-11-27"] == change.after
    assert pd.isna(budgets.loc["2026-10-20"])  # longer ago than the platform remembers


@pytest.mark.parametrize("make", BOTH, indirect=True)
def test_what_was_restated_is_asked_again(make: Any, platform: str, world: World) -> None:
    """The first pull goes 400 days back in pieces; the next asks 30 days once more."""
    source = make()
    account = source.accounts()[0]
    first = make(only=(account.account_id,)).pull(None, None)
    days = first.frame["date"]
    assert (days.max() - days.min()).days == 399
    later = make(only=(account.account_id,), seen=first.seen).pull(None, None)
    assert later.frame["date"].min().date() == UNTIL - timedelta(days=30)
    days = [{key: span for key, span in pulled.seen.items() if ".." in span and "{" not in span}
            for pulled in (later, first)]  # fmt: skip
    assert days[0] == days[1]


@pytest.mark.parametrize("make", BOTH, indirect=True)
@pytest.mark.parametrize(
    "fault", ["throttled", "server_error", "unavailable", "truncated", "malformed"]
)
def test_what_passes_is_asked_again(
    make: Any, platform: str, faults: Faults, fault: str, waits: list[float]
) -> None:
    """Throttling, hiccups and broken answers cost a wait, and no number."""
    whole = make().pull(SINCE, UNTIL).frame
    faults.add(fault, times=2, seconds=7)
    again = make().pull(SINCE, UNTIL)
    assert all(account.ok for account in again.accounts), again.accounts
    pd.testing.assert_frame_equal(again.frame, whole)
    assert len(waits) == 2
    if (platform, fault) == ("google", "throttled"):
        assert all(7 <= wait <= 7.7 for wait in waits)  # as long as was asked for


@pytest.mark.parametrize("make", BOTH, indirect=True)
def test_what_does_not_pass_leaves_no_half_day(
    make: Any, faults: Faults, waits: list[float], world: World, platform: str
) -> None:
    """An account that keeps failing gives nothing and a sentence; the other comes whole."""
    first, second = world.accounts(platform)
    faults.add("truncated", times=None, account=first.account_id)
    pulled = make().pull(SINCE, UNTIL)
    failed, fine = pulled.accounts
    assert (failed.ok, fine.ok) == (False, True)
    assert "broke off" in failed.error
    assert "next pull" in failed.error
    assert set(pulled.frame["account_id"]) == {second.account_id}
    assert first.account_id not in pulled.seen
    assert len(waits) == 4  # no storm


@pytest.mark.parametrize("make", BOTH, indirect=True)
def test_a_token_that_is_gone_is_not_asked_again(
    make: Any, platform: str, faults: Faults, waits: list[float]
) -> None:
    """One sentence with the way out, no wait, and nothing of the token in it."""
    faults.add("revoked", times=None)
    with pytest.raises(SourceError) as error:
        make().pull(SINCE, UNTIL)
    assert "taken back" in str(error.value)
    assert not waits
    assert error.value.__cause__ is None  # the SDK's own error holds the address, and the token
    assert "local-refresh" not in str(error.value)
    assert "EAALocal" not in str(error.value)


def test_an_expired_access_token_is_renewed(google_source: Any, google_server: Any) -> None:
    """Google's lasts an hour: a pull that is longer goes on with a new one."""
    source = google_source()
    account = source.accounts()[0]
    google_server.tokens.expire()
    assert source.client.campaigns(account)


def test_an_expired_token_of_metas_says_what_to_do(meta_source: Any, faults: Faults) -> None:
    """There is nothing to renew it with: a person must."""
    faults.add("expired", times=None)
    with pytest.raises(SourceError, match=r"has expired.*System users"):
        meta_source().pull(SINCE, UNTIL)


@pytest.mark.parametrize("make", BOTH, indirect=True)
def test_a_newer_schema_costs_what_is_new_only(make: Any, faults: Faults) -> None:
    """Enum values and fields that the SDK does not know are left aside; the numbers come."""
    whole = make().pull(SINCE, UNTIL).frame
    faults.add("newer_schema", times=None)
    newer = make().pull(SINCE, UNTIL)
    assert all(account.ok for account in newer.accounts), newer.accounts
    assert newer.frame["spend"].sum() == pytest.approx(whole["spend"].sum())


@pytest.mark.parametrize("make", BOTH, indirect=True)
def test_an_account_that_is_not_there_is_named(make: Any) -> None:
    """A wrong id in perfbot.toml names those that the token reaches."""
    with pytest.raises(SourceError, match=r"does not reach account 1112223333.*It reaches \d+"):
        make(only=("111-222-3333",)).pull(SINCE, UNTIL)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"GOOGLE_ADS_DEVELOPER_TOKEN": "x"}, "developer token"),
        ({"GOOGLE_ADS_CLIENT_SECRET": "x"}, "OAuth client"),
        ({"GOOGLE_ADS_REFRESH_TOKEN": "x"}, "sign-in has expired"),
    ],
)
def test_a_wrong_key_is_named(google_source: Any, values: dict[str, str], words: str) -> None:
    """Each of Google's keys has a sentence of its own."""
    with pytest.raises(SourceError, match=words):
        google_source(values=values).accounts()


def test_what_a_sign_in_lacks_is_named(
    google_source: Any, world: World, faults: Faults, waits: list[float]
) -> None:
    """A permission of the sign-in, a token that reads test accounts only: asked once, no storm."""
    account = world.accounts("google")[0].account_id
    faults.add("missing_scope", account=account, times=None)
    unscoped = google_source().pull(SINCE, UNTIL)
    failed = next(one for one in unscoped.accounts if one.account_id == account)
    assert "lacks the permission https://www.googleapis.com/auth/adwords" in failed.error
    assert account not in set(unscoped.frame["account_id"])
    with google(world, approved=False) as server:
        source = google_source(values=secrets_of(server), manager=server.manager_id)
        with pytest.raises(SourceError, match=r"only read test accounts.*apply for Basic access"):
            source.accounts()
    assert waits == []


def test_a_token_of_metas_that_may_not_read_is_named(world: World, waits: list[float]) -> None:
    """With what to grant; what it may do besides does not help."""
    account = world.accounts("meta")[0].account_id
    with meta(world, scopes=("ads_management",)) as server:
        values = {"META_ADS_ACCESS_TOKEN": server.access_token, "META_ADS_GRAPH_URL": server.url}
        client = MetaAds(values, None, Patience(sleep=waits.append))
        source = PlatformSource("meta", client, lambda: world.now, (account,))
        with pytest.raises(SourceError, match="the permission ads_read") as caught:
            source.pull(SINCE, UNTIL)
        assert server.access_token not in str(caught.value)
    assert waits == []


def test_a_large_report_comes_later_and_a_slow_one_is_waited_for(
    meta_source: Any, meta_server: Any, faults: Faults, waits: list[float]
) -> None:
    """Above Meta's limit the report is made asynchronously; one that failed is asked for again."""
    source = meta_source()
    account = source.accounts()[0]
    whole = source.client.days(account, SINCE, UNTIL)
    meta_server.sync_rows = 20
    try:
        faults.add("report_failed").add("report_slow")
        later = source.client.days(account, SINCE, UNTIL)
    finally:
        meta_server.sync_rows = 20_000
    pd.testing.assert_frame_equal(later, whole)
    assert waits
    assert max(waits) <= 5


def test_a_used_up_quota_is_waited_for(
    meta_source: Any, meta_server: Any, world: World, waits: list[float]
) -> None:
    """The header that says when calls are let through again counts more than patience."""
    account = world.accounts("meta")[0].account_id
    meta_server.usage[account] = 100
    source = meta_source(only=(account,))
    source.client.patience.sleep = lambda s: (waits.append(s), meta_server.usage.clear())
    assert source.pull(SINCE, UNTIL).accounts[0].ok
    assert 60 <= waits[0] <= 66


def test_reach_of_a_window_is_its_own(meta_source: Any, world: World) -> None:
    """People reached in 7 and 28 days are asked for as such, never added up."""
    pulled = meta_source().pull(SINCE, UNTIL)
    reach = pulled.window_reach
    assert reach is not None
    spans = {(r.until - r.since).days + 1 for r in reach.itertuples()}
    assert spans == {7, 28}
    week = reach[(reach["until"] - reach["since"]).dt.days == 6]
    for row in week.itertuples():
        days = daily(pulled.frame, row.campaign_id).loc[row.since : row.until, "reach"]
        assert row.reach < days.sum()


def test_accounts_without_a_manager_are_those_of_the_user(google_source: Any) -> None:
    """Without a manager the accounts the user has directly are found, each through its own."""
    accounts = google_source(manager="").accounts()
    assert [(a.account_id, a.currency) for a in accounts] == [
        ("5550001001", "NOK"), ("5550001002", "USD"),
    ]  # fmt: skip


def test_currencies_without_decimals_are_metas_own(faults: Faults) -> None:
    """Meta counts forints and Taiwan dollars whole, kroner in hundredths, whatever ISO says."""
    from bot.sources.platforms.meta_rows import money

    assert (money("320000", "NOK"), money("3200", "HUF"), money("3200", "JPY")) == (3200.0,) * 3
    assert money("0", "NOK") is None


def test_half_counted_yesterdays_are_put_right(google_source: Any, faults: Faults) -> None:
    """A day that was still being counted is restated by the next pull."""
    faults.add("half_day", times=None)
    early = google_source().pull(SINCE, UNTIL).frame["spend"].sum()
    faults.clear()
    assert google_source().pull(SINCE, UNTIL).frame["spend"].sum() > early


@pytest.mark.parametrize(
    ("fault", "words", "way_out"),
    [
        ("expired", "calls each new access token expired", "clock"),
        ("server_error", "could not answer just now", "the next pull"),
        ("throttled", "quota is used up", "Standard access"),
    ],
)
def test_what_lasts_at_google_has_a_way_out_of_its_own(
    google_source: Any, faults: Faults, fault: str, words: str, way_out: str
) -> None:
    """A token that is expired as soon as it is made, an error within, a quota: each another way."""
    faults.add(fault, times=None)
    with pytest.raises(SourceError) as raised:
        google_source().pull(SINCE, UNTIL)
    assert words in raised.value.message
    assert way_out in str(raised.value.hint)
    assert ("Standard access" in str(raised.value.hint)) == (fault == "throttled")
