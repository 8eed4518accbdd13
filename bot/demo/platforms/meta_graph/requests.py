"""What every request to the graph passes: version, token, permissions, quotas; pages with cursors.

Asynchronous report runs are asked for, polled, and read when they are done.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bot.demo.platforms.entities import Account
from bot.demo.platforms.journal import Faults
from bot.demo.platforms.meta_graph.asking import Asked
from bot.demo.platforms.meta_graph.errors import (
    EXPIRED,
    REVOKED,
    GraphError,
    account_throttled,
    invalid,
    throttled,
    token_error,
)
from bot.demo.platforms.web import Request

Json = dict[str, Any]
POLLS, SLOW_POLLS = 2, 5


@dataclass
class Run:
    """A report that was asked for; `rows` is made when it is first read."""

    run_id: str
    account: Account
    report: Asked
    polls_left: int
    polls: int = 0
    fails: bool = False

    @property
    def done(self) -> bool:
        return self.polls >= self.polls_left

    def status(self) -> Json:
        """What a poll answers."""
        if self.fails and self.done:
            state, percent = "Job Failed", 40
        elif self.done:
            state, percent = "Job Completed", 100
        else:
            state = "Job Running" if self.polls else "Job Not Started"
            percent = 100 * self.polls // self.polls_left
        fields: Json = {
            "id": self.run_id, "account_id": self.account.account_id, "async_status": state,
            "async_percent_completion": percent, "is_running": not self.done,
            "date_start": self.report.since.isoformat(), "date_stop": self.report.until.isoformat(),
        }  # fmt: skip
        if state == "Job Failed":
            fields |= {"error_code": 2, "error_message": "The report could not be generated.",
                     "error_user_title": "Report failed"}  # fmt: skip
        return fields


@dataclass
class Reports:
    """The runs of a server; safe between threads."""

    faults: Faults
    _runs: dict[str, Run] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(6100000000001))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, account: Account, report: Asked) -> Json:
        """A new run."""
        account_id = account.account_id
        slow = self.faults.take("report_slow", account_id)
        fails = self.faults.take("report_failed", account_id) is not None
        with self._lock:
            run_id = str(next(self._ids))
            polls = SLOW_POLLS if slow else POLLS
            self._runs[run_id] = Run(run_id, account, report, polls, fails=fails)
        return {"report_run_id": run_id}

    def get(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def poll(self, run: Run) -> Json:
        """Its status; each poll brings it nearer to its end."""
        with self._lock:
            status = run.status()
            run.polls += 1
        return status

    @staticmethod
    def finished(run: Run) -> Run:
        """The run, when it can be read.

        Raises:
            GraphError: It is not done, or it failed.
        """
        if not run.done or run.fails:
            raise GraphError(2601, "(#2601) Loading async data failed: the job is not complete.",
                             subcode=1815107, transient=not run.fails)  # fmt: skip
        return run


PAGE, MOST_PAGE = 25, 500


def page(request: Request, graph_objects: list[Json], url: str) -> Json:
    """A page with its cursors; the address of the next has the token in it, as Meta's has.

    Args:
        request: Whose `limit` and `after` count.
        graph_objects: All there are.
        url: The server's own address.
    """
    values = request.values
    limit, start = _limit(values.get("limit")), _start(values.get("after"))
    part = graph_objects[start : start + limit]
    if not part:
        return {"data": []}
    cursors = {"before": _cursor(start), "after": _cursor(start + len(part))}
    paging: Json = {"cursors": cursors}
    if start + limit < len(graph_objects):
        query = urlencode({**values, "after": cursors["after"]})
        paging["next"] = f"{url}{request.path}?{query}"
    return {"data": part, "paging": paging}


def _limit(written: str | None) -> int:
    if written is None:
        return PAGE
    if not written.isdecimal() or int(written) < 1:
        raise invalid("Param limit must be a positive integer", "limit")
    return min(int(written), MOST_PAGE)


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"at:{place}".encode()).decode()


def _start(written: str | None) -> int:
    if not written:
        return 0
    try:
        word, _, place = base64.urlsafe_b64decode(written).decode().partition(":")
    except ValueError:
        word, place = "", ""
    if word != "at" or not place.isdecimal():
        raise invalid("Invalid cursor", "after")
    return int(place)


def moment(written: str | None, account: Account) -> datetime | None:
    """A day in the account's zone, or seconds since 1970."""
    if not written:
        return None
    if written.isdecimal():
        return datetime.fromtimestamp(int(written), UTC)
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise invalid("Param since must be a date or a time stamp", "since") from None
    return datetime.combine(day, datetime.min.time(), ZoneInfo(account.time_zone))


VERSION = re.compile(r"v(\d+)\.0")
OLDEST, NEWEST = 25, 27
SCOPES = ("ads_read", "ads_management", "business_management")


@dataclass
class Gate:
    """Lets a request in or refuses it.

    Attributes:
        scopes: What the token may do.
        usage: Per cent of its quota that an account has used; at 100 it is throttled.
        expires_at: When the token ends, in seconds; 0 for never.
        issued_at: When it was made; None where Meta does not say.
        standing: `EXPIRED` or `REVOKED`, or None while the token is good.
    """

    faults: Faults
    access_token: str
    app_secret: str
    scopes: frozenset[str]
    usage: Counter[str] = field(default_factory=Counter)
    expires_at: int = 0
    issued_at: int | None = None
    standing: tuple[int, str, int] | None = None

    def enter(self, account: str, request: Request) -> None:
        """Everything that is checked before a request is looked at.

        Raises:
            GraphError: Whatever is wrong first.
        """
        self.weather(account, request)
        self.version(request)
        self.token(request)

    def weather(self, account: str, request: Request) -> None:
        if self.faults.take("server_error", account):
            raise GraphError(2, "(#2) Service temporarily unavailable", status=500, transient=True)
        if self.faults.take("throttled", account):
            raise throttled()
        if self.faults.take("throttled_account", account) or self.usage[account] >= 100:
            self.usage[account] = max(self.usage[account], 100)
            raise account_throttled(request.path.endswith("insights"))
        if account and self.faults.take("account_error", account):
            raise GraphError(
                200, "(#200) Ad account owner has NOT grant ads_management or ads_read permission",
                status=403,
            )  # fmt: skip

    def version(self, request: Request) -> None:
        match = VERSION.fullmatch(request.steps[0] if request.steps else "")
        if match and OLDEST <= int(match[1]) <= NEWEST:
            return
        if match and int(match[1]) < OLDEST:
            raise GraphError(2635, "(#2635) You are calling a deprecated version of the Ads API. "
                             f"Please update to the latest version: v{NEWEST}.0.")  # fmt: skip
        raise GraphError(2500, f"Unknown path components: {request.path}")

    def token(self, request: Request) -> None:
        header = request.headers.get("authorization", "").partition(" ")[2]
        token = request.values.get("access_token") or header
        if not token:
            raise GraphError(104, "An access token is required to request this resource.")
        if token != self.access_token:
            raise GraphError(190, "Invalid OAuth access token - Cannot parse access token",
                             status=401)  # fmt: skip
        if self.faults.take("expired"):
            raise token_error(EXPIRED)
        if self.standing or self.faults.take("revoked"):
            raise token_error(self.standing or REVOKED)
        proof = request.values.get("appsecret_proof")
        if proof is not None and proof != self.proof(token):
            raise GraphError(100, "Invalid appsecret_proof provided in the API argument",
                             kind="GraphMethodException")  # fmt: skip

    def proof(self, token: str) -> str:
        """What `appsecret_proof` must be."""
        return hmac.new(self.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()

    def allow(self, scope: str) -> None:
        """Whether the token has the permission.

        Raises:
            GraphError: Code 200 for ads, 10 for businesses.
        """
        if scope in self.scopes and not self.faults.take("missing_scope"):
            return
        if scope == "business_management":
            raise GraphError(10, "(#10) Application does not have permission for this action",
                             status=403)  # fmt: skip
        raise GraphError(200, f"(#200) Requires {scope} permission to manage the object",
                         status=403)  # fmt: skip

    def headers(self, account: str, request: Request) -> Mapping[str, str]:
        """The usage headers: per cent of the quotas, and minutes until there is more."""
        headers = {"x-fb-trace-id": "Local", "facebook-api-version": f"v{NEWEST}.0"}
        if not account:
            return headers | {"x-app-usage": json.dumps({"call_count": 3, "total_time": 2})}
        used = min(self.usage[account], 100)
        kind = "ads_insights" if request.path.endswith("insights") else "ads_management"
        usage = {"type": kind, "call_count": used, "total_cputime": used // 2,
                 "total_time": used // 2, "ads_api_access_tier": "standard_access",
                 "estimated_time_to_regain_access": 1 if used >= 100 else 0}  # fmt: skip
        throttle = {"app_id_util_pct": used / 2, "acc_id_util_pct": used,
                    "ads_api_access_tier": "standard_access"}  # fmt: skip
        return headers | {
            "x-business-use-case-usage": json.dumps({account: [usage]}),
            "x-fb-ads-insights-throttle": json.dumps(throttle),
            "x-ad-account-usage": json.dumps({"acc_id_util_pct": used}),
        }
