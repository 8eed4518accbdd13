"""Who asks: language and time zone, as chosen with perfbot, else as Slack knows them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import PerfbotError
from bot.slack.base import SlackParts
from bot.slack.web_clients import patient

log = logging.getLogger(__name__)
KEPT = timedelta(hours=1)
PATIENCE = 3.0  # seconds; manners are not worth more


class People:
    """Looks people up, and remembers Slack's word on them for an hour.

    Where Slack does not answer, what it said before stands; that it did not is never remembered.
    """

    def __init__(self, parts: SlackParts) -> None:
        self.parts = parts
        self._known: dict[str, tuple[datetime, dict[str, str]]] = {}
        self._names: dict[str, str] = {}
        self._lock = Lock()

    def asker(
        self, client: WebClient, user: str, channel: str = "", *, seconds: float = PATIENCE
    ) -> Any:
        """The desk's value for this person in this channel; Slack is waited for so long."""
        language, time_zone = self.manners(client, user, seconds=seconds)
        return self.parts.asker(user, channel, language, time_zone)

    def manners(
        self, client: WebClient, user: str, *, seconds: float = PATIENCE
    ) -> tuple[str, str]:
        """Language and time zone of a person; nothing that fails is a reason to fail an answer."""
        chosen = {**self._from_slack(client, user, seconds), **self._chosen(user)} if user else {}
        language = chosen.get("language") or self.parts.language
        return language, chosen.get("time_zone") or self.parts.time_zone

    def meet(self, client: WebClient, user: str) -> None:
        """Look somebody up who is not known yet, and keep what they are called."""
        self._from_slack(client, user, PATIENCE)
        self.write_down(user)

    def write_down(self, user: str) -> None:
        """Keep what a person is called: advice tells who answered it, without a mention."""
        with self._lock:
            name = self._names.get(user, "")
        try:
            if name:
                self.parts.store.set_preference(user, name=name)
        except PerfbotError as error:  # it is kept when they are next heard
            log.warning("The name of %s could not be kept: %s", user, error)
            return
        with self._lock:
            if self._names.get(user) == name:
                self._names.pop(user, None)

    def _chosen(self, user: str) -> dict[str, str]:
        try:
            preferences = self.parts.store.preference(user)
        except PerfbotError as error:
            log.warning("What %s has chosen cannot be read: %s", user, error)
            return {}
        with self._lock:  # what is kept already need not be kept again
            if user in self._names and self._names[user] == preferences.get("name"):
                del self._names[user]
        return {name: value for name, value in preferences.items() if value}

    def _from_slack(self, client: WebClient, user: str, seconds: float) -> dict[str, str]:
        now = self.parts.clock()
        with self._lock:
            since, profile = self._known.get(user, (now - KEPT * 2, {}))
        if now - since < KEPT:
            return profile
        fresh = self._look_up(client, user, seconds)
        if fresh is None:
            return profile
        with self._lock:
            self._known[user] = (now, fresh)
        return fresh

    def _look_up(self, client: WebClient, user: str, seconds: float) -> dict[str, str] | None:
        try:
            answer = patient(client, seconds).users_info(user=user, include_locale=True)
        except (SlackApiError, OSError) as error:
            log.warning("users.info failed for %s: %s", user, error)
            return None
        member: Mapping[str, Any] = answer.get("user") or {}
        self._hear_name(user, member)
        spoken = language_of(str(member.get("locale") or ""), self.parts.languages)
        profile = {"language": spoken, "time_zone": str(member.get("tz") or "")}
        return {name: value for name, value in profile.items() if value}

    def _hear_name(self, user: str, member: Mapping[str, Any]) -> None:
        profile = member.get("profile") or {}
        name = str(profile.get("real_name") or member.get("real_name") or member.get("name") or "")
        with self._lock:
            self._names[user] = name


def language_of(locale: str, languages: tuple[str, ...]) -> str:
    """The catalogue for a locale like `nb-NO` or `en-GB`, or "" where there is none."""
    spoken = locale.replace("_", "-").split("-")[0].lower()
    spoken = {"no": "nb", "nn": "nb"}.get(spoken, spoken)
    return spoken if spoken in languages else ""
