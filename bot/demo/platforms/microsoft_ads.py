"""Microsoft Advertising's REST API v13 on 127.0.0.1, as the msads SDK sends it.

Reports are submitted, polled and downloaded as a zip with one CSV. The SDK's tokens come from
Microsoft's own address; here `access_token` is taken as it is.
"""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Callable

from bot.demo.platforms.entities import Account, Campaign
from bot.demo.platforms.faults import Faults
from bot.demo.platforms.microsoft_reports import (
    STATUS,
    TYPES,
    Job,
    Reporter,
    check,
    operation,
    scope,
    span,
)
from bot.demo.platforms.rest import EXPIRED, GOOD, Json, Refused, RestServer
from bot.demo.platforms.web import Reply, Request
from bot.demo.platforms.world import World

CUSTOMER, USER = "330077", "9911"
SCHEMES = {"search_manual": "ManualCpc", "search_conversions": "MaxConversions",
           "shopping": "TargetRoas"}  # fmt: skip
POLLS = 2


class Microsoft(RestServer):
    """A running server: Reporting, CustomerManagement and CampaignManagement under one address."""

    platform, access_token = "microsoft", "local-microsoft-access-token"
    developer_token = "LOCALMSADSTOKEN"  # noqa: S105
    customer_id, user_id = CUSTOMER, USER

    def __init__(
        self, world: World, faults: Faults | None = None, *, readable: bool = True
    ) -> None:
        super().__init__(world, faults, readable=readable)
        self._jobs: dict[str, Job] = {}
        self._ids = itertools.count(30000000001)
        self._reporter = Reporter(world, self.half)

    def account_of(self, request: Request) -> str:
        account_id = request.headers.get("customeraccountid", "")
        return account_id if self.world.account("microsoft", account_id) else ""

    def weather(self, account: str) -> None:
        if self.faults.take("server_error", account):
            raise _fault(500, 0, "InternalError", "An internal error has occurred.")
        if self.faults.take("throttled", account):
            raise _fault(429, 117, "CallRateExceeded", "You have exceeded the number of calls "
                         "per minute for this operation. Try again after 60 seconds.")  # fmt: skip
        if account and self.faults.take("account_error", account):
            raise _fault(403, 106, "UserIsNotAuthorized", "The user is not authorized to perform "
                         "this action.")  # fmt: skip

    def route(self, request: Request) -> Reply:
        if request.steps[:1] == ["download"]:
            return self._download(request.steps[-1])
        self._gate(request)
        service = "/".join(request.steps)
        routes: dict[str, Callable[[Request], Json]] = {
            "CustomerManagement/v13/User/Query": self._user,
            "CustomerManagement/v13/Accounts/Search": self._accounts,
            "CampaignManagement/v13/Campaigns/QueryByAccountId": self._campaigns,
            "Reporting/v13/GenerateReport/Submit": self._submit,
            "Reporting/v13/GenerateReport/Poll": self._poll,
        }
        if service not in routes:
            raise _fault(404, 113, "OperationNotSupported", f"There is no {request.path} here.")
        return Reply(routes[service](request), 200, {"TrackingId": "local-tracking"})

    def _gate(self, request: Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        standing = self.standing(token)
        if standing == EXPIRED:
            raise _fault(401, 109, "AuthenticationTokenExpired", "Authentication token expired.")
        if standing != GOOD:
            raise _fault(401, 105, "InvalidCredentials", "Authentication failed. Either supplied "
                         "credentials are invalid or the account is inactive.")  # fmt: skip
        if request.headers.get("developertoken") != self.developer_token:
            raise _fault(401, 105, "InvalidCredentials", "The developer token is not valid.")
        if not self.readable or self.faults.take("missing_scope"):
            raise _fault(403, 106, "UserIsNotAuthorized", "The user is not authorized.")

    # -- who and what ---------------------------------------------------------------------
    def _user(self, _request: Request) -> Json:
        name = {"FirstName": "Kari", "LastName": "Nordmann"}
        return {"User": {"Id": USER, "UserName": "kari", "CustomerId": CUSTOMER, "Name": name},
                "CustomerRoles": [{"CustomerId": CUSTOMER, "RoleId": 41}]}  # fmt: skip

    def _accounts(self, request: Request) -> Json:
        report = request.json() or {}
        for predicate in report.get("Predicates") or []:
            if predicate.get("Field") not in ("UserId", "CustomerId", "AccountLifeCycleStatus"):
                raise _fault(400, 1203, "PredicateFieldInvalid", "The predicate field is invalid.")
        accounts = [
            {
                "Id": a.account_id, "Name": a.name, "Number": f"F{a.account_id[:7]}",
                "CurrencyCode": a.currency, "ParentCustomerId": CUSTOMER, "TimeZone":
                "AmsterdamBerlinBernRomeStockholmVienna", "AccountLifeCycleStatus": "Active",
            }
            for a in self.world.accounts("microsoft")
        ]  # fmt: skip
        page = report.get("PageInfo") or {"Index": 0, "Size": 100}
        start = int(page["Index"]) * int(page["Size"])
        return {"Accounts": accounts[start : start + int(page["Size"])]}

    def _campaigns(self, request: Request) -> Json:
        account = self._own(str((request.json() or {}).get("AccountId")))
        newer = self.faults.take("newer_schema", account.account_id) is not None
        return {
            "Campaigns": [
                {
                    "Id": c.campaign_id, "Name": c.name, "Status": STATUS[c.status],
                    "CampaignType": TYPES[c.kind], "BudgetType": "DailyBudgetStandard",
                    "DailyBudget": float(account.decimal(c.budget.amount)) if c.budget else None,
                    "BiddingScheme": _scheme(c), "TimeZone": "BrusselsCopenhagenMadridParis",
                    **({"FutureField": "x"} if newer else {}),
                }
                for c in self.world.campaigns(account)
            ]
        }  # fmt: skip

    def _own(self, account_id: str) -> Account:
        account = self.world.account("microsoft", account_id)
        if account is None:
            raise _fault(403, 106, "UserIsNotAuthorized", "The user is not authorized to perform "
                         "this action.")  # fmt: skip
        return account

    # -- reports --------------------------------------------------------------------------
    def _submit(self, request: Request) -> Json:
        report = (request.json() or {}).get("ReportRequest") or {}
        check(report)
        account = self._own(scope(report))
        span(report, self.world.today(account))
        job_id = str(next(self._ids))
        fails = self.faults.take("report_failed", account.account_id) is not None
        self._jobs[job_id] = Job(account, report, fails)
        return {"ReportRequestId": job_id}

    def _poll(self, request: Request) -> Json:
        job_id = str((request.json() or {}).get("ReportRequestId"))
        job = self._jobs.get(job_id)
        if job is None:
            raise operation(f"There is no report {job_id}.")
        job.polls += 1
        if job.polls < POLLS:
            return {"ReportRequestStatus": {"Status": "Pending", "ReportDownloadUrl": None}}
        if job.fails:
            return {"ReportRequestStatus": {"Status": "Error", "ReportDownloadUrl": None}}
        rows = list(self._reporter.rows(job))
        address = f"{self.url}/download/{job_id}" if rows else None  # no rows: no file at all
        return {"ReportRequestStatus": {"Status": "Success", "ReportDownloadUrl": address}}

    def _download(self, job_id: str) -> Reply:
        job = self._jobs.get(job_id)
        if job is None or job.polls < POLLS:
            raise _fault(404, 100, "NullRequest", "There is no such file.")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{job_id}.csv", "\ufeff" + self._reporter.text(job))
        return Reply(packed.getvalue(), 200, {"Content-Type": "application/zip"})


def _scheme(campaign: Campaign) -> Json:
    account, scheme = campaign.account, {"Type": SCHEMES[campaign.kind]}
    if campaign.target:
        scheme["TargetCpa"] = float(account.decimal(campaign.target))  # type: ignore[assignment]
    return scheme


def _fault(status: int, number: int, code: str, message: str) -> Refused:
    """AdApiFaultDetail: what is wrong with the call."""
    error = {"Code": number, "ErrorCode": code, "Message": message, "Detail": None}
    body = {"TrackingId": "local-tracking", "Type": "AdApiFaultDetail", "Errors": [error]}
    return Refused(body, status, {"Retry-After": "60"} if status == 429 else {})
