"""Shared by all tests: a local workspace; a browser and public data, where there are any."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

from bot.demo.workspace import Workspace
from bot.places import CHECKOUT

# No deadline: a slow machine is no bug. In CI the same examples each time: a red run can be rerun.
settings.register_profile("perfbot", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("perfbot")

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = "no browser found: apt install chromium, or set PERFBOT_BROWSER=/path"


def find_browser() -> str | None:
    """The browser to test with: PERFBOT_BROWSER, else Chromium or Chrome on the path."""
    given = os.environ.get("PERFBOT_BROWSER")
    if given:
        return given if Path(given).is_file() else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; its tests are skipped where there is none."""
    path = find_browser()
    if path is None and os.environ.get("PERFBOT_REQUIRE_BROWSER") == "1":
        pytest.fail(HOW)
    if path is None:
        pytest.skip(HOW)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield found
        found.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, each with cookies and size of its own: `new_page(viewport={…})`."""
    contexts = []

    def opened(**options: object) -> Page:
        settings = {"viewport": {"width": 1280, "height": 860}, "timezone_id": "Europe/Oslo"}
        context = browser.new_context(**{**settings, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def browser_page(new_page: Callable[..., Page]) -> Page:
    """A page at desktop size."""
    return new_page()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The public data beside the checkout; its tests are skipped where it is absent."""
    folder = Path(os.environ.get("PERFBOT_SHARED_DATA", CHECKOUT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no shared data beside the checkout; PERFBOT_SHARED_DATA names it")
    return folder


@pytest.fixture(scope="session")
def one_workspace() -> Iterator[Workspace]:
    """One local Slack for the whole run: starting one costs more than most tests."""
    with Workspace() as running:
        yield running


@pytest.fixture
def workspace(one_workspace: Workspace) -> Workspace:
    """A local Slack as on its first morning; bots of earlier tests are gone."""
    for _ in range(500):
        if not one_workspace.connected():
            break
        time.sleep(0.01)
    one_workspace.do("reset")
    return one_workspace
