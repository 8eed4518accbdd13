"""The dates of a file: read in the one order that fits, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise, product

from bot.sentences import Sentence
from bot.sources.written import WrittenDate, written

FIRST_CHOICES = (("DMY", "MDY"), ("MDY", "DMY"))
_NEARLY_A_YEAR = 300
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
    forms: dict[str, dict[str, WrittenDate]] = {}
    for cell in cells:
        parsed = written(cell)
        if parsed is None or not _readable(parsed):
            raise NoSuchDayError(cell)
        forms.setdefault(parsed.form, {})[cell] = parsed
    times = {entry.time for form_cells in forms.values() for entry in form_cells.values()}
    read = _read(forms, order)
    return replace(read, times=len(times) > 1, time="" if len(times) > 1 else next(iter(times), ""))


def _read(forms: Mapping[str, Mapping[str, WrittenDate]], order: str | None) -> Days:
    readings = [_uniform(form_cells) for form_cells in forms.values()]
    if len(forms) != 1 or not readings[0]:
        return _mixed(forms, readings)
    only_form = next(iter(forms.values()))
    return _half_turned(only_form, readings[0], order) or Days(_only(readings[0], order))


def _readable(parsed: WrittenDate) -> bool:
    return any(parsed.read(order) for order in parsed.orders)


def _uniform(form_cells: Mapping[str, WrittenDate]) -> dict[str, Reading]:
    """The orders that fit every cell of a form, each with what the cells then mean."""
    orders = next(iter(form_cells.values())).orders
    readings: dict[str, Reading] = {}
    for order in orders:
        days = {cell: parsed.read(order) for cell, parsed in form_cells.items()}
        if all(days.values()):
            readings[order] = {cell: day for cell, day in days.items() if day is not None}
    return readings


def _only(readings: Mapping[str, Reading], order: str | None) -> Reading:
    """The reading of the given order, else the only one."""
    if order is not None and order in readings:
        return readings[order]
    reading, *other_readings = _likely(readings)
    for other_reading in other_readings:
        for cell, day in reading.items():
            if other_reading[cell] != day:
                either = Sentence(
                    "is %(one)s or %(other)s",
                    one=f"{day:%d %B %Y}", other=f"{other_reading[cell]:%d %B %Y}",
                )  # fmt: skip
                raise UndecidedError(cell, either)
    return reading


def _likely(readings: Mapping[str, Reading]) -> list[Reading]:
    """The readings, or the one that gives days in a row where any other leaps a year a day.

    20/08/26, 21/08/26 are two days of August, not one of 2020 and one of 2021.
    """
    running = [reading for reading in readings.values() if _consecutive(reading.values())]
    idle = [reading for reading in readings.values() if reading not in running]
    leaping = all(_leaps(reading.values()) for reading in idle)
    return running if len(running) == 1 and idle and leaping else list(readings.values())


def _leaps(days: Iterable[date]) -> bool:
    """Whether every day is about a year, or more, after the one before it."""
    ordered = sorted(set(days))
    return len(ordered) > 1 and all(
        (after - before).days > _NEARLY_A_YEAR for before, after in pairwise(ordered)
    )


def _half_turned(
    form_cells: Mapping[str, WrittenDate], uniform: Mapping[str, Reading], order: str | None
) -> Days | None:
    """Dates a spreadsheet turned as far as it could, so that one wrong order fits them all.

    01-02 to 01-12 and then 13-01 to 31-01 fit day first, and are the days of January. Believed
    only where the one order that fits leaves gaps and the other gives an unbroken run.

    Raises:
        UndecidedError: The run is too short to be believed, or to be ruled out.
    """
    if len(uniform) != 1 or order in uniform or _consecutive(next(iter(uniform.values())).values()):
        return None
    running = [reading for reading in _patched(form_cells) if _consecutive(reading.values())]
    if not running:
        return None
    if len(set(running[0].values())) < BELIEVED_RUN:
        raise UndecidedError(
            next(iter(form_cells)),
            Sentence("stands among dates that may be written in two ways"),
        )
    return Days(running[0], note=_note(running[0]))


def _mixed(
    forms: Mapping[str, Mapping[str, WrittenDate]],
    uniform: Sequence[Mapping[str, Reading]],
) -> Days:
    """Several forms, or one whose cells fit no single order."""
    choices = [
        list(readings.values()) or _patched(form_cells)
        for readings, form_cells in zip(uniform, forms.values(), strict=True)
    ]
    combined = [_joined(parts) for parts in product(*choices)]
    running = [reading for reading in combined if _consecutive(reading.values())]
    different = {tuple(reading.values()) for reading in running}
    if len(different) != 1:
        first_cell = next(iter(list(forms.values())[-1]))
        several = Sentence("stands among dates written in several ways")
        raise UndecidedError(first_cell, several)
    reading = running[0]
    return Days(reading, note=_note(reading))


def _note(reading: Reading) -> str:
    since, until = min(reading.values()), max(reading.values())
    count = len(set(reading.values()))
    return Sentence(
        "The dates are written in mixed forms; one reading gives %(count)s consecutive days, "
        "%(since)s to %(until)s, and that one is used.",
        count=count,
        since=since,
        until=until,
    )


def _patched(form_cells: Mapping[str, WrittenDate]) -> list[Reading]:
    """A spreadsheet turned those dates it could, and left the others as they were."""
    return [
        {
            cell: parsed.read(order) or parsed.read(then) or date.min
            for cell, parsed in form_cells.items()
        }
        for order, then in FIRST_CHOICES
    ]


def _joined(parts: Iterable[Reading]) -> Reading:
    return {cell: day for part in parts for cell, day in part.items()}


def _consecutive(days: Iterable[date]) -> bool:
    different = set(days)
    span = (max(different) - min(different)).days + 1
    return len(different) > 1 and span == len(different)
