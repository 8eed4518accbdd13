"""Words into what Slack shows: rich text elements, plain text, the fallback's text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.messages.inert import MISSING, Words, bare, clip, runs, taken_apart

_MARKS = {"*": "bold", "_": "italic", "`": "code"}
_MARK = re.compile(r"([*_`])")
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}


def inline(text: Words) -> list[dict[str, Any]]:
    """Rich text elements: only our own words may switch a style on or off."""
    found: list[dict[str, Any]] = []
    for piece, look in _styled(text):
        style = {"style": dict.fromkeys(look, True)} if look else {}
        kind, what, piece = taken_apart(piece)  # noqa: PLW2901 - what is left of it
        if kind:
            found.append({"type": kind, **_ELEMENTS[kind](what, piece), **style})
        elif (
            found
            and found[-1]["type"] == "text"
            and found[-1].get("style", {}) == style.get("style", {})
        ):
            found[-1]["text"] += piece
        else:
            found.append({"type": "text", "text": piece, **style})
    return found or [{"type": "text", "text": MISSING}]


def _date(what: str, fallback: str) -> dict[str, Any]:
    seconds, _, form = what.partition(" ")
    return {"timestamp": int(seconds), "format": form, "fallback": fallback}


_ELEMENTS: Mapping[str, Callable[[str, str], dict[str, Any]]] = {
    "date": _date,
    "channel": lambda what, _fallback: {"channel_id": what},
}


def _styled(text: Words) -> Iterator[tuple[str, tuple[str, ...]]]:
    on: list[str] = []
    for is_value, piece in runs(text):
        if is_value:
            yield piece, tuple(on)
            continue
        for part in _MARK.split(piece):
            look = _MARKS.get(part)
            if look and look in on:
                on.remove(look)
            elif look:
                on.append(look)
            elif part:
                yield part, tuple(on)


def section(text: Words) -> dict[str, Any]:
    """One rich_text_section."""
    return {"type": "rich_text_section", "elements": inline(text)}


def block(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A rich_text block of sections, lists and quotes."""
    return {"type": "rich_text", "elements": list(parts)}


def bullets(lines: Sequence[Words], style: str = "bullet") -> dict[str, Any]:
    """A rich_text_list, `bullet` or `ordered`."""
    return {"type": "rich_text_list", "style": style, "elements": [section(one) for one in lines]}


def plain(text: Words, most: int) -> dict[str, Any]:
    """A plain_text object; `emoji` stays off, so that `:tada:` in a name is only text."""
    return {"type": "plain_text", "text": clip(flat(text), most), "emoji": False}


def flat(text: Words) -> str:
    """The text as it is read, without styles; never empty."""
    return bare(text).strip() or MISSING


def fallback(text: Words, most: int = 3_000) -> str:
    """For a message's `text`, where only `& < >` can be made harmless."""
    return clip(flat(text).replace("\n", " "), most).translate(_ESCAPES)
