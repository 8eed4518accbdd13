"""A morning as people have it: in a real browser, on the local workspace, with the real bot."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

ARTEFACTS = Path(__file__).parents[2] / "artefacts"

# What a page sends waits while `holding`: so two clicks are made before either is heard.
HOLD = """
const send = WebSocket.prototype.send, held = [];
WebSocket.prototype.send = function (data) {
  if (window.holding) held.push(() => send.call(this, data));
  else send.call(this, data);
};
window.letGo = () => { window.holding = false; held.splice(0).forEach((go) => go()); };
"""

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("mode", ["socket"])]


@pytest.fixture
def opened(posted, new_page):
    """Opens the workspace's page as somebody, with the digest on it."""

    def page_of(user="kari", **options):
        page = new_page(**options)
        page.add_init_script(HOLD)
        page.goto(f"{posted.workspace.url}/?user={user}")
        page.get_by_text("Good morning.").first.wait_for()
        return page

    return page_of


def keep(page, name):
    """A screenshot, kept as an artefact of the run."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png")


def type_command(page, text):
    page.locator("#composer").click()
    page.keyboard.type(text)
    page.keyboard.press("Escape")  # closes the completion; the text stays
    page.keyboard.press("Enter")


def open_thread(page):
    page.locator(".thread-link").first.click()
    return page.locator("#thread-messages")


def shift(thread):
    return thread.locator("[data-ts]").filter(has_text=re.compile(r"\d\. Move .* a day from"))


def spend_of_google(database):
    """The spend of the seven days, straight from the tables with pandas."""
    with closing(sqlite3.connect(database)) as db:
        tables = pd.read_sql("select name from sqlite_master where type = 'table'", db)["name"]
        daily = pd.read_sql("select * from daily", db)
        campaigns = pd.read_sql("select * from campaigns", db)
    assert {"daily", "campaigns"} <= set(tables)
    key = next(name for name in daily.columns if name.startswith("campaign"))
    google = set(campaigns.loc[campaigns["channel"] == "google_ads", campaigns.columns[0]])
    mine = daily[daily[key].isin(google) & daily["date"].between("2026-11-16", "2026-11-22")]
    newest = mine.sort_values("revision").drop_duplicates(["date", key], keep="last")
    return int(newest["spend"].sum()) / 1_000_000


def test_a_morning_with_the_digest(opened, database):
    """Type `/perf channel google`, read the numbers, open the thread, acknowledge the shift."""
    page = opened()
    keep(page, "1-digest")
    type_command(page, "/perf channel google")
    answer = page.locator(".message.ephemeral").last
    answer.get_by_text("Only visible to you").wait_for()
    spent = f"{spend_of_google(database):,.0f}".replace(",", " ")
    assert spent in answer.inner_text().replace("\u00a0", " ").replace("\u202f", " ")
    keep(page, "2-channel")

    thread = open_thread(page)
    item = shift(thread)
    item.get_by_role("button", name="Acknowledge").click()
    item.get_by_text("Acknowledged by Kari").wait_for()
    item.get_by_text("(edited)").wait_for()
    line = thread.get_by_text(re.compile(r"^Kari Nordmann acknowledged"))
    line.wait_for()
    assert line.count() == 1
    assert item.get_by_role("button", name="Acknowledge").count() == 0
    keep(page, "3-acknowledged")

    item.get_by_role("button", name="Undo").click()
    item.get_by_role("button", name="Acknowledge").wait_for()


def test_two_people_at_once_have_one_winner(opened, posted):
    """Kari and Ola press the same button at the same moment: one wins, the other is told who."""
    kari, ola = opened("kari"), opened("ola")
    for page in (kari, ola):
        button = shift(open_thread(page)).get_by_role("button", name="Acknowledge")
        page.evaluate("window.holding = true")
        button.click()
    for page in (kari, ola):
        page.evaluate("window.letGo()")
    told = posted.until(lambda s: [w for w in s["ephemerals"] if re.search("Kari|Ola", w["text"])])
    lines = posted.until(lambda _: [text for text in posted.lines() if "acknowledged" in text])
    assert len(lines) == 1
    assert len(told) == 1
    assert (told[0]["user"] == "U0OLA0001") == ("Kari" in lines[0])


def test_a_hostile_campaign_name_stays_inert(opened, posted):
    """Typed text with markup and a mention comes back as text: nothing runs, nobody is called."""
    page = opened()
    type_command(page, "/perf campaign <img src=x onerror=document.title='gone'> <!channel>")
    page.locator(".message.ephemeral").last.get_by_text("onerror").first.wait_for()
    assert page.title() != "gone"
    assert page.locator(".message.ephemeral img[src='x']").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(opened, scheme):
    """At phone width the digest is readable without scrolling sideways, by day and by night."""
    page = opened(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    keep(page, f"4-phone-{scheme}")
