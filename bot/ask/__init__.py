"""The use cases: ask, answer, digest, subscribe, home; who asks does not matter."""

from __future__ import annotations

from bot.ask.desk import Desk
from bot.context.context import Office
from bot.domain.replies import Asker, Change, Door, Line, Reply, Said

__all__ = ["Asker", "Change", "Desk", "Door", "Line", "Office", "Reply", "Said"]
