"""What a file leaves out, as its owner knows it.

And what its headings are, asked for once and saved: so that any table can be read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Protocol

from pydantic import TypeAdapter

from bot.numbers.input.names import account_key, channel_key
from bot.numbers.plan import Patterns
from bot.sources.headings import Dialect, headings, own_columns
from bot.sources.moved_rows import form
from bot.sources.plain import plain
from bot.sources.refusals import NotATable
from bot.sources.rows import Head

EXAMPLES = 3


@dataclass(frozen=True)
class SavedMapping:
    """What somebody said of a kind of table.

    Attributes:
        columns: Each heading to its column; it is used where all of them are there.
        channel: Of rows that name none; likewise account, currency and time zone.
        decimal: "." or ",". date_order: `DMY` or `MDY`.
    """

    columns: Mapping[str, str]
    channel: str | None = None
    account_id: str | None = None
    currency: str | None = None
    time_zone: str | None = None
    decimal: str | None = None
    date_order: str | None = None

    def fits(self, row: Sequence[str]) -> bool:
        """Whether these headings hold every one it speaks of."""
        return bool(self.columns) and set(map(plain, self.columns)) <= set(map(plain, row))

    def dumped(self) -> str:
        return SAVED.dump_json(self).decode()

    @classmethod
    def loaded(cls, text: str) -> SavedMapping:
        """What `dumped` wrote."""
        return SAVED.validate_json(text)

    @property
    def key(self) -> str:
        """The same for the same headings: said anew, it takes the place of what was said."""
        return json.dumps(sorted(map(plain, self.columns)), ensure_ascii=False)


SAVED = TypeAdapter(SavedMapping)


def chosen(saved: Iterable[SavedMapping], heads: Sequence[Head]) -> SavedMapping | None:
    """Of the mappings that fit a row of the file the one that speaks of most of it."""
    rows = [row for head in heads for row in head.rows]
    fitting = [mapping for mapping in saved if any(map(mapping.fits, rows))]
    return max(fitting, key=lambda mapping: len(mapping.columns), default=None)


@dataclass(frozen=True)
class Offer:
    """The headings of a table nobody may have described yet.

    Attributes:
        headings: As the file has them.
        examples: For each the first cells below it.
        guesses: For each the column it is likely to be, None where nothing is known.
    """

    headings: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]
    guesses: tuple[str | None, ...]

    @classmethod
    def of(cls, heads: Sequence[Head], mapping: Mapping[str, str]) -> Offer:
        """The most likely row of headings.

        Raises:
            NotATable: No reading gives rows of several cells.
        """
        user_columns = own_columns(mapping)
        head, place = _likely(heads, user_columns)
        row = head.rows[place]
        below = [lower_row for lower_row in head.rows[place + 1 :] if len(lower_row) == len(row)]
        columns = [list(dict.fromkeys(cells)) for cells in zip(*below, strict=True)]
        examples = [tuple(cell for cell in cells if cell.strip())[:EXAMPLES] for cells in columns]
        guesses = tuple(headings().column(heading, Dialect(), user_columns) for heading in row)
        return cls(
            tuple(heading.strip() for heading in row), tuple(examples) or ((),) * len(row), guesses
        )


def _likely(heads: Sequence[Head], user_columns: Mapping[str, str]) -> tuple[Head, int]:
    """The row with most known headings; else the first that heads many rows of its width."""
    best: tuple[tuple[int, int, int], Head, int] | None = None
    for head in heads:
        widths = Counter(len(row) for row in head.rows if len(row) > 1)
        for place, row in enumerate(head.rows):
            if len(row) < 2 or len({plain(cell) for cell in row}) < len(row):
                continue
            recognised = sum(
                headings().column(cell, Dialect(), user_columns) is not None
                for cell in row
                if cell.strip()
            )
            words = sum(form(cell) in {"text", "code"} for cell in row)
            score = (recognised, widths[len(row)] * len(row) if words == len(row) else 0, -place)
            if best is None or score > best[0]:
                best = score, head, place
    if best is None:
        raise NotATable(
            "No row of the file has several cells.", hint="Hand in a table with headings.", line=1
        )
    return best[1], best[2]


class AccountFacts(Protocol):
    """What perfbot.toml says of an ad account."""

    @property
    def channel(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def time_zone(self) -> str | None: ...


class PlanFacts(Protocol):
    """What perfbot.toml says of the campaigns a pattern fits."""

    @property
    def match(self) -> str: ...
    @property
    def channel(self) -> str | None: ...


class SettingsFacts(Protocol):
    """The parts of perfbot.toml that say what files leave out."""

    @property
    def columns(self) -> Mapping[str, str]: ...
    @property
    def accounts(self) -> Sequence[AccountFacts]: ...
    @property
    def plan(self) -> Sequence[PlanFacts]: ...


@dataclass(frozen=True)
class ReadSettings:
    """What a file leaves out, as its owner knows it.

    Attributes:
        columns: The owner's own headings, each to its column ("Mediekost": "spend"; "segment" for
            one that splits a day and campaign into several rows).
        currency: ISO code of amounts whose file names none.
        channel: Channel of rows that name none, before what the dialect says.
        account_id: Account of rows that name none.
        time_zone: Time zone of the account's days.
        date_order: `DMY` or `MDY` for numeric dates that can be read both ways.
        decimal: "." or "," for numbers that can be read both ways.
        windows: Whether the file holds the reach of whole windows, and its periods are those.
        accounts: The accounts of perfbot.toml.
        plan: Patterns of campaigns and the channel they run in, where the plan says.
        saved: What was said of kinds of tables (`perfbot import --map`).
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None
    channel: str | None = None
    account_id: str | None = None
    time_zone: str | None = None
    date_order: str | None = None
    decimal: str | None = None
    windows: bool = False
    accounts: Sequence[AccountFacts] = ()
    plan: Sequence[tuple[str, str]] = ()
    saved: Sequence[SavedMapping] = ()

    def with_mapping(self, mapping: SavedMapping) -> ReadSettings:
        """With what was said of this kind of table, where nothing is said here."""
        answers = {name: value for name, value in asdict(mapping).items() if name != "columns"}
        named = {name: getattr(self, name) or value for name, value in answers.items()}
        return replace(self, columns={**mapping.columns, **self.columns}, **named)

    def channel_of_account(self, account_id: str) -> str | None:
        """The only channel in which perfbot.toml has this account."""
        channels = {channel_key(account.channel) for account in self._named(account_id)}
        return channels.pop() if len(channels) == 1 else None

    def zone_of_account(self, account_id: str) -> str | None:
        """The time zone perfbot.toml gives this account."""
        zones = {account.time_zone for account in self._named(account_id) if account.time_zone}
        return zones.pop() if len(zones) == 1 else None

    def channel_of_name(self, campaign_name: str) -> str | None:
        """The channel of the first entry of the plan that fits."""
        place = Patterns(pattern for pattern, _ in self.plan).first("", campaign_name)
        return None if place is None else channel_key(self.plan[place][1])

    def _named(self, account_id: str) -> list[AccountFacts]:
        key = account_key(account_id)
        return [
            account for account in self.accounts if key and account_key(account.account_id) == key
        ]


def given_by(
    settings: SettingsFacts,
    columns: Mapping[str, str] | None = None,
    saved: Iterable[str] = (),
) -> ReadSettings:
    """What is known of every file.

    Args:
        settings: perfbot.toml.
        columns: Headings that were named beside it.
        saved: What was said of kinds of tables, as `SavedMapping.dumped`.
    """
    return ReadSettings(
        columns={**settings.columns, **(columns or {})},
        accounts=tuple(settings.accounts),
        plan=tuple((entry.match, entry.channel) for entry in settings.plan if entry.channel),
        saved=tuple(map(SavedMapping.loaded, saved)),
    )
