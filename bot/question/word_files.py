"""The files of words beside this code, each read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, TypeAlias

import yaml

WordFile: TypeAlias = Mapping[str, Any]  # as its author wrote it: YAML knows no more


@cache
def words_of(name: str) -> WordFile:
    """What `name` in bot/question holds, e.g. `terms.yml`: a mapping, shared by whoever asks."""
    text = resources.files("bot.question").joinpath(name).read_text("utf-8")
    content: WordFile = yaml.safe_load(text)
    return content
