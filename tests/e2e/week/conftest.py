"""The stage of the working week: one clock for everything, two people, and what follows Monday."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from bot.app.composition import Composition
from bot.demo.market.demo import CAMPAIGNS, CURRENCY
from bot.demo.market.kinds import Event
from bot.demo.market.simulate import play
from bot.demo.workspace import Workspace
from bot.slack import socket
from bot.slack.app import drain
from bot.store import open_store
from bot.store.base import Subscription

MONDAY, ZONE = date(2026, 11, 23), "Europe/Oslo"
WEEK = timedelta(days=7)
WORKDAYS = (1, 2, 3, 4, 5)
CHANNELS = {"kari": "C0PERFORM", "ola": "C0GENERAL"}
LANGUAGES = {"kari": "en", "ola": "nb"}
IDS = {"kari": "U0KARI001", "ola": "U0OLA0001"}
SCREENS = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
ARTEFACTS = Path(__file__).parents[3] / "artefacts" / "week"
Where = Callable[[Page], Locator]


class Clock:
    """The one clock of perfbot, Slack and the browsers; people take a minute a step."""

    def __init__(self) -> None:
        self.now = at(MONDAY, 7, 30)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of an autumn day in Oslo."""
    return datetime(day.year, day.month, day.day, hour - 1, minute, tzinfo=UTC)


def _aftermath(budgets: dict[str, float], since: date, until: date) -> pd.DataFrame:
    """What the market does from Monday on: what broke is mended, the new budgets hold from `since`.

    The worn ad wears on for a week: nobody has made a fresh one before.

    The demo's market played on with another seed, each row once for every pull that changed it.
    """
    specs = [
        replace(
            spec,
            started_days_ago=None,
            events=_stepped(spec.daily_budget, budgets.get(spec.campaign_id), until, since),
        )
        for spec in CAMPAIGNS
    ]
    days = (until - MONDAY).days + 30
    rows = play(specs, until, days=days, seed=7, currency=CURRENCY).numbers
    worn, first_week = _worn(), rows["date"] < pd.Timestamp(MONDAY + WEEK)
    rows = rows[~(first_week & rows["campaign_id"].isin(worn["campaign_id"]))]
    rows = pd.concat([rows, worn], ignore_index=True)
    return rows[rows["date"] >= pd.Timestamp(MONDAY)]


def _worn() -> pd.DataFrame:
    """The campaigns whose ad was tiring on Monday, to the end of that week."""
    specs = [
        replace(spec, events=(Event("fatigue", spec.events[0].days_ago + WEEK.days, 0.35),))
        for spec in CAMPAIGNS
        if spec.events and spec.events[0].kind == "fatigue"
    ]
    return play(specs, MONDAY + WEEK, days=30, seed=7, currency=CURRENCY).numbers


def _stepped(usual: float, now: float | None, until: date, since: date) -> tuple[Event, ...]:
    return () if now is None else (Event("budget", (until - since).days, now / usual),)


@dataclass
class Week:
    """Two people at a desk and on a phone each, and the days as they come."""

    workspace: Workspace
    context: Composition
    clock: Clock
    pages: dict[tuple[str, str], Page]
    shots: int = 0
    market: pd.DataFrame | None = None
    read: datetime = field(default_factory=lambda: at(MONDAY, 6))

    def desk(self, who: str) -> Page:
        return self.pages[who, "desktop"]

    def phone(self, who: str) -> Page:
        return self.pages[who, "phone"]

    # -- days -------------------------------------------------------------------------------
    def monday(self) -> None:
        """The digest in #performance in English, in #general in Norwegian."""
        for who, channel in CHANNELS.items():
            wish = Subscription(0, channel, "07:30", WORKDAYS, ZONE, LANGUAGES[who], IDS[who])
            self.context.tick().write(self.context.store.subscribe(wish), MONDAY, self.clock())
        self.context.outbox.deliver()

    def morning(self, day: date) -> None:
        """Half past seven of another day: yesterday's numbers are read, digests come."""
        assert self.market is not None
        self.turn(at(day, 7, 30))
        pulled = self.market["pulled_on"]
        new = self.market[(pulled > pd.Timestamp(self.read.date())) & (pulled <= pd.Timestamp(day))]
        self.context.store.add_numbers(new, source="demo", pulled_at=self.clock())
        self.read = self.clock()
        self.context.tick()()

    def later(self, day: date, hour: int) -> None:
        """Another hour of a day that has begun: what is due then is said."""
        self.turn(at(day, hour))
        self.context.tick()()

    def turn(self, now: datetime) -> None:
        """It is another time: for perfbot, for Slack and in the browsers."""
        self.clock.now = now
        for page in self.pages.values():
            page.clock.set_fixed_time(now)
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def minute(self) -> None:
        self.turn(self.clock.now + timedelta(minutes=1))

    # -- what people do ---------------------------------------------------------------------
    def type(self, page: Page, text: str, box: str = "#composer") -> None:
        self.minute()
        page.locator(box).fill(text)
        if text.startswith("/"):
            page.keyboard.press("Escape")  # closes the completion; the text stays
        page.locator(box).press("Enter")

    def whisper(self, page: Page, text: str) -> Locator:
        """The newest answer that only this person sees, once it says `text`."""
        answer = page.locator(".message.ephemeral").last
        expect(answer).to_contain_text(text)
        return answer

    def press(self, where: Locator, action: str) -> None:
        self.minute()
        where.locator(f"[data-action-id='{action}']").click()

    def close(self, page: Page) -> None:
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)

    def open_thread(self, which: int = 0) -> None:
        """The thread of the nth digest, on every screen."""
        for page in self.pages.values():
            if page.locator("#thread").is_visible():
                page.get_by_role("button", name="Close thread").click()
            page.locator("#messages .thread-link").nth(which).click()
            page.locator("#thread-messages .message").first.wait_for()

    def close_thread(self) -> None:
        for page in self.pages.values():
            page.get_by_role("button", name="Close thread").click()

    def item(self, page: Page, action: str) -> Locator:
        """The message about the advice of this action, in the thread that is open."""
        every_advice = [record.advice for record in self.context.store.all_advice()]
        # a part's may bear the same action: the campaign's is meant where there is one
        every_advice.sort(key=lambda advice: not advice.rule.startswith("detail-"))
        ids = {advice.action: advice.id for advice in every_advice}
        sent = self.context.store.messages_of(ids[action])
        where = ", ".join(f"#thread-messages [data-ts='{one.ts}']" for one in sent)
        return page.locator(where)

    def home(self) -> None:
        """perfbot's Home tab, on every screen."""
        for page in self.pages.values():
            if page.get_by_role("button", name="Channels").is_visible():
                page.get_by_role("button", name="Channels").click()
            page.locator("#sidebar .place").filter(has_text="perfbot").click()
            page.locator("#home [data-view-id]").wait_for()

    def channel(self, name: str = "") -> None:
        """Back in one's channel (or another), on every screen."""
        for (who, _), page in self.pages.items():
            if page.get_by_role("button", name="Channels").is_visible():
                page.get_by_role("button", name="Channels").click()
            page.locator(f"#sidebar [data-go='{name or CHANNELS[who]}']").click()
            page.locator("#composer").wait_for()

    # -- what is kept -----------------------------------------------------------------------
    def keep(self, name: str, where: Where | None = None) -> None:
        """Pictures of every screen, by day and by night, with what it is about in view."""
        self.shots += 1
        for (who, width), page in self.pages.items():
            if where:
                found = where(page)
                found.wait_for()
                found.evaluate("node => node.scrollIntoView({block: 'start'})")
            page.mouse.move(1, 1)  # what a pointer hovers over has tools above it
            for look, ending in (("dark", "-dark"), ("light", "")):
                page.emulate_media(color_scheme=look)
                file = f"{self.shots:02}-{name}-{LANGUAGES[who]}-{width}{ending}.png"
                page.screenshot(path=ARTEFACTS / file)


@pytest.fixture
def aftermath() -> Callable[..., pd.DataFrame]:
    """What the market does from Monday on."""
    return _aftermath


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(clock: Clock) -> Iterator[Workspace]:
    """A local Slack whose time is ours to turn."""
    with Workspace(clock=clock.seconds) as running:
        yield running


@pytest.fixture
def screens(workspace, new_page, clock) -> dict[tuple[str, str], Page]:
    """Kari and Ola, each at a desk and on a phone, in their channels."""
    found = {}
    for who, channel in CHANNELS.items():
        for width, options in SCREENS.items():
            page = new_page(reduced_motion="reduce", **options)
            page.clock.set_fixed_time(clock())
            page.goto(f"{workspace.url}/archives/{channel}?user={who}")
            page.locator("#composer").wait_for()
            found[who, width] = page
    return found


@pytest.fixture
def week(workspace, database, shared, settings_for, clock, screens) -> Iterator[Week]:
    """perfbot at 07:30 on a Monday, connected; nothing posted yet."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    for old in ARTEFACTS.glob("*.png"):
        old.unlink()
    context = Composition(settings_for(workspace), open_store(database), *shared, clock)
    app = context.bolt()
    with ExitStack() as stack:
        stack.callback(context.store.close)
        stack.callback(context.homes.stop)
        stack.callback(drain, app)
        stack.callback(socket.connect(app, workspace.app_token, workspace.api_url).close)
        _wait(workspace.connected)
        yield Week(workspace, context, clock, screens)


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end, "perfbot did not connect"
        time.sleep(0.02)
