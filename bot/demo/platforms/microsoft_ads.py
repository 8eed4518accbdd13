"""Microsoft Advertising's REST API v13 on 127.0.0.1, as the msads SDK sends it.

Reports are submitted, polled and downloaded as a zip with one CSV. `server.token_uri` stands for
Microsoft's own sign-in: each refresh brings a new refresh token. `server.access_token` is good,
too, for clients that bring one.
"""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Callable
from typing import Self

from bot.demo.platforms.entities import Account, Campaign
from bot.demo.platforms.journal import Faults
from bot.demo.platforms.microsoft_history import changes
from bot.demo.platforms.microsoft_reports import (
    GOALS,
    HISTORY,
    STATUS,
    TYPES,
    Job,
    Reporter,
    check,
    scope,
    span,
)
from bot.demo.platforms.microsoft_schema import fault, flags_of, known, listed, operation
from bot.demo.platforms.tokens import MicrosoftTokens
from bot.demo.platforms.web import EXPIRED, GOOD, HttpServer, Json, Reply, Request, RestServer
from bot.demo.platforms.world import World

CUSTOMER, USER = "330077", "9911"
TIME_ZONES = {
    "Europe/Oslo": "AmsterdamBerlinBernRomeStockholmVienna", "America/New_York":
    "EasternTimeUSCanada", "Europe/Berlin": "AmsterdamBerlinBernRomeStockholmVienna",
    "Europe/Stockholm": "AmsterdamBerlinBernRomeStockholmVienna", "Europe/Budapest":
    "BelgradeBratislavaBudapestLjubljanaPrague", "Asia/Taipei": "Taipei", "Asia/Tokyo":
    "OsakaSapporoTokyo", "Asia/Seoul": "Seoul", "Asia/Kuwait": "KuwaitRiyadh",
}  # fmt: skip
SCHEMES = {
    "search_manual": "ManualCpc", "search_conversions": "TargetCpa", "search_clicks": "MaxClicks",
    "shopping": "TargetRoas", "search_portfolio": "InheritFromParent", "display": "ManualCpm",
}  # fmt: skip
PREDICATES = ("UserId", "CustomerId", "AccountLifeCycleStatus")
MOST_PAGE = 1000
NOT_ALLOWED = "The user is not authorized to perform this action."


class Microsoft(RestServer):
    """A running server: Reporting, CustomerManagement and CampaignManagement under one address.

    `goals` are the account's conversion goals (`microsoft_reports.GOALS`), for tests to change;
    a report is made at the `polls`-th time it is asked after.
    """

    platform, access_token = "microsoft", "local-microsoft-access-token"
    developer_token = "LOCALMSADSTOKEN"  # noqa: S105
    customer_id, user_id = CUSTOMER, USER
    polls = 2

    def __init__(
        self, world: World, faults: Faults | None = None, *, readable: bool = True
    ) -> None:
        super().__init__(world, faults, readable=readable)
        self.tokens, self.goals, self.spoil = MicrosoftTokens(), dict(GOALS), _whole
        self._sign_in = HttpServer(lambda r: self.tokens.answer(r, self.faults), Faults())
        self._jobs: dict[str, Job] = {}
        self._ids = itertools.count(30000000001)
        self._reporter = Reporter(world, self.half)

    @property
    def token_uri(self) -> str:
        """What stands for https://login.microsoftonline.com/common/oauth2/v2.0/token."""
        return f"{self._sign_in.url}/token"

    def __enter__(self) -> Self:
        self._sign_in.__enter__()
        return super().__enter__()

    def __exit__(self, *_error: object) -> None:
        super().__exit__()
        self._sign_in.__exit__()

    def account_of(self, request: Request) -> str:
        account_id = request.headers.get("customeraccountid", "")
        return account_id if self.world.account("microsoft", account_id) else ""

    def standing(self, token: str) -> str:
        issued = self.tokens.standing(token)
        return super().standing(self.access_token) if issued == GOOD else (
            super().standing(token) if token == self.access_token else issued)  # fmt: skip

    def weather(self, account: str) -> None:
        if self.faults.take("server_error", account):
            raise fault(500, 0, "InternalError", "An internal error has occurred.")
        if self.faults.take("throttled", account):
            raise fault(429, 117, "CallRateExceeded", "You have exceeded the number of calls that "
                        "you are allowed to make in a minute.", 60)  # fmt: skip
        if self.faults.take("throttled_account", account):
            raise operation("You have already reached the maximum number of concurrent report "
                            "requests.", 207, "ConcurrentRequestOverLimit")  # fmt: skip
        if account and self.faults.take("account_error", account):
            raise fault(403, 106, "UserIsNotAuthorized", NOT_ALLOWED)

    def route(self, request: Request) -> Reply:
        if request.steps[:1] == ["download"]:
            return self._download(request.steps[-1])
        self._gate(request)
        service = "/".join(request.steps)
        routes: dict[str, Callable[[Request], Json]] = {
            "CustomerManagement/v13/User/Query": self._user,
            "CustomerManagement/v13/Accounts/Search": self._accounts,
            "CampaignManagement/v13/Campaigns/QueryByAccountId": self._campaigns,
            "CampaignManagement/v13/Budgets/QueryByIds": self._budgets,
            "CampaignManagement/v13/BidStrategies/QueryByIds": self._strategies,
            "CampaignManagement/v13/ConversionGoals/QueryByIds": self._goals,
            "Reporting/v13/GenerateReport/Submit": self._submit,
            "Reporting/v13/GenerateReport/Poll": self._poll,
        }
        if service not in routes:
            raise fault(404, 100, "NullRequest", f"There is no {request.path} here.")
        if not service.startswith("CustomerManagement"):
            self._placed(request)
        return Reply(routes[service](request), 200, {"TrackingId": "local-tracking"})

    def _gate(self, request: Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        standing = self.standing(token)
        if standing == EXPIRED:
            raise fault(401, 109, "AuthenticationTokenExpired", "Authentication token expired.")
        if standing != GOOD:
            raise fault(401, 105, "InvalidCredentials", "Authentication failed. Either supplied "
                        "credentials are invalid or the account is inactive.")  # fmt: skip
        if not request.headers.get("developertoken"):
            raise fault(400, 116, "RequestMissingHeaders", "DeveloperToken is missing.")
        if request.headers["developertoken"] != self.developer_token:
            raise fault(401, 105, "InvalidCredentials", "Authentication failed. Either supplied "
                        "credentials are invalid or the account is inactive.")  # fmt: skip
        if not self.readable or self.faults.take("missing_scope"):
            raise fault(403, 106, "UserIsNotAuthorized", NOT_ALLOWED)

    def _placed(self, request: Request) -> None:
        """Reporting and campaigns need to know whose they are."""
        if not request.headers.get("customeraccountid"):
            raise fault(400, 116, "RequestMissingHeaders", "CustomerAccountId is missing.")
        if request.headers.get("customerid") != CUSTOMER:
            raise fault(403, 106, "UserIsNotAuthorized", NOT_ALLOWED)

    # -- who and what ---------------------------------------------------------------------
    def _user(self, request: Request) -> Json:
        known("customer", "get_user_request", request.json())
        name = {"FirstName": "Kari", "LastName": "Nordmann"}
        return {"User": {"Id": USER, "UserName": "kari", "CustomerId": CUSTOMER, "Name": name},
                "CustomerRoles": [{"CustomerId": CUSTOMER, "RoleId": 41}]}  # fmt: skip

    def _accounts(self, request: Request) -> Json:
        body = known("customer", "search_accounts_request", request.json())
        owners = {"UserId": USER, "CustomerId": CUSTOMER}
        predicates = body.get("Predicates") or []
        if len([p for p in predicates if p.get("Field") in owners]) != 1:
            raise operation("There must be exactly one predicate.", 1203, "PredicateFieldInvalid")
        for predicate in predicates:
            if predicate.get("Field") not in PREDICATES or predicate.get("Operator") != "Equals":
                raise operation("The predicate is not valid.", 1203, "PredicateFieldInvalid")
        conditions = {p["Field"]: p.get("Value") for p in predicates}
        accounts = [
            account
            for account in self.world.accounts("microsoft")
            if all(owners.get(key, value) == value for key, value in conditions.items())
        ]
        page = body.get("PageInfo") or {"Index": 0, "Size": 100}
        if not 1 <= int(page["Size"]) <= MOST_PAGE:
            raise operation("The page size is not valid.", 1204, "PageSizeInvalid")
        start = int(page["Index"]) * int(page["Size"])
        return {"Accounts": [_account(a) for a in accounts[start : start + int(page["Size"])]]}

    def _campaigns(self, request: Request) -> Json:
        body = known("campaign", "get_campaigns_by_account_id_request", request.json())
        account = self._own(str(body.get("AccountId")))
        kinds = listed(body.get("CampaignType"), flags_of("campaign", "campaign_type"),
                       "CampaignType") or ["Search"]  # fmt: skip
        fields = listed(body.get("ReturnAdditionalFields"),
                        flags_of("campaign", "campaign_additional_field"),
                        "ReturnAdditionalFields")  # fmt: skip
        newer = self.faults.take("newer_schema", account.account_id) is not None
        future = {"FutureField": "x", "CampaignType": "Dream", "Status": "Dreaming",
                  "BiddingScheme": {"Type": "DreamBiddingScheme"}}  # fmt: skip
        return {
            "Campaigns": [
                _campaign(campaign, fields) | (future if newer and not number else {})
                for number, campaign in enumerate(self.world.campaigns(account))
                if TYPES[campaign.kind] in kinds and campaign.status != "removed"
            ]
        }

    def _budgets(self, request: Request) -> Json:
        body = known("campaign", "get_budgets_by_ids_request", request.json())
        account = self._own(request.headers["customeraccountid"])
        budgets = {key: (b, fed) for key, (b, fed) in self.world.budgets(account).items()
                   if b.shared}  # fmt: skip
        ids = body.get("BudgetIds") or list(budgets)
        return {"Budgets": [
            {"Id": key, "Name": budgets[key][0].name, "BudgetType": "DailyBudgetStandard",
             "Amount": float(account.decimal(budgets[key][0].amount)),
             "AssociationCount": len(budgets[key][1])} if key in budgets else None
            for key in ids
        ], "PartialErrors": []}  # fmt: skip

    def _strategies(self, request: Request) -> Json:
        body = known("campaign", "get_bid_strategies_by_ids_request", request.json())
        account = self._own(request.headers["customeraccountid"])
        by_name = {c.plan.strategy: c for c in self.world.campaigns(account) if c.plan.strategy}
        strategies = {_strategy_id(c): c for c in by_name.values()}
        return {"BidStrategies": [
            {"Id": key, "Name": strategies[key].plan.strategy, "BiddingScheme": {
                "Type": "TargetCpa", "TargetCpa": _target(strategies[key])}}
            if key in strategies else None
            for key in body.get("BidStrategyIds") or []
        ], "PartialErrors": []}  # fmt: skip

    def _goals(self, request: Request) -> Json:
        body = known("campaign", "get_conversion_goals_by_ids_request", request.json())
        listed(body.get("ConversionGoalTypes"), flags_of("campaign", "conversion_goal_type"),
               "ConversionGoalTypes")  # fmt: skip
        self._own(request.headers["customeraccountid"])
        return {"ConversionGoals": [
            {"Id": key, "Name": goal.name, "Type": "Event", "Status": "Active",
             "GoalCategory": goal.category, "ExcludeFromBidding": not goal.counted,
             "ConversionWindowInMinutes": 43200}
            for key, goal in self.goals.items()
        ], "PartialErrors": []}  # fmt: skip

    def _own(self, account_id: str) -> Account:
        account = self.world.account("microsoft", account_id)
        if account is None:
            raise fault(403, 106, "UserIsNotAuthorized", NOT_ALLOWED)
        return account

    # -- reports --------------------------------------------------------------------------
    def _submit(self, request: Request) -> Json:
        body = known("reporting", "submit_generate_report_request", request.json())
        report = body.get("ReportRequest") or {}
        check(report)
        account = self._own(scope(report))
        span(report, self.world.today(account))
        job_id = str(next(self._ids))
        fails = self.faults.take("report_failed", account.account_id) is not None
        waits = 3 if self.faults.take("report_slow", account.account_id) else 0
        self._jobs[job_id] = Job(account, report, self.goals, fails, waits=waits)
        return {"ReportRequestId": job_id}

    def _poll(self, request: Request) -> Json:
        body = known("reporting", "poll_generate_report_request", request.json())
        job_id = str(body.get("ReportRequestId"))
        job = self._jobs.get(job_id)
        if job is None:
            words = f"There is no report {job_id}."
            raise operation(words, 2100, "ReportingServiceInvalidReportId")
        job.polls += 1
        if job.polls < self.polls + job.waits:
            return {"ReportRequestStatus": {"Status": "Pending", "ReportDownloadUrl": None}}
        if job.fails:
            return {"ReportRequestStatus": {"Status": "Error", "ReportDownloadUrl": None}}
        address = f"{self.url}/download/{job_id}" if self._rows(job) else None  # no rows: no file
        return {"ReportRequestStatus": {"Status": "Success", "ReportDownloadUrl": address}}

    def _rows(self, job: Job) -> list[list[str]]:
        """As the report was made: what is counted later is in the next one."""
        if job.rows is None:
            history = job.request["Type"] == HISTORY
            job.rows = changes(self.world, job) if history else list(self._reporter.rows(job))
        return job.rows

    def _download(self, job_id: str) -> Reply:
        job = self._jobs.get(job_id)
        if job is None or job.polls < self.polls:
            raise fault(404, 100, "NullRequest", "There is no such file.")
        text = self.spoil(self._reporter.text(job, self._rows(job)))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{job_id}.csv", "\ufeff" + text)
        return Reply(packed.getvalue(), 200, {"Content-Type": "application/zip"})


def _whole(text: str) -> str:
    """The file as it should be."""
    return text


def _account(account: Account) -> Json:
    return {
        "Id": account.account_id, "Name": account.name, "Number": f"F{account.account_id[:7]}",
        "CurrencyCode": account.currency, "ParentCustomerId": CUSTOMER,
        "TimeZone": TIME_ZONES[account.time_zone], "AccountLifeCycleStatus": "Active",
    }  # fmt: skip


def _campaign(campaign: Campaign, fields: list[str]) -> Json:
    account, budget = campaign.account, campaign.budget
    record: Json = {
        "Id": campaign.campaign_id, "Name": campaign.name, "Status": STATUS[campaign.status],
        "CampaignType": TYPES[campaign.kind], "BudgetType": "DailyBudgetStandard",
        "DailyBudget": float(account.decimal(budget.amount)) if budget else None,
        "BudgetId": budget.budget_id if budget and budget.shared else None,
        "BiddingScheme": _scheme(campaign), "TimeZone": TIME_ZONES[account.time_zone],
        "StartDate": f"{campaign.started}T00:00:00",
        "EndDate": f"{campaign.ends}T00:00:00" if campaign.ends else None,
    }  # fmt: skip
    if "CampaignConversionGoal" in fields:
        ids = {"purchase": ["7001"], "lead": ["7002"]}
        record["GoalIds"] = ids.get(campaign.plan.goal)
    if "BidStrategyId" in fields:
        record["BidStrategyId"] = _strategy_id(campaign) if campaign.plan.strategy else None
    return record


def _scheme(campaign: Campaign) -> Json:
    scheme: Json = {"Type": SCHEMES[campaign.kind]}
    if campaign.target and not campaign.plan.strategy:
        scheme["TargetCpa"] = _target(campaign)
    if campaign.target_roas:
        scheme["TargetRoas"] = campaign.target_roas  # a ratio: 4.2 is 420 %
    return scheme


def _target(campaign: Campaign) -> float:
    return float(campaign.account.decimal(campaign.target or 0))


def _strategy_id(campaign: Campaign) -> str:
    return f"8{campaign.campaign_id}"
