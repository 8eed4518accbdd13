"""What is asked of Slack and remembered for a while: who is in a user group, who somebody is.

Which channels a person is in, where what they may see hangs on that; whether perfbot is in a
channel that something will be posted to; the way to a message. Whoever asks has the language and
time zone chosen with perfbot, else those Slack knows them by.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import PerfbotError
from bot.slack.base import SlackParts
from bot.slack.failing import ArchivedThere, NotInstalledHere, NotThere
from bot.slack.web_clients import patient
from bot.slack.workspaces import NOT_INSTALLED

log = logging.getLogger(__name__)
MEMBERS_KEPT = timedelta(minutes=10)
ASKED_AGAIN = timedelta(minutes=1)
PAGE = 200  # channels of a person Slack tells at a time


class _Remembered:
    """Ids Slack told of something, and when; for threads side by side."""

    def __init__(self, clock: Callable[[], datetime], age: timedelta) -> None:
        self._clock, self._age = clock, age
        self._answers: dict[str, tuple[datetime, frozenset[str]]] = {}
        self._lock = Lock()

    def last(self, key: str) -> frozenset[str] | None:
        """What was told last, however long ago."""
        with self._lock:
            return self._answers[key][1] if key in self._answers else None

    def fresh(self, key: str) -> frozenset[str] | None:
        """What was told lately enough."""
        with self._lock:
            at, ids = self._answers.get(key, (None, None))
        return ids if at and self._clock() - at < self._age else None

    def keep(self, key: str, ids: frozenset[str]) -> frozenset[str]:
        with self._lock:
            self._answers[key] = (self._clock(), ids)
        return ids

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()


class UserGroups:
    """Members of user groups by the group's id (`usergroups.users.list`, scope usergroups:read).

    Args:
        client: As the bot.
        clock: Aware UTC now.
    """

    def __init__(self, client: WebClient, clock: Callable[[], datetime]) -> None:
        self.client = client
        self._members = _Remembered(clock, MEMBERS_KEPT)

    def __call__(self, group: str) -> frozenset[str]:
        """Ids of the group's members; as last known where Slack does not answer.

        Raises:
            PerfbotError: Slack does not tell, and never did: nobody is let through on a guess.
        """
        if (members := self._members.fresh(group)) is not None:
            return members
        try:
            return self._members.keep(group, self._asked(group))
        except (SlackApiError, OSError) as error:
            log.warning("usergroups.users.list failed for %s: %s", group, error)
            if (members := self._members.last(group)) is not None:
                return members
            raise PerfbotError(
                "Slack does not tell me who is in the user group %(group)s.",
                hint="An admin can check its id in perfbot.toml, and the scope usergroups:read.",
                values={"group": group},
            ) from error

    def _asked(self, group: str) -> frozenset[str]:
        answer = self.client.usergroups_users_list(usergroup=group)
        return frozenset(map(str, answer.get("users") or ()))


class Memberships:
    """Which channels a person is in (`users.conversations`), for direct messages and Home tabs.

    Asked only where clients are kept apart, and again after a minute: whoever leaves a client's
    channel soon sees that client no more.

    Args:
        client: As the bot.
        clock: Aware UTC now.
    """

    def __init__(self, client: WebClient, clock: Callable[[], datetime]) -> None:
        self.client = client
        self._channels = _Remembered(clock, ASKED_AGAIN)

    def __call__(self, user: str) -> frozenset[str]:
        """Ids of the channels; raises PerfbotError where Slack does not tell."""
        if (channels := self._channels.fresh(user)) is not None:
            return channels
        try:
            return self._channels.keep(user, frozenset(self._asked(user)))
        except (SlackApiError, OSError) as error:
            log.warning("users.conversations failed for %s: %s", user, error)
            raise PerfbotError(
                "Slack does not tell me which channels you are in.",
                hint="Ask in a channel. An admin can check the scopes channels:read and "
                "groups:read.",
            ) from error

    def ask_anew(self) -> None:
        """Believe nothing told before: somebody is known to have left a channel."""
        self._channels.clear()

    def _asked(self, user: str) -> Iterator[str]:
        cursor = ""
        while True:
            page = patient(self.client, READING).users_conversations(
                user=user, types="public_channel,private_channel", limit=PAGE, cursor=cursor,
                exclude_archived=True,
            )  # fmt: skip
            yield from (str(channel["id"]) for channel in page.get("channels") or ())
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return


MOST_KEPT = 5_000


class Links:
    """Permalinks by channel and ts (`chat.getPermalink`), which never change."""

    def __init__(self, client: WebClient) -> None:
        self.client = client
        self._known: dict[tuple[str, str], str] = {}
        self._lock = Lock()

    def __call__(self, channel: str, ts: str) -> str:
        """The address of a message, or "" where Slack does not know it any more."""
        with self._lock:
            permalink = self._known.get((channel, ts))
        if permalink is not None:
            return permalink
        try:
            answer = self.client.chat_getPermalink(channel=channel, message_ts=ts)
        except (SlackApiError, OSError) as error:
            log.info("No permalink for %s in %s: %s", ts, channel, error)
            return ""
        link = str(answer.get("permalink") or "")
        with self._lock:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[channel, ts] = link
        return link


READING = 5.0  # seconds


def absence(client: WebClient, channel: str) -> PerfbotError | None:
    """Why nothing can be posted there, as whoever subscribed it should hear; None where it can.

    It is asked by reading one message, which takes no scope beyond those for threads. Where Slack
    does not answer, nothing is claimed.
    """
    if channel.startswith("D"):
        return None
    brief = patient(client, READING)
    try:
        brief.conversations_history(channel=channel, limit=1)
    except SlackApiError as error:
        code = error.response.get("error")
        if code in ("not_in_channel", "channel_not_found"):
            return NotThere()
        if code == NOT_INSTALLED:
            return NotInstalledHere()
        if code == "is_archived":
            return ArchivedThere()
        log.warning("conversations.history of %s: %s", channel, code)
    except OSError as error:
        log.warning("conversations.history of %s: %s", channel, error)
    return None


PEOPLE_KEPT = timedelta(hours=1)
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
            since, profile = self._known.get(user, (now - PEOPLE_KEPT * 2, {}))
        if now - since < PEOPLE_KEPT:
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
