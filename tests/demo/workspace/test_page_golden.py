"""Every message and view perfbot writes, in both languages, as the page draws it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

GOLDEN = Path(__file__).parents[2] / "render" / "golden"

DRAW = """async (all) => {
  const { blocks } = await import("/page/blocks.js");
  const context = { errors: {}, draft: () => undefined, change: () => {}, act: () => {} };
  const box = document.createElement("div");
  const shape = (node) => node.getBoundingClientRect();
  const find = (what) => [...box.querySelectorAll(what)];
  const cut = (node) => node.outerHTML.slice(0, 120);
  const slim = (node) => innerWidth < 760 && shape(node).height < 40;
  const sticks = (node) => !node.closest(".table-box") && shape(node).right > innerWidth + 0.5;
  document.getElementById("messages").append(box);
  return all.map(([name, list]) => {
    box.replaceChildren(blocks(list.map((each, i) => ({ block_id: `b${i}`, ...each })), context));
    const nameless = find("img:not([alt]), svg[role=img]:not([aria-label])").length;
    const empty = find(".block").filter((node) => !shape(node).height).length;
    const out = find("*").filter(sticks).map(cut);
    const small = find(".button, .field-box:not(.ghost)").filter(slim).map(cut);
    return [name, find(".unknown").length, nameless, empty, out, small];
  });
}"""


def goldens():
    """Name and blocks of each message and view."""
    files = sorted(GOLDEN.glob("*/**/*.json"))
    return [
        (file.relative_to(GOLDEN).as_posix(), json.loads(file.read_text("utf-8"))["blocks"])
        for file in files
    ]


@pytest.mark.parametrize("width", [390, 1280])
def test_every_message_is_drawn_whole(workspace, new_page, width):
    """No block unknown, none empty, no picture without words; on a phone nothing sticks out, and
    what is to be pressed is big enough for a thumb."""
    page = new_page(viewport={"width": width, "height": 844})
    page.goto(workspace.url)
    page.locator("#composer").wait_for()
    found = page.evaluate(DRAW, goldens())
    assert len(found) > 100
    assert [each for each in found if each[1:] != [0, 0, 0, [], []]] == []
