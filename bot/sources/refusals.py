"""Why a file is refused: one class a reason, each with its code, line and way out."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from bot.errors import RefusedFile
from bot.sentences import Sentence


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


def other_currency(
    who: str, currencies: tuple[str, str], last: date, account: str
) -> MixedCurrencies:
    """Numbers in another currency than those that are stored of the same account.

    Args:
        who: The campaign or account.
        currencies: What is stored, and what comes.
        last: The last stored day that would stay in the old one.
        account: Its id, or the channel where it has none.
    """
    stored, coming = currencies
    return MixedCurrencies(
        Sentence(
            "%(who)s is stored in %(stored)s through %(last)s, and this is in %(currency)s: the "
            "two cannot be added up. Nothing of it was stored.",
            who=who, stored=stored, last=f"{last:%Y-%m-%d}", currency=coming,
        ),
        hint=Sentence(
            "Export it in %(stored)s, or mend the currency where only the label is wrong. If the "
            "account itself changed, import it under an id of its own (--account %(id)s, or the "
            "column of the account), or every day of it anew in %(currency)s.",
            stored=stored, id=f"{account}-{coming.lower()}", currency=coming,
        ),
    )  # fmt: skip


def shown(text: object, width: int = 40) -> str:
    """A cell as it can be quoted in a sentence: one line, printable, not too long."""
    plain = "".join(char if char.isprintable() else " " for char in str(text)).strip()
    return repr(plain if len(plain) <= width else plain[: width - 1] + "…")
