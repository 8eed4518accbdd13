"""The fields of the SDK's own protos, and which operators and values each of them takes.

And what may be asked of each resource: attributes beside its own, segments and metrics.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from google.ads.googleads.v26.services.types.google_ads_service import GoogleAdsRow

from bot.demo.platforms.google_ads.gaql import Condition, Token, refused

DATES = frozenset({"date", "week", "month", "quarter", "year"})  # the core date segments
CALENDAR = DATES | {"day_of_week", "month_of_year"}
ACTIONS = frozenset({"conversion_action", "conversion_action_name", "conversion_action_category"})

COUNTS = frozenset({
    "impressions", "clicks", "cost_micros", "ctr", "average_cpc", "average_cpm", "average_cost",
    "interactions", "interaction_rate", "engagements", "engagement_rate",
})  # fmt: skip
CONVERSIONS = frozenset({
    "conversions", "conversions_value", "all_conversions", "all_conversions_value",
    "value_per_conversion", "value_per_all_conversions",
})  # fmt: skip
RATES = frozenset({
    "cost_per_conversion", "cost_per_all_conversions", "conversions_from_interactions_rate",
    "all_conversions_from_interactions_rate", "conversions_value_per_cost",
    "all_conversions_value_per_cost",
})  # fmt: skip
USUAL = COUNTS | CONVERSIONS | RATES
VIDEO = frozenset({"video_trueview_views", "video_trueview_view_rate"})
SHARES = frozenset({
    "search_impression_share", "search_budget_lost_impression_share",
    "search_rank_lost_impression_share",
})  # fmt: skip
HISTORICAL = frozenset({
    "historical_quality_score", "historical_search_predicted_ctr",
    "historical_creative_quality_score", "historical_landing_page_quality_score",
})  # fmt: skip


@dataclass(frozen=True)
class Resource:
    """What goes with a resource in FROM.

    Attributes:
        attributed: Resources whose attributes may be selected beside its own.
        segments, metrics: Names without their prefix.
        only_shown: Rows without showings never come, segmented or not.
    """

    attributed: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()
    only_shown: bool = False


def _named(names: str) -> frozenset[str]:
    return frozenset(names.split())


SPLITS = CALENDAR | ACTIONS | {"device", "ad_network_type"}
RESOURCES = {
    "customer": Resource(frozenset(), SPLITS, USUAL | VIDEO | SHARES),
    "customer_client": Resource(_named("customer")),
    "campaign": Resource(
        _named("customer campaign_budget bidding_strategy"), SPLITS, USUAL | VIDEO | SHARES
    ),
    "campaign_budget": Resource(_named("customer"), SPLITS - {"device"}, USUAL),
    "bidding_strategy": Resource(_named("customer"), SPLITS, USUAL),
    "conversion_action": Resource(
        _named("customer"), CALENDAR, _named("all_conversions all_conversions_value")
    ),
    "campaign_conversion_goal": Resource(_named("customer campaign")),
    "campaign_criterion": Resource(_named("customer campaign")),
    "ad_group_criterion": Resource(_named("customer campaign ad_group")),
    "change_event": Resource(_named("customer campaign ad_group")),
    "geo_target_constant": Resource(),
    "ad_group": Resource(
        _named("customer campaign bidding_strategy"), SPLITS, USUAL | VIDEO | SHARES
    ),
    "ad_group_ad": Resource(_named("customer campaign ad_group"), SPLITS, USUAL | VIDEO),
    "keyword_view": Resource(
        _named("customer campaign ad_group ad_group_criterion bidding_strategy"),
        SPLITS, USUAL | SHARES | HISTORICAL,
    ),
    "search_term_view": Resource(
        _named("customer campaign ad_group ad_group_ad"),
        SPLITS | {"keyword", "search_term_match_type"}, USUAL, only_shown=True,
    ),
    "landing_page_view": Resource(
        _named("customer campaign ad_group"), SPLITS, USUAL, only_shown=True
    ),
    "age_range_view": Resource(
        _named("customer campaign ad_group ad_group_criterion bidding_strategy"), SPLITS, USUAL
    ),
    "gender_view": Resource(
        _named("customer campaign ad_group ad_group_criterion bidding_strategy"), SPLITS, USUAL
    ),
    "asset_group": Resource(_named("customer campaign"), CALENDAR, USUAL),
    "group_placement_view": Resource(
        _named("customer campaign ad_group"), CALENDAR | {"device", "ad_network_type"}, USUAL,
        only_shown=True,
    ),
    "geographic_view": Resource(
        _named("customer campaign ad_group"), SPLITS | {"geo_target_region"}, USUAL,
        only_shown=True,
    ),
}  # fmt: skip


Row = GoogleAdsRow.pb()  # the protobuf class under the SDK's wrapper: no price a row
MESSAGES = frozenset({
    "change_event.old_resource", "change_event.new_resource", "change_event.changed_fields",
})  # fmt: skip
NULLS = ("IS NULL", "IS NOT NULL")
MEMBERS = ("=", "!=", "IN", "NOT IN", *NULLS)
OPERATORS = {
    "enum": MEMBERS,
    "bool": ("=", "!=", *NULLS),
    "number": (*MEMBERS, ">", ">=", "<", "<=", "BETWEEN"),
    "text": (*MEMBERS, "LIKE", "NOT LIKE", "REGEXP_MATCH", "NOT REGEXP_MATCH"),
    "date": ("=", "!=", ">", ">=", "<", "<=", "BETWEEN", "DURING", "IN", "NOT IN"),
    "moment": ("=", ">", ">=", "<", "<=", "BETWEEN", "DURING"),
    "list": ("CONTAINS ANY", "CONTAINS ALL", "CONTAINS NONE", *NULLS),
    "message": NULLS,
}
MOMENTS = frozenset({"change_event.change_date_time"})
INTEGERS = (3, 4, 5, 6, 7, 13, 15, 16, 17, 18)  # FieldDescriptor types
DOUBLE, FLOAT, BOOL, ENUM, MESSAGE = 1, 2, 8, 14, 11


@dataclass(frozen=True)
class Field:
    """A field: its dotted name, the path in the protobuf row, what sort of value it has."""

    name: str
    path: tuple[str, ...]
    sort: str
    descriptor: Any

    @cached_property
    def group(self) -> str:
        """`metrics`, `segments` or the name of a resource."""
        return self.path[0]

    @cached_property
    def short(self) -> str:
        """The name after its first dot, as far as the next: `date`, `keyword`."""
        return self.path[1].rstrip("_")

    def read(self, row: Any) -> Any:
        """Its value in a row, enums by name; None where it is not set."""
        for step in self.path[:-1]:
            if not row.HasField(step):
                return None
            row = getattr(row, step)
        last_step = self.path[-1]
        if self.sort != "list" and self.descriptor.has_presence and not row.HasField(last_step):
            return None
        value = getattr(row, last_step)
        if self.sort == "enum":
            enum_value = self.descriptor.enum_type.values_by_number.get(value)
            return enum_value.name if enum_value else "UNKNOWN"
        return value


@cache
def field(name: str) -> Field:
    """The field of that name.

    Raises:
        Refusal: `UNRECOGNIZED_FIELD` where the protos have no such field.
    """
    unknown = refused("UNRECOGNIZED_FIELD", f"unrecognized field {name!r}.", name)
    message: Any = Row.DESCRIPTOR
    descriptor: Any = None
    path: list[str] = []
    for step in name.split("."):
        if message is None or (path and descriptor is not None and descriptor.is_repeated):
            raise unknown
        descriptor = message.fields_by_name.get(step) or message.fields_by_name.get(f"{step}_")
        if descriptor is None:
            raise unknown
        path.append(descriptor.name)
        message = descriptor.message_type
    if len(path) == 1 or (message and not descriptor.is_repeated and name not in MESSAGES):
        raise unknown
    return Field(name, tuple(path), _sort(name, descriptor), descriptor)


def is_resource(name: str) -> bool:
    """Whether the protos have such a resource."""
    return name in Row.DESCRIPTOR.fields_by_name and name not in ("metrics", "segments")


def _sort(name: str, descriptor: Any) -> str:
    if descriptor.is_repeated:
        return "list"
    if name in MOMENTS:
        return "moment"
    if name.startswith("segments.") and name.split(".")[1] in DATES - {"year"}:
        return "date"
    if descriptor.type in (*INTEGERS, DOUBLE, FLOAT):
        return "number"
    return {BOOL: "bool", ENUM: "enum", MESSAGE: "message"}.get(descriptor.type, "text")


def test(api_field: Field, condition: Condition) -> Callable[[Any], bool]:
    """The condition as a question to a field's value.

    Raises:
        Refusal: An operator the field does not take, or a value of another sort.
    """
    if condition.operator not in OPERATORS[api_field.sort]:
        raise refused(
            "OPERATOR_FIELD_MISMATCH",
            f"operator {condition.operator!r} is not valid for field {api_field.name!r}.",
            api_field.name,
        )
    if api_field.sort in ("date", "moment"):
        return lambda _value: True  # spans of days are read apart, see spans.py
    values = [_value(api_field, token) for token in condition.values]
    return _question(condition.operator, values)


def _value(api_field: Field, token: Token) -> Any:
    """The token as a value of the field's sort."""
    bad = refused("BAD_VALUE", f"{token.written} is no value for {api_field.name}.", token.written)
    if api_field.sort == "number":
        if token.kind != "number":
            raise refused("BAD_NUMBER", f"{token.written} is no number.", token.written)
        return float(token.written) if "." in token.written else int(token.written)
    if api_field.sort == "bool":
        if token.written.upper() not in ("TRUE", "FALSE"):
            raise bad
        return token.written.upper() == "TRUE"
    if api_field.sort == "enum" or api_field.descriptor.enum_type is not None:
        return _constant(api_field, token)
    if token.kind != "text":
        raise bad
    return token.value


def _constant(api_field: Field, token: Token) -> str:
    if token.value not in api_field.descriptor.enum_type.values_by_name:
        raise refused(
            "BAD_ENUM_CONSTANT", f"invalid enum value {token.value!r} for {api_field.name}.",
            token.value,
        )  # fmt: skip
    if token.value in ("UNSPECIFIED", "UNKNOWN"):
        raise refused("PROHIBITED_ENUM_CONSTANT", f"{token.value} may not be used.", token.value)
    return token.value


def _question(operator: str, values: list[Any]) -> Callable[[Any], bool]:
    """An unset field answers no comparison but IS NULL and the negations."""
    if operator.startswith("NOT ") or operator in ("!=", "CONTAINS NONE"):
        plain = {"!=": "=", "CONTAINS NONE": "CONTAINS ANY"}.get(operator, operator[4:])
        ask = _question(plain, values)
        return lambda value: not ask(value)
    if operator in NULLS:
        return lambda value: (value is None or value in ("", [])) == (operator == "IS NULL")
    if operator in ("CONTAINS ANY", "CONTAINS ALL"):
        quantifier = any if operator == "CONTAINS ANY" else all
        return lambda value: quantifier(member in list(value or ()) for member in values)
    if operator in ("LIKE", "REGEXP_MATCH"):
        pattern = _pattern(operator, str(values[0]))
        return lambda value: value is not None and bool(pattern.fullmatch(value))
    return _comparison(operator, values)


def _comparison(operator: str, values: list[Any]) -> Callable[[Any], bool]:
    low, high = values[0], values[-1]
    comparisons: dict[str, Callable[[Any], bool]] = {
        "=": lambda value: value == low,
        ">": lambda value: value > low,
        ">=": lambda value: value >= low,
        "<": lambda value: value < low,
        "<=": lambda value: value <= low,
        "BETWEEN": lambda value: low <= value <= high,
        "IN": lambda value: value in values,
    }
    compare = comparisons[operator]
    return lambda value: value is not None and compare(value)


def _pattern(operator: str, written: str) -> re.Pattern[str]:
    """LIKE knows % and _; letters of any case match."""
    if operator == "REGEXP_MATCH":
        try:
            return re.compile(written)
        except re.error as wrong:
            raise refused("BAD_VALUE", f"invalid regular expression: {wrong}.", written) from wrong
    signs = {"%": ".*", "_": "."}
    parts = (signs.get(sign) or re.escape(sign) for sign in written)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def day(token: Token) -> date:
    """The day a token names.

    Raises:
        Refusal: `INVALID_DATE_FORMAT`.
    """
    try:
        written = re.fullmatch(r"\d{4}-\d\d-\d\d", token.value)
        return date.fromisoformat(written[0] if written and token.kind == "text" else "")
    except ValueError:
        message = f"invalid date {token.written}: 'YYYY-MM-DD' is expected."
        raise refused("INVALID_DATE_FORMAT", message, token.value) from None
