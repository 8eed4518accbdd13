"""What people put into inputs, as Slack's `state.values` has it, and what its page refuses.

Blocks are checked as they come in, like Slack does, and given ids where they have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bot.blockkit import LIMITS, Problem, validate, validate_view
from bot.demo.workspace.model import ApiError, Json
from bot.demo.workspace.state import State


def message_blocks(state: State, blocks: Any) -> list[Json]:
    """The blocks of a message, checked and with their ids.

    Raises:
        ApiError: `invalid_blocks_format`, `msg_blocks_too_long` or `invalid_blocks` with pointers.
    """
    if blocks is None or blocks == []:
        return []
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    problems = validate(blocks, root="/blocks", characters=LIMITS["slack.characters"])
    if any(problem.code != "msg_blocks_too_long" for problem in problems):
        raise ApiError("invalid_blocks", **said(problems))
    if problems:
        raise ApiError("msg_blocks_too_long")
    _pictures(state, blocks)
    return [with_id(state, block) for block in blocks]


def view_blocks(state: State, view: Json) -> list[Json]:
    """The blocks of a modal or a Home tab that was checked whole (`invalid_arguments`)."""
    problems = validate_view(view)
    if problems:
        raise ApiError("invalid_arguments", **said(problems, "/view"))
    _pictures(state, view["blocks"])
    return [with_id(state, block) for block in view["blocks"]]


def _pictures(state: State, blocks: Sequence[Json]) -> None:
    """Pictures by `slack_file` are uploaded ones; `invalid_blocks` otherwise, as in Slack."""
    for number, block in enumerate(blocks):
        file_id = (block.get("slack_file") or {}).get("id") if block["type"] == "image" else None
        file = state.files.get(file_id) if file_id else None
        if file_id and not (file and file.completed and file.mimetype.startswith("image/")):
            pointer = f"/blocks/{number}/slack_file"
            line = f"invalid slack file [json-pointer:{pointer}]"
            metadata = {"messages": [f"[ERROR] {line}"]}
            raise ApiError("invalid_blocks", errors=[line], response_metadata=metadata)


def said(problems: Sequence[Problem], under: str = "") -> Json:
    """Problems in the words and places of Slack's own errors."""
    lines = [f"{problem.message} [json-pointer:{under}{problem.pointer}]" for problem in problems]
    metadata = {"messages": [f"[ERROR] {line}" for line in lines]}
    return {"errors": lines, "response_metadata": metadata}


def with_id(state: State, block: Json) -> Json:
    """The block with a block_id, and action_ids for the elements that have none."""
    number = state.number()
    block_copy = {**block, "block_id": block.get("block_id") or f"b{number:04d}"}
    if block["type"] in ("actions", "context_actions"):
        block_copy["elements"] = [
            _named(element, number, i) for i, element in enumerate(block["elements"])
        ]
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict) and block[key].get("type") != "image":
            block_copy[key] = _named(block[key], number, 0)
    return block_copy


def _named(element: Json, number: int, index: int) -> Json:
    return {**element, "action_id": element.get("action_id") or f"a{number:04d}{index}"}


def elements(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Every interactive element with the id of its block."""
    for block in blocks:
        inside = block.get("elements", []) if block["type"].endswith("actions") else []
        for element in (*inside, block.get("accessory"), block.get("element")):
            if isinstance(element, dict) and "action_id" in element:
                yield block["block_id"], element


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
    least, longest = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {longest} characters." if len(value) > longest else ""


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
