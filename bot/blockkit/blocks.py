"""Every block and the surfaces it may stand on.

Blocks of numbers: table, data_table and data_visualization.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.blockkit.checks import (
    BLOCK_ID,
    SLACK_FILE,
    Check,
    anything,
    both,
    choice,
    flag,
    items,
    number,
    one_of,
    plain,
    shape,
    text,
    whole,
    words,
)
from bot.blockkit.elements import ACCESSORIES, ACTIONS, CONTEXT_ACTIONS, IMAGE, INPUTS, RICH_TEXT
from bot.blockkit.slack_limits import LIMITS, Problem, failed, missing

_MOST = LIMITS["table.characters"]
_CELLS: Mapping[str, Check] = {
    "raw_text": shape({"text": text(_MOST)}),
    "raw_number": shape({"value": number()}, {"text": text(_MOST)}),
}
_RICH_CELLS: Mapping[str, Check] = {**_CELLS, "rich_text": RICH_TEXT}
_ROW = items(one_of(_RICH_CELLS), LIMITS["table.columns"])
_COLUMN = shape(None, {"align": choice("left", "center", "right"), "is_wrapped": flag})


def _column(value: Any, at: str) -> Iterator[Problem]:
    # null keeps a column as it is while the next one is set.
    if value is not None:
        yield from _COLUMN(value, at)


def _header_without_rich_text(value: Any, at: str) -> Iterator[Problem]:
    rows = value.get("rows")
    if isinstance(rows, list) and rows and isinstance(rows[0], list):
        for index, cell in enumerate(rows[0]):
            yield from one_of(_CELLS)(cell, f"{at}/rows/0/{index}")


def _rows_of_one_width(value: Any, at: str) -> Iterator[Problem]:
    rows = value.get("rows")
    widths = [len(row) for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
    for index, width in enumerate(widths):
        if width != widths[0]:
            message = f"all rows must have {widths[0]} cells"
            yield failed(f"{at}/rows/{index}", message, "row_length", widths[0], width)


TABLE = shape(
    {"rows": items(_ROW, LIMITS["table.rows"])},
    {"block_id": BLOCK_ID, "column_settings": items(_column, LIMITS["table.columns"], 0)},
)
DATA_TABLE = both(
    shape(
        {
            "caption": text(LIMITS["section.text"]),
            "rows": items(_ROW, LIMITS["data_table.rows"], 2),
        },
        {
            "block_id": BLOCK_ID,
            "page_size": whole(1, LIMITS["data_table.page"]),
            "row_header_column_index": whole(0, LIMITS["table.columns"] - 1),
        },
    ),
    _header_without_rich_text,
    _rows_of_one_width,
)

_LABEL = text(LIMITS["chart.label"])
_POINT = shape({"label": _LABEL, "value": number()})
_SERIES = shape({"name": _LABEL, "data": items(_POINT, LIMITS["chart.categories"])})
_AXIS = shape(
    {"categories": items(_LABEL, LIMITS["chart.categories"])},
    {"x_label": text(LIMITS["chart.axis"]), "y_label": text(LIMITS["chart.axis"])},
)


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _series_fit_the_axis(value: Any, at: str) -> Iterator[Problem]:
    axis, series = value.get("axis_config"), value.get("series")
    if not isinstance(axis, dict) or not isinstance(series, list):
        return
    categories = _strings(axis.get("categories"))
    if len(set(categories)) < len(categories):
        pointer = f"{at}/axis_config/categories"
        yield failed(pointer, "categories must be unique", "unique", True, categories)
    names = [entry.get("name") for entry in series if isinstance(entry, dict)]
    if len(set(map(str, names))) < len(names):
        yield failed(f"{at}/series", "series names must be unique", "unique", True, names)
    for index, series_entry in enumerate(series):
        points = series_entry.get("data") if isinstance(series_entry, dict) else None
        if isinstance(points, list):
            labels = [point.get("label") for point in points if isinstance(point, dict)]
            if labels != categories:
                pointer = f"{at}/series/{index}/data"
                message = "data points must match the categories"
                yield failed(pointer, message, "categories", categories, labels)


_PLOT = both(
    shape({"series": items(_SERIES, LIMITS["chart.series"]), "axis_config": _AXIS}),
    _series_fit_the_axis,
)
_SEGMENT = shape({"label": _LABEL, "value": number(above=0)})
_CHARTS: Mapping[str, Check] = {
    "line": _PLOT,
    "bar": _PLOT,
    "area": _PLOT,
    "pie": shape({"segments": items(_SEGMENT, LIMITS["chart.segments"])}),
}
DATA_VISUALIZATION = shape(
    {"title": text(LIMITS["chart.title"]), "chart": one_of(_CHARTS)}, {"block_id": BLOCK_ID}
)
FILE = shape(
    {"external_id": text(LIMITS["id"]), "source": choice("remote")}, {"block_id": BLOCK_ID}
)
VIDEO = shape(
    {
        "alt_text": text(LIMITS["image.alt_text"]),
        "title": anything,
        "thumbnail_url": text(LIMITS["url"]),
        "video_url": text(LIMITS["url"]),
    },
    {
        "author_name": text(50),
        "block_id": BLOCK_ID,
        "description": anything,
        "provider_icon_url": text(LIMITS["url"]),
        "provider_name": text(50),
        "title_url": text(LIMITS["url"]),
    },
)


_NAMED: Mapping[str, Check] = {"block_id": BLOCK_ID}


def _text_or_fields(value: Any, at: str) -> Iterator[Problem]:
    if "text" not in value and "fields" not in value:
        yield missing(at, "text")


def _image_source(value: Any, at: str) -> Iterator[Problem]:
    if "image_url" not in value and "slack_file" not in value:
        yield missing(at, "image_url")


_CONTEXT = one_of(
    {
        "image": IMAGE,
        "plain_text": words(LIMITS["context.text"]),
        "mrkdwn": words(LIMITS["context.text"]),
    }
)

BLOCKS: Final[Mapping[str, Check]] = {
    "section": both(
        shape(
            None,
            {
                "text": words(LIMITS["section.text"]),
                "fields": items(words(LIMITS["section.field"]), LIMITS["section.fields"]),
                "accessory": one_of(ACCESSORIES),
                "expand": flag,
                **_NAMED,
            },
        ),
        _text_or_fields,
    ),
    "header": shape({"text": plain(LIMITS["header.text"])}, _NAMED),
    "divider": shape(None, _NAMED),
    "context": shape({"elements": items(_CONTEXT, LIMITS["context.elements"])}, _NAMED),
    "context_actions": shape(
        {"elements": items(one_of(CONTEXT_ACTIONS), LIMITS["context_actions.elements"])}, _NAMED
    ),
    "actions": shape({"elements": items(one_of(ACTIONS), LIMITS["actions.elements"])}, _NAMED),
    "input": shape(
        {"label": plain(LIMITS["input.label"]), "element": one_of(INPUTS)},
        {
            "hint": plain(LIMITS["input.hint"]),
            "optional": flag,
            "dispatch_action": flag,
            **_NAMED,
        },
    ),
    "image": both(
        shape(
            {"alt_text": text(LIMITS["image.alt_text"])},
            {
                "image_url": text(LIMITS["image.url"]),
                "slack_file": SLACK_FILE,
                "title": plain(LIMITS["image.title"]),
                **_NAMED,
            },
        ),
        _image_source,
    ),
    "markdown": shape({"text": text(LIMITS["markdown.text"])}, _NAMED),
    "rich_text": RICH_TEXT,
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "file": FILE,
    "video": VIDEO,
}
_MESSAGE_ONLY = {
    "markdown", "table", "data_table", "data_visualization", "context_actions", "file"
}  # fmt: skip
SURFACES: Final[Mapping[str, Mapping[str, Check]]] = {
    "message": BLOCKS,
    "modal": {name: check for name, check in BLOCKS.items() if name not in _MESSAGE_ONLY},
    "home": {name: check for name, check in BLOCKS.items() if name not in _MESSAGE_ONLY},
}
