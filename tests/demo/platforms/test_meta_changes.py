"""Budgets, bid caps and status changed through the untouched facebook-business SDK."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import requests
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.campaign import Campaign
from facebook_business.exceptions import FacebookRequestError

from bot.demo.platforms import Faults, World, entities, meta

Api = Callable[..., Any]
ONLY = {"execution_options": ["validate_only"]}


def campaign_named(world: World, name: str) -> entities.Campaign:
    return next(c for c in world.campaigns(world.accounts("meta")[0]) if c.name == name)


@pytest.fixture
def sales(meta_api: Api, world: World) -> Campaign:
    """A campaign with a budget of its own."""
    return Campaign(campaign_named(world, "Meta | Sales").campaign_id, api=meta_api())


@pytest.fixture
def retargeting_set(meta_api: Api, world: World) -> AdSet:
    """An ad set with a budget of its own."""
    return AdSet(campaign_named(world, "Meta | Retargeting").groups[0].group_id, api=meta_api())


def refused(call: Callable[[], Any]) -> tuple[int, int | None]:
    with pytest.raises(FacebookRequestError) as error:
        call()
    return error.value.api_error_code(), error.value.api_error_subcode()


def test_validate_only_changes_nothing(sales: Campaign, world: World) -> None:
    """A valid change that is only validated answers success and leaves all as it was."""
    history = len(world.changes)
    sales.api_update(params={"daily_budget": 400_000, **ONLY})
    assert sales.api_get(fields=["daily_budget"])["daily_budget"] == "320000"
    assert len(world.changes) == history


def test_a_change_reads_back_and_is_in_the_history(sales: Campaign, world: World) -> None:
    """The new amount can be read, and the history says it came through the API."""
    sales.api_update(params={"daily_budget": 400_000})
    assert sales.api_get(fields=["daily_budget"])["daily_budget"] == "400000"
    change = world.changes[-1]
    assert (change.before, change.after, change.through) == (320_000, 400_000, "api")


def test_an_ad_set_has_a_budget_of_its_own(retargeting_set: AdSet, world: World) -> None:
    """Where the ad sets have budgets the campaign's spend follows theirs."""
    retargeting_set.api_update(params={"daily_budget": 130_000})
    assert retargeting_set.api_get(fields=["daily_budget"])["daily_budget"] == "130000"
    campaign = campaign_named(world, "Meta | Retargeting")
    assert [budget.amount for budget in campaign.budgets()] == [130_000, 65_000]


@pytest.mark.parametrize("options", [{}, ONLY])
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"daily_budget": 10}, (100, 1885272)),
        ({"daily_budget": "4000.5"}, (100, None)),
        ({"daily_budget": -5}, (100, None)),
        ({"bid_amount": 0}, (100, None)),
        ({"status": "DELETED"}, (100, None)),
        ({"daily_budjet": 400_000}, (100, None)),
    ],
)
@pytest.mark.filterwarnings("ignore:value of .* might not be compatible")
def test_a_wrong_value_is_refused(
    sales: Campaign, world: World, params: dict[str, Any], expected: Any, options: dict[str, Any]
) -> None:
    """Refused the same whether only validated or not, and nothing changes."""
    history = len(world.changes)
    assert refused(lambda: sales.api_update(params={**params, **options})) == expected
    assert len(world.changes) == history


def test_the_other_levels_budget_cannot_be_set(meta_api: Api, world: World) -> None:
    """A campaign whose ad sets have the budgets has none, and the other way round."""
    retargeting, sales = (
        campaign_named(world, "Meta | Retargeting"),
        campaign_named(world, "Meta | Sales"),
    )
    for thing in (
        Campaign(retargeting.campaign_id, api=meta_api()),
        AdSet(sales.groups[0].group_id, api=meta_api()),
    ):
        update = partial(thing.api_update, params={"daily_budget": 400_000})
        assert refused(update) == (100, 1885621)


def test_an_old_advantage_campaign_cannot_be_changed(meta_api: Api, world: World) -> None:
    """Its kind is told by smart_promotion_type; the API no longer changes it."""
    campaign = Campaign(
        campaign_named(world, "Meta | Advantage+ shopping").campaign_id, api=meta_api()
    )
    kind = campaign.api_get(fields=["smart_promotion_type"])["smart_promotion_type"]
    assert kind == "AUTOMATED_SHOPPING_ADS"
    assert refused(lambda: campaign.api_update(params={"daily_budget": 400_000, **ONLY}))[0] == 100


def test_a_budget_changes_four_times_an_hour(sales: Campaign) -> None:
    """The fifth change within an hour is refused until the hour is over."""
    for amount in (400_000, 410_000, 420_000, 430_000):
        sales.api_update(params={"daily_budget": amount})
    assert refused(lambda: sales.api_update(params={"daily_budget": 440_000})) == (613, 1487632)


def test_an_answer_can_be_lost_after_the_change(sales: Campaign, faults: Faults) -> None:
    """The change is carried out and no answer comes: who repeats it blindly is caught."""
    faults.add("lost_answer")
    with pytest.raises(requests.exceptions.ConnectionError):
        sales.api_update(params={"daily_budget": 400_000})
    assert sales.api_get(fields=["daily_budget"])["daily_budget"] == "400000"


def test_without_ads_management_nothing_is_changed(world: World) -> None:
    """A token that may only read is refused with the permission it lacks."""
    with meta(world, scopes=("ads_read",)) as server:
        campaign = campaign_named(world, "Meta | Sales")
        answer = requests.post(
            f"{server.url}/v26.0/{campaign.campaign_id}",
            {"access_token": server.access_token, "daily_budget": "400000"},
            timeout=10,
        )
    assert answer.json()["error"]["code"] == 200
    assert "ads_management" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("currency", "text"), [("NOK", "320000"), ("JPY", "48000"), ("HUF", "115200")]
)
def test_minor_units_are_metas_own(world: World, currency: str, text: str) -> None:
    """3 200 kroner are 320000 øre; yen and forint have no minor unit at Meta, forint at ISO do."""
    local = World(world.now, currencies=(currency, "NOK"))
    campaign = campaign_named(local, "Meta | Sales")
    with meta(local) as server:
        address = f"{server.url}/v26.0/{campaign.campaign_id}"
        token = {"access_token": server.access_token}
        answer = requests.get(address, {**token, "fields": "daily_budget"}, timeout=10).json()
        assert answer["daily_budget"] == text
        requests.post(address, {**token, "daily_budget": text[:-1] + "9"}, timeout=10)
        after = requests.get(address, {**token, "fields": "daily_budget"}, timeout=10).json()
    assert after["daily_budget"] == text[:-1] + "9"
