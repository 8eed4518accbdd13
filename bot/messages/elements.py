"""Things to press: buttons, menus and the fields of modals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from bot.blockkit import LIMITS
from bot.messages.inert import Words, words
from bot.messages.richtext import plain

Element = dict[str, Any]


def button(label: object, action: str, value: object = "", style: str = "") -> Element:
    """A button; style `primary` or `danger`."""
    made: Element = {"type": "button", "action_id": action}
    made["text"] = plain(words(label), 40)
    if value != "":
        made["value"] = str(value)[: LIMITS["button.value"]]
    return {**made, "style": style} if style else made


def way(label: object, action: str, address: str) -> Element:
    """A button that leads to an address."""
    return {**button(label, action), "url": address[: LIMITS["url"]]}


def option(label: object, value: str) -> Element:
    """One choice of a menu."""
    text = plain(words(label), LIMITS["option.text"])
    return {"text": text, "value": value[: LIMITS["option.value"]]}


def menu(
    label: Words, action: str, options: Sequence[Element], chosen: str | None = None
) -> Element:
    """A menu of options; `chosen` is the value that stands."""
    made: Element = {"type": "static_select", "action_id": action}
    made["placeholder"] = plain(label, LIMITS["placeholder"])
    made["options"] = list(options)[: LIMITS["select.options"]]
    initial = [one for one in made["options"] if one["value"] == chosen]
    return {**made, "initial_option": initial[0]} if initial else made


def ticks(action: str, options: Sequence[Element], chosen: Sequence[str]) -> Element:
    """Boxes to tick."""
    made: Element = {"type": "checkboxes", "action_id": action, "options": list(options)}
    initial = [one for one in options if one["value"] in chosen]
    return {**made, "initial_options": initial} if initial else made


def clock(action: str, at: time) -> Element:
    """A time of day."""
    return {"type": "timepicker", "action_id": action, "initial_time": at.strftime("%H:%M")}


def calendar(action: str, day: date | None = None) -> Element:
    """A day."""
    made: Element = {"type": "datepicker", "action_id": action}
    return {**made, "initial_date": day.isoformat()} if day else made


def box(action: str, *, lines: bool = False, most: int = 300, filled: str = "") -> Element:
    """A field to write in; `filled` is what stands in it."""
    made: Element = {"type": "plain_text_input", "action_id": action, "max_length": most}
    made |= {"initial_value": filled[:most]} if filled else {}
    return {**made, "multiline": lines}


def people(action: str, chosen: str = "") -> Element:
    """A menu of everybody in Slack."""
    made: Element = {"type": "users_select", "action_id": action}
    return {**made, "initial_user": chosen} if chosen else made


def places(action: str) -> Element:
    """A menu of Slack's channels, not of people."""
    kinds = {"include": ["public", "private"], "exclude_bot_users": True}
    return {"type": "conversations_select", "action_id": action, "filter": kinds}


def asked_twice(element: Element, title: Words, text: Words, yes: Words, no: Words) -> Element:
    """A button that asks again before it does anything."""
    asks: Element = {"title": plain(title, LIMITS["confirm.title"])}
    asks |= {"text": plain(text, LIMITS["confirm.text"])}
    asks |= {"confirm": plain(yes, 30), "deny": plain(no, 30)}
    return {**element, "confirm": asks}
