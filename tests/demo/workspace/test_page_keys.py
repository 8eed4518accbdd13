"""The page without a mouse: where the focus goes, what each thing is called, what is read out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FOCUS = "() => document.activeElement.closest('.message')?.dataset.ts"
INSIDE = "() => Boolean(document.activeElement.closest('[role=dialog], [role=alertdialog]'))"


@pytest.fixture
def advice(bot, buttons, new_modal, ticked):
    """A message with buttons, and an app that answers them."""

    @bot.app.action("advice.acknowledge")
    def acknowledge(ack, body, client):
        ack()
        ticked(body, client)

    @bot.app.action("advice.snooze")
    def snooze(ack, body, client):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=new_modal())

    post = bot.client.chat_postMessage
    return post(channel="#performance", text="Move", blocks=buttons)["ts"]


@pytest.fixture
def page(workspace, advice, browser_page):
    browser_page.goto(workspace.url)
    browser_page.locator(f"[data-ts='{advice}']").wait_for()
    return browser_page


def test_arrows_go_from_message_to_message(page, workspace, advice):
    """One message is in the tab order; Up, Down, Home and End choose, and the last stays."""
    who = {"user": "ola", "channel": "performance"}
    said = [workspace.do("message", **who, text=text)["ts"] for text in "abc"]
    page.locator(f"[data-ts='{said[-1]}']").wait_for()
    expect(page.locator("#messages .message[tabindex='0']")).to_have_count(1)
    page.locator("[data-go='C0PERFORM']").focus()
    page.keyboard.press("F6")
    walked = []
    for key in ("End", "ArrowUp", "ArrowUp", "Home", "ArrowDown"):
        page.keyboard.press(key)
        walked.append(page.evaluate(FOCUS))
    assert walked == [said[2], said[1], said[0], advice, said[0]]
    expect(page.locator(f"[data-ts='{said[0]}']")).to_have_attribute("tabindex", "0")


def test_a_reaction_is_given_and_taken_back_by_keys(page, workspace, advice, tools):
    """R, arrows, Enter: the reaction is there and the focus still on its message."""
    message = page.locator(f"[data-ts='{advice}']")
    message.focus()
    page.keyboard.press("r")
    expect(page.get_by_role("menuitem", name=":white_check_mark:")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(message.get_by_role("button", name="eyes, 1")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(FOCUS) == advice
    message.get_by_role("button", name="eyes, 1").press("Enter")
    tools.wait(lambda: not tools.message(workspace, advice)["reactions"])


def test_the_focus_stays_when_a_message_is_rewritten(page, advice):
    """The button that was pressed is gone: the focus is on its message, not on nothing."""
    page.locator("[data-action-id='advice.acknowledge']").press("Enter")
    expect(page.locator(f"[data-ts='{advice}']")).to_contain_text("✔ Acknowledged")
    assert page.evaluate(FOCUS) == advice


def test_the_focus_is_kept_in_a_modal_and_given_back(page):
    """Tab goes round inside, both ways; Esc closes, and the menu's button has the focus again."""
    more = page.get_by_role("button", name="More actions")
    more.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    for key in ["Tab"] * 6 + ["Shift+Tab"] * 6:
        page.keyboard.press(key)
        assert page.evaluate(INSIDE)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(more).to_be_focused()


def test_a_thread_is_opened_and_left_by_keys(page, advice):
    """T opens it with the cursor in its box; Esc goes back to the message."""
    page.locator(f"[data-ts='{advice}']").focus()
    page.keyboard.press("t")
    expect(page.locator("#thread-composer")).to_be_focused()
    page.keyboard.type("on it")
    page.keyboard.press("Enter")
    expect(page.locator("#thread-messages")).to_contain_text("on it")
    page.keyboard.press("Escape")
    expect(page.locator("#thread")).to_be_hidden()
    assert page.evaluate(FOCUS) == advice


def test_f6_goes_round_the_page(page, advice):
    """Sidebar, messages, box; with a thread its messages and box too; Shift goes back."""
    page.locator("#composer").focus()
    page.keyboard.press("F6")
    expect(page.locator("[data-go='C0PERFORM']")).to_be_focused()
    page.keyboard.press("F6")
    assert page.evaluate(FOCUS) == advice
    page.keyboard.press("t")
    page.keyboard.press("Shift+F6")
    expect(page.locator("#thread .message")).to_be_focused()
    page.keyboard.press("Shift+F6")
    expect(page.locator("#composer")).to_be_focused()


def test_a_select_chooses_nothing_in_passing(bot, client, page, tools):
    """An arrow or a letter opens the list of a select that acts; it does not act by itself."""
    heard = []
    bot.app.action("window")(lambda ack: (ack(), heard.append(1)))
    options = [{"text": {"type": "plain_text", "text": each}, "value": each} for each in "ab"]
    select = {"type": "static_select", "action_id": "window", "options": options}
    blocks = [{"type": "actions", "elements": [select]}]
    client.chat_postMessage(channel="#performance", text="x", blocks=blocks)
    node = page.locator("select[data-action-id='window']")
    node.press("ArrowDown")
    expect(node).to_have_value("")
    page.keyboard.press("Escape")
    node.select_option("b")
    tools.wait(lambda: heard)
    assert heard == [1]


def test_tabs_are_worked_by_arrows(page):
    """One tab in the tab order; arrows choose; the panel has the tab's name."""
    page.locator("[data-go='D0KARI001']").press("Enter")
    page.get_by_role("tab", name="Home").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="About")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="About")).to_contain_text("Keys")
    expect(page.locator("[role=tab][tabindex='0']")).to_have_count(1)


def test_what_others_say_is_read_out(page, workspace, client):
    """A new message here and a whisper to me are announced; another channel's and mine are not."""
    spoken = page.locator("#spoken")
    workspace.do("message", user="ola", channel="general", text="elsewhere")
    workspace.do("message", user="kari", channel="performance", text="mine")
    client.chat_postEphemeral(channel="#performance", user="U0KARI001", text="*Google*: 78 300 kr")
    expect(spoken).to_have_text("perfbot: Google: 78 300 kr")
    workspace.do("message", user="ola", channel="performance", text="good")
    expect(spoken).to_have_text("Ola Hansen: good")


PRESSED = ("button", "textbox", "combobox", "listbox", "option", "checkbox", "radio", "link")
PRESSED = (*PRESSED, "menu", "menuitem", "tab", "tabpanel", "dialog", "article", "region", "image")


def unnamed(page):
    """What the browser tells assistive technology of, by role, without a name."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [
        (node["role"]["value"], node.get("nodeId"))
        for node in nodes
        if not node.get("ignored")
        and node["role"]["value"] in PRESSED
        and not node.get("name", {}).get("value")
    ]


def test_everything_has_a_name(page, advice, client, new_modal):
    """Channel, completion, picker, thread, modal with every input, Home: no nameless thing."""
    assert unnamed(page) == []
    page.locator("#composer").press_sequentially("/perf ")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    assert page.locator("[role=listbox] > :not([role=option])").count() == 0
    assert unnamed(page) == []
    page.locator("#composer").fill("")
    page.locator(f"[data-ts='{advice}']").focus()
    page.keyboard.press("r")
    assert unnamed(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    assert unnamed(page) == []
    page.get_by_role("button", name="More actions").last.click()
    page.get_by_role("menuitem").first.click()
    page.get_by_role("dialog").wait_for()
    assert unnamed(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_can_be_seen(workspace, advice, new_page, scheme):
    """Whatever Tab reaches has a line around it that stands out from the ground."""
    page = new_page(color_scheme=scheme)
    page.goto(workspace.url)
    page.locator(f"[data-ts='{advice}']").wait_for()
    page.locator("[data-user='kari']").focus()
    for _ in range(16):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), page.evaluate("document.activeElement.outerHTML")


SEEN = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const box = at.closest(".composer-box, .picker-box");
  const ring = box && getComputedStyle(box).boxShadow !== "none";
  const line = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return at === document.body || ring || line;
}"""
