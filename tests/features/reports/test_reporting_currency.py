"""Accounts in several currencies, shown in one: the rate and its day said, nothing judged by it."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.features.digest import digest
from bot.features.reports import export
from bot.numbers.plan import PlanEntry
from bot.settings import Settings
from bot.settings.models import App, RateSettings
from bot.snapshot import boards
from tests.features.conftest import campaign_days, days_until

AS_OF = date(2026, 11, 23)
DAYS = days_until(AS_OF - timedelta(1), 40)
RATE_DAY = AS_OF - timedelta(3)


def settings(to: str | None = "NOK", day: date = RATE_DAY, codes: str = "EUR") -> Settings:
    rates = tuple(RateSettings(currency=code, rate=Decimal(10), day=day) for code in codes.split())
    return Settings(app=App(time_zone="UTC", currency=None, reporting_currency=to), rates=rates)


@pytest.fixture
def two(hears):
    """100 NOK a day on Google, 100 EUR a day on Meta and on Google, at 10 NOK a euro."""

    def make(which: Settings | None = None, other: str = "EUR", plan=()):
        return hears(
            AS_OF,
            campaign_days("Brand", DAYS, 100.0, currency="NOK", conversions=2.0, stage="convert",
                          pricing_model="CPA"),
            campaign_days("Europe", DAYS, 100.0, currency=other, conversions=2.0, account_id="2",
                          stage="convert", pricing_model="CPA"),
            campaign_days("Social", DAYS, 100.0, currency=other, channel="meta_ads",
                          conversions=1.0, stage="convert", pricing_model="CPA"),
            settings=which or settings(),
            plan=plan,
        )  # fmt: skip

    return make


def test_without_a_reporting_currency_they_stand_side_by_side(two):
    """Nothing is converted that nobody asked for."""
    answer = two(settings(to=None)).ask("channel")
    assert "shown in" not in answer
    assert "€" in answer


def test_all_channels_are_one_sum_and_the_rate_is_said(two):
    """7 days x (100 + 1 000 + 1 000) NOK; in both languages; by whose rates, of which day."""
    heard = two()
    answer = heard.ask("channel")
    assert "14 700 kr" in answer
    assert "€" not in answer
    assert "Other currencies are shown in NOK, at your own rates of Fri 20 Nov" in answer
    norwegian = heard.ask("channel", "nb")
    assert "14 700" in norwegian
    assert "Andre valutaer vises i NOK, etter egne kurser fra fre. 20. nov" in norwegian


def test_how_much_is_one_number(two):
    """Everything together, a channel of two currencies, and each day."""
    heard = two()
    assert "14 700 kr" in heard.ask("how much did we spend last 7 days")
    assert "7 700 kr" in heard.ask("how much did we spend on google last 7 days")
    daily = heard.ask("spend each day last 7 days")
    assert "2 100" in daily
    assert "your own rates" in daily


def test_a_price_is_the_sums_over_the_sums(two):
    """2 100 NOK a day buy five sales: 420 NOK each, not the mean of 50, 500 and 1 000."""
    answer = two().ask("what is our cpa last 7 days")
    assert "420" in answer


def test_a_channel_in_two_currencies_is_one_answer(two):
    """One headline, every campaign a row; a channel in one currency stays in that."""
    heard = two()
    google = heard.ask("channel google 7d")
    assert "7 700 kr" in google
    assert google.count("275 kr a sale (275 the week before)") == 2  # in the text and its blocks
    assert all(name in google for name in ("Brand", "Europe", "rates of Fri 20 Nov"))
    meta = heard.ask("channel meta 7d")
    assert "€700" in meta
    assert "shown in" not in meta


def test_an_old_rate_is_said_to_be_old(two):
    """Nine days before the last day: its age stands beside it."""
    answer = two(settings(day=AS_OF - timedelta(10))).ask("channel")
    assert "at your own rates of Fri 13 Nov: 9 days old" in answer


def test_what_has_no_rate_stands_apart_and_is_said(two):
    """A currency nobody knows the rate of is shown in its own sums."""
    answer = two(settings(), other="UAH").ask("channel")
    assert "I know no rate between NOK and UAH" in answer
    assert "UAH" in answer.replace("NOK and UAH", "")


def test_the_digest_has_one_line_of_money_and_one_of_each_stage(two):
    """And says at which rates; a week's as a morning's."""
    heard = two()
    values = digest.of_morning(heard.context, AS_OF, ZoneInfo("UTC"), digest.Edition("weekly"))
    assert [(one.currency, one.amount) for one in values.spent] == [("NOK", 14_700.0)]
    (stage,) = values.stages
    assert (stage.currency, stage.spend, stage.kpi.value) == ("NOK", 14_700.0, 420.0)
    assert "Other currencies are shown in NOK" in str(
        heard.context.renderer("en").render("digest", digest=values).blocks
    )


def test_budgets_of_several_currencies_are_one_pace(two):
    """900 EUR and 9 000 NOK a month are 18 000 NOK together."""
    plan = [PlanEntry("Brand", monthly_budget=9000.0), PlanEntry("Europe", monthly_budget=900.0)]
    answer = two(plan=plan).ask("pacing")
    assert "18 000" in answer
    assert "All together" in answer
    assert "rates of Fri 20 Nov" in answer


def test_what_is_judged_is_never_converted(two):
    """The boards the rules read, and what they are kept as, are in each campaign's currency."""
    heard = two()
    heard.ask("channel")
    figures = boards.figures(heard.context, AS_OF, "7d")
    assert {(row.campaign_name, row.currency, row.now("spend")) for row in figures.rows} == {
        ("Brand", "NOK", 700.0), ("Europe", "EUR", 700.0), ("Social", "EUR", 700.0),
    }  # fmt: skip


def test_an_export_has_both_amounts_and_the_rate(two):
    """Each row's own money, the same in the reporting currency to the last decimal, and the day."""
    content = export.made(two().context, export.ExportRequest(window="7d"), AS_OF)[0].content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    told = {
        (row["currency"], row["spend"], row["reporting_spend"], row["rate_day"]) for row in rows
    }
    assert told == {("NOK", "100", "100", ""), ("EUR", "100", "1000", str(RATE_DAY))}
    plain = export.made(two(settings(to=None)).context, export.ExportRequest(), AS_OF)[0].content
    assert b"reporting_spend" not in plain


def test_a_count_names_no_rate(two):
    """Sales are sales in any currency."""
    answer = two().ask("how many conversions last 7 days")
    assert "35" in answer
    assert "rates" not in answer


def test_a_broken_file_of_rates_stops_no_answer(two, tmp_path):
    """Amounts stand apart, and it is said, until the file is mended; the digest comes."""
    file = tmp_path / "rates.csv"
    file.write_text("no table")
    app = App(time_zone="UTC", reporting_currency="NOK", rates=file)
    heard = two(Settings(app=app))
    assert "I know no rate between NOK and EUR" in heard.ask("channel")
    assert heard.digest()
