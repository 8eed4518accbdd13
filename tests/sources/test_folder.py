"""A watched folder: new and changed files are read, bad ones named, half-written ones left."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import SettingsError, SourceError
from bot.sources import Pulled, build
from bot.sources.folder import FolderSource

LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def drop(tmp_path: Path) -> Callable[..., Path]:
    """Drop an export of one campaign in the folder, written some minutes after 2026."""

    def dropping(name: str, *rows: str, minute: int = 0) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(["date,channel,campaign,currency,spend", *rows]))
        at = datetime(2026, 10, 1, 0, minute, tzinfo=UTC).timestamp()
        os.utime(path, (at, at))
        return path

    return dropping


@pytest.fixture
def pull(tmp_path: Path) -> Callable[..., Pulled]:
    def pulling(since: date | None = None, until: date | None = None, **given: object) -> Pulled:
        source = FolderSource("exports", tmp_path, **{"clock": lambda: LATER, **given})
        return source.pull(since, until)

    return pulling


def test_every_export_in_the_folder_is_read(
    drop: Callable[..., Path], pull: Callable[..., Pulled]
) -> None:
    """All files together are the numbers; each account says how far it reaches."""
    drop("a.csv", "2026-09-01,google,A,NOK,1.00", "2026-09-02,google,A,NOK,2.00")
    drop("b.CSV", "2026-09-03,meta,B,NOK,3.00")
    drop(".hidden.csv", "nonsense")
    drop("readme.md", "nonsense")
    pulled = pull()
    assert pulled.frame["spend"].tolist() == [1.0, 2.0, 3.0]
    assert set(pulled.frame["source"]) == {"exports"}
    (account,) = pulled.accounts
    assert (account.ok, account.until) == (True, date(2026, 9, 3))
    assert account.channels == ("google_ads", "meta_ads")
    assert pulled.pulled_at == LATER


def test_only_the_days_asked_for_are_given(
    drop: Callable[..., Path], pull: Callable[..., Pulled]
) -> None:
    """Both ends are included, and a file with more days is read again for a longer pull."""
    drop("a.csv", *(f"2026-09-0{day},google,A,NOK,{day}.00" for day in range(1, 6)))
    pulled = pull(date(2026, 9, 2), date(2026, 9, 4))
    assert pulled.frame["spend"].tolist() == [2.0, 3.0, 4.0]
    assert pulled.seen == {}


def test_the_newest_file_has_the_last_word(
    drop: Callable[..., Path], pull: Callable[..., Pulled]
) -> None:
    """A restated day comes from the file written last."""
    drop("z.csv", "2026-09-01,google,A,NOK,1.00", minute=1)
    drop("a.csv", "2026-09-01,google,A,NOK,9.00", minute=2)
    assert pull().frame["spend"].tolist() == [9.0]


def test_unchanged_files_are_left_alone(
    drop: Callable[..., Path], pull: Callable[..., Pulled]
) -> None:
    """What was seen is not read again, even if only its time changed; a change is."""
    row = "2026-09-01,google,A,NOK,1.00"
    drop("a.csv", row)
    drop("b.csv", "2026-09-01,google,B,NOK,2.00")
    first = pull()
    drop("a.csv", row, minute=5)
    again = pull(seen=first.seen)
    assert again.frame.empty
    assert again.accounts == ()
    drop("b.csv", "2026-09-01,google,B,NOK,3.00", minute=6)
    changed = pull(seen=again.seen)
    assert changed.frame["spend"].tolist() == [3.0]
    assert set(changed.seen) == {"a.csv", "b.csv"}


def test_a_bad_file_is_named_and_stops_no_other(
    drop: Callable[..., Path], pull: Callable[..., Pulled]
) -> None:
    """The others are read; the bad one is a failed account, and is tried again."""
    drop("bad.csv", "2026-02-30,google,A,NOK,1.00")
    drop("good.csv", "2026-09-01,google,A,NOK,1.00")
    pulled = pull()
    assert len(pulled.frame) == 1
    good, bad = pulled.accounts
    assert (good.ok, bad.ok) == (True, False)
    assert "bad.csv:2: There is no day" in bad.error
    assert set(pulled.seen) == {"good.csv"}


def test_a_half_written_file_waits(drop: Callable[..., Path], pull: Callable[..., Pulled]) -> None:
    """A file touched within the last seconds is left for the next pull."""
    path = drop("a.csv", "2026-09-01,google,A,NOK,1.00")
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    early = pull(clock=lambda: written + timedelta(seconds=2))
    assert early.frame.empty
    assert any("still being written" in note for note in early.notes)
    assert len(pull(clock=lambda: written + timedelta(minutes=1)).frame) == 1


def test_two_files_may_not_disagree_on_a_currency(
    drop: Callable[..., Path], pull: Callable[..., Pulled]
) -> None:
    """The later file is refused, the older one kept."""
    drop("a.csv", "2026-09-01,google,A,NOK,1.00", minute=1)
    drop("b.csv", "2026-09-02,google,A,USD,1.00", minute=2)
    pulled = pull()
    assert pulled.frame["currency"].tolist() == ["NOK"]
    assert "USD here and in NOK" in pulled.accounts[-1].error


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    """No folder, no traceback."""
    source = FolderSource("exports", tmp_path / "none", lambda: LATER)
    with pytest.raises(SourceError, match="cannot be read") as caught:
        source.pull(None, None)
    assert "perfbot.toml" in caught.value.hint


class _Config:
    name, url, table, account = "exports", None, None, None
    raw_schema = connector = orders = leads = None
    channel, currency, time_zone, columns = "snapchat", "SEK", None, {"Kr": "spend"}

    def __init__(self, kind: str, path: Path | None = None) -> None:
        self.kind, self.path = kind, path


def test_a_source_is_built_as_the_settings_say(tmp_path: Path) -> None:
    """Channel, currency and headings of perfbot.toml reach the reader."""
    (tmp_path / "a.csv").write_text("Day,Campaign,Kr\n2026-09-01,A,1.50\n")
    row = build(_Config("folder", tmp_path), clock=lambda: LATER).pull(None, None).frame.iloc[0]
    assert (row["channel"], row["currency"], row["spend"]) == ("snapchat_ads", "SEK", 1.5)


def test_an_incomplete_source_is_a_mistake_in_the_settings() -> None:
    """A warehouse without an address is said to lack it."""
    with pytest.raises(SettingsError, match="lacks"):
        build(_Config("warehouse"), clock=lambda: LATER)
