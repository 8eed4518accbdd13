"""Answers a checked query: rows by entity, divided by segments, filtered, sorted, projected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

import numpy as np

from bot.demo.platforms.entities import Campaign
from bot.demo.platforms.google_ads import filling, spans
from bot.demo.platforms.google_ads.catalogue import ACTIONS, CALENDAR
from bot.demo.platforms.google_ads.checking import Checked
from bot.demo.platforms.google_ads.fields import Field, Row
from bot.demo.platforms.google_ads.metrics import Numbers, columns
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
UNKNOWN_CHANNEL = 977  # an enum value of a later version
UNKNOWN_FIELD = b"\xc8\xb2\x04\x07"  # field 9001 of a later version: the number 7


def answer(view: View, checked: Checked) -> Iterator[Any]:
    """The rows, as protobuf messages."""
    rows = _filtered(view, checked)
    if checked.order:
        sorted_rows = list(rows)
        for known, falling in reversed(checked.order):
            sorted_rows.sort(key=lambda row, f=known: _sortable(f, row), reverse=falling)  # type: ignore[misc]
        rows = iter(sorted_rows)
    return islice(rows, checked.query.limit)


def _sortable(known: Field, row: Any) -> tuple[bool, Any]:
    value = known.read(row)
    return (value is not None, value if value is not None else 0)


def _filtered(view: View, checked: Checked) -> Iterator[Any]:
    attributes = [f for f in checked.filters if f[0].group not in ("metrics", "segments")]
    for source in _sources(view, checked):
        if all(question(known.read(source.row)) for known, question in attributes):
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
        shown = not checked.resource.only_shown or _seen(source)
        if shown:
            yield base
        return
    table = _within(source.table(), checked)
    for words, part in _divided(table, source.campaign, checked):
        yield from _by_date(base, words, part, source, view, checked)


def _seen(source: Source) -> bool:
    return source.table is not None and source.table().total("impressions") > 0


def _within(table: Table, checked: Checked) -> Table:
    last = table.day(len(table) - 1)
    return table.span(checked.span.since or table.first, checked.span.until or last)


def _divided(table: Table, campaign: Campaign | None, checked: Checked) -> Iterator[Part]:
    """By device, network, region and conversion action, as far as they are selected."""
    chosen = {known.short for known in checked.segments}
    parts: list[Part] = [({}, table)]
    if campaign is not None:
        for name, divide in (
            ("device", by_device), ("ad_network_type", by_network),
            ("geo_target_region", by_region),
        ):  # fmt: skip
            if name in chosen:
                parts = [
                    ({**words, name: word}, piece)
                    for words, whole in parts
                    for word, piece in divide(whole, campaign)
                ]
    if chosen & ACTIONS:
        parts = [made for words, whole in parts for made in _actions(words, whole)]
    return iter(parts)


def _actions(words: dict[str, Any], table: Table) -> Iterator[Part]:
    for action_id, (title, category, _) in filling.ACTIONS.items():
        named = {
            "conversion_action": action_id, "conversion_action_name": title,
            "conversion_action_category": category,
        }  # fmt: skip
        yield {**words, **named}, by_action(table, action_id)


def _by_date(  # noqa: PLR0913, PLR0917  what a row is made of
    base: Any, words: dict[str, Any], table: Table, source: Source, view: View, checked: Checked
) -> Iterator[Any]:
    keys, values = _grouped(table, [f.short for f in checked.segments if f.short in CALENDAR])
    names = list(dict.fromkeys(known.short for known in checked.asked_metrics))
    made = columns(names or ["impressions"], Numbers(values, view.account, source.campaign))
    for number, key in enumerate(keys):
        metrics = {name: column[number] for name, column in made.items()}
        if not _comes(metrics, checked) or not _passes(metrics, checked):
            continue
        row = Row()
        row.CopyFrom(base)
        _segments(row, {**words, **key}, view, checked)
        if all(question(f.read(row)) for f, question in checked.filters if f.group == "segments"):
            for known in checked.metrics:
                if known.short in metrics:
                    setattr(row.metrics, known.path[1], metrics[known.short])
            yield row


def _comes(metrics: dict[str, Any], checked: Checked) -> bool:
    """Segmented reports leave out rows whose selected metrics are all zero."""
    if not (checked.segmented or checked.resource.only_shown):
        return True
    chosen = [known.short for known in checked.metrics] or list(metrics)
    return any(metrics.get(name) for name in chosen)


def _passes(metrics: dict[str, Any], checked: Checked) -> bool:
    return all(
        question(metrics.get(known.short))
        for known, question in checked.filters
        if known.group == "metrics"
    )


def _segments(row: Any, words: dict[str, Any], view: View, checked: Checked) -> None:
    """Sets the segments that are selected; the keyword of a search term is set already."""
    for known in checked.segments:
        value = words.get(known.short)
        if known.short == "conversion_action":
            value = filling.name(view.account, "conversionActions", str(value))
        if value is not None:
            filling.fill(row.segments, **{known.short: value})


def _grouped(table: Table, names: list[str]) -> tuple[list[dict[str, Any]], dict[str, Ints]]:
    """The table's days summed by what the calendar segments say of them."""
    days = [table.day(i) for i in range(len(table))]
    if not names:
        return [{}], {m: np.array([array.sum()]) for m, array in table.values.items()}
    labels = [tuple(_label(name, day) for name in names) for day in days]
    places = {label: i for i, label in enumerate(dict.fromkeys(labels))}
    if len(places) == len(days):
        return [dict(zip(names, label, strict=True)) for label in labels], dict(table.values)
    index = np.array([places[label] for label in labels], dtype=np.int64)
    summed = {}
    for measure, array in table.values.items():
        summed[measure] = np.zeros(len(places), dtype=np.int64)
        np.add.at(summed[measure], index, array)
    return [dict(zip(names, label, strict=True)) for label in places], summed


def _label(name: str, day: date) -> Any:
    if name == "date":
        return day.isoformat()
    if name in ("day_of_week", "month_of_year"):
        return day.strftime("%A" if name == "day_of_week" else "%B").upper()
    starts = {
        "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1),
        "quarter": day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    }  # fmt: skip
    return day.year if name == "year" else starts[name].isoformat()


# -- what of a row is sent ----------------------------------------------------------------
def project(row: Any, checked: Checked) -> Any:
    """A copy with the selected fields; resource names of what is selected come by themselves."""
    made = Row()
    resources = {f.group for f in checked.select} | {checked.query.resource}
    for resource in resources - {"metrics", "segments"}:
        name = getattr(row, resource).resource_name
        if name:
            getattr(made, resource).resource_name = name
    for known in checked.select:
        if known.group != "metrics" and not (known.group == "segments" and known.short in CALENDAR):
            _copy(row, made, known.path)
    return made


def _copy(row: Any, made: Any, path: tuple[str, ...]) -> None:
    """Copies a field where it is set, however deep."""
    for step in path[:-1]:
        if not row.HasField(step):
            return
        row, made = getattr(row, step), getattr(made, step)
    known = row.DESCRIPTOR.fields_by_name[path[-1]]
    if known.is_repeated:
        getattr(made, path[-1]).MergeFrom(getattr(row, path[-1]))
    elif known.message_type is not None:
        if row.HasField(path[-1]):
            getattr(made, path[-1]).CopyFrom(getattr(row, path[-1]))
    elif not known.has_presence or row.HasField(path[-1]):
        setattr(made, path[-1], getattr(row, path[-1]))


def newer(row: Any) -> Any:
    """The row as a later version of the API would send it: a value and a field nobody knows."""
    if row.HasField("campaign"):
        row.campaign.advertising_channel_type = UNKNOWN_CHANNEL
        row.campaign.MergeFromString(UNKNOWN_FIELD)
    return row
