"""Every block as the page draws it, in a real browser; the blocks are in data/blocks.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

BLOCKS = json.loads((Path(__file__).parent / "data" / "blocks.json").read_text(encoding="utf-8"))


def plot(kind, names=("Spend", "Before")):
    days = ["Mon", "Tue", "Wed"]
    series = [
        {"name": name, "data": [{"label": day, "value": 10 * i + n} for i, day in enumerate(days)]}
        for n, name in enumerate(names)
    ]
    chart = {"type": kind, "series": series, "axis_config": {"categories": days, "y_label": "kr"}}
    return {"type": "data_visualization", "title": f"A {kind}", "chart": chart}


def test_every_block_is_drawn(show):
    """None is unknown; each shows what it says."""
    page = show(BLOCKS, [plot("line"), plot("bar")], [plot("area")])
    expect(page.locator(".unknown")).to_have_count(0)
    for block in BLOCKS:
        assert page.locator(f".block.{block['type']}").first.is_visible()
    assert page.locator("svg.plot").count() == 3
    assert page.locator("svg.plot rect.bar").count() == 6
    expect(page.locator(".block.header")).to_have_text("Good morning 🎉")
    expect(page.locator(".block.context")).to_have_text("2026-11-23 08:00")
    expect(page.locator(".block.rich_text").first).to_contain_text(
        "bold@Kari Nordmann👀link#general"
    )
    expect(page.locator(".markdown table td")).to_have_count(2)


def test_a_pie_has_its_slices_and_names(show):
    """Segments as slices, values in the legend."""
    segments = [{"label": "Google", "value": 3}, {"label": "Meta", "value": 1}]
    page = show(
        [
            {
                "type": "data_visualization",
                "title": "Share",
                "chart": {"type": "pie", "segments": segments},
            }
        ]
    )
    expect(page.locator("path.slice")).to_have_count(2)
    expect(page.locator(".legend")).to_contain_text("Google: 3")


def test_a_data_table_sorts_and_turns_pages(show):
    """Numbers first from the largest; the pager says where one is."""
    page = show([each for each in BLOCKS if each["type"] == "data_table"])
    table = page.locator(".data-table")
    expect(table.locator("tbody tr")).to_have_count(2)
    expect(table.locator(".pager")).to_contain_text("1–2 of 3")
    table.get_by_role("button", name="Spend").click()
    expect(table.locator("tbody tr").first).to_contain_text("A10")
    table.get_by_role("button", name="Next page").click()
    expect(table.locator("tbody tr")).to_have_text(["C1"])


def test_a_dangerous_button_asks_first(bot, show):
    """No: nothing; Yes: the app hears it."""
    pressed = []
    bot.app.action("b1")(lambda ack: (ack(), pressed.append("b1")))
    bot.app.action("s1")(
        lambda ack, payload: (ack(), pressed.append(payload["selected_option"]["value"]))
    )
    page = show(BLOCKS)
    page.locator("[data-action-id='b1']").click()
    page.get_by_role("alertdialog").get_by_role("button", name="No").click()
    page.locator("[data-action-id='b1']").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Yes").click()
    page.locator("select[data-action-id='s1']").select_option("28d")
    page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
    assert pressed == ["b1", "28d"]
