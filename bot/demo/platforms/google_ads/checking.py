"""Checks a query as Google does: each field, segment, resource, operator and value.

The SDK's protos say what exists, the catalogue says what goes together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from bot.demo.platforms.google_ads.fields import (
    ACTIONS,
    CONVERSIONS,
    DATES,
    RESOURCES,
    Field,
    Resource,
    field,
    is_resource,
    test,
)
from bot.demo.platforms.google_ads.gaql import Condition, Query, refused
from bot.demo.platforms.google_ads.spans import Span, span

Filter = tuple[Field, Callable[[Any], bool]]


@dataclass(frozen=True)
class Checked:
    """A query that can be answered.

    Attributes:
        select: The fields, in the order they were written.
        filters: What rows must answer; date segments are in `span`.
        order: Fields to sort by, and whether falling.
        segmented: Any segment is selected: rows whose metrics are all zero do not come.
    """

    query: Query
    resource: Resource
    select: tuple[Field, ...]
    filters: tuple[Filter, ...]
    order: tuple[tuple[Field, bool], ...]
    span: Span

    @cached_property
    def segments(self) -> tuple[Field, ...]:
        return tuple(api_field for api_field in self.select if api_field.group == "segments")

    @cached_property
    def metrics(self) -> tuple[Field, ...]:
        return tuple(api_field for api_field in self.select if api_field.group == "metrics")

    @cached_property
    def asked_metrics(self) -> tuple[Field, ...]:
        """Those selected and those only filtered by."""
        return self.metrics + tuple(f for f, _ in self.filters if f.group == "metrics")

    @property
    def segmented(self) -> bool:
        return bool(self.segments)


def check(query: Query, today: date) -> Checked:
    """The query with its fields looked up.

    Args:
        query: As it was written.
        today: The account's own day, for DURING.

    Raises:
        Refusal: With the code that the API gives for what is wrong first.
    """
    resource = _resource(query.resource)
    select = tuple(field(name) for name in query.select)
    for api_field in select:
        _allow(api_field, query.resource, resource, "SELECT")
    _together(select)
    filters = tuple(_filter(condition, query, resource) for condition in query.where)
    order = tuple((_ordered(name, query), falling) for name, falling in query.order)
    dated = [c for c in query.where if _is_date(c.field)]
    days = span(dated, today)
    if any(f.short in DATES for f in select if f.group == "segments") and not days.finite:
        raise refused(
            "EXPECTED_FILTERS_ON_DATE_RANGE",
            "a finite date range must be filtered on when a core date segment is selected.",
        )
    return Checked(query, resource, select, filters, order, days)


def _resource(name: str) -> Resource:
    if not is_resource(name):
        raise refused("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", f"invalid resource {name!r}.", name)
    if name not in RESOURCES:
        raise refused(
            "PROHIBITED_RESOURCE_TYPE_IN_FROM_CLAUSE",
            f"resource {name!r} cannot be had from this local server.", name,
        )  # fmt: skip
    return RESOURCES[name]


def _allow(api_field: Field, name: str, resource: Resource, clause: str) -> None:
    """Whether the field goes with the resource in FROM."""
    if api_field.group == "metrics" and api_field.short not in resource.metrics:
        code = "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE"
    elif api_field.group == "segments" and api_field.short not in resource.segments:
        code = "PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE"
    elif api_field.group not in ("metrics", "segments", name, *resource.attributed):
        code = f"PROHIBITED_RESOURCE_TYPE_IN_{clause}_CLAUSE"
    else:
        return
    raise refused(
        code,
        f"cannot use {api_field.name!r} in {clause} with resource {name!r} in FROM.",
        api_field.name,
    )


def _together(select: tuple[Field, ...]) -> None:
    """A conversion action has conversions, and neither showings nor cost."""
    actions = [f for f in select if f.group == "segments" and f.short in ACTIONS]
    other_metrics = [f for f in select if f.group == "metrics" and f.short not in CONVERSIONS]
    if actions and other_metrics:
        raise refused(
            "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE",
            f"{actions[0].name!r} cannot be selected with {other_metrics[0].name!r}.",
            other_metrics[0].name,
        )  # fmt: skip


def _filter(condition: Condition, query: Query, resource: Resource) -> Filter:
    api_field = field(condition.field)
    _allow(api_field, query.resource, resource, "WHERE")
    question = test(api_field, condition)
    chosen = api_field.name in query.select
    if api_field.group == "segments" and not chosen and not _is_date(api_field.name):
        raise refused(
            "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE",
            f"{api_field.name!r} is filtered by and must be selected.", api_field.name,
        )  # fmt: skip
    if api_field.sort == "message":
        raise refused(
            "PROHIBITED_FIELD_IN_WHERE_CLAUSE", f"{api_field.name!r} cannot be filtered by."
        )
    return api_field, question


def _ordered(name: str, query: Query) -> Field:
    api_field = field(name)
    if name not in query.select:
        raise refused(
            "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE",
            f"{name!r} is sorted by and must be selected.", name,
        )  # fmt: skip
    if api_field.sort in ("list", "message"):
        raise refused("PROHIBITED_FIELD_IN_ORDER_BY_CLAUSE", f"{name!r} cannot be sorted by.", name)
    return api_field


def _is_date(name: str) -> bool:
    return name.startswith("segments.") and name.removeprefix("segments.") in DATES - {"year"}
