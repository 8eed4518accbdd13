"""A watched folder: every export dropped in it is read once, and again when it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd

from bot.errors import PerfbotError, SettingsError, SourceError
from bot.numbers.input.daily import normalise
from bot.numbers.schema_changes import columns_of
from bot.numbers.source_health import ShortDay
from bot.sentences import Sentence, sentence
from bot.sources.adding import KEY
from bot.sources.base import (
    AccountPull,
    Clock,
    Pulled,
    SourceConfig,
    accounts_of,
    between,
)
from bot.sources.exports import Progress, ReadFile, ReadSettings, read
from bot.sources.refusals import MixedCurrencies, shown

SUFFIXES = {".csv", ".tsv", ".tab", ".txt", ".xlsx", ".parquet", ".gz", ".zip"}
SETTLED = timedelta(seconds=10)
CAMPAIGN = ["channel", "account_id", "campaign_id"]


@dataclass(frozen=True)
class FolderSource:
    """Exports in a folder.

    Attributes:
        name: The source's name in perfbot.toml.
        path: The folder; folders in it are not looked at.
        clock: The time now, with its zone.
        settings: What the exports leave out.
        seen: File name to fingerprint, from an earlier pull: unchanged files are left alone.
        progress: Called with (done, total) bytes while a file is read.
    """

    name: str
    path: Path
    clock: Clock
    settings: ReadSettings = field(default_factory=ReadSettings)
    seen: Mapping[str, str] = field(default_factory=dict)
    progress: Progress | None = None

    def pull(self, since: date | None, until: date | None) -> Pulled:
        """Read new and changed files, oldest first, so that the newest word on a day counts.

        A file written to within the last seconds waits for the next pull. A file that cannot be
        read is named among the accounts, stops no other, and is tried again next time.

        Raises:
            SourceError: The folder is missing or may not be read.
        """
        now = self.clock().astimezone(UTC)
        reading = _Reading(self, since, until)
        for path in self.exports():
            reading.one(path, now)
        frame = reading.frame()
        answered = accounts_of(frame)
        if not answered and reading.details:  # only reports of keywords and the like
            answered = (AccountPull("", (), ok=True, until=None),)
        accounts = (*answered, *reading.failed)
        reach = pd.concat(reading.reach, ignore_index=True) if reading.reach else None
        details = pd.concat(reading.details, ignore_index=True) if reading.details else None
        return Pulled(
            frame, now, accounts, tuple(reading.notes), reading.seen, reach, details=details,
            columns=reading.columns, short_days=tuple(reading.short_days.values()),
        )  # fmt: skip

    def exports(self) -> list[Path]:
        """The exports that lie in the folder, the newest last.

        Raises:
            SourceError: The folder is missing or may not be read.
        """
        try:
            exports = [path for path in self.path.iterdir() if _is_export(path)]
            return sorted(exports, key=lambda path: (path.stat().st_mtime_ns, path.name))
        except OSError as error:
            raise SourceError(
                Sentence(
                    "The folder of %(name)s cannot be read: %(strerror)s.",
                    name=self.name,
                    strerror=error.strerror or error,
                ),
                hint=Sentence("Check path in perfbot.toml: %(path)s", path=self.path),
            ) from error


class _Reading:
    """One pull as it goes on."""

    def __init__(self, source: FolderSource, since: date | None, until: date | None) -> None:
        self.source, self.since, self.until = source, since, until
        self.frames: list[pd.DataFrame] = []
        self.reach: list[pd.DataFrame] = []
        self.details: list[pd.DataFrame] = []
        self.failed: list[AccountPull] = []
        self.notes: list[str] = []
        self.seen: dict[str, str] = {}
        self.columns: dict[tuple[str, str], tuple[str, ...]] = {}
        self.short_days: dict[tuple[str, str, date], ShortDay] = {}
        self._currency: dict[tuple[str, ...], str | None] = {}

    def one(self, path: Path, now: datetime) -> None:
        """Read one file, unless it is unchanged or still being written."""
        try:
            before = self.source.seen.get(path.name, "")
            stamp = _stamp(path)
            if before.startswith(f"{stamp}:"):
                self.seen[path.name] = before
            elif abs(now - datetime.fromtimestamp(path.stat().st_mtime, UTC)) < SETTLED:
                self.notes.append(
                    Sentence(
                        "%(name)s is still being written; it is read next time.", name=path.name
                    )
                )
            else:
                self._changed(path, before, stamp)
        except PerfbotError as error:
            self._failed(error.as_sentence)
        except OSError as error:
            self._failed(
                Sentence(
                    "%(name)s: The file cannot be read: %(strerror)s.",
                    name=path.name,
                    strerror=error.strerror or error,
                )
            )

    def frame(self) -> pd.DataFrame:
        """All rows; where files give the same day and campaign, the newest file's."""
        if not self.frames:
            return normalise(pd.DataFrame())
        rows = pd.concat(self.frames, ignore_index=True)
        return rows[~rows.duplicated(list(KEY), keep="last")].reset_index(drop=True)

    def _changed(self, path: Path, before: str, stamp: str) -> None:
        digest = _digest(path)
        if before.endswith(f":{digest}"):
            self.seen[path.name] = f"{stamp}:{digest}"
            return
        file = read(path, settings=self.source.settings, progress=self.source.progress)
        if _stamp(path) != stamp:
            self.notes.append(
                Sentence(
                    "%(name)s changed while it was read; it is read next time.", name=path.name
                )
            )
            return
        if file.window_reach is not None:
            self.reach.append(file.window_reach)
        if file.details is not None:
            self.details.append(between(file.details, self.since, self.until))
        self._agree(file.frame, path.name)
        rows = between(file.frame, self.since, self.until)
        self.frames.append(rows.assign(source=self.source.name))
        self.columns |= columns_of(rows, file.columns)
        self._note_hours(file)
        self._say(path, file)
        if len(rows) == len(file.frame):  # else a longer pull must find its other rows
            self.seen[path.name] = f"{stamp}:{digest}"

    def _agree(self, frame: pd.DataFrame, name: str) -> None:
        """Two files may not give one campaign in two currencies."""
        kinds = frame[[*CAMPAIGN, "currency"]].drop_duplicates()
        currencies = {tuple(row[:3]): row[3] for row in kinds.itertuples(index=False, name=None)}
        for campaign, currency in currencies.items():
            if self._currency.get(campaign, currency) != currency:
                raise MixedCurrencies(
                    Sentence(
                        "The campaign %(campaign)s is in %(currency)s here and in %(currency_2)s "
                        "in an older file.",
                        campaign=shown(campaign[2]),
                        currency=currency or "no currency",
                        currency_2=self._currency[campaign] or "no currency",
                    ),
                    hint="Set currency for the source, or take one of the files out.",
                    file=name,
                )
        self._currency |= currencies

    def _note_hours(self, file: ReadFile) -> None:
        """Days that lack hours; a newer file that has a day says whether it still does."""
        feeds = file.frame[["channel", "account_id", "date"]].drop_duplicates()
        for channel, account, day in feeds.itertuples(index=False, name=None):
            self.short_days.pop((channel, account or "", day.date()), None)
        self.short_days |= {(day.channel, day.account_id, day.day): day for day in file.short_days}

    def _say(self, path: Path, file: ReadFile) -> None:
        self.notes += [
            Sentence("%(name)s: %(note)s", name=path.name, note=sentence(note))
            for note in (*file.notes, *file.warnings)
        ]

    def _failed(self, error: str) -> None:
        self.failed.append(AccountPull("", (), ok=False, until=None, error=error))


def _is_export(path: Path) -> bool:
    hidden = path.name.startswith((".", "~$"))
    return path.suffix.lower() in SUFFIXES and not hidden and path.is_file()


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{status.st_size}:{status.st_mtime_ns}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source(
    config: SourceConfig, *, clock: Clock, seen: Mapping[str, str], known: ReadSettings
) -> FolderSource:
    """A watched folder.

    Raises:
        SettingsError: It has no path.
    """
    if config.path is None:
        raise SettingsError(
            Sentence("The source %(name)s has no path.", name=config.name),
            hint="A folder needs path.",
        )
    return FolderSource(config.name, config.path, clock, known, seen)
