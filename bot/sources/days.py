"""The dates of a file: read in the one order that fits, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from bot.sources.written import Written, written

FIRST_CHOICES = (("DMY", "MDY"), ("MDY", "DMY"))
BELIEVED_RUN = 7  # days in a row that are no accident
Reading = Mapping[str, date]


class UndecidedError(Exception):
    """Dates with several readings, or none.

    Args:
        cell: The first it shows in.
        why: What is the matter with it; a verb comes first.
    """

    def __init__(self, cell: str, why: str) -> None:
        super().__init__(why)
        self.cell, self.why = cell, why


class NoSuchDayError(Exception):
    """A date that does not exist in any order, such as the 30th of February."""

    def __init__(self, cell: str) -> None:
        super().__init__(cell)
        self.cell = cell


@dataclass(frozen=True)
class Days:
    """What every cell means.

    Attributes:
        days: Cell to day.
        times: Whether cells differ in their time of day, so that rows are hours.
        time: The time all cells carry, "" for none and for midnight.
        note: What a person should know of how it was decided.
    """

    days: Reading
    times: bool = False
    time: str = ""
    note: str = ""


def looks_like_day(cell: str) -> bool:
    """Whether a cell looks like a date, existing or not."""
    return written(cell) is not None


def decide(cells: Sequence[str], order: str | None = None) -> Days:
    """Read the different date cells of a file.

    Cells of one form are read in the one order that fits them all; where several fit and differ,
    in the given order. Mixed forms are read only where exactly one reading gives consecutive days.

    Args:
        cells: Each different cell once, as the file has them; all look like dates.
        order: `DMY` or `MDY` where the user or the platform's dialect fixes it.

    Raises:
        UndecidedError: Several readings fit, or mixed forms give no consecutive days.
        NoSuchDayError: A date that exists in no order.
    """
    forms: dict[str, dict[str, Written]] = {}
    for cell in cells:
        each = written(cell)
        if each is None or not _readable(each):
            raise NoSuchDayError(cell)
        forms.setdefault(each.form, {})[cell] = each
    times = {each.time for held in forms.values() for each in held.values()}
    read = _read(forms, order)
    return replace(read, times=len(times) > 1, time="" if len(times) > 1 else next(iter(times), ""))


def _read(forms: Mapping[str, Mapping[str, Written]], order: str | None) -> Days:
    readings = [_uniform(held) for held in forms.values()]
    if len(forms) != 1 or not readings[0]:
        return _mixed(forms, readings)
    held = next(iter(forms.values()))
    return _half_turned(held, readings[0], order) or Days(_only(readings[0], order))


def _readable(each: Written) -> bool:
    return any(each.read(order) for order in each.orders)


def _uniform(held: Mapping[str, Written]) -> dict[str, Reading]:
    """The orders that fit every cell of a form, each with what the cells then mean."""
    orders = next(iter(held.values())).orders
    readings: dict[str, Reading] = {}
    for order in orders:
        days = {cell: each.read(order) for cell, each in held.items()}
        if all(days.values()):
            readings[order] = {cell: day for cell, day in days.items() if day is not None}
    return readings


def _only(readings: Mapping[str, Reading], order: str | None) -> Reading:
    """The reading of the given order, else the only one."""
    if order is not None and order in readings:
        return readings[order]
    first, *others = readings.values()
    for other in others:
        for cell, day in first.items():
            if other[cell] != day:
                raise UndecidedError(cell, f"is {day:%d %B %Y} or {other[cell]:%d %B %Y}")
    return first


def _half_turned(
    held: Mapping[str, Written], uniform: Mapping[str, Reading], order: str | None
) -> Days | None:
    """Dates a spreadsheet turned as far as it could, so that one wrong order fits them all.

    01-02 to 01-12 and then 13-01 to 31-01 fit day first, and are the days of January. Believed
    only where the one order that fits leaves gaps and the other gives an unbroken run.

    Raises:
        UndecidedError: The run is too short to be believed, or to be ruled out.
    """
    if len(uniform) != 1 or order in uniform or _consecutive(next(iter(uniform.values())).values()):
        return None
    running = [reading for reading in _patched(held) if _consecutive(reading.values())]
    if not running:
        return None
    if len(set(running[0].values())) < BELIEVED_RUN:
        raise UndecidedError(next(iter(held)), "stands among dates that may be written in two ways")
    return Days(running[0], note=_note(running[0]))


def _mixed(
    forms: Mapping[str, Mapping[str, Written]],
    uniform: Sequence[Mapping[str, Reading]],
) -> Days:
    """Several forms, or one whose cells fit no single order."""
    choices = [
        list(readings.values()) or _patched(held)
        for readings, held in zip(uniform, forms.values(), strict=True)
    ]
    whole = [_joined(parts) for parts in product(*choices)]
    running = [reading for reading in whole if _consecutive(reading.values())]
    different = {tuple(reading.values()) for reading in running}
    if len(different) != 1:
        first = next(iter(list(forms.values())[-1]))
        raise UndecidedError(first, "stands among dates written in several ways")
    reading = running[0]
    return Days(reading, note=_note(reading))


def _note(reading: Reading) -> str:
    since, until = min(reading.values()), max(reading.values())
    count = len(set(reading.values()))
    return (
        f"The dates are written in mixed forms; one reading gives {count} consecutive days, "
        f"{since} to {until}, and that one is used."
    )


def _patched(held: Mapping[str, Written]) -> list[Reading]:
    """A spreadsheet turned those dates it could, and left the others as they were."""
    return [
        {cell: each.read(first) or each.read(then) or date.min for cell, each in held.items()}
        for first, then in FIRST_CHOICES
    ]


def _joined(parts: Iterable[Reading]) -> Reading:
    return {cell: day for part in parts for cell, day in part.items()}


def _consecutive(days: Iterable[date]) -> bool:
    different = set(days)
    span = (max(different) - min(different)).days + 1
    return len(different) > 1 and span == len(different)
