"""The data files behind the reader hold together."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.numbers.input.daily import COLUMNS
from bot.sources.headings import data, dialects, headings
from bot.sources.plain import heading_currency, plain

LANGUAGES = {"en", "nb", "sv", "da", "de", "fi", "fr", "es", "it", "nl", "pl", "pt"}
HELPERS = {"period_start", "period_end", "coarse", "spend_micros", "revenue_micros",
           "budget_micros", "budget_type", "results", "result_indicator", "objective",
           "optimization_goal", "bid_strategy", "channel_type", "goal", "segment",
           "revenue_currency", "since", "until"}  # fmt: skip


def test_a_heading_means_one_thing() -> None:
    """No heading is listed for two columns."""
    read = data("headings.yml")
    lists = [*read["columns"].values(), read["segments"]]
    words = [{plain(word) for each in by.values() for word in each} for by in lists]
    words.append({plain(word) for word in read["overlapping"]})
    counted = Counter(word for each in words for word in each)
    assert [word for word, count in counted.items() if count > 1] == []
    assert "" not in counted


def test_every_list_is_of_a_known_column_and_language() -> None:
    """A column or language misspelt in the data is found here."""
    for column, by_language in data("headings.yml")["columns"].items():
        assert column in {*COLUMNS, *HELPERS}, column
        assert set(by_language) <= LANGUAGES, column


def test_every_dialect_speaks_of_known_columns_and_knows_a_way_out() -> None:
    """What a dialect's headings mean is a column, and each says how to export again."""
    for dialect in dialects():
        assert set(dialect.columns.values()) <= {*COLUMNS, *HELPERS}, dialect.name
        assert dialect.sure or len(dialect.likely) > 1, dialect.name
        assert dialect.again.endswith("."), dialect.name


@pytest.mark.parametrize(
    ("heading", "plainly", "currency"),
    [
        ("Amount spent (NOK)", "amount spent", "NOK"),
        ("Spend [USD]", "spend", "USD"),
        ("Cost (in $)", "cost", None),
        ("Clicks (all)", "clicks all", None),
        ("# of Website Clicks", "website clicks", None),
        ("campaign.id", "campaign id", None),
        ("Konv.verdi", "konv verdi", None),
        ("Nombre de la campaña", "nombre de la campaña", None),
        ("CAMPAIGN_ID", "campaign id", None),
        ("Impr.", "impr", None),
    ],
)
def test_a_heading_in_plain_form(heading: str, plainly: str, currency: str | None) -> None:
    """Case, signs and a bracketed currency make no difference, and the currency is kept."""
    assert (plain(heading), heading_currency(heading)) == (plainly, currency)


def test_canonical_columns_are_known_by_their_own_names() -> None:
    """Every column a file may bring can be called what we call it."""
    for name in COLUMNS:
        if name not in {"source", "revision", "backfilled"}:
            assert headings().columns[plain(name)] == name
