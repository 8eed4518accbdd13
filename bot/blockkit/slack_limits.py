"""Slack's limits, in one place; source: docs.slack.dev/reference/block-kit, November 2026.

How long blocks are, as people read them.
What is wrong with a block, in the shape of Slack's `blocks.validate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

LIMITS: Final[Mapping[str, int]] = {
    "message.blocks": 50,
    "view.blocks": 100,
    # Slack answers msg_blocks_too_long at about 13,200 characters and documents no limit: our own
    # bar is lower, so that a message that passes here passes there.
    "message.characters": 10_000,
    "slack.characters": 13_200,
    "view.bytes": 250_000,
    "view.title": 24,
    "view.private_metadata": 3_000,
    "id": 255,
    "section.text": 3_000,
    "section.fields": 10,
    "section.field": 2_000,
    "header.text": 150,
    "context.elements": 10,
    "context.text": 3_000,
    "context_actions.elements": 5,
    "actions.elements": 25,
    "button.text": 75,
    "button.value": 2_000,
    "button.label": 75,
    "url": 3_000,
    "select.options": 100,
    "select.groups": 100,
    "overflow.options": 5,
    "checkboxes.options": 10,
    "option.text": 75,
    "option.value": 150,
    "option.description": 75,
    "placeholder": 150,
    "confirm.title": 100,
    "confirm.text": 300,
    "confirm.button": 30,
    "input.label": 2_000,
    "input.hint": 2_000,
    "input.text": 3_000,
    "image.alt_text": 2_000,
    "image.title": 2_000,
    "image.url": 3_000,
    "video.title": 200,
    "markdown.text": 12_000,
    "table.rows": 100,
    "table.columns": 20,
    "table.characters": 10_000,
    "data_table.rows": 101,
    "data_table.page": 100,
    "chart.title": 50,
    "chart.label": 20,
    "chart.axis": 50,
    "chart.categories": 20,
    "chart.series": 6,
    "chart.segments": 6,
    "message.charts": 2,
}


_UNREAD = {"type", "style", "align", "block_id", "action_id", "url", "image_url", "icon", "value"}


def total_characters(blocks: Sequence[Mapping[str, Any]]) -> int:
    """Characters of every text in the blocks; ids, types, values and addresses do not count."""
    return sum(map(len, every_text(blocks)))


def table_characters(blocks: Sequence[Mapping[str, Any]]) -> int:
    """Characters in the cells of every table and data_table of a message."""
    tables = [block for block in blocks if isinstance(block, dict)]
    kinds = ("table", "data_table")  # compared one by one: `type` may be anything
    return sum(total_characters(t.get("rows", ())) for t in tables if t.get("type") in kinds)


def every_text(value: object) -> Iterator[str]:
    """Every text a person reads in blocks, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _UNREAD:
                yield from every_text(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from every_text(inner)


@dataclass(frozen=True)
class Problem:
    """One error of `blocks.validate`.

    Attributes:
        pointer: JSON pointer to the offending element, e.g. `/0/text/text`.
        code: `failed_constraint`, `missing_required_field`, `unknown_field`, `invalid_type`,
            `unsupported_type`, `duplicate_id` or `msg_blocks_too_long`.
        message: A sentence in Slack's own wording.
        constraint: What was expected and what came, e.g. `{"type": "max_length", …}`, or None.
        field: Name of the field it is about, or None.
    """

    pointer: str
    code: str
    message: str
    constraint: Mapping[str, Any] | None = None
    field: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The error as Slack sends it: fields without a value are left out."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


def field_of(pointer: str) -> str | None:
    """The name of the field a pointer ends in; None at an item of a list."""
    segment = pointer.rpartition("/")[2]
    return None if not segment or segment.isdigit() else segment


def failed(pointer: str, message: str, kind: str, expected: object, actual: object) -> Problem:
    """A value that is of the right type and breaks a constraint."""
    constraint = {"type": kind, "expected": expected, "got": actual}
    return Problem(pointer, "failed_constraint", message, constraint, field_of(pointer))


def wrong_type(pointer: str, expected: str, actual: object) -> Problem:
    """A value of another JSON type than the one asked for."""
    constraint = {"type": "type", "expected": expected, "got": json_type(actual)}
    article = "an" if expected[0] in "aeio" else "a"
    message = f"must provide {article} {expected}"
    return Problem(pointer, "invalid_type", message, constraint, field_of(pointer))


def missing(pointer: str, name: str) -> Problem:
    """A required field that is not there."""
    return Problem(pointer, "missing_required_field", f"missing required field: {name}", None, name)


def unknown(pointer: str, name: str) -> Problem:
    """A field Slack has never heard of."""
    return Problem(
        f"{pointer}/{name}", "unknown_field", f"invalid additional property: {name}", None, name
    )


def unsupported(pointer: str, actual: object, expected: list[str]) -> Problem:
    """A `type` that is not allowed in this place."""
    constraint = {"type": "enum", "expected": expected, "got": actual}
    return Problem(
        f"{pointer}/type", "unsupported_type", f"unsupported type: {actual}", constraint, "type"
    )


def json_type(value: object) -> str:
    """The JSON name of a Python value's type."""
    names = ((bool, "boolean"), (str, "string"), (int | float, "number"), (list, "array"))
    for kind, name in names:
        if isinstance(value, kind):
            return name
    return "null" if value is None else "object"
