"""`python -m docs.pictures`: takes the pictures of README and guide anew, in a real browser.

The README's come from the demo, the guide's from the run of the working week (tests/e2e/week):
`python -m docs.pictures week` takes over those the last run left, `… demo` takes the README's,
`… starting` those of docs/starting.md, from a newcomer's first minutes (docs/starting.py).
Needs Chromium (PERFBOT_BROWSER, or on the path). Seed and morning are fixed, so that pictures
change only when what people see does.
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from docs.starting import beginner

HERE = Path(__file__).parent / "pictures"
WEEK = Path(__file__).parents[1] / "artefacts" / "week"
MOST_BYTES = 150_000
FROM_THE_WEEK = {
    "week-digest.png": "digest-en-desktop",
    "week-channel.png": "channel-en-desktop",
    "week-channel-phone.png": "channel-nb-phone",
    "week-why.png": "why-en-desktop",
    "week-evidence.png": "evidence-en-desktop",
    "week-acknowledged.png": "acknowledged-en-desktop",
    "week-dismiss.png": "dismiss-en-desktop",
    "week-halved-phone.png": "halved-nb-phone",
    "week-home.png": "home-en-desktop",
    "week-target.png": "target-en-desktop",
    "week-shared.png": "shared-en-desktop",
    "week-outcome.png": "outcome-en-desktop",
}
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
    shift = page.locator("#thread-messages article").filter(has_text="Move").first
    shift.evaluate("node => node.scrollIntoView({block: 'start'})")
    page.mouse.move(1, 1)
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


def shrink(source: Path, target: Path) -> None:
    """The same picture in at most 256 colours: a third of the bytes, and nobody sees it."""
    with Image.open(source) as picture:
        picture.convert("RGB").quantize(256).save(target, optimize=True)


def from_the_week() -> None:
    """The guide's pictures, of what the last run of the working week left."""
    for name, step in FROM_THE_WEEK.items():
        (source,) = WEEK.glob(f"[0-9][0-9]-{step}.png")
        shrink(source, HERE / name)


def play_the_week() -> None:
    """The working week, from Monday's digest to what came of it."""
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/e2e/week"]
    subprocess.run([sys.executable, *words], check=True, cwd=HERE.parents[1])


def _morning() -> str:
    """A time zone where it is between seven and eight now: the picture is of a morning."""
    ahead = (7 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+}"  # whose signs are the other way round


def from_the_demo() -> None:
    """The README's pictures."""
    browser_path = os.environ.get("PERFBOT_BROWSER") or shutil.which("chromium")
    HERE.mkdir(exist_ok=True)
    with demo(), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, timezone_id=_morning())
        for take in (digest, channel):
            take(page)
        browser.close()
    for name in ("digest.png", "channel.png"):
        shrink(HERE / name, HERE / name)


TERMINAL = """<body style="margin:0;padding:18px;background:#e9ecef;display:inline-block">
<div style="background:#1d1f21;border-radius:9px;padding:14px 18px;box-shadow:0 3px 10px #0004">
<div style="color:#888;font:13px sans-serif;padding-bottom:9px">{title}</div>
<pre style="margin:0;max-width:112ch;white-space:pre-wrap;color:#e4e4e4;
font:13px/1.42 'DejaVu Sans Mono',monospace">{text}</pre>
</div></body>"""
ASKED_UNTIL, PLAN_UNTIL = "Time zone of your mornings", "The first digest:"


def from_the_start() -> None:
    """docs/starting.md's pictures: what the terminal shows, and the first answer in Slack."""
    browser_path = os.environ.get("PERFBOT_BROWSER") or shutil.which("chromium")
    with (
        tempfile.TemporaryDirectory(prefix="perfbot-first-") as folder,
        beginner(Path(folder)) as person,
        sync_playwright() as play,
    ):
        shown = person.init()
        person.give_slack()
        doctor = person.doctor()
        browser = play.chromium.launch(executable_path=browser_path, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1180, "height": 900}, device_scale_factor=1)
        for name, text in _terminals(shown, doctor).items():
            title = "perfbot doctor" if name == "start-doctor.png" else "perfbot init"
            page.set_content(TERMINAL.format(title=title, text=html.escape(text)))
            page.locator("body").screenshot(path=HERE / name)
        with person.running():
            _first_answer(browser, person.workspace.url, f"/perf channel google {person.span}")
        browser.close()
    for name in (*_terminals("", ""), "start-slack.png"):
        shrink(HERE / name, HERE / name)


def _terminals(shown: str, doctor: str) -> dict[str, str]:
    """The run of init in two pieces, its digest's head among them, and the doctor's findings."""
    asked, _, after = shown.partition(ASKED_UNTIL)
    zone, _, pulled = after.partition("\n")
    plan, _, digest = pulled.partition(PLAN_UNTIL)
    first_card = digest.partition("\n\n  │ 2.")[0].strip("\n")
    return {
        "start-asked.png": f"$ perfbot init\n{asked}{ASKED_UNTIL}{zone}",
        "start-plan.png": plan.strip("\n"),
        "start-digest.png": f"{PLAN_UNTIL}\n\n{first_card}",
        "start-doctor.png": f"$ perfbot doctor\n{doctor}".strip("\n"),
    }


def _first_answer(browser: Browser, address: str, question: str) -> None:
    page = browser.new_page(viewport={"width": 1180, "height": 860})
    page.goto(address)
    page.locator("[contenteditable], textarea").first.click()
    page.keyboard.type(question)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    answer = page.get_by_text("Share in channel").first
    answer.wait_for(timeout=90_000)
    newest = page.locator("article").filter(has_text="Only visible to you").last
    newest.evaluate("node => node.scrollIntoView({block: 'start'})")
    page.wait_for_timeout(800)
    page.screenshot(path=HERE / "start-slack.png")


def main() -> None:
    (wanted,) = sys.argv[1:] or ["all"]
    if wanted == "all":
        play_the_week()
    if wanted in {"all", "demo"}:
        from_the_demo()
    if wanted in {"all", "week"}:
        from_the_week()
    if wanted in {"all", "starting"}:
        from_the_start()


if __name__ == "__main__":
    main()
