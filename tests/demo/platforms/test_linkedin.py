"""The local LinkedIn server over plain HTTP, as its documentation says to ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from bot.demo.platforms import Faults, World, linkedin

RANGE = "(start:(year:2026,month:11,day:1),end:(year:2026,month:11,day:20))"
FIELDS = "pivotValues,dateRange,impressions,clicks,costInLocalCurrency,oneClickLeads"
Ask = Callable[..., httpx.Response]


@pytest.fixture
def server(world: World, faults: Faults) -> Iterator[Any]:
    with linkedin(world, faults) as running:
        yield running


@pytest.fixture
def ask(server: Any) -> Iterator[Ask]:
    """A GET with the headers LinkedIn wants; `headers={…: None}` leaves one out."""
    usual = {
        "Authorization": f"Bearer {server.access_token}", "LinkedIn-Version": "202611",
        "X-Restli-Protocol-Version": "2.0.0",
    }  # fmt: skip
    with httpx.Client(base_url=server.url) as client:

        def get(path: str, headers: dict[str, str | None] | None = None) -> httpx.Response:
            headers_sent = {**usual, **(headers or {})}
            return client.get(
                path, headers={n: v for n, v in headers_sent.items() if v is not None}
            )

        yield get


def analytics(world: World, **changes: str) -> str:
    account = world.accounts("linkedin")[0].account_id
    query = {
        "q": "analytics", "pivot": "CAMPAIGN", "timeGranularity": "DAILY", "dateRange": RANGE,
        "accounts": f"List(urn%3Ali%3AsponsoredAccount%3A{account})", "fields": FIELDS, **changes,
    }  # fmt: skip
    return "/rest/adAnalytics?" + "&".join(f"{name}={value}" for name, value in query.items())


def test_accounts_and_campaigns_are_found(ask: Ask, world: World) -> None:
    """Two accounts, page by page; campaigns with objective, budget and status."""
    first = ask("/rest/adAccounts?q=search&pageSize=1").json()
    second = ask(
        f"/rest/adAccounts?q=search&pageSize=1&pageToken={first['metadata']['nextPageToken']}"
    )
    accounts = first["elements"] + second.json()["elements"]
    assert [a["currency"] for a in accounts] == ["NOK", "USD"]
    assert "nextPageToken" not in second.json()["metadata"]
    campaigns = ask(f"/rest/adAccounts/{accounts[0]['id']}/adCampaigns?q=search").json()["elements"]
    abm = next(c for c in campaigns if c["name"] == "LinkedIn | ABM")
    assert abm["objectiveType"] == "LEAD_GENERATION"
    assert abm["dailyBudget"] == {"amount": "900.00", "currencyCode": "NOK"}


def test_analytics_say_what_the_world_holds(ask: Ask, world: World) -> None:
    """Spend as text, leads as one-click leads; days without showings do not come."""
    elements = {
        (e["pivotValues"][0].rpartition(":")[2], date(**e["dateRange"]["start"])): e
        for e in ask(analytics(world)).json()["elements"]
    }
    for campaign in world.campaigns(world.accounts("linkedin")[0]):
        days = world.numbers(campaign).span(date(2026, 11, 1), date(2026, 11, 20))
        for i in range(len(days)):
            element = elements.pop((campaign.campaign_id, days.day(i)), None)
            assert (element is None) == (days["impressions"][i] == 0)
            if element:
                assert Decimal(element["costInLocalCurrency"]) * 100 == int(days["spend"][i])
                assert element["oneClickLeads"] == days["leads"][i]
    assert not elements


def test_creatives_add_up_to_their_account(ask: Ask, world: World) -> None:
    """By creative or by account the money is the same; reach is not summed."""
    account_total = ask(analytics(world, pivot="ACCOUNT", timeGranularity="ALL")).json()["elements"]
    parts = ask(analytics(world, pivot="CREATIVE", timeGranularity="ALL")).json()["elements"]
    spend = sum(Decimal(e["costInLocalCurrency"]) for e in parts)
    assert spend == Decimal(account_total[0]["costInLocalCurrency"])


def test_an_account_of_others_is_silence(ask: Ask, world: World) -> None:
    """Without access the answer is empty and no error: as the documentation warns."""
    others = analytics(world, accounts="List(urn%3Ali%3AsponsoredAccount%3A1)")
    assert ask(others).json()["elements"] == []


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"LinkedIn-Version": None}, 400, "VERSION_MISSING"),
        ({"LinkedIn-Version": "202411"}, 426, "NONEXISTENT_VERSION"),
        ({"LinkedIn-Version": "202701"}, 426, "NONEXISTENT_VERSION"),
        ({"X-Restli-Protocol-Version": None}, 400, "ILLEGAL_ARGUMENT"),
        ({"Authorization": "Bearer other"}, 401, "INVALID_ACCESS_TOKEN"),
    ],
)
def test_headers_are_checked(
    ask: Ask, world: World, headers: dict[str, str | None], status: int, code: str
) -> None:
    """Version, protocol and token: each refused with its own code."""
    answer = ask(analytics(world), headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "changes",
    [
        {"pivot": "KEYWORD"}, {"timeGranularity": "HOURLY"}, {"fields": "impressions,bounces"},
        {"dateRange": "(start:2026-11-01)"}, {"accounts": "512340001"}, {"q": "search"},
    ],
)  # fmt: skip
def test_what_the_api_does_not_know_is_refused(
    ask: Ask, world: World, changes: dict[str, str]
) -> None:
    """Pivots, granularities, fields and ranges are checked."""
    assert ask(analytics(world, **changes)).status_code == 400


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("throttled", 429), ("server_error", 500), ("unavailable", 503), ("expired", 401),
        ("revoked", 401), ("missing_scope", 403), ("account_error", 403),
    ],
)  # fmt: skip
def test_a_fault_happens_once(
    ask: Ask, world: World, faults: Faults, fault: str, status: int
) -> None:
    """Each fault has its status, and then all is well."""
    faults.add(fault)
    assert ask(analytics(world)).status_code == status
    assert ask(analytics(world)).status_code == 200


def test_a_cut_answer_is_an_error(ask: Ask, world: World, faults: Faults) -> None:
    """An answer that stops in the middle never looks whole."""
    faults.add("truncated")
    with pytest.raises(httpx.RemoteProtocolError):
        ask(analytics(world))


def test_the_token_is_not_in_the_journal(ask: Ask, world: World, server: Any) -> None:
    """Only its fingerprint is."""
    ask(analytics(world))
    assert server.access_token not in repr(server.journal.entries)
    assert server.journal.entries[-1].account == world.accounts("linkedin")[0].account_id
