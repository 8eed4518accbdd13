"""One working week of two people, played in a real browser: Kari in English, Ola in Norwegian."""

from __future__ import annotations

import csv
import re
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
expect.set_options(timeout=20_000)  # a busy machine is no bug

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (24, 25, 26, 27))
NEXT_MONDAY, READ = date(2026, 11, 30), date(2027, 1, 6)
FILE = "perfbot-google-2026-10-28-2026-11-24.csv"
HALF = {"g-competitors": 2360.0, "g-shopping": 2640.0}
SHIFT, PAGE, CREATIVE = "shift_budget", "fix_landing_page", "refresh_creative"
PACE = "adjust_pacing"
THINGS = {
    "kari": ("1. Check the landing page", "2. Check the tracking", "3. Adjust the pace",
             "4. Replace a tired ad", "5. Move 480 kr a day"),
    "ola": ("1. Se på landingssiden", "2. Sjekk sporingen", "3. Juster tempoet",
            "4. Bytt ut en sliten annonse", "5. Flytt 480 kr dagen"),
}  # fmt: skip


def whispered(page: Page) -> Locator:
    return page.locator(".message.ephemeral").last


def newest(page: Page) -> Locator:
    return page.locator("#messages .message").last


def last(page: Page) -> Locator:
    return page.locator("#thread-messages .message").last


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def says(where: Locator, *texts: str) -> None:
    for text in texts:
        expect(where).to_contain_text(text)


def says_in_order(where: Locator, *texts: str) -> None:
    """Each text after the one before it; a space is any space."""
    words = (r"\s".join(map(re.escape, text.split())) for text in texts)
    expect(where).to_contain_text(re.compile(".*".join(words), re.DOTALL))


def test_a_working_week(week, aftermath):
    """Digest to outcome: asked, answered, halved, set, shared, measured; read on each screen."""
    monday_begins(week)
    they_ask(week)
    kari_takes_the_shift(week)
    week.market = aftermath(HALF, WEDNESDAY, READ)
    week.morning(TUESDAY)
    they_dismiss_and_snooze(week)
    ola_halves_the_shift(week)
    week.morning(WEDNESDAY)
    kari_sets_a_target(week)
    they_subscribe_weekly(week)
    kari_shares(week)
    they_export(week)
    week.morning(THURSDAY)
    they_are_reminded(week)
    ola_is_on_it(week)
    week.morning(FRIDAY)
    the_snoozed_is_back(week)
    week.morning(NEXT_MONDAY)
    the_week_is_summed_up(week)
    week.morning(READ)
    the_outcome_is_told(week)


def monday_begins(week):
    week.type(week.desk("ola"), "/invite @perfbot")
    says(newest(week.desk("ola")), "was added to #general")
    week.monday()
    for page in week.pages.values():
        page.locator("#messages .thread-link").wait_for()
    says(newest(week.desk("kari")), "Good morning. Check the landing page of Google | Generic",
         "What moved", "To do, 3 of 7, urgent first, then by money at stake",
         "and 4 more: /perf advice", "Not yet.", "Budget.", "on the way to 89 % to 90 %",
         "7 replies")  # fmt: skip
    says_in_order(newest(week.desk("kari")), "Landing page: Google | Generic", "12 000 kr a week",
                  "Check tracking: Meta | Leads B2B", "11 000 kr a week cannot be judged",
                  "Adjust the pace: LinkedIn | ABM", "7 000 kr a week")  # fmt: skip
    says(newest(week.phone("ola")), "God morgen. Se på landingssiden til Google | Generic",
         "Hva som har endret seg",
         "Å gjøre, 3 av 7, det som haster først, så det som betyr mest i penger",
         "og 4 til: /perf råd", "Budsjett.", "på vei mot 89 % til 90 %")  # fmt: skip
    says_in_order(newest(week.phone("ola")), "Landingsside: Google | Generic", "12 000 kr i uken",
                  "Sjekk sporingen: Meta | Leads B2B", "11 000 kr i uken kan ikke vurderes",
                  "Juster tempoet: LinkedIn | ABM", "7 000 kr i uken")  # fmt: skip
    week.keep("digest", newest)


def they_ask(week):
    asked(week, "channel", ("/perf channel google", "Google, last 7 days (16–22 Nov)"),
          ("/perf kanal google", "Google, siste 7 dager (16.–22. nov.)"))  # fmt: skip
    asked(week, "campaign", ("/perf campaign generic 28d", "Google | Generic, last 28 days"),
          ("/perf kampanje generic 28d", "Google | Generic, siste 28 dager"))  # fmt: skip
    asked(week, "why", ("/perf why google cpa", "Google: CPA rose from 158 kr to 205 kr"),
          ("/perf hvorfor google cpa", "Google: CPA steg fra 158 kr til 205 kr"))  # fmt: skip


def asked(week, name, kari, ola):
    for page, (question, answer) in ((week.desk("kari"), kari), (week.phone("ola"), ola)):
        week.type(page, question)
        says(whispered(page), "Only visible to you", answer)
    week.keep(name, whispered)


def kari_takes_the_shift(week):
    week.open_thread()
    says_in_order(week.desk("kari").locator("#thread-messages"), *THINGS["kari"])
    says_in_order(week.phone("ola").locator("#thread-messages"), *THINGS["ola"])
    for who, title in (("kari", "Evidence"), ("ola", "Grunnlaget")):
        week.press(week.item(week.desk(who), SHIFT), "advice.evidence")
        says(dialog(week.desk(who)), title, "699 kr", "244 kr", "convert-test-shift")
    week.keep("evidence")
    for who in ("kari", "ola"):
        week.close(week.desk(who))
    item = week.item(week.desk("kari"), SHIFT)
    week.press(item, "advice.acknowledge")
    says(item, "Acknowledged by Kari", "against 2 untouched campaigns", "Undo", "(edited)")
    says(week.item(week.phone("ola"), SHIFT), "Tatt av Kari", "mot 2 urørte kampanjer", "Angre")
    says(week.desk("kari").locator("#thread-messages"), "Kari Nordmann acknowledged: move 480 kr")
    week.keep("acknowledged", lambda page: week.item(page, SHIFT))
    week.close_thread()


def they_dismiss_and_snooze(week):
    """Nothing is posted twice: it is answered in Monday's thread, with Tuesday's numbers."""
    says(newest(week.desk("kari")), "Tue 24 Nov", "To do, 3 of 5", "45 % of what it used to")
    says(newest(week.phone("ola")), "Tir. 24. nov.", "Å gjøre, 3 av 5", "45 % av det det pleide")
    for page in week.pages.values():
        expect(newest(page).locator(".thread-link")).to_have_count(0)
        expect(page.locator("#messages .thread-link")).to_have_count(1)
    week.keep("tuesday", newest)
    week.open_thread(0)
    says(week.item(week.desk("kari"), PAGE), "1. Check the landing page", "Acknowledge")
    says(week.item(week.phone("ola"), PAGE), "1. Se på landingssiden", "Vi tar det")
    for who, why in (("kari", "Why?"), ("ola", "Hvorfor?")):
        week.press(week.item(week.desk(who), PAGE), "advice.dismiss")
        dialog(week.desk(who)).get_by_label(why).select_option("known")
    dialog(week.desk("kari")).locator("textarea").fill(
        "The shop is being moved; back on Wednesday."
    )
    week.keep("dismiss")
    week.close(week.desk("ola"))
    dialog(week.desk("kari")).get_by_role("button", name="Dismiss").click()
    says(week.item(week.desk("kari"), PAGE), "Dismissed by Kari", "back on Wednesday", "45 %")
    says(
        week.item(week.phone("ola"), PAGE),
        "Avvist av Kari Nordmann: Vi vet det, og det er meningen: The",
    )
    week.keep("dismissed", lambda page: week.item(page, PAGE))
    item = week.item(week.phone("ola"), CREATIVE)
    menu = item.locator("select")
    menu.select_option(label="3 dager")
    says(item, "Utsatt til fre. 27. nov. av Ola Hansen")
    says(week.item(week.desk("kari"), CREATIVE), "27 Nov by Ola Hansen")
    week.keep("snoozed", lambda page: week.item(page, CREATIVE))


def ola_halves_the_shift(week):
    week.open_thread(0)
    week.press(week.item(week.phone("ola"), SHIFT), "advice.undo")
    says(week.item(week.desk("kari"), SHIFT), "Acknowledge", "Dismiss…")
    says(week.desk("kari").locator("#thread-messages"), "Ola Hansen")
    week.keep("undone", lambda page: week.item(page, SHIFT))
    week.type(week.phone("ola"), "ack 5 50%", "#thread-composer")
    says(
        week.item(week.phone("ola"), SHIFT),
        "Delvis godtatt av Ola Hansen",
        "240 kr i stedet for 480 kr",
        "Angre",
    )
    says(week.item(week.desk("kari"), SHIFT), "by Ola Hansen", "240 kr", "Undo")
    (waiting,) = week.context.store.outcomes("waiting")
    assert {one.campaign_id: one.after for one in waiting.frozen.treated} == HALF
    assert waiting.frozen.read_on == READ
    week.keep("halved", lambda page: week.item(page, SHIFT))
    week.close_thread()


def kari_sets_a_target(week):
    week.home()
    week.keep("home")
    for who in ("kari", "ola"):
        page = week.desk(who)
        week.press(page.locator("#home"), "target.new")
        form = dialog(page)
        cell = form.locator("[data-action-id='target.cell']")
        cell.select_option(cell.locator("option", has_text="Convert, CPA").get_attribute("value"))
        form.locator("[id$='target.pattern']").fill("Google | *")
        form.locator("[id$='target.amount']").fill("240")
        week.press(form, "target.preview")
        says(form, "Google | Competitors", "Google | Generic", "Google | Shopping", "240 kr")
    week.keep("target")
    week.close(week.desk("ola"))
    dialog(week.desk("kari")).get_by_role("button", name="Save").click()
    expect(dialog(week.desk("kari"))).to_have_count(0)
    says(
        week.desk("kari").locator("#home"), "Google | Generic: Convert · CPA · target 240 kr a sale"
    )
    week.keep("target-set", lambda page: page.get_by_text("Google | Generic: Convert"))
    week.channel()


def they_subscribe_weekly(week):
    asked(week, "subscribe", ("/perf subscribe weekly mon 08:00", "weekly, Mon at 08:00"),
          ("/perf abonner ukentlig man 08:00", "ukentlig, man. kl. 08:00"))  # fmt: skip


def kari_shares(week):
    for page, text, ends in (
        (week.desk("kari"), "/perf pacing", "on the way to 87 % to 88 %"),
        (week.phone("ola"), "/perf budsjett", "på vei mot 87 % til 88 %"),
    ):
        week.type(page, text)
        week.press(whispered(page), "share")
        expect(newest(page)).not_to_have_class(re.compile("ephemeral"))
        says(newest(page), "Google | Generic: 70 %", ends)
        expect(newest(page).locator("[data-action-id='share']")).to_have_count(0)
    week.keep("shared", newest)


def they_export(week):
    asked(week, "export", ("/perf export google csv", f"{FILE}, with 140 rows"),
          ("/perf eksport google csv", f"{FILE}, med 140 rader"))  # fmt: skip
    page = week.desk("kari")
    page.locator("#sidebar .place").filter(has_text="perfbot").click()
    page.get_by_role("tab", name="Messages").click()
    with page.expect_download() as download:
        page.locator("a.file").last.click()
    rows = list(csv.DictReader(download.value.path().read_text("utf-8-sig").splitlines()))
    assert download.value.suggested_filename == FILE
    assert len(rows) == 140
    assert {row["campaign_name"] for row in rows} >= {"Google | Generic", "Google | Shopping"}
    week.channel()


def they_are_reminded(week):
    """At one o'clock, of what nobody has answered since Monday; one line, where it was posted."""
    week.later(THURSDAY, 13)
    week.open_thread(0)
    says(last(week.desk("kari")), "Unanswered for 3 days:", "and 2 more.")
    says(last(week.phone("ola")), "Ubesvart i 3 dager:", "og 2 til.")
    week.keep("reminded", last)


def ola_is_on_it(week):
    item = week.item(week.phone("ola"), PACE)
    week.press(item, "advice.progress")
    says(item, "Ola Hansen", "Angre")
    says(week.item(week.desk("kari"), PACE), "In progress", "Ola Hansen", "Undo")
    week.keep("in-progress", lambda page: week.item(page, PACE))
    week.close_thread()


def the_week_is_summed_up(week):
    """The daily digest at half past seven, the week's at eight, as they subscribed on Wednesday."""
    week.later(NEXT_MONDAY, 8)
    says(newest(week.desk("kari")), "23–29 Nov")
    says(newest(week.phone("ola")), "23.–29. nov.")
    week.keep("weekly", newest)


def the_snoozed_is_back(week):
    for page in week.pages.values():
        expect(page.locator("#messages .thread-link")).to_have_count(5)
    says(newest(week.desk("kari")), "Tired ad: Meta | Awareness autumn")
    says(newest(week.phone("ola")), "Sliten annonse: Meta | Awareness autumn")
    week.open_thread(4)
    says(week.item(week.desk("kari"), CREATIVE), "3. Replace a tired ad", "Acknowledge")
    says(week.item(week.phone("ola"), CREATIVE), "3. Bytt ut en sliten annonse", "Vi tar det")
    week.open_thread(0)
    says(week.item(week.desk("kari"), CREATIVE), "Acknowledge")
    week.open_thread(1)  # what perfbot does by itself is said in the newest thread that shows it
    says(last(week.desk("kari")), "Back from snooze: replace a tired ad")
    says(last(week.phone("ola")), "Tilbake etter utsettelse: bytt ut en sliten annonse")
    week.keep("woken", last)
    week.close_thread()


def the_outcome_is_told(week):
    both = "(Google | Competitors → Google | Shopping)"
    says(
        newest(week.desk("kari")), f"Came in. Your test of 24 November {both} is too small to tell"
    )
    says(newest(week.phone("ola")), f"Kom inn. Testen din 24. november {both} gir for lite til")
    week.keep("weeks-later", newest)
    week.open_thread(0)
    says(
        last(week.desk("kari")),
        "Shopping: too small to tell.",
        "Compared with 2 campaigns nobody touched.",
    )
    says(last(week.phone("ola")), "Shopping: for lite til å si noe.", "2 kampanjer ingen rørte.")
    (measured,) = week.context.store.outcomes("measured")
    assert measured.outcome.verdict == "too_small_to_tell"
    week.keep("outcome", last)
