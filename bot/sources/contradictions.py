"""Values that contradict their neighbours: a row that lost a cell, a total, one number everywhere.

What cannot be true is refused with its line. What may be true, but seldom is, is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.sources.cells import DASHES, Flags, is_missing
from bot.sources.layout import FIRST, LAST
from bot.sources.refusals import Contradiction, shown
from bot.sources.table import TextTable
from bot.sources.written import written
from bot.wording import Sentence, together

Numbers = Mapping[str, npt.NDArray[np.float64]]
WHOLE = ("impressions", "reach", "clicks", "clicks_all", "landing_views")
NEVER_ABOVE = (("clicks", "impressions"), ("reach", "impressions"), ("clicks", "clicks_all"),
               ("qualified_leads", "leads"))  # fmt: skip
EVERYWHERE = ("spend", "impressions", "clicks", "conversions", "revenue", "leads")
IDS = ("campaign_id", "account_id")
_LOOKED_AT = 500
_DIGITS = re.compile(r"[\d-]+(?:\.0)?|act_\d+")
_NUMBER = re.compile(r"[-+−(]?[\d.,'’ \u00a0\u202f]*\d[)-]?")


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
    one, many = {
        "row": ("1 row", "%(count)s rows"), "column": ("1 column", "%(count)s columns"),
    }[what]  # fmt: skip
    return Sentence(one if count == 1 else many, count=f"{count:,}")


def row_by_row(table: TextTable, numbers: Numbers) -> tuple[str, ...]:
    """What rows say that seldom is true.

    Raises:
        Contradiction: A row whose cells have moved, or that contradicts itself twice, or a single
            fraction where things are counted.
    """
    habits = list(_fractions(table, numbers))
    signs = [*_above(table, numbers), *_other_ids(table)]
    _refuse_moved(table, signs)
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
        _refuse_moved(table, [sign])
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


def _refuse_moved(table: TextTable, signs: Sequence[Sign]) -> None:
    """Rows that fit the others once their cells are moved: one was lost, or one was split."""
    suspect = _suspects(table, signs)
    if not suspect.any():
        return
    sound_rows = np.flatnonzero(~suspect & table.cells[LAST].filled())[:_LOOKED_AT]
    if not len(sound_rows):
        sound_rows = np.flatnonzero(~suspect)[:_LOOKED_AT]
    looked = np.flatnonzero(suspect)[:_LOOKED_AT]
    raw = table.raw(frozenset(table.lines[[*sound_rows, *looked]].tolist()))
    forms = _forms([raw[int(line)] for line in table.lines[sound_rows] if int(line) in raw])
    for row in looked:
        line = int(table.lines[row])
        if (
            forms
            and line in raw
            and (explanation := _moved(raw[line], forms, table.layout.headings))
        ):
            raise Contradiction(
                explanation, hint="Mend the row, or download the file again.", line=line
            )


def _suspects(table: TextTable, signs: Sequence[Sign]) -> Flags:
    """Rows with a sign, and rows blank (or not) at their end unlike others that do not fit."""
    suspect = np.zeros(len(table), dtype=bool)
    for sign in signs:
        suspect |= sign.rows
    ends_filled = table.cells[LAST].filled()
    if ends_filled.any():  # where most rows end blank, a blank end means little
        most = ends_filled.sum() * 2 >= (~ends_filled).sum()
        suspect |= most & ~ends_filled & (_misfits(table, ~ends_filled, ends_filled) > 1)
    if (~ends_filled).sum() >= 4 * ends_filled.sum():
        suspect |= ends_filled & (_misfits(table, ends_filled, ~ends_filled) > 1)
    return suspect


def may_have_moved(table: TextTable) -> bool:
    """Whether any row may be one that lost a cell, whatever other parts of its file hold.

    The other parts can only add forms to those known here, and so make fewer rows strange.
    """
    ends_filled = table.cells[LAST].filled()
    if ends_filled.all() or not ends_filled.any():
        return False
    ways = (~ends_filled, ends_filled), (ends_filled, ~ends_filled)
    return any((_misfits(table, *way, sure=True) > 1).any() for way in ways)


def _misfits(
    table: TextTable, rows: Flags, other_rows: Flags, *, sure: bool = False
) -> npt.NDArray[np.int64]:
    """In how many columns each row has a cell of a form the other rows never have there.

    Where the others have nothing in a column, everything fits there, unless `sure` is wanted.
    """
    count = np.zeros(len(table), dtype=np.int64)
    if not rows.any():
        return count
    for name, cells in table.cells.items():
        if name not in {FIRST, LAST}:
            places = np.fromiter(map(FORMS.index, map(form, cells.words)), dtype=np.int8)
            row_forms = places[cells.codes]
            usual = {FORMS[place] for place in np.unique(row_forms[other_rows]).tolist()}
            nothing = sure and not usual - {""}
            strange = np.array([bool(kind) if nothing else not _fits(kind, usual)
                                for kind in FORMS])  # fmt: skip
            count += rows & strange[row_forms]
    return count


FORMS = ("", "whole", "decimal", "date", "code", "text")


def form(cell: str) -> str:
    """What a cell looks like, one of `FORMS`: nothing, a number, a date, a code, a text."""
    text = cell.strip()
    whole, point, rest = text.partition(".")
    if text.isascii() and whole.isdigit() and (rest.isdigit() if point else True):
        return "decimal" if point else "whole"  # nearly every cell, at a glance
    return _form(text)


@lru_cache(maxsize=1 << 16)
def _form(text: str) -> str:
    if is_missing(text):
        return ""
    if re.fullmatch(r"[A-Z]{3}", text):
        return "code"
    if _NUMBER.fullmatch(text):
        return "whole" if re.fullmatch(r"[-−]?\d+", text) else "decimal"
    return "date" if written(text) else "text"


def _fits(kind: str, forms: set[str]) -> bool:
    return not kind or not forms - {""} or kind in forms or (kind == "whole" and "decimal" in forms)


def _forms(rows: Sequence[Sequence[str]]) -> list[set[str]]:
    return [set(map(form, column)) for column in zip(*rows, strict=True)]


def _moved(row: Sequence[str], forms: Sequence[set[str]], headings: Sequence[str]) -> str | None:
    """How a row has moved, where it fits the others nowhere but moved back."""
    wrong = [place for place, cell in enumerate(row) if not _fits(form(cell), forms[place])]
    if not wrong:
        return None
    blank = next((n for n, cell in enumerate(reversed(row)) if cell.strip()), len(row))
    for place in range(wrong[0] + 1):
        lost = [*row[:place], *[""] * blank, *row[place : len(row) - blank]]
        if blank and _fits_all(lost, forms):
            return _lost(row, wrong, headings, blank, place)
    for place in range(wrong[0] + 1):
        joined = [*row[:place], "".join(row[place : place + 2]), *row[place + 2 :], ""]
        if not blank and len(wrong) > 1 and _fits_all(joined, forms):
            return Sentence(
                "From %(headings)s on the cells of this row stand one column too far right "
                "(%(row)s and %(row_2)s): a name with the separator in it lacks its quotes.",
                headings=shown(headings[place]),
                row=shown(row[place]),
                row_2=shown(row[place + 1]),
            )
    return None


def _fits_all(row: Sequence[str], forms: Sequence[set[str]]) -> bool:
    return all(
        _fits(form(cell), column_forms) for cell, column_forms in zip(row, forms, strict=True)
    )


def _lost(
    row: Sequence[str], wrong: Sequence[int], headings: Sequence[str], blank: int, place: int
) -> str:
    examples = together(
        Sentence(
            "%(cell)s under %(heading)s",
            cell=shown(row[column]), heading=shown(headings[column]),
        )
        for column in wrong[:2]
    )  # fmt: skip
    columns = _count_of("column", blank)
    return Sentence(
        "This row has fewer filled cells than there are headings, and from %(headings)s on they "
        "stand %(columns)s too far left: %(examples)s.",
        headings=shown(headings[place]),
        columns=columns,
        examples=examples,
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
                "total, written beside each campaign, and counts as often as there are campaigns. "
                "Export again by campaign.",
                label=label,
                names=", ".join(columns),
            )
        )
    return tuple(warnings)


_DAY_OF_ACCOUNT = ("channel", "account_id", "date")
_WAYS = ("count", "min", "max")
