"""What people read: templates to Block Kit, in every language there is a catalogue for."""

from __future__ import annotations

from bot.render.charts import Trend, sparkline, without_visualization
from bot.render.renderer import Message, Renderer, Renderers, languages

__all__ = [
    "Message",
    "Renderer",
    "Renderers",
    "Trend",
    "languages",
    "sparkline",
    "without_visualization",
]
