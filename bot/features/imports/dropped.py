"""A file dropped into a Slack channel: how it reads, and keeping it once somebody said so.

Nothing is kept between the two: on the press the file is fetched and read once more, and where it
is another file by then, it is read out anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import BinaryIO

import pandas as pd

from bot.context.context import Context
from bot.context.scoping import shows_nothing
from bot.domain.replies import Asker, DroppedFile, Reply
from bot.errors import NobodysChannel, PerfbotError
from bot.features.imports import intake
from bot.features.imports.doubts import doubts
from bot.numbers.input.daily import IDENTITY, by_currency, campaigns_in, distinct
from bot.policy.permissions import require_importer
from bot.render.values.answers import MetricFigure
from bot.render.values.templates import FileKept, FileRead, FileRefused, TableRead
from bot.snapshot import boards
from bot.snapshot.naming import title
from bot.sources.exports import ReadFile, ReadSettings, read_opened
from bot.sources.given import given_by
from bot.sources.packed import tables_in
from bot.store.base import Event

ENDINGS = (".csv", ".tsv", ".tab", ".xlsx", ".parquet", ".gz", ".zip")
"""Names of files that may be daily numbers; what is called otherwise is left alone."""
IMPORTED = "import.file"
COUNTED = ("impressions", "clicks", "leads", "conversions")
DIGITS = 16  # of a fingerprint, as buttons carry it
LISTED = 3


class NotThisClients(PerfbotError):
    """A file in a client's channel that brings other campaigns as well."""

    code = "not_this_clients"

    def __init__(self, names: Sequence[str]) -> None:
        listed_names = (*names[:LISTED], "…") if len(names) > LISTED else tuple(names)
        super().__init__(
            "Campaigns of this file are not known as this channel's client's: %(names)s.",
            hint="Take them out, or drop the file in a channel of the agency's own.",
            values={"names": tuple(listed_names)},
        )


OURS = (NotThisClients, NobodysChannel)
"""Errors with words in every language; what a reader of files says is English everywhere."""


@dataclass(frozen=True)
class _Read:
    """A file's tables, and what tells it from another."""

    tables: tuple[tuple[str, ReadFile], ...]
    fingerprint: str


def reads_like_numbers(name: str) -> bool:
    """Whether a file is worth a look, by its name."""
    return name.casefold().endswith(ENDINGS)


def shown(context: Context, dropped: DroppedFile, asker: Asker) -> Reply:
    """How the file reads, with the question whether to import it; refused, why and what to do.

    Raises:
        NotAllowed: Somebody who may not import; who may is named.
    """
    require_importer(context.everyone, asker)
    try:
        reading = _read(context, dropped)
        for _, parsed in reading.tables:
            intake.one_currency(context.store, parsed.frame)
    except PerfbotError as error:
        return refused(context, dropped.name, error, asker)
    return _offered(context, dropped, reading, asker)


def _offered(context: Context, dropped: DroppedFile, reading: _Read, asker: Asker) -> Reply:
    today, asker_words = context.today(asker), context.renderer(asker.language).sentence
    tables = tuple(
        _table(name, parsed, tuple(doubts(context.store, parsed.frame, today)), asker_words)
        for name, parsed in reading.tables
    )
    value = f"{dropped.id}:{reading.fingerprint}"
    return _reply(context, asker, "file_read", FileRead(dropped.name, tables, value))


def kept(context: Context, dropped: DroppedFile, fingerprint: str, asker: Asker) -> Reply:
    """Keep the file in one transaction, and build the boards anew; once, however often it is said.

    Args:
        context: Of whoever pressed, where they pressed.
        dropped: The file as it is now.
        fingerprint: That of the file whose reading was shown.
        asker: Who pressed.

    Raises:
        NotAllowed: Somebody who may not import; who may is named.
    """
    require_importer(context.everyone, asker)
    try:
        reading = _read(context, dropped)
        if reading.fingerprint != fingerprint:
            return _offered(context, dropped, reading, asker)
        outcome = _stored(context.everyone, dropped, reading, asker)
    except PerfbotError as error:
        return refused(context, dropped.name, error, asker)
    return _reply(context, asker, "file_kept", outcome)


def _stored(whole: Context, dropped: DroppedFile, reading: _Read, asker: Asker) -> FileKept:
    store, at, subject = whole.store, whole.clock(), f"{dropped.id}:{reading.fingerprint}"
    with store.atomic("numbers"):
        if not store.claim("import", subject, at):
            return _earlier(whole, dropped, subject)
        limits = whole.settings.details
        counts = [intake.keep(store, parsed, name, at, limits) for name, parsed in reading.tables]
        stored = intake.together([numbers for numbers, _ in counts])
        below = sum(details.rows for _, details in counts if details)
        details = {"file": dropped.name, "channel": asker.channel, "rows": stored.rows}
        store.log(Event(at, asker.user, IMPORTED, subject, details))
    if last_day := store.last_day():
        boards.rebuild(whole, min(last_day, at.date()) + timedelta(days=1))
    by = whole.person(asker.user)
    return FileKept(
        dropped.name, by, stored.added, stored.restated, stored.unchanged, details=below
    )


def _earlier(whole: Context, dropped: DroppedFile, subject: str) -> FileKept:
    """Who imported it before."""
    events = whole.store.events(subject=subject, kind=IMPORTED)
    by = whole.person(events[-1].actor) if events else "perfbot"
    return FileKept(dropped.name, by, repeated=True)


def left(context: Context, name: str, asker: Asker) -> Reply:
    """Nothing of it is stored, and who said so.

    Raises:
        NotAllowed: Somebody who may not import.
    """
    require_importer(context.everyone, asker)
    by = context.everyone.person(asker.user)
    return _reply(context, asker, "file_left", FileKept(name, by))


def refused(context: Context, name: str, error: PerfbotError, asker: Asker) -> Reply:
    """Why nothing of a file is stored: the reader's own sentence, with its line and the way out."""
    renderer = context.renderer(asker.language)
    if isinstance(error, OURS):
        view = FileRefused(name, renderer.plainly(error))
    else:
        message, hint = map(renderer.sentence, error.sentences)
        view = FileRefused(name, message, hint, error.line)
    return _reply(context, asker, "file_refused", view)


def _read(context: Context, dropped: DroppedFile) -> _Read:
    """All tables of a file.

    Raises:
        RefusedFile: One of them cannot be read without guessing.
        NotThisClients: It brings campaigns that are not this channel's.
        NobodysChannel: Clients are kept apart, and the channel is nobody's.
    """
    if shows_nothing(context):
        raise NobodysChannel(direct=False)
    settings = _settings(context.everyone)
    opened_tables = tuple(
        (opened.name, read_opened(opened, settings=settings))
        for opened in tables_in(dropped.file, dropped.name)
    )
    strangers = [name for _, parsed in opened_tables for name in _strangers(context, parsed)]
    if strangers:
        raise NotThisClients(list(dict.fromkeys(strangers)))
    return _Read(opened_tables, _fingerprint(dropped.file))


def _settings(whole: Context) -> ReadSettings:
    saved = whole.store.preference(intake.MAPPINGS).values()
    read_settings = given_by(whole.settings, saved=saved)
    return replace(read_settings, currency=whole.settings.default_currency)


def _fingerprint(file: BinaryIO) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]  # type: ignore[arg-type]


def _strangers(context: Context, parsed: ReadFile) -> Iterator[str]:
    """Names of campaigns the channel's clients may not bring; none where everybody sees all.

    A campaign that is stored must be theirs; a new one the plan must give to them, and no other
    client's campaign may be called so: where only names are known it would be that one.
    """
    clients, everyone = context.store.scope.clients, context.everyone
    if context.whole is None or clients is None:
        return
    own_keys, all_keys = context.store.campaign_keys(), everyone.store.campaign_keys()
    foreign_names = everyone.store.campaign_names() - context.store.campaign_names()
    frames = (parsed.frame, parsed.window_reach, parsed.details)
    campaigns = campaigns_in(frame for frame in frames if frame is not None)
    owners = everyone.plan(context.today()).clients(campaigns, context.today())
    for row, owner in zip(campaigns.itertuples(index=False), owners, strict=True):
        key, name = (row.channel, row.account_id, row.campaign_id), row.campaign_name
        fits = key in own_keys if key in all_keys else owner in clients
        if not fits or ((row.channel, name) in foreign_names and key not in own_keys):
            yield str(name or row.campaign_id)


def _table(
    name: str, parsed: ReadFile, doubtful: tuple[str, ...], said: Callable[[str], str]
) -> TableRead:
    frame = parsed.frame if parsed.window_reach is None else parsed.window_reach
    days = parsed.frame["date"]
    notes = (*parsed.notes, *parsed.warnings, *doubtful)
    return TableRead(
        name=name,
        rows=len(frame),
        since=days.min().date() if len(days) else None,
        until=days.max().date() if len(days) else None,
        days=int(days.nunique()),
        campaigns=len(frame[[*IDENTITY]].drop_duplicates()),
        channels=tuple(map(title, distinct(frame, "channel"))),
        accounts=distinct(frame, "account_id"),
        totals=tuple(_totals(parsed.frame)),
        aside=parsed.aside,
        notes=tuple(said(note) for note in notes if not note.startswith("Left aside:")),
        details=0 if parsed.details is None else len(parsed.details),
    )


def _totals(frame: pd.DataFrame) -> Iterator[MetricFigure]:
    """Sums of what the file has: money a currency each, then what is counted."""
    for column in ("spend", "revenue"):
        for currency, amount in by_currency(frame, column).items():
            yield MetricFigure(column, amount, None, currency or None)
    for column in COUNTED:
        total = frame[column].sum(min_count=1)
        if pd.notna(total):
            yield MetricFigure(column, float(total))


def _reply(context: Context, asker: Asker, template: str, view: object) -> Reply:
    message = context.renderer(asker.language).render(template, found=view)
    return Reply(message.text, message.blocks, "in_channel")
