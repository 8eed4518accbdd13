"""Which heading is which column: headings.yml and dialects.yml as values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml

from bot.domain.details import Level
from bot.errors import SettingsError
from bot.numbers.input.daily import COLUMNS, MONEY
from bot.sentences import Sentence
from bot.sources.plain import key_currency, plain, without_currency

SEGMENT = "segment"
OVERLAPPING = "overlapping"
ASIDE = "aside"  # a heading its owner wants left aside, whatever it looks like
PARTS_OF_CAMPAIGNS = {"detail_id", "detail", "parent", "ad_set_id", "ad_set", "ad_id", "ad",
                      "keyword_id", "keyword", "search_term", "landing_page"}  # fmt: skip
KEPT_BY_THE_STORE = ("source", "revision", "backfilled")


@dataclass(frozen=True)
class Dialect:
    """How one platform writes its exports.

    Attributes:
        name: `google_ads`, `meta_ads`, …, or `table` where no platform was recognised.
        channel: The channel of its rows where nothing else says.
        order: `DMY` or `MDY` where the platform always writes numeric dates that way.
        total: How its rows of totals begin (plain), where nobody else writes so.
        machine: Whether a program wrote it, so that the decimal sign is a point.
        again: How to export again so that it can be read.
        columns: Headings (plain) that mean something else here.
    """

    name: str = "table"
    channel: str | None = None
    sure: frozenset[str] = frozenset()
    likely: frozenset[str] = frozenset()
    preamble: tuple[str, ...] = ()
    total: tuple[str, ...] = ()
    order: str | None = None
    machine: bool = False
    time_zone: str | None = None
    again: str = "Export again with one row a day and campaign, and dates like 2026-09-01."
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Headings:
    """Every known heading.

    Attributes:
        columns: Plain heading to column.
        any_clicks: Headings of clicks that hold every touch where link clicks stand beside them.
        rank: Plain heading to its place in its column's list: the lower wins.
        totals: Words a row of totals begins with, plain.
        missing: What stands for a missing value, in lower case.
        parts: Of the headings that split a day and campaign those that name a part of the campaign
            (ad group, ad, keyword), plain: where it is blank the row is the campaign's own.
        levels: Plain heading to what it names below a campaign (`keyword`, `ad_set_id`), and its
            place in that list: the lower wins.
    """

    columns: Mapping[str, str]
    rank: Mapping[str, int]
    totals: tuple[str, ...]
    missing: frozenset[str]
    parts: frozenset[str] = frozenset()
    any_clicks: frozenset[str] = frozenset()
    levels: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def column(self, heading: str, dialect: Dialect, user_columns: Mapping[str, str]) -> str | None:
        """The column of a heading: the user's own word first, then the dialect's, then ours."""
        key = plain(heading)
        if user_columns.get(key) in level_roles():
            return SEGMENT
        known_column = user_columns.get(key) or dialect.columns.get(key) or self.columns.get(key)
        if known_column or not key_currency(key):
            return known_column
        amount = self.columns.get(without_currency(key))
        return amount if amount in MONEY else None


@cache
def data(name: str) -> Any:
    """A data file of this package, read once."""
    text = resources.files("bot.sources").joinpath(name).read_text(encoding="utf-8")
    return yaml.safe_load(text)


@cache
def level_roles() -> frozenset[str]:
    """What a heading may name below a campaign: `keyword`, `ad_set_id`, `age` and the like."""
    return frozenset(data("headings.yml")["levels"])


@cache
def headings() -> Headings:
    """headings.yml, with the canonical columns' own names."""
    read = data("headings.yml")
    columns = {plain(name): name for name in COLUMNS if name not in KEPT_BY_THE_STORE}
    rank: dict[str, int] = dict.fromkeys(columns, -1)
    for column, words in read["columns"].items():
        for place, word in enumerate(_words(words)):
            columns.setdefault(word, column)
            rank.setdefault(word, place)
    for grade, words in read["grades"].items():
        columns |= dict.fromkeys(_words(words), grade)
    levels = {
        word: (level, place)
        for level, by_language in read["levels"].items()
        for place, word in enumerate(_words(by_language))
    }
    parts = frozenset(_words(read["parts"])) | {
        word for word, (level, _) in levels.items() if level in PARTS_OF_CAMPAIGNS
    }
    columns |= dict.fromkeys((*_words(read["segments"]), *parts), SEGMENT)
    columns = {**dict.fromkeys(levels, SEGMENT), **columns}
    columns |= dict.fromkeys(map(plain, read["overlapping"]), OVERLAPPING)
    totals = tuple(sorted(map(plain, read["totals"]), key=len, reverse=True))
    missing = frozenset(map(str, read["missing"]))
    return Headings(
        columns, rank, totals, missing, parts, frozenset(map(plain, read["any_clicks"])), levels
    )


@cache
def dialects() -> tuple[Dialect, ...]:
    """dialects.yml."""
    return tuple(_dialect(entry) for entry in data("dialects.yml"))


def recognise(
    header_row: Sequence[str], preamble: Sequence[str], firsts: Iterable[str] = ()
) -> Dialect:
    """The dialect whose own headings are there; `table` where none or several are.

    Args:
        header_row: The headings.
        preamble: The lines above them.
        firsts: The first cells of rows below them, among which rows of totals may be.
    """
    plain_found = frozenset(map(plain, header_row))
    opening_lines, totals = [plain(line) for line in preamble[:3]], set(map(plain, firsts))
    scores = {
        dialect.name: _score(dialect, plain_found, opening_lines, totals) for dialect in dialects()
    }
    best = max(scores.values())
    winners = [dialect for dialect in dialects() if scores[dialect.name] == best]
    return winners[0] if best >= 2 and len(winners) == 1 else Dialect()


@cache
def _level_names() -> Mapping[str, str]:
    words = data("headings.yml")["level_words"]
    aliases = {plain(alias): level for level, listed in words.items() for alias in listed}
    return aliases | {plain(level): level.value for level in Level}


def level_named(text: str | None) -> str | None:
    """A level, or `campaign`, by whatever it is called; any other text as it is."""
    return _level_names().get(plain(text or ""), text)


def own_columns(mapping: Mapping[str, str]) -> dict[str, str]:
    """The user's own headings in plain form.

    Raises:
        SettingsError: A heading is mapped to a column that does not exist.
    """
    read = data("headings.yml")
    valid_columns = {*COLUMNS, *read["columns"], *read["grades"], *level_roles(), SEGMENT, ASIDE}
    for heading, column in mapping.items():
        if column not in valid_columns:
            raise SettingsError(
                Sentence(
                    'The heading "%(heading)s" is mapped to "%(column)s", which is no column.',
                    heading=heading,
                    column=column,
                ),
                hint=Sentence(
                    "The columns are %(names)s; below a campaign %(names_2)s.",
                    names=", ".join(COLUMNS),
                    names_2=", ".join((*level_roles(), *read["grades"])),
                ),
            )
    return {plain(heading): column for heading, column in mapping.items()}


def _score(
    dialect: Dialect,
    plain_headings: Collection[str],
    opening_lines: Sequence[str],
    totals: set[str],
) -> int:
    titled = any(line.startswith(word) for line in opening_lines for word in dialect.preamble)
    totalled = not totals.isdisjoint(dialect.total)
    sure = sum(word in plain_headings for word in dialect.sure)
    likely = sum(word in plain_headings for word in dialect.likely)
    return 2 * sure + likely + titled + totalled


def _dialect(entry: Mapping[str, Any]) -> Dialect:
    values = dict(entry)
    for name in ("sure", "likely"):
        values[name] = frozenset(map(plain, values.get(name, ())))
    for name in ("preamble", "total"):
        values[name] = tuple(map(plain, values.get(name, ())))
    values["columns"] = {plain(key): value for key, value in values.get("columns", {}).items()}
    return Dialect(**values)


def _words(by_language: Mapping[str, Sequence[str]]) -> list[str]:
    return [plain(str(word)) for words in by_language.values() for word in words]
