"""Who is in a user group: asked of Slack, and remembered for a while."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import PerfbotError

log = logging.getLogger(__name__)
KEPT = timedelta(minutes=10)


class UserGroups:
    """Members of user groups by the group's id (`usergroups.users.list`, scope usergroups:read).

    Args:
        client: As the bot.
        clock: Aware UTC now.
    """

    def __init__(self, client: WebClient, clock: Callable[[], datetime]) -> None:
        self.client, self.clock = client, clock
        self._known: dict[str, tuple[datetime, frozenset[str]]] = {}
        self._lock = Lock()

    def __call__(self, group: str) -> frozenset[str]:
        """Ids of the group's members; as last known where Slack does not answer.

        Raises:
            PerfbotError: Slack does not tell, and never did: nobody is let through on a guess.
        """
        with self._lock:
            cached = self._known.get(group)
        if cached and self.clock() - cached[0] < KEPT:
            return cached[1]
        try:
            members = self._asked(group)
        except (SlackApiError, OSError) as error:
            log.warning("usergroups.users.list failed for %s: %s", group, error)
            if cached:
                return cached[1]
            raise PerfbotError(
                "Slack does not tell me who is in the user group %(group)s.",
                hint="An admin can check its id in perfbot.toml, and the scope usergroups:read.",
                values={"group": group},
            ) from error
        with self._lock:
            self._known[group] = (self.clock(), members)
        return members

    def _asked(self, group: str) -> frozenset[str]:
        answer = self.client.usergroups_users_list(usergroup=group)
        return frozenset(map(str, answer.get("users") or ()))
