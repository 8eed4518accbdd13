"""Printing: JSON for programs, tables for people, and Block Kit as a terminal shows it."""

from __future__ import annotations

import json
import math
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.door import in_words
from bot.redaction import redacted
from bot.sentences import Sentence

Block = Mapping[str, Any]
WIDTH = 100
SPARKS = "▁▂▃▄▅▆▇█"


def plain(blocks: Sequence[Block]) -> str:
    """The blocks as text, a blank line between them.

    Names can hold anything, so control characters (which steer a terminal) are left out.
    """
    parts = [READERS.get(str(block.get("type")), _unknown)(block) for block in blocks]
    return "\n\n".join(clean(part).rstrip() for part in parts if part.strip())


def clean(text: str) -> str:
    """Without secrets, control and direction-changing characters; line breaks and tabs stay."""
    return "".join(
        char
        for char in redacted(text)
        if char in "\n\t" or (unicodedata.category(char) not in {"Cc", "Cs"} and char not in BIDI)
    )


BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def words(text_object: Mapping[str, Any] | None) -> str:
    """A text object's words: mrkdwn's links, dates and entities as people read them."""
    text = str((text_object or {}).get("text") or "")
    return mrkdwn(text) if (text_object or {}).get("type") == "mrkdwn" else text


def mrkdwn(text: str) -> str:
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<(?:https?|mailto):[^|>]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<([@#])([A-Z0-9@]+)(?:\|([^>]*))?>", lambda m: m[1] + (m[3] or m[2]), text)
    text = re.sub(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _header(block: Block) -> str:
    heading = words(block.get("text"))
    return f"{heading}\n{'=' * min(max(len(heading), 1), WIDTH)}"


def _section(block: Block) -> str:
    parts = [
        words(block.get("text")),
        *_fields([words(text_field) for text_field in block.get("fields", ())]),
    ]
    accessory = block.get("accessory")
    parts += [_element(accessory)] if accessory else []
    return "\n".join(part for part in parts if part)


def _fields(texts: Sequence[str]) -> list[str]:
    """Fields of a title and a value, the values under each other."""
    pairs = [text.partition("\n") for text in texts]
    wide = max((cell_len(title) for title, _, value in pairs if value), default=0)
    return [
        f"{title}{' ' * (wide - cell_len(title))}  {value}" if value else title
        for title, _, value in pairs
    ]


def _context(block: Block) -> str:
    return "  ".join(_element(element) for element in block.get("elements", ()))


def _element(element: Mapping[str, Any]) -> str:
    kind = str(element.get("type"))
    if kind in {"mrkdwn", "plain_text"}:
        return words(element)
    if kind == "image":
        return f"[picture: {element.get('alt_text', '')}]"
    if kind == "overflow":
        return " ".join(f"[{words(option.get('text'))}]" for option in element.get("options", ()))
    label = words(element.get("text")) or words(element.get("placeholder"))
    return f"[{label}]" if label else ""


def _image(block: Block) -> str:
    return f"[picture: {block.get('alt_text', '')}]"


def _markdown(block: Block) -> str:
    return str(block.get("text", ""))


def _input(block: Block) -> str:
    return f"{words(block.get('label'))}: {_element(block.get('element', {}))}"


def _rich(block: Block) -> str:
    return "\n".join(_rich_part(part) for part in block.get("elements", ()))


def _rich_part(part: Mapping[str, Any]) -> str:
    kind, elements = part.get("type"), part.get("elements", ())
    if kind == "rich_text_list":
        return "\n".join(_items(part))
    text = "".join(_run(run) for run in elements)
    return (
        "\n".join(f"> {line}" for line in text.split("\n")) if kind == "rich_text_quote" else text
    )


def _items(part: Mapping[str, Any]) -> Iterator[str]:
    indent = "  " * int(part.get("indent", 0))
    first_number = int(part.get("offset", 0)) + 1
    for number, item in enumerate(part.get("elements", ()), start=first_number):
        mark = f"{number}." if part.get("style") == "ordered" else "•"
        yield f"{indent}{mark} {_rich_part(item)}"


def _run(run: Mapping[str, Any]) -> str:
    kind = str(run.get("type"))
    if kind == "text":
        return str(run.get("text", ""))
    if kind == "emoji":
        return _emoji(run)
    if kind == "link":
        return str(run.get("text") or run.get("url", ""))
    marks = {"user": "@", "channel": "#", "usergroup": "@", "broadcast": "@"}
    mention = run.get("user_id") or run.get("channel_id") or run.get("usergroup_id")
    return marks.get(kind, "") + str(mention or run.get("range") or run.get("fallback") or "")


def _emoji(run: Mapping[str, Any]) -> str:
    code = str(run.get("unicode", ""))
    if re.fullmatch(r"[0-9a-fA-F-]+", code):
        return "".join(chr(int(part, 16)) for part in code.split("-") if part)
    return f":{run.get('name', '')}:"


def _table(block: Block) -> str:
    rows = block.get("rows", ())
    if not rows:
        return str(block.get("caption", ""))
    settings = list(block.get("column_settings") or ())
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="")
    for index, cell in enumerate(rows[0]):
        setting = (settings[index] if index < len(settings) else None) or {}
        table.add_column(Text(_cell(cell)), justify=setting.get("align", "left"))
    for row in rows[1:]:
        table.add_row(*(Text(_cell(cell)) for cell in row))
    caption = str(block.get("caption") or "")
    return f"{caption}\n{printed(table)}" if caption else printed(table)


def _cell(cell: Mapping[str, Any]) -> str:
    kind = cell.get("type")
    if kind == "rich_text":
        return clean(_rich(cell))
    if kind == "raw_number":
        return clean(str(cell.get("text") or cell.get("value", "")))
    return clean(str(cell.get("text", "")))


def printed(renderable: Any, width: int = WIDTH) -> str:
    """What rich would print, without colour, trailing blanks left out."""
    page = StringIO()
    Console(file=page, width=width, no_color=True, highlight=False, markup=False).print(renderable)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines())


def _chart(block: Block) -> str:
    chart = block.get("chart", block)
    title = str(block.get("title") or chart.get("title") or "")
    lines = [_line(series) for series in chart.get("series", ())]
    return "\n".join([title, *lines]).strip()


def _line(series: Mapping[str, Any]) -> str:
    """A bar a day between the first value and the last, which give it a scale."""
    values = _values(series)
    if not values:
        return _label(series)
    first, last = (f"{value:,.6g}".replace(",", " ") for value in (values[0], values[-1]))
    return f"{_label(series)}  {first} {spark(values)} {last}"


def _label(series: Mapping[str, Any]) -> str:
    return str(series.get("name") or series.get("label") or "")


def _values(series: Mapping[str, Any]) -> list[float]:
    points = series.get("data") or series.get("values") or ()
    values = [point.get("value") if isinstance(point, Mapping) else point for point in points]
    return [float(value) for value in values if isinstance(value, int | float)]


def spark(values: Sequence[float]) -> str:
    """Values as a row of little bars, the lowest to the highest."""
    if not values:
        return ""
    low, high = min(values), max(values)
    scale = (len(SPARKS) - 1) / (high - low) if high > low else 0
    return "".join(SPARKS[round((value - low) * scale)] for value in values)


def _unknown(block: Block) -> str:
    return words(block.get("text")) if isinstance(block.get("text"), Mapping) else ""


def _divider(_: Block) -> str:
    return "─" * 60


READERS: dict[str, Callable[[Block], str]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _context,
    "context_actions": _context,
    "image": _image,
    "markdown": _markdown,
    "input": _input,
    "rich_text": _rich,
    "table": _table,
    "data_table": _table,
    "data_visualization": _chart,
    "divider": _divider,
}


def as_json(value: Any) -> None:
    """One JSON document to standard output; days as YYYY-MM-DD."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str, allow_nan=False)
    click.echo(redacted(text))


def as_line(value: Any) -> None:
    """One JSON document on a line of its own."""
    text = json.dumps(value, ensure_ascii=False, default=str, allow_nan=False)
    click.echo(redacted(text))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """A table as text, no wider than the terminal; names cannot steer it."""
    numbers = set(right)
    grid = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
    for index, head in enumerate(heads):
        grid.add_column(
            head, justify="right" if index in numbers else "left", no_wrap=index in numbers
        )
    for row in rows:
        grid.add_row(*(Text(clean(cell)) for cell in row))
    return printed(grid, _width())


def _width() -> int:
    """The terminal's width; where nobody looks, wide enough that no line is broken."""
    if not sys.stdout.isatty():
        return 250
    return max(80, shutil.get_terminal_size().columns)


def said(text: str) -> None:
    """Words for people to standard output, without control characters; ours in their language."""
    click.echo(clean(in_words(text) if isinstance(text, Sentence) else text))


def number(value: float | None, unit: str = "") -> str:
    """A whole number with its unit; a dash where none is known."""
    return "–" if value is None or not math.isfinite(value) else f"{value:,.0f}{unit}".rstrip()
