"""Numbers, money and days in the reader's own form, by babel.

English follows the field's Norwegian habit where it cannot be misread: digits are grouped by a
no-break space (`41 200 kr`; with a comma half the readers would see forty-one kroner), decimals
take a point. A regional English (`en-US`, `en-GB`) gets its own form throughout.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton, format_time, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal, get_currency_precision, get_currency_symbol

from bot.render.escaping import MISSING

_NBSP = "\u00a0"
_SIGNS = {"NOK": "kr"}
_WHOLE_FROM = 20


@dataclass(frozen=True)
class NumberForms:
    """How one language writes figures and days. Missing is always "–", never 0.

    A language babel does not know has the forms of English.
    """

    language: str

    @cached_property
    def locale(self) -> Locale:
        """Babel's locale: nb is Norwegian of Norway, plain English is international English."""
        code = self.language.replace("-", "_")
        return _known({"nb": "nb_NO", "en": "en_GB"}.get(code, code)) or Locale("en", "GB")

    def decimal(self, number: float | Decimal, most: int, least: int | None = None) -> str:
        """A number with `least` to `most` decimals."""
        exact = Decimal(str(number)).quantize(Decimal(1).scaleb(-most), ROUND_HALF_EVEN)
        rounded = exact + 0  # never "−0"
        fraction = "0" * (most if least is None else least) + "#" * (most - (least or 0))
        pattern = "#,##0" + (f".{fraction[:most]}" if most else "")
        text = format_decimal(rounded, pattern, locale=self.locale)
        if self.language == "en":
            text = text.replace(",", _NBSP)
        return text.replace("-", "−")

    def number(self, number: float | None, most: int | None = None) -> str:
        """A count or ratio: whole from 20 up, one decimal from 10, else two, as few as needed."""
        if number is None or not math.isfinite(number):
            return MISSING
        if most is None:
            size = abs(number)
            most = 0 if size >= _WHOLE_FROM else 1 if size >= 10 else 2
        return self.decimal(number, most, 0)

    def rough(self, number: float) -> float:
        """An estimate as people say one: whole from 2 up, two digits from 100 up."""
        size = abs(number)
        if size < 2:
            return round(number, 1)
        return float(round(number, -max(0, math.floor(math.log10(size)) - 1)))

    def money(self, amount: float | None, currency: str | None = None) -> str:
        """An amount in running text: whole units from 20 up, else to the minor unit."""
        if amount is not None and math.isfinite(amount) and abs(amount) >= _WHOLE_FROM:
            return self._signed(self.decimal(amount, 0), currency)
        return self.budget(amount, currency)

    def amount(self, amount: float | Decimal, digits: int, currency: str | None) -> str:
        """An amount to so many decimals."""
        return self._signed(self.decimal(amount, digits), currency)

    def budget(self, amount: float | None, currency: str | None = None) -> str:
        """An exact amount, to the minor unit; decimals only where there are any."""
        if amount is None or not math.isfinite(amount):
            return MISSING
        minor = self.minor(currency)
        exact = Decimal(str(amount)).quantize(Decimal(1).scaleb(-minor), ROUND_HALF_EVEN)
        is_whole = exact == exact.to_integral_value()
        return self._signed(self.decimal(exact, 0 if is_whole else minor), currency)

    def minor(self, currency: str | None) -> int:
        """Decimals of the currency's minor unit; two where the currency is unknown."""
        return get_currency_precision(currency) if currency else 2

    def sign(self, currency: str | None) -> str:
        """The currency's sign, "" where the currency is unknown."""
        if not currency:
            return ""
        return _SIGNS.get(currency) or get_currency_symbol(
            currency, locale="en" if self.language == "en" else self.locale
        )

    def _signed(self, text: str, currency: str | None) -> str:
        return self.beside(text, self.sign(currency))

    def beside(self, text: str, sign: str) -> str:
        """A number with a sign where the language writes it."""
        if not sign:
            return text
        if self._leads and not sign[-1].isalpha():
            return f"−{sign}{text[1:]}" if text.startswith("−") else f"{sign}{text}"
        return f"{text}{_NBSP}{sign}"

    @cached_property
    def _leads(self) -> bool:
        """Whether the language writes `€5`, not `5 €`."""
        return str(self.locale.currency_formats["standard"].pattern).startswith("¤")

    def percent(self, fraction: float | None, *, signed: bool = False, exact: bool = False) -> str:
        """A fraction as a percentage: `31 %`, signed `+9 %`, `2.4 %`, `0.77 %` under 2."""
        if fraction is None or not math.isfinite(fraction):
            return MISSING
        hundred = fraction * 100
        most = 2 if exact else 0 if signed else sum(abs(hundred) < limit for limit in (2, 10))
        text = self.decimal(hundred, most, 0)
        plus = "+" if signed and hundred > 0 and text != "0" else ""
        return f"{plus}{text}{_NBSP}%"

    def day(self, day: date) -> str:
        """`Mon 23 Nov`, `man. 23. nov.`."""
        return format_skeleton("MMMEd", day, locale=self.locale)

    def heading_day(self, day: date) -> str:
        """A day at the beginning of a sentence: `Man. 23. nov.`."""
        text = self.day(day)
        return text[:1].upper() + text[1:]

    def short_day(self, day: date) -> str:
        """`23 Nov`, `23. nov.`."""
        return format_skeleton("MMMd", day, locale=self.locale)

    def long_day(self, day: date) -> str:
        """`17 December`, `17. desember`."""
        return format_skeleton("MMMMd", day, locale=self.locale)

    def dated(self, day: date) -> str:
        """With its year: `22 November 2026`, `22. november 2026`."""
        return format_date(day, "long", locale=self.locale)

    def weekday(self, day: date) -> str:
        """`Sunday`, `søndag`."""
        return format_date(day, "EEEE", locale=self.locale)

    def weekdays(self, days: Sequence[int]) -> str:
        """ISO weekdays 1-7 as a list of short names."""
        names = get_day_names("abbreviated", locale=self.locale)
        return self.listed([names[day - 1] for day in days])

    def month(self, day: date) -> str:
        """`November`, at the beginning of a sentence too."""
        name = format_date(day, "LLLL", locale=self.locale)
        return name[:1].upper() + name[1:]

    def clock(self, moment: time | datetime) -> str:
        """`08:14`."""
        return format_time(moment, "HH:mm", locale=self.locale)

    def span(self, since: date, until: date, *, year: bool = False) -> str:
        """`16–22 Nov`; one day as a day; with the `year` also within one."""
        if since == until and not year:
            return self.day(since)
        skeleton = "MMMd" if since.year == until.year and not year else "yMMMd"
        return format_interval(since, until, skeleton=skeleton, locale=self.locale)

    def listed(self, items: Sequence[str]) -> str:
        """`Google, Meta and LinkedIn`."""
        return format_list(list(items), locale=self.locale) if items else MISSING


def own_name(language: str) -> str:
    """A language by its own name, `Norsk bokmål`; its code where babel does not know it."""
    locale = _known(language.replace("-", "_"))
    name = locale.get_display_name() if locale else None
    return name[:1].upper() + name[1:] if name else language


def _known(code: str) -> Locale | None:
    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return None
