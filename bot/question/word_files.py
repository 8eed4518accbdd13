"""The files of words beside this code, each read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def words_of(name: str) -> Mapping[str, Any]:
    """What `name` in bot/question holds, e.g. `terms.yml`: a mapping, shared by whoever asks."""
    text = resources.files("bot.question").joinpath(name).read_text("utf-8")
    content: Mapping[str, Any] = yaml.safe_load(text)
    return content
