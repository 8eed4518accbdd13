"""Text on the page stays text: mrkdwn as Slack reads it, hostile names inert."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

EVIL = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    "*x*_y_`z` {{7*7}} \u202eabc"
)
ESCAPED = EVIL.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def hostile():
    """Lists of blocks with hostile text in every place that takes text."""
    text = (Path(__file__).parent / "data" / "hostile.json").read_text(encoding="utf-8")
    for name, value in (("ESCAPED", ESCAPED), ("EVIL", EVIL), ("CUT", EVIL[:75])):
        text = text.replace(name, json.dumps(value)[1:-1])
    return json.loads(text)


HANDLERS = """() => [...document.querySelectorAll('#messages *')]
  .flatMap((node) => [...node.attributes]).filter((each) => each.name.startsWith('on')).length"""


def test_hostile_text_is_inert_everywhere(show, workspace, client):
    """Names with markup, in every block: shown as typed, nothing runs, nothing is fetched."""
    fetched = []
    workspace.do("message", user="kari", channel="performance", text=EVIL)
    client.chat_postEphemeral(channel="#performance", user="U0KARI001", text=ESCAPED)
    page = show(*hostile())
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
