"""The state of a workspace: a pure machine. It knows the time by its clock, the wire not at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from bot.demo.workspace.faults import Limits
from bot.demo.workspace.manifest import Manifest
from bot.demo.workspace.model import (
    BOT_USER,
    GENERAL,
    KARI,
    LEADS,
    OLA,
    PERFORMANCE,
    RANDOM,
    SLACKBOT,
    ApiError,
    Channel,
    Ephemeral,
    File,
    Group,
    Json,
    Message,
    ResponseUrl,
    Team,
    Trigger,
    User,
    View,
)

NORDLYS = Team()
Watcher = Callable[[Json], None]


class Clock:
    """A clock one can move: the workspace's time is the base clock's plus an offset."""

    def __init__(self, base: Callable[[], float]) -> None:
        self._base, self.offset = base, 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return self._base() + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += seconds

    def set(self, epoch: float) -> None:
        self.offset = epoch - self._base()


class State:
    """Everything a workspace remembers. Methods of the Web API work on it, by feature.

    Args:
        manifest: What the app may do and hears of.
        clock: The workspace's time.
        team: Which workspace it is.

    `watchers` see every change (for the page), `on_event` every event the app subscribed to.
    """

    def __init__(self, manifest: Manifest, clock: Clock, team: Team = NORDLYS) -> None:
        self.manifest, self.clock, self.team = manifest, clock, team
        self.tokens: dict[str, float] = {}  # of installs, and when each ends
        self.watchers: list[Watcher] = []
        self.on_event: Watcher = lambda _event: None
        self.base_url = ""
        self.tickets: set[str] = set()
        self.connected = False
        self.log: deque[Json] = deque(maxlen=20_000)
        self.always_hides_bot_id = False
        self._numbers = 0
        self._last_ts = 0
        self.reset()

    def reset(self) -> None:
        """Back to the first morning: the people and channels, nothing said."""
        self.clock.offset = 0.0
        self.users = {user.id: user for user in _people(self.manifest.name)}
        self.channels = {channel.id: channel for channel in _channels(int(self.clock.now()))}
        self.groups = {LEADS: Group(LEADS, "leads", "Team leads", [KARI])}
        self.messages: dict[str, dict[str, Message]] = {
            channel_id: {} for channel_id in self.channels
        }
        self.ephemerals: list[Ephemeral] = []
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.prompts: dict[str, Json] = {}  # by conversation: what the agent suggests to ask
        self.enterprise = ""  # id of a Grid organisation, "" for a workspace of its own
        self.hides_bot_id = self.always_hides_bot_id
        self.revoked = ""  # what every call with the bot's token is refused with
        self.limits = Limits()

    # Names and times

    def number(self) -> int:
        """The next number: ids count up, so that a run can be read and repeated."""
        self._numbers += 1
        return self._numbers

    def count_from(self, number: int) -> None:
        """Begin numbers elsewhere, so that two workspaces never give out the same."""
        self._numbers = number

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{self.number():09d}"

    def new_ts(self) -> str:
        """A message timestamp: seconds with six decimals, never the same twice."""
        micros = max(self._last_ts + 1, int(self.clock.now() * 1_000_000))
        self._last_ts = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def trigger(self, user: str, view_id: str | None = None) -> str:
        """A fresh trigger_id for what `user` just did (in that view, if in one)."""
        number = self.number()
        trigger = Trigger(f"{number}.9001.{number:032x}", user, self.clock.now(), view_id)
        self.triggers[trigger.id] = trigger
        return trigger.id

    # Looking up

    def user(self, user_id: str) -> User:
        """A user by id; `user_not_found` otherwise."""
        if user_id not in self.users:
            raise ApiError("user_not_found")
        return self.users[user_id]

    def user_named(self, reference: str) -> User:
        """A user by id or name, for people and tests: `Kari`, `@kari`, `U0KARI001`."""
        lookup_name = reference.removeprefix("@").casefold()
        for user in self.users.values():
            if lookup_name in (user.id.casefold(), user.name.casefold(), user.real_name.casefold()):
                return user
        raise ApiError("user_not_found")

    def channel(self, channel_id: str) -> Channel:
        """A channel by id; `channel_not_found` otherwise."""
        if channel_id not in self.channels:
            raise ApiError("channel_not_found")
        return self.channels[channel_id]

    def channel_named(self, reference: str) -> Channel:
        """A channel by id or name: `#performance`, `performance`, `C0PERFORM`."""
        lookup_name = reference.removeprefix("#").casefold()
        for channel in self.channels.values():
            if channel.id == reference or (channel.name and channel.name.casefold() == lookup_name):
                return channel
        raise ApiError("channel_not_found")

    def dm(self, user: str, counterpart: str = BOT_USER) -> Channel:
        """The direct messages of two, made on first use."""
        for channel in self.channels.values():
            if channel.kind == "im" and set(channel.members) == {user, counterpart}:
                return channel
        conversation = Channel(
            self.new_id("D"), "", [user, counterpart], "im", created=int(self.clock.now())
        )
        self.add_channel(conversation)
        return conversation

    def add_channel(self, channel: Channel) -> None:
        self.channels[channel.id] = channel
        self.messages[channel.id] = {}
        self.changed("channel", channel=channel_json(channel))

    def message(self, channel: str, ts: str) -> Message:
        """A message by channel and ts; `message_not_found` otherwise."""
        message = self.messages[self.channel(channel).id].get(ts)
        if message is None:
            raise ApiError("message_not_found")
        return message

    # Telling

    def record(self, kind: str, **entry: object) -> None:
        """One more line in the log."""
        self.log.append({"n": self.number(), "at": self.clock.now(), "kind": kind, **entry})

    def changed(self, kind: str, **details: object) -> None:
        """Tells whoever watches (the page) what is different now."""
        for watcher in tuple(self.watchers):
            watcher({"change": kind, **details})

    def emit(self, event: Json) -> None:
        """Hands an event to whoever delivers it."""
        self.on_event(event)


def channel_json(channel: Channel) -> Json:
    """A channel as the page and `GET /_control/state` see it."""
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "archived": channel.archived,
        "members": list(channel.members),
        "topic": channel.topic,
    }


def _people(bot_name: str) -> Iterable[User]:
    yield User(KARI, "kari", "Kari Nordmann", color="0b6e4f")
    yield User(OLA, "ola", "Ola Hansen", locale="nb-NO", color="2b5fb3")
    yield User(BOT_USER, bot_name, bot_name, is_bot=True, color="1b4b43")
    yield User(SLACKBOT, "slackbot", "Slackbot", color="757575")


def _channels(created: int) -> Iterable[Channel]:
    people = [KARI, OLA]
    topic = "Campaigns, budgets and this morning's advice"
    yield Channel(PERFORMANCE, "performance", [*people, BOT_USER], topic=topic, created=created)
    yield Channel(GENERAL, "general", list(people), topic="Everyone", created=created)
    yield Channel(RANDOM, "random", list(people), topic="Everything else", created=created)
    yield Channel("D0KARI001", "", [KARI, BOT_USER], "im", created=created)
    yield Channel("D0OLA0001", "", [OLA, BOT_USER], "im", created=created)
    yield Channel("D0KARIOLA", "", [KARI, OLA], "im", created=created)
