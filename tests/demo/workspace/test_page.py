"""The page in a real browser: what a newcomer does, and finds."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from bot.demo.workspace import Workspace
from bot.question.vocabulary import COMMANDS

pytestmark = pytest.mark.browser


@pytest.fixture
def perf(bot, new_modal, buttons, ticked):
    """A small perfbot: /perf, an advice to answer, a modal that minds, a Home."""

    @bot.app.command("/perf")
    def command(ack, command, respond):
        ack()
        respond(text=f"*Google*, {command['text'] or 'help'}: 78 300 kr")

    @bot.app.action("advice.acknowledge")
    def acknowledge(ack, body, client):
        ack()
        where = ticked(body, client)
        thread = body["message"].get("thread_ts") or where["ts"]
        client.chat_postMessage(channel=where["channel"], thread_ts=thread, text="By Kari.")

    @bot.app.action("advice.snooze")
    def snooze(ack, body, client):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=new_modal())

    @bot.app.view("dismiss")
    def dismiss(ack, view):
        reason = view["state"]["values"]["reason"]["text"]["value"]
        ack(response_action="errors", errors={"reason": "Longer."}) if len(reason) < 4 else ack()

    bot.app.event("app_home_opened")(
        lambda event, client: client.views_publish(
            user_id=event["user"],
            view={
                "type": "home",
                "blocks": [
                    {"type": "header", "text": {"type": "plain_text", "text": "Your open advice"}}
                ],
            },
        )
    )
    bot.advice = bot.client.chat_postMessage(channel="#performance", text="Move", blocks=buttons)[
        "ts"
    ]
    return bot


@pytest.fixture
def open_page(workspace, new_page):
    """Opens the page; whatever the browser complains of fails the test."""
    complaints = []

    def opened(path="/", **options) -> Page:
        page = new_page(**options)
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(workspace.url + path)
        page.locator("#sidebar .place").first.wait_for(state="attached")
        return page

    yield opened
    assert complaints == []


def type_line(page, text, box="#composer"):
    page.locator(box).press_sequentially(text)
    page.locator(box).press("Enter")


def test_a_command_is_typed_with_completion_and_answered(perf, open_page):
    """/pe, Tab, ch, Tab, google, Enter: the hint shows, the answer is for me only."""
    page = open_page()
    page.locator("#composer").press_sequentially("/pe")
    expect(page.get_by_role("option").first).to_contain_text("/perf channel NAME")
    page.keyboard.press("Tab")
    page.keyboard.type("ch")
    expect(page.get_by_role("option", name="/perf channel")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#composer")).to_have_value("/perf channel ")
    page.keyboard.type("google")
    page.keyboard.press("Enter")
    answer = page.locator(".message.ephemeral")
    expect(answer).to_contain_text("Only visible to you")
    expect(answer.locator(".content")).to_have_text("Google, channel google: 78 300 kr")
    expect(answer.locator("strong", has_text="Google")).to_be_visible()


def test_completion_is_worked_by_arrows_enter_and_escape(perf, open_page):
    """Arrows choose, Enter takes the choice, Esc closes; Enter on a whole command sends."""
    page = open_page()
    page.locator("#composer").press_sequentially("/perf ")
    expect(page.get_by_role("option")).to_have_count(len(COMMANDS))
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#composer")).to_have_value("/perf advice")
    page.locator("#composer").fill("/perf ")
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.locator("#composer").fill("/perf")
    page.keyboard.press("Enter")
    expect(page.locator(".message.ephemeral")).to_contain_text("help")


def test_an_advice_is_acknowledged_by_its_button(perf, open_page):
    """The message changes in place, with its mark; the thread says who."""
    page = open_page()
    page.locator("[data-action-id='advice.acknowledge']").click()
    message = page.locator(f"[data-ts='{perf.advice}']")
    expect(message).to_contain_text("✔ Acknowledged")
    expect(message).to_contain_text("(edited)")
    expect(message.locator(".thread-link")).to_contain_text("1 reply")


def test_a_modal_minds_and_keeps_what_was_typed(perf, open_page, workspace):
    """Required first, then the app's own error, then closed; focus comes back."""
    page = open_page()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="3 days").click()
    dialog = page.get_by_role("dialog", name="Dismiss")
    dialog.get_by_role("button", name="Dismiss").click()
    expect(dialog.get_by_role("alert")).to_have_text("Please complete this required field.")
    dialog.get_by_label("Why?").fill("no")
    dialog.get_by_label("Why?").press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Longer.")
    expect(dialog.get_by_label("Why?")).to_have_value("no")
    expect(dialog.get_by_label("Why?")).to_be_focused()
    dialog.get_by_label("Why?").fill("too soon")
    dialog.get_by_role("button", name="Dismiss").click()
    expect(dialog).to_have_count(0)
    assert workspace.snapshot()["views"] == []


def test_escape_closes_a_modal_and_then_the_thread(perf, open_page):
    """One thing at a time, the top one first."""
    page = open_page()
    page.locator(f"[data-ts='{perf.advice}']").hover()
    page.locator(f"[data-ts='{perf.advice}'] [data-reply]").click()
    expect(page.locator("#thread")).to_be_visible()
    page.locator("#thread").get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="1 day").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#thread")).to_be_hidden()


def test_a_reply_is_written_in_the_thread(perf, open_page, tools):
    """It shows in the pane, is counted under the message, and the bot hears it."""
    page = open_page()
    page.locator(f"[data-ts='{perf.advice}']").hover()
    page.locator(f"[data-ts='{perf.advice}'] [data-reply]").click()
    expect(page.locator("#thread-composer")).to_be_focused()
    type_line(page, "ack 2", "#thread-composer")
    expect(page.locator("#thread-messages")).to_contain_text("ack 2")
    expect(page.locator("#messages .thread-link")).to_contain_text("1 reply")
    assert tools.wait(lambda: perf.events("message"))[0]["thread_ts"] == perf.advice


def test_a_reaction_is_given_and_taken_back(perf, open_page, tools):
    """✅ from the toolbar; a click on it takes it away; the bot hears both."""
    page = open_page()
    message = page.locator(f"[data-ts='{perf.advice}']")
    message.hover()
    message.locator("[data-quick='white_check_mark']").click()
    given = message.locator("[data-reaction='white_check_mark']")
    expect(given).to_have_text("✅1")
    expect(given).to_have_attribute("aria-pressed", "true")
    given.click()
    expect(given).to_have_count(0)
    tools.wait(lambda: perf.events("reaction_removed"))


def test_two_users_see_their_own_side(perf, open_page, client):
    """Ola has unread messages, Kari's ephemeral answer is not his."""
    page = open_page()
    type_line(page, "/perf digest")
    expect(page.locator(".message.ephemeral")).to_have_count(1)
    page.get_by_role("button", name="Ola", exact=True).click()
    expect(page.locator(".message.ephemeral")).to_have_count(0)
    client.chat_postMessage(channel="U0OLA0001", text="Good morning, Ola")
    place = page.locator("[data-go='D0OLA0001']")
    expect(place.locator(".badge")).to_have_text("1")
    place.click()
    page.get_by_role("tab", name="Messages").click()
    expect(page.locator("#messages")).to_contain_text("Good morning, Ola")
    expect(place.locator(".badge")).to_have_count(0)
    type_line(page, "takk")
    expect(page.locator("#messages")).to_contain_text("Ola Hansen")


def test_home_is_shown_when_it_is_opened(perf, open_page):
    """The app's Home, asked for by opening it; About lists the commands."""
    page = open_page()
    page.locator("[data-go='D0KARI001']").click()
    expect(page.locator("#home")).to_contain_text("Your open advice")
    page.get_by_role("tab", name="About").click()
    expect(page.locator("#home")).to_contain_text("/perf channel NAME")


def test_the_address_of_a_message_leads_to_it(perf, open_page, client):
    """A permalink opens channel, thread and user."""
    said = client.chat_postMessage(channel="#performance", thread_ts=perf.advice, text="the reply")
    link = client.chat_getPermalink(channel="C0PERFORM", message_ts=said["ts"])["permalink"]
    page = open_page(link.split("/", 3)[3].join(("/", "")) + "&user=ola")
    expect(page.locator("#thread-messages")).to_contain_text("the reply")
    expect(page.get_by_role("button", name="Ola", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_trouble_is_visible(empty, new_page, buttons):
    """No bot: the side says so, a command and a button say so."""
    client = WebClient(empty.bot_token, base_url=empty.api_url)
    client.chat_postMessage(channel="#performance", text="Move", blocks=buttons)
    page = new_page()
    page.goto(empty.url)
    expect(page.locator(".side-foot")).to_contain_text("perfbot is not connected")
    type_line(page, "/perf digest")
    expect(page.locator(".message.ephemeral")).to_contain_text("dispatch_failed")
    page.locator("[data-action-id='advice.acknowledge']").click()
    expect(page.locator(".notice")).to_contain_text("trouble connecting")


def test_a_long_answer_is_read_from_its_top(perf, open_page, client):
    """What is taller than the screen does not scroll its first line away."""
    page = open_page()
    lines = "\n".join(str(number) for number in range(100))
    client.chat_postEphemeral(channel="#performance", user="U0KARI001", text=f"Top\n{lines}")
    expect(page.locator(".message.ephemeral .who")).to_be_in_viewport()
    page.get_by_role("button", name="Jump to the latest").click()
    expect(page.locator(".message.ephemeral .who")).not_to_be_in_viewport()


def test_the_page_comes_back_when_the_workspace_does(new_page):
    """Stopped: said so. Started again on its port: the page finds it by itself."""
    first = Workspace().start()
    page = new_page()
    page.goto(first.url)
    expect(page.locator(".side-foot")).to_contain_text("not connected")
    first.stop()
    expect(page.locator(".side-foot")).to_contain_text("The workspace has stopped")
    with Workspace(port=first.port) as second:
        second.do("message", user="ola", channel="performance", text="here again")
        expect(page.locator("#messages")).to_contain_text("here again")


PHONE = {"viewport": {"width": 375, "height": 740}, "has_touch": True, "is_mobile": True}


def test_a_phone_shows_one_thing_at_a_time(perf, open_page):
    """Channel, side and thread each fill the screen; nothing sticks out."""
    page = open_page(**PHONE)
    expect(page.locator("#sidebar")).to_be_hidden()
    wide = "() => document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(wide) == 0
    page.get_by_role("button", name="Channels").tap()
    expect(page.locator("#main")).to_be_hidden()
    page.locator("[data-go='C0PERFORM']").tap()
    page.locator("[data-action-id='advice.acknowledge']").tap()
    page.locator(".thread-link").tap()
    expect(page.locator("#thread")).to_contain_text("By Kari.")
    expect(page.locator("#main")).to_be_hidden()
    page.get_by_role("button", name="Close thread").tap()
    expect(page.locator("#messages")).to_be_visible()
    assert page.evaluate(wide) == 0


def test_what_the_agent_suggests_is_sent_by_a_press(perf, open_page, workspace):
    """Above the composer of its conversation; a press asks it as if it had been typed."""
    one = {"title": "What should I do today?", "message": "advice"}
    perf.client.assistant_threads_setSuggestedPrompts(
        channel_id="D0KARI001", title="You might want to ask", prompts=[one]
    )
    page = open_page()
    page.get_by_role("button", name="perfbot").first.click()
    page.get_by_role("tab", name="Messages").click()
    page.get_by_role("button", name="What should I do today?").click()
    expect(page.locator("#messages")).to_contain_text("advice")
