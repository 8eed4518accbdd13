"""Block Kit as Slack takes it: the limits, and a validator that says what is wrong and where."""

from __future__ import annotations

from bot.blockkit.slack_limits import (
    LIMITS,
    Problem,
    every_text,
    table_characters,
    total_characters,
)
from bot.blockkit.validate import validate, validate_view

__all__ = [
    "LIMITS",
    "Problem",
    "every_text",
    "table_characters",
    "total_characters",
    "validate",
    "validate_view",
]
