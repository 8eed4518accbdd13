"""Rows whose cells have moved: one was lost, or a name with the separator in it was split.

Such a row fits the others nowhere, and everywhere once its cells are moved back.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bot.sentences import Sentence, together
from bot.sources.cells import Flags, is_missing
from bot.sources.layout import FIRST, LAST
from bot.sources.refusals import Contradiction, shown
from bot.sources.table import TextTable
from bot.sources.written import written

_LOOKED_AT = 500
_FEWEST_ROWS, _SELDOM = 6, 0.05
"""Rows of a file, and the share of them blank at their end, in which a blank end is strange."""
_NEARER = 0.3
"""Digits, on average, by which a row must fit better moved back, where nothing else says so."""
_NUMBER = re.compile(r"[-+−(]?[\d.,'’ \u00a0\u202f]*\d[)-]?")


def refuse_moved(table: TextTable, signed: Flags) -> None:
    """Rows that fit the others once their cells are moved: one was lost, or one was split.

    Args:
        table: The rows.
        signed: Those that say what seldom is true.

    Raises:
        Contradiction: With the line, and where the cells began to move.
    """
    suspect, blank = _suspects(table, signed), _seldom_blank(table)
    doubtful = blank & ~suspect
    suspect |= blank
    if not suspect.any():
        return
    sound_rows = np.flatnonzero(~suspect & table.cells[LAST].filled())[:_LOOKED_AT]
    if not len(sound_rows):
        sound_rows = np.flatnonzero(~suspect)[:_LOOKED_AT]
    looked = np.flatnonzero(suspect)[:_LOOKED_AT]
    raw = table.raw(frozenset(table.lines[[*sound_rows, *looked]].tolist()))
    sound = [raw[int(line)] for line in table.lines[sound_rows] if int(line) in raw]
    forms, usual = _forms(sound), _usual(sound)
    for row in looked:
        line = int(table.lines[row])
        if (
            forms
            and line in raw
            and (explanation := _moved(raw[line], forms, table.layout.headings))
            and not (doubtful[row] and _is_nearer(raw[line], forms, usual))
        ):
            raise Contradiction(
                explanation, hint="Mend the row, or download the file again.", line=line
            )


def _suspects(table: TextTable, signed: Flags) -> Flags:
    """Rows with a sign, and rows blank (or not) at their end unlike others that do not fit."""
    suspect = signed.copy()
    ends_filled = table.cells[LAST].filled()
    if ends_filled.any():  # where most rows end blank, a blank end means little
        most = ends_filled.sum() * 2 >= (~ends_filled).sum()
        suspect |= most & ~ends_filled & (_misfits(table, ~ends_filled, ends_filled) > 1)
    if (~ends_filled).sum() >= 4 * ends_filled.sum():
        suspect |= ends_filled & (_misfits(table, ends_filled, ~ends_filled) > 1)
    return suspect


def _seldom_blank(table: TextTable) -> Flags:
    """Rows blank at their end where hardly any other is, though every cell that is read fits.

    A column that was left aside may be where they stop fitting: raw cells tell.
    """
    blank = ~table.cells[LAST].filled()
    few = len(table) >= _FEWEST_ROWS and blank.sum() <= max(1.0, _SELDOM * len(table))
    return blank if few else np.zeros(len(table), dtype=bool)


def _usual(rows: Sequence[Sequence[str]]) -> list[float | None]:
    """The usual size of each column, in digits: the median; None of one that is no number."""
    sizes = [[size for cell in column if (size := _size(cell)) is not None]
             for column in zip(*rows, strict=True)]  # fmt: skip
    return [float(np.median(column)) if len(column) > len(rows) / 2 else None for column in sizes]


def _size(cell: str) -> float | None:
    """Digits before the decimal sign, of a number; None of anything else."""
    if form(cell) not in {"whole", "decimal"}:
        return None
    digits = re.sub(r"[.,]\d{1,2}$", "", cell.strip())
    return math.log10(1 + float("0" + re.sub(r"\D", "", digits)))


def _is_nearer(
    row: Sequence[str], forms: Sequence[set[str]], usual: Sequence[float | None]
) -> bool:
    """Whether the numbers of a row are nearer to their columns' usual size than moved back."""
    lost = _moved_back(row, forms)
    return lost is None or _off(row, usual) <= _off(lost, usual) + _NEARER


def _off(row: Sequence[str], usual: Sequence[float | None]) -> float:
    pairs = [(_size(cell), size) for cell, size in zip(row, usual, strict=True)]
    gaps = [abs(own - size) for own, size in pairs if own is not None and size is not None]
    return sum(gaps) / len(gaps) if gaps else 0.0


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
    blank = _blank_end(row)
    if (place := _lost_place(row, forms, wrong[0])) is not None:
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


def _blank_end(row: Sequence[str]) -> int:
    return next((n for n, cell in enumerate(reversed(row)) if cell.strip()), len(row))


def _lost_place(row: Sequence[str], forms: Sequence[set[str]], until: int) -> int | None:
    """Where a cell was lost, so that the row fits with it put back; None where it fits nowhere."""
    return (
        next((place for place in range(until + 1) if _fits_all(_with_gap(row, place), forms)), None)
        if _blank_end(row)
        else None
    )


def _with_gap(row: Sequence[str], place: int) -> list[str]:
    blank = _blank_end(row)
    return [*row[:place], *[""] * blank, *row[place : len(row) - blank]]


def _moved_back(row: Sequence[str], forms: Sequence[set[str]]) -> list[str] | None:
    """A row with its lost cells put back as gaps, None where that does not make it fit."""
    place = _lost_place(row, forms, len(row) - 1)
    return None if place is None else _with_gap(row, place)


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
    singular, plural = "1 column", "%(count)s columns"
    columns = Sentence(singular if blank == 1 else plural, count=f"{blank:,}")
    return Sentence(
        "This row has fewer filled cells than there are headings, and from %(headings)s on they "
        "stand %(columns)s too far left: %(examples)s.",
        headings=shown(headings[place]),
        columns=columns,
        examples=examples,
    )
