"""The same six rows in fourteen dialects, two special cases and four refusals."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pandas as pd
import pytest

from bot.errors import RefusedFile
from bot.numbers.input.daily import COLUMNS
from bot.sources.exports import ReadSettings, read

DIALECTS = {
    "fivetran_campaign_report.csv": ("ad_reporting", "google_ads", None),
    "fivetran_google_ads_micros.csv": ("google_ads_table", "google_ads", None),
    "google_ads_de.csv": ("google_ads", "google_ads", "NOK"),
    "google_ads_en.csv": ("google_ads", "google_ads", "NOK"),
    "google_ads_en_by_device.csv": ("google_ads", "google_ads", "NOK"),
    "google_ads_en_utf16_tab.csv": ("google_ads", "google_ads", "NOK"),
    "google_ads_fr_narrow_nbsp.csv": ("google_ads", "google_ads", "NOK"),
    "google_ads_nb_semicolon.csv": ("google_ads", "google_ads", "NOK"),
    "linkedin_utf16_tab.csv": ("linkedin_ads", "linkedin_ads", "NOK"),
    "linkedin_utf8_comma.csv": ("linkedin_ads", "linkedin_ads", "NOK"),
    "meta_en_nok_bom.csv": ("meta_ads", "meta_ads", "NOK"),
    "meta_nb_semicolon_cp1252.csv": ("meta_ads", "meta_ads", "NOK"),
    "microsoft_ads.csv": ("microsoft_ads", "microsoft_ads", "NOK"),
    "tiktok_en.csv": ("tiktok_ads", "tiktok_ads", "NOK"),
}
NAMELESS = {"fivetran_google_ads_micros.csv"}
REVENUELESS = {"tiktok_en.csv"}
REFUSED = {
    "refuse_google_ads_no_day_all_time.csv": ("no_day", 3, "Segment > Time > Day"),
    "refuse_google_ads_weekly.csv": ("not_daily", 3, "Segment > Time > Day"),
    "refuse_ambiguous_dates.csv": ("ambiguous_dates", 2, "2026-09-01"),
    "refuse_two_currencies_same_campaign.csv": ("mixed_currencies", 3, "its own currency"),
}


@pytest.fixture(scope="module")
def expected(quirks: Path) -> pd.DataFrame:
    frame = pd.read_csv(quirks / "expected.csv", dtype={"campaign_id": str})
    return frame.assign(date=pd.to_datetime(frame["date"]))


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_every_dialect_gives_the_expected_rows_exactly(
    name: str, quirks: Path, expected: pd.DataFrame
) -> None:
    """Fourteen ways of writing the same six rows are the same six rows, to the last digit."""
    found = read(quirks / name)
    frame = found.frame.sort_values(["campaign_id", "date"], ignore_index=True)
    dialect, channel, currency = DIALECTS[name]
    assert found.dialect == dialect
    assert list(frame.columns) == list(COLUMNS)
    assert set(frame["channel"]) == {channel}
    assert set(frame["currency"]) == {currency}
    assert frame["date"].tolist() == expected["date"].tolist()
    assert frame["campaign_id"].tolist() == expected["campaign_id"].tolist()
    names = [None] * 6 if name in NAMELESS else expected["campaign"].tolist()
    assert frame["campaign_name"].tolist() == names
    for column in ("spend", "clicks"):
        assert frame[column].tolist() == expected[column].tolist()
    _same_or_missing(frame["impressions"], expected["impressions"])
    results = frame["conversions"].fillna(frame["leads"])
    _same_or_missing(results, expected["conversions"])
    if name not in REVENUELESS:
        _same_or_missing(frame["revenue"], expected["revenue"])


def _same_or_missing(found: pd.Series, wanted: pd.Series) -> None:
    """What the file has is exact; what it leaves blank is missing, and only nothing is blank."""
    there = found.notna()
    assert found[there].tolist() == wanted[there].tolist()
    assert (wanted[~there] == 0).all()


def test_all_files_are_tried(quirks: Path) -> None:
    """No quirk file is left out of these tests."""
    tried = {*DIALECTS, *REFUSED, "mixed_excel_dates.csv", "name_starts_with_total.csv"}
    assert {path.name for path in quirks.glob("*.csv")} == {*tried, "expected.csv"}
    listed = json.loads((quirks / "expected_refusals.json").read_text(encoding="utf-8"))
    assert set(listed["refuse"]) == set(REFUSED)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_read_is_refused_with_line_and_way_out(name: str, quirks: Path) -> None:
    """A refusal has a code, the line and what to do next."""
    code, line, way_out = REFUSED[name]
    with pytest.raises(RefusedFile) as caught:
        read(quirks / name)
    assert (caught.value.code, caught.value.line) == (code, line)
    assert way_out in caught.value.hint
    assert str(caught.value).startswith(f"{name}:{line}: ")


def test_dates_a_spreadsheet_mixed_are_read_where_they_are_consecutive(quirks: Path) -> None:
    """31 days of January, in two orders, are read as January, and a note says so."""
    found = read(quirks / "mixed_excel_dates.csv", settings=ReadSettings(channel="x"))
    assert found.frame["date"].tolist() == list(pd.date_range("2026-01-01", "2026-01-31"))
    assert found.frame["spend"].tolist() == [float(day) for day in range(1, 32)]
    assert any("31 consecutive days" in note for note in found.notes)


def test_a_campaign_may_be_called_total(quirks: Path) -> None:
    """Total Wine is a campaign; "Total: Account" is a total."""
    found = read(quirks / "name_starts_with_total.csv")
    assert found.frame["campaign_name"].tolist() == ["Total Wine & Spirits"]
    assert found.notes == ("1 row of totals was left out.",)


@pytest.mark.parametrize("name", ["meta_en_nok_bom.csv", "meta_nb_semicolon_cp1252.csv"])
def test_meta_results_go_where_their_indicator_says(name: str, quirks: Path) -> None:
    """Leads are leads, purchases are conversions, and a blank result is missing, not 0."""
    frame = read(quirks / name).frame.set_index(["campaign_id", "date"])
    shop, leads = frame.loc["11"], frame.loc["12"]
    assert shop["conversions"].tolist()[:2] == [3.0, 2.5]
    assert pd.isna(shop["conversions"].iloc[2])
    assert shop["leads"].isna().all()
    assert leads["leads"].tolist()[::2] == [7.0, 21.0]
    assert pd.isna(leads["leads"].iloc[1])
    assert leads["conversions"].isna().all()
    assert set(frame["measured_by"]) == {"7-day click or 1-day view"}
    assert shop["clicks_all"].tolist() == [1624.0, 1280.0, 0.0]
    assert shop["reach"].tolist()[:2] == [75973.0, 67426.0]


def test_segments_are_added_up_and_it_is_said(quirks: Path) -> None:
    """Rows by device become one a day and campaign, exactly."""
    found = read(quirks / "google_ads_en_by_device.csv")
    assert len(found.frame) == 6
    assert any("Device" in note for note in found.notes)


def test_a_missing_currency_is_said_once(quirks: Path) -> None:
    """Amounts without a currency are read, and one warning says so."""
    found = read(quirks / "fivetran_campaign_report.csv")
    assert [warning for warning in found.warnings if "currency" in warning] == list(found.warnings)


def test_reading_warns_of_nothing_else(quirks: Path) -> None:
    """No library is used in a way it warns about."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in DIALECTS:
            read(quirks / name)
