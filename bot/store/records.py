"""The values a store takes and gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.advice.outcome.types import Applied, Frozen, Outcome
from bot.domain.advice import Advice

STATES = ("open", "acknowledged", "in_progress", "snoozed", "dismissed", "expired")


@dataclass(frozen=True)
class Imported:
    """What an import changed: counts of day x campaign rows."""

    rows: int
    days: int
    campaigns: int
    added: int
    restated: int
    unchanged: int


@dataclass(frozen=True)
class DetailsImported:
    """What an import of detail rows changed: counts of day x part.

    Attributes:
        rows: Those kept, on so many days of so many campaigns.
        added: Those that were new.
        restated: Those that said something else before.
        gone: Those a whole pull no longer had.
        cut: Those there was no room for: the smallest of a day, account and level.
        old: Those of days before the first that is kept.
    """

    rows: int
    days: int
    campaigns: int
    added: int
    restated: int
    gone: int = 0
    cut: int = 0
    old: int = 0


@dataclass(frozen=True)
class Pull:
    """One pull of one source for one account: whether it worked, and until which day it reaches.

    A pull that worked and gave no row for a day is not the same as a pull that failed. `details`,
    how many detail rows came with it, is said once and not remembered.
    """

    source: str
    pulled_at: datetime
    since: date | None
    until: date | None
    ok: bool
    account_id: str = ""
    channels: tuple[str, ...] = ()
    rows: int = 0
    error: str = ""
    details: int = 0


@dataclass(frozen=True)
class PlanRow:
    """A dated entry of the plan: who said it, when, from where, and what it says of a pattern."""

    pattern: str
    values: Mapping[str, Any]
    valid_from: date
    said_by: str
    said_at: datetime
    origin: str  # "file" or "slack"
    position: int = 0


@dataclass(frozen=True)
class Lapsed:
    """How open advice stands that a morning does not say again.

    Attributes:
        ended: Ids of advice somebody is on (in_progress) whose cause is gone: it expires; what
            else somebody is on stays.
        held: The guard that holds back what is still true, by the advice's id: the step keeps it.
    """

    ended: Collection[str] = ()
    held: Mapping[str, str] = field(default_factory=dict)


NOTHING_LAPSED = Lapsed()


@dataclass(frozen=True)
class AdviceRecord:
    """A piece of advice as it stands: the advice itself, its state, who answered and when."""

    advice: Advice
    state: str
    as_of: date
    answered_by: str | None = None
    answered_at: datetime | None = None
    snoozed_until: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Event:
    """One step in the life of something, never changed, never deleted."""

    at: datetime
    actor: str
    kind: str  # e.g. "advice.acknowledge", "plan.set", "subscription.add", "digest.posted"
    subject: str  # e.g. the advice id
    details: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0

    @property
    def channel(self) -> str:
        """The channel it tells of, "" where it tells of none."""
        return str(self.details.get("channel") or "")

    @property
    def morning(self) -> date:
        """The morning it is about, else the day it happened on."""
        as_of = self.details.get("as_of")
        return as_of if isinstance(as_of, date) else self.at.date()


@dataclass(frozen=True)
class Found:
    """Something a search found.

    Attributes:
        kind: `campaign`, `advice` or `answer`.
        ref: The campaign's id, the advice's id, or the number of the answer's event.
        name: The campaign's newest name; of an answer its event's kind.
        channel: Of a campaign, its advertising channel.
        advice_id: The advice found, or the one that was answered.
        of: How many were found in all.
    """

    kind: str
    ref: str
    name: str
    channel: str = ""
    advice_id: str = ""
    of: int = 0


@dataclass(frozen=True)
class GivenAnswer:
    """An answer to advice, for the store to keep.

    Attributes:
        verb: acknowledge, progress, snooze, dismiss or undo.
        until: For a snooze, the morning it opens again.
        budgets: Those agreed to, where that is only a part of what was advised.
    """

    verb: str
    by: str
    at: datetime
    until: date | None = None
    reason: str = ""
    budgets: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Answered:
    """The outcome of an attempt to answer: `won` is False when somebody was first."""

    won: bool
    record: AdviceRecord
    event: int = 0  # the number of the event that keeps it


@dataclass(frozen=True)
class OutcomeRecord:
    """An acknowledged move and what became of it, projected from the event log.

    Attributes:
        round: Of several acknowledgements of one piece of advice (undone between), which.
        state: `waiting`, `measured` or `void` (the acknowledgement was taken back).
        applied: As last seen; `outcome` once it is measured.
    """

    frozen: Frozen
    round: int
    state: str
    by: str
    at: datetime
    applied: Applied | None = None
    outcome: Outcome | None = None

    @property
    def advice_id(self) -> str:
        return self.frozen.advice_id


@dataclass(frozen=True)
class Subscription:
    """A morning digest for a channel: when (local time, ISO weekdays 1-7), where, how."""

    id: int
    channel: str
    time: str  # "07:30"
    weekdays: tuple[int, ...]
    time_zone: str
    language: str
    created_by: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    workspace: str = ""  # Slack's team id, as `channel` has it; "" for the one that was first


@dataclass(frozen=True)
class ChannelOwner:
    """Whose a Slack channel is.

    Attributes:
        client: Name of the client; `*` for the agency's own, which sees every client.
        workspace: Slack's team id, as `channel` has it; "" for the one that was first.
    """

    channel: str
    client: str
    workspace: str = ""


@dataclass(frozen=True)
class InstalledWorkspace:
    """A workspace of Slack perfbot was installed into.

    Attributes:
        team: Slack's id of it, T….
        sealed: Its tokens, encrypted; "" where it has ended.
        ended: Why it has no token any more (`app_uninstalled`, `tokens_revoked`), or "".
    """

    team: str
    name: str
    sealed: str
    installed_at: datetime
    ended: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Outgoing:
    """A message in the outbox: written in the transaction that decides it, delivered with retry.

    Attributes:
        key: Unique; travels as message metadata, so that a delivery that may or may not have
            happened can be recognised. `kind` is "digest", "advice", "line" or "update".
        parent: Key of the message whose thread this belongs in, or "" for none; an "update"
            edits the message with key `parent`.
        advice_id: The advice this message shows, or "".
        attempts: How often delivery was begun before and did not end well.
        ts: Slack's timestamp once delivered; `thread_ts` that of the parent.
    """

    key: str
    kind: str
    channel: str
    text: str
    blocks: Sequence[Mapping[str, Any]]
    parent: str = ""
    advice_id: str = ""
    state: str = "waiting"  # waiting | sending | sent | failed
    attempts: int = 0
    not_before: datetime | None = None
    leased_until: datetime | None = None
    ts: str = ""
    error: str = ""
    number: int = 0  # order of writing; delivered in this order within a parent
    item: int = 0  # "ack 2" in a thread means the advice message with item 2
    thread_ts: str = ""  # of the parent once it is delivered; read only
    workspace: str = ""  # Slack's team id, as `channel` has it; "" for the one that was first
    request: str = ""  # id of the request that led to it (`bot.telemetry.tracing`)


CARRIED = "carried"


def carried(message: Outgoing) -> Outgoing:
    """Advice of a thread that is not posted: an earlier thread of the channel shows it already.

    It is still that thread's item of its number: what is answered there is answered.
    """
    return replace(message, kind=CARRIED, state="sent", text="", blocks=())


LEAVES = ("update", "line")  # kinds of messages nothing is ever posted under


@dataclass(frozen=True)
class Due:
    """Messages leased for delivery, with what whoever delivers them must know.

    Attributes:
        messages: In the order they are to be posted.
        more: Whether others were due as well.
        last_event: Number of the newest event of the log as they were leased; 0 for none.
        troubled: Whether one of their channels was away, or the token taken back, at last notice.
    """

    messages: tuple[Outgoing, ...] = ()
    more: bool = False
    last_event: int = 0
    troubled: bool = False


@dataclass(frozen=True)
class Backlog:
    """What waits.

    Attributes:
        advice: Pieces of advice nobody has answered.
        messages: Messages that are due and not out; `oldest` seconds the first of them waits.
        failed: Messages that were given up.
        jobs: Jobs that wait or are at work, by kind.
    """

    advice: int
    messages: int
    failed: int
    oldest: float
    jobs: Mapping[str, int]


@dataclass(frozen=True)
class Lease:
    """Something one process at a time may do, such as the minute's tick.

    Attributes:
        token: Rises with every taking; a write under an older one is refused.
        until: When it lapses unless it is kept by a heartbeat, by the database's clock.
    """

    name: str
    holder: str
    token: int
    until: datetime


@dataclass(frozen=True)
class Job:
    """A piece of work for one worker: a source to pull, a shard to judge.

    Attributes:
        key: Unique within its kind: the same work is added once.
        state: waiting, working, done or failed.
        attempts: How often it was begun before and did not end well.
        token: As a lease's.
    """

    no: int
    kind: str
    key: str
    payload: Any
    state: str = "waiting"
    attempts: int = 0
    holder: str = ""
    token: int = 0
    error: str = ""
