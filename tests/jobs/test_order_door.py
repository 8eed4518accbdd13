"""`POST /orders` over real HTTP: measured, timed and verified first; an order is counted once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import socket as sockets
import subprocess
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.app.serving import Server, listening
from bot.jobs.order_door import BURST, RATE, OrderDoor, Rates
from bot.jobs.order_intake import last_posted
from bot.numbers.input.daily import normalise
from bot.settings import read
from bot.slack import http
from bot.store import open_store

SECRET, SHOPIFY = "local-orders-secret", "local-shopify-secret"
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
ENVIRONMENT = {"PERFBOT_ORDERS_SECRET": SECRET, "SHOPIFY_WEBHOOK_SECRET": SHOPIFY}
DAY = "2026-11-20"
PAGE = Path(__file__).parents[2] / "docs/sources.md"


class Shop:
    """A shop on the other side of the door, with a clock of the door's that can be set."""

    def __init__(self, tmp_path: Path, stack: ExitStack) -> None:
        config = tmp_path / "perfbot.toml"
        config.write_text('[app]\ntime_zone = "Europe/Oslo"\ncurrency = "NOK"\n')
        self.store = open_store(str(tmp_path / "perfbot.db"))
        stack.callback(self.store.close)
        self.now = NOW
        door = OrderDoor(self.store, read(config, ENVIRONMENT), lambda: self.now, patience=0.5)
        door.rates = Rates(lambda: 0.0)
        self.door = door
        web_side = http.asgi(None)
        door.open_in(web_side)
        server = Server(web_side, listening("127.0.0.1", 0), headers=1.0)
        server.start()
        stack.callback(server.stop)
        self.address = server.address
        self.caller = stack.enter_context(httpx.Client(verify=False))

    def post(self, body: object, *, stamp: str = "", sign: str | None = None) -> httpx.Response:
        """Signed as docs/sources.md says, by other means than the door's own."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.door.rates = Rates(lambda: 0.0)
        stamp = stamp or str(int(self.now.timestamp()))
        signed = f"v1:{stamp}:".encode() + content
        right = "v1=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        used = (right if sign is None else sign).encode()
        headers = {"X-Perfbot-Timestamp": stamp.encode(), "X-Perfbot-Signature": used}
        self.now += timedelta(seconds=1)
        return self.caller.post(f"{self.address}/orders", content=content, headers=headers)

    def shopify(self, body: object, topic: str = "orders/create") -> httpx.Response:
        content = json.dumps(body).encode()
        digest = hmac.new(SHOPIFY.encode(), content, hashlib.sha256).digest()
        headers = {
            "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
            "X-Shopify-Topic": topic,
        }
        return self.caller.post(f"{self.address}/orders", content=content, headers=headers)

    def sold(self) -> dict[str, float]:
        """Documented sales by campaign."""
        rows = self.store.numbers()
        known = rows[rows["documented_conversions"].notna()]
        return dict(zip(known["campaign_name"], known["documented_conversions"], strict=True))


@pytest.fixture
def shop(tmp_path):
    """A door that one campaign's numbers lie behind."""
    with ExitStack() as stack:
        shop = Shop(tmp_path, stack)
        numbers = normalise(pd.DataFrame({
            "date": [DAY, DAY], "channel": "google_ads", "account_id": "1",
            "campaign_id": ["77", "78"], "campaign_name": ["Google | Brand", "Google | Generic"],
            "currency": "NOK", "spend": 500.0, "conversions": [4.0, 2.0],
        }))  # fmt: skip
        shop.store.add_numbers(numbers, source="test", pulled_at=NOW - timedelta(days=7))
        yield shop


def order(number: object = "1001", **changes: object) -> dict[str, object]:
    usual = {"id": number, "time": f"{DAY}T10:11:12+01:00", "value": 1299.5, "currency": "NOK",
             "utm_campaign": "google_brand", "gclid": "Cj0x"}  # fmt: skip
    return {**usual, **changes}


def test_an_order_is_kept_matched_and_counted(shop):
    """One order or many; values to the last decimal; the answer says what it came to."""
    answer = shop.post(order(value="0.1"))
    assert (answer.status_code, answer.json()) == (
        200, {"orders": 1, "added": 1, "changed": 0, "matched": 1, "days": 2, "unread": []}
    )  # fmt: skip
    many = shop.post({"orders": [order(2, value=19.99), order("3", utm_campaign="poster")]})
    assert (many.json()["added"], many.json()["matched"]) == (2, 1)
    assert shop.sold() == {"Google | Brand": 2.0, "Google | Generic": 0.0}
    assert sorted(shop.store.orders()["value"]) == [0.1, 19.99, 1299.5]
    assert last_posted(shop.store) == NOW + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("changes", "touches"),
    [
        ({}, "google_ads"),
        ({"fbclid": "IwAR"}, "google_ads meta_ads"),
        ({"touches": [{"fbclid": "IwAR"}, "tiktok", {"utm_source": "newsletter"}]},
         "google_ads meta_ads newsletter tiktok_ads"),
        ({"gclid": "", "touches": [{"channel": "meta_ads"}, {"channel": "kari@shop.example"}]},
         "meta_ads"),
    ],
)  # fmt: skip
def test_every_ad_that_led_to_an_order_is_kept_by_its_channel(shop, changes, touches):
    """By the ids of clicks, or named; an order of two platforms is one sale all the same."""
    assert shop.post(order(**changes)).json()["matched"] == 1
    assert shop.store.orders()["touches"].tolist() == [touches]
    assert shop.sold()["Google | Brand"] == 1.0


def test_the_same_order_twice_is_one_order(shop):
    """In two requests, with a number or a text as its id; a refund takes its sale away."""
    shop.post(order("1001"))
    answer = shop.post(order(1001))
    assert (answer.json()["added"], answer.json()["changed"]) == (0, 0)
    assert shop.sold()["Google | Brand"] == 1.0
    assert shop.post(order(refunded=True)).json()["changed"] == 1
    assert shop.sold()["Google | Brand"] == 0.0


def test_news_of_an_order_never_go_backwards(shop):
    """Requests overtake one another: what an order was earlier does not undo its refund."""
    shop.post(order(refunded=True, updated_at="2026-11-25T10:00:00Z"))
    late = shop.post(order(updated_at="2026-11-21T10:00:00+01:00"))
    assert (late.status_code, late.json()["changed"]) == (200, 0)
    assert shop.sold()["Google | Brand"] == 0.0


def test_the_same_order_differently_in_one_request_is_refused(shop):
    """Nothing says which is right: nothing of the request is kept."""
    answer = shop.post([order(), order("2"), order(value=5)])
    assert answer.status_code == 400
    assert "comes twice, with another value" in answer.json()["error"]["message"]
    assert shop.store.orders().empty


def test_nobody_who_bought_is_kept(shop, tmp_path):
    """Fields that are not read are named; an e-mail in a campaign's name is left out."""
    answer = shop.post(order(email="kari@example.no", utm_campaign="kari@example.no", name="Kari"))
    assert answer.json()["unread"] == ["email", "name"]
    shop.store.engine.close()
    content = b"".join(file.read_bytes() for file in tmp_path.glob("perfbot.db*"))
    assert b"example.no" not in content
    assert b"Kari" not in content
    assert b"1001" not in content.replace(b"CREATE", b"")


def test_a_time_belongs_to_the_day_it_is_here(shop):
    """Half past eleven in the evening of New York is the next morning in Oslo."""
    shop.post(order(time="2026-11-19T20:30:00-05:00"))
    assert shop.store.orders()["date"].dt.strftime("%Y-%m-%d").tolist() == [DAY]


@pytest.mark.parametrize("sign", ["", "v1=", "v1=" + "0" * 64, "v1=" + "é" * 64, "v0=" + "0" * 64])
def test_a_wrong_signature_is_turned_away(shop, sign):
    """401, before a bomb of brackets would be parsed."""
    assert shop.post(b"[" * 500_000, sign=sign).status_code == 401
    assert shop.store.orders().empty


@pytest.mark.parametrize("stamp", ["x", "-5", "1e9", "９９９９９９９９９", "999999999999", "1"])
def test_a_request_of_another_time_is_turned_away(shop, stamp):
    """Rightly signed, and not now: 401."""
    content = json.dumps(order()).encode()
    signed = f"v1:{stamp}:".encode() + content
    sign = "v1=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    headers = {"X-Perfbot-Timestamp": stamp.encode(), "X-Perfbot-Signature": sign}
    answer = shop.caller.post(f"{shop.address}/orders", content=content, headers=headers)
    assert answer.status_code == 401


def test_a_request_is_taken_once(shop):
    """Sent again as it was, it is refused, also by a second process; after five minutes anyway."""
    stamp = str(int(shop.now.timestamp()))
    assert shop.post(order(), stamp=stamp).status_code == 200
    shop.post(order(refunded=True))
    replayed = shop.post(order(), stamp=stamp)
    assert (replayed.status_code, replayed.json()["error"]["code"]) == (409, "repeated")
    assert shop.sold()["Google | Brand"] == 0.0
    shop.now += timedelta(minutes=6)
    assert shop.post(order(), stamp=stamp).status_code == 401


def test_a_body_over_a_megabyte_is_not_read(shop):
    """413 from its stated length."""
    assert shop.post(b"x" * 1_000_001).status_code == 413


def test_a_slow_body_is_not_waited_for(shop):
    """The connection is answered with 408 and closed."""
    port = int(shop.address.rsplit(":", 1)[1])
    with sockets.create_connection(("127.0.0.1", port), timeout=20) as caller:
        caller.sendall(b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab")
        answer = b""
        while part := caller.recv(1000):
            answer += part
    assert b" 408 " in answer.split(b"\r\n")[0]


def test_whoever_calls_too_often_waits(shop):
    """After a burst 429 with Retry-After, before anything is read; later it is let in again."""
    time = [0.0]
    shop.door.rates = rates = Rates(lambda: time[0])
    assert sum(rates.let_in("127.0.0.1") for _ in range(int(BURST) + 50)) == int(BURST)
    answer = shop.caller.post(f"{shop.address}/orders", content=b"{}")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert rates.let_in("10.0.0.7")
    time[0] += 1.0
    assert sum(rates.let_in("127.0.0.1") for _ in range(100)) == int(RATE)


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"", "not_a_table", "no JSON"),
        (b"{", "not_a_table", "no JSON"),
        (b"\xff\xfe", "not_a_table", "no JSON"),
        (b"[" * 100_000, "not_a_table", "no JSON"),
        (b'{"id": 1, "value": NaN}', "not_a_table", "no JSON"),
        ("text", "not_a_table", "neither an order"),
        ({"orders": 3}, "not_a_table", "neither an order"),
        ([order(), 3], "bad_value", "Order 2 of 2 is no object"),
        (order(None), "bad_value", "has no id"),
        (order(""), "bad_value", "has no id"),
        (order(1.5), "bad_value", None),
        (order("a" * 301), "bad_value", "no plain text"),
        (order("a\0b"), "bad_value", "no plain text"),
        (order("\ud800"), "bad_value", "no plain text"),
        (order(["x"]), "bad_value", "no text"),
        (order(time=None), "bad_value", "has no time"),
        (order(time="soon"), "bad_value", "has a time that is none: 'soon'"),
        (order(time="0001-01-01T00:00:00+14:00"), "bad_value", "time"),
        (order(time="2027-01-01"), "bad_value", "has a time of '2027-01-01'"),
        (order(value="free"), "bad_value", "no amount"),
        (order(value="Infinity"), "bad_value", "no amount"),
        (order(value=True), "bad_value", "no amount"),
        (order(value=-5), "bad_value", "has a value of '-5'"),
        (b'{"id":1,"time":"2026-11-20","value":1e99999}', "bad_value", "has a value of"),
        (order(currency="KRONER"), "bad_value", "a currency nobody knows: 'KRONER'"),
        (order(currency="XQZ"), "bad_value", "a currency nobody knows: 'XQZ'"),
        (order(refunded="perhaps"), "bad_value", "neither true nor false"),
        (order(touches="google, meta"), "bad_value", "touches that are no list"),
        (order(touches=["meta"] * 51), "bad_value", "touches that are no list"),
        (order(touches=[["meta"]]), "bad_value", "touch that is no text"),
    ],
)  # fmt: skip
def test_what_is_no_order_is_refused_whole(shop, body, code, words):
    """400, one sentence and the way out; nothing of the request is kept."""
    answer = shop.post(body)
    if words is None:
        assert answer.status_code == 200  # an id of 1.5 is a text like any other
        return
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == code
    assert words in error["message"]
    assert error["hint"]
    assert shop.store.orders().empty


def test_an_empty_list_is_no_news(shop):
    """`[]`: nothing was sold, and that is fine."""
    answer = shop.post([])
    assert (answer.status_code, answer.json()["orders"]) == (200, 0)


SHOPIFY_ORDER = {
    "id": 450789469, "name": "#1001", "created_at": f"{DAY}T10:11:12+01:00",
    "updated_at": f"{DAY}T10:11:13+01:00", "total_price": "409.94", "currency": "NOK",
    "current_total_price": "400.94", "financial_status": "paid", "email": "bob@example.no",
    "landing_site": "/shoes?utm_source=google&utm_campaign=google_brand&gclid=Cj",
    "customer": {"first_name": "Bob", "orders_count": 1}, "note_attributes": [{"name": "x"}],
}  # fmt: skip


def test_shopifys_own_webhook_is_understood(shop):
    """Known by the name its exports use; from the link's campaign; counted once, refunded once."""
    assert shop.shopify(SHOPIFY_ORDER).json()["matched"] == 1
    (row,) = shop.store.orders().itertuples()
    assert (row.value, row.currency, row.channel) == (400.94, "NOK", "google_ads")
    assert (row.new_customer, row.refunded) == (1.0, 0.0)
    assert shop.shopify(SHOPIFY_ORDER).json() == {"repeated": True}
    assert shop.post(order("#1001", value=400.94, new_customer=True)).json()["added"] == 0
    refund = SHOPIFY_ORDER | {"financial_status": "refunded", "updated_at": "2026-11-28T12:00:00Z"}
    assert shop.shopify(refund, "orders/updated").json()["changed"] == 1
    assert shop.sold()["Google | Brand"] == 0.0
    stale = SHOPIFY_ORDER | {"tags": "again"}
    assert shop.shopify(stale, "orders/updated").json()["changed"] == 0


def test_what_else_shopify_sends_is_thanked_for(shop):
    """Other topics and test orders: 200, since it would send them again; a wrong signature: 401."""
    assert shop.shopify({"id": 1}, "products/update").json()["orders"] == 0
    assert shop.shopify(SHOPIFY_ORDER | {"test": True}).json()["orders"] == 0
    assert shop.shopify([]).status_code == 400
    wrong = {"X-Shopify-Hmac-Sha256": "AAAA", "X-Shopify-Topic": "orders/create"}
    assert (
        shop.caller.post(f"{shop.address}/orders", content=b"{}", headers=wrong).status_code == 401
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = st.sampled_from(["id", "time", "value", "currency", "new_customer", "refunded", "gclid",
                          "utm_campaign", "utm_source", "updated_at", "name", "created_at",
                          "touches", "landing_site", "note_attributes", "customer",
                          "id"])  # fmt: skip


@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(FIELDS, VALUES, max_size=6), st.booleans())
def test_whatever_is_posted_is_taken_or_refused(shop, changes, is_complete):
    """Signed, of any shape: 200 or 400, as ours and as Shopify's; never a 500."""
    body = order() | changes if is_complete else changes
    assert shop.post(body).status_code in {200, 400}
    assert shop.shopify((SHOPIFY_ORDER if is_complete else {}) | changes).status_code in {200, 400}


def test_a_store_in_trouble_is_said_and_nothing_is_lost(shop):
    """503 and Retry-After; the same request is taken once the store is well again."""
    stamp = str(int(shop.now.timestamp()))
    keep, shop.door.store = shop.door.store, open_store(":memory:")
    shop.door.store.close()
    answer = shop.post(order(), stamp=stamp)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    shop.door.store = keep
    assert shop.post(order(), stamp=stamp).status_code == 200


def test_the_curl_example_of_the_page_works(shop, tmp_path):
    """What docs/sources.md shows, word for word but for the address: 200."""
    (script,) = re.findall(r"```sh\n(body=.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    shop.now = datetime.now(UTC)
    script = script.replace("https://perfbot.example.no", shop.address)
    environ = {**os.environ, "PERFBOT_ORDERS_SECRET": SECRET}
    done = subprocess.run(["/bin/sh", "-ec", script], env=environ, capture_output=True, check=True)
    assert json.loads(done.stdout)["added"] == 1
