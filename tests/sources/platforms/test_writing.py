"""Budgets read, validated and set through the untouched SDKs, each currency in its own units."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from bot.advice import budget_settings
from bot.demo.platforms import Faults, World, google, meta
from bot.domain.platform_budgets import BudgetChange, BudgetSetting
from bot.errors import SourceError
from bot.sources.platforms.client import BudgetWriter, ReadOnlyAccess
from bot.sources.platforms.google import GoogleAds
from bot.sources.platforms.google_budgets import GoogleBudgets
from bot.sources.platforms.meta import MetaAds
from bot.sources.platforms.meta_budgets import MetaBudgets
from bot.sources.platforms.rest import Patience
from tests.platform_budgets import account_in, change_to, own_budgets
from tests.sources.platforms.conftest import NOW, secrets_of

CURRENCIES = ("NOK", "JPY", "KWD", "HUF")


@pytest.fixture
def world() -> World:
    return World(NOW, days=40, currencies=CURRENCIES)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture(params=["google", "meta"])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(platform: str, world: World, faults: Faults) -> Iterator[Any]:
    with (google if platform == "google" else meta)(world, faults) as running:
        yield running


Make = Callable[[Any], BudgetWriter]


def google_writer(server: Any) -> BudgetWriter:
    patience = Patience(sleep=lambda _seconds: None)
    return GoogleBudgets(GoogleAds(secrets_of(server), server.manager_id, patience))


def meta_writer(server: Any) -> BudgetWriter:
    values = {"META_ADS_ACCESS_TOKEN": server.access_token, "META_ADS_GRAPH_URL": server.url}
    return MetaBudgets(MetaAds(values, None, Patience(sleep=lambda _seconds: None)))


@pytest.fixture
def writer(server: Any, platform: str) -> BudgetWriter:
    return (google_writer if platform == "google" else meta_writer)(server)


def planned(writer: BudgetWriter, *changes: BudgetChange) -> tuple[BudgetSetting, ...]:
    account_id = changes[0].account_id
    known = {
        (writer.channel, account_id, key): budget
        for key, budget in writer.budgets(account_id).items()
    }
    assert not list(budget_settings.obstacles(changes, known))
    return budget_settings.settings(changes, known)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_each_currency_is_set_in_the_platforms_own_units(
    world: World, writer: BudgetWriter, platform: str, currency: str
) -> None:
    """A tenth more in kroner, yen, dinars and forints is a tenth more at the platform."""
    account = account_in(world, platform, currency)
    campaign = own_budgets(world, account)[0]
    assert campaign.budget
    before = account.decimal(campaign.budget.amount)
    after = (before * Decimal("1.1")).quantize(Decimal(1))
    settings = planned(writer, change_to(campaign, after))
    assert writer.check(account.account_id, settings) == {}
    assert account.decimal(campaign.budget.amount) == before
    assert writer.set(account.account_id, settings) == {}
    assert account.decimal(campaign.budget.amount) == after
    assert writer.budgets(account.account_id)[campaign.campaign_id].amount == after


def test_a_finer_amount_than_the_platform_has_is_refused_before_anything_is_sent(
    world: World, writer: BudgetWriter, platform: str
) -> None:
    """12.345 dinars exist at Google and not at Meta; half a yen at neither."""
    dinars = own_budgets(world, account_in(world, platform, "KWD"))[0]
    yen = own_budgets(world, account_in(world, platform, "JPY"))[0]
    refused = {
        campaign.account.currency: [
            obstacle.reason
            for obstacle in budget_settings.obstacles(
                [change_to(campaign, amount)],
                {
                    (writer.channel, campaign.account.account_id, key): budget
                    for key, budget in writer.budgets(campaign.account.account_id).items()
                },
            )
        ]
        for campaign, amount in ((dinars, Decimal("12.345")), (yen, Decimal("9000.5")))
    }
    assert refused == {"KWD": [] if platform == "google" else ["step"], "JPY": ["step"]}


@pytest.mark.parametrize("platform", ["google"], indirect=True)
def test_a_shared_budget_names_whom_it_would_touch(
    world: World, writer: BudgetWriter, platform: str
) -> None:
    """Every other campaign that is paid from it, by name; paused ones too, removed ones not."""
    account = account_in(world, platform)
    sharing = [c for c in world.campaigns(account) if c.budget and c.budget.shared]
    first, *others = [c for c in sharing if c.status != "removed"]
    budget = writer.budgets(account.account_id)[first.campaign_id]
    assert budget.shared_with == tuple(c.name for c in others)
    assert others


@pytest.mark.parametrize("platform", ["meta"], indirect=True)
def test_ad_sets_that_hold_the_budget_are_changed_in_proportion(
    world: World, writer: BudgetWriter, platform: str
) -> None:
    """The campaign's new budget is the sum of its ad sets', each by the same share."""
    account = account_in(world, platform)
    campaign = next(c for c in world.campaigns(account) if c.kind == "sales_sets")
    budget = writer.budgets(account.account_id)[campaign.campaign_id]
    assert budget.amount
    after = budget.amount * Decimal("1.1")
    key = campaign.campaign_id
    change = BudgetChange(key, "meta_ads", account.account_id, key, budget.amount, after, "NOK")
    settings = planned(writer, change)
    assert {setting.kind for setting in settings} == {"adset"}
    for setting in settings:
        writer.set(account.account_id, [setting])
    assert writer.budgets(account.account_id)[key].amount == after
    assert sum(b.amount for b in campaign.budgets()) == after * 100


def test_a_sign_in_that_may_only_read_says_what_to_grant(
    world: World, platform: str, faults: Faults
) -> None:
    """Validating is what finds it out: nothing is changed, and the way out is named."""
    account = account_in(world, platform)
    campaign = own_budgets(world, account)[0]
    assert campaign.budget
    before = campaign.budget.amount
    reading = {
        "google": lambda: google(world, faults, writable=False),
        "meta": lambda: meta(world, faults, scopes=("ads_read",)),
    }
    with reading[platform]() as server:
        writer = (google_writer if platform == "google" else meta_writer)(server)
        settings = planned(writer, change_to(campaign, Decimal(before) / 100 + 10))
        with pytest.raises(ReadOnlyAccess) as refused:
            writer.check(account.account_id, settings)
    wanted = "Standard access" if platform == "google" else "ads_management"
    assert wanted in refused.value.hint
    assert campaign.budget.amount == before


def test_what_the_platform_would_refuse_is_said_campaign_by_campaign(
    world: World, writer: BudgetWriter, platform: str
) -> None:
    """Of three budgets one is too small: only that one is refused, in the platform's words."""
    account = account_in(world, platform)
    small, *fine = own_budgets(world, account)[:3]
    changes = [change_to(c, account.decimal(c.budget.amount) + 10) for c in fine if c.budget]
    changes.append(change_to(small, Decimal("0.01")))
    settings = list(planned(writer, *changes))
    settings = [s if s.key != small.campaign_id else _with(s, after=1) for s in settings]
    refused = writer.check(account.account_id, settings)
    assert list(refused) == [small.campaign_id]
    assert "minimum" in refused[small.campaign_id] or "at least" in refused[small.campaign_id]


def _with(setting: BudgetSetting, after: int) -> BudgetSetting:
    return BudgetSetting(**{**vars(setting), "after": after})


@pytest.mark.parametrize("platform", ["google"], indirect=True)
def test_googles_budgets_of_an_account_are_set_all_or_none(
    world: World, writer: BudgetWriter, platform: str
) -> None:
    """One refused budget leaves the other as it was: half a shift is no shift."""
    account = account_in(world, platform)
    good, bad = own_budgets(world, account)[:2]
    assert good.budget
    before = good.budget.amount
    after = account.decimal(before) + 10
    settings = list(planned(writer, change_to(good, after), change_to(bad, Decimal(5))))
    settings = [s if s.key == good.campaign_id else _with(s, after=1) for s in settings]
    refused = writer.set(account.account_id, settings)
    assert list(refused) == [bad.campaign_id]
    assert good.budget.amount == before


def test_a_lost_answer_is_not_asked_for_again(
    world: World, writer: BudgetWriter, server: Any, platform: str, faults: Faults
) -> None:
    """The change was made, its answer lost: the call raises and is not made a second time."""
    account = account_in(world, platform)
    campaign = own_budgets(world, account)[0]
    assert campaign.budget
    after = account.decimal(campaign.budget.amount) + 10
    settings = planned(writer, change_to(campaign, after))
    writer.check(account.account_id, settings)
    made, history = len(server.journal.entries), len(world.changes)
    faults.add("lost_answer", times=None, account=account.account_id)
    with pytest.raises(SourceError):
        writer.set(account.account_id, settings)
    assert len(server.journal.entries) == made + 1
    assert len(world.changes) == history + 1
    faults.clear()
    assert writer.budgets(account.account_id)[campaign.campaign_id].amount == after


@pytest.mark.parametrize("fault", ["unavailable", "throttled", "server_error"])
def test_reading_and_validating_are_asked_again(
    world: World, writer: BudgetWriter, platform: str, faults: Faults, fault: str
) -> None:
    """What changes nothing may be asked twice: a passing trouble is waited out."""
    account = account_in(world, platform)
    campaign = own_budgets(world, account)[0]
    settings = planned(writer, change_to(campaign, Decimal(500)))
    faults.add(fault)
    assert writer.check(account.account_id, settings) == {}
    assert not faults.is_on(fault)
