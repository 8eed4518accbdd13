"""How long blocks are, as people read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_UNREAD = {"type", "style", "align", "block_id", "action_id", "url", "image_url", "icon", "value"}


def total_characters(blocks: Sequence[Mapping[str, Any]]) -> int:
    """Characters of every text in the blocks; ids, types, values and addresses do not count."""
    return sum(map(len, every_text(blocks)))


def table_characters(blocks: Sequence[Mapping[str, Any]]) -> int:
    """Characters in the cells of every table and data_table of a message."""
    tables = [block for block in blocks if isinstance(block, dict)]
    kinds = ("table", "data_table")  # compared one by one: `type` may be anything
    return sum(total_characters(t.get("rows", ())) for t in tables if t.get("type") in kinds)


def every_text(value: object) -> Iterator[str]:
    """Every text a person reads in blocks, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _UNREAD:
                yield from every_text(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from every_text(inner)
