"""LinkedIn and TikTok over HTTP: what is pulled is what happened; refusals are sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from bot.demo.platforms import Faults, World, linkedin, tiktok
from bot.demo.platforms.web import HttpServer, Reply
from bot.domain.details import Level
from bot.errors import SourceError
from bot.sources.base import AdAccount, CampaignFacts, Purpose
from bot.sources.platforms import linkedin as linkedin_client
from bot.sources.platforms import tiktok as tiktok_client
from bot.sources.platforms.linkedin import LinkedInAds
from bot.sources.platforms.pulled_days import ChangeLedger, ledger_of
from bot.sources.platforms.pulling import PlatformSource
from bot.sources.platforms.rest import Patience, Refused, Rest, throttled, wait_of
from bot.sources.platforms.tiktok import TikTokAds

NOW = datetime(2026, 11, 28, 6, tzinfo=UTC)
SINCE, UNTIL = date(2026, 10, 1), date(2026, 11, 26)
ACCOUNT = AdAccount("1", "Shop", "NOK", "UTC")
KINDS = {"linkedin": (linkedin, LinkedInAds), "tiktok": (tiktok, TikTokAds)}


@pytest.fixture(params=list(KINDS))
def platform(request: Any) -> str:
    return request.param


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def world() -> World:
    return World(NOW)


@pytest.fixture
def source(platform: str, world: World, faults: Faults, waits: list[float]) -> Any:
    serve, client = KINDS[platform]
    with serve(world, faults) as server:
        start = f"{platform.upper()}_ADS_"
        values = {f"{start}ACCESS_TOKEN": server.access_token, f"{start}URL": server.url}
        yield PlatformSource(platform, client(values, Patience(sleep=waits.append)), lambda: NOW)


def test_each_day_is_as_it_happened(source: Any, platform: str, world: World) -> None:
    """Spend, showings, clicks and results of every campaign, over pieces of 30 days."""
    pulled = source.pull(SINCE, UNTIL)
    assert all(account.ok for account in pulled.accounts), pulled.accounts
    for account in world.accounts(platform):
        for campaign in world.campaigns(account):
            days = world.numbers(campaign).span(SINCE, UNTIL)
            own = pulled.frame[pulled.frame["campaign_id"] == campaign.campaign_id]
            rows = own.set_index("date")
            assert len(rows) == len(days)
            for i in range(len(days)):
                row = rows.loc[pd.Timestamp(days.day(i))]
                assert Decimal(str(row["spend"])) == account.decimal(int(days["spend"][i]))
                assert row["impressions"] == days["impressions"][i]
                assert row["clicks"] == days["clicks"][i]
                assert row["conversions"] == days["purchases"][i]
                assert row["currency"] == account.currency
            budget = rows["daily_budget"].dropna()  # of yesterday alone: there is no history
            assert len(budget) <= 1
            if len(budget):
                assert Decimal(str(budget.iloc[0])) == account.decimal(campaign.budget.amount)


NAMES = {
    ("linkedin", Level.DEVICE): {"mobile app", "mobile web", "desktop web"},
    ("tiktok", Level.AGE): {"18-24", "25-34", "35-44", "45-54", "55+", "unknown"},
    ("tiktok", Level.GENDER): {"female", "male", "unknown"},
    ("tiktok", Level.DEVICE): {"android", "ipad", "pc"},
}  # fmt: skip


def test_audiences_add_up_to_their_campaigns(source: Any, platform: str, world: World) -> None:
    """Who saw it and on what, by name; results where the platform says what they are of."""
    pulled = replace(source, detail_days=3).pull(UNTIL - timedelta(days=10), UNTIL)
    assert pulled.notes == ()
    details, measures = pulled.details, ["spend", "impressions", "clicks"]
    assert details["date"].min() > pd.Timestamp(UNTIL - timedelta(days=11))
    levels = {level: set(rows["detail_name"]) for level, rows in details.groupby("level")}
    assert {(platform, level): names for level, names in levels.items()} == {
        key: names for key, names in NAMES.items() if key[0] == platform
    }
    keys = ["campaign_id", "date"]
    days = pulled.frame.set_index(keys)
    for _, rows in details.groupby("level"):
        sums = rows.groupby(keys)[[*measures, "conversions"]].sum(min_count=1).round(6)
        of_campaign = days.loc[sums.index]
        assert (sums[measures] == of_campaign[measures].round(6)).all(axis=None)
        counted = of_campaign["pricing_model"] == "CPA"
        if platform == "tiktok":  # of a campaign for reach it would count something else
            assert (sums["conversions"].notna() == counted).all()
        assert (sums["conversions"] == of_campaign["conversions"])[counted].all()


def test_what_passes_is_asked_again_and_what_does_not_is_told(
    source: Any, faults: Faults, waits: list[float], world: World, platform: str
) -> None:
    """Throttling and broken answers cost a wait; one account that fails holds up no other."""
    whole = source.accounts()
    for count, fault in enumerate(("throttled", "server_error", "truncated", "malformed"), 1):
        faults.add(fault)
        assert source.accounts() == whole
        assert len(waits) == count
    assert (platform, waits[0] >= 60) in (("linkedin", True), ("tiktok", False))  # as it asks
    first = world.accounts(platform)[0]
    faults.add("account_error", times=None, account=first.account_id)
    failed, fine = source.pull(SINCE, UNTIL).accounts
    assert (failed.ok, fine.ok) == (False, True)
    assert "does not let this token read" in failed.error


def test_an_answer_of_another_shape_is_a_sentence_and_holds_up_no_other_account(
    source: Any, faults: Faults, world: World, platform: str
) -> None:
    """JSON that is none of the platform's: that account alone fails, and says so, with a log."""
    account = world.accounts(platform)[0]
    faults.add("odd_shape", times=None, account=account.account_id)
    odd, fine = source.pull(UNTIL - timedelta(days=3), UNTIL).accounts
    assert (odd.ok, fine.ok) == (False, True)
    assert "answered in a shape that perfbot does not know. Nothing of it is stored" in odd.error
    faults.clear()
    faults.add("odd_shape", times=None)
    with pytest.raises(SourceError, match="in a shape that perfbot does not know"):
        source.accounts()


def test_bid_targets_and_budgets_are_the_platforms(source: Any, platform: str) -> None:
    """A cap on what a lead or a sale may cost stands in for a target; others bid to none."""
    facts = source.client.campaigns(source.accounts()[0])
    bids = [(fact.bid_metric, fact.bid_target) for fact in facts if fact.bid_metric]
    assert bids == [{"linkedin": ("cpl", 850.0), "tiktok": ("cpa", 210.0)}[platform]]
    assert all(fact.daily_budget for fact in facts)


def test_what_ad_groups_and_groups_decide_is_their_campaigns(platform: str) -> None:
    """Budgets of ad groups are added up; a campaign whose group was paused is paused."""
    if platform == "linkedin":
        row = {"id": 1, "status": "ACTIVE", "servingStatuses": ["CAMPAIGN_GROUP_STATUS_HOLD"]}
        assert linkedin_client.read_campaign(row, ACCOUNT).status == "paused"
        return
    row = {"campaign_id": "1", "budget_mode": "BUDGET_MODE_INFINITE", "budget": 0.0}
    group = {"operation_status": "ENABLE", "budget_mode": "BUDGET_MODE_DAY", "budget": 200.0,
             "conversion_bid_price": 90.0}  # fmt: skip
    resting = group | {"operation_status": "DISABLE"}
    lifetime = group | {"budget_mode": "BUDGET_MODE_TOTAL", "conversion_bid_price": 80.0}
    for groups, budget, bid in (
        ([group, group, resting], 400.0, 90.0), ([group, lifetime], None, None), ([], None, None),
    ):  # fmt: skip
        fact = tiktok_client.read_campaign(row, groups, ACCOUNT)
        assert (fact.daily_budget, fact.bid_target) == (budget, bid)


@pytest.mark.parametrize("fault", ["expired", "revoked"])
def test_a_token_that_is_gone_says_what_to_do(source: Any, faults: Faults, fault: str) -> None:
    """Once, in words, without the token."""
    faults.add(fault, times=None)
    with pytest.raises(SourceError, match=r"access token (has expired|.*was taken back)") as error:
        source.pull(SINCE, UNTIL)
    assert "AQX" not in str(error.value)
    assert "local-tiktok" not in str(error.value)


def test_what_no_history_tells_is_noticed_from_pull_to_pull(
    platform: str, waits: list[float]
) -> None:
    """A campaign that was switched off did not stop, and a day keeps the budget it had."""
    world = World(NOW)
    account = world.accounts(platform)[0]
    off, raised = world.campaigns(account)[:2]
    serve, client = KINDS[platform]
    with serve(world) as server:
        start = f"{platform.upper()}_ADS_"
        values = {f"{start}ACCESS_TOKEN": server.access_token, f"{start}URL": server.url}

        def pull(seen: Any) -> Any:
            patient = client(values, Patience(sleep=waits.append))
            only = (account.account_id,)
            return PlatformSource(platform, patient, lambda: world.now, only, seen).pull(None, None)

        first = pull({})
        assert first.changes == ()  # nothing was off, and there is nothing to compare with
        before = account.decimal(raised.budget.amount)
        world.now += timedelta(days=2)
        world.change_status(off, "paused", by="kari@shop.example", through="web")
        world.change_budget(account, raised.budget, raised.budget.amount * 2, through="web")
        world.now += timedelta(days=2)
        second = pull(first.seen)
        changes = {(change.what, change.before, change.after) for change in second.changes}
        assert changes == {("status", "enabled", "paused"),
                           ("budget", float(before), float(before) * 2)}  # fmt: skip
        switched = next(change for change in second.changes if change.what == "status")
        shown = second.frame[second.frame["campaign_id"] == off.campaign_id]
        assert switched.when.date() == (shown["date"].max() + pd.Timedelta(days=1)).date()
        assert pull(second.seen).changes == second.changes  # noticed once
        world.now += timedelta(days=1)
        third = pull(second.seen)
    rows = third.frame[third.frame["campaign_id"] == raised.campaign_id]
    budgets = rows.set_index("date")["daily_budget"]
    assert budgets.loc["2026-11-28"] == float(before)
    assert budgets.iloc[-1] == float(before) * 2
    assert pd.isna(budgets.loc["2026-11-20"])  # before anybody looked


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"since": 7, "campaigns": {}, "changes": []}'])
def test_a_ledger_that_cannot_be_read_is_begun_anew(text: str) -> None:
    """What stands in the database from another version spoils no pull."""
    assert ledger_of(text, "1") == ChangeLedger()


def test_a_ledger_is_read_back_as_it_was() -> None:
    """Days, standings and changes, in the account's own time."""
    now = datetime(2026, 11, 28, 7, tzinfo=ZoneInfo("Europe/Oslo"))
    fact = CampaignFacts("1", "11", "A", "paused", Purpose(), daily_budget=900.0)
    ledger = ChangeLedger().after([fact], {}, now)
    assert ledger.changes[0].when == now
    assert ledger_of(ledger.text(), "1") == ledger
    later = ledger.after([replace(fact, status="enabled")], {}, now + timedelta(1))
    assert [change.after for change in later.changes] == ["paused", "enabled"]
    much_later = later.after([], {}, now + timedelta(days=100))
    assert much_later.changes == ()


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90", 90.0), ("Sat, 28 Nov 2026 06:01:30 GMT", 90.0), ("", None), ("soon", None),
        ("Saturday, 28-Nov-26 06:01:30 GMT", 90.0), ("Sat Nov 28 06:01:30 2026", 90.0),
        ("Sat, 28 Nov 2026 05:00:00 GMT", 0.0), ("-5", None), ("1e9", None),
    ],
)  # fmt: skip
def test_a_wait_is_read_as_seconds_or_as_a_moment(written: str, seconds: float | None) -> None:
    """Every way in which HTTP writes it, counted from the answer's own clock."""
    assert wait_of({"Retry-After": written, "Date": "Sat, 28 Nov 2026 06:00:00 GMT"}) == seconds


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("page", [b"<html>Busy</html>", {"status": 429}])
def test_a_moment_to_wait_for_is_kept(waits: list[float], status: int, page: Any) -> None:
    """By a platform or by the gateway before it: nothing is asked before that moment."""
    answers: list[Reply] = []

    def answer(_request: Any) -> Reply:
        again = format_datetime(datetime.now(UTC) + timedelta(seconds=200), usegmt=True)
        answers.append(Reply(page, status, {"Retry-After": again}) if not answers else Reply([]))
        return answers[-1]

    def check(status: int, _body: Any, wait: float | None) -> None:
        if status != 200:
            raise Refused(throttled("Ads", wait))

    with HttpServer(answer, Faults()) as server:
        assert Rest("Ads", server.url, {}, check, Patience(sleep=waits.append)).get("/") == []
    assert len(waits) == 1
    assert 150 < waits[0] <= 220  # with its jitter, and far above a first wait of its own
