"""What people read: templates to Block Kit, in every language there is a catalogue for."""

from __future__ import annotations

from bot.render.renderer import Message, Renderer, languages
from bot.render.trend_charts import Trend, sparkline, without_visualization

__all__ = [
    "Message",
    "Renderer",
    "Trend",
    "languages",
    "sparkline",
    "without_visualization",
]
