"""Which currency the amounts are in: by column, heading or sign, never two in one campaign."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.domain.money import digits
from bot.sentences import Sentence
from bot.sources.cells import Flags, Texts, absent, otherwise
from bot.sources.plain import SHARED, heading_currency, is_currency
from bot.sources.refusals import BadValue, MixedCurrencies, shown
from bot.sources.table import TextTable

CAMPAIGN = ["channel", "account_id", "campaign_id"]
PAID = ("spend", "daily_budget")
_MICROS = {
    "spend": ("spend_micros",),
    "revenue": ("revenue_micros",),
    "daily_budget": ("budget_micros",),
}
_SPLIT = "Export each account in its own currency, or each currency as a campaign of its own."


@dataclass(frozen=True)
class Currencies:
    """What the amounts are in.

    Attributes:
        codes: The ISO code of each row, None where nothing says.
        foreign: Rows whose revenue is in another currency than their spend.
        warnings: What a person should know.
    """

    codes: Texts
    foreign: Flags
    warnings: tuple[str, ...]


def currencies(
    table: TextTable, beside: Mapping[str, Collection[str]], default: str | None
) -> Currencies:
    """The currency of each row, by column, heading or sign.

    Args:
        table: The rows.
        beside: By column the codes, and the signs that several currencies share, that stood
            beside its numbers.
        default: The account's currency from the settings.

    Raises:
        MixedCurrencies: Headings, signs and the currency column contradict each other.
        BadValue: The currency column holds something that is no ISO code.
    """
    named, of_revenue = _named(table, beside, PAID), _named(table, beside, ("revenue",))
    row_codes = _own(table, "currency")
    contrary = ~absent(row_codes) & (row_codes != named)
    if named and contrary.any():
        raise MixedCurrencies(
            Sentence(
                "The amounts are in %(named)s, the currency column says %(row_codes)s.",
                named=named,
                row_codes=row_codes[contrary][0],
            ),
            hint=_SPLIT,
            line=table.line(contrary),
        )
    codes = otherwise(row_codes, named or default or of_revenue)
    _refuse_other_signs(table, beside, codes)
    earned = otherwise(_own(table, "revenue_currency"), of_revenue)
    foreign = ~absent(earned) & ~absent(codes) & (earned != codes)
    warnings = [_NONE] if absent(codes).any() else []
    if foreign.any() and table.has_any("revenue", "revenue_micros"):
        warnings.append(_foreign(table, foreign, earned, codes))
    return Currencies(codes, foreign, tuple(warnings))


def _foreign(table: TextTable, foreign: Flags, earned: Texts, codes: Texts) -> str:
    row = int(np.flatnonzero(foreign)[0])
    rows = "1 row" if foreign.sum() == 1 else f"{foreign.sum():,} rows"
    return Sentence(
        "Revenue is in %(earned)s and spend in %(codes)s (line %(lines)s, %(rows)s): amounts of "
        "two currencies make no ROAS, so this revenue is left out. Export both in one currency.",
        earned=earned[row],
        codes=codes[row],
        lines=table.lines[row],
        rows=rows,
    )


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
    repeated = kinds.duplicated(CAMPAIGN).to_numpy(dtype=bool)
    if repeated.any():
        raise _mixed(frame, kinds, kinds.index[repeated][0], lines)
    campaign_codes = frame[CAMPAIGN].merge(kinds, on=CAMPAIGN, how="left")["currency"]
    return frame.assign(currency=campaign_codes.astype(object).where(campaign_codes.notna(), None))


def _mixed(
    frame: pd.DataFrame, kinds: pd.DataFrame, row: int, lines: npt.NDArray[np.int64]
) -> MixedCurrencies:
    same = (kinds[CAMPAIGN] == frame.loc[row, CAMPAIGN]).all(axis=1)
    first_currency, second_currency = kinds.loc[same, "currency"].iloc[:2]
    campaign = frame["campaign_name"][row] or frame["campaign_id"][row]
    return MixedCurrencies(
        Sentence(
            "The campaign %(named)s comes in two currencies, %(first_currency)s and "
            "%(second_currency)s.",
            named=shown(campaign),
            first_currency=first_currency,
            second_currency=second_currency,
        ),
        hint=_SPLIT,
        line=int(lines[row]),
    )


def _named(
    table: TextTable, beside: Mapping[str, Collection[str]], columns: Sequence[str]
) -> str | None:
    """The one code that headings and signs of these amounts name."""
    layout = table.layout
    columns = [column for name in columns for column in (name, *_MICROS.get(name, ()))]
    headed = [heading_currency(layout.heading(name)) for name in columns if table.has(name)]
    signs = [sign for name in columns for sign in beside.get(name, ())]
    codes = sorted({code for code in (*headed, *signs) if code and code not in SHARED})
    if len(codes) > 1:
        raise MixedCurrencies(
            Sentence("The amounts are in several currencies: %(names)s.", names=", ".join(codes)),
            hint=_SPLIT,
            line=layout.line,
        )
    return codes[0] if codes else None


def _refuse_other_signs(
    table: TextTable, beside: Mapping[str, Collection[str]], codes: Texts
) -> None:
    """A sign beside an amount that its currency is never written with: `$` of an account in NOK."""
    for column in (name for name in PAID if table.has(name)):
        for sign in sorted(SHARED.keys() & set(beside.get(column, ()))):
            cells = table.cells[column].where(_written_with(sign))
            wrong = cells & ~absent(codes) & ~np.isin(codes.astype(str), SHARED[sign])
            if wrong.any():
                raise MixedCurrencies(
                    Sentence(
                        "%(cell)s is not in %(code)s, as the amounts are said to be.",
                        cell=shown(table.cells[column][int(np.flatnonzero(wrong)[0])]),
                        code=codes[wrong][0],
                    ),
                    hint="Say the currency the amounts are in (--currency), or export again.",
                    line=table.line(wrong),
                )


def _written_with(sign: str) -> Callable[[str], bool]:
    return lambda cell: sign in cell.casefold()


def without_decimals(table: TextTable, default: str | None) -> bool:
    """Whether all amounts are in currencies without a minor unit, as yen."""
    codes = {heading_currency(table.layout.heading(name)) for name in PAID if table.has(name)}
    if table.has("currency"):
        codes |= {word.strip().upper() for word in table.cells["currency"].words if word.strip()}
    known = {code for code in codes if code and is_currency(code)} or {default} - {None}
    return bool(known) and all(digits(code) == 0 for code in known)


def _own(table: TextTable, column: str) -> Texts:
    if not table.has(column):
        return np.full(len(table), None, dtype=object)
    cells = table.cells[column]
    codes = cells.changed(lambda cell: cell.strip().upper())
    missing = cells.missing()
    wrong = ~missing & ~codes.where(is_currency)
    if wrong.any():
        raise BadValue(
            Sentence(
                "%(codes)s is no currency code.", codes=shown(codes[int(np.flatnonzero(wrong)[0])])
            ),
            hint="Use a code of three letters, such as NOK.",
            line=table.line(wrong),
        )
    return codes.texts(missing)
