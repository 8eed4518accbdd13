"""The world the questions are asked in: the demo's market on a fixed Saturday, and who did what.

The numbers are the demo's, with one difference: on 12 October Kari acknowledged the move from
Competitors to Shopping, and from 14 October the market is played on with the budgets advised, so
that there is something to ask "did it work?" about. The same code gives the same world.
"""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from bot.advice.outcome.types import Outcome
from bot.app.composition import Composition, compose
from bot.app.demo import morning_of
from bot.ask import Asker
from bot.context.context import ALWAYS, values_of
from bot.demo.market.demo import CAMPAIGNS, CURRENCY, DAYS, DemoMarket, demo
from bot.demo.market.kinds import Event, Spec
from bot.demo.market.simulate import play
from bot.features.triage.answering import Decision, answer
from bot.settings import App, Settings
from bot.store import open_store
from bot.store.base import PlanRow, Store, Subscription

AS_OF, SEED, ZONE = date(2026, 11, 28), 1, "Europe/Oslo"
MOVED_ON, MOVES_FROM = date(2026, 10, 12), date(2026, 10, 14)
THURSDAY, FRIDAY, TARGET_SET = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 20)
KARI, OLA, CHANNEL = "U0KARI001", "U0OLA0001", "C0PERFORM"
NAMES = {KARI: "Kari Nordmann", OLA: "Ola Hansen"}
MOVED_TO = {"g-competitors": 1760.0, "g-shopping": 3240.0}  # as advised on MOVED_ON
WHITEPAPER, WHITEPAPER_TARGET = "LinkedIn | Whitepaper", 27.0


class NoSuchAdvice(LookupError):
    """Somebody is to answer advice that the rules do not give in this world any more."""


@dataclass(frozen=True)
class Answer:
    """What somebody answered to the advice of an action about a campaign, and when."""

    day: date
    clock: time
    user: str
    action: str
    campaign_id: str
    reply: Decision


ANSWERS = (
    Answer(MOVED_ON, time(8, 14), KARI, "shift_budget", "g-shopping", Decision("acknowledge")),
    Answer(THURSDAY, time(9, 5), OLA, "refresh_creative", "m-awareness", Decision("progress")),
    Answer(FRIDAY, time(8, 14), KARI, "fix_landing_page", "g-generic", Decision("acknowledge")),
    Answer(
        FRIDAY,
        time(8, 20),
        OLA,
        "adjust_pacing",
        "l-abm",
        Decision("dismiss", reason="ABM runs again in December; the money is not needed"),
    ),
)


@cache
def market() -> DemoMarket:
    """The demo's market on the morning of AS_OF."""
    return demo(AS_OF, SEED)


@cache
def numbers() -> pd.DataFrame:
    """Every pull of every day, as the platforms gave them."""
    before, after = market().numbers, _moved()
    moves = before["campaign_id"].isin(MOVED_TO) & (before["date"] >= pd.Timestamp(MOVES_FROM))
    return pd.concat([before[~moves], after], ignore_index=True)


@cache
def known() -> pd.DataFrame:
    """One row a day and campaign, as it was known on the morning of AS_OF."""
    rows = numbers().sort_values(["date", "pulled_on"], kind="stable")
    return rows.drop_duplicates(["date", "campaign_id"], keep="last").reset_index(drop=True)


@cache
def plan() -> pd.DataFrame:
    """One row a campaign: id, name, channel, target and monthly_budget as they hold on AS_OF."""
    entries = pd.DataFrame(
        {
            "campaign_id": [spec.campaign_id for spec in CAMPAIGNS],
            "campaign_name": [spec.name for spec in CAMPAIGNS],
            "channel": [spec.channel for spec in CAMPAIGNS],
            "target": [spec.target for spec in CAMPAIGNS],
            "monthly_budget": [entry.monthly_budget for entry in market().plan],
        }
    )
    entries.loc[entries["campaign_name"] == WHITEPAPER, "target"] = WHITEPAPER_TARGET
    return entries


def make(place: Path) -> None:
    """Write the world's database: numbers, plan, and each morning with what people answered."""
    with closing(open_store(str(place))) as store:
        store.upgrade()
        _import(store)
    for day in sorted({each.day for each in ANSWERS} | {AS_OF}):
        with context(place, day) as at_work:
            at_work.day.refresh(day)
        for each in ANSWERS:
            if each.day == day:
                _answer(place, each)
    with context(place, AS_OF) as at_work:
        _post(at_work)


@cache
def made() -> Path:
    """The world's database, made once a process and gone with it."""
    folder = tempfile.TemporaryDirectory(prefix="perfbot-questions-")
    atexit.register(folder.cleanup)
    place = Path(folder.name) / "world.db"
    make(place)
    return place


@cache
def outcome() -> Outcome:
    """What the log says came of the move of MOVED_ON."""
    with context(made()) as at_work:
        (record,) = at_work.store.outcomes()
    if record.outcome is None:
        raise NoSuchAdvice(f"{MOVED_ON}: the move has not been measured")
    return record.outcome


@contextmanager
def context(place: Path, day: date = AS_OF, clock: time = time(8, 30)) -> Iterator[Composition]:
    """perfbot at work on the world's database, at a time of a morning in Oslo."""
    moment = datetime.combine(day, clock, ZoneInfo(ZONE)).astimezone(UTC)
    at_work = compose(settings(), str(place), lambda: moment)
    try:
        yield at_work
    finally:
        at_work.store.close()


def settings() -> Settings:
    """The demo's settings."""
    return Settings(app=App(time_zone=ZONE, currency=CURRENCY))


def _moved() -> pd.DataFrame:
    """The two moved campaigns from MOVES_FROM on, at the budgets agreed to."""
    specs = [_at_new_budget(spec) for spec in CAMPAIGNS if spec.campaign_id in MOVED_TO]
    rows = play(specs, AS_OF, days=DAYS, seed=SEED, currency=CURRENCY).numbers
    return rows[rows["date"] >= pd.Timestamp(MOVES_FROM)]


def _at_new_budget(spec: Spec) -> Spec:
    days = (AS_OF - MOVES_FROM).days
    step = Event("budget", days, MOVED_TO[spec.campaign_id] / spec.daily_budget)
    return replace(spec, events=(*spec.events, step))


def _import(store: Store) -> None:
    at = morning_of(MOVED_ON, ZONE)
    store.add_numbers(numbers(), source="demo", pulled_at=morning_of(AS_OF, ZONE))
    store.add_window_reach(market().window_reach)
    for user, name in NAMES.items():
        store.set_preference(user, name=name)
    rows = [
        PlanRow(entry.match, values_of(entry), ALWAYS, "demo", at, "file", position)
        for position, entry in enumerate(market().plan)
    ]
    store.set_plan(rows, origin="file")
    store.set_plan([_new_target(rows)], origin="slack")


def _new_target(rows: list[PlanRow]) -> PlanRow:
    """Ola set Whitepaper's target down from 29 a week before."""
    row = next(each for each in rows if each.pattern.endswith(WHITEPAPER))
    at = datetime.combine(TARGET_SET, time(9, 40), ZoneInfo(ZONE)).astimezone(UTC)
    values = dict(row.values, target=WHITEPAPER_TARGET)
    return PlanRow(row.pattern, values, TARGET_SET, OLA, at, "slack")


def _answer(place: Path, each: Answer) -> None:
    with context(place, each.day, each.clock) as at_work:
        open_now = at_work.store.all_advice(state="open", as_of=each.day)
        ids = [
            one.advice.id
            for one in open_now
            if one.advice.action == each.action and each.campaign_id in one.advice.campaign_ids
        ]
        if not ids:
            raise NoSuchAdvice(f"{each.day}: no {each.action} about {each.campaign_id} is open")
        answer(at_work.desk.context, ids[0], each.reply, Asker(each.user, CHANNEL))


def _post(at_work: Composition) -> None:
    """This morning's digest stands in the channel."""
    wish = Subscription(0, CHANNEL, "07:30", (1, 2, 3, 4, 5, 6), ZONE, "en", KARI)
    messages = at_work.day.digest(at_work.store.subscribe(wish), AS_OF)
    at_work.store.enqueue(messages)
    for number, message in enumerate(messages, start=1):
        at_work.store.delivered(message.key, f"1795847400.{number:06}")
