"""Budgets, bid targets and status changed through the untouched google-ads client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.ads.googleads.errors import GoogleAdsException
from google.api_core import exceptions

from bot.demo.platforms import Faults, World, google
from bot.demo.platforms.entities import Budget, Campaign

FIRST = "5550001001"
Client = Callable[..., Any]
Mutate = Callable[..., Any]


@pytest.fixture
def generic(world: World) -> Campaign:
    return next(c for c in world.campaigns(world.accounts("google")[0]) if "Generic" in c.name)


@pytest.fixture
def budget(generic: Campaign) -> Budget:
    assert generic.budget
    return generic.budget


@pytest.fixture
def mutate(google_client: Client) -> Mutate:
    """Sends one budget operation a pair of id and micros."""
    client = google_client()
    service = client.get_service("CampaignBudgetService")

    def send(*amounts: tuple[str, int], mask: str = "amount_micros", **options: Any) -> Any:
        request = client.get_type("MutateCampaignBudgetsRequest")
        request.customer_id = FIRST
        for budget_id, micros in amounts:
            operation = client.get_type("CampaignBudgetOperation")
            operation.update.resource_name = service.campaign_budget_path(FIRST, budget_id)
            operation.update.amount_micros = micros
            if mask:
                operation.update_mask.paths.append(mask)
            request.operations.append(operation)
        for name, value in options.items():
            setattr(request, name, value)
        return service.mutate_campaign_budgets(request=request)

    return send


def read_back(client: Any, budget_id: str) -> int:
    """The budget's micros as a query gives them."""
    service = client.get_service("GoogleAdsService")
    select = "SELECT campaign_budget.amount_micros FROM campaign_budget"
    query = f"{select} WHERE campaign_budget.id = {budget_id}"
    row = next(iter(service.search(customer_id=FIRST, query=query)))
    return int(row.campaign_budget.amount_micros)


def test_validate_only_changes_nothing(mutate: Mutate, budget: Budget, world: World) -> None:
    """A valid change that is only validated answers without results and leaves all as it was."""
    before, history = budget.amount, len(world.changes)
    answer = mutate((budget.budget_id, 5_000_000_000), validate_only=True)
    assert len(answer.results) == 0
    assert (budget.amount, len(world.changes)) == (before, history)


def test_a_change_reads_back_and_is_in_the_history(
    google_client: Client, mutate: Mutate, budget: Budget
) -> None:
    """The new amount can be read, and change_event says who, through what, from and to."""
    client = google_client()
    answer = mutate((budget.budget_id, 5_000_000_000))
    assert (
        answer.results[0].resource_name == f"customers/{FIRST}/campaignBudgets/{budget.budget_id}"
    )
    assert read_back(client, budget.budget_id) == 5_000_000_000
    query = (
        "SELECT change_event.user_email, change_event.client_type, change_event.changed_fields, "
        "change_event.old_resource, change_event.new_resource FROM change_event "
        "WHERE change_event.change_date_time DURING TODAY LIMIT 10"
    )
    service = client.get_service("GoogleAdsService")
    event = next(iter(service.search(customer_id=FIRST, query=query))).change_event
    assert event.client_type.name == "GOOGLE_ADS_API"
    assert list(event.changed_fields.paths) == ["amount_micros"]
    assert event.old_resource.campaign_budget.amount_micros == 4_200_000_000
    assert event.new_resource.campaign_budget.amount_micros == 5_000_000_000


def test_a_changed_budget_changes_the_days_to_come(
    mutate: Mutate, budget: Budget, generic: Campaign, world: World
) -> None:
    """Spend follows the budget from today on; yesterday stays what it was."""
    from datetime import timedelta

    before = world.numbers(generic)["spend"][:-1].copy()
    mutate((budget.budget_id, 2 * budget.amount * 10_000))
    world.now += timedelta(days=40)
    after = world.numbers(generic)["spend"]
    assert (after[: len(before) - 3] == before[:-3]).all()
    assert after[-20:-3].mean() > 1.7 * before[-20:-3].mean()


@pytest.mark.parametrize(
    ("micros", "mask", "expected"),
    [
        (5_000_000_001, "amount_micros", "NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT"),
        (-10_000, "amount_micros", "NEGATIVE_MONEY_AMOUNT"),
        (0, "amount_micros", "BUDGET_BELOW_PER_DAY_MINIMUM"),
        (10**17, "amount_micros", "MONEY_AMOUNT_TOO_LARGE"),
        (5_000_000_000, "", "FIELD_MASK_MISSING"),
        (5_000_000_000, "amount", "FIELD_NOT_FOUND"),
        (5_000_000_000, "id", "IMMUTABLE_FIELD"),
    ],
)
def test_a_wrong_amount_or_mask_is_refused(
    mutate: Mutate, budget: Budget, micros: int, mask: str, expected: str
) -> None:
    """Validation refuses by the API's own code, and nothing changes."""
    before = budget.amount
    for validate_only in (True, False):
        with pytest.raises(GoogleAdsException, match=expected) as refused:
            mutate((budget.budget_id, micros), mask=mask, validate_only=validate_only)
        assert refused.value.failure.errors[0].location.field_path_elements[0].index == 0
    assert budget.amount == before


def test_one_bad_operation_stops_all_or_is_named(mutate: Mutate, budget: Budget) -> None:
    """All or nothing by default; with partial failure the good one is done and the bad named."""
    pairs = ((budget.budget_id, 5_000_000_000), ("999", 1_000_000))
    with pytest.raises(GoogleAdsException, match="RESOURCE_NOT_FOUND"):
        mutate(*pairs)
    assert budget.amount == 420_000
    answer = mutate(*pairs, partial_failure=True)
    assert [bool(result.resource_name) for result in answer.results] == [True, False]
    assert answer.partial_failure_error.code == 3
    assert budget.amount == 500_000


def test_a_shared_budget_says_so(google_client: Client, world: World) -> None:
    """A shared budget is marked, counts its campaigns, and its campaigns can be listed."""
    account = world.accounts("google")[0]
    shared = next(b for b, fed in world.budgets(account).values() if b.shared)
    service = google_client().get_service("GoogleAdsService")
    query = (
        "SELECT campaign.name, campaign_budget.reference_count, campaign_budget.explicitly_shared "
        f"FROM campaign WHERE campaign_budget.id = {shared.budget_id}"
    )
    answers = list(service.search(customer_id=FIRST, query=query))
    assert {row.campaign.name for row in answers} == {"Google | Competitors", "Google | Guides"}
    assert all(row.campaign_budget.explicitly_shared for row in answers)
    assert {row.campaign_budget.reference_count for row in answers} == {2}


def test_somebody_else_at_the_same_moment(mutate: Mutate, budget: Budget, faults: Faults) -> None:
    """A concurrent modification is refused, and nothing is changed."""
    faults.add("concurrent")
    with pytest.raises(GoogleAdsException, match="CONCURRENT_MODIFICATION"):
        mutate((budget.budget_id, 5_000_000_000))
    assert budget.amount == 420_000


def test_an_answer_can_be_lost_after_the_change(
    mutate: Mutate, budget: Budget, faults: Faults
) -> None:
    """The change is carried out and the client sees an error: who repeats it blindly is caught."""
    faults.add("lost_answer")
    with pytest.raises(exceptions.ServiceUnavailable):
        mutate((budget.budget_id, 5_000_000_000))
    assert budget.amount == 500_000


def test_a_read_only_user_may_read_and_not_change(
    world: World, budget: Budget, untouched: Client
) -> None:
    """Without write access the query answers and the change is refused."""
    with google(world, writable=False) as server:
        client = untouched(server)
        assert read_back(client, budget.budget_id) == 4_200_000_000
        request = client.get_type("MutateCampaignBudgetsRequest")
        request.customer_id = FIRST
        with pytest.raises(GoogleAdsException, match="ACTION_NOT_PERMITTED"):
            client.get_service("CampaignBudgetService").mutate_campaign_budgets(request=request)


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("Google | Generic", "maximize_conversions.target_cpa_micros", 230_000_000),
        ("Google | Shopping", "target_roas.target_roas", 4.5),
        ("Google | Performance Max", "maximize_conversion_value.target_roas", 3.0),
    ],
)
def test_a_bid_target_is_changed(google_client: Client, name: str, path: str, value: float) -> None:
    """The target the campaign bids to is changed and read back; another kind is refused."""
    client = google_client()
    service = client.get_service("GoogleAdsService")
    query = f"SELECT campaign.id, campaign.{path} FROM campaign WHERE campaign.name = '{name}'"
    campaign = next(iter(service.search(customer_id=FIRST, query=query))).campaign
    _set_target(client, campaign.resource_name, path, value)
    after = next(iter(service.search(customer_id=FIRST, query=query))).campaign
    part, field = path.split(".")
    assert getattr(getattr(after, part), field) == value
    with pytest.raises(GoogleAdsException, match="IMMUTABLE_FIELD"):
        _set_target(client, campaign.resource_name, "target_cpa.target_cpa_micros", 1_000_000)


def _set_target(client: Any, resource_name: str, path: str, value: float) -> None:
    operation = client.get_type("CampaignOperation")
    operation.update.resource_name = resource_name
    part, field = path.split(".")
    setattr(getattr(operation.update, part), field, value)
    operation.update_mask.paths.append(path)
    request = client.get_type("MutateCampaignsRequest")
    request.customer_id = FIRST
    request.operations.append(operation)
    client.get_service("CampaignService").mutate_campaigns(request=request)
