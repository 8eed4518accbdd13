"""Values that stay inert: whatever a name contains, it is read and never obeyed.

A template's own words may carry `*bold*`, `_italic_` and `` `code` ``; a value may not. Every value
that is put into words is wrapped in two private-use characters, so that the builders can still tell
the two apart after translation, joining and cutting.

Words into what Slack shows: rich text elements, plain text, the fallback's text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.slack_ids import is_slack_id

OPEN, CLOSE = "\ue000", "\ue001"
SPECIAL, BETWEEN = "\ue002", "\ue003"
MISSING = "–"
MOST = 80
_JOINERS = {"\u200c", "\u200d"}  # Persian words and family emoji need them
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_ISOLATE, _POP = "\u2068", "\u2069"


class Words(str):
    """Text of our own, in which values are already wrapped; anything else is a value."""

    __slots__ = ()


class Long(str):
    """A value that may be longer than a name: a reason somebody wrote, an error's sentence."""

    __slots__ = ()


def clean(value: str) -> str:
    """A value on one line, without control characters, direction overrides or our own marks.

    Right-to-left text is isolated, so that it cannot turn the words around it.
    """
    letters = "".join(_kept(value))
    line = letters.strip()
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in line):
        return f"{_ISOLATE}{line}{_POP}"
    return line


def _kept(value: str) -> Iterator[str]:
    for letter in value:
        kind = unicodedata.category(letter)
        if letter.isspace():
            yield "\u00a0" if letter in "\u00a0\u202f" else " "
        elif kind in {"Cc", "Zl", "Zp"}:
            yield " "
        elif letter in {OPEN, CLOSE, SPECIAL, BETWEEN} or kind == "Cs":
            continue
        elif kind != "Cf" or letter in _JOINERS:
            yield letter


def clip(value: str, most: int) -> str:
    """At most `most` characters, cut in the middle: names differ at both ends.

    Counted as UTF-16 does, which is never less than Slack counts.
    """
    if size(value) <= most:
        return value
    isolated = value.startswith(_ISOLATE) and value.endswith(_POP)
    inner = value[1:-1] if isolated else value
    room = most - 3 if isolated else most - 1
    cut = f"{_first(inner, room - room // 3)}…{_last(inner, room // 3)}"
    return f"{_ISOLATE}{cut}{_POP}" if isolated else cut


def size(value: str) -> int:
    """Length in UTF-16 units."""
    return len(value) + sum(letter > "\uffff" for letter in value)


def _first(value: str, most: int) -> str:
    letters, used = [], 0
    for letter in value:
        used += 1 + (letter > "\uffff")
        if used > most:
            break
        letters.append(letter)
    while letters and letters[-1] in _JOINERS:
        letters.pop()
    return "".join(letters).rstrip()


def _last(value: str, most: int) -> str:
    tail = _first(value[::-1], most)[::-1]
    while tail and (unicodedata.combining(tail[0]) or tail[0] in _JOINERS):
        tail = tail[1:]
    return tail.lstrip()


def value(content: object, most: int = MOST) -> str:
    """A thing as inert text without marks: cleaned, cut, never empty."""
    longest = 900 if isinstance(content, Long) else most
    raw = "" if content is None else bare(content) if isinstance(content, Words) else str(content)
    return clip(clean(raw), longest) or MISSING


def mark(content: object) -> Words:
    """A thing ready to stand in words: our own words as they are, a value wrapped."""
    if isinstance(content, Words):
        return content
    return Words(f"{OPEN}{value(content)}{CLOSE}")


def special(kind: str, payload: str, fallback: str) -> Words:
    """Something Slack itself writes out for each reader: a `date` or a `channel`.

    Args:
        kind: The rich text element.
        payload: Its seconds since 1970 and its format (`1795417200 {time}`), or a channel's id.
        fallback: What is read where there is no rich text; a value, so it stays inert.
    """
    parts = (f"{SPECIAL}{kind}", payload, value(fallback))
    return Words(f"{OPEN}{BETWEEN.join(parts)}{CLOSE}")


def moment(at: datetime, fallback: str) -> Words:
    """A time of day, which Slack writes in each reader's own time zone."""
    return special("date", f"{int(at.timestamp())} {{time}}", fallback)


def channel(channel_id: str, fallback: str) -> Words:
    """A channel by its name, which leads there; the fallback where the id is none of Slack's."""
    is_place = is_slack_id(channel_id, "CG")
    return special("channel", channel_id, fallback) if is_place else mark(fallback)


def taken_apart(inside: str) -> tuple[str, str, str]:
    """(kind, what, fallback) of something special, ("", "", text) of an ordinary value."""
    if not inside.startswith(SPECIAL):
        return "", "", inside
    kind, payload, fallback = inside[1:].split(BETWEEN)
    return kind, payload, fallback


def words(*parts: object, between: str = " ") -> Words:
    """Parts in a row: words as words, everything else as values; nothing and "" are left out."""
    return Words(between.join(mark(part) for part in parts if part is not None and part != ""))


def capital(text: Words) -> Words:
    """Words with a capital first letter, unless they begin with a value."""
    return Words(text[:1].upper() + text[1:]) if text else text


def runs(text: str) -> Iterator[tuple[bool, str]]:
    """The text in pieces: (True, value) or (False, our own words)."""
    for index, piece in enumerate(text.split(OPEN)):
        inside, _, after = piece.partition(CLOSE) if index else ("", "", piece)
        if inside:
            yield True, inside
        if after:
            yield False, after


def bare(text: Iterable[str] | str) -> str:
    """Text without the marks around values and without markup of our own."""
    return "".join(
        taken_apart(piece)[2]
        if is_value
        else piece.replace("*", "").replace("_", "").replace("`", "")
        for is_value, piece in runs(str(text))
    )


_MARKS = {"*": "bold", "_": "italic", "`": "code"}
_MARK = re.compile(r"([*_`])")
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}


def inline(text: Words) -> list[dict[str, Any]]:
    """Rich text elements: only our own words may switch a style on or off."""
    elements: list[dict[str, Any]] = []
    for piece, look in _styled(text):
        style = {"style": dict.fromkeys(look, True)} if look else {}
        kind, payload, piece = taken_apart(piece)  # noqa: PLW2901 - what is left of it
        if kind:
            elements.append({"type": kind, **_ELEMENTS[kind](payload, piece), **style})
        elif (
            elements
            and elements[-1]["type"] == "text"
            and elements[-1].get("style", {}) == style.get("style", {})
        ):
            elements[-1]["text"] += piece
        else:
            elements.append({"type": "text", "text": piece, **style})
    return elements or [{"type": "text", "text": MISSING}]


def _date(payload: str, fallback: str) -> dict[str, Any]:
    seconds, _, form = payload.partition(" ")
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
    return {"type": "rich_text_list", "style": style, "elements": [section(line) for line in lines]}


def plain(text: Words, most: int) -> dict[str, Any]:
    """A plain_text object; `emoji` stays off, so that `:tada:` in a name is only text."""
    return {"type": "plain_text", "text": clip(flat(text), most), "emoji": False}


def flat(text: Words) -> str:
    """The text as it is read, without styles; never empty."""
    return bare(text).strip() or MISSING


def fallback(text: Words, most: int = 3_000) -> str:
    """For a message's `text`, where only `& < >` can be made harmless."""
    return clip(flat(text).replace("\n", " "), most).translate(_ESCAPES)
