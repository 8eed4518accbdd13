"""Rates: the ECB's as its file has them, the user's own as they wrote them, or a refusal."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.errors import SettingsError
from bot.numbers.exchange import Rate
from bot.settings import SettingsProblems, read
from bot.sources import exchange_rates
from bot.sources.exchange_rates import exchange_on

CONVERTER = exchange_rates._converter()
LAST = CONVERTER.bounds["NOK"].last_date
HEAD = "date,currency,rate\n"


def test_the_ecbs_rates_are_those_of_the_file_that_is_shipped():
    """On its last day; crossed by the euro; a weekend has Friday's."""
    rates = exchange_on("NOK", LAST).rates
    assert rates["EUR"].day == LAST
    assert rates["EUR"].source == "ECB"
    assert rates["EUR"].factor == CONVERTER._rates["NOK"][LAST]
    dollar = CONVERTER._rates["NOK"][LAST] / CONVERTER._rates["USD"][LAST]
    assert abs(rates["USD"].factor - dollar) < Decimal("1e-20")
    sunday = date(2026, 10, 25)
    assert exchange_on("NOK", sunday).rates["SEK"].day == date(2026, 10, 23)


def test_a_rate_is_never_of_a_later_day_nor_too_old():
    """Weeks after the file's end its last day is still used; after a quarter it is not."""
    assert exchange_on("NOK", LAST + timedelta(30)).rates["EUR"].day == LAST
    assert exchange_on("NOK", LAST + timedelta(93)).rates == {}
    assert "RUB" not in exchange_on("NOK", LAST).rates  # none since 2022


def test_ones_own_rates_win(tmp_path):
    """Those of the settings and of a file, the newest until the day; others stay the ECB's."""
    file = tmp_path / "rates.csv"
    file.write_text(f"{HEAD}2026-10-01,eur,11.50\n2026-10-20,EUR,11.62\n2026-12-01,EUR,99\n")
    entry = ("USD", Rate(Decimal("10.5"), date(2026, 10, 1), "own"))
    rates = exchange_on("NOK", date(2026, 10, 30), [entry], file).rates
    assert (rates["EUR"].factor, rates["EUR"].day, rates["EUR"].source) == (
        Decimal("11.62"), date(2026, 10, 20), "own"
    )  # fmt: skip
    assert rates["USD"].factor == Decimal("10.5")
    assert rates["SEK"].source == "ECB"


def test_a_reporting_currency_the_ecb_does_not_know_needs_ones_own_rates():
    """Nothing is made up for it."""
    assert exchange_on("UAH", LAST).rates == {}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("day,code\n", 1),
        ("", 1),
        (f"{HEAD}2026-10-01,EUR,1\n12.11.2026,EUR,1\n", 3),
        (f"{HEAD}2026-10-01,XQZ,1\n", 2),
        (f"{HEAD}2026-10-01,EUR,0\n", 2),
        (f"{HEAD}2026-10-01,EUR,-1\n", 2),
        (f"{HEAD}2026-10-01,EUR,NaN\n", 2),
        (f"{HEAD}2026-10-01,EUR\n", 2),
    ],
)
def test_a_file_of_rates_that_is_none_is_refused_with_its_line(tmp_path, text, line):
    """Whole, with what a line should look like."""
    file = tmp_path / "rates.csv"
    file.write_text(text)
    with pytest.raises(SettingsError) as refused:
        exchange_on("NOK", LAST, file=file)
    assert refused.value.line == line
    assert "2026-11-12,EUR,11.62" in refused.value.hint


def test_no_file_of_rates_is_said(tmp_path):
    """A name that is misspelt, a folder, bytes: one sentence."""
    for place in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(SettingsError, match="cannot be read"):
            exchange_on("NOK", LAST, file=place)


def test_the_settings_are_read_exactly(tmp_path):
    """A rate is the decimal that was written; what is none is refused with its line."""
    file = tmp_path / "perfbot.toml"
    file.write_text('[app]\nreporting_currency = "nok"\nrates = "r.csv"\n\n'
                    '[[rates]]\ncurrency = "EUR"\nrate = 11.6213\nday = 2026-11-12\n')  # fmt: skip
    settings = read(file, {})
    assert settings.app.reporting_currency == "NOK"
    assert settings.app.rates == tmp_path / "r.csv"
    assert settings.rates[0].rate == Decimal("11.6213")
    file.write_text('[[rates]]\ncurrency = "EUR"\nrate = 0\nday = 2026-11-12\n')
    with pytest.raises(SettingsProblems, match=r"perfbot.toml:3.*rate"):
        read(file, {})
