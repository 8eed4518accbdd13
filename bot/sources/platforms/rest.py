"""HTTP for platforms without an SDK that is kept well: JSON in, refusals in words.

And of every platform, asking again: how often, how long to wait, and when to stop and say so.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from bot.errors import SourceError
from bot.sentences import Sentence

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Trouble:
    """What went wrong with a call.

    Attributes:
        sentence, hint: What it is and what to do, for people; without secrets.
        again: Whether the same call may work in a while.
        wait: Seconds the platform asks to wait.
    """

    sentence: str
    hint: str = ""
    again: bool = False
    wait: float | None = None


@dataclass
class Patience:
    """Waits that double, with jitter, so that many installs do not ask at the same moment.

    Attributes:
        tries: Calls at most.
        first, longest: Seconds before the second call, and between two calls at most.
        in_all: Seconds waited for one call at most: a quota that is used up for the day is no
            reason to stand still for hours.
    """

    tries: int = 5
    first: float = 1.0
    longest: float = 60.0
    in_all: float = 300.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = field(default=random.random)

    def ask(self, call: Callable[[], Answer], read: Callable[[Exception], Trouble]) -> Answer:
        """The answer of `call`, asked again while that may help.

        Args:
            call: Begins anew each time: nothing of an answer that broke off is used.
            read: What an exception means; one that is no trouble of the platform is raised on.

        Raises:
            SourceError: It does not work, or not within patience.
        """
        waited = 0.0
        for count in range(1, self.tries + 1):
            try:
                return call()
            except SourceError:
                raise
            except Exception as error:  # noqa: BLE001, `read` raises on what is no trouble
                trouble = read(error)
                pause = self.pause(count, trouble)
                if not trouble.again or count == self.tries or waited + pause > self.in_all:
                    raise SourceError(trouble.sentence, hint=trouble.hint) from None
                waited += pause
                self.sleep(pause)
        raise AssertionError("unreachable: the last try returns or raises")

    def pause(self, count: int, trouble: Trouble) -> float:
        """Seconds before the next call: what was asked for and a little more, or doubling."""
        if trouble.wait is not None:
            return trouble.wait * (1 + self.chance() / 10)
        doubled = self.first * 2.0 ** (count - 1)
        return float(min(self.longest, doubled) * (0.5 + self.chance() / 2))


LATER = "Nothing stored is lost; the next pull fetches it."
NO_WAY = "Check the network and any proxy. Nothing stored is lost; the next pull fetches it."
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
                Sentence("%(platform)s needs the httpx library.", platform=self.title),
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
        status, wait = answer.status_code, wait_of(answer.headers)
        try:
            body = answer.json()
        except ValueError:  # a gateway's page, where the platform itself did not answer
            if status == 429:
                raise Refused(throttled(self.title, wait)) from None
            if status < 500:
                raise
            raise Refused(replace(hiccup(self.title), wait=wait)) from None
        self.check(status, body, wait)
        return body

    def _trouble(self, error: Exception) -> Trouble:
        import httpx  # noqa: PLC0415 (an extra)

        if isinstance(error, Refused):
            return error.trouble
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return unreached(self.title)
        if isinstance(error, httpx.HTTPError | ValueError):  # no answer, or one that is no JSON
            sentence = Sentence(
                "%(platform)s's answer broke off or could not be read.", platform=self.title
            )
            return Trouble(sentence, LATER, again=True)
        raise error


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Seconds an answer's Retry-After asks to wait; None where it does not say.

    It is a number of seconds or a moment (RFC 9110, 10.2.3). A moment counts from the answer's own
    Date: the clock here may be another.

    Args:
        headers: Looked up without regard to case, as every HTTP library's are.
    """
    written = headers.get("Retry-After") or ""
    if written.isdecimal():
        return float(written)
    moment = _moment(written)
    if moment is None:
        return None
    answered_at = _moment(headers.get("Date") or "") or datetime.now(UTC)
    return max((moment - answered_at).total_seconds(), 0.0)


def _moment(written: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # HTTP's dates are GMT


def throttled(title: str, wait: float | None) -> Trouble:
    """Too many calls."""
    sentence = Sentence("%(platform)s's limit on calls is used up for now.", platform=title)
    return Trouble(sentence, LATER, again=True, wait=wait)


def unreached(title: str) -> Trouble:
    """Nobody is there: not online, a proxy in between, or a name that is not found."""
    sentence = Sentence("%(platform)s cannot be reached from this machine.", platform=title)
    return Trouble(sentence, NO_WAY, again=True)


def is_unreached(error: BaseException) -> bool:
    """Whether no connection was made at all, by what urllib3 and requests say of it.

    An answer that broke off is no such error, though requests calls both a `ConnectionError`.
    """
    from urllib3.exceptions import (  # noqa: PLC0415 (an extra's)
        ConnectTimeoutError,
        MaxRetryError,
        NewConnectionError,
    )

    inner = error.args[0] if error.args and isinstance(error.args[0], MaxRetryError) else error
    reason = inner.reason if isinstance(inner, MaxRetryError) else inner
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def hiccup(title: str) -> Trouble:
    """The platform's own trouble."""
    sentence = Sentence("%(platform)s could not answer just now.", platform=title)
    return Trouble(sentence, LATER, again=True)
