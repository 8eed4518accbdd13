"""What every request passes first: version, token, permissions, quotas; and the usage headers."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.demo.platforms.faults import Faults
from bot.demo.platforms.meta_graph.errors import (
    EXPIRED,
    REVOKED,
    GraphError,
    account_throttled,
    throttled,
    token_error,
)
from bot.demo.platforms.web import Request

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
        standing: `EXPIRED` or `REVOKED`, or None while the token is good.
    """

    faults: Faults
    access_token: str
    app_secret: str
    scopes: frozenset[str]
    usage: Counter[str] = field(default_factory=Counter)
    expires_at: int = 0
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
