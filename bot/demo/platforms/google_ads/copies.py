"""More campaigns than the world holds, for benchmarks: each so many times, under ids of its own.

A row is copied as the bytes it goes over the wire in, with an id behind it that replaces its own
(the last of a protobuf field counts), so that a server streams millions of rows without working
each out, and holds no more than those of the campaigns it copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from google.ads.googleads.v26.services.types import google_ads_service

RESULTS = b"\x0a"
"""The first field of a streamed response, its rows: a number and a length go before each."""
APART = 1_000_000_000
"""Between the id of a campaign and that of its copy: no other campaign's is as near."""


def copied(batches: Iterable[bytes], copies: int, page: int) -> Iterator[bytes]:
    """The batches with every row of a campaign so many times; others as they are.

    Args:
        batches: Streamed responses.
        copies: How many of each campaign there are in the end, itself among them.
        page: Rows of a batch.
    """
    response = google_ads_service.SearchGoogleAdsStreamResponse.pb()
    for batch in batches:
        answer = response.FromString(batch)
        rows = list(answer.results)
        if not any(row.HasField("campaign") and not row.HasField("change_event") for row in rows):
            yield batch
            continue
        del answer.results[:]
        yield from _streamed(_rows(rows, copies), page, answer.SerializeToString())


def _streamed(rows: Iterator[bytes], page: int, beside: bytes) -> Iterator[bytes]:
    """Whole responses of at most `page` rows; `beside` is what else each holds."""
    parts: list[bytes] = []
    for row in rows:
        parts.append(row)
        if len(parts) == page:
            yield b"".join((*parts, beside))
            parts.clear()
    if parts:
        yield b"".join((*parts, beside))


def _rows(rows: list[Any], copies: int) -> Iterator[bytes]:
    for row in rows:
        base = row.SerializeToString()
        yield _framed(base)
        for number in range(1, copies):
            yield _framed(base + _other_id(row.campaign.id, number))


def _framed(row: bytes) -> bytes:
    length, size = bytearray(), len(row)
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    return RESULTS + bytes(length) + bytes((size,)) + row


@cache
def _other_id(campaign_id: int, number: int) -> bytes:
    """A row that holds the copy's id alone: behind another it replaces that one's."""
    row = google_ads_service.GoogleAdsRow.pb()()
    row.campaign.id = campaign_id + number * APART
    return bytes(row.SerializeToString())
