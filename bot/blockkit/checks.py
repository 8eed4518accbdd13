"""Small checks that make up the shapes of blocks: each takes a value and its pointer.

Composition objects: text, options, confirmation dialogs, dispatch settings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.blockkit.slack_limits import (
    LIMITS,
    Problem,
    failed,
    missing,
    unknown,
    unsupported,
    wrong_type,
)

Check = Callable[[Any, str], Iterator[Problem]]


def text(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield wrong_type(at, "string", value)
        elif len(value) < least:
            message = f"must be more than {least - 1} characters"
            yield failed(at, message, "min_length", least, len(value))
        elif len(value) > most:
            message = f"must be less than {most + 1} characters"
            yield failed(at, message, "max_length", most, len(value))

    return check


def choice(*allowed: object) -> Check:
    """One of a closed list of values."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if value not in allowed:
            yield failed(at, "must be a valid enum value", "enum", list(allowed), value)

    return check


def flag(value: Any, at: str) -> Iterator[Problem]:
    """Either true or false."""
    if not isinstance(value, bool):
        yield wrong_type(at, "boolean", value)


def number(least: float | None = None, *, above: float | None = None) -> Check:
    """A finite number."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield wrong_type(at, "number", value)
        elif not math.isfinite(value):
            yield failed(at, "must be a finite number", "finite", True, str(value))
        elif least is not None and value < least:
            yield failed(at, f"must be at least {least}", "min", least, value)
        elif above is not None and value <= above:
            yield failed(at, f"must be greater than {above}", "exclusive_min", above, value)

    return check


def whole(least: int, most: int) -> Check:
    """An integer within bounds."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield wrong_type(at, "integer", value)
        elif not least <= value <= most:
            message = f"must be between {least} and {most}"
            yield failed(at, message, "range", [least, most], value)

    return check


def items(item_check: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` items, each checked."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield wrong_type(at, "array", value)
            return
        if len(value) < least:
            message = f"no fewer than {least} items allowed"
            yield failed(at, message, "min_items", least, len(value))
        if len(value) > most:
            message = f"no more than {most} items allowed"
            yield failed(at, message, "max_items", most, len(value))
        for index, item in enumerate(value):
            yield from item_check(item, f"{at}/{index}")

    return check


def shape(
    required: Mapping[str, Check] | None = None, optional: Mapping[str, Check] | None = None
) -> Check:
    """An object with these fields and no others; `type` is looked at by `one_of`."""
    needed, fields = required or {}, {**(required or {}), **(optional or {})}

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield wrong_type(at, "object", value)
            return
        yield from (missing(at, name) for name in needed if name not in value)
        for name, inner in value.items():
            if name in fields:
                yield from fields[name](inner, f"{at}/{name}")
            elif name != "type":
                yield unknown(at, name)

    return check


def one_of(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` is one of these, checked by its own shape."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield wrong_type(at, "object", value)
        elif "type" not in value:
            yield missing(at, "type")
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            yield unsupported(at, value["type"], sorted(kinds))
        else:
            yield from kinds[value["type"]](value, at)

    return check


def both(*checks: Check) -> Check:
    """Several checks of one value."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        for single_check in checks:
            yield from single_check(value, at)

    return check


def anything(_value: Any, _at: str) -> Iterator[Problem]:
    """Whatever it is, it is not ours to judge."""
    return iter(())


def exactly_one(*names: str) -> Check:
    """An object that has one of these fields, and not two."""

    def check(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            return
        present = [name for name in names if name in value]
        if not present:
            yield missing(at, " or ".join(names))
        elif len(present) > 1:
            message = f"only one of {', '.join(names)} is allowed"
            yield failed(at, message, "exactly_one", list(names), present)

    return check


BLOCK_ID = text(LIMITS["id"])
ACTION_ID = text(LIMITS["id"])
URL = text(LIMITS["url"])


def plain(most: int) -> Check:
    """A plain_text object."""
    return one_of({"plain_text": shape({"text": text(most)}, {"emoji": flag})})


def words(most: int) -> Check:
    """A plain_text or mrkdwn object."""
    marked = shape({"text": text(most)}, {"verbatim": flag})
    return one_of({"plain_text": shape({"text": text(most)}, {"emoji": flag}), "mrkdwn": marked})


def option(*, marked: bool = False, linked: bool = False) -> Check:
    """An option object; `marked` for checkboxes and radio buttons, `linked` for overflow."""
    wording = words if marked else plain
    optional = {"description": wording(LIMITS["option.description"])}
    if linked:
        optional["url"] = URL
    required = {
        "text": wording(LIMITS["option.text"]),
        "value": text(LIMITS["option.value"]),
    }
    return shape(required, optional)


OPTION_GROUP = shape(
    {"label": plain(LIMITS["option.text"]), "options": items(option(), LIMITS["select.options"])}
)
CONFIRM = shape(
    {
        "title": plain(LIMITS["confirm.title"]),
        "text": words(LIMITS["confirm.text"]),
        "confirm": plain(LIMITS["confirm.button"]),
        "deny": plain(LIMITS["confirm.button"]),
    },
    {"style": choice("primary", "danger")},
)
DISPATCH = shape(
    {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), 2)}
)
SLACK_FILE = shape(None, {"id": text(LIMITS["id"]), "url": URL})
