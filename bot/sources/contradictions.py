"""Values that contradict their neighbours: a row that lost a cell, a total, one number everywhere.

What cannot be true is refused with its line. What may be true, but seldom is, is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.sentences import Sentence, together
from bot.sources.cells import DASHES, Flags
from bot.sources.moved_rows import refuse_moved
from bot.sources.refusals import Contradiction, shown
from bot.sources.table import TextTable

Numbers = Mapping[str, npt.NDArray[np.float64]]
WHOLE = ("impressions", "reach", "clicks", "clicks_all", "landing_views")
NEVER_ABOVE = (("clicks", "impressions"), ("reach", "impressions"), ("clicks", "clicks_all"),
               ("qualified_leads", "leads"))  # fmt: skip
EVERYWHERE = ("spend", "impressions", "clicks", "conversions", "revenue", "leads")
IDS = ("campaign_id", "account_id")
_DIGITS = re.compile(r"[\d-]+(?:\.0)?|act_\d+")


@dataclass(frozen=True)
class Sign:
    """Something that seldom is true: which rows, and how it reads of one of them."""

    rows: Flags
    sentence: Sentence

    def said(self, table: TextTable) -> str:
        """The sentence of the first row, and how many there are."""
        first_row = int(np.flatnonzero(self.rows)[0])
        count = int(self.rows.sum())
        one, many = "Line %(line)s: %(why)s.", "Line %(line)s: %(why)s (%(count)s rows are so)."
        return Sentence(
            one if count == 1 else many,
            line=table.lines[first_row], why=self.sentence, count=f"{count:,}",
        )  # fmt: skip


def _count_of(what: str, count: int) -> Sentence:
    singular, plural = {
        "row": ("1 row", "%(count)s rows"), "column": ("1 column", "%(count)s columns"),
    }[what]  # fmt: skip
    return Sentence(singular if count == 1 else plural, count=f"{count:,}")


def row_by_row(table: TextTable, numbers: Numbers) -> tuple[str, ...]:
    """What rows say that seldom is true.

    Raises:
        Contradiction: A row whose cells have moved, or that contradicts itself twice, or a single
            fraction where things are counted.
    """
    habits = list(_fractions(table, numbers))
    signs = [*_above(table, numbers), *_other_ids(table)]
    refuse_moved(table, _any_of(table, signs))
    twice = np.sum([sign.rows for sign in signs], axis=0) > 1 if signs else np.zeros(0, dtype=bool)
    if twice.any():
        row = int(np.flatnonzero(twice)[0])
        why = together(sign.sentence for sign in _of_row(table, numbers, row))
        raise Contradiction(
            Sentence("This row contradicts itself: %(why)s.", why=why),
            hint="Its cells may have moved: mend the row, or export again.",
            line=int(table.lines[row]),
        )
    return (*(sign.said(table) for sign in (*habits, *signs)), *_credits(table, numbers))


def _any_of(table: TextTable, signs: Sequence[Sign]) -> Flags:
    rows = [sign.rows for sign in signs]
    return np.logical_or.reduce(rows) if rows else np.zeros(len(table), dtype=bool)


def _of_row(table: TextTable, numbers: Numbers, row: int) -> list[Sign]:
    """The signs of one row, in its own words."""
    only = np.zeros(len(table), dtype=bool)
    only[row] = True
    row_numbers = {name: values[only] for name, values in numbers.items()}
    alone = table.keep(only)
    signs = [*_fractional(alone, row_numbers), *_above(alone, row_numbers)]
    odd = [sign for sign in _other_ids(table) if sign.rows[row]]
    return [*signs, *odd]


def _fractions(table: TextTable, numbers: Numbers) -> Iterator[Sign]:
    """Fractions of what is counted in whole: of a few rows refused, of most the source's way."""
    for sign in _fractional(table, numbers):
        counted = (
            np.sum([~np.isnan(numbers[name]) for name in WHOLE if name in numbers], axis=0) > 0
        )
        if sign.rows.sum() > counted.sum() / 2 and sign.rows.sum() > 2:
            yield sign
            continue
        refuse_moved(table, sign.rows)
        raise Contradiction(
            Sentence(
                "%(what)s, and those are counted in whole.",
                what=sign.sentence,
            ),
            hint="A cell may have moved, or a thousands separator be read as decimal: mend the "
            "row, or export again.",
            line=table.line(sign.rows),
        )


def _fractional(table: TextTable, numbers: Numbers) -> Iterator[Sign]:
    for name in WHOLE:
        if name in numbers:
            values = numbers[name]
            rows = ~np.isnan(values) & (values % 1 != 0)
            if rows.any():
                value = values[np.flatnonzero(rows)[0]]
                heading = table.layout.heading(name)
                fraction = Sentence(
                    "%(heading)s is %(value)s, a fraction", heading=heading, value=f"{value:g}"
                )
                yield Sign(rows, fraction)


def _above(table: TextTable, numbers: Numbers) -> Iterator[Sign]:
    for lower, upper in NEVER_ABOVE:
        if lower in numbers and upper in numbers:
            rows = numbers[lower] > numbers[upper]  # False where one is missing
            if rows.any():
                first_row = int(np.flatnonzero(rows)[0])
                yield Sign(
                    rows,
                    Sentence(
                        "%(low)s (%(less)s) is above %(high)s (%(more)s)",
                        low=table.layout.heading(lower),
                        less=f"{numbers[lower][first_row]:,g}",
                        high=table.layout.heading(upper),
                        more=f"{numbers[upper][first_row]:,g}",
                    ),
                )


def _other_ids(table: TextTable) -> Iterator[Sign]:
    """Ids of another form than nearly all others: words, or far shorter, where digits stand."""
    for name in IDS:
        if not table.has(name):
            continue
        cells = table.cells[name]
        counts = np.bincount(cells.codes, minlength=len(cells.words))
        rows = odd_ids(cells.words, counts)[cells.codes]
        if rows.any():
            word = cells[int(np.flatnonzero(rows)[0])]
            other = Sentence(
                "%(heading)s %(word)s has another form than the other ids",
                heading=table.layout.heading(name), word=shown(word),
            )  # fmt: skip
            yield Sign(rows, other)


def odd_ids(words: Sequence[str], counts: npt.NDArray[np.int64]) -> Flags:
    """Which of a column's ids have another form than nearly all others.

    Args:
        words: The different ids.
        counts: The rows each is in.
    """
    texts = [word.strip() for word in words]
    filled = np.array([bool(word.strip(DASHES)) for word in words], dtype=bool)
    digits = np.array([_DIGITS.fullmatch(text) is not None for text in texts], dtype=bool)
    most, rows = filled & digits, counts[filled].sum()
    if rows < 4 or counts[most].sum() < 0.75 * rows:
        return np.zeros(len(words), dtype=bool)
    letters = np.array(list(map(len, texts)), dtype=np.int64)
    usual = float(np.median(np.repeat(letters[most], counts[most])))
    odd: Flags = filled & (~digits | (most & (letters < usual - 5) & (usual > 8)))
    return odd if counts[odd].sum() < 0.25 * rows else np.zeros(len(words), dtype=bool)


def _credits(table: TextTable, numbers: Numbers) -> Iterator[str]:
    """Spend under zero is money the platform gave back: it counts, and is said."""
    spend = numbers.get("spend")
    if spend is None or not (spend < 0).any():
        return
    rows = spend < 0
    first_row = int(np.flatnonzero(rows)[0])
    count = _count_of("row", int(rows.sum()))
    yield (
        Sentence(
            "%(heading)s is under zero in %(count)s (line %(lines)s: %(spend)s): read as a credit, "
            "%(sum)s in all.",
            heading=table.layout.heading("spend"),
            count=count,
            lines=table.lines[first_row],
            spend=f"{spend[first_row]:,.2f}",
            sum=f"{spend[rows].sum():,.2f}",
        )
    )


def everywhere_the_same(frame: pd.DataFrame) -> tuple[str, ...]:
    """A number that every campaign has on every day: an account's total, written beside each."""
    campaign_rows = frame[frame["level"].isna() | (frame["level"] == "campaign")]
    newest = campaign_rows.drop_duplicates(
        ["channel", "account_id", "campaign_id", "date"], keep="last"
    )
    return same_everywhere(spans_of_days(newest))


def spans_of_days(campaign_rows: pd.DataFrame) -> pd.DataFrame:
    """How many rows measured a number on a day of an account, the least and the most of it.

    Returns:
        `channel`, `account_id`, `date`, `column`, `size`, `min`, `max`: a row for each day and
        number measured, accounts in the order they come.
    """
    days = campaign_rows.groupby(list(_DAY_OF_ACCOUNT), sort=False, dropna=False)
    codes = days.ngroup().to_numpy()
    ways = campaign_rows[list(EVERYWHERE)].groupby(codes).agg(["count", "min", "max"])
    keys = campaign_rows[list(_DAY_OF_ACCOUNT)].iloc[np.unique(codes, return_index=True)[1]]
    parts = [
        keys.assign(column=name, **{way: ways[name, way].to_numpy() for way in _WAYS})
        for name in EVERYWHERE
    ]
    spans = pd.concat(parts, ignore_index=True).rename(columns={"count": "size"})
    return spans[spans["size"] > 0]


def same_everywhere(spans: pd.DataFrame) -> tuple[str, ...]:
    """What `spans_of_days` says of numbers that are the same everywhere."""
    days = spans.assign(
        several=spans["size"] > 1,
        same=spans["min"] == spans["max"],
        most=spans["min"].abs(),
    )
    measured = days.groupby(["channel", "account_id", "column"], sort=False).agg(
        days=("size", "size"),
        several=("several", "all"),
        same=("same", "all"),
        different=("min", "nunique"),
        most=("most", "max"),
    )
    same = measured[
        measured["several"] & measured["same"] & (measured["days"] > 1)
        & (measured["different"] > 1) & (measured["most"] > 2)  # small counts agree by accident
    ].reset_index()  # fmt: skip
    warnings = []
    for (channel, account), of_account in same.groupby(["channel", "account_id"], sort=False):
        columns = [name for name in EVERYWHERE if name in set(of_account["column"])]
        label = f"{channel}{' ' + str(account) if account else ''}"
        warnings.append(
            Sentence(
                "In %(label)s every campaign has the same %(names)s on every day: that is likely a "
                "total, written beside each campaign. Export again by campaign.",
                label=label,
                names=", ".join(columns),
            )
        )
    return tuple(warnings)


FEWEST_SUMS = 3
"""Days on which a campaign must be the sum of all others before it is a total and no campaign."""


def refuse_sums(frame: pd.DataFrame) -> None:
    """Refuse a campaign that is the sum of the account's others on each of its days.

    Under whatever name it is the account's total, and everything would count twice.

    Raises:
        Contradiction: With its name and the way out.
    """
    rows = frame[frame["level"].isna() | (frame["level"] == "campaign")]
    rows = rows[rows["spend"].notna()]
    days = rows.groupby(list(_DAY_OF_ACCOUNT), sort=False, dropna=False)
    sums = days[list(_SUMMED)].transform("sum")
    measured = rows[list(_SUMMED)].notna()
    off = (2 * rows[list(_SUMMED)].fillna(0.0) - sums).abs()
    alike = (off <= 0.01 + 1e-6 * sums.abs()) | ~measured
    total = alike.all(axis=1) & (rows["spend"] > 0)
    paid = rows.assign(paid=rows["spend"] > 0).groupby(list(_DAY_OF_ACCOUNT), sort=False)["paid"]
    several = paid.transform("sum") > 2
    by_campaign = rows.assign(total=total, several=several).groupby(
        ["channel", "account_id", "campaign_id"], sort=False
    )
    all_days = by_campaign["total"].agg(["all", "size"])
    all_days = all_days[
        all_days["all"] & (all_days["size"] >= FEWEST_SUMS) & by_campaign["several"].any()
    ]
    if all_days.empty:
        return
    campaign = all_days.index[0]
    name = by_campaign.get_group(campaign)["campaign_name"].iloc[0] or campaign[-1]
    raise Contradiction(
        Sentence(
            "%(name)s is the sum of all other campaigns on every day: it is a total, and "
            "everything would count twice.",
            name=shown(name),
        ),
        hint="Take its rows out, or call it Total: then they are left out and checked.",
    )


_SUMMED = ("spend", "impressions", "clicks", "conversions")
_DAY_OF_ACCOUNT = ("channel", "account_id", "date")
_WAYS = ("count", "min", "max")
