"""Two clients of one agency, judged on one morning; everything of the second is a canary."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bot.ask import Asker, Context, Desk
from bot.context.context import ALWAYS, values_of
from bot.demo.market.demo import demo
from bot.jobs import morning
from bot.numbers.plan import PlanEntry
from bot.settings import Settings
from bot.store import open_store
from bot.store.base import ChannelOwner, Event, Outgoing, PlanRow, Pull, Store, Subscription
from tests.office import MORNING, NOW, deliver
from tests.once import made_once

ALFA, ZYX = "Alfa Hotels", "Zyxwood"
TEAM, OURS, THEIRS, NOBODYS = "C0TEAM", "C0ALFA", "C0ZYX", "C0NEW"
CANARY = "zyx"
ELSEWHERE = {"tiktok_ads": "snapchat_ads"}  # where only the second client advertises
CODES: dict[str, int] = {}  # the second client's campaigns, each with a word of its own
TIMES = 10_000  # the other client's money: whatever holds some of it has nine digits or more
SUMS = re.compile(r"(?<![\w.])(?:\d{1,3}(?:[\u00a0\u202f ,]\d{3}){2,}|\d{9,})(?!\w)")
WORDS = re.compile(rf"{CANARY}\w*|snapchat")
MOMENTS = re.compile(r"(?<!\d)179\d{7}(?!\d)")  # seconds since 1970, of that autumn


def canaries(shown: object, typed: str = "") -> list[str]:
    """What of the second client stands in something shown: its names, or amounts of its size.

    Each of its campaigns has a word of its own; one that was typed may be said back.
    """
    text = MOMENTS.sub("", repr(shown))
    said_back = set(WORDS.findall(typed.casefold()))
    found = sorted(set(WORDS.findall(text.casefold())) - said_back)
    return found + [sum_ for sum_ in SUMS.findall(text) if len(re.sub(r"\D", "", sum_)) > 8]


@dataclass
class Agency:
    """A desk over both clients' campaigns."""

    desk: Desk
    store: Store

    def ask(self, text: str, channel: str = OURS, user: str = "U1", as_of: date | None = None):
        return self.desk.ask(text, Asker(user, channel, "en", "Europe/Oslo"), as_of or MORNING)

    def ids(self, client: str) -> list[str]:
        """Ids of a client's advice."""
        records = self.store.all_advice()
        return [each.advice.id for each in records if _is_of(each.advice, client)]


def _is_of(advice: Any, client: str) -> bool:
    of_zyx = [CANARY in campaign_id.casefold() for campaign_id in advice.campaign_ids]
    return all(of_zyx) if client == ZYX else not any(of_zyx)


def both(market: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The market once more, as the second client's: other names and ids, money of another size."""
    frames = []
    for frame in (market.numbers, market.window_reach):
        others = frame.copy()
        words = [f"Zyx{CODES.setdefault(each, len(CODES)):02}" for each in frame["campaign_id"]]
        for column in {"campaign_id", "campaign_name"} & {*others}:
            others[column] = [
                f"{word} {each}" for word, each in zip(words, frame[column], strict=True)
            ]
        others["account_id"] = "zyx-account"
        others["channel"] = others["channel"].replace(ELSEWHERE)
        for column in {"spend", "revenue", "daily_budget"} & {*others}:
            others[column] = others[column] * TIMES
        frames.append(pd.concat([frame, others], ignore_index=True))
    return frames[0], frames[1]


def plan_of(entries: tuple[PlanEntry, ...]) -> Iterator[PlanEntry]:
    """Both clients' entries: the second's first, so that an order kept wrongly shows."""
    for entry in entries:
        budget = entry.monthly_budget and entry.monthly_budget * TIMES
        yield replace(
            entry, match=_theirs(entry.match), client=ZYX, monthly_budget=budget, owner="Zyx Owner"
        )
    for entry in entries:
        yield replace(entry, client=ALFA)


def _theirs(match: str) -> str:
    channel, _, name = match.partition(":")
    return f"{ELSEWHERE.get(channel, channel)}:Zyx?? {name}"


@pytest.fixture(scope="session")
def two_clients(tmp_path_factory, rulebook, renderers) -> Path:
    """A database: both judged this morning, each one's digest posted, answers given by both."""

    def judge(folder: Path) -> None:
        store = open_store(folder / "perfbot.db")
        fill(store, rulebook, renderers)
        store.close()

    return made_once(tmp_path_factory, "clients", judge) / "perfbot.db"


def fill(store: Store, rulebook: Any, renderers: Any) -> None:
    """Numbers, plan, owners, advice, digests and answers of both clients."""
    market = demo(MORNING, 1)
    numbers, reach = both(market)
    store.add_numbers(numbers, source="zyx-platform", pulled_at=NOW)
    store.add_window_reach(reach)
    store.add_details(parts())
    for account, error in (("", ""), ("zyx-account", "Zyx refused")):
        pull = Pull("zyx-platform" if account else "ads", NOW, MORNING, MORNING, ok=not error,
                    account_id=account, channels=("google_ads",), error=error)  # fmt: skip
        store.record_pull(pull)
    keep_plan(store, plan_of(market.plan))
    for channel, client in ((TEAM, "*"), (OURS, ALFA), (THEIRS, ZYX)):
        store.assign_channel(ChannelOwner(channel, client), by="U9", at=NOW)
        store.set_preference(f"channel:{channel}", name=f"{client.split()[0].lower()}-team")
    morning.refresh(store, rulebook, MORNING, clock=now)
    for channel in (TEAM, OURS, THEIRS):
        post(store, rulebook, renderers, channel)


def parts() -> pd.DataFrame:
    """Keywords, ads, pages and audiences below a campaign of each client."""
    frames = []
    for word, account, times in (("", "google-1", 1), ("Zyx06 ", "zyx-account", TIMES)):
        for level, spend in product(("keyword", "ad", "landing_page", "device"), (1000, 7000)):
            name = f"{word}{level} {spend}"
            frames.append(pd.DataFrame({
                "date": pd.date_range(end=MORNING - timedelta(1), periods=40),
                "channel": "google_ads", "account_id": account,
                "campaign_id": f"{word}g-generic", "level": level, "detail_id": name,
                "detail_name": name, "currency": "NOK", "spend": spend / 28 * times,
                "clicks": spend / 280, "impressions": float(spend), "conversions": spend / 28000,
            }))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def keep_plan(store: Store, entries: Iterable[PlanEntry]) -> None:
    """Keep entries as a file's, in their order."""
    rows = [
        PlanRow(each.match, values_of(each), ALWAYS, "Zyx planner", NOW, "file", position)
        for position, each in enumerate(entries)
    ]
    store.set_plan(rows, origin="file")


def post(store: Store, rulebook: Any, renderers: Any, channel: str) -> list[Outgoing]:
    """A channel's digest of the morning, as it was posted."""
    wanted = Subscription(0, channel, "07:30", (1, 2, 3, 4, 5), "Europe/Oslo", "en", "U9")
    kept = store.subscribe(wanted)
    store.log(Event(NOW, "U9", "subscription.add", str(kept.id), {"channel": channel}))
    digest = morning.digest(store, rulebook, renderers["en"], kept, MORNING, clock=now)
    return deliver(store, digest)


def alone_with_alfa(path: Path, rulebook: Any, renderers: Any) -> Agency:
    """The first client in an install of its own."""
    store, market = open_store(path), demo(MORNING, 1)
    store.add_numbers(market.numbers, source="ads", pulled_at=NOW)
    store.add_window_reach(market.window_reach)
    below = parts()
    store.add_details(below[below["account_id"] == "google-1"])
    keep_plan(store, (replace(entry, client=ALFA) for entry in market.plan))
    morning.refresh(store, rulebook, MORNING, clock=now)
    return Agency(Desk(Context(store, rulebook, renderers, Settings(), now)), store)


def copied(made: Path, folder: Path, rulebook: Any, renderers: Any) -> Agency:
    """A desk over a copy: U1 is in the first client's channel, U2 in the second's, U9 in all."""
    store = open_store(shutil.copy(made, folder / "perfbot.db"))
    members = {
        "U1": [OURS],
        "U1@T0SECOND1": [f"{OURS}@T0SECOND1"],
        "U2": [THEIRS],
        "U9": [TEAM, OURS, THEIRS],
    }
    desk = Desk(
        Context(
            store,
            rulebook,
            renderers,
            Settings(),
            now,
            channels_of=lambda user: members.get(user, ()),
        )
    )
    return Agency(desk, store)


def opened(path: Path) -> Store:
    """A new database."""
    return open_store(path)


@pytest.fixture
def agency(two_clients, tmp_path, rulebook, renderers):
    """A fresh copy of both clients' morning."""
    agency = copied(two_clients, tmp_path, rulebook, renderers)
    yield agency
    agency.store.close()


def now() -> datetime:
    """The morning the digests were posted."""
    return NOW
