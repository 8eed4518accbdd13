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


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,"
    "Lineitem name,Billing Name,Notes,Note Attributes,Cancelled at,Refunded Amount,Id,Tags,Source\n"
)


def test_shopifys_own_export_knows_its_campaigns_and_what_was_paid_back():
    """The shop notes the link; a part paid back is no sale less, all of it or a cancelling is.

    Its source is the door of the shop (web), which is no advertising channel.
    """
    frame = _read(
        SHOPIFY + "#1001,kari@example.no,paid,2026-11-02 10:11:12 +0100,NOK,1000.00,99.00,200.00,"
        "1299.00,2026-11-02 10:10:00 +0100,Sko,Kari,,"
        '"utm_source: google\nutm_medium: cpc\nutm_campaign: NO | Search\nemail: k@example.no",'
        ",0.00,5001,,web\n"
        "#1001,kari@example.no,,,,,,,,2026-11-02 10:10:00 +0100,Lisser,,,,,,,,\n"
        "#1002,ola@example.no,partially_refunded,2026-11-03 09:00:00 +0100,NOK,1000.00,99.00,"
        '200.00,1299.00,2026-11-03 09:00:00 +0100,Lue,Ola,,"fbclid: Iw1",,299.00,5002,,web\n'
        "#1003,ola@example.no,refunded,2026-11-03 09:00:00 +0100,NOK,300.00,99.00,0.00,399.00,"
        "2026-11-03 09:00:00 +0100,Lue,Ola,,,,399.00,5003,,web\n"
        "#1004,ola@example.no,pending,,NOK,300.00,99.00,0.00,399.00,2026-11-04 09:00:00 +0100,Lue,"
        "Ola,,,2026-11-05 09:00:00 +0100,0.00,5004,,pos\n"
    ).frame
    assert frame["order"].tolist() == ["#1001", "#1002", "#1003", "#1004"]
    assert frame["campaign"].tolist() == ["NO | Search", "", "", ""]
    assert frame["channel"].tolist() == ["google_ads", "meta_ads", "", ""]
    assert frame["value"].tolist() == [1299.0, 1000.0, 399.0, 399.0]
    assert frame["refunded"].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert "example" not in frame.to_csv()


def test_woocommerces_exports_are_read_by_their_headings():
    """Its analytics, its export plug-in, and the plug-in's total that is net already."""
    plugin = (
        "Order Number,Order Status,Order Date,First Name (Billing),Email (Billing),{total},"
        "Order Refund Amount,Order Currency,_wc_order_attribution_utm_source,"
        "_wc_order_attribution_utm_campaign\n"
        "3001,Completed,2026-11-10 12:30,Ola,o@example.no,1299.00,0.00,NOK,google,brand\n"
        "3002,Completed,2026-11-13 12:30,Ola,o@example.no,{part},-300.00,NOK,(direct),(none)\n"
        "3003,Refunded,2026-11-14 12:30,Ola,o@example.no,500.00,500.00,NOK,google,brand\n"
        "3004,Failed,2026-11-14 12:30,Ola,o@example.no,500.00,0.00,NOK,google,brand\n"
    )
    for total, part in (
        ("Order Total Amount", "1299.00"),
        ("Order Total Amount (- Refund)", "999"),
    ):
        frame = _read(plugin.format(total=total, part=part)).frame
        assert frame["value"].tolist()[:2] == [1299.0, 999.0]
        assert frame["refunded"].tolist() == [0.0, 0.0, 1.0, 1.0]
        assert frame["campaign"].tolist()[0] == "brand"
        assert frame["currency"].tolist() == ["NOK"] * 4
    analytics = _read(
        "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Products,Items sold,"
        "Coupon(s),N. Revenue,Attribution\n"
        '2026-11-10 12:30:00,2001,"kr 1.299,00",completed,Ola,new,1x Sko,1,,1299,Direct\n'
        '2026-11-13 12:30:00,2002,"kr 1.299,00",refunded,Ola,returning,1x Sko,1,,1299,Direct\n',
        currency="NOK",
    ).frame
    assert analytics[["order", "value", "new_customer", "refunded"]].to_numpy().tolist() == [
        ["2001", 1299.0, 1.0, 0.0], ["2002", 1299.0, 0.0, 1.0]]  # fmt: skip


def test_an_id_of_a_click_is_found_in_any_of_its_platforms_columns():
    """A shop has a column for gclid, gbraid and wbraid each; one that is blank hides no other."""
    frame = _read(
        "Order ID,Date,gclid,gbraid,wbraid,fbclid\n1,2026-11-10,Cj1,,,\n2,2026-11-11,,0AA,,\n"
        "3,2026-11-12,,,,IwAR\n4,2026-11-13,,,,\n"
    ).frame
    assert frame["channel"].tolist() == ["google_ads", "google_ads", "meta_ads", ""]


def test_an_address_says_where_an_order_came_from():
    """The page it landed on, with what the link carried; the rest of the address is not kept."""
    frame = _read(
        "Order,Date,Landing site\n"
        "1,2026-11-10,/sko?utm_source=facebook&utm_campaign=H%C3%B8st+2026&email=a@example.no\n"
        "2,2026-11-11,https://shop.no/?gclid=Cj1\n3,2026-11-12,/sko\n"
    ).frame
    assert frame["campaign"].tolist() == ["Høst 2026", "", ""]
    assert frame["channel"].tolist() == ["meta_ads", "google_ads", ""]
    assert not frame.to_csv().count("example")


@pytest.mark.parametrize(
    ("heads", "cells", "touches"),
    [
        ("gclid,fbclid", "Cj1,IwAR", "google_ads meta_ads"),
        ("gclid,fbclid", "Cj1,", "google_ads"),
        ("gclid,wbraid,ttclid", ",Cj2,E.C", "google_ads tiktok_ads"),
        ("touches", "google_ads; meta_ads; newsletter", "google_ads meta_ads newsletter"),
        ("Conversion path", "google / cpc > facebook / paid > direct / (none)",
         "google_ads meta_ads"),
        ("Source / medium path", "google / organic > linkedin / cpc", "linkedin_ads"),
        ("Landing page", "https://x.no/?gclid=Cj1&fbclid=IwAR", "google_ads meta_ads"),
        ("touches,msclkid", "kari@example.no; tiktok,abc", "microsoft_ads tiktok_ads"),
    ],
)  # fmt: skip
def test_every_platform_an_ad_of_which_led_to_an_order_is_known(heads, cells, touches):
    """By the ids of clicks, a shop's notes or the path an export names; no ad's is no touch."""
    orders = _read(f"Order ID,Date,Total,{heads}\n1001,2026-11-02,100,{cells}\n")
    assert orders.frame["touches"].tolist() == [touches]
    named = [note for note in orders.notes if "1001 (" in note]
    assert bool(named) == (len(touches.split()) > 1)


def test_lines_of_one_order_touch_together():
    """One line has Google's click, the next Meta's: it is one order with both."""
    orders = _read("Order ID,Date,gclid,fbclid\n7,2026-11-02,Cj1,\n7,2026-11-02,,IwAR\n")
    assert orders.frame["touches"].tolist() == ["google_ads meta_ads"]
    assert any("7 (Google, Meta)" in note for note in orders.notes)
