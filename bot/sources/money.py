"""Which currency the amounts are in: by column, heading or sign, never two in one campaign."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.sources.meaning import translate
from bot.sources.plain import heading_currency, is_currency
from bot.sources.refusals import BadValue, MixedCurrencies, shown
from bot.sources.table import Table, Texts, filled, is_missing

CAMPAIGN = ["channel", "account_id", "campaign_id"]
MONEY = ("spend", "revenue", "daily_budget")
_SPLIT = "Export each account in its own currency, or each currency as a campaign of its own."


def currencies(table: Table, beside: Iterable[str], default: str | None) -> tuple[Texts, list[str]]:
    """The ISO code of each row, None where nothing says; and a warning then.

    Args:
        table: The rows.
        beside: Codes and signs ("" for one several currencies share) found beside the numbers.
        default: The account's currency from the settings.

    Raises:
        MixedCurrencies: Headings, signs and the currency column contradict each other.
        BadValue: The currency column holds something that is no ISO code.
    """
    named = _named(table, set(beside))
    own = _own(table)
    other = np.array([code not in (None, named) for code in own], dtype=bool)
    if named and other.any():
        raise MixedCurrencies(
            f"The amounts are in {named}, the currency column says {own[other][0]}.",
            hint=_SPLIT,
            line=table.line(other),
        )
    codes = filled(own, own == None, named or default)  # noqa: E711 (an array of objects)
    return codes, [] if all(code is not None for code in codes) else [_NONE]


_NONE = (
    "No currency is given: amounts are shown without a sign. Set currency for the source or "
    "account in perfbot.toml."
)


def one_currency(frame: pd.DataFrame, lines: npt.NDArray[np.int64]) -> pd.DataFrame:
    """The rows with one currency a campaign; a row that names none has its campaign's.

    Args:
        frame: Canonical rows.
        lines: The line of each.

    Raises:
        MixedCurrencies: A campaign comes in two.
    """
    if frame["currency"].nunique(dropna=False) < 2:
        return frame
    kinds = frame.loc[frame["currency"].notna(), [*CAMPAIGN, "currency"]].drop_duplicates()
    again = kinds.duplicated(CAMPAIGN).to_numpy(dtype=bool)
    if again.any():
        raise _mixed(frame, kinds, kinds.index[again][0], lines)
    known = frame[CAMPAIGN].merge(kinds, on=CAMPAIGN, how="left")["currency"]
    return frame.assign(currency=known.astype(object).where(known.notna(), None))


def _mixed(
    frame: pd.DataFrame, kinds: pd.DataFrame, row: int, lines: npt.NDArray[np.int64]
) -> MixedCurrencies:
    same = (kinds[CAMPAIGN] == frame.loc[row, CAMPAIGN]).all(axis=1)
    first, second = kinds.loc[same, "currency"].iloc[:2]
    named = frame["campaign_name"][row] or frame["campaign_id"][row]
    return MixedCurrencies(
        f"The campaign {shown(named)} comes in two currencies, {first} and {second}.",
        hint=_SPLIT,
        line=int(lines[row]),
    )


def _named(table: Table, beside: set[str]) -> str | None:
    """The one code headings and signs name."""
    layout = table.layout
    headed = {heading_currency(layout.heading(name)) for name in MONEY if table.has(name)}
    codes = sorted({code for code in (*headed, *beside) if code})
    if len(codes) > 1:
        raise MixedCurrencies(
            f"The amounts are in several currencies: {', '.join(codes)}.",
            hint=_SPLIT,
            line=layout.line,
        )
    return codes[0] if codes else None


def _own(table: Table) -> Texts:
    if not table.has("currency"):
        return np.full(len(table.lines), None, dtype=object)
    cells = table.cells["currency"]
    codes = translate(cells, lambda cell: cell.strip().upper())
    missing = is_missing(cells)
    wrong = ~missing & np.array([not is_currency(str(code)) for code in codes], dtype=bool)
    if wrong.any():
        raise BadValue(
            f"{shown(codes[wrong][0])} is no currency code.",
            hint="Use a code of three letters, such as NOK.",
            line=table.line(wrong),
        )
    return filled(codes, missing, None)
