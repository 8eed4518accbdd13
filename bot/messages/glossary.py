"""The shipped glossary of metrics, for a renderer that was given none of its own."""

from __future__ import annotations

from functools import lru_cache

import yaml

from bot.numbers.metrics import Metrics
from bot.places import shipped


@lru_cache(maxsize=1)
def shipped_metrics() -> Metrics:
    """rules/metrics.yml as it came with the product: units and titles of every metric."""
    text = (shipped("rules") / "metrics.yml").read_text("utf-8")
    return Metrics.from_data(yaml.safe_load(text))
