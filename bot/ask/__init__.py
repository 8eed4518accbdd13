"""The use cases: ask, answer, digest, subscribe, home; who asks does not matter."""

from __future__ import annotations

from bot.ask.desk import Desk
from bot.context.context import Context
from bot.domain.replies import Asker, Door, Edit, Reply, Said, ThreadLine

__all__ = ["Asker", "Context", "Desk", "Door", "Edit", "Reply", "Said", "ThreadLine"]
