"""Pages with cursors, and moments as parameters."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bot.demo.platforms.entities import Account
from bot.demo.platforms.meta_graph.errors import invalid
from bot.demo.platforms.web import Request

Json = dict[str, Any]
PAGE, MOST_PAGE = 25, 500


def page(request: Request, graph_objects: list[Json], url: str) -> Json:
    """A page with its cursors; the address of the next has the token in it, as Meta's has.

    Args:
        request: Whose `limit` and `after` count.
        graph_objects: All there are.
        url: The server's own address.
    """
    values = request.values
    limit, start = _limit(values.get("limit")), _start(values.get("after"))
    part = graph_objects[start : start + limit]
    if not part:
        return {"data": []}
    cursors = {"before": _cursor(start), "after": _cursor(start + len(part))}
    paging: Json = {"cursors": cursors}
    if start + limit < len(graph_objects):
        query = urlencode({**values, "after": cursors["after"]})
        paging["next"] = f"{url}{request.path}?{query}"
    return {"data": part, "paging": paging}


def _limit(written: str | None) -> int:
    if written is None:
        return PAGE
    if not written.isdecimal() or int(written) < 1:
        raise invalid("Param limit must be a positive integer", "limit")
    return min(int(written), MOST_PAGE)


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"at:{place}".encode()).decode()


def _start(written: str | None) -> int:
    if not written:
        return 0
    try:
        word, _, place = base64.urlsafe_b64decode(written).decode().partition(":")
    except ValueError:
        word, place = "", ""
    if word != "at" or not place.isdecimal():
        raise invalid("Invalid cursor", "after")
    return int(place)


def moment(written: str | None, account: Account) -> datetime | None:
    """A day in the account's zone, or seconds since 1970."""
    if not written:
        return None
    if written.isdecimal():
        return datetime.fromtimestamp(int(written), UTC)
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise invalid("Param since must be a date or a time stamp", "since") from None
    return datetime.combine(day, datetime.min.time(), ZoneInfo(account.time_zone))
