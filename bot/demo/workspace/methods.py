"""Every method of the Web API the workspace knows; anything else is `unknown_method`."""

from __future__ import annotations

from bot.demo.workspace import (
    assistants,
    chat,
    conversations,
    files,
    groups,
    reactions,
    users,
    views,
)
from bot.demo.workspace.api import Method

METHODS: dict[str, Method] = {
    **users.METHODS,
    **groups.METHODS,
    **assistants.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **reactions.METHODS,
    **views.METHODS,
    **files.METHODS,
}
