"""Blocks as they come in: checked like Slack does, and given ids where they have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
