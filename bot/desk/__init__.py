"""The use cases: ask, answer, digest, subscribe, home; who asks does not matter."""

from __future__ import annotations

from bot.desk.desk import Desk
from bot.desk.office import Office
from bot.desk.types import Asker, Change, Line, Reply, Said

__all__ = ["Asker", "Change", "Desk", "Line", "Office", "Reply", "Said"]
