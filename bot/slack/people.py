"""Who asks: language and time zone, as chosen with perfbot, else as Slack knows them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.base import Parts

log = logging.getLogger(__name__)
KEPT = timedelta(hours=1)


class People:
    """Looks people up, and remembers Slack's word on them for an hour."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._known: dict[str, tuple[datetime, dict[str, str]]] = {}
        self._lock = Lock()

    def asker(self, client: WebClient, user: str, channel: str = "") -> Any:
        """The desk's value for this person in this channel."""
        language, time_zone = self.manners(client, user)
        return self.parts.asker(user, channel, language, time_zone)

    def manners(self, client: WebClient, user: str) -> tuple[str, str]:
        """Language and time zone of a person."""
        chosen = {**self._from_slack(client, user), **self._chosen(user)} if user else {}
        language = chosen.get("language") or self.parts.language
        return language, chosen.get("time_zone") or self.parts.time_zone

    def _chosen(self, user: str) -> dict[str, str]:
        return {name: value for name, value in self.parts.store.preference(user).items() if value}

    def _from_slack(self, client: WebClient, user: str) -> dict[str, str]:
        now = self.parts.clock()
        with self._lock:
            since, known = self._known.get(user, (now - KEPT * 2, {}))
        if now - since < KEPT:
            return known
        known = self._look_up(client, user)
        with self._lock:
            self._known[user] = (now, known)
        return known

    def _look_up(self, client: WebClient, user: str) -> dict[str, str]:
        try:
            found = client.users_info(user=user, include_locale=True).get("user") or {}
        except (SlackApiError, OSError) as error:  # manners are no reason to fail an answer
            log.warning("users.info failed for %s: %s", user, error)
            return {}
        self._remember_name(user, found)
        spoken = language_of(str(found.get("locale") or ""), self.parts.languages)
        known = {"language": spoken, "time_zone": str(found.get("tz") or "")}
        return {name: value for name, value in known.items() if value}

    def _remember_name(self, user: str, found: Mapping[str, Any]) -> None:
        """What people are called is kept: advice tells who answered it, without a mention."""
        profile = found.get("profile") or {}
        name = str(profile.get("real_name") or found.get("real_name") or found.get("name") or "")
        if name and self.parts.store.preference(user).get("name") != name:
            self.parts.store.set_preference(user, name=name)


def language_of(locale: str, languages: tuple[str, ...]) -> str:
    """The catalogue for a locale like `nb-NO` or `en-GB`, or "" where there is none."""
    spoken = locale.replace("_", "-").split("-")[0].lower()
    spoken = {"no": "nb", "nn": "nb"}.get(spoken, spoken)
    return spoken if spoken in languages else ""
