"""Would Slack take these blocks? Every reason why not, in the shape of `blocks.validate`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.blockkit.blocks import SURFACES
from bot.blockkit.checks import anything, choice, items, one_of, plain, shape, text
from bot.blockkit.slack_limits import (
    LIMITS,
    Problem,
    failed,
    table_characters,
    total_characters,
    wrong_type,
)


def validate(
    blocks: Sequence[Mapping[str, Any]],
    *,
    surface: str = "message",
    root: str = "",
    characters: int = LIMITS["message.characters"],
) -> list[Problem]:
    """Every problem of a list of blocks, none where Slack would take them.

    Args:
        blocks: As they go over the wire.
        surface: `message`, `modal` or `home`.
        root: Put before every pointer, e.g. `/blocks` as in chat.postMessage's errors.
        characters: The most a message's texts may add up to; our own bar by default.
    """
    if not isinstance(blocks, list | tuple):
        return [wrong_type(root, "array", blocks)]
    problems = list(_count(blocks, surface, root))
    check = one_of(SURFACES[surface])
    for index, block in enumerate(blocks):
        problems += check(block, f"{root}/{index}")
    problems += _duplicates(blocks, root)
    if surface == "message":
        problems += _sums(blocks, root, characters)
    return problems


def validate_view(view: Mapping[str, Any]) -> list[Problem]:
    """Every problem of a modal or Home tab, pointers from the view's own root."""
    if not isinstance(view, dict):
        return [wrong_type("", "object", view)]
    problems = list(one_of(_VIEWS)(view, ""))
    surface = view.get("type")
    if isinstance(surface, str) and surface in _VIEWS:
        problems += validate(view.get("blocks", []), surface=surface, root="/blocks")
    size = len(json.dumps(view, ensure_ascii=False, default=str).encode("utf-8", "replace"))
    if size > LIMITS["view.bytes"]:
        most = LIMITS["view.bytes"]
        problems.append(failed("", f"view must be less than {most} bytes", "size", most, size))
    return problems


def _count(blocks: Sequence[object], surface: str, root: str) -> Iterator[Problem]:
    most = LIMITS["message.blocks" if surface == "message" else "view.blocks"]
    least = 1 if surface == "modal" else 0  # a message may be text alone, a Home tab empty
    yield from items(anything, most, least)(list(blocks), root)


def _sums(blocks: Sequence[Mapping[str, Any]], root: str, characters: int) -> Iterator[Problem]:
    charts = [block for block in blocks if _type(block) == "data_visualization"]
    if len(charts) > LIMITS["message.charts"]:
        most = LIMITS["message.charts"]
        message = f"no more than {most} data_visualization blocks allowed"
        yield failed(root, message, "max_items", most, len(charts))
    if (cells := table_characters(blocks)) > LIMITS["table.characters"]:
        most = LIMITS["table.characters"]
        message = f"tables must be less than {most + 1} characters in all"
        yield failed(root, message, "max_length", most, cells)
    marked = sum(len(str(b.get("text", ""))) for b in blocks if _type(b) == "markdown")
    if marked > LIMITS["markdown.text"]:
        most = LIMITS["markdown.text"]
        message = f"markdown must be less than {most + 1} characters in all"
        yield failed(root, message, "max_length", most, marked)
    if (total := total_characters(blocks)) > characters:
        constraint = {"type": "max_length", "expected": characters, "got": total}
        message = f"blocks must be less than {characters + 1} characters in all"
        yield Problem(root, "msg_blocks_too_long", message, constraint)


def _duplicates(blocks: Sequence[Any], root: str) -> Iterator[Problem]:
    """block_id is unique in a message or view, action_id within its block."""
    block_ids = [entry for entry in _ids(list(blocks), root) if entry[0] == "block_id"]
    yield from _twice(block_ids)
    for index, block in enumerate(blocks):
        within = _ids(block, f"{root}/{index}")
        yield from _twice([entry for entry in within if entry[0] == "action_id"])


def _twice(entries: Sequence[tuple[str, str, str]]) -> Iterator[Problem]:
    pointer_by_value: dict[str, str] = {}
    for name, value, at in entries:
        if value in pointer_by_value:
            constraint = {"type": "unique", "expected": pointer_by_value[value], "got": value}
            message = f"`{name}` already exists: {value}"
            yield Problem(at, "duplicate_id", message, constraint, name)
        pointer_by_value.setdefault(value, at)


def _ids(value: Any, at: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"block_id", "action_id"} and isinstance(inner, str):
                yield name, inner, f"{at}/{name}"
            else:
                yield from _ids(inner, f"{at}/{name}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _ids(inner, f"{at}/{index}")


def _type(block: object) -> object:
    return block.get("type") if isinstance(block, dict) else None


_COMMON = {
    "callback_id": text(LIMITS["id"], 0),
    "private_metadata": text(LIMITS["view.private_metadata"], 0),
    "external_id": text(LIMITS["id"], 0),
}
_VIEWS = {
    "modal": shape(
        {"title": plain(LIMITS["view.title"]), "blocks": anything},
        {
            "submit": plain(LIMITS["view.title"]),
            "close": plain(LIMITS["view.title"]),
            "clear_on_close": choice(True, False),
            "notify_on_close": choice(True, False),
            "submit_disabled": choice(True, False),
            **_COMMON,
        },
    ),
    "home": shape({"blocks": anything}, _COMMON),
}
