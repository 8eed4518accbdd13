"""The composition root: settings to store, sources, Slack and clock; the processes made of them.

Only this package and the command line import everything.
"""

from __future__ import annotations

from bot.app.demo import DemoRequest, demo
from bot.app.processes import run, web, worker

__all__ = ["DemoRequest", "demo", "run", "web", "worker"]
