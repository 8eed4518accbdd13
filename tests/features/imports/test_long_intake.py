"""Long files stored part by part: the same as read whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import RefusedFile
from bot.features.imports.intake import LongIntake, keep_long
from bot.sources import long_files, rows
from bot.sources.exports import ReadFile, read
from bot.sources.headings import headings
from bot.sources.limits import STANDARD
from bot.sources.long_files import NeedsWhole, long_file
from bot.sources.packed import only_table
from bot.store import open_store
from bot.store.records import Imported

PULLED = datetime(2026, 11, 23, 6, tzinfo=UTC)
LAST = date(2026, 11, 24)
HEADS = (
    "date,channel,account_id,campaign_id,campaign_name,currency,"
    "spend,impressions,clicks,conversions,revenue"
)
PLACE = {name: place for place, name in enumerate(HEADS.split(","))}
Rows = list[list[str]]


@pytest.fixture(scope="module", autouse=True)
def _short_parts() -> Iterator[None]:
    """What is long is short here: a part is a few rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_files, "LONG", 0)
        patch.setattr(long_files, "PART", 12)
        patch.setattr(rows, "CHUNK", 600)
        yield


def plain(campaigns: int, days: int) -> Rows:
    """A table nobody could have doubts about."""
    return [
        [f"{date(2026, 9, 1) + timedelta(day)}", "google_ads", "a1", f"{20100 + campaign}",
         f"Campaign {campaign}", "NOK", f"{100 + 7 * campaign + day}.{25 + day}",
         f"{9000 + 13 * day * (campaign + 1)}", f"{300 + day + campaign}", f"{5 + campaign}",
         f"{900 + day * (campaign + 2)}.50"]
        for campaign in range(campaigns) for day in range(days)
    ]  # fmt: skip


@dataclass
class Both:
    """A file read part by part, and the same file read whole."""

    parts: LongIntake | None
    stored: pd.DataFrame
    whole: ReadFile | RefusedFile
    imported: Imported | None
    careful: pd.DataFrame


def both(file: Path) -> Both:
    """Each into a store of its own; `parts` is None where only the whole can tell."""
    with closing(open_store(":memory:")) as store, closing(only_table(file, STANDARD)) as tables:
        try:
            long = long_file(next(tables))
            intake = long and keep_long(store, long, "f", PULLED, LAST)
        except (NeedsWhole, RefusedFile):
            intake = None
        stored = store.numbers()
    with closing(open_store(":memory:")) as store:
        try:
            whole: ReadFile | RefusedFile = read(file)
        except RefusedFile as refused:
            return Both(intake, stored, refused, None, store.numbers())
        assert isinstance(whole, ReadFile)
        imported = store.add_numbers(whole.frame, source="f", pulled_at=PULLED)
        return Both(intake, stored, whole, imported, store.numbers())


def written(file: Path, table: Rows, heads: str = HEADS) -> Path:
    file.write_text("\n".join([heads, *map(",".join, table)]) + "\n", encoding="utf-8")
    return file


def test_a_long_file_is_stored_part_by_part(tmp_path: Path) -> None:
    """A plain file goes in by parts, and comes to the rows and the counts of the whole."""
    found = both(written(tmp_path / "long.csv", plain(5, 9)))
    assert found.parts is not None
    assert found.parts.imported == found.imported
    assert found.imported is not None
    assert found.imported.added == 45
    pd.testing.assert_frame_equal(found.stored, found.careful)


TABLES = st.tuples(st.integers(2, 4), st.integers(5, 9), st.randoms(use_true_random=False))
CELLS = {
    "date": ["2026-09-31", "1.9.2026", "", "Total", "2027-09-01", "2026-09-01 05:00"],
    "channel": ["", "meta", "--"],
    "account_id": ["a1.0", "", "123-456", "4567"],
    "campaign_id": ["20100.0", "20,100", "", "x", "2.01E+04", "'20100", "Total"],
    "campaign_name": ["Total", "Total Wine", "", "Campaign 1", "Other", '"Quoted, name"'],
    "currency": ["SEK", "", "kroner"],
    "spend": ["1.234", "1,5", "kr 3", "-4.00", "", "--", "n/a", "x", "1e3", "9 000", "1.234.567"],
    "impressions": ["0", "1.5", "", "1.234", "12", "-1"],
    "clicks": ["99999999", "0.5", "--", ""],
    "conversions": ["2.5", "", "1.000"],
    "revenue": ["", "--", "900", "Total"],
}
CHANGES = st.one_of(
    st.sampled_from([(name, cell) for name, cells in CELLS.items() for cell in cells]),
    st.sampled_from([("row", how) for how in ("twice", "short", "long", "blank", "total", "date")]),
    st.sampled_from([("column", name) for name in ("spend", "conversions", "revenue")]),
)


def changed(table: Rows, change: tuple[str, str], place: int) -> Rows:
    """The table with something odd in a row, or in all of them."""
    kind, how = change
    row = list(table[place])
    if kind in PLACE:
        row[PLACE[kind]] = how.replace('"', '"') if "," not in how else f'"{how.strip(chr(34))}"'
        return [*table[:place], row, *table[place + 1 :]]
    if kind == "column":
        same = {"spend": "1.234", "conversions": "7", "revenue": ""}[how]
        return [[*each[: PLACE[how]], same, *each[PLACE[how] + 1 :]] for each in table]
    odd = {
        "twice": row, "short": row[:-2], "long": [*row, "9"], "blank": [""] * len(row),
        "total": ["Total", *[""] * 5, *row[6:]], "date": ["", *row[1:]],
    }  # fmt: skip
    return [*table[: place + 1], odd[how], *table[place + 1 :]]


@settings(max_examples=25, deadline=None)
@given(size=TABLES, changes=st.lists(CHANGES, max_size=2), data=st.data())
def test_by_parts_is_as_whole(
    tmp_path_factory: pytest.TempPathFactory,
    size: tuple[int, int, object],
    changes: list[tuple[str, str]],
    data: st.DataObject,
) -> None:
    """Whatever a file holds, its parts say what the whole says, or leave it to the whole."""
    table = plain(*size[:2])
    for change in changes:
        table = changed(table, change, data.draw(st.integers(0, len(table) - 1)))
    if data.draw(st.booleans()):
        size[2].shuffle(table)  # type: ignore[attr-defined]
    found = both(written(tmp_path_factory.mktemp("long") / "f.csv", table))
    if found.parts is None:
        assert found.stored.empty
        return
    assert isinstance(found.whole, ReadFile), found.whole
    assert found.parts.imported == found.imported
    assert (found.parts.notes, found.parts.warnings) == (found.whole.notes, found.whole.warnings)
    pd.testing.assert_frame_equal(found.stored, found.careful)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("spend", ["1.234"] * 20),  # nothing shows which sign is the decimal one
        ("campaign_name", ["One"] * 10 + ["Two"] * 10),  # a campaign is called otherwise later
        ("currency", ["NOK"] * 10 + ["SEK"] * 10),
        ("conversions", ["3"] * 20),
        ("campaign_id", ["20100"] * 10 + ["20101"] * 10),  # one name, two ids
    ],
)
def test_what_only_the_whole_can_tell_is_left_to_it(
    tmp_path: Path, name: str, cells: list[str]
) -> None:
    """Parts that are fine each by itself, and not together, are stored by none."""
    table = [[f"{date(2026, 9, 1) + timedelta(day)}", *plain(1, 1)[0][1:]] for day in range(20)]
    for row, cell in zip(table, cells, strict=True):
        row[PLACE[name]] = cell
        row[PLACE["revenue"]] = "900"
        row[PLACE["spend"]] = cell if name == "spend" else row[PLACE["spend"]]
    found = both(written(tmp_path / "f.csv", table))
    if name == "conversions":  # of one campaign alone it says nothing
        assert found.parts is not None
    else:
        assert found.parts is None
        assert found.stored.empty


def test_a_refused_file_leaves_nothing(tmp_path: Path) -> None:
    """A cell that is no number in the last row: the parts before it are not kept."""
    table = plain(4, 10)
    table[-1][PLACE["clicks"]] = "many"
    found = both(written(tmp_path / "f.csv", table))
    assert found.parts is None
    assert found.stored.empty
    assert isinstance(found.whole, RefusedFile)
    assert found.whole.line == 41


def test_no_mark_of_what_is_missing_begins_with_a_digit() -> None:
    """A cell that begins with a digit is never taken for a missing one."""
    assert not any(mark[:1].isdigit() for mark in headings().missing)


def test_what_meta_leaves_out_only_the_whole_file_explains(tmp_path: Path) -> None:
    """A blank is none where the account counts such an event, which another part may show."""
    heads = HEADS.replace("spend", "amount spent").replace("clicks", "link clicks")
    table = [[*row[:9], *(row[9:] if place < 12 else ("", ""))]
             for place, row in enumerate(plain(5, 9))]  # fmt: skip
    found = both(written(tmp_path / "meta.csv", table, heads))
    assert found.parts is None
    assert isinstance(found.whole, ReadFile)
    assert (found.whole.frame["conversions"] == 0).sum() == 33
