"""Every block and the surfaces it may stand on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.blockkit.checks import Check, both, flag, items, one_of, shape, text
from bot.blockkit.elements import ACCESSORIES, ACTIONS, CONTEXT_ACTIONS, IMAGE, INPUTS
from bot.blockkit.figures import DATA_TABLE, DATA_VISUALIZATION, FILE, TABLE, VIDEO
from bot.blockkit.limits import LIMITS
from bot.blockkit.problem import Problem, missing
from bot.blockkit.rich import RICH_TEXT
from bot.blockkit.texts import BLOCK_ID, SLACK_FILE, plain, words

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
