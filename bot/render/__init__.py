"""What people read: templates to Block Kit, in every language there is a catalogue for."""

from __future__ import annotations

from bot.render.templates import Message, Renderer, languages
from bot.render.trends import Trend, sparkline, without_visualization

__all__ = [
    "Message",
    "Renderer",
    "Trend",
    "languages",
    "sparkline",
    "without_visualization",
]
