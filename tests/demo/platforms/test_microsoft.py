"""The untouched msads SDK against the local Microsoft server."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.demo.platforms import Faults, World, microsoft

# the SDK's generated models are older than the pydantic they are used with
pytestmark = pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecationWarning")
COLUMNS = ["TimePeriod", "CampaignId", "CampaignName", "Impressions", "Clicks", "Spend",
           "Conversions", "Revenue"]  # fmt: skip
Client = Callable[..., Any]
Report = Callable[..., list[dict[str, str]]]


@pytest.fixture(autouse=True)
def _pydantic_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK rewrites attribute access of pydantic's BaseModel for the whole process."""
    monkeypatch.setattr(BaseModel, "__setattr__", BaseModel.__setattr__)
    monkeypatch.setattr(BaseModel, "__getattr__", BaseModel.__getattr__)


@pytest.fixture
def server(world: World, faults: Faults) -> Iterator[Any]:
    with microsoft(world, faults) as running:
        yield running


@pytest.fixture
def authorization(server: Any, world: World) -> Callable[..., Any]:
    from bingads.authorization import (
        AuthorizationData,
        OAuthTokens,
        OAuthWebAuthCodeGrant,
    )

    def data(token: str = server.access_token, developer: str = server.developer_token) -> Any:
        tokens = OAuthTokens(token, 3600, "local-refresh")
        grant = OAuthWebAuthCodeGrant("id", "secret", "http://localhost", oauth_tokens=tokens)
        account_id = world.accounts("microsoft")[0].account_id
        return AuthorizationData(account_id, server.customer_id, developer, grant)

    return data


@pytest.fixture
def client(server: Any, authorization: Callable[..., Any]) -> Client:
    """`client("Reporting")`: a service of the SDK at the local address."""
    from bingads.service_client import ServiceClient

    def service(name: str, **changes: str) -> Any:
        return ServiceClient(name, 13, authorization(**changes), location=server.url)

    return service


@pytest.fixture
def report(server: Any, authorization: Callable[..., Any], tmp_path: Path) -> Report:
    """Submits, polls and downloads a report with the SDK; its rows by column."""
    from bingads.v13.reporting import ReportingServiceManager

    def rows(kind: str = "Campaign", columns: list[str] = COLUMNS, **changes: Any) -> Any:
        manager = ReportingServiceManager(authorization(), location=server.url)
        operation = manager.submit_download(request(kind, columns, server, **changes))
        statuses = [operation.get_status().status for _ in range(2)]
        if statuses[-1] != "Success":
            return statuses
        path = operation.download_result_file(str(tmp_path), "report.csv", True, True)
        text = Path(path).read_text("utf-8-sig") if path else ""
        lines = text.splitlines()[10:-2] if not changes.get("ExcludeReportHeader") else []
        return list(csv.DictReader(lines))

    return rows


def request(kind: str, columns: list[str], server: Any, **changes: Any) -> Any:
    """A daily report of the first three weeks of November."""
    import openapi_client.models.reporting as sdk

    account = server.world.accounts("microsoft")[0].account_id
    scope = sdk.AccountThroughCampaignReportScope if kind == "Campaign" else (
        sdk.AccountThroughAdGroupReportScope)  # fmt: skip
    values = {
        "Aggregation": "Daily", "Format": "Csv", "ReportName": "perfbot",
        "ReturnOnlyCompleteData": False, "Columns": columns,
        "Scope": scope(AccountIds=[account]),
        "Time": sdk.ReportTime(
            CustomDateRangeStart=sdk.Date(Day=1, Month=11, Year=2026),
            CustomDateRangeEnd=sdk.Date(Day=20, Month=11, Year=2026),
        ), **changes,
    }  # fmt: skip
    return getattr(sdk, f"{kind}PerformanceReportRequest")(**values)


def test_accounts_and_campaigns(client: Client, server: Any, world: World) -> None:
    """The user, its two accounts, and an account's campaigns with budget and bidding."""
    from openapi_client.models.campaign import CampaignType, GetCampaignsByAccountIdRequest
    from openapi_client.models.customer import (
        GetUserRequest,
        Paging,
        Predicate,
        SearchAccountsRequest,
    )

    customers = client("CustomerManagement")
    assert customers.GetUser(GetUserRequest(UserId=None)).User.Id == server.user_id
    reported = customers.SearchAccounts(SearchAccountsRequest(
        Predicates=[Predicate(Field="UserId", Operator="Equals", Value=server.user_id)],
        PageInfo=Paging(Index=0, Size=10),
    )).Accounts  # fmt: skip
    assert [str(a.CurrencyCode.value) for a in reported] == ["NOK", "USD"]
    kinds = CampaignType.SEARCH | CampaignType.SHOPPING | CampaignType.AUDIENCE
    query = GetCampaignsByAccountIdRequest(AccountId=reported[0].Id, CampaignType=kinds)
    service = client("CampaignManagement")
    campaigns = service.GetCampaignsByAccountId(query).Campaigns
    assert [c.Name for c in campaigns] == [
        c.name for c in world.campaigns(world.accounts("microsoft")[0]) if c.status != "removed"
    ]
    assert campaigns[1].DailyBudget == 1100.0
    query = GetCampaignsByAccountIdRequest(AccountId=reported[0].Id)
    usual = service.GetCampaignsByAccountId(query).Campaigns  # only search, as documented
    assert {c.CampaignType for c in usual} == {CampaignType.SEARCH}
    assert len(usual) < len(campaigns)


def test_the_report_says_what_the_world_holds(report: Report, world: World) -> None:
    """The downloaded file has the world's spend and conversions for each campaign's day."""
    reported = {(r["CampaignId"], r["TimePeriod"]): r for r in report()}
    for campaign in world.campaigns(world.accounts("microsoft")[0]):
        days = world.numbers(campaign).span(date(2026, 11, 1), date(2026, 11, 20))
        for i in range(len(days)):
            row = reported.pop((campaign.campaign_id, days.day(i).isoformat()), None)
            assert (row is None) == (days["impressions"][i] == 0)
            if row:
                assert Decimal(row["Spend"]) * 100 == int(days["spend"][i])
                assert row["Conversions"] == str(days["purchases"][i] + days["leads"][i])
    assert not reported


def test_keywords_and_queries_add_up(report: Report) -> None:
    """Keywords and what was typed have the search campaigns' clicks between them."""
    columns = ["CampaignName", "Clicks", "Keyword", "QualityScore"]
    sums = []
    for kind, names in (
        ("AdGroup", ["CampaignName", "AdGroupId", "Clicks"]),
        ("Keyword", columns),
        ("SearchQuery", ["CampaignName", "Clicks", "Keyword", "SearchQuery"]),
    ):
        rows = report(kind, names, Aggregation="Summary")
        sums.append(sum(int(r["Clicks"]) for r in rows if r["CampaignName"].endswith("Generic")))
    assert sums[0] == sums[1] == sums[2] > 0
    scores = {r["QualityScore"] for r in report("Keyword", columns, Aggregation="Summary")}
    assert scores == {"9", "6", "3", "--"}


@pytest.mark.parametrize(
    ("kind", "needed"),
    [("AgeGenderAudience", ["AccountName", "AdGroupName", "AgeGroup", "Gender"]),
     ("UserLocationPerformance", ["AccountName", "AdGroupName", "Country"])],
)  # fmt: skip
def test_audiences_add_up_and_have_their_columns(
    server: Any, authorization: Callable[..., Any], tmp_path: Path, kind: str, needed: list[str]
) -> None:
    """Who saw it and where have the campaigns' clicks between them; a column less is refused."""
    import openapi_client.models.reporting as sdk
    from bingads.v13.reporting import ReportingServiceManager
    from openapi_client.exceptions import ApiException

    manager = ReportingServiceManager(authorization(), location=server.url)
    columns = [*needed, *(["State"] if kind == "UserLocationPerformance" else []), "Clicks"]
    campaign = request("Campaign", ["CampaignId", "Clicks"], server, Aggregation="Summary")

    def clicks(sent: Any) -> int:
        operation = manager.submit_download(sent)
        statuses = [operation.get_status().status for _ in range(2)]
        assert statuses[-1] == "Success"
        path = operation.download_result_file(str(tmp_path), f"{len(sent.Columns)}.csv", True, True)
        lines = Path(path).read_text("utf-8-sig").splitlines()[10:-2]
        return sum(int(row["Clicks"]) for row in csv.DictReader(lines))

    def audience(names: list[str]) -> Any:
        like = {name: getattr(campaign, name) for name in ("Time", "Format", "Aggregation")}
        scope = sdk.AccountThroughAdGroupReportScope(AccountIds=campaign.Scope.AccountIds)
        return getattr(sdk, f"{kind}ReportRequest")(
            Columns=names, Scope=scope, ReportName="perfbot", ReturnOnlyCompleteData=False, **like
        )

    assert clicks(audience(columns)) == clicks(campaign) > 0
    for name in needed:
        with pytest.raises(ApiException):
            manager.submit_download(audience([column for column in columns if column != name]))


def test_a_report_can_fail(report: Report, faults: Faults) -> None:
    """It is pending, then in error; nothing is downloaded."""
    faults.add("report_failed")
    assert [str(status.value) for status in report()] == ["Pending", "Error"]


def test_what_the_api_does_not_know_is_refused(client: Client, server: Any, world: World) -> None:
    """A report without statistics, a date that is none, a wrong column: code and sentence."""
    import httpx

    account_id = world.accounts("microsoft")[0].account_id
    headers = {"Authorization": f"Bearer {server.access_token}", "CustomerAccountId": account_id,
               "DeveloperToken": server.developer_token,
               "CustomerId": server.customer_id}  # fmt: skip
    good = {"Type": "CampaignPerformanceReportRequest", "Aggregation": "Summary",
            "Columns": ["CampaignId", "Spend"], "Scope": {"AccountIds": [account_id]},
            "Time": {"PredefinedTime": "Yesterday"}}  # fmt: skip
    for changes in (
        {"Columns": ["CampaignId", "Bounces"]}, {"Columns": ["CampaignId"]},
        {"Aggregation": "Fortnightly"}, {"Time": {}}, {"Type": "WeatherReportRequest"},
        {"Scope": {}}, {"Wish": 1}, {"Scope": {"AccountIds": [account_id], "Wish": 1}},
        {"Time": {"PredefinedTime": "Yesterday", "ReportTimeZone": "Atlantis"}},
        {"Columns": ["TimePeriod", "Spend"]}, {"Format": "Pdf"},
        {"Type": "SearchCampaignChangeHistoryReportRequest", "Columns": ["OldValue"]},
    ):  # fmt: skip
        address = f"{server.url}/Reporting/v13/GenerateReport/Submit"
        answer = httpx.post(address, json={"ReportRequest": {**good, **changes}}, headers=headers)
        assert answer.status_code == 400
        assert answer.json()["OperationErrors"]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("throttled", 429, 117), ("server_error", 500, 0), ("expired", 401, 109),
        ("revoked", 401, 105), ("missing_scope", 403, 106), ("account_error", 403, 106),
    ],
)  # fmt: skip
def test_faults_are_the_sdks_own_exceptions(
    client: Client, faults: Faults, fault: str, status: int, code: int
) -> None:
    """Each fault raises ApiException with the fault's number in its body, once."""
    import json

    from openapi_client.exceptions import ApiException
    from openapi_client.models.customer import GetUserRequest

    service = client("CustomerManagement")
    faults.add(fault)
    with pytest.raises(ApiException) as error:
        service.GetUser(GetUserRequest(UserId=None))
    assert error.value.status == status
    body = error.value.body
    body = json.loads(body) if isinstance(body, str) else body
    assert body["Errors"][0]["Code"] == code
    assert service.GetUser(GetUserRequest(UserId=None)).User


@pytest.mark.parametrize("changes", [{"token": "other"}, {"developer": "OTHER"}])
def test_who_may_ask_is_checked(client: Client, changes: dict[str, str]) -> None:
    """A wrong access token and a wrong developer token are invalid credentials."""
    from openapi_client.exceptions import UnauthorizedException
    from openapi_client.models.customer import GetUserRequest

    with pytest.raises(UnauthorizedException):
        client("CustomerManagement", **changes).GetUser(GetUserRequest(UserId=None))
