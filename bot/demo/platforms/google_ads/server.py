"""The Google Ads API on a free port: gRPC with TLS, and the token endpoint beside it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass
from typing import Any, Self

import grpc
from google.ads.googleads.v26.services.types import customer_service, google_ads_service

from bot.demo.platforms.entities import Account
from bot.demo.platforms.google_ads import answering, filling
from bot.demo.platforms.google_ads.access import (
    UNSCOPED,
    Access,
    Bare,
    Refusal,
    Refusals,
    Status,
)
from bot.demo.platforms.google_ads.answering import copied
from bot.demo.platforms.google_ads.checking import Checked, check
from bot.demo.platforms.google_ads.gaql import parse, refused
from bot.demo.platforms.google_ads.mutating import Mutator, result
from bot.demo.platforms.google_ads.sources import ManagerView, View
from bot.demo.platforms.google_ads.wire import (
    HEADERS,
    Handlers,
    abort,
    certificate,
    half,
    offset,
    page_token,
)
from bot.demo.platforms.journal import Entry, Faults, Journal
from bot.demo.platforms.tokens import Tokens
from bot.demo.platforms.web import HttpServer, Reply, Request
from bot.demo.platforms.world import World

PAGE = 10_000
MUTABLE_RESOURCE = 2


@dataclass(frozen=True)
class ServerOptions:
    """What makes one server differ from another.

    Attributes:
        page: Rows a page and a streamed batch; Google's is 10,000.
        writable: Whether the user may change anything.
        approved: Whether the developer token may ask about accounts that are no test accounts.
        replay: Keep what a query streamed, and stream the same bytes when it is asked once more
            of an unchanged world on the same day: for benchmarks, which must not wait for it.
        copies: How often each campaign is there, under ids of its own: for benchmarks, too.
    """

    page: int = PAGE
    writable: bool = True
    approved: bool = True
    replay: bool = False
    copies: int = 1


USUAL_OPTIONS = ServerOptions()


class GoogleAds:
    """A running server; use it as a context.

    Args:
        world: What the accounts hold.
        faults: What goes wrong.
        options: What makes one server differ from another.
    """

    developer_token = "local-developer-token"  # noqa: S105
    manager_id = filling.MANAGER

    def __init__(
        self, world: World, faults: Faults | None = None, options: ServerOptions = USUAL_OPTIONS
    ) -> None:
        self.world, self.faults, self.journal = world, faults or Faults(), Journal()
        self.tokens, self.page, self.copies = Tokens(), options.page, options.copies
        permissions = options.writable, options.approved
        self.access = Access(world, self.tokens, self.developer_token, self.faults, *permissions)
        self.root_certificates_path = str(certificate().path)
        self._requests = itertools.count(1)
        self._replays: dict[tuple[Any, ...], list[bytes]] | None = {} if options.replay else None
        self._oauth = HttpServer(self._token, Faults())
        self._server = grpc.server(futures.ThreadPoolExecutor(8, "google-ads"))
        self._server.add_generic_rpc_handlers((Handlers(self.call),))
        keys = [(certificate().key, certificate().chain)]
        credentials = grpc.ssl_server_credentials(keys)
        self.port = self._server.add_secure_port("127.0.0.1:0", credentials)

    @property
    def endpoint(self) -> str:
        """What GoogleAdsClient takes as `endpoint`."""
        return f"localhost:{self.port}"

    @property
    def token_uri(self) -> str:
        """Where refresh tokens are turned into access tokens."""
        return f"{self._oauth.url}/token"

    def __enter__(self) -> Self:
        self._server.start()
        self._oauth.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.stop(grace=0).wait()
        self._oauth.__exit__()

    def _token(self, request: Request) -> Reply:
        self.journal.add(Entry("POST /token", values=request.form))
        return self.tokens.answer(request, self.faults)

    # -- a call ---------------------------------------------------------------------------
    def call(self, method: str, request: Any, context: grpc.ServicerContext) -> Iterator[bytes]:
        """Answers a call, or aborts it as the API does; unary calls yield once."""
        request_id = f"local-{next(self._requests)}"
        headers = {key: str(value) for key, value in context.invocation_metadata()}
        customer = getattr(request, "customer_id", "")
        logged_headers = {name: headers[name] for name in HEADERS if name in headers}
        self.journal.add(Entry(method, customer, getattr(request, "query", ""), {}, logged_headers))
        context.send_initial_metadata((("request-id", request_id),))
        try:
            self._weather(customer)
            self.access.caller(headers)
            answers = ROUTES[method](self, request, headers, request_id)
            yield from self._spoiled(answers, method, customer)
        except Refusal as refusal:
            abort(context, [refusal], request_id)
        except Refusals as several:
            abort(context, several.refusals, request_id)
        except Bare as bare:
            context.abort(bare.status, bare.message)

    def _weather(self, account: str) -> None:
        """Faults that come before anything is looked at."""
        slow = self.faults.take("slow", account)
        if slow:
            time.sleep(slow.seconds)
        if self.faults.take("unavailable", account):
            raise Bare(Status.UNAVAILABLE, "The service is currently unavailable.")
        throttled = self.faults.take("throttled", account)
        if throttled:
            raise Refusal(
                "quota_error", "RESOURCE_TEMPORARILY_EXHAUSTED",
                f"Too many requests. Retry in {throttled.seconds:.0f} seconds.",
                status=Status.RESOURCE_EXHAUSTED,
            ).after(throttled.seconds)  # fmt: skip
        if self.faults.take("server_error", account):
            raise Refusal("internal_error", "INTERNAL_ERROR",
                          "An internal error has occurred.", status=Status.INTERNAL)  # fmt: skip
        if account and self.faults.take("account_error", account):
            raise Refusal("authorization_error", "CUSTOMER_NOT_ENABLED",
                          "The customer account can't be accessed because it is not yet enabled or "
                          "has been deactivated.", status=Status.PERMISSION_DENIED)  # fmt: skip

    def _spoiled(self, answers: Iterator[bytes], method: str, account: str) -> Iterator[bytes]:
        """Breaks the answer on its way out, where that is asked for."""
        for answer in answers:
            if self.faults.take("malformed", account):
                yield b"\xff\xff\xff\xff no protobuf"
                return
            if self.faults.take("lost_answer", account):
                raise Bare(Status.UNAVAILABLE, "Socket closed")
            if self.faults.take("truncated", account):
                if method.endswith("Stream"):
                    yield half(answer)
                raise Bare(Status.UNAVAILABLE, "Socket closed")
            yield answer

    # -- the services ---------------------------------------------------------------------
    def rows(self, request: Any, headers: dict[str, str]) -> tuple[Any, Iterator[Any]]:
        """The checked query and its rows."""
        account = self.access.customer(request.customer_id, headers)
        if self.faults.take("missing_scope", request.customer_id):
            raise Bare(Status.PERMISSION_DENIED, UNSCOPED)
        query = parse(request.query)
        first_account = account or self.world.accounts("google")[0]
        checked = check(query, self.world.today(first_account))
        if account is None:
            return checked, self._manager(checked)
        half = self.faults.is_on("half_day", account.account_id)
        rows = answering.answer(View(self.world, account, half), checked)
        if self.faults.take("newer_schema", account.account_id):
            rows = map(answering.newer, rows)
        return checked, rows

    def _manager(self, checked: Any) -> Iterator[Any]:
        """A manager has accounts and no campaigns; metrics may not be asked of it."""
        if checked.asked_metrics:
            raise refused(
                "REQUESTED_METRICS_FOR_MANAGER",
                "Metrics cannot be requested for a manager account.",
            )
        view = ManagerView(self.world, self.world.accounts("google")[0])
        return answering.answer(view, checked)

    def stream(self, request: Any, headers: dict[str, str], request_id: str) -> Iterator[bytes]:
        """GoogleAdsService.SearchStream."""
        batches = self._kept(request, headers, request_id)
        yield from copied(batches, self.copies, self.page) if self.copies > 1 else batches

    def _kept(self, request: Any, headers: dict[str, str], request_id: str) -> Iterator[bytes]:
        """The batches of a query; where they are replayed, those of the last time."""
        checked, rows = self.rows(request, headers)
        batches = self._batches(checked, rows, request_id)
        if self._replays is None:
            yield from batches
            return
        changes = sum(len(self.world.history(a)) for a in self.world.accounts("google"))
        key = (request.customer_id, request.query, self.world.now.date(), changes)
        if key not in self._replays:
            self._replays[key] = list(batches)
        yield from self._replays[key]

    def _batches(self, checked: Checked, rows: Iterator[Any], request_id: str) -> Iterator[bytes]:
        """The rows in batches; one without rows where there are none."""
        response = google_ads_service.SearchGoogleAdsStreamResponse.pb()
        batch, is_first = list(itertools.islice(rows, self.page)), True
        while batch or is_first:
            answer = response(request_id=request_id, results=batch)
            answer.field_mask.paths.extend(api_field.name for api_field in checked.select)
            yield answer.SerializeToString()
            batch, is_first = list(itertools.islice(rows, self.page)), False

    def search(self, request: Any, headers: dict[str, str], _request_id: str) -> Iterator[bytes]:
        """GoogleAdsService.Search, page by page."""
        if request.page_size:
            raise Refusal(
                "request_error", "PAGE_SIZE_NOT_SUPPORTED",
                "Setting the page size is not supported. Search Responses will have fixed page "
                "size of 10000 rows.",
            )  # fmt: skip
        checked, answers = self.rows(request, headers)
        rows, start = list(answers), offset(request)
        answer = google_ads_service.SearchGoogleAdsResponse.pb()()
        if not (request.validate_only or request.search_settings.omit_results):
            answer.results.extend(rows[start : start + self.page])
            if start + self.page < len(rows):
                answer.next_page_token = page_token(request, start + self.page)
        if request.search_settings.return_total_results_count:
            answer.total_results_count = len(rows)
        answer.field_mask.paths.extend(api_field.name for api_field in checked.select)
        yield answer.SerializeToString()

    def customers(
        self, _request: Any, _headers: dict[str, str], _request_id: str
    ) -> Iterator[bytes]:
        """CustomerService.ListAccessibleCustomers."""
        answer = customer_service.ListAccessibleCustomersResponse.pb()()
        answer.resource_names.extend(
            f"customers/{customer_id}" for customer_id in self.access.direct()
        )
        yield answer.SerializeToString()

    def budgets(self, request: Any, headers: dict[str, str], request_id: str) -> Iterator[bytes]:
        """CampaignBudgetService.MutateCampaignBudgets."""
        account = self._changeable(request, headers)
        answer = Mutator(self.world, account, self.faults).budgets(request, request_id)
        if request.response_content_type == MUTABLE_RESOURCE and not request.validate_only:
            for line, operation in zip(answer.results, request.operations, strict=True):
                if line.resource_name:
                    line.campaign_budget.CopyFrom(result(operation, account, self.world))
        yield answer.SerializeToString()

    def campaigns(self, request: Any, headers: dict[str, str], request_id: str) -> Iterator[bytes]:
        """CampaignService.MutateCampaigns."""
        account = self._changeable(request, headers)
        answer = Mutator(self.world, account, self.faults).campaigns(request, request_id)
        yield answer.SerializeToString()

    def _changeable(self, request: Any, headers: dict[str, str]) -> Account:
        account = self.access.customer(request.customer_id, headers)
        self.access.write()
        if account is None:
            raise Refusal("request_error", "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT",
                          "A manager account has nothing to change.")  # fmt: skip
        return account


Route = Callable[[GoogleAds, Any, dict[str, str], str], Iterator[bytes]]
ROUTES: dict[str, Route] = {
    "GoogleAdsService/SearchStream": GoogleAds.stream,
    "GoogleAdsService/Search": GoogleAds.search,
    "CustomerService/ListAccessibleCustomers": GoogleAds.customers,
    "CampaignBudgetService/MutateCampaignBudgets": GoogleAds.budgets,
    "CampaignService/MutateCampaigns": GoogleAds.campaigns,
}
