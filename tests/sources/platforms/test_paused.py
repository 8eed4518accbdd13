"""A campaign that somebody paused, or had end on a day, has not stopped; by itself one has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from bot import rules_files
from bot.ask import Context
from bot.demo.platforms import World, google, linkedin, meta, tiktok
from bot.demo.platforms.google_ads.fields import Row
from bot.demo.platforms.google_ads.filling import fill
from bot.jobs import pull_keeping
from bot.settings import Settings
from bot.snapshot import evaluation
from bot.snapshot.evaluation import STOP
from bot.sources.base import AdAccount
from bot.sources.platforms import google_queries, microsoft_rows
from bot.sources.platforms import tiktok as tiktok_client
from bot.sources.platforms.google import GoogleAds
from bot.sources.platforms.linkedin import LinkedInAds
from bot.sources.platforms.meta import MetaAds
from bot.sources.platforms.meta_rows import read_campaign
from bot.sources.platforms.pulling import PlatformSource
from bot.sources.platforms.tiktok import TikTokAds
from bot.store import open_store
from tests.sources.platforms.conftest import secrets_of

NOW = datetime(2026, 11, 28, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def answer():
    """60 days, at the end of which one campaign was paused by hand."""
    world = World(datetime(2026, 11, 25, 8, tzinfo=UTC))
    account = world.accounts("meta")[0]
    campaign = next(c for c in world.campaigns(account) if c.name == "Meta | Traffic to guides")
    world.change_status(campaign, "paused", by="kari@shop.example", through="web")
    world.now = NOW
    with meta(world) as server:
        values = {"META_ADS_ACCESS_TOKEN": server.access_token, "META_ADS_GRAPH_URL": server.url}
        source = PlatformSource("meta", MetaAds(values), lambda: NOW, (account.account_id,))
        return source.pull(date(2026, 9, 20), None), campaign.campaign_id


@pytest.mark.parametrize("told", [True, False])
def test_who_paused_it_makes_the_difference(answer, told):
    """With the change in the log nothing is said; without it, it is the usual alarm."""
    pulled, campaign_id = answer
    changes = pulled.changes if told else ()
    assert stops(replace(pulled, changes=changes)) == ([] if told else [(campaign_id,)])
    store = open_store(":memory:")
    try:
        for _ in range(2):  # pulled once more: each change is in the log once
            pull_keeping.changed(store, changes)
        assert len(store.events(kind="platform.")) == len(changes)
    finally:
        store.close()


LAST = date(2026, 11, 22)
SINCE = date(2026, 11, 15), date(2026, 10, 20)


def client_of(platform: str, server: Any) -> Any:
    """The client of a platform, with what a person has."""
    if platform == "google":
        return GoogleAds(secrets_of(server), server.manager_id)
    if platform == "meta":
        url = {"META_ADS_GRAPH_URL": server.url}
        return MetaAds({"META_ADS_ACCESS_TOKEN": server.access_token, **url})
    start = f"{platform.upper()}_ADS_"
    values = {f"{start}ACCESS_TOKEN": server.access_token, f"{start}URL": server.url}
    return {"linkedin": LinkedInAds, "tiktok": TikTokAds}[platform](values)


SERVE = {"google": google, "meta": meta, "linkedin": linkedin, "tiktok": tiktok}


@pytest.mark.parametrize("platform", list(SERVE))
def test_a_campaign_that_ended_as_it_was_to_did_not_stop(platform):
    """Platforms go on to call it active: its end is read, and no silent day is made up after it."""
    world = World(NOW, days=40)
    account = world.accounts(platform)[0]
    running = [c for c in world.campaigns(account) if c.status == "active" and not c.plan.weekdays]
    campaign = running[0]
    world.set_end(campaign, LAST)
    with SERVE[platform](world) as server:
        client = client_of(platform, server)
        source = PlatformSource(platform, client, lambda: NOW, (account.account_id,))
        pulled = source.pull(SINCE[platform == "meta"], None)
    assert pulled.accounts[0].ok, pulled.accounts
    facts = {each.campaign_id: each for each in pulled.campaigns}[campaign.campaign_id]
    assert (facts.status, facts.ends) == ("ended", LAST)
    rows = pulled.frame[pulled.frame["campaign_id"] == campaign.campaign_id]
    assert rows["date"].max() == pd.Timestamp(LAST)
    (ended,) = [each for each in pulled.changes if campaign.campaign_id in each.campaign_ids
                and each.what == "status"]  # fmt: skip
    assert ended.after == "ended"
    assert ended.when.astimezone(ZoneInfo(account.time_zone)).date() == date(2026, 11, 23)
    if platform == "meta":  # what a morning makes of it hangs on no platform
        assert stops(pulled) == []
        assert (campaign.campaign_id,) in stops(replace(pulled, changes=()))


@pytest.mark.parametrize("platform", ["google", "meta", "tiktok"])
def test_a_campaign_with_all_its_groups_switched_off_did_not_stop(platform):
    """It goes on to be called active: what is below it is read, and its silent days are no rows."""
    world = World(datetime(2026, 11, 23, 8, tzinfo=UTC), days=40)
    account = world.accounts(platform)[0]
    running = [c for c in world.campaigns(account) if c.status == "active" and not c.plan.weekdays]
    campaign = running[0]
    world.set_groups(campaign, "paused")
    world.now = NOW
    with SERVE[platform](world) as server:
        client = client_of(platform, server)
        source = PlatformSource(platform, client, lambda: NOW, (account.account_id,))
        pulled = source.pull(SINCE[0], None)
        world.set_groups(campaign, "active")
        (again,) = [each for each in client.campaigns(client.accounts()[0])
                    if each.campaign_id == campaign.campaign_id]  # fmt: skip
    facts = {each.campaign_id: each for each in pulled.campaigns}
    assert (facts[campaign.campaign_id].status, again.status) == ("paused", "enabled")
    assert facts[running[1].campaign_id].status == "enabled"
    rows = pulled.frame[pulled.frame["campaign_id"] == campaign.campaign_id]
    assert rows["date"].max() == pd.Timestamp(LAST)
    (off,) = [each for each in pulled.changes if campaign.campaign_id in each.campaign_ids
              and each.what == "status"]  # fmt: skip
    assert off.after == "paused"
    assert off.when.astimezone(ZoneInfo(account.time_zone)).date() == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("own", "primary", "reasons", "status"),
    [
        ("ENABLED", "ELIGIBLE", [], "enabled"),
        ("ENABLED", "NOT_ELIGIBLE", ["BUDGET_MISCONFIGURED", "ASSET_GROUPS_PAUSED"], "paused"),
        ("ENABLED", "NOT_ELIGIBLE", ["AD_GROUP_ADS_PAUSED"], "paused"),
        ("ENABLED", "NOT_ELIGIBLE", ["CAMPAIGN_GROUP_PAUSED"], "paused"),
        ("ENABLED", "NOT_ELIGIBLE", ["CAMPAIGN_GROUP_ALL_GROUP_BUDGETS_ENDED"], "ended"),
        ("ENABLED", "LIMITED", ["KEYWORDS_PAUSED", "BUDGET_CONSTRAINED"], "enabled"),
        ("ENABLED", "NOT_ELIGIBLE", ["HAS_ADS_DISAPPROVED", "NO_AD_GROUP_ADS"], "enabled"),
        ("ENABLED", "NOT_ELIGIBLE", [4711], "enabled"),
        ("REMOVED", "REMOVED", ["CAMPAIGN_REMOVED"], "removed"),
    ],
)
def test_only_what_somebody_switched_off_is_off(own, primary, reasons, status):
    """A campaign of Google's that may be shown, or is kept from it by a fault, is still enabled."""
    row = Row()
    written = {"status": own, "primary_status": primary, "primary_status_reasons": reasons}
    fill(row.campaign, id=1, **written)
    account = AdAccount("1", "Shop", "NOK", "Europe/Oslo")
    assert google_queries.read_campaign(row, account, set()).status == status


def stops(pulled: Any) -> list[tuple[str, ...]]:
    """The campaigns of which a morning says that they stopped."""
    store = open_store(":memory:")
    try:
        pull_keeping.kept(store, "ads", pulled, None)
        context = Context(store, rules_files.load(None), {}, Settings(), lambda: NOW)
        advice = evaluation.advised(context, NOW.date()).advice
        return [each.campaign_ids for each in advice if each.rule == STOP]
    finally:
        store.close()


def test_what_stands_below_a_campaign_may_be_off_or_over():
    """Ad sets and groups that are all switched off, or each have a last day, are their campaign."""
    account = AdAccount("1", "Shop", "NOK", "Europe/Oslo")
    campaign = {"id": "1", "effective_status": "ACTIVE"}
    on, off = {"effective_status": "ACTIVE"}, {"effective_status": "PAUSED"}
    until = {"end_time": "2026-11-22T23:59:00+0100"}
    for sets, status, ends in (
        ([on, off], "enabled", None), ([off, off], "paused", None), ([], "enabled", None),
        ([on | until, on | until], "enabled", LAST), ([on | until, on], "enabled", None),
    ):  # fmt: skip
        fact = read_campaign(campaign, sets, account)
        assert (fact.status, fact.ends) == (status, ends)
    assert read_campaign(campaign | {"stop_time": until["end_time"]}, [on], account).ends == LAST
    row = {"campaign_id": "1", "operation_status": "ENABLE"}
    group = {"operation_status": "ENABLE", "schedule_type": "SCHEDULE_FROM_NOW"}
    over = group | {"schedule_type": "SCHEDULE_START_END",
                    "schedule_end_time": "2026-11-22 23:59:59"}  # fmt: skip
    disabled = group | {"operation_status": "DISABLE"}
    for groups, status, ends in (
        ([group, disabled], "enabled", None), ([disabled], "paused", None),
        ([over, disabled], "enabled", LAST), ([over, group], "enabled", None),
    ):  # fmt: skip
        fact = tiktok_client.read_campaign(row, groups, account)
        assert (fact.status, fact.ends) == (status, ends)
    record = {"Id": "1", "Status": "Active", "EndDate": "2026-11-22T00:00:00"}
    of_microsoft = microsoft_rows.read_campaign(
        record, account, {}, {}, microsoft_rows.Goals({}, {})
    )
    assert of_microsoft.on(date(2026, 11, 23)).status == "ended"
    assert of_microsoft.on(LAST).status == "enabled"
