"""Values of subscriptions: what comes where and when, its form, and a person's own settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True)
class ChannelClient:
    """Whose a channel is.

    Attributes:
        client: The client's name, "" for none.
        is_team: Whether it is the team's own, which shows every client.
        are_apart: Whether any channel belongs to a client, so that this matters.
        silent: Channels whose summary does not come, as they are nobody's; told in the team's own.
        channel_id: Slack's own, "" for none.
    """

    client: str = ""
    is_team: bool = False
    are_apart: bool = False
    silent: tuple[str, ...] = ()
    channel_id: str = ""


@dataclass(frozen=True)
class SettingsView:
    """What holds for a person and for the channel asked in.

    Attributes:
        changed: Whether this is what was just chosen; `preview`: and nothing was stored.
        digests: (form, weekdays, day of month, time) of each summary of the channel.
        client: Whose the channel is; None where no channel is a client's or the team's.
    """

    language: str
    time_zone: str
    digests: tuple[tuple[str, tuple[int, ...], int, time], ...] = ()
    changed: bool = False
    preview: bool = False
    client: ChannelClient | None = None


@dataclass(frozen=True)
class Subscribed:
    """A digest's subscription.

    Attributes:
        channel: The channel's name, "" for this channel; `channel_id` Slack's own.
        weekdays: ISO weekdays, 1 is Monday.
        first: The day of the first digest.
        preview: True where nothing was stored (asked from the command line).
        form: `daily`, `weekly` or `monthly`, this on `day` of the month.
        route: Which advice it takes, by kind (`client`, `account`, `channel`, `stage`, `severity`,
            `owner`); empty for all of it.
        is_later: Whether its time is not the one asked for: another summary comes then.
    """

    time: time
    weekdays: tuple[int, ...]
    time_zone: str
    language: str = "en"
    channel: str = ""
    first: date | None = None
    preview: bool = False
    channel_id: str = ""
    form: str = "daily"
    day: int = 1
    id: int = 0
    route: tuple[tuple[str, tuple[str, ...]], ...] = ()
    is_later: bool = False


@dataclass(frozen=True)
class SubscribeForm:
    """The subscribe modal, filled in as it stands.

    The answers come back as `state.values[block][action]`: blocks `subscribe_time`,
    `subscribe_days`, `subscribe_zone`, `subscribe_language`; actions `subscribe.time`
    (`selected_time`), `subscribe.days` (`selected_options`, values "1" to "7"), `subscribe.zone`
    and `subscribe.language` (`selected_option`).
    """

    time: time
    weekdays: tuple[int, ...]
    time_zone: str
    time_zones: tuple[str, ...]
    language: str = "en"
    languages: tuple[str, ...] = ("en", "nb")
    channel: str = ""
    channel_id: str = ""
