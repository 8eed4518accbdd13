"""Orders that a shop posts as JSON: read by the same words as a file of them, or refused whole.

Nothing but the fields below is read: who bought is not looked at, and a text with an @ is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pandas as pd

from bot.numbers.claims import written
from bot.numbers.documented import COLUMNS
from bot.sources.order_file import CLICK_IDS, TAKEN_BACK
from bot.sources.plain import currency_code, plain
from bot.sources.record_table import named_channel
from bot.sources.refusals import BadValue, NotATable, RepeatedRow, shown

CAMPAIGN = ("campaign_id", "campaign", "utm_id", "utm_campaign")
"""Fields that may name an order's campaign; the first that says something counts."""
SOURCE = ("channel", "utm_source")
FIELDS = frozenset(("id", "time", "updated_at", "value", "currency", "new_customer", "refunded",
                    "touches", *CAMPAIGN, *SOURCE, *CLICK_IDS))  # fmt: skip
TOPICS = frozenset(
    ("orders/create", "orders/updated", "orders/paid", "orders/edited", "orders/cancelled",
     "orders/fulfilled", "orders/partially_fulfilled")
)  # fmt: skip
"""Shopify's topics whose body is an order; the others are thanked for and left alone."""
MOST_TOUCHES = 50  # of one order
LONGEST = 300  # characters of a text
MOST = Decimal(10) ** 12  # units of a currency in one order
FIRST_DAY = date(2000, 1, 1)
AHEAD = timedelta(days=2)  # clocks differ, and a shop may be a day ahead


@dataclass(frozen=True)
class PostedOrders:
    """The orders of one request.

    Attributes:
        frame: `bot.numbers.documented.COLUMNS` and `updated_at` (aware UTC): when it was so.
            Values are Decimals, or None.
        unread: Names of fields that were not read, each once.
    """

    frame: pd.DataFrame
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrderPlace:
    """What orders do not say themselves.

    Attributes:
        zone: Whose days: a time with an offset belongs to the day it is there.
        currency: Of values that name none.
        now: Aware UTC; an order's state holds as of now where it does not say when.
    """

    zone: ZoneInfo
    currency: str | None
    now: datetime


def read_posted(content: bytes, place: OrderPlace) -> PostedOrders:
    """One order, a list of them, or `{"orders": […]}`.

    Raises:
        RefusedFile: Any of them cannot be read without guessing: then none is taken.
    """
    body = _parsed(content)
    entries = body.get("orders", body) if isinstance(body, dict) else body
    entries = [entries] if isinstance(entries, dict) else entries
    if not isinstance(entries, list):
        raise NotATable(
            "This is neither an order nor a list of orders.",
            hint='Post {"id": "1001", "time": "2026-11-02T10:11:12+01:00", "value": 1299.5, '
            '"currency": "NOK"}, or a list of such.',
        )
    reading = _Reading(place, len(entries))
    rows = [reading.row(number, entry) for number, entry in enumerate(entries, start=1)]
    unread = {name: None for entry in entries for name in entry if name not in FIELDS}
    return PostedOrders(_frame(rows), tuple(name[:LONGEST] for name in list(unread)[:20]))


def read_shopify(content: bytes, topic: str, place: OrderPlace) -> PostedOrders:
    """The order in a webhook of Shopify's; none where the topic is another, or it is a test.

    Raises:
        RefusedFile: It cannot be read without guessing.
    """
    if topic not in TOPICS:
        return PostedOrders(_frame([]))
    body = _parsed(content)
    if not isinstance(body, dict):
        raise NotATable("This is no order of Shopify's.", hint="Choose JSON as the format.")
    if body.get("test") is True:
        return PostedOrders(_frame([]))
    return PostedOrders(_frame([_Reading(place, 1).row(1, _of_shopify(body))]))


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(
            content.decode(), parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number
        )
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise NotATable(
            "The body is no JSON.", hint="Post it as UTF-8 with Content-Type: application/json."
        ) from error


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _of_shopify(body: Mapping[str, Any]) -> dict[str, Any]:
    """Shopify's own fields under ours. Its name (#1001) is what its exports call an order."""
    tags = _tags(body)
    customer = body.get("customer")
    count = customer.get("orders_count") if isinstance(customer, dict) else None
    status = body.get("financial_status")
    refunded = isinstance(status, str) and plain(status) in TAKEN_BACK
    return {
        "id": body.get("name") or body.get("id"),
        "time": body.get("created_at"),
        "updated_at": body.get("updated_at"),
        "value": body.get("current_total_price", body.get("total_price")),
        "currency": body.get("currency"),
        "new_customer": count == 1 if isinstance(count, Decimal) else None,
        "refunded": refunded or bool(body.get("cancelled_at")),
        **{name: tags[name] for name in (*CAMPAIGN, *SOURCE, *CLICK_IDS) if name in tags},
    }


def _tags(body: Mapping[str, Any]) -> dict[str, str]:
    """What the link said that led to the shop, and what the shop noted of it."""
    tags: dict[str, str] = {}
    landing = body.get("landing_site")
    if isinstance(landing, str):
        try:
            tags |= dict(parse_qsl(urlsplit(landing).query, max_num_fields=200))
        except ValueError:  # no address: it names nothing
            tags = {}
    notes = body.get("note_attributes")
    for note in notes if isinstance(notes, list) else ():
        if isinstance(note, dict) and isinstance(note.get("value"), str):
            tags.setdefault(str(note.get("name")), note["value"])
    return {name: text for name, text in tags.items() if len(text) <= LONGEST}


@dataclass(frozen=True)
class _Reading:
    """The entries of one request on their way to orders."""

    place: OrderPlace
    count: int

    def row(self, number: int, entry: Any) -> dict[str, Any]:
        if not isinstance(entry, dict):
            self._refuse(number, "is no object", "Post each order as {…}.")
        day = self._moment(number, entry, "time")
        if day is None:
            self._refuse(number, "has no time", "Send time, like 2026-11-02T10:11:12+01:00.")
        return {
            "order": self._order(number, entry.get("id")),
            "date": day.astimezone(self.place.zone).date(),
            "campaign": self._first(number, entry, CAMPAIGN),
            "channel": self._channel(number, entry),
            "value": self._value(number, entry.get("value")),
            "currency": self._currency(number, entry),
            "new_customer": self._flag(number, entry, "new_customer"),
            "refunded": self._flag(number, entry, "refunded") or 0.0,
            "touches": written((*self._clicked(entry), *self._touches(number, entry))),
            "updated_at": self._moment(number, entry, "updated_at") or self.place.now,
        }

    def _refuse(self, number: int, problem: str, hint: str) -> NoReturn:
        where = f"Order {number} of {self.count}" if self.count > 1 else "The order"
        raise BadValue(f"{where} {problem}.", hint=hint)

    def _order(self, number: int, value: Any) -> str:
        if (
            isinstance(value, Decimal)
            and value.adjusted() < 40
            and value == value.to_integral_value()
        ):
            return format(value, "f").partition(".")[0]
        text = self._text(number, "id", value)
        if not text:
            self._refuse(number, "has no id", "Send the order's own number as id.")
        return text

    def _text(self, number: int, name: str, value: Any) -> str:
        """A text that can be kept: not too long, and nothing a database would refuse."""
        if value is None:
            return ""
        if isinstance(value, Decimal) and abs(value.adjusted()) < 40:
            value = format(value, "f")
        if not isinstance(value, str):
            self._refuse(number, f"has a {name} that is no text", "Send it in quotes.")
        text = value.strip()
        if len(text) > LONGEST or not text.isprintable():  # half a surrogate pair is not, either
            self._refuse(
                number,
                f"has a {name} that is no plain text: {shown(text)}",
                f"Send at most {LONGEST} characters, on one line.",
            )
        return text

    def _first(self, number: int, entry: Mapping[str, Any], names: Sequence[str]) -> str:
        texts = (self._text(number, name, entry.get(name)) for name in names)
        return next((text for text in texts if text and "@" not in text), "")

    def _channel(self, number: int, entry: Mapping[str, Any]) -> str:
        source = named_channel(self._first(number, entry, SOURCE))
        if source:
            return source
        return next(iter(self._clicked(entry)), "")

    @staticmethod
    def _clicked(entry: Mapping[str, Any]) -> list[str]:
        """The channels whose click ids an entry carries."""
        return [channel for name, channel in CLICK_IDS.items() if entry.get(name)]

    def _touches(self, number: int, entry: Mapping[str, Any]) -> Iterator[str]:
        """The channels of the ads that led to the order, each named or by its click id."""
        touches = entry.get("touches")
        if touches is None:
            return
        if not isinstance(touches, list) or len(touches) > MOST_TOUCHES:
            self._refuse(number, f"has touches that are no list of at most {MOST_TOUCHES}",
                         'Send them like [{"gclid": "…"}, {"channel": "meta_ads"}].')  # fmt: skip
        for touch in touches:
            if isinstance(touch, dict):
                yield from self._clicked(touch)
                yield named_channel(self._first(number, touch, SOURCE))
            else:
                yield named_channel(self._text(number, "touch", touch))

    def _value(self, number: int, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            amount = Decimal(value) if isinstance(value, str | Decimal) else Decimal("NaN")
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            self._refuse(number, "has a value that is no amount", "Send it as 1299.50.")
        if not 0 <= amount <= MOST:
            self._refuse(
                number,
                f"has a value of {shown(value)}",
                "Send what it was sold for; of one taken back, refunded: true.",
            )
        return amount

    def _currency(self, number: int, entry: Mapping[str, Any]) -> str:
        text = self._text(number, "currency", entry.get("currency"))
        code = currency_code(text) if text else self.place.currency or ""
        if code is None:
            self._refuse(
                number,
                f"has a currency nobody knows: {shown(text)}",
                "Send three letters, like NOK.",
            )
        return code

    def _flag(self, number: int, entry: Mapping[str, Any], name: str) -> float | None:
        value = entry.get(name)
        if value is not None and not isinstance(value, bool):
            self._refuse(number, f"has a {name} that is neither true nor false", "Send true or "
                         "false, or leave it out.")  # fmt: skip
        return None if value is None else float(value)

    def _moment(self, number: int, entry: Mapping[str, Any], name: str) -> datetime | None:
        """Aware UTC; without an offset it is the time of the install's own zone."""
        text = self._text(number, name, entry.get(name))
        if not text:
            return None
        try:
            read = datetime.fromisoformat(text)
            moment = (read if read.tzinfo else read.replace(tzinfo=self.place.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            self._refuse(number, f"has a {name} that is none: {shown(text)}",
                         "Send it like 2026-11-02T10:11:12+01:00.")  # fmt: skip
        if not FIRST_DAY <= moment.date() <= (self.place.now + AHEAD).date():
            self._refuse(number, f"has a {name} of {shown(text)}",
                         f"Send a time from {FIRST_DAY.year} on that is not to come.")  # fmt: skip
        return moment


def _frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One row an order; one that comes twice must say the same twice."""
    orders: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        same_order = orders.setdefault(row["order"], row)
        differing = next(_differences(same_order, row), None)
        if differing is not None:
            raise RepeatedRow(
                f"Order {shown(row['order'])} comes twice, with another {differing}.",
                hint="Send each order once in a request, as it is now.",
            )
    frame = pd.DataFrame(list(orders.values()), columns=[*COLUMNS, "updated_at"]).astype(object)
    frame["date"] = pd.to_datetime(frame["date"])
    return frame.astype({"new_customer": "float64", "refunded": "float64"})


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in COLUMNS if one[name] != other[name])
