"""What the servers were asked: for tests and for watching. Secrets appear as fingerprints only."""

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
