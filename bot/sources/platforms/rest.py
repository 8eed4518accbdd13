"""HTTP for platforms without an SDK that is kept well: JSON in, refusals in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import SourceError
from bot.sources.platforms.patience import Patience, Trouble

LATER = "Nothing stored is lost; the next pull fetches it."
TIMEOUT = 60.0


class Refused(Exception):
    """What a platform refused, read into a Trouble."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.sentence)
        self.trouble = trouble


@dataclass(frozen=True)
class Rest:
    """A platform's HTTP API.

    Attributes:
        title: The platform's name, for sentences.
        url: Its address, without a stroke at the end.
        headers: What every call carries, the token among it: never in the address.
        check: Raises Refused where an answer is a refusal (status, body, seconds to wait).
    """

    title: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    check: Callable[[int, Any, float | None], None]
    patience: Patience

    def _client(self) -> Any:
        try:
            import httpx  # noqa: PLC0415 (an extra)
        except ImportError as error:
            raise SourceError(
                f"{self.title} needs the httpx library.",
                hint='Install it: pip install "perfbot[platforms]".',
            ) from error
        return httpx.Client(base_url=self.url, headers=dict(self.headers), timeout=TIMEOUT)

    def get(self, path: str) -> Any:
        """The JSON at a path, its query written out.

        Raises:
            SourceError: Refused, or not answered within patience.
        """
        return self.patience.ask(lambda: self._once(path), self._trouble)

    def _once(self, path: str) -> Any:
        with self._client() as client:
            answer = client.get(path)
        wait = answer.headers.get("retry-after", "")
        body = answer.json()
        self.check(answer.status_code, body, float(wait) if wait.isdecimal() else None)
        return body

    def _trouble(self, error: Exception) -> Trouble:
        import httpx  # noqa: PLC0415 (an extra)

        if isinstance(error, Refused):
            return error.trouble
        if isinstance(error, httpx.HTTPError | ValueError):  # no answer, or one that is no JSON
            sentence = f"{self.title}'s answer broke off or could not be read."
            return Trouble(sentence, LATER, again=True)
        raise error


def throttled(title: str, wait: float | None) -> Trouble:
    """Too many calls."""
    return Trouble(f"{title}'s limit on calls is used up for now.", LATER, again=True, wait=wait)


def hiccup(title: str) -> Trouble:
    """The platform's own trouble."""
    return Trouble(f"{title} could not answer just now.", LATER, again=True)
