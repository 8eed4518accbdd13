"""One row a day and campaign: parts added up, levels told apart, repeats explained or refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.numbers.input.daily import COLUMNS
from bot.numbers.source_health import ShortDay
from bot.sentences import Sentence
from bot.sources.cells import Flags, TextColumn
from bot.sources.hours import given_twice, is_hour, short_days, short_days_said
from bot.sources.layout import FIRST, LAST
from bot.sources.levels import Codes, SplitColumn, told_apart
from bot.sources.refusals import RepeatedRow, shown
from bot.sources.table import TextTable

CAMPAIGN = ("channel", "account_id", "campaign_id", "level", "parent_id", "date")
KEY = (*CAMPAIGN, "pulled_on")
AGREED = ("stage", "pricing_model", "billed_by", "measured_by", "daily_budget")
NEVER_ADDED = ("reach", "satisfaction")
ADDED = tuple(
    name
    for name, column in COLUMNS.items()
    if column.kind in {"money", "count"} and name not in {*AGREED, *NEVER_ADDED}
)
_LOOKED_AT = 400  # repeated rows read again to find what tells them apart


@dataclass(frozen=True)
class Added:
    """Rows of one a day and campaign.

    Attributes:
        frame: The rows.
        notes: How they came to be one.
        warnings: What is missing in them.
        short_days: Days that lack hours.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    short_days: tuple[ShortDay, ...] = ()


def one_a_day(
    frame: pd.DataFrame,
    table: TextTable,
    splits: Mapping[str, SplitColumn],
    writings: TextColumn | None = None,
    marked_none: Mapping[str, Flags] | None = None,
) -> Added:
    """Add up rows of one day and campaign that differ in what splits them.

    Spend, counts and revenue are added; where one part has no value the sum has none, for it
    would be too small. Reach and satisfaction never are: they are missing where rows were added. A
    budget, stage or model is kept where the rows agree. Of several pulls of a day the newest
    counts.

    Args:
        frame: Canonical rows.
        table: The file's rows they were made of.
        splits: What splits them (device, network, hour …), nothing where nothing does.
        writings: How each row writes its account, where one is written in several ways.
        marked_none: By column the rows whose platform marks that it counted nothing there.

    Raises:
        RepeatedRow: The same day and campaign, and the same parts, come twice.
        MixedLevels: Rows of which nothing says whether one is the sum of the others.
    """
    key = numbered(frame[list(KEY)])
    if not pd.Series(key).duplicated().any():
        return Added(frame)
    return _Adding(frame, table, splits, writings, dict(marked_none or {}), key).done()


def numbered(frame: pd.DataFrame) -> Codes:
    """A number for each different row."""
    codes = np.zeros(len(frame), dtype=np.int64)
    for name in frame.columns:
        codes = _joined(codes, *_factorized(frame[name]))
    return codes


def _factorized(values: pd.Series) -> tuple[Codes, int]:
    part, different = pd.factorize(values, use_na_sentinel=False)
    return part.astype(np.int64), len(different)


def _joined(codes: Codes, part: npt.NDArray[np.integer], different: int) -> Codes:
    return pd.factorize(codes * max(different, 1) + part)[0].astype(np.int64)


@dataclass
class _Adding:
    """Rows of which several are of one day and campaign."""

    frame: pd.DataFrame
    table: TextTable
    splits: Mapping[str, SplitColumn]
    writings: TextColumn | None
    marked_none: dict[str, Flags]
    key: Codes

    def done(self) -> Added:
        notes = [*self._newest_pulls(), *self._written_twice()]
        self._refuse_repeats()
        levels = told_apart(self.frame, self.key, self.table.lines, self.splits)
        self._keep(levels.counts)
        notes += levels.notes
        if not pd.Series(self.key).duplicated().any():
            return Added(self.frame, tuple(notes))
        short = self._short_days()
        missing = (*self._incomplete(), *map(short_days_said, short))
        days = tuple(day for of_account in short for day in of_account)
        return Added(self._added(), (*notes, self._how()), missing, days)

    def _keep(self, kept_rows: Flags) -> None:
        if not kept_rows.all():
            self.frame = self.frame[kept_rows].reset_index(drop=True)
            self.table = self.table.keep(kept_rows)
            self.key = self.key[kept_rows]
            self.splits = {name: split.keep(kept_rows) for name, split in self.splits.items()}
            self.writings = self.writings and self.writings.keep(kept_rows)
            self.marked_none = {name: rows[kept_rows] for name, rows in self.marked_none.items()}

    def _exact(self) -> Codes:
        """A number for each different day, campaign and part."""
        codes = self.key
        for split in self.splits.values():
            codes = _joined(codes, split.cells.codes, len(split.cells.words))
        return codes

    def _newest_pulls(self) -> Iterator[str]:
        """Of several pulls on one day only the newest is left."""
        pulled = self.frame["pulled_at"]
        if pulled.isna().all():
            return
        newest = pulled.groupby(self._exact()).transform("max")
        older = (pulled < newest).to_numpy(dtype=bool)
        if older.any():
            self._keep(~older)
            yield Sentence(
                "%(sum)s of older pulls left out: the newest of a day counts.",
                sum=_rows(int(older.sum())),
            )

    def _written_twice(self) -> Iterator[str]:
        """The same row under two writings of its account is one row."""
        if self.writings is None:
            return
        exact = self._exact()
        values = [name for name, column in COLUMNS.items() if column.kind in {"money", "count"}]
        same = self.frame[values].assign(exact=exact).duplicated(keep="first").to_numpy()
        first_rows = pd.Series(np.arange(len(exact))).groupby(exact).transform("first").to_numpy()
        other_writing = self.writings.texts() != self.writings.texts()[first_rows]
        twice = same & other_writing
        if twice.any():
            row = int(np.flatnonzero(twice)[0])
            line, of = self.table.lines[row], self.table.lines[first_rows[row]]
            note = Sentence(
                "The account is written as %(writings)s and as %(writings_2)s: %(sum)s there under "
                "both and counted once (line %(line)s is line %(of)s).",
                writings=shown(self.writings[int(first_rows[row])]),
                writings_2=shown(self.writings[row]),
                sum=_rows(int(twice.sum())),
                line=line,
                of=of,
            )
            self._keep(~twice)
            yield note

    def _refuse_repeats(self) -> None:
        exact = self._exact()
        repeated = pd.Series(exact).duplicated().to_numpy() & ~self._clock_changes(exact)
        if not repeated.any():
            return
        row = int(np.flatnonzero(repeated)[0])
        first_line = int(self.table.lines[np.flatnonzero(exact == exact[row])[0]])
        same = Sentence("day, campaign and segment" if self.splits else "day and campaign")
        name = self.frame["campaign_name"][row] or self.frame["campaign_id"][row]
        raise RepeatedRow(
            Sentence(
                "This row repeats the %(same)s of line %(first_line)s (%(frame)s, %(name)s).",
                same=same,
                first_line=first_line,
                frame=f"{self.frame['date'][row]:%Y-%m-%d}",
                name=shown(name),
            ),
            hint=_way_out(self.table, exact),
            line=int(self.table.lines[row]),
        )

    def _clock_changes(self, exact: Codes) -> Flags:
        """Second rows of an hour that comes twice, because the clock was set back."""
        hours = self._hours()
        if not hours:
            return np.zeros(len(exact), dtype=bool)
        is_second = np.asarray(pd.Series(exact).groupby(exact).cumcount().to_numpy() == 1)
        rows = np.flatnonzero(is_second)
        days, zones = self.frame["date"].to_numpy()[rows], self.frame["time_zone"].to_numpy()[rows]
        is_second[rows] = given_twice(days, hours[0].cells.keep(is_second), zones)
        return is_second

    def _hours(self) -> list[SplitColumn]:
        return [
            split for name, split in self.splits.items() if name == "hour" or is_hour(split.heading)
        ]

    def _short_days(self) -> list[list[ShortDay]]:
        """Days that lack hours which the days beside them have, by account."""
        for split in self._hours()[:1]:
            return short_days(self.frame, split.cells.texts())
        return []

    def _added(self) -> pd.DataFrame:
        groups = self.frame.groupby(self.key, sort=False)
        out = self.frame[~pd.Series(self.key).duplicated()].reset_index(drop=True)
        several = groups.size().to_numpy() > 1
        for name in ADDED:
            if self.frame[name].notna().any():
                # rounded to millionths, the sum is the double nearest to the exact one
                total = groups[name].sum(min_count=1).round(6).to_numpy()
                holes = pd.Series(self._holes(name)).groupby(self.key, sort=False).any()
                out[name] = np.where(holes.to_numpy(), np.nan, total)
        for name in NEVER_ADDED:
            out[name] = out[name].mask(several)
        for name in AGREED:
            if self.frame[name].notna().any():
                first_values, kinds = groups[name].first(), groups[name].nunique()
                nothing = None if self.frame[name].dtype == object else np.nan
                out[name] = first_values.where(kinds < 2, nothing).to_numpy()
        out["pulled_at"] = groups["pulled_at"].max().to_numpy()
        return out

    def _holes(self, name: str) -> Flags:
        """Rows without a value, apart from those whose platform marks that it counted nothing."""
        holes = self.frame[name].isna().to_numpy()
        return holes & ~self.marked_none[name] if name in self.marked_none else holes

    def _incomplete(self) -> Iterator[str]:
        """Sums that are missing because one of their parts is."""
        groups = self.frame.groupby(self.key, sort=False)
        for name in ADDED:
            if self.frame[name].isna().all():
                continue
            part_counts = groups[name].transform("count").to_numpy()
            holes = self._holes(name) & (part_counts > 0)
            if holes.any():
                row = int(np.flatnonzero(holes)[0])
                days = len(np.unique(self.key[holes]))
                campaign = self.frame["campaign_name"][row] or self.frame["campaign_id"][row]
                yield Sentence(
                    "%(heading)s is missing for 1 day and campaign, because a part of it has no "
                    "value: first line %(line)s (%(day)s, %(campaign)s)."
                    if days == 1
                    else "%(heading)s is missing for %(days)s days and campaigns, because a part "
                    "of it has no value: first line %(line)s (%(day)s, %(campaign)s).",
                    heading=self.table.layout.heading(name),
                    days=days,
                    line=self.table.lines[row],
                    day=f"{self.frame['date'][row]:%Y-%m-%d}",
                    campaign=shown(campaign),
                )

    def _how(self) -> str:
        by = ", ".join(split.heading for split in self.splits.values())
        return Sentence(
            "Rows by %(by)s were added up to one a day and campaign; reach cannot be added, so it "
            "is missing.",
            by=by,
        )


def _rows(count: int) -> str:
    if count == 1:
        return Sentence("1 row was")
    return Sentence("%(count)s rows were", count=f"{count:,}")


def _way_out(table: TextTable, exact: Codes) -> str:
    """A column of the file that tells the repeated rows apart, where there is one."""
    repeated = pd.Series(exact).duplicated(keep=False).to_numpy()
    rows = np.flatnonzero(repeated)[:_LOOKED_AT]
    raw = table.raw(frozenset(table.lines[rows].tolist()))
    headings = table.layout.headings
    mapped_places = {
        place for name, place in table.layout.columns.items() if name not in {FIRST, LAST}
    }
    for place, heading in enumerate(headings):
        cells = [raw.get(int(table.lines[row]), headings)[place] for row in rows]
        if place not in mapped_places and heading.strip() and _tells_apart(cells, exact[rows]):
            return Sentence(
                "It looks as if %(heading)s tells the rows apart: --segment %(heading_2)s adds "
                'them up (in perfbot.toml "%(heading)s" = "segment" under columns).',
                heading=heading,
                heading_2=_quoted(heading),
            )
    return (
        "Export again with one row a day and campaign, or with the column that tells the rows "
        "apart (campaign id, device, ad set …)."
    )


def _tells_apart(cells: list[str], exact: Codes) -> bool:
    pairs = set(zip(exact.tolist(), cells, strict=True))
    return len(pairs) == len(cells) > 1


def _quoted(heading: str) -> str:
    return heading if heading.replace("_", "").isalnum() else f'"{heading}"'
