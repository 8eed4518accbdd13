"""The desk that answers the examples: the demo's market, its plan in a file, and three moments.

Fixed days, a fixed seed and a clock of its own, so that every machine prints the same answers.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, cached_property
from pathlib import Path

import pandas as pd

from bot import rules_files
from bot.advice.rules.rulebook import Rulebook
from bot.ask import Asker, Context, Desk
from bot.cli.plan_commands import _toml as toml_of
from bot.context.context import values_of
from bot.demo.market.demo import CAMPAIGNS, CURRENCY, DemoMarket, demo
from bot.demo.market.kinds import Event, Spec
from bot.demo.market.simulate import play
from bot.features.triage.answering import Decision, answer
from bot.jobs import morning
from bot.render import Renderer, languages
from bot.settings import Settings, read
from bot.settings.models import Who
from bot.store import open_store
from bot.store.base import PlanRow, Store, Subscription

CONFIG = Path(__file__).parent / "examples" / "demo.toml"
MONDAY, WEDNESDAY, READ = date(2026, 11, 23), date(2026, 11, 25), date(2027, 1, 5)
CHANNEL, KARI, OLA = "C0PERFORM", "U0KARI001", "U0OLA0001"
SHIFT, PAGE, RAISED = "shift_budget", "fix_landing_page", 240.0


class Moment(Enum):
    """When something is asked: the morning it is, and what people have done until then."""

    MONDAY = MONDAY
    ANSWERED = datetime(2026, 11, 23, 7, 20, tzinfo=UTC)
    WEEKS_LATER = READ

    @property
    def as_of(self) -> date:
        day = self.value
        return day.date() if isinstance(day, datetime) else day


@dataclass
class Stage:
    """A database for each moment, in a folder of their own, and who answers from it."""

    folder: Path
    settings: Settings = field(default_factory=lambda: read(CONFIG, {}))
    _desks: dict[tuple[Moment, Who | None], Desk] = field(default_factory=dict, repr=False)

    @cached_property
    def rulebook(self) -> Rulebook:
        return rules_files.load()

    @cached_property
    def renderers(self) -> dict[str, Renderer]:
        return {each: Renderer(each, metrics=self.rulebook.metrics) for each in languages()}

    def place(self, moment: Moment) -> Path:
        """The database as it is at a moment; made when it is first wanted."""
        path = self.folder / f"{moment.name.lower()}.db"
        if not path.exists():
            MAKERS[moment](self, path)
        return path

    def desk(self, moment: Moment, who: Who | None = None) -> Desk:
        """The desk at a moment, where Slack has a way to every message; at work until `close`."""
        if (moment, who) not in self._desks:
            store = open_store(self.place(moment))
            self._desks[moment, who] = self._desk(store, at(moment.as_of, 8, 20), who)
        return self._desks[moment, who]

    def close(self) -> None:
        """Nobody is asked any more."""
        while self._desks:
            self._desks.popitem()[1].context.store.close()

    def _desk(self, store: Store, now: datetime, who: Who | None = None) -> Desk:
        settings = self.settings.model_copy(update={"who": who or self.settings.who})
        parts = (store, self.rulebook, self.renderers, settings, lambda: now)
        return Desk(Context(*parts, link=_link))

    # -- how each moment came about -----------------------------------------------------------
    def _monday(self, path: Path) -> None:
        """The demo's numbers, judged; the digest is posted."""
        store, now, market = open_store(path), at(MONDAY, 7, 30), _market()
        store.add_numbers(market.numbers, source="demo", pulled_at=now)
        store.add_window_reach(market.window_reach)
        store.add_details(market.details)
        for user, name in ((KARI, "Kari Nordmann"), (OLA, "Ola Hansen")):
            store.set_preference(user, name=name)
        morning.refresh(store, self.rulebook, MONDAY, self.settings, lambda: now)
        wish = Subscription(0, CHANNEL, "07:30", (1, 2, 3, 4, 5), "Europe/Oslo", "en", KARI)
        told = (store.subscribe(wish), MONDAY, self.settings, lambda: now)
        digest = morning.digest(store, self.rulebook, self.renderers["en"], *told)
        store.enqueue(digest)
        for number, message in enumerate(digest, start=1):
            store.delivered(message.key, f"1795415400.{number:06}")
        store.close()

    def _answered(self, path: Path) -> None:
        """Kari acknowledges the move, Ola dismisses the landing page and says why."""
        shutil.copy(self.place(Moment.MONDAY), path)
        store = open_store(path)
        ids = {one.advice.action: one.advice.id for one in store.all_advice()}
        kari, ola = (self._desk(store, at(MONDAY, 8, minute)).context for minute in (14, 17))
        answer(kari, ids[SHIFT], Decision("acknowledge"), Asker(KARI, CHANNEL))
        why_not = Decision("dismiss", reason="the shop is being moved; back on Wednesday")
        answer(ola, ids[PAGE], why_not, Asker(OLA, CHANNEL))
        store.close()

    def _weeks_later(self, path: Path) -> None:
        """The budgets were changed, a target was set on the Home tab, the move can be read."""
        shutil.copy(self.place(Moment.ANSWERED), path)
        store = open_store(path)
        (moved,) = [one for one in store.all_advice() if one.advice.action == SHIFT]
        rows = _played_on(dict(moved.advice.budgets))
        now = at(READ, 7, 30)
        store.add_numbers(rows, source="demo", pulled_at=now)
        store.set_plan([_target()], origin="slack")
        morning.refresh(store, self.rulebook, READ, self.settings, lambda: now)
        store.close()


MAKERS = {
    Moment.MONDAY: Stage._monday,  # noqa: SLF001, the table of its own ways
    Moment.ANSWERED: Stage._answered,  # noqa: SLF001
    Moment.WEEKS_LATER: Stage._weeks_later,  # noqa: SLF001
}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of a winter day in Oslo."""
    return datetime(day.year, day.month, day.day, hour - 1, minute, tzinfo=UTC)


def plan_toml() -> str:
    """The demo's plan as a perfbot.toml: what docs/examples/demo.toml has to say."""
    entries = "\n\n".join(toml_of(entry) for entry in _market().plan)
    return HEAD + entries + "\n"


HEAD = """\
# The plan of the demo's thirteen campaigns, as a perfbot.toml: the examples of docs/commands and
# docs/cli are answered with it. Written by `python -m docs` from bot/demo/market/demo.py.
[app]
time_zone = "Europe/Oslo"
currency = "NOK"

"""


@cache
def _market() -> DemoMarket:
    return demo(MONDAY, 1)


def _link(channel: str, ts: str) -> str:
    return f"https://perfbot.slack.com/archives/{channel}/p{ts.replace('.', '')}"


def _target() -> PlanRow:
    """What Kari sets on the Home tab on Wednesday: a sale of Generic may cost 240 kr."""
    entry = next(each for each in _market().plan if each.match.endswith("Generic"))
    values = {**values_of(entry), "target": RAISED}
    return PlanRow(entry.match, values, WEDNESDAY, KARI, at(WEDNESDAY, 9, 5), "slack")


def _played_on(budgets: Mapping[str, float]) -> pd.DataFrame:
    """What the market does from Monday on: what broke is mended, new budgets hold from Tuesday."""
    specs = [
        replace(each, started_days_ago=None, events=_step(each, budgets)) for each in CAMPAIGNS
    ]
    days = (READ - MONDAY).days + 30
    rows = play(specs, READ, days=days, seed=7, currency=CURRENCY).numbers
    return rows[rows["date"] >= pd.Timestamp(MONDAY)]


def _step(spec: Spec, budgets: Mapping[str, float]) -> tuple[Event, ...]:
    now, since = budgets.get(spec.campaign_id), (READ - MONDAY).days - 1
    return () if now is None else (Event("budget", since, now / spec.daily_budget),)
