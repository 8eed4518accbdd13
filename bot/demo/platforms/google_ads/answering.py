"""Answers a checked query: rows by entity, divided by segments, filtered, sorted, projected.

For benchmarks there are more campaigns than the world holds: each so many times, under ids of its
own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import Any

import numpy as np
from google.ads.googleads.v26.services.types import google_ads_service

from bot.demo.platforms.entities import Account, Campaign
from bot.demo.platforms.google_ads import filling, spans
from bot.demo.platforms.google_ads.checking import Checked
from bot.demo.platforms.google_ads.fields import ACTIONS, CALENDAR, Field, Row
from bot.demo.platforms.google_ads.metrics import Columns, Numbers, columns
from bot.demo.platforms.google_ads.sources import (
    Source,
    View,
    by_action,
    by_device,
    by_network,
    by_region,
)
from bot.demo.platforms.numbers import Ints, Table

Part = tuple[dict[str, Any], Table]  # values of segments, and the table they go with
WEEKDAYS = (
    "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY",
)  # fmt: skip
MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER",
    "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
UNKNOWN_CHANNEL = 977  # an enum value of a later version
UNKNOWN_FIELD = b"\xc8\xb2\x04\x07"  # field 9001 of a later version: the number 7


def answer(view: View, checked: Checked) -> Iterator[Any]:
    """The rows, as protobuf messages."""
    rows = _filtered(view, checked)
    if checked.order:
        sorted_rows = list(rows)
        for api_field, falling in reversed(checked.order):
            sorted_rows.sort(key=lambda row, f=api_field: _sortable(f, row), reverse=falling)  # type: ignore[misc]
        rows = iter(sorted_rows)
    return islice(rows, checked.query.limit)


def _sortable(api_field: Field, row: Any) -> tuple[bool, Any]:
    value = api_field.read(row)
    return (value is not None, value if value is not None else 0)


def _filtered(view: View, checked: Checked) -> Iterator[Any]:
    attributes = [f for f in checked.filters if f[0].group not in ("metrics", "segments")]
    for source in _sources(view, checked):
        if all(question(api_field.read(source.row)) for api_field, question in attributes):
            yield from _rows(source, view, checked)


def _sources(view: View, checked: Checked) -> Iterator[Source]:
    if checked.query.resource != "change_event":
        return view.rows(checked.query.resource)
    now = view.world.local(view.account).replace(tzinfo=None)
    since, until = spans.moments(checked.query, now)
    low, high = since.isoformat(" "), until.isoformat(" ")
    return (
        source
        for source in view.rows("change_event")
        if low <= source.row.change_event.change_date_time <= high
    )


# -- one entity's rows --------------------------------------------------------------------
def _rows(source: Source, view: View, checked: Checked) -> Iterator[Any]:
    """An entity's rows: one, or one a combination of the segments that are selected."""
    base = project(source.row, checked)
    if source.table is None or not (checked.asked_metrics or checked.segmented):
        visible = not checked.resource.only_shown or _seen(source)
        if visible:
            yield base
        return
    table = _within(source.table(), checked)
    for words, part in _divided(table, source.campaign, checked, view.account):
        yield from _by_date(Template(base, words), part, source, view, checked)


def _seen(source: Source) -> bool:
    return source.table is not None and source.table().total("impressions") > 0


def _within(table: Table, checked: Checked) -> Table:
    last_day = table.day(len(table) - 1)
    return table.span(checked.span.since or table.first, checked.span.until or last_day)


def _divided(
    table: Table, campaign: Campaign | None, checked: Checked, account: Account
) -> Iterator[Part]:
    """By device, network, region and conversion action, as far as they are selected."""
    chosen = {api_field.short for api_field in checked.segments}
    parts: list[Part] = [({}, table)]
    if campaign is not None:
        for name, divide in (
            ("device", by_device), ("ad_network_type", by_network),
            ("geo_target_region", by_region),
        ):  # fmt: skip
            if name in chosen:
                parts = [
                    ({**words, name: word}, piece)
                    for words, undivided in parts
                    for word, piece in divide(undivided, campaign)
                ]
    if chosen & ACTIONS:
        parts = [part for words, undivided in parts for part in _actions(words, undivided, account)]
    return iter(parts)


def _actions(words: dict[str, Any], table: Table, account: Account) -> Iterator[Part]:
    for action_id, (title, category, _) in filling.ACTIONS.items():
        action_words = {
            "conversion_action": filling.name(account, "conversionActions", action_id),
            "conversion_action_name": title, "conversion_action_category": category,
        }  # fmt: skip
        yield {**words, **action_words}, by_action(table, action_id)


@dataclass(frozen=True)
class Template:
    """What all rows of one part of an entity share: its attributes, and the part's segments."""

    base: Any
    words: dict[str, Any]


def _by_date(
    template: Template, table: Table, source: Source, view: View, checked: Checked
) -> Iterator[Any]:
    """A row a day, week or month, or one where no calendar segment is selected."""
    calendar = [api_field for api_field in checked.segments if api_field.short in CALENDAR]
    keys, values = _grouped(table, tuple(api_field.short for api_field in calendar))
    names = [api_field.short for api_field in checked.asked_metrics]
    grades = source.row.ad_group_criterion.quality_info
    numbers = Numbers(values, view.account, source.campaign, grades)
    by_name = columns(names or ["impressions"], numbers)
    metric_columns = [(f.path[1], by_name[f.short]) for f in checked.metrics if f.short in by_name]
    divided = Row()
    divided.CopyFrom(template.base)
    _segments(
        divided.segments, checked.segments, [template.words.get(f.short) for f in checked.segments]
    )
    filters = [(f, question) for f, question in checked.filters if f.group == "segments"]
    for number in _chosen(by_name, metric_columns, len(keys), checked):
        row = Row()
        row.CopyFrom(divided)
        _segments(row.segments, calendar, keys[number])
        for name, column in metric_columns:
            setattr(row.metrics, name, column[number])
        if all(question(api_field.read(row)) for api_field, question in filters):
            yield row


def _chosen(
    by_name: Columns, metric_columns: list[tuple[str, list[Any]]], count: int, checked: Checked
) -> list[int]:
    """Which of the rows come: segmented reports leave out those whose metrics are all zero."""
    numbers = list(range(count))
    if checked.segmented or checked.resource.only_shown:
        counted = [column for name, column in metric_columns if not name.startswith("historical_")]
        chosen = counted or [by_name["impressions"]]
        numbers = [i for i, row in enumerate(zip(*chosen, strict=True)) if any(row)]
    for api_field, question in checked.filters:
        if api_field.group == "metrics":
            column = by_name.get(api_field.short) or [None] * count
            numbers = [i for i in numbers if question(column[i])]
    return numbers


def _segments(segments: Any, fields: Sequence[Field], values: Sequence[Any]) -> None:
    """Sets segments; None stays as it is, such as the keyword of a search term."""
    for api_field, value in zip(fields, values, strict=True):
        if value is None:
            continue
        if api_field.sort == "enum":
            setattr(
                segments,
                api_field.path[1],
                api_field.descriptor.enum_type.values_by_name[value].number,
            )
        else:
            setattr(segments, api_field.path[1], value)


Keys = list[tuple[Any, ...]]


def _grouped(table: Table, names: tuple[str, ...]) -> tuple[Keys, dict[str, Ints]]:
    """The table's days summed by what the calendar segments say of them; the empty key is all."""
    if not names:
        return [()], {m: np.array([array.sum()]) for m, array in table.values.items()}
    labels = _labels(table.first, len(table), names)
    places = {label: i for i, label in enumerate(dict.fromkeys(labels))}
    if len(places) == len(labels):
        return labels, dict(table.values)
    index = np.array([places[label] for label in labels], dtype=np.int64)
    summed = {}
    for measure, array in table.values.items():
        summed[measure] = np.zeros(len(places), dtype=np.int64)
        np.add.at(summed[measure], index, array)
    return list(places), summed


@lru_cache(maxsize=64)
def _labels(first_day: date, days: int, names: tuple[str, ...]) -> Keys:
    dates = [first_day + timedelta(days=i) for i in range(days)]
    return [tuple(_label(name, day) for name in names) for day in dates]


def _label(name: str, day: date) -> Any:
    if name == "date":
        return day.isoformat()
    if name in ("day_of_week", "month_of_year"):
        return WEEKDAYS[day.weekday()] if name == "day_of_week" else MONTHS[day.month - 1]
    starts = {
        "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1),
        "quarter": day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    }  # fmt: skip
    return day.year if name == "year" else starts[name].isoformat()


# -- what of a row is sent ----------------------------------------------------------------
def project(row: Any, checked: Checked) -> Any:
    """A copy with the selected fields; resource names of what is selected come by themselves."""
    projected = Row()
    resources = {f.group for f in checked.select} | {checked.query.resource}
    for resource in resources - {"metrics", "segments"}:
        name = getattr(row, resource).resource_name
        if name:
            getattr(projected, resource).resource_name = name
    for api_field in checked.select:
        if api_field.group != "metrics" and not (
            api_field.group == "segments" and api_field.short in CALENDAR
        ):
            _copy(row, projected, api_field.path)
    return projected


def _copy(row: Any, projected: Any, path: tuple[str, ...]) -> None:
    """Copies a field where it is set, however deep."""
    for step in path[:-1]:
        if not row.HasField(step):
            return
        row, projected = getattr(row, step), getattr(projected, step)
    descriptor = row.DESCRIPTOR.fields_by_name[path[-1]]
    if descriptor.is_repeated:
        getattr(projected, path[-1]).MergeFrom(getattr(row, path[-1]))
    elif descriptor.message_type is not None:
        if row.HasField(path[-1]):
            getattr(projected, path[-1]).CopyFrom(getattr(row, path[-1]))
    elif not descriptor.has_presence or row.HasField(path[-1]):
        setattr(projected, path[-1], getattr(row, path[-1]))


def newer(row: Any) -> Any:
    """The row as a later version of the API would send it: a value and a field nobody knows."""
    if row.HasField("campaign"):
        row.campaign.advertising_channel_type = UNKNOWN_CHANNEL
        row.campaign.MergeFromString(UNKNOWN_FIELD)
    return row


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
        yield from _streamed(_copied_rows(rows, copies), page, answer.SerializeToString())


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


def _copied_rows(rows: list[Any], copies: int) -> Iterator[bytes]:
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
