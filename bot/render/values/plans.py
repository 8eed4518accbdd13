"""Values of the forms that set the plan, targets and thresholds, and of what was set.

And of subscriptions: what comes where and when, its form, and a person's own settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.numbers.input.names import TITLES, title


@dataclass(frozen=True)
class Matched:
    """The campaigns a form is about.

    Attributes:
        names: The first ten, the biggest first; of `total`.
        leaving: Patterns of other entries that hold some of them now, and how many.
    """

    names: tuple[str, ...] = ()
    total: int = 0
    leaving: tuple[tuple[str, int], ...] = ()

    @property
    def left(self) -> int:
        """Campaigns beyond those named."""
        return self.total - len(self.names)


@dataclass(frozen=True)
class Difference:
    """One field of an entry, before and after; None says nothing of it."""

    field: str
    before: object = None
    after: object = None


@dataclass(frozen=True)
class Changed:
    """A change somebody made: who, when (reader's zone), to what."""

    who: str
    at: datetime
    patterns: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class PlanLine:
    """An entry of the plan in a line; `origin` is `file` or one of Slack's."""

    pattern: str
    stage: str = ""
    pricing: str = ""
    target: float | None = None
    metric: str = ""
    budget: float | None = None
    owner: str = ""
    currency: str | None = None
    origin: str = "file"

    @property
    def name(self) -> str:
        """The pattern as people read it: `meta_ads:brand*` is `brand* (Meta)`."""
        return pattern_name(self.pattern)


def pattern_name(pattern: str) -> str:
    """A pattern with its channel behind it, unless its name begins so; others as they stand."""
    channel, colon, name = pattern.partition(":")
    if not colon or channel not in TITLES:
        return pattern
    if name == "*":
        return title(channel)
    says_it = name.casefold().startswith(title(channel).casefold())
    return name if says_it else f"{name} ({title(channel)})"


@dataclass(frozen=True)
class PlanForm:
    """The plan modal as it stands.

    The answers come back by action: `plan.pattern`, `plan.channel`, `plan.stage`, `plan.pricing`,
    `plan.target`, `plan.budget`, `plan.owner`. Block ids end in `turn`: another turn's fields are
    new to Slack, which then shows their initial values.

    Attributes:
        pattern: Of the entry that is edited, "" for a new one; then it is written (`typed`).
        judged: The metric its target is of, "" where that differs.
        removable: Whether it was made in Slack, so that it can be taken away there.
        again: The pattern that was written is in the plan already: it is edited now.
    """

    pattern: str = ""
    channels: tuple[tuple[str, str], ...] = ()
    stage: str = ""
    pricing: str = ""
    target: str = ""
    judged: str = ""
    budget: str = ""
    currency: str | None = None
    owner: str = ""
    owner_id: str = ""
    origin: str = ""
    removable: bool = False
    again: bool = False
    turn: str = "0"
    matched: Matched | None = None
    news: Changed | None = None
    typed: str = ""


@dataclass(frozen=True)
class CellChoice:
    """A cell of the table: its value in menus, what it judges by, how many campaigns it has."""

    value: str
    stage: str
    pricing: str
    judge: str
    campaigns: int = 0


@dataclass(frozen=True)
class TargetForm:
    """The target modal: `target.cell`, `target.channel`, `target.pattern`, `target.amount`.

    Attributes:
        channel, pattern, written: What stands in its fields, so that it opens filled in.
    """

    cells: tuple[CellChoice, ...]
    chosen: CellChoice
    channels: tuple[tuple[str, str], ...] = ()
    currency: str | None = None
    amount: float | None = None
    matched: Matched | None = None
    entries: tuple[str, ...] = ()
    news: Changed | None = None
    channel: str = ""
    pattern: str = ""
    written: str = ""


@dataclass(frozen=True)
class RuleChange:
    """What a rule would have said otherwise, in campaign mornings, with campaigns to look at."""

    title: str
    added: int
    removed: int
    kept: int
    gained: tuple[tuple[str, date], ...] = ()
    lost: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True)
class Looked:
    """A look back over past mornings; `changes` only where something was said."""

    since: date
    until: date
    value: float
    changes: tuple[RuleChange, ...] = ()
    left: int = 0


@dataclass(frozen=True)
class ThresholdForm:
    """The threshold modal: `threshold.cell`, `threshold.name`, `threshold.value`.

    Attributes:
        value: As it holds now; `own` what the rules themselves say.
        working: A look back is under way.
    """

    cells: tuple[CellChoice, ...]
    chosen: CellChoice
    names: tuple[str, ...]
    name: str
    value: float
    own: float
    looked: Looked | None = None
    working: bool = False
    failed: str = ""
    news: Changed | None = None


@dataclass(frozen=True)
class AccountPace:
    """How the month goes in an account, in money of `currency`.

    Attributes:
        spent: So far, by campaigns that have a budget; `outside` by those without.
        planned: The month's budget; None where the plan gives none.
        lands: Where the month lands, lowest and highest; None where it is too early to say.
    """

    name: str
    currency: str | None
    spent: float
    planned: float | None = None
    lands: tuple[float, float] | None = None
    outside: float = 0.0


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
