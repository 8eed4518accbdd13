"""Every method of the Web API the workspace knows; anything else is `unknown_method`."""

from __future__ import annotations

from bot.demo.workspace import (
    chat,
    conversations,
    files,
    reactions,
    users,
    views,
)
from bot.demo.workspace.api import Method

METHODS: dict[str, Method] = {
    **users.METHODS,
    **users.GROUPS,
    **users.ASSISTANTS,
    **chat.METHODS,
    **conversations.METHODS,
    **reactions.METHODS,
    **views.METHODS,
    **files.METHODS,
}
