"""What every feature works with, passed in once; what was read is kept at hand until it changes.

The plan a morning is judged by: what was said in Slack, then what perfbot.toml says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.advice.rules.rulebook import Rulebook
from bot.context.answer_cache import AnswerCache
from bot.context.reported_results import Days, ReportedResults, days_read, reported_on
from bot.context.request import once_a_request
from bot.domain.replies import Asker
from bot.numbers.input.names import normal_name
from bot.numbers.plan import Account, BidKey, Override, Plan, PlanEntry
from bot.render import Renderer
from bot.settings import Settings
from bot.store.base import ChannelOwner, PlanRow, Store
from bot.store.clients import ASSIGNED
from bot.store.limited import Limited
from bot.store.scope import EVERYTHING, Scope

ALWAYS = date(1970, 1, 1)
SLACK, REST, THRESHOLD = "slack", "slack_rest", "threshold"  # origins besides the file
BIDS = "platform"  # another: what the platforms bid to
FIELDS = tuple(
    field.name for field in fields(PlanEntry) if field.name not in {"match", "valid_from"}
)


def plan_on(store: Store, settings: Settings, on: date) -> Plan:
    """The plan as it held on a morning.

    An entry made in Slack wins over the file: in the file's place where the file has its pattern,
    else before all of it (of several the newest first; an edited one stays where it was), or
    behind all of it where it was made for campaigns that no entry holds (`REST`). A morning before
    the file's last change is judged by what the file said then; any other by the file as it
    stands, loaded or not. Thresholds set in Slack come after the file's, so that they win. What the
    platforms bid to is beside the entries, for campaigns whose entry has no target.
    """
    rows = store.plan_rows(on)
    slack_entries = {normal_name(row.pattern): entry_of(row) for row in _of(rows, SLACK)}
    file_entries = Plan(_file(store, settings, rows, on)).valid(on)
    named = {normal_name(entry.match) for entry in file_entries}
    slack_only = (entry for name, entry in slack_entries.items() if name not in named)
    file = (slack_entries.get(normal_name(entry.match), entry) for entry in file_entries)
    fallbacks = map(entry_of, _of(rows, REST))
    together = tuple(replace(entry, valid_from=None) for entry in (*slack_only, *file, *fallbacks))
    settings_plan = of_settings(settings)
    slack_overrides = tuple(override_of(row) for row in _of(rows, THRESHOLD))
    return replace(
        settings_plan,
        entries=together,
        overrides=(*settings_plan.overrides, *slack_overrides),
        bids={bid_key(row.pattern): row.values["target"] for row in _bids(rows)},
    )


def _bids(rows: Sequence[PlanRow]) -> list[PlanRow]:
    return sorted(_of(rows, BIDS), key=lambda row: row.pattern)


def bid_key(pattern: str) -> BidKey:
    """A campaign as a kept bid target names it: `google_ads|123|456`."""
    channel, account_id, campaign_id = pattern.split("|", 2)
    return channel, account_id, campaign_id


def _of(rows: Sequence[PlanRow], origin: str) -> list[PlanRow]:
    """Rows of an origin: the last position first, then as they come (newest first)."""
    return sorted((row for row in rows if row.origin == origin), key=lambda row: -row.position)


def override_of(row: PlanRow) -> Override:
    """A threshold somebody changed in Slack: `convert/CPA.waste` is `{"value": 1.4}`."""
    cell, _, name = row.pattern.partition(".")
    stage, _, model = cell.partition("/")
    return Override(name, float(row.values["value"]), stage, model)


def _file(store: Store, settings: Settings, rows: list[PlanRow], on: date) -> tuple[PlanEntry, ...]:
    file_rows = [row for row in rows if row.origin == "file"]
    if settings.file is None or store.scope != EVERYTHING:  # the file names every client
        return tuple(entry_of(row) for row in file_rows)
    newest = max((row.valid_from for row in store.plan_rows() if row.origin == "file"), default=on)
    replayed = bool(file_rows) and max(row.valid_from for row in file_rows) < newest
    return tuple(entry_of(row) for row in file_rows) if replayed else entries(settings)


def entries(settings: Settings) -> tuple[PlanEntry, ...]:
    """`[[plan]]` of perfbot.toml, in its order."""
    return tuple(PlanEntry(**entry.model_dump()) for entry in settings.plan)


def of_settings(settings: Settings) -> Plan:
    """The whole plan as perfbot.toml alone gives it."""
    accounts = tuple(
        Account(
            account.account_id, account.channel, account.currency, account.client, account.time_zone
        )
        for account in settings.accounts
    )
    overrides = tuple(
        Override(name, value, cell.partition(".")[0], cell.partition(".")[2])
        for cell, numbers in settings.thresholds.items()
        for name, value in numbers.items()
    )
    return Plan(
        entries(settings), settings.app.currency, accounts, overrides, zone=settings.app.time_zone
    )


def load(store: Store, settings: Settings, *, today: date, at: datetime) -> bool:
    """Keep what perfbot.toml says in the store: from always the first time, later from today.

    Returns:
        Whether anything had changed.
    """
    if settings.file is None:
        return False
    assign_channels(store, settings, at)
    file_loaded = any(row.origin == "file" for row in store.plan_rows())
    rows = rows_of(settings, valid_from=today if file_loaded else ALWAYS, at=at)
    return bool(rows or file_loaded) and store.set_plan(rows, origin="file")


def assign_channels(store: Store, settings: Settings, at: datetime) -> None:
    """Keep whose perfbot.toml says that Slack channels are."""
    owners = store.channel_owners() if settings.channels else {}
    for channel, client in settings.channels.items():
        if channel not in owners or owners[channel].client != client:
            owner = ChannelOwner(channel, client)
            store.assign_channel(owner, by=_name(settings), at=at)


def _name(settings: Settings) -> str:
    return settings.file.name if settings.file else "perfbot.toml"


def rows_of(settings: Settings, *, valid_from: date, at: datetime) -> list[PlanRow]:
    """`[[plan]]` as the store keeps it, said by the file."""
    name = _name(settings)
    return [
        PlanRow(
            pattern=entry.match,
            values=values_of(entry),
            valid_from=entry.valid_from or valid_from,
            said_by=name,
            said_at=at,
            origin="file",
            position=position,
        )
        for position, entry in enumerate(entries(settings))
    ]


def entry_of(row: PlanRow) -> PlanEntry:
    """A kept row as an entry of the plan."""
    values: dict[str, Any] = {name: row.values[name] for name in FIELDS if name in row.values}
    return PlanEntry(match=row.pattern, valid_from=row.valid_from, **values)


def values_of(entry: PlanEntry) -> dict[str, Any]:
    """What an entry says, without what it leaves open."""
    values = {name: getattr(entry, name) for name in FIELDS}
    return {name: value for name, value in values.items() if value is not None}


BOARDS = 4  # what a kept board holds: raised when that changes, so that older ones are not read


def nobody(_group: str) -> Collection[str]:
    """Members of a user group where there is no Slack to ask."""
    return ()


def nowhere(_channel: str, _ts: str) -> str:
    """The way to a message where there is no Slack to lead to."""
    return ""


@dataclass(frozen=True)
class Context:
    """The store, the rules, the words, the settings and the clock.

    Attributes:
        renderers: By language.
        clock: Aware UTC now.
        members: Ids of the people in a Slack user group.
        link: The address of a message, by channel and ts, or "".
        channels_of: Ids of the Slack channels a person is in, of those perfbot knows.
        shelf: What was read from the store and is still so.
        whole: Of a context limited to some clients, the one of everybody
            (`bot.context.scoping`): for what is said in several channels at once.
        scoped: The contexts limited to some clients, by their scope.
    """

    store: Store
    rulebook: Rulebook
    renderers: Mapping[str, Renderer]
    settings: Settings
    clock: Callable[[], datetime]
    members: Callable[[str], Collection[str]] = nobody
    link: Callable[[str, str], str] = nowhere
    channels_of: Callable[[str], Collection[str]] = nobody
    shelf: AnswerCache = field(default_factory=AnswerCache, compare=False, repr=False)
    whole: Context | None = field(default=None, compare=False, repr=False)
    scoped: dict[tuple[Scope, bool], Context] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "store", once_a_request(self.store))

    @property
    def everyone(self) -> Context:
        """The context that is limited to nobody's campaigns."""
        return self.whole or self

    def of(self, store: Limited) -> Context:
        """The same, of what one scope may read and write."""
        shelf = self.shelf.of(store.scope.key)
        return replace(self, store=cast("Store", store), shelf=shelf, whole=self.everyone)

    def language(self, preferred: str = "") -> str:
        """A language there are words for: the wanted one, the configured one, or the first."""
        for language in (preferred, self.settings.app.language):
            if language in self.renderers:
                return language
        return next(iter(self.renderers))

    def renderer(self, preferred: str = "") -> Renderer:
        return self.renderers[self.language(preferred)]

    def zone(self, asker: Asker | None = None) -> ZoneInfo:
        """The asker's time zone, or the configured one."""
        name = asker.time_zone if asker else ""
        return ZoneInfo(name or self.settings.app.time_zone)

    def today(self, asker: Asker | None = None) -> date:
        """The day it is for the asker."""
        return self.clock().astimezone(self.zone(asker)).date()

    def plan(self, on: date) -> Plan:
        """The plan that holds on a morning; what results campaigns report is read if looked at."""
        mark = self.store.standing(on)[0]
        entries_then = partial(plan_on, self.store, self.settings, on)
        plan = self.shelf.memo(("plan", on), mark, entries_then)
        return replace(plan, reported=ReportedResults(partial(self._reported, on)))

    def numbers(self, since: date, until: date, *, as_of: date, history: bool = False) -> Days:
        """As `Store.numbers`, read by the plan (`bot.context.reported_results.days_read`)."""
        rows = self.store.numbers(since, until, as_of=as_of, history=history)
        return days_read(rows, self.plan(as_of), as_of)

    def _reported(self, on: date) -> Mapping[BidKey, str]:
        """Read once for as long as the morning's boards stand: new numbers make them go."""
        mark = (self.store.last_day(on), frozenset(self.store.standing(on)[1].items()))
        return self.shelf.memo(("reported", on), mark, partial(reported_on, self.store, on))

    def stamp(self, on: date) -> str:
        """Changes whenever the rules, the table or the plan of a morning do."""
        return self.shelf.memo(("stamp", on), self.store.standing(on)[0], partial(self._stamp, on))

    def _stamp(self, on: date) -> str:
        fingerprint = f"{BOARDS} {self.rulebook.version} {self.plan(on)!r}"
        if self.whole:  # whose campaigns are may have changed since a scope's board was made
            assigned = self.whole.store.history(kinds=(ASSIGNED,), limit=1)
            fingerprint += f" {[event.number for event in assigned]}"
        return hashlib.sha256(fingerprint.encode()).hexdigest()[:16]

    def person(self, user: str) -> str:
        """What a person is called: never a mention."""
        return self.store.preference(user).get("name") or user

    def place(self, channel: str) -> str:
        """What a channel is called: `#performance` where its name is remembered, else its id."""
        name = self.store.preference(f"channel:{channel}").get("name", "")
        return f"#{name.lstrip('#')}" if name else channel

    @cached_property
    def judges(self) -> dict[tuple[str, str], str]:
        """The metric each cell of the table judges by."""
        cells = self.rulebook.thresholds.cells
        return {key: cell.judge for key, cell in cells.items()}
