"""Numbers as exports write them: one format a file, decided by all its cells, or refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.sentences import Sentence
from bot.sources.cells import TextColumn, is_missing
from bot.sources.plain import currency_beside

WHOLE = ("impressions", "reach", "clicks", "clicks_all", "landing_views")
_GAP = "[ \u00a0\u202f\u2009'’]"
_WHOLE = r"(?:\d+|[1-9]\d{0,2}(?:" + _GAP + r"\d{3})+|[1-9]\d{0,2}(?:GROUP\d{3})+LAKH)"
_LAKH = r"|[1-9]\d?(?:,\d{2})+,\d{3}"  # 12,34,567 is written so in India
_NUMBER = "[-+]?(?:" + _WHOLE + r"(?:POINT\d*)?|POINT\d+)"
_POINT = _NUMBER.replace("GROUP", ",").replace("POINT", r"\.").replace("LAKH", _LAKH)
_COMMA = _NUMBER.replace("GROUP", r"\.").replace("POINT", ",").replace("LAKH", "")
_SCIENTIFIC = r"|[-+]?\d(?:\.\d+)?[eE][-+]?\d{1,3}"
_FULL = {".": re.compile(f"(?:{_POINT}{_SCIENTIFIC})"), ",": re.compile(f"(?:{_COMMA})")}
_MINUSES = "−﹣－"
_NEGATIVE = re.compile(
    r"([^\d(]*)\(([^\d()]*[\d.,'’ \u00a0\u202f]*\d[^\d()]*)\)([^\d)]*)"
)  # ($100.50)
_TRAILING = re.compile(r"([\d.,'’ \u00a0\u202f]*\d)-")  # 100.50-, as SAP writes it
_MARKED = re.compile(
    r"(?P<before>[-+]?)\s*(?P<pre>[^\d\s.,'’+-]{1,4}\.?)?\s*(?P<number>[-+]?[\d.,].*?)"
    r"\s*(?P<post>[^\d\s.,'’+-]{1,4}\.?)?"
)


@dataclass(frozen=True)
class BadCell:
    """A cell that stands for trouble: which column, which text."""

    column: str
    text: str


class NoNumberError(Exception):
    """A cell that is no number in any format."""

    def __init__(self, cell: BadCell) -> None:
        super().__init__(cell.text)
        self.cell = cell


class AmbiguousError(Exception):
    """Cells that do not say which sign is the decimal one, or contradict each other."""

    def __init__(self, cell: BadCell, why: str) -> None:
        super().__init__(why)
        self.cell, self.why = cell, why


@dataclass(frozen=True)
class FigureColumn:
    """The different cells of a column, and what is known of each row.

    Attributes:
        codes: Row to place in `texts`; -1 where the cell is missing.
        texts: The different cells, without currency signs.
        currencies: The ISO codes and signs that stood beside the numbers.
    """

    codes: npt.NDArray[np.int32]
    texts: pd.Series
    currencies: frozenset[str] = frozenset()


def column(cells: TextColumn) -> FigureColumn:
    """The different numbers of a column of text."""
    # no mark of what is missing begins with a digit, and nearly every number does
    missing = np.array([not word[:1].isdigit() and is_missing(word) for word in cells.words],
                       dtype=bool)  # fmt: skip
    places = np.where(missing, -1, np.cumsum(~missing) - 1).astype(np.int32)
    codes = places[cells.codes] if len(places) else cells.codes
    different = [
        word for word, is_absent in zip(cells.words, missing, strict=True) if not is_absent
    ]
    texts = pd.Series(different, dtype="str").str.strip()
    for minus in _MINUSES:
        texts = texts.str.replace(minus, "-", regex=False)
    if bool((_fits(texts, ".") | _fits(texts, ",")).all()):
        return FigureColumn(codes, texts)
    texts = texts.map(_signed).astype("str")
    marked = [_unmark(str(text)) for text in texts]
    signs = frozenset(sign for _, sign in marked if sign is not None)
    return FigureColumn(codes, pd.Series([text for text, _ in marked], dtype="str"), signs)


def decide(
    columns: Mapping[str, FigureColumn],
    *,
    machine: bool,
    preset: str | None = None,
    totals: Mapping[str, Sequence[str]] | None = None,
    whole: Collection[str] = WHOLE,
) -> str:
    """The decimal sign of a file: "." or ",".

    Where all cells can be read both ways and the two differ (1.234), a column of whole counts
    decides, then the file's own totals, then a program's own habit (a point); else it is refused.

    Args:
        columns: The numeric columns, by name.
        machine: Whether a program wrote the file.
        preset: The sign somebody has said.
        totals: The cells of the file's own totals, by column.
        whole: Columns whose numbers have no decimals.

    Raises:
        NoNumberError: A cell is no number at all.
        AmbiguousError: Undecidable, or cells that contradict each other.
    """
    point = {name: _fits(entry.texts, ".") for name, entry in columns.items()}
    comma = {name: _fits(entry.texts, ",") for name, entry in columns.items()}
    for name, entry in columns.items():
        neither = ~(point[name] | comma[name])
        if neither.any():
            raise NoNumberError(BadCell(name, str(entry.texts[neither].iloc[0])))
    all_point = all(bool(fits.all()) for fits in point.values())
    all_comma = all(bool(fits.all()) for fits in comma.values())
    if all_point != all_comma:
        return "." if all_point else ","
    if not all_point:
        raise _contradiction(columns, point, comma)
    preset = preset or _of_totals(totals or {})
    return _of_both(columns, machine=machine, preset=preset, whole=whole)


def _of_totals(totals: Mapping[str, Sequence[str]]) -> str | None:
    """The sign the file's totals are written with, None where they do not say."""
    signs = {
        sign
        for words in totals.values()
        for word in words
        for sign, other in ((".", ","), (",", "."))
        if fits(word, sign) and not fits(word, other)
    }
    return signs.pop() if len(signs) == 1 else None


def parse(read: FigureColumn, decimal: str) -> npt.NDArray[np.float64]:
    """The number of each row, NaN where missing; the double nearest to what is written."""
    group = "," if decimal == "." else "."
    plain = read.texts.str.replace(group, "", regex=False)
    plain = plain.str.replace(_GAP, "", regex=True).str.replace(decimal, ".", regex=False)
    numbers = plain.to_numpy(dtype=object).astype(np.float64)
    return np.append(numbers, np.nan)[read.codes]


def fits(cell: str, decimal: str) -> bool:
    """Whether a cell, without a currency beside it, is a number under one decimal sign."""
    return _FULL[decimal].fullmatch(_unmark(_signed(cell.strip()))[0]) is not None


def _fits(texts: pd.Series, decimal: str) -> pd.Series:
    return texts.str.fullmatch(_FULL[decimal].pattern).astype(bool)


def _signed(text: str) -> str:
    """A negative number as bookkeepers write it, with its minus in front; else the text itself.

    "(3)" alone may be the number of a note.
    """
    if (match := _NEGATIVE.fullmatch(text)) and not text.strip("()").isdigit():
        negative = f"{match[1]}-{match[2]}{match[3]}".strip()
    elif match := _TRAILING.fullmatch(text):
        negative = f"-{match[1]}"
    else:
        return text
    number = _unmark(negative)[0]
    return negative if any(pattern.fullmatch(number) for pattern in _FULL.values()) else text


def _unmark(text: str) -> tuple[str, str | None]:
    """A number without the currency beside it, and that currency (code, sign or None)."""
    match = _MARKED.fullmatch(text)
    tokens = [token for token in (match["pre"], match["post"]) if token] if match else []
    codes = [currency_beside(token) for token in tokens]
    if not match or len(tokens) != 1 or codes[0] is None:
        return text, None
    return match["before"] + match["number"], codes[0]


def _contradiction(
    columns: Mapping[str, FigureColumn],
    point: Mapping[str, pd.Series],
    comma: Mapping[str, pd.Series],
) -> AmbiguousError:
    """Name a cell of the format fewer cells have; of two alike, the one that comes second."""
    surplus = _sum(point) - _sum(comma)
    if surplus == 0:
        name = next(name for name in columns if (point[name] != comma[name]).any())
        surplus = 1 if point[name][point[name] != comma[name]].iloc[0] else -1
    fewer, majority = (comma, point) if surplus > 0 else (point, comma)
    for name, entry in columns.items():
        odd = entry.texts[fewer[name] & ~majority[name]]
        if len(odd):
            return AmbiguousError(
                BadCell(name, str(odd.iloc[0])),
                Sentence("other cells have the other decimal sign"),
            )
    raise AssertionError


def _sum(fits: Mapping[str, pd.Series]) -> int:
    return sum(int(flags.sum()) for flags in fits.values())


def _of_both(
    columns: Mapping[str, FigureColumn],
    *,
    machine: bool,
    preset: str | None,
    whole: Collection[str],
) -> str:
    """Every cell fits both formats: decide by what whole counts can be, or refuse."""
    separated = {
        name: entry.texts[entry.texts.str.contains(r"[.,]")] for name, entry in columns.items()
    }
    cells = [BadCell(name, str(text)) for name, texts in separated.items() for text in texts[:1]]
    if not cells:
        return preset or "."
    signs = {_decimal_of_whole(str(text)) for name in whole for text in separated.get(name, ())}
    if preset or len(signs) == 1:
        return preset or signs.pop()
    if (
        machine
        and not signs
        and not any(texts.str.contains(",").any() for texts in separated.values())
    ):
        return "."
    either = Sentence("it is a thousand or more, or a number with three decimals")
    raise AmbiguousError(cells[0], either)


def _decimal_of_whole(text: str) -> str:
    """A count has no decimals, so its separator groups thousands and the other is decimal."""
    return "." if "," in text else ","
