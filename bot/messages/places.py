"""Values of subscriptions and the Home tab."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from bot.messages.answers import Option
from bot.messages.cards import Card
from bot.messages.digests import Late, Pace
from bot.messages.plans import AccountPace, Changed, PlanLine


@dataclass(frozen=True)
class Subscribed:
    """A digest's subscription.

    Attributes:
        channel: The channel's name, "" for this channel; `channel_id` Slack's own.
        weekdays: ISO weekdays, 1 is Monday.
        first: The day of the first digest.
        preview: True where nothing was stored (asked from the command line).
        form: `daily`, `weekly` or `monthly`, this on `day` of the month.
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


@dataclass(frozen=True)
class Home:
    """The Home tab: my open advice, pace, subscriptions, the plan, and what to ask.

    Attributes:
        last_day: Numbers reach through it, None without any.
        silent: Whether nobody has brought numbers of the day before: nothing can be judged.
        channels: Names to make examples of, the biggest first.
        whose: `mine` (owned by the reader or waiting for them), `channels` (open in theirs) or
            `all`.
        accounts: How the month goes in each; of `all_accounts`.
        plan: Its first entries, of `entries`.
        may_set, may_subscribe: Whether the reader may change the plan, and subscriptions.
        changed: What was set last; `judging`: open advice has not been judged by it yet.
    """

    cards: tuple[Card, ...] = ()
    pace: tuple[Pace, ...] = ()
    subscriptions: tuple[Subscribed, ...] = ()
    last_day: date | None = None
    late: tuple[Late, ...] = ()
    channels: tuple[str, ...] = ()
    whose: str = "all"
    accounts: tuple[AccountPace, ...] = ()
    all_accounts: int = 0
    elapsed: float = 0.0
    plan: tuple[PlanLine, ...] = ()
    entries: int = 0
    may_set: bool = False
    may_subscribe: bool = False
    language: str = "en"
    languages: tuple[str, ...] = ("en", "nb")
    time_zone: str = "UTC"
    time_zones: tuple[str, ...] = ("UTC",)
    changed: Changed | None = None
    judging: bool = False
    silent: bool = False

    @property
    def left(self) -> int:
        """Cards beyond the five that are shown."""
        return max(0, len(self.cards) - 5)

    @property
    def buttons(self) -> tuple[Option, ...]:
        """Questions a press away."""
        return tuple(Option(name, f"channel {name}") for name in self.channels[:4])
