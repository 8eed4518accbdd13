"""The doctor on rates of exchange: how new they are, or what is wrong with them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

TODAY = datetime.now(UTC).date()


def _doctor(perfbot, more: str) -> str:
    text = f'[app]\nreporting_currency = "UAH"\n{more}'
    Path("perfbot.toml").write_text(text, encoding="utf-8")
    return perfbot("doctor").out


def test_rates_are_looked_at_where_they_are_used(perfbot):
    """None that are known, new ones and old ones; nothing where no reporting currency is set."""
    assert "✘ No rates into UAH are known: pip install" in _doctor(perfbot, "")
    own = f'[[rates]]\ncurrency = "EUR"\nrate = 45.5\nday = {TODAY}\n'
    assert f"✔ Amounts are shown in UAH; the newest rates are of {TODAY}." in _doctor(perfbot, own)
    early = own.replace(str(TODAY), f"{TODAY.replace(day=1)}")
    if TODAY.day > 8:
        assert f"{TODAY.day - 1} days old" in _doctor(perfbot, early)
    Path("perfbot.toml").write_text("[app]\n", encoding="utf-8")
    assert "rates" not in perfbot("doctor").out


def test_a_file_of_rates_that_is_none_is_said_with_its_line(perfbot):
    """The line and what one should look like."""
    Path("r.csv").write_text("date,currency,rate\n2026-11-12,EUR,none\n", encoding="utf-8")
    found = _doctor(perfbot, 'rates = "r.csv"\n')
    assert "✘ r.csv:2: " in found
    assert "2026-11-12,EUR,11.62" in found
