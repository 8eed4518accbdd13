"""Whom a row is about: channel, account, campaign, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from bot.numbers.input.names import account_key
from bot.sentences import Sentence
from bot.sources.cells import TextColumn, Texts, otherwise
from bot.sources.given import ReadSettings
from bot.sources.refusals import BadValue, MissingColumn, shown
from bot.sources.table import TextTable

TEXTS = ("account_id", "account_name", "campaign_id", "campaign_name", "level", "parent_id")
UNKNOWN = "\x00unknown"  # no name a file can give: a channel may be called "unknown"
_SHORTENED = re.compile(r"\d+[.,]\d+[Ee]\+?\d+|\d+[Ee]\+\d+")
_NUMBERED = re.compile(r"\d+(?:\.0)?|\d{1,3}(?:[,. \u00a0\u202f]\d{3})+")
_GROUPS = re.compile(r"(?<=\d)[,. \u00a0\u202f](?=\d{3}(?:\D|$))")
_AS_FORMULA = re.compile(r'^="(.*)"$')


def identities(table: TextTable, settings: ReadSettings) -> dict[str, Texts]:
    """Names as they stand, ids as text, and the channel of each row; dashes are missing.

    Raises:
        BadValue: An id whose digits a spreadsheet has lost.
    """
    texts = {name: _text(table, name) for name in TEXTS if table.has(name)}
    if settings.account_id:
        account = texts.get("account_id", _nothing(table))
        texts["account_id"] = otherwise(account, settings.account_id)
    return {
        **texts,
        "channel": _channels(table, settings, texts),
        "time_zone": zones(table, settings),
        "measured_by": _or(table, "measured_by", None),
    }


def zones(table: TextTable, settings: ReadSettings) -> Texts:
    """The time zone of each row's account: of the row, as given, of the account, of the dialect."""
    zone_texts = _or(table, "time_zone", settings.time_zone)
    if settings.accounts and table.has("account_id"):
        account_zones = table.cells["account_id"].translated(settings.zone_of_account)
        zone_texts = otherwise(zone_texts, account_zones)
    return otherwise(zone_texts, table.layout.dialect.time_zone)


def id_cells(table: TextTable, name: str) -> TextColumn:
    """The ids of a column, without what spreadsheets put around them."""
    ids = table.cells[name].stripped()
    lost = ids.where(_SHORTENED.fullmatch)
    if lost.any():
        raise BadValue(
            Sentence(
                "A spreadsheet has shortened the id %(lost)s: its digits are lost.",
                lost=shown(ids.keep(lost)[0]),
            ),
            hint="Download the file again and hand it in without opening it in a spreadsheet.",
            line=table.line(lost),
        )
    ids = ids.changed(lambda word: _AS_FORMULA.sub(r"\1", word).lstrip("'").strip())
    if (ids.where(_NUMBERED.fullmatch) | ids.blank()).all():
        # a spreadsheet or a program took them for numbers: 12345678901.0, 12,345,678,901
        return ids.changed(_ungrouped)
    return ids


def reads_as_it_stands(word: str) -> bool:
    """Whether an id is the same whatever the other ids of its file look like."""
    text = word.strip()
    return not text.startswith(("'", "=")) and _ungrouped(text) == text


def _ungrouped(word: str) -> str:
    return _GROUPS.sub("", word.removesuffix(".0"))


def _text(table: TextTable, name: str) -> Texts:
    cells = id_cells(table, name) if name.endswith("_id") else table.cells[name].stripped()
    return cells.texts(cells.blank())


def _nothing(table: TextTable) -> Texts:
    return np.full(len(table), None, dtype=object)


def _or(table: TextTable, name: str, default: str | None) -> Texts:
    """The row's own word, else one for all."""
    if not table.has(name):
        return np.full(len(table), default, dtype=object)
    cells = table.cells[name].stripped()
    return cells.texts(cells.blank(), default)


def _channels(table: TextTable, settings: ReadSettings, texts: Mapping[str, Texts]) -> Texts:
    """Of the row, what was given, the account's, the plan's, the dialect's, in this order.

    Never of a heading that any platform may have: two platforms' numbers under one channel count
    twice, and nothing later can tell.
    """
    channels = _or(table, "channel", settings.channel)
    for missing, answers in (
        ("account_id", settings.channel_of_account if settings.accounts else None),
        ("campaign_name", settings.channel_of_name if settings.plan else None),
    ):
        if answers is not None and missing in texts:
            matches = TextColumn.of(str(text or "") for text in texts[missing]).translated(answers)
            channels = otherwise(channels, matches)
    return otherwise(channels, table.layout.dialect.channel or UNKNOWN)


def refuse_channelless(table: TextTable, channels: Texts) -> None:
    """Rows whose channel nothing says: under a wrong one they would count twice.

    Raises:
        MissingColumn: With the line of the first.
    """
    unknown = channels == UNKNOWN
    if not unknown.any():
        return
    of = Sentence("this row ran in" if table.has("channel") else "these numbers are of")
    raise MissingColumn(
        Sentence("No channel is given: nothing in the file says which one %(of)s.", of=of),
        hint="Say it: --channel google_ads (or meta_ads, linkedin_ads, … or a name of your own), "
        "or channel for the source in perfbot.toml.",
        line=table.line(unknown) if table.has("channel") else table.layout.line,
    )


def account_writings(table: TextTable) -> TextColumn | None:
    """How each row writes its account, where one account is written in several ways."""
    if not table.has("account_id"):
        return None
    cells = table.cells["account_id"].stripped()
    keys = {account_key(word) for word in cells.words}
    return cells if len(keys) < len(set(cells.words)) else None
