"""Composition objects: text, options, confirmation dialogs, dispatch settings."""

from __future__ import annotations

from bot.blockkit.checks import Check, choice, flag, items, one_of, shape, text
from bot.blockkit.limits import LIMITS

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
