"""`perfbot orders`: a file in, the books beside the platforms out."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.jobs.order_intake import Handed, note_posted
from bot.store import open_store
from tests.cli.conftest import FIRST

HEAD = "Order ID,Date,Total,Currency,utm_campaign,utm_source\n"


def _numbers(perfbot, small_file, plan_file) -> None:
    assert perfbot("import", small_file).code == 0


def _orders(tmp_path, name: str = "orders.csv"):
    lines = [
        f"{day}-{number},{FIRST.replace(day=1).replace(month=11, day=day)},900.00,NOK,"
        f"search-brand,search\n"
        for day in range(1, 21) for number in range(4)
    ]  # fmt: skip
    lines.append("x,2026-11-03,50.00,NOK,autumn letter,newsletter\n")
    path = tmp_path / name
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return path


def test_orders_are_read_matched_and_shown(perfbot, small_file, plan_file, tmp_path):
    """80 of 81 orders belong to Brand; the platform claims 6 a day, the books have 4."""
    _numbers(perfbot, small_file, plan_file)
    answer = perfbot("orders", _orders(tmp_path))
    (line,) = answer.lines
    assert (line["orders"], line["added"], line["matched"]) == (81, 81, 80)
    assert "1 of 81 orders belong to no campaign" in answer.err
    as_of = FIRST.replace(month=11, day=21)
    listed = perfbot("orders", "--as-of", as_of, "--window", "7d")
    assert "Search | Brand" in listed.out
    document = perfbot(
        "orders", "--as-of", "2026-12-01", "--window", "28d", "--format", "json"
    ).json
    brand = next(row for row in document["campaigns"] if row["campaign_name"] == "Search | Brand")
    known_days = 20 - 2  # the window begins on 3 November
    assert brand["documented"] == 4 * known_days
    assert brand["value"] == 900.0 * 4 * known_days
    account = document["account"]
    assert (account["orders"], account["refunded"]) == (73, 0)
    assert account["value"] == 900.0 * 4 * known_days + 50.0
    assert account["mer"] == account["value"] / account["spend"]
    assert (account["since"], account["until"]) == ("2026-11-03", "2026-11-20")
    assert "MER (blended ROAS)" in listed.out


def test_a_file_that_cannot_be_read_stores_nothing(perfbot, small_file, plan_file, tmp_path):
    """One sentence with the line and the way out, and exit code 1."""
    _numbers(perfbot, small_file, plan_file)
    path = tmp_path / "broken.csv"
    path.write_text(HEAD + "1,2026-11-01,5.00,NOK,search-brand,google\n2,soon,5,NOK,x,y\n")
    answer = perfbot("orders", path)
    assert answer.code == 1
    assert answer.lines[0]["error"]["line"] == 3
    assert "'soon' is no date" in answer.err
    assert "No orders of these days" in perfbot("orders", "--as-of", "2026-11-21").out


def test_a_column_of_orders_that_does_not_exist_is_named(perfbot, tmp_path):
    """Wrong use: exit code 2, and what there is."""
    answer = perfbot("orders", _orders(tmp_path), "--column", "Bestilling=spend")
    assert answer.code == 2
    assert "order, date, value" in answer.err


def test_the_doctor_says_whether_a_shop_can_post(perfbot, small_file, plan_file, monkeypatch):
    """Nothing where no secret is set; else the port, whose secret, and when orders last came."""
    _numbers(perfbot, small_file, plan_file)
    assert "/orders" not in perfbot("doctor").out
    monkeypatch.setenv("PERFBOT_ORDERS_SECRET", "a-long-enough-secret")
    unheard = "· Orders may be posted to /orders on port 3000, signed with the secret of perfbot:"
    assert unheard in perfbot("doctor").out
    store = open_store("perfbot.db")
    note_posted(store, Handed(1, 1, 0, 0, 0), datetime(2026, 11, 20, 9, tzinfo=UTC))
    store.close()
    assert "✔ Orders may be posted" in perfbot("doctor").out
    assert "the last came 2026-11-20 09:00 UTC" in perfbot("doctor").out
