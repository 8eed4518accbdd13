"""Why a file is refused: one class a reason, each with its code, line and way out."""

from __future__ import annotations

from typing import ClassVar

from bot.errors import RefusedFile


class Unreadable(RefusedFile):
    """Nothing that could be opened: missing, a folder, no permission, empty."""

    code: ClassVar[str] = "unreadable"


class NotATable(RefusedFile):
    """No table of daily numbers in it: binary, broken quoting, no headings."""

    code: ClassVar[str] = "not_a_table"


class MissingColumn(RefusedFile):
    """A column nothing works without."""

    code: ClassVar[str] = "missing_column"


class NoDayColumn(RefusedFile):
    """Totals of a whole period, without a column for the day."""

    code: ClassVar[str] = "no_day"


class NotDaily(RefusedFile):
    """One row a week, a month or a longer range."""

    code: ClassVar[str] = "not_daily"


class AmbiguousDates(RefusedFile):
    """Dates with two readings, or mixed forms that do not give consecutive days."""

    code: ClassVar[str] = "ambiguous_dates"


class AmbiguousNumbers(RefusedFile):
    """1.234 is one and a bit, or a thousand."""

    code: ClassVar[str] = "ambiguous_numbers"


class MixedCurrencies(RefusedFile):
    """One campaign in two currencies."""

    code: ClassVar[str] = "mixed_currencies"


class BadValue(RefusedFile):
    """A cell that cannot be true, or cannot be read."""

    code: ClassVar[str] = "bad_value"


class RepeatedRow(RefusedFile):
    """A day and campaign that comes twice, with nothing that says why."""

    code: ClassVar[str] = "repeated_row"


class MixedLevels(RefusedFile):
    """Rows of campaigns and of their parts, and nothing says which are the sum of which."""

    code: ClassVar[str] = "mixed_levels"


class Contradiction(RefusedFile):
    """Values that cannot all be true: a shifted row, or a total that its rows do not add up to."""

    code: ClassVar[str] = "contradiction"


class LibraryNeeded(RefusedFile):
    """A file that needs an optional library."""

    code: ClassVar[str] = "library_needed"


def shown(text: object, width: int = 40) -> str:
    """A cell as it can be quoted in a sentence: one line, printable, not too long."""
    plain = "".join(char if char.isprintable() else " " for char in str(text)).strip()
    return repr(plain if len(plain) <= width else plain[: width - 1] + "…")
