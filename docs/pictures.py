"""`python -m docs.pictures`: takes the README's pictures anew from the demo, in a real browser.

Needs Chromium (PERFBOT_BROWSER, or on the path). The demo's seed and morning are fixed, so that the
pictures change only when what people see does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent / "pictures"
PORT = 3955
ADDRESS = f"http://127.0.0.1:{PORT}"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@contextmanager
def demo() -> Iterator[None]:
    """The demo as a user starts it, until its digest is in the channel."""
    words = ["demo", "--no-open", "--port", str(PORT), "--as-of", "2026-11-23", "--seed", "1"]
    running = subprocess.Popen([sys.executable, "-c", "from bot.cli import main; main()", *words])
    try:
        _wait()
        yield
    finally:
        running.terminate()
        running.wait(timeout=20)


def _wait() -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{ADDRESS}/_control/state") as answer:
                if b"Good morning" in answer.read():
                    return
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit("The demo did not come up within two minutes.")


def digest(page: Page) -> None:
    """The morning digest, with the thread of its advice beside it."""
    page.goto(ADDRESS)
    page.get_by_text("replies").first.click()
    page.get_by_role("button", name="Show evidence").first.wait_for()
    page.wait_for_timeout(800)
    page.screenshot(path=HERE / "digest.png")


def channel(page: Page) -> None:
    """The answer to a slash command."""
    page.goto(ADDRESS)
    composer = page.locator("[contenteditable], textarea").first
    composer.click()
    page.keyboard.type("/perf channel google")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_text("Only visible to you").first.wait_for()
    page.wait_for_timeout(800)
    page.screenshot(path=HERE / "channel.png")


def main() -> None:
    browser_path = os.environ.get("PERFBOT_BROWSER") or shutil.which("chromium")
    HERE.mkdir(exist_ok=True)
    with demo(), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, timezone_id="Europe/Oslo")
        for take in (digest, channel):
            take(page)
        browser.close()


if __name__ == "__main__":
    main()
