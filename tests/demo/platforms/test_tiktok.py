"""The local TikTok server over plain HTTP, as its documentation says to ask it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from bot.demo.platforms import Faults, World, tiktok

REPORT = {
    "report_type": "BASIC", "data_level": "AUCTION_CAMPAIGN",
    "dimensions": ["campaign_id", "stat_time_day"], "start_date": "2026-11-01",
    "end_date": "2026-11-20", "page_size": 1000,
    "metrics": ["campaign_name", "spend", "impressions", "clicks", "conversion", "cpc"],
}  # fmt: skip
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def server(world: World, faults: Faults) -> Iterator[Any]:
    with tiktok(world, faults) as running:
        yield running


@pytest.fixture
def advertiser(world: World) -> str:
    return world.accounts("tiktok")[0].account_id


@pytest.fixture
def ask(server: Any, advertiser: str) -> Iterator[Ask]:
    """A GET of `open_api/v1.3/…`, the answer's JSON; lists are sent as JSON."""
    with httpx.Client(base_url=server.url) as client:

        def get(path: str, token: str = server.access_token, **query: Any) -> dict[str, Any]:
            sent = {"advertiser_id": advertiser, **query}
            coded = {n: json.dumps(v) if isinstance(v, list) else v for n, v in sent.items()}
            answer = client.get(f"/open_api/v1.3/{path}/", params=coded,
                                headers={"Access-Token": token})  # fmt: skip
            answer.raise_for_status()
            return dict(answer.json())

        yield get


def test_advertisers_and_campaigns(ask: Ask, world: World) -> None:
    """Ids are text that no float can hold; campaigns have objective, budget and status."""
    ids = [a["advertiser_id"] for a in ask("oauth2/advertiser/get")["data"]["list"]]
    assert all(int(float(number)) != int(number) for number in ids)
    info = ask("advertiser/info", advertiser_ids=ids)["data"]["list"]
    assert [a["currency"] for a in info] == ["NOK", "USD"]
    page = ask("campaign/get", page_size=2)["data"]
    assert page["page_info"] == {"page": 1, "page_size": 2, "total_number": 3, "total_page": 2}
    assert page["list"][0]["budget"] == 1500.0
    assert page["list"][0]["objective_type"] == "REACH"
    assert len(ask("ad/get", page_size=100)["data"]["list"]) > 6
    assert len(ask("adgroup/get", page_size=100)["data"]["list"]) == 5


def test_the_report_says_what_the_world_holds(ask: Ask, world: World) -> None:
    """Spend and conversions as text; what there is none of is `-`."""
    reported = {
        (r["dimensions"]["campaign_id"], r["dimensions"]["stat_time_day"][:10]): r["metrics"]
        for r in ask("report/integrated/get", **REPORT)["data"]["list"]
    }
    for campaign in world.campaigns(world.accounts("tiktok")[0]):
        days = world.numbers(campaign).span(date(2026, 11, 1), date(2026, 11, 20))
        for i in range(len(days)):
            metrics = reported.pop((campaign.campaign_id, days.day(i).isoformat()), None)
            assert (metrics is None) == (days["impressions"][i] == 0)
            if metrics:
                assert Decimal(metrics["spend"]) * 100 == int(days["spend"][i])
                assert metrics["conversion"] == str(days["purchases"][i])
    assert not reported


@pytest.mark.parametrize(
    ("level", "dimensions", "kind"),
    [
        ("AUCTION_ADGROUP", ["adgroup_id"], "BASIC"),
        ("AUCTION_AD", ["ad_id"], "BASIC"),
        ("AUCTION_CAMPAIGN", ["campaign_id", "age"], "AUDIENCE"),
        ("AUCTION_CAMPAIGN", ["campaign_id", "age", "gender"], "AUDIENCE"),
    ],
)
def test_parts_add_up(ask: Ask, level: str, dimensions: list[str], kind: str) -> None:
    """Ad groups, ads and audiences have the campaigns' spend between them."""
    plain = {**REPORT, "dimensions": ["campaign_id"]}
    parts = {**plain, "data_level": level, "dimensions": dimensions, "report_type": kind}
    sums = [
        sum(
            Decimal(row["metrics"]["spend"])
            for row in ask("report/integrated/get", **q)["data"]["list"]
        )
        for q in (plain, parts)
    ]
    assert sums[0] == sums[1] > 0


@pytest.mark.parametrize(
    "changes",
    [
        {"metrics": ["spend", "bounces"]}, {"dimensions": ["campaign_id", "city"]},
        {"dimensions": ["stat_time_day"]}, {"data_level": "CAMPAIGN"}, {"report_type": "ALL"},
        {"start_date": "2026-10-01"}, {"start_date": "yesterday"}, {"page_size": 5000},
        {"metrics": "spend,clicks"},
    ],
)  # fmt: skip
def test_what_the_api_does_not_know_is_refused(ask: Ask, changes: dict[str, Any]) -> None:
    """Code 40002 with HTTP 200: metrics, dimensions, levels, spans and pages are checked."""
    answer = ask("report/integrated/get", **{**REPORT, **changes})
    assert answer["code"] == 40002
    assert answer["data"] == {}


def test_tokens_and_foreign_advertisers(ask: Ask, server: Any) -> None:
    """No token, a wrong one, an expired one, another's advertiser: each its own code."""
    assert ask("campaign/get", token="")["code"] == 40104
    assert ask("campaign/get", token="other")["code"] == 40105
    assert ask("campaign/get", advertiser_id="1")["code"] == 40001
    server.expire()
    assert ask("campaign/get")["code"] == 40102


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("throttled", 40100), ("server_error", 50000), ("expired", 40102), ("revoked", 40105),
        ("missing_scope", 40001), ("account_error", 40001),
    ],
)  # fmt: skip
def test_a_fault_happens_once(ask: Ask, faults: Faults, fault: str, code: int) -> None:
    """HTTP 200 each time: only the code tells; then all is well."""
    faults.add(fault)
    assert ask("campaign/get")["code"] == code
    assert ask("campaign/get")["code"] == 0


def test_a_newer_schema_and_a_web_page(ask: Ask, faults: Faults) -> None:
    """A word and a field nobody knows; and an answer that is a page with status 200."""
    faults.add("newer_schema")
    assert ask("campaign/get")["data"]["list"][0]["objective_type"] == "FUTURE"
    faults.add("malformed")
    with pytest.raises(json.JSONDecodeError):
        ask("campaign/get")
