"""What the servers were asked, for tests and for watching; secrets are fingerprints only.

And what can go wrong on request, so many times or until it is cleared.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

SECRETS = (
    "access_token", "appsecret_proof", "authorization", "developer-token", "access-token",
    "client_secret", "refresh_token", "developertoken", "authenticationtoken", "fb_exchange_token",
)  # fmt: skip


def fingerprint(secret: str) -> str:
    """Eight hex digits by which a secret can be recognised and not be used."""
    return f"sha256:{hashlib.sha256(secret.encode()).hexdigest()[:8]}"


def scrub(values: Mapping[str, str]) -> dict[str, str]:
    """A copy in which each secret is its fingerprint; the scheme word Bearer stays outside."""
    return {
        name: fingerprint(value.removeprefix("Bearer ")) if name.lower() in SECRETS else value
        for name, value in values.items()
    }


@dataclass(frozen=True)
class Entry:
    """One request.

    Attributes:
        call: `GET /v26.0/act_1/insights` or `GoogleAdsService/SearchStream`.
        account: The account it is about, where it is about one.
        query: The GAQL query, or empty.
        values: Parameters of query string and body, secrets as fingerprints.
        headers: What matters of the headers or metadata, secrets as fingerprints.
    """

    call: str
    account: str = ""
    query: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Journal:
    """The requests of a server, oldest first; safe between threads."""

    _entries: list[Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, entry: Entry) -> None:
        """Write one down, its secrets scrubbed here so that no caller can forget it."""
        clean = Entry(
            entry.call, entry.account, entry.query, scrub(entry.values), scrub(entry.headers)
        )
        with self._lock:
            self._entries.append(clean)

    @property
    def entries(self) -> tuple[Entry, ...]:
        with self._lock:
            return tuple(self._entries)

    def calls(self, ending: str = "") -> list[Entry]:
        """The requests whose call ends so."""
        return [entry for entry in self.entries if entry.call.endswith(ending)]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


KINDS = {
    "throttled": "too many requests, with the platform's own code and how long to wait",
    "throttled_account": "the account's own quota is used up (Meta's 80000 family)",
    "server_error": "the platform's own internal error",
    "unavailable": "no answer from the service (gRPC UNAVAILABLE, HTTP 503)",
    "expired": "the access token is refused as expired",
    "revoked": "the grant was taken back: access and refresh token are refused",
    "missing_scope": "the token lacks the permission for this call",
    "account_error": "one account fails (give `account`), the others answer",
    "truncated": "the answer stops in the middle",
    "malformed": "the answer is no answer: bytes that do not parse, or a web page",
    "odd_shape": "the answer is JSON of another shape: each list begins with a null",
    "newer_schema": "rows carry an enum value and a field that the SDK does not know",
    "slow": "the answer takes `seconds`",
    "half_day": "yesterday is still being counted: half of it shows",
    "report_failed": "the next asynchronous reports end as failed",
    "report_slow": "asynchronous reports need three more polls",
    "concurrent": "somebody changes the same thing at the same moment: the change is refused",
    "lost_answer": "the change is carried out, but its answer is lost",
}


@dataclass
class Fault:
    """A fault that is on: `left` times (None: until cleared), for one account or all."""

    kind: str
    left: int | None = 1
    account: str = ""
    seconds: float = 1.0


@dataclass
class Faults:
    """The faults of one server or of several; safe between threads.

    `Faults().add("throttled", times=2)` makes the next two calls fail and then all is well.
    """

    _faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(
        self, kind: str, *, times: int | None = 1, account: str = "", seconds: float = 1.0
    ) -> Faults:
        """Switch one on; returns itself, so that faults can be chained.

        Args:
            kind: A key of KINDS.
            times: For so many calls; None until `clear`.
            account: Only in calls about this account, as the platform writes its id.
            seconds: How long to wait (`slow`) or to ask to wait (`throttled`).

        Raises:
            ValueError: An unknown kind.
        """
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; there are {', '.join(KINDS)}")
        with self._lock:
            self._faults.append(Fault(kind, times, account, seconds))
        return self

    def take(self, kind: str, account: str = "") -> Fault | None:
        """The fault, used up by one; None when all is well."""
        with self._lock:
            for fault in self._faults:
                if fault.kind == kind and fault.left != 0 and fault.account in ("", account):
                    fault.left = fault.left if fault.left is None else fault.left - 1
                    return fault
        return None

    def is_on(self, kind: str, account: str = "") -> bool:
        """Whether it holds, without using it up: for what lasts, such as `half_day`."""
        with self._lock:
            return any(
                fault.kind == kind and fault.left != 0 and fault.account in ("", account)
                for fault in self._faults
            )

    def clear(self) -> None:
        """All is well again."""
        with self._lock:
            self._faults.clear()
