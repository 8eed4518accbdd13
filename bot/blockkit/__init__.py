"""Block Kit as Slack takes it: the limits, and a validator that says what is wrong and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from bot.blockkit.slack_limits import (
    LIMITS,
    Problem,
    every_text,
    table_characters,
    total_characters,
)
from bot.blockkit.validate import validate, validate_view

Block: TypeAlias = Mapping[str, Any]
Blocks: TypeAlias = Sequence[Block]
View: TypeAlias = Mapping[str, Any]

__all__ = [
    "LIMITS",
    "Block",
    "Blocks",
    "Problem",
    "View",
    "every_text",
    "table_characters",
    "total_characters",
    "validate",
    "validate_view",
]
