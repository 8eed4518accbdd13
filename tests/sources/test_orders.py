"""Orders as shops export them: each once, its day, value and campaign, or a refusal."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import RefusedFile
from bot.sources.order_file import Orders, read_orders
from bot.sources.packed import Opened


def _read(text: str, **more: object) -> Orders:
    return read_orders(Opened("orders.csv", io.BytesIO(text.encode())), **more)


def test_a_shop_export_is_read_by_its_headings():
    """Shopify's lines of one order are one order, and nobody's name or e-mail is in the frame."""
    orders = _read(
        "Name,Email,Financial Status,Paid at,Currency,Total,Lineitem name,utm_campaign,gclid\n"
        "#1001,kari@example.no,paid,2026-11-02 10:11:12 +0100,NOK,1299.50,Sko,google_brand,Cj1\n"
        "#1001,kari@example.no,,,,,Lisser,,\n"
        "#1002,ola@example.no,refunded,2026-11-03 09:00:00 +0100,NOK,400.00,Lue,google_brand,\n"
    )
    frame = orders.frame
    assert frame["order"].tolist() == ["#1001", "#1002"]
    assert frame["date"].dt.strftime("%Y-%m-%d").tolist() == ["2026-11-02", "2026-11-03"]
    assert frame["value"].tolist() == [1299.5, 400.0]
    assert frame["channel"].tolist() == ["google_ads", ""]
    assert frame["refunded"].tolist() == [0.0, 1.0]
    assert "3 rows are the lines of 2 orders." in orders.notes
    assert "example" not in frame.to_csv()


def test_norwegian_headings_decimals_and_own_columns():
    """Norwegian exports have semicolons, decimal commas and their own headings."""
    frame = _read(
        "Bestilling;Ordredato;Sum (NOK);Kampanje;Ny kunde;Kanal\n"
        "A1;02.11.2026;1 299,50;Brand;ja;Facebook\n"
        "A2;13.11.2026;99,00;;nei;\n",
        headings={"Bestilling": "order"},
    ).frame
    assert frame["value"].tolist() == [1299.5, 99.0]
    assert frame["currency"].tolist() == ["NOK", "NOK"]
    assert frame["new_customer"].tolist() == [1.0, 0.0]
    assert frame["channel"].tolist() == ["meta_ads", ""]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("Date,Total\n2026-11-01,5\n", "missing_column", 1),
        ("Order ID,Date\n1,03/04/2026\n2,05/06/2026\n", "ambiguous_dates", 2),
        ("Order ID,Date\n1,2026-02-30\n", "bad_value", 2),
        ("Order ID,Date\n1,2026-11-01\n2,\n", "bad_value", 3),
        ("Order ID,Date,Total\n1,2026-11-01,free\n", "bad_value", 2),
        ("Order ID,Date,Total\n1,2026-11-01,5\n1,2026-11-01,6\n", "repeated_row", 3),
        ("Order ID,Date,New customer\n1,2026-11-01,perhaps\n", "bad_value", 2),
        ("Order ID,Date,Currency\n1,2026-11-01,crowns\n", "bad_value", 2),
        ("<html><body>Sign in</body></html>", "not_a_table", None),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text, code, line):
    """No order is guessed: the sentence has the line and the way out."""
    with pytest.raises(RefusedFile) as refused:
        _read(text)
    assert (refused.value.code, refused.value.line) == (code, line)
    assert refused.value.hint


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.dates(np.datetime64("2026-01-01").item(), np.datetime64("2026-12-31").item()),
            st.integers(0, 10**9),
            st.booleans(),
        ),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_a_known_table_comes_out_as_it_went_in(rows, separator):
    """Whatever the separator: the same days, values to the minor unit, and flags."""
    lines = [["order_id", "date", "total", "currency", "refunded"]]
    lines += [
        [f"N{number}", day.isoformat(), f"{ore // 100}.{ore % 100:02d}", "NOK", str(taken).lower()]
        for number, (day, ore, taken) in enumerate(rows)
    ]
    frame = _read("\n".join(separator.join(line) for line in lines) + "\n").frame
    assert [day.date() for day in frame["date"]] == [day for day, _, _ in rows]
    assert [round(value * 100) for value in frame["value"]] == [ore for _, ore, _ in rows]
    assert frame["refunded"].tolist() == [float(taken) for _, _, taken in rows]
