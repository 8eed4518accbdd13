"""A file from an https address, and from nowhere inside one's own network.

Whoever gives an address could have perfbot ask a machine that only it can reach. So the name is
looked up once, every address it stands for must be a public one, the connection goes to exactly
that address under the name's certificate, and each redirect is looked at in the same way.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, ClassVar, cast
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from bot.errors import RefusedFile
from bot.sentences import Sentence
from bot.sources.limits import MEGA, Limits
from bot.sources.refusals import shown

BLOCK = 1 << 16
REDIRECTS = (301, 302, 303, 307, 308)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotFetched(RefusedFile):
    """An address that may not be asked, or did not give a file."""

    code: ClassVar[str] = "not_fetched"


@dataclass(frozen=True)
class Web:
    """How addresses are asked.

    Attributes:
        look_up: The addresses a host's name stands for.
        may_ask: Whether an address may be asked.
        context: Whose certificates are believed.
        seconds: Until the file must be there.
        hops: Redirects that are followed.
        headers: Sent to the address itself, and to none it sends on to: they may hold a token.
    """

    look_up: Callable[[str, int], Sequence[str]]
    may_ask: Callable[[IpAddress], bool]
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = 120.0
    hops: int = 5
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def look_up(host: str, port: int) -> list[str]:
    """Every address of a host, each once.

    Raises:
        OSError: The name stands for none.
    """
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in entries))


def is_public(address: IpAddress) -> bool:
    """Whether an address is on the open internet, whatever form it is written in."""
    inner = address
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or address
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None:
            return False
    return inner.is_global and not inner.is_multicast and not inner.is_reserved


@contextmanager
def fetched(address: str, limits: Limits, web: Web | None = None) -> Iterator[tuple[str, BinaryIO]]:
    """The file at an https address: its name, and its bytes from the start.

    Raises:
        NotFetched: The address may not be asked, or does not give a file.
        TooLarge: The file is larger than one may be.
    """
    asking = web or Web(look_up, is_public)
    until = time.monotonic() + asking.seconds
    with SpooledTemporaryFile(max_size=16 * MEGA) as buffer:
        for _ in range(asking.hops + 1):
            onward = _asked(_parts(address), asking, limits, cast("BinaryIO", buffer), until)
            if onward is None:
                buffer.seek(0)
                yield _name(address), cast("BinaryIO", buffer)
                return
            address, asking = urljoin(address, onward), replace(asking, headers={})
    raise NotFetched(
        Sentence(
            "%(address)s sends on more than %(hops)s times.",
            address=_host(address),
            hops=asking.hops,
        ),
        hint="Give the address of the file itself.",
    )


def _parts(address: str) -> SplitResult:
    """The parts of an address perfbot may ask."""
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise NotFetched(
            "This is no address.", hint="Write it like https://host/file.csv."
        ) from error
    if parts.scheme != "https" or not host:
        raise NotFetched("Only https addresses are asked.", hint=_WRITE)
    if parts.username or parts.password:
        raise NotFetched(
            "The address holds a password, which would end up in logs.",
            hint="Download the file and hand it in, or use a link that needs none.",
        )
    if port == 0 or any(char.isspace() or not char.isprintable() for char in address):
        raise NotFetched("This is no address.", hint=_WRITE)
    return parts


_WRITE = "Write it like https://host/file.csv."


def _asked(
    parts: SplitResult, web: Web, limits: Limits, buffer: BinaryIO, until: float
) -> str | None:
    """The file into `buffer`; or where it is to be found instead."""
    host, port = str(parts.hostname), parts.port or 443
    connection = _Pinned(host, port, _address(host, port, web), web.context, until)
    try:
        with connection.watched():
            connection.request("GET", _target(parts), headers={**_HEADERS, **web.headers})
            with closing(connection.getresponse()) as answer:
                if answer.status in REDIRECTS and answer.headers.get("Location"):
                    return str(answer.headers["Location"])
                _refuse_status(host, answer.status)
                _copy(answer, limits, buffer, until)
    except ssl.SSLCertVerificationError as error:
        raise NotFetched(
            Sentence("The certificate of %(host)s is not valid.", host=host),
            hint="Download the file and hand it in.",
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise _no_answer(host, until) from error
    finally:
        connection.close()
    return None


_HEADERS = {
    "User-Agent": "perfbot",
    "Accept": "text/csv, text/plain, application/vnd.openxmlformats-officedocument."
    "spreadsheetml.sheet, application/zip, application/gzip, */*;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


def _address(host: str, port: int, web: Web) -> str:
    try:
        resolved = web.look_up(host, port)
        addresses = [ipaddress.ip_address(text) for text in resolved]
    except (OSError, UnicodeError, ValueError) as error:
        raise NotFetched(
            Sentence("There is no host called %(host)s.", host=shown(host)),
            hint="Check the address.",
        ) from error
    if not addresses or not all(map(web.may_ask, addresses)):
        raise NotFetched(
            Sentence(
                "%(host)s is an address inside a network, and only public ones are asked.",
                host=host,
            ),
            hint="Download the file and hand it in.",
        )
    return str(addresses[0])


def _target(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _refuse_status(host: str, status: int) -> None:
    if status == http.client.OK:
        return
    why = {401: "asks who you are", 403: "does not let anybody read it", 404: "has no such file",
           410: "has that file no longer", 429: "is asked too often"}  # fmt: skip
    reason = (
        Sentence(why[status])
        if status in why
        else Sentence("answers with %(status)s", status=status)
    )
    raise NotFetched(
        Sentence("%(host)s %(why)s.", host=host, why=reason),
        hint="Try again in a while." if status in {429, 502, 503, 504}
        else "Share the file with everybody who has the link, or download it and hand it in.",
    )  # fmt: skip


def _refuse_late(until: float) -> None:
    """What was cut off because its time was up looks like the end of a file."""
    if time.monotonic() > until:
        raise TimeoutError


def _copy(answer: http.client.HTTPResponse, limits: Limits, buffer: BinaryIO, until: float) -> None:
    size = 0
    while block := answer.read(BLOCK):
        size += len(block)
        limits.refuse_unpacked(size)
        _refuse_late(until)
        buffer.write(block)
    _refuse_late(until)
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)


def _no_answer(host: str, until: float) -> NotFetched:
    late = time.monotonic() >= until
    problem = Sentence("takes too long" if late else "does not answer, or stops half-way")
    return NotFetched(
        Sentence("%(host)s %(why)s.", host=host, why=problem),
        hint="Try again, or download the file and hand it in.",
    )


def _name(address: str) -> str:
    """The file's own name; nothing of the query, which may hold a key."""
    parts = urlsplit(address)
    file_name = PurePosixPath(unquote(parts.path)).name
    plain = "".join(char for char in file_name if char.isprintable() and char not in "/\\")
    return f"{parts.hostname}/{plain[:80]}" if plain else str(parts.hostname)


def _host(address: str) -> str:
    return urlsplit(address).hostname or "The host"


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address that was looked at, under its host's name and certificate."""

    def __init__(
        self, host: str, port: int, address: str, context: ssl.SSLContext, until: float
    ) -> None:
        seconds_left = max(until - time.monotonic(), 0.1)
        super().__init__(host, port, timeout=min(seconds_left, 30.0), context=context)
        self._address, self._context_, self._until = address, context, until

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._context_.wrap_socket(raw, server_hostname=self.host)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Until the time is up: an answer that drips in letter by letter is cut off."""
        timer = threading.Timer(max(self._until - time.monotonic(), 0.0), self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)
