"""The Graph API on a free port: its nodes and edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cached_property
from typing import Any, Self

from bot.demo.platforms.entities import Account, Ad, Campaign, Group
from bot.demo.platforms.journal import Entry, Faults, Journal
from bot.demo.platforms.meta_graph import asking, insights, objects
from bot.demo.platforms.meta_graph.changing import Changer
from bot.demo.platforms.meta_graph.errors import EXPIRED, REVOKED, GraphError, missing
from bot.demo.platforms.meta_graph.requests import SCOPES, Gate, Reports, Run, moment, page
from bot.demo.platforms.web import HttpServer, Reply, Request
from bot.demo.platforms.world import World

Json = dict[str, Any]
SYNC_ROWS = 20_000  # more than this must be asked for asynchronously
WEEK = timedelta(days=7)
Node = tuple[Account, Campaign | None, Group | None, Ad | None]


class MetaGraph:
    """A running server; use it as a context.

    Args:
        world: What the accounts hold.
        faults: What goes wrong.
        scopes: What the token may do.
        sync_rows: Rows above which a report must be asynchronous.
    """

    app_id, app_secret = "424242", "local-app-secret"
    access_token = "EAALocalAccessToken"  # noqa: S105

    def __init__(
        self,
        world: World,
        faults: Faults | None = None,
        *,
        scopes: Iterable[str] = SCOPES,
        sync_rows: int = SYNC_ROWS,
    ) -> None:
        self.world, self.faults, self.journal = world, faults or Faults(), Journal()
        self.gate = Gate(self.faults, self.access_token, self.app_secret, frozenset(scopes))
        self.sync_rows, self.reports = sync_rows, Reports(self.faults)
        self._server = HttpServer(self.answer, self.faults, self._account_of)

    @property
    def url(self) -> str:
        """What stands for https://graph.facebook.com."""
        return self._server.url

    @property
    def usage(self) -> Counter[str]:
        """Per cent of its quota that each account has used; set it to be throttled at 100."""
        return self.gate.usage

    @property
    def business_id(self) -> str:
        """The business that owns the ad accounts."""
        return objects.BUSINESS

    def expire(self) -> None:
        """The access token is too old from now on."""
        self.gate.standing = EXPIRED

    def revoke(self) -> None:
        """The user took the permission back."""
        self.gate.standing = REVOKED

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.__exit__()

    # -- a request ------------------------------------------------------------------------
    def answer(self, request: Request) -> Reply:
        """Answers one request."""
        account = self._account_of(request)
        self.journal.add(Entry(
            f"{request.method} {request.path}", account, values=request.values,
            headers={n: v for n, v in request.headers.items() if n == "authorization"},
        ))  # fmt: skip
        try:
            self.gate.enter(account, request)
            reply = Reply(self._route(request))
        except GraphError as error:
            reply = error.reply()
        return Reply(reply.body, reply.status, self.gate.headers(account, request))

    # -- nodes ----------------------------------------------------------------------------
    def _account_of(self, request: Request) -> str:
        """The account a request is about, found by whatever node it names."""
        steps = request.steps[1:]
        node = self.node(steps[0]) if steps else None
        run = self.reports.get(steps[0]) if steps else None
        if node:
            return node[0].account_id
        return run.account.account_id if run else ""

    def node(self, name: str) -> Node | None:
        """What an id stands for: an account, or a campaign, ad set or ad in one."""
        return self._nodes.get(name)

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        """Every id there is: campaigns are made once and never go."""
        nodes: dict[str, Node] = {}
        for account in self.world.accounts("meta"):
            nodes[f"act_{account.account_id}"] = (account, None, None, None)
            for campaign in self.world.campaigns(account):
                nodes[campaign.campaign_id] = (account, campaign, None, None)
                for group in campaign.groups:
                    nodes[group.group_id] = (account, campaign, group, None)
                    nodes.update({ad.ad_id: (account, campaign, group, ad) for ad in group.ads})
        return nodes

    def _route(self, request: Request) -> Any:
        name, *edge = request.steps[1:] or [""]
        if "ids" in request.values and not name:
            raise GraphError(12, "(#12) Requests for several ids are deprecated")
        if name in ("me", objects.BUSINESS, "debug_token"):
            return self._user(request, name, edge[0] if edge else "")
        run = self.reports.get(name)
        if run:
            return self._run(request, run, edge[0] if edge else "")
        node = self.node(name)
        if node is None:
            raise missing(name, request.method.lower())
        if request.method == "POST":
            return self._post(request, node, edge[0] if edge else "")
        self.gate.allow("ads_read")
        return self._get(request, node, edge[0] if edge else "")

    def _user(self, request: Request, name: str, edge: str) -> Any:
        """The user the token is for, its businesses, and the ad accounts of both."""
        if name == "debug_token":
            return {"data": {"app_id": self.app_id, "is_valid": True, "type": "SYSTEM_USER",
                             "scopes": sorted(self.gate.scopes),
                             "issued_at": self.gate.issued_at,
                             "expires_at": self.gate.expires_at}}  # fmt: skip
        if (name, edge) == ("me", ""):
            return {"id": "700100", "name": "Perfbot system user"}
        if (name, edge) == ("me", "permissions"):
            return {"data": [{"permission": s, "status": "granted" if s in self.gate.scopes
                              else "declined"} for s in SCOPES]}  # fmt: skip
        if (name, edge) == ("me", "adaccounts"):
            self.gate.allow("ads_read")
            return self._list(request, self._accounts(), "AdAccount")
        return self._business(request, name, edge)

    def _business(self, request: Request, name: str, edge: str) -> Any:
        self.gate.allow("business_management")
        business = objects.business_object()
        if (name, edge) == ("me", "businesses"):
            return self._list(request, [business], "Business")
        if name == objects.BUSINESS and edge in ("owned_ad_accounts", "client_ad_accounts"):
            owned = self._accounts() if edge.startswith("owned") else []
            return self._list(request, owned, "AdAccount")
        if name == objects.BUSINESS and not edge:
            return objects.project(business, "Business", request.values.get("fields", ""))
        raise missing(f"{name}/{edge}")

    def _accounts(self) -> list[Json]:
        return [objects.account_object(a, self.world) for a in self.world.accounts("meta")]

    def _get(self, request: Request, node: Node, edge: str) -> Any:
        account, campaign, group, ad = node
        if not edge:
            graph_object, kind = self._object(node)
            return self._newer(
                objects.project(graph_object, kind, request.values.get("fields", "")), account
            )
        if edge == "insights":
            return self._insights(request, node)
        if edge == "activities" and campaign is None:
            return self._list(request, self._activities(request, account), "AdActivity")
        edges: dict[str, tuple[str, Callable[[], list[Json]]]] = {
            "campaigns": ("Campaign", lambda: [objects.campaign_object(c) for c in self._in(node)]),
            "adsets": ("AdSet", lambda: [
                objects.adset_object(c, g) for c in self._in(node) for g in c.groups]),
            "ads": ("Ad", lambda: [
                objects.ad_object(c, g, a) for c in self._in(node) for g in c.groups
                if group in (None, g) for a in g.ads]),
        }  # fmt: skip
        order = ["campaigns", "adsets", "ads"]
        depth = sum(node_part is not None for node_part in (campaign, group, ad))
        if edge not in order[depth:]:
            raise GraphError(100, f"(#100) Tried accessing nonexisting field ({edge})")
        kind, list_objects = edges[edge]
        return self._list(request, objects.with_status(list_objects(), request.values), kind)

    def _in(self, node: Node) -> list[Campaign]:
        account, campaign = node[:2]
        return [campaign] if campaign else self.world.campaigns(account)

    def _object(self, node: Node) -> tuple[Json, str]:
        account, campaign, group, ad = node
        if campaign is None:
            return objects.account_object(account, self.world), "AdAccount"
        if group is None:
            return objects.campaign_object(campaign), "Campaign"
        if ad is None:
            return objects.adset_object(campaign, group), "AdSet"
        return objects.ad_object(campaign, group, ad), "Ad"

    def _newer(self, graph_object: Json, account: Account) -> Json:
        """A field and a value of a later version, where that is asked for."""
        if self.faults.take("newer_schema", account.account_id):
            return newer(graph_object)
        return graph_object

    # -- insights -------------------------------------------------------------------------
    def _insights(self, request: Request, node: Node) -> Any:
        account, report = node[0], self._report_of(request, node)
        rows = list(self._rows(account, report))
        if len(rows) > self.sync_rows:
            raise GraphError(1, "Please reduce the amount of data you're asking for, then retry "
                             "your request", status=500)  # fmt: skip
        return self._page(request, rows)

    def _report_of(self, request: Request, node: Node) -> asking.Asked:
        levels = {0: "account", 1: "campaign", 2: "adset", 3: "ad"}
        names = [node_part for node_part in node[1:] if node_part is not None]
        ids = frozenset[str]()
        if names:
            ids = frozenset({str(self._object(node)[0]["id"])})
        return asking.ask(request.values, self.world.today(node[0]), levels[len(names)], ids)

    def _rows(self, account: Account, report: asking.Asked) -> Iterable[Json]:
        half = self.faults.is_on("half_day", account.account_id)
        rows = insights.rows(self.world, account, report, half=half)
        if self.faults.take("newer_schema", account.account_id):
            return map(newer, rows)
        return rows

    def _run(self, request: Request, run: Run, edge: str) -> Any:
        self.gate.allow("ads_read")
        if not edge:
            return self.reports.poll(run)
        if edge != "insights":
            raise missing(run.run_id)
        return self._page(request, list(self._rows(run.account, self.reports.finished(run).report)))

    # -- changes --------------------------------------------------------------------------
    def _post(self, request: Request, node: Node, edge: str) -> Any:
        account, campaign, group, ad = node
        if edge == "insights":
            self.gate.allow("ads_read")
            return self.reports.start(account, self._report_of(request, node))
        if edge or campaign is None or ad is not None:
            raise missing(request.steps[1], "post")
        self.gate.allow("ads_management")
        changer = Changer(self.world, account, self.faults)
        return changer.change(campaign, group, request.form)

    def _activities(self, request: Request, account: Account) -> list[Json]:
        """The last week's, or those between `since` and `until`; newest first."""
        now = self.world.now
        since = moment(request.values.get("since"), account) or now - WEEK
        until = moment(request.values.get("until"), account) or now + timedelta(days=1)
        entries = [c for c in self.world.history(account) if since <= c.when <= until]
        return [objects.activity(entry, self.world) for entry in entries]

    # -- lists ----------------------------------------------------------------------------
    def _list(self, request: Request, graph_objects: list[Json], kind: str) -> Any:
        fields = request.values.get("fields", "") or _usual(kind)
        page_ = self._page(
            request, [objects.project(graph_object, kind, fields) for graph_object in graph_objects]
        )
        if request.values.get("summary") in ("true", "1"):
            page_["summary"] = {"total_count": len(graph_objects)}
        return page_

    def _page(self, request: Request, graph_objects: list[Json]) -> Json:
        return page(request, graph_objects, self.url)


def newer(graph_object: Json) -> Json:
    """The object as a later version of the API would send it."""
    changed = {"objective": "OUTCOME_FROM_THE_FUTURE"} if "objective" in graph_object else {}
    return graph_object | changed | {"field_from_the_future": {"unit": "per mille", "value": "7"}}


def _usual(kind: str) -> str:
    return {"AdAccount": "id,account_id", "AdActivity": "event_time,event_type",
            "Business": "id,name"}.get(kind, "id")  # fmt: skip
