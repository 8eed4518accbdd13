"""What buttons, menus and forms carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def value_of(action: Mapping[str, Any]) -> str:
    """The value of a button, or of what was chosen in a menu."""
    option = action.get("selected_option") or {}
    return str(option.get("value") or action.get("value") or "")
