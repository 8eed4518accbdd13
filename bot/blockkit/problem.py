"""What is wrong with a block, in the shape of Slack's `blocks.validate`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


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
    last = pointer.rpartition("/")[2]
    return None if not last or last.isdigit() else last


def failed(pointer: str, message: str, kind: str, expected: object, got: object) -> Problem:
    """A value that is of the right type and breaks a constraint."""
    constraint = {"type": kind, "expected": expected, "got": got}
    return Problem(pointer, "failed_constraint", message, constraint, field_of(pointer))


def wrong_type(pointer: str, expected: str, got: object) -> Problem:
    """A value of another JSON type than the one asked for."""
    constraint = {"type": "type", "expected": expected, "got": json_type(got)}
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


def unsupported(pointer: str, got: object, expected: list[str]) -> Problem:
    """A `type` that is not allowed in this place."""
    constraint = {"type": "enum", "expected": expected, "got": got}
    return Problem(
        f"{pointer}/type", "unsupported_type", f"unsupported type: {got}", constraint, "type"
    )


def json_type(value: object) -> str:
    """The JSON name of a Python value's type."""
    names = ((bool, "boolean"), (str, "string"), (int | float, "number"), (list, "array"))
    for kind, name in names:
        if isinstance(value, kind):
            return name
    return "null" if value is None else "object"
