"""The page under a thumb: what a tap shows, how big a thing to press is, which day it was."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def advice(bot, buttons, ticked):
    """A message with buttons, and an app that answers them."""

    @bot.app.action("advice.acknowledge")
    def acknowledge(ack, body, client):
        ack()
        ticked(body, client)

    return bot.client.chat_postMessage(channel="#performance", text="Move", blocks=buttons)["ts"]


@pytest.fixture
def phone(workspace, advice, new_page):
    page = new_page(**PHONE)
    page.goto(f"{workspace.url}/archives/C0PERFORM?user=kari")
    page.locator(f"[data-ts='{advice}']").wait_for()
    return page


def test_a_tap_shows_what_can_be_done_with_a_message(phone, advice):
    """The tools come where the message is tapped, not over what a button has just changed."""
    message = phone.locator(f"[data-ts='{advice}']")
    message.locator("[data-action-id='advice.acknowledge']").tap()
    expect(message).to_contain_text("Acknowledged")
    expect(message.locator(".tools")).to_be_hidden()
    message.get_by_text("Acknowledged").tap()
    message.locator("[data-quick='white_check_mark']").tap()
    expect(message.locator("[data-reaction='white_check_mark']")).to_have_text("✅1")


def test_a_thread_says_which_day_it_was(workspace, client, advice, phone):
    """It has no lines between days: the hour today, the day before it later."""
    said = client.chat_postMessage(channel="#performance", thread_ts=advice, text="By Kari.")
    at = datetime.fromtimestamp(float(said["ts"]), UTC)
    phone.locator(".thread-link").tap()
    stamp = phone.locator(f"#thread-messages [data-ts='{said['ts']}'] .who time")
    stamp.wait_for()
    later(phone, at, 0)  # other tests have moved the workspace's clock
    expect(stamp).to_have_text(re.compile(r"^\d\d:\d\d$"))
    hour = stamp.inner_text()
    later(phone, at, 86_400)
    expect(stamp).to_have_text(f"Yesterday at {hour}")
    later(phone, at, 5 * 86_400)
    expect(stamp).to_have_text(f"{stamp.evaluate(DAY)} at {hour}")


DAY = """(node) => new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" }).format(
  new Date(Number(node.closest("[data-ts]").dataset.ts) * 1000))"""


def later(page, at, seconds):
    page.clock.set_fixed_time(at.timestamp() + seconds)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
