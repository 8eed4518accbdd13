"""What can go wrong on request, so many times or until it is cleared."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

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
