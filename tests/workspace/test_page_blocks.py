"""Every block as the page draws it, and hostile text that stays text."""

from __future__ import annotations

import random
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

EVIL = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    "*x*_y_`z` {{7*7}} \u202eabc"
)
ESCAPED = EVIL.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text):
    return {"type": "plain_text", "text": text}


def rich(*elements):
    return {"type": "rich_text", "elements": list(elements)}


def part(kind, *elements, **more):
    return {"type": f"rich_text_{kind}", "elements": list(elements), **more}


def word(text, **style):
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def raw(text):
    return {"type": "raw_text", "text": text}


def number(value):
    return {"type": "raw_number", "value": value}


def plot(kind, names=("Spend", "Before")):
    days = ["Mon", "Tue", "Wed"]
    series = [
        {"name": name, "data": [{"label": day, "value": 10 * i + n} for i, day in enumerate(days)]}
        for n, name in enumerate(names)
    ]
    chart = {"type": kind, "series": series, "axis_config": {"categories": days, "y_label": "kr"}}
    return {"type": "data_visualization", "title": f"A {kind}", "chart": chart}


OPTIONS = [{"text": plain("28 days"), "value": "28d"}, {"text": plain("mtd"), "value": "mtd"}]
BUTTON = {"type": "button", "action_id": "b", "text": plain("Press")}
TABLE = [
    [raw("Campaign"), raw("Spend")],
    [raw("B"), number(2)],
    [raw("A"), number(10)],
    [raw("C"), number(1)],
]
BLOCKS = [
    {"type": "header", "text": plain("Good morning :tada:")},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*bold* _it_ ~no~ `code`"},
        "accessory": BUTTON,
    },
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "one"}, plain("two")]},
    {"type": "divider"},
    {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": "<!date^1795417200^{date_num} {time}|then>"}],
    },
    {
        "type": "actions",
        "elements": [
            {
                **BUTTON,
                "action_id": "b1",
                "style": "danger",
                "confirm": {
                    "title": plain("Sure?"),
                    "text": plain("Really."),
                    "confirm": plain("Yes"),
                    "deny": plain("No"),
                },
            },
            {
                "type": "static_select",
                "action_id": "s1",
                "placeholder": plain("Window"),
                "options": OPTIONS,
            },
            {"type": "datepicker", "action_id": "d1", "placeholder": plain("Another day")},
            {"type": "overflow", "action_id": "o1", "options": OPTIONS},
        ],
    },
    {
        "type": "input",
        "block_id": "i",
        "label": plain("Note"),
        "element": {"type": "plain_text_input", "action_id": "n"},
    },
    rich(
        part(
            "section",
            word("bold", bold=True),
            {"type": "user", "user_id": "U0KARI001"},
            {"type": "emoji", "name": "eyes"},
            {"type": "link", "url": "https://example.com", "text": "link"},
            {"type": "channel", "channel_id": "C0GENERAL"},
        ),
        part(
            "list", part("section", word("first")), part("section", word("second")), style="ordered"
        ),
        part("quote", word("said")),
        part("preformatted", word("x = 1")),
    ),
    {
        "type": "table",
        "rows": [[raw("a"), raw("b")], [raw("1"), rich(part("section", word("two", italic=True)))]],
    },
    {"type": "data_table", "caption": "Campaigns", "page_size": 2, "rows": TABLE},
    {
        "type": "markdown",
        "text": "## Title\n**bold** [link](https://e.com)\n\n- item\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |",
    },
    {
        "type": "context_actions",
        "elements": [
            {"type": "icon_button", "icon": "trash", "action_id": "t1", "text": plain("Delete")}
        ],
    },
]


@pytest.fixture
def show(workspace, client, browser_page):
    """Posts blocks and opens the page on them."""

    def shown(*lists):
        for blocks in lists:
            client.chat_postMessage(channel="#performance", text="x", blocks=blocks)
        browser_page.goto(workspace.url)
        browser_page.locator(".message").nth(len(lists) - 1).wait_for()
        return browser_page

    return shown


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
    page = show([BLOCKS[9]])
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


def evil_blocks():
    text = {"type": "mrkdwn", "text": ESCAPED}
    return [
        [
            {"type": "section", "text": text, "fields": [text, plain(EVIL)]},
            {"type": "header", "text": plain(EVIL)},
            {"type": "context", "elements": [text, plain(EVIL)]},
            {"type": "actions", "elements": [{**BUTTON, "text": plain(EVIL[:75]), "value": EVIL}]},
            {
                "type": "input",
                "label": plain(EVIL),
                "element": {"type": "plain_text_input", "action_id": "n", "initial_value": EVIL},
            },
            rich(
                part(
                    "section",
                    word(EVIL),
                    {"type": "link", "url": "javascript:window.hacked=1", "text": EVIL},
                ),
                part("preformatted", word(EVIL)),
            ),
            {
                "type": "table",
                "rows": [[raw("x"), raw(EVIL)], [raw(EVIL), rich(part("section", word(EVIL)))]],
            },
            {
                "type": "data_table",
                "caption": EVIL,
                "rows": [[raw("x"), raw("y")], [raw(EVIL), raw(EVIL)]],
            },
            {
                "type": "markdown",
                "text": f"# {EVIL}\n\n[a](javascript:window.hacked=1)\n\n```\n{EVIL}\n```",
            },
        ],
        [
            {
                "type": "section",
                "text": {
                    "type": "mrkdwn",
                    "text": f'<javascript:window.hacked=1|{ESCAPED}> <https://x.example/"onmouseover=alert(1)|a>',
                },
            }
        ],
        [{**plot("line", names=("<script>x</script>",)), "title": "<img src=x onerror=hacked=1>"}],
    ]


HANDLERS = """() => [...document.querySelectorAll('#messages *')]
  .flatMap((node) => [...node.attributes]).filter((each) => each.name.startsWith('on')).length"""


def test_hostile_text_is_inert_everywhere(show, workspace, client):
    """Names with markup, in every block: shown as typed, nothing runs, nothing is fetched."""
    fetched = []
    workspace.do("message", user="kari", channel="performance", text=EVIL)
    client.chat_postEphemeral(channel="#performance", user="U0KARI001", text=ESCAPED)
    page = show(*evil_blocks())
    page.on("request", lambda request: fetched.append(request.url))
    page.reload()
    page.locator(".message").nth(4).wait_for()
    page.locator("a[href^='https://x.example']").hover()
    assert page.evaluate("() => window.hacked") is None
    assert page.locator("#messages script, #messages img:not(.avatar)").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.evaluate(HANDLERS) == 0
    assert page.locator("#messages").inner_text().count("<img src=x onerror=") >= 12
    assert all(url.startswith((workspace.url, "data:")) for url in fetched)


RENDER = """async (texts) => {
  const { mrkdwn } = await import("/page/mrkdwn.js");
  return texts.map((text) => {
    const box = document.createElement("div");
    box.append(...mrkdwn(text).flat(Infinity));
    return box.innerHTML;
  });
}"""


READS = {
    "*a* _b_ ~c~ `d`": "<strong>a</strong> <em>b</em> <del>c</del> <code>d</code>",
    "*a _b_ c*": "<strong>a <em>b</em> c</strong>",
    "snake_case_name 2*3*4": "snake_case_name 2*3*4",
    "(*x*), *y*.": "(<strong>x</strong>), <strong>y</strong>.",
    "`*not*`": "<code>*not*</code>",
    "a &lt;b&gt; &amp;amp;": "a &lt;b&gt; &amp;amp;",
    "```\n*x*\n```": '<pre class="code">*x*</pre>',
    "&gt; one\n&gt; two\nthree": "<blockquote>one<br>two</blockquote>three",
    "a\nb": "a<br>b",
    ":nosuch: x": ":nosuch: x",
    "<@U0KARI001>": '<span class="mention me">@Kari Nordmann</span>',
    "<!channel>": '<span class="mention me">@channel</span>',
    "<!date^x^{time}|then>": '<time title="then">then</time>',
}


def test_mrkdwn_reads_as_slack_does(show):
    """Marks at word edges, escapes undone once, code kept as it is."""
    found = show([{"type": "divider"}]).evaluate(RENDER, list(READS))
    assert dict(zip(READS, found, strict=True)) == READS


def test_no_text_becomes_anything_else(show):
    """A thousand random texts of marks and markup: only the tags mrkdwn has come out."""
    pick = random.Random(7)
    bits = [
        "<",
        ">",
        "&",
        "&lt;",
        "&gt;",
        "*",
        "_",
        "~",
        "`",
        "```",
        "|",
        "!",
        "@",
        "#",
        "^",
        "\n",
        " ",
        "a",
        "script",
        "img onerror=",
        "https://x",
        "javascript:",
        ":tada:",
        "\ue000",
        "é",
    ]
    texts = ["".join(pick.choices(bits, k=pick.randint(1, 25))) for _ in range(1000)]
    allowed = {"strong", "em", "del", "code", "pre", "blockquote", "br", "a", "span", "time"}
    for html in show([{"type": "divider"}]).evaluate(RENDER, texts):
        assert set(re.findall(r"<([a-z0-9]+)", html)) <= allowed
        assert not re.search(r'href="(?!https?://|mailto:|/archives/)', html)
