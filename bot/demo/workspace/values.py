"""What people put into inputs, as Slack's `state.values` has it, and what its page refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bot.demo.workspace.blocks import elements
from bot.demo.workspace.model import Json

REQUIRED = "Please complete this required field."
TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
ONE_OPTION = ("static_select", "radio_buttons")
MANY_OPTIONS = ("multi_static_select", "checkboxes")
PLAIN = {
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
} | dict.fromkeys(TEXTS, ("value", "initial_value"))


def collect(
    blocks: Sequence[Json], inputs: Mapping[str, Any], earlier_values: Json | None = None
) -> Json:
    """The `state.values` of those blocks: what was given, else kept from before, else initial.

    `inputs` is Slack's own form ({block_id: {action_id: …}}) or flat, by action_id or block_id;
    a value may be plain (a text, a date, an option's value, a list of those) or Slack's object.
    """
    values: Json = {}
    for block_id, element in elements(blocks):
        if not stateful(element):
            continue
        before = ((earlier_values or {}).get(block_id) or {}).get(element["action_id"])
        entered = _given(inputs, block_id, element["action_id"])
        state = (
            before or _initial(element) if entered is None else element_state(element, entered[0])
        )
        values.setdefault(block_id, {})[element["action_id"]] = state
    return values


def stateful(element: Json) -> bool:
    """Whether an element has a place in `state.values` (buttons and menus have none)."""
    return element["type"] in (*PLAIN, *ONE_OPTION, *MANY_OPTIONS)


def element_state(element: Json, value: Any) -> Json:
    """One entry of `state.values` for a value typed or chosen in that element."""
    kind = element["type"]
    if isinstance(value, dict) and "type" in value:
        return value
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": _chosen(element, value)}
    if kind in MANY_OPTIONS:
        choices = value if isinstance(value, list) else [value]
        chosen = [_chosen(element, choice) for choice in choices if choice not in (None, "")]
        return {"type": kind, "selected_options": [option for option in chosen if option]}
    empty = value in ("", None)
    return {"type": kind, PLAIN[kind][0]: None if empty else value}


def options(element: Json) -> Iterator[Json]:
    """The options of an element, those in groups too."""
    yield from element.get("options") or ()
    for group in element.get("option_groups") or ():
        yield from group["options"]


def refused(blocks: Sequence[Json], values: Json) -> dict[str, str]:
    """What Slack's own page would not send: block_id -> what to mend."""
    wrong = {}
    for block in blocks:
        if block["type"] == "input":
            entry = values[block["block_id"]][block["element"]["action_id"]]
            problem = _problem(block, entry)
            if problem:
                wrong[block["block_id"]] = problem
    return wrong


def _problem(block: Json, entry: Json) -> str:
    value = next((part for key, part in entry.items() if key != "type"), None)
    if value in (None, "", []):
        return "" if block.get("optional") else REQUIRED
    element = block["element"]
    check = CHECKS.get(element["type"])
    return check(element, value) if check else ""


def _text(element: Json, value: str) -> str:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if len(value) > most else ""


def _number(element: Json, value: str) -> str:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, str(value)):
        qualifier = "" if element.get("is_decimal_allowed") else " whole"
        return f"Please enter a{qualifier} number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(value) < float(least):
        return f"Please enter a number of at least {least}."
    if most is not None and float(value) > float(most):
        return f"Please enter a number of at most {most}."
    return ""


def _email(_element: Json, value: str) -> str:
    fine = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value)
    return "" if fine else "Please enter a valid email address."


def _url(_element: Json, value: str) -> str:
    return "" if re.match(r"https?://[^\s/]+", value) else "Please enter a valid URL."


def _date(_element: Json, value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "Please enter a date."
    return ""


def _time(_element: Json, value: str) -> str:
    return "" if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value) else "Please enter a time."


CHECKS: dict[str, Callable[[Json, Any], str]] = {
    "plain_text_input": _text,
    "number_input": _number,
    "email_text_input": _email,
    "url_text_input": _url,
    "datepicker": _date,
    "timepicker": _time,
}


def _given(inputs: Mapping[str, Any], block_id: str, action_id: str) -> tuple[Any] | None:
    inside = inputs.get(block_id)
    if isinstance(inside, dict) and action_id in inside:
        return (inside[action_id],)
    if action_id in inputs:
        return (inputs[action_id],)
    if block_id in inputs and not isinstance(inside, dict):
        return (inside,)
    return None


def _initial(element: Json) -> Json:
    kind = element["type"]
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in MANY_OPTIONS:
        return {"type": kind, "selected_options": list(element.get("initial_options") or [])}
    name, initial = PLAIN[kind]
    is_multiple = kind.startswith("multi_")
    return {"type": kind, name: element.get(initial, [] if is_multiple else None)}


def _chosen(element: Json, value: Any) -> Json | None:
    choice = value.get("value") if isinstance(value, dict) else value
    for option in options(element):
        if choice in (option["value"], option["text"]["text"]):
            return option
    return None
