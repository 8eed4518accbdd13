"""Within how many days each platform counts results: pulled, kept, and said where sources are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bot.demo.platforms import World, google, linkedin, meta, microsoft, tiktok
from bot.domain.attribution import DIFFERS, shared, windows, within
from bot.features import status
from bot.jobs.platform_facts import keep_attribution
from bot.render import Renderer
from bot.render.values.news import SourceLine, Sources
from bot.snapshot.counted_within import CountedWithin, known, remember
from bot.sources.base import AccountPull, CampaignFacts, Pulled, Purpose
from bot.sources.platforms.microsoft import MicrosoftAds
from bot.sources.platforms.microsoft_rows import read_goals
from bot.sources.platforms.rest import Patience
from bot.sources.platforms.tiktok import read_campaign
from bot.store import open_store
from tests.sources.platforms import test_microsoft
from tests.sources.platforms.test_paused import client_of

SERVE = {
    "google": google, "meta": meta, "microsoft": microsoft, "linkedin": linkedin, "tiktok": tiktok,
}  # fmt: skip
SAID = {
    "google": {"click:30 view:1"}, "meta": {"click:7 view:1"}, "microsoft": {"click:30"},
    "linkedin": {"click:30 view:7", DIFFERS}, "tiktok": {"click:7 view:1"},
}  # fmt: skip


def facts_of(platform: str, server: Any, folder: Path) -> list[CampaignFacts]:
    client = (
        MicrosoftAds(test_microsoft.secrets_of(server), folder / "token", "", Patience())
        if platform == "microsoft"
        else client_of(platform, server)
    )
    return list(client.campaigns(client.accounts()[0]))


@pytest.mark.parametrize("platform", [*SERVE])
def test_every_platform_says_within_which_days_it_counts(
    platform: str, world: World, tmp_path: Path
) -> None:
    """As its conversion actions, goals, rules or ad groups are set; nothing of what has none."""
    with SERVE[platform](world) as server:
        settings = {each.attribution for each in facts_of(platform, server, tmp_path)}
    assert settings - {""} == SAID[platform]


def test_conversion_rules_that_may_not_be_read_are_not_known(world: World) -> None:
    """LinkedIn's campaigns are pulled all the same."""
    with linkedin(world) as server:
        client = client_of("linkedin", server)
        account = client.accounts()[0]
        every = {each.campaign_id for each in client.campaigns(account)}
        server.rules_readable = False
        unread = client.campaigns(account)
        assert {each.campaign_id for each in unread} == every
        assert {each.attribution for each in unread} == {""}


GROUP = {"operation_status": "ENABLE", "click_attribution_window": "SEVEN_DAYS"}


@pytest.mark.parametrize(
    ("groups", "setting"),
    [
        ([GROUP], "click:7"),
        ([GROUP | {"view_attribution_window": "OFF"}, GROUP], "click:7"),
        ([GROUP, GROUP | {"click_attribution_window": "ONE_DAY"}], DIFFERS),
        ([GROUP | {"engaged_view_attribution_window": "ONE_DAY"}], "click:7 engaged:1"),
        ([GROUP | {"click_attribution_window": "A_FORTNIGHT"}], ""),  # a word of a newer API
        ([], ""),
    ],
)
def test_a_campaign_counts_as_its_ad_groups_do(
    groups: list[Mapping[str, str]], setting: str, world: World
) -> None:
    """Where they agree; a word that nobody knows is not guessed at."""
    with tiktok(world) as server:
        account = client_of("tiktok", server).accounts()[0]
    row = {"campaign_id": "1", "objective_type": "REACH"}
    assert read_campaign(row, groups, account).attribution == setting


def test_goals_have_their_windows_in_minutes() -> None:
    """A goal that is left out of bidding has no say."""
    goal = {"Id": 1, "Name": "Sale", "ConversionWindowInMinutes": 43200}
    viewed = goal | {"ViewThroughConversionWindowInMinutes": 1440}
    assert read_goals([goal, viewed | {"ExcludeFromBidding": True}]).attribution == "click:30"
    assert read_goals([viewed]).attribution == "click:30 view:1"
    assert read_goals([goal, viewed]).attribution == DIFFERS


def test_a_setting_is_read_as_it_was_written() -> None:
    """Windows of no day are none; what is not known agrees with anything."""
    assert within(view=1, click=7, engaged=None) == "click:7 view:1"
    assert within(click=0) == ""
    assert windows(within(view=1, click=28)) == (("click", 28), ("view", 1))
    assert windows(DIFFERS) == windows("") == ()
    assert (shared(["", "click:7"]), shared([]), shared(["a:1", "b:1"])) == ("click:7", "", DIFFERS)


DAY = date(2026, 11, 23)


@pytest.fixture
def store():
    made = open_store(":memory:")
    yield made
    made.close()


def answer(*settings: str, on: date = DAY, status: str = "enabled") -> Pulled:
    facts = CampaignFacts("123-456-7890", "c", "C", "enabled", Purpose())
    campaigns = [replace(facts, attribution=setting) for setting in settings]
    paused = replace(facts, status="paused", attribution="click:90")
    at = datetime(on.year, on.month, on.day, 6, tzinfo=UTC)
    account = AccountPull("123-456-7890", ("meta_ads",), ok=True, until=on)
    return Pulled(pd.DataFrame(), at, (account,), campaigns=(*campaigns, paused))


def test_a_change_of_it_is_said_for_four_weeks(store) -> None:
    """With the day it was seen; what a pull could not read changes nothing."""
    keep_attribution(store, answer("click:7 view:1", on=DAY - timedelta(9)))
    keep_attribution(store, answer("", on=DAY - timedelta(4)))
    keep_attribution(store, answer("click:1", "click:1", on=DAY - timedelta(3)))
    (((channel, account), setting),) = known(store).items()
    assert (channel, account) == ("meta_ads", "1234567890")
    changed = CountedWithin("click:1", "2026-11-20", "click:7 view:1")
    assert setting.on(DAY) == setting == changed
    assert setting.on(DAY + timedelta(40)) == CountedWithin("click:1")
    assert setting.on(DAY - timedelta(5)) == CountedWithin("click:7 view:1")


def test_running_campaigns_say_it_where_any_runs(store) -> None:
    """A paused one of another setting makes no difference."""
    remember(store, {}, DAY)
    assert known(store) == {}
    keep_attribution(store, answer())
    assert known(store)["meta_ads", "1234567890"].now == "click:90"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("within 7 days of a click and within 1 day of being seen since Fri 20 Nov",
                "within 28 days of a click before", "within windows that differ")),
        ("nb", ("innen 7 dager etter et klikk og innen 1 dag etter visningen siden fre. 20. nov",
                "innen 28 dager etter et klikk før det", "frister som er ulike")),
    ],
)  # fmt: skip
def test_it_is_said_under_the_account(language: str, words: tuple[str, ...]) -> None:
    """What it is, and since when it is no longer what it was."""
    changed = status.ResultWindows("click:7 view:1", date(2026, 11, 20), "click:28")
    lines = (
        SourceLine("Meta", "ads", DAY, counted=changed),
        SourceLine("Google", "ads", DAY, counted=status.ResultWindows(DIFFERS)),
    )
    said = Renderer(language).render("sources", found=Sources(lines, DAY, pulled=True))
    text = str(said.blocks).replace("\xa0", " ").replace("\\xa0", " ")
    for phrase in words:
        assert phrase in text
