"""A file from an https address: only public ones, only files, never for ever."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.demo.platforms.google_ads.wire import certificate
from bot.errors import RefusedFile
from bot.sources.limits import Limits
from bot.sources.web import Web, fetched, is_public, look_up

CSV = b"date,channel,campaign,spend\n2026-09-01,meta,A,1.50\n"
Giving = Callable[[BaseHTTPRequestHandler], None]


class Asked(BaseHTTPRequestHandler):
    """Answers by the path that is asked for."""

    def do_GET(self) -> None:
        PATHS[self.path.partition("?")[0]](self)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


def gives(content: bytes, status: int = 200, **headers: str) -> Giving:
    def answer(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(status)
        for name, value in headers.items():
            asked.send_header(name.replace("_", "-"), value)
        asked.end_headers()
        asked.wfile.write(content)

    return answer


def drips(asked: BaseHTTPRequestHandler) -> None:
    """A header that never ends, letter by letter."""
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(100):
        asked.wfile.write(b"x")
        asked.wfile.flush()
        time.sleep(0.05)


def garbles(asked: BaseHTTPRequestHandler) -> None:
    asked.wfile.write(b"\x00\x01 hello\r\n\r\n")


PATHS: dict[str, Giving] = {
    "/day.csv": gives(CSV),
    "/moved": gives(b"", 302, Location="/day.csv"),
    "/to-http": gives(b"", 302, Location="http://localhost/day.csv"),
    "/to-inside": gives(b"", 302, Location="https://10.0.0.1/day.csv"),
    "/to-file": gives(b"", 302, Location="file:///etc/passwd"),
    "/round": gives(b"", 302, Location="/round"),
    "/gone": gives(b"", 404),
    "/secret": gives(b"", 403),
    "/broken": gives(b"", 500),
    "/short": gives(CSV, Content_Length="9999"),
    "/long": gives(CSV * 5000),
    "/drips": drips,
    "/garbles": garbles,
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a client that does not believe us hangs up
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    paper = certificate()
    (key := paper.path.with_name("key.pem")).write_bytes(paper.key)
    context.load_cert_chain(paper.path, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def web() -> Web:
    """Asks this machine, which no other test of ours may."""
    context = ssl.create_default_context(cafile=certificate().path)
    return Web(look_up, lambda address: str(address) == "127.0.0.1", context, 5.0)


def bytes_at(address: str, web: Web | None = None, limits: Limits | None = None) -> bytes:
    with fetched(address, limits or Limits(), web) as (_, file):
        return file.read()


def refusal(address: str, web: Web | None = None, limits: Limits | None = None) -> RefusedFile:
    with pytest.raises(RefusedFile) as caught:
        bytes_at(address, web, limits)
    assert caught.value.hint
    assert "hemmelig" not in str(caught.value)
    return caught.value


def test_a_file_at_an_address_is_read(port: int, web: Web) -> None:
    """Straight or by a redirect; its name says nothing of the query, which may hold a key."""
    asking = replace(web, look_up=lambda *_: ["127.0.0.1"])
    for path in ("/day.csv?key=hemmelig", "/moved"):
        with fetched(f"https://localhost:{port}{path}", Limits(), asking) as (name, file):
            assert file.read() == CSV
            assert name.startswith("localhost/")
            assert "hemmelig" not in name


@pytest.mark.parametrize(
    "address",
    [
        "https://localhost/x.csv",
        "https://127.0.0.1/x.csv",
        "https://2130706433/x.csv",
        "https://0x7f.1/x.csv",
        "https://[::1]/x.csv",
        "https://[::ffff:127.0.0.1]/x.csv",
        "https://[::ffff:10.1.2.3]/x.csv",
        "https://[64:ff9b::7f00:1]/x.csv",
        "https://[2002:7f00:1::]/x.csv",
        "https://[fe80::1]/x.csv",
        "https://[fd00::1]/x.csv",
        "https://10.0.0.1/x.csv",
        "https://172.16.5.5/x.csv",
        "https://192.168.1.1/x.csv",
        "https://100.64.0.1/x.csv",
        "https://169.254.169.254/latest/meta-data/",
        "https://0.0.0.0/x.csv",
        "https://224.0.0.1/x.csv",
    ],
)
def test_addresses_inside_a_network_are_never_asked(address: str) -> None:
    """However they are written."""
    assert "only public ones are asked" in refusal(address).message


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/x.csv",
        "ftp://example.com/x.csv",
        "file:///etc/passwd",
        "https:///x.csv",
        "https://user:hemmelig@example.com/x.csv",
        "https://example.com:99999/x.csv",
        "https://example.com:0/x.csv",
        "https://exa mple.com/x.csv",
        "https://[bad/x.csv",
    ],
)
def test_other_addresses_are_refused_unasked(address: str) -> None:
    """Only https, only a host and a path, no password."""
    asked: list[str] = []
    web = Web(lambda host, _: asked.append(host) or [], is_public)
    assert refusal(address, web).code == "not_fetched"
    assert asked == []


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/to-http", "Only https"),
        ("/to-file", "Only https"),
        ("/to-inside", "only public ones"),
        ("/round", "sends on more than 5 times"),
        ("/gone", "has no such file"),
        ("/secret", "does not let anybody read it"),
        ("/broken", "answers with 500"),
        ("/short", "stops half-way"),
        ("/garbles", "does not answer"),
    ],
)
def test_what_gives_no_file_is_one_sentence(path: str, says: str, port: int, web: Web) -> None:
    """A redirect inside a network, a status, half an answer: each said with the way out."""
    asking = replace(web, look_up=lambda host, _: ["127.0.0.1" if host == "localhost" else host])
    assert says in refusal(f"https://localhost:{port}{path}?k=hemmelig", asking).message


def test_one_address_inside_is_enough_to_refuse() -> None:
    """A name that stands for a public address and one inside is not asked at all."""
    web = Web(lambda *_: ["93.184.216.34", "10.0.0.1"], is_public)
    assert "only public ones" in refusal("https://example.com/x.csv", web).message


def test_the_certificate_must_be_the_hosts(port: int, web: Web) -> None:
    """A public name that leads to another machine fails by its certificate."""
    asking = replace(web, look_up=lambda *_: ["127.0.0.1"])
    refused = refusal(f"https://exports.example:{port}/day.csv", asking)
    assert "certificate of exports.example is not valid" in refused.message


def test_a_file_that_is_too_large_or_too_slow_is_left(port: int, web: Web) -> None:
    """Size and time are bounded, also while headers drip in."""
    asking = replace(web, look_up=lambda *_: ["127.0.0.1"])
    too_long = refusal(f"https://localhost:{port}/long", asking, Limits(unpacked=100_000))
    assert too_long.code == "too_large"
    slow = refusal(f"https://localhost:{port}/drips", replace(asking, seconds=0.5))
    assert "takes too long" in slow.message


def test_public_addresses_are_public() -> None:
    """The check refuses no address of the open internet."""
    import ipaddress

    for address in ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"):
        assert is_public(ipaddress.ip_address(address))
