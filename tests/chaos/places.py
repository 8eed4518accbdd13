"""Where trials begin: prepared mornings, put back before each in a database and a Slack of its own.

A place is a database (a SQLite file, or a PostgreSQL made from a template), what the local Slack
shows, and the hour. `Office` prepares each once, by lives of perfbot that nobody kills.
"""

from __future__ import annotations

import itertools
import pickle
import re
import shutil
import sqlite3
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import psycopg

from bot.app.demo import _plan
from bot.demo.market.demo import demo
from bot.demo.platforms import Faults, World, meta
from bot.demo.workspace import Workspace
from bot.demo.workspace.model import BOT_USER
from bot.domain.advice import Advice
from bot.features.applying import runs
from bot.features.applying.apply_requests import JOB
from bot.features.applying.runs import Run
from bot.store import copying, open_store
from bot.store.base import Outgoing, Subscription
from bot.store.records import GivenAnswer
from tests.chaos.lives import Life, Nursery
from tests.platform_budgets import change_of, own_budgets

MONDAY = date(2026, 11, 23)
DUE = datetime(2026, 11, 23, 6, 30, 5, tzinfo=UTC)  # five seconds past half past seven in Oslo
PULLING = datetime(2026, 11, 23, 5, 5, tzinfo=UTC)
KARI, OLA = "U0KARI001", "U0OLA0001"
CHANNELS = (("C0PERFORM", "en", KARI), ("C0GENERAL", "nb", OLA))
CAMPAIGNS = ("g-generic", "g-competitors", "g-shopping", "m-leads", "m-awareness")
DAYS = 60
REMEMBERED = ("users", "channels", "groups", "messages", "ephemerals", "views", "stacks", "homes",
              "files", "triggers", "response_urls", "prompts", "revoked", "limits")  # fmt: skip
CONFIG = '[app]\ntime_zone = "Europe/Oslo"\ncurrency = "NOK"\n[slack]\nmode = "http"\n'
META = """[details]
pull_days = 0
[[sources]]
name = "meta"
kind = "meta_ads"
at = "06:00"
accounts = ["{0}"]
[[accounts]]
channel = "meta_ads"
account_id = "{0}"
apply = true
apply_change = 100000
apply_day = 1000000
apply_month = 1000000
[who]
approvers = ["U0KARI001"]
"""


@dataclass
class Place:
    """A morning to begin at.

    Attributes:
        database: The file its prepared database is.
        slack: What the workspace remembers, pickled.
        at: The hour.
        with_meta: Whether the configuration names the ad platform.
    """

    name: str
    database: str
    slack: bytes
    at: datetime
    with_meta: bool = False


@dataclass
class Office:
    """Everything trials share; a context.

    Args:
        folder: For databases, logs and what lives say.
        postgres: The URL of a PostgreSQL to make databases in; "" for none.
    """

    folder: Path
    postgres: str = ""
    database: str = ""
    began: float = 0.0
    _stack: ExitStack = field(default_factory=ExitStack)
    _served: ExitStack | None = None
    _places: dict[str, Place] = field(default_factory=dict)
    _templates: set[str] = field(default_factory=set)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.nursery = self._stack.enter_context(Nursery(self.folder))
        self.slack = self._stack.enter_context(Workspace())
        self.faults = Faults()
        self.world = World(PULLING - timedelta(days=1), days=45, currencies=("NOK",))
        self.renew_platform()
        self.account = self.world.accounts("meta")[0]
        budgets = [c.budget for c in self.world.campaigns(self.account) if c.budget]
        self._budgets = [(budget, budget.amount) for budget in budgets]
        return self

    def __exit__(self, *error: object) -> None:
        if self._served is not None:
            self._served.close()
        self._stack.__exit__(None, None, None)

    # -- lives ------------------------------------------------------------------------------
    def job(self, role: str, at: datetime, **more: Any) -> dict[str, Any]:
        """What a life is told."""
        self.slack.do("clock", set=at.isoformat())
        self.began = time.monotonic()
        self.world.now = max(at, PULLING - timedelta(days=1))
        environ = {
            "SLACK_BOT_TOKEN": self.slack.bot_token, "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret, "SLACK_API_URL": self.slack.api_url,
            "META_ADS_ACCESS_TOKEN": self.meta.access_token, "META_ADS_GRAPH_URL": self.meta.url,
        }  # fmt: skip
        return {"role": role, "at": at.isoformat(), "database": self.database,
                "config": str(self.config), "environ": environ, **more}  # fmt: skip

    def live(self, role: str, at: datetime, **more: Any) -> Life:
        """A whole life."""
        return self.nursery.run(**self.job(role, at, **more))

    def work(self, at: datetime, minutes: int = 1, **more: Any) -> Life:
        """A worker's life, of so many minutes."""
        return self.live("worker", at, minutes=list(range(minutes)), **more)

    # -- places -----------------------------------------------------------------------------
    def place(self, name: str) -> Place:
        """A prepared morning, made when it is first asked for."""
        if name not in self._places:
            self._places[name] = self._prepare(name)
        return self._places[name]

    def put_back(self, place: Place, kind: str = "sqlite") -> None:
        """Begin anew at a prepared morning, in a database of a kind."""
        self.slack.do("http", url="")
        self.slack.do("reset")
        for name, value in pickle.loads(place.slack).items():
            setattr(self.slack.state, name, value)
        self.faults.clear()
        self._unchanged()
        self._configure(with_meta=place.with_meta)
        self._forget(self.database)
        self.database = self._copied(place, kind)

    def _unchanged(self) -> None:
        """The ad platform's budgets as they were at first."""
        for budget, amount in self._budgets:
            budget.amount = amount
        self.world._changes.clear()
        self.renew_platform()

    def renew_platform(self) -> None:
        """A new server: what the one before counted against its limits is forgotten."""
        if self._served is not None:
            self._served.close()
        self._served = ExitStack()
        self.meta = self._served.enter_context(meta(self.world, self.faults))

    def lapse(self, *, outbox: bool = True) -> None:
        """A minute goes by for the database: what those who are gone had leased is free.

        Args:
            outbox: Also what was on its way to Slack; not where somebody living may be at it.
        """
        past = "2026-01-01T00:00:00.000000+00:00"
        changes = ["jobs SET until = '{}', not_before = ''", "leases SET until = '{}'"]
        changes += ["outbox SET leased_until = '{}' WHERE state = 'sending'"] * outbox
        for change in changes:
            self.sql(f"UPDATE {change.format(past)}")

    def sql(self, statement: str) -> list[Any]:
        """A statement straight to the database of the trial."""
        if self.database.startswith("postgres"):
            with psycopg.connect(self.database, autocommit=True) as conn:
                cursor = conn.execute(statement)
                return cursor.fetchall() if cursor.description else []
        with closing(sqlite3.connect(self.database, timeout=20)) as file, file:
            return file.execute(statement).fetchall()

    def _configure(self, *, with_meta: bool) -> None:
        self.config = self.folder / ("meta.toml" if with_meta else "plain.toml")
        more = META.format(self.account.account_id) if with_meta else ""
        self.config.write_text(CONFIG + more, encoding="utf-8")

    def _copied(self, place: Place, kind: str) -> str:
        """A copy of a prepared database."""
        name = f"trial{next(self._numbers)}"
        if kind == "sqlite":
            return str(shutil.copy(place.database, self.folder / f"{name}.db"))
        ready = f"ready_{place.name}"
        if ready not in self._templates:
            self._server(f"CREATE DATABASE {ready}")
            with (closing(open_store(place.database)) as source,
                  closing(open_store(self._url(ready))) as target):  # fmt: skip
                copying.copy(source.engine, target.engine)
            self._templates.add(ready)
        self._server(f"CREATE DATABASE {name} TEMPLATE {ready} STRATEGY file_copy")
        return self._url(name)

    def _forget(self, database: str) -> None:
        """Remove the database of the trial before."""
        trial = re.search(r"/(trial\d+)(\.db$|\?|$)", database)
        if trial is None:
            return
        if database.startswith("postgres"):
            self._server(f"DROP DATABASE IF EXISTS {trial[1]} WITH (FORCE)")
            return
        for suffix in ("", "-wal", "-shm"):
            Path(database + suffix).unlink(missing_ok=True)

    def _server(self, statement: str) -> None:
        with psycopg.connect(self.postgres, autocommit=True) as conn:
            conn.execute(statement)

    def _url(self, name: str) -> str:
        address, mark, options = self.postgres.partition("?")
        return f"{address.rpartition('/')[0]}/{name}{mark}{options}"

    # -- preparing --------------------------------------------------------------------------
    def _prepare(self, name: str) -> Place:
        """Make a morning with nobody killed."""
        before = {"queued": "due", "posted": "due"}.get(name)
        self._configure(with_meta=name in {"pull", "apply"})
        if before:
            self.put_back(self.place(before))
        else:
            self._begin(name)
        at = getattr(self, f"_{name}")()
        return self._kept(name, at)

    def _begin(self, name: str) -> None:
        self.slack.do("reset")
        self.slack.state.channels["C0GENERAL"].members.append(BOT_USER)
        self.database = str(self.folder / f"begun_{name}.db")
        with closing(open_store(self.database)) as store:
            store.upgrade()

    def _kept(self, name: str, at: datetime) -> Place:
        slack = {each: getattr(self.slack.state, each) for each in REMEMBERED}
        self.sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database = str(shutil.copy(self.database, self.folder / f"ready_{name}.db"))
        with_meta = name in {"pull", "apply"}
        return Place(name, database, pickle.dumps(slack), at, with_meta)

    def _due(self) -> datetime:
        """The numbers are in, two channels wait for half past seven."""
        market = demo(MONDAY, 1)
        numbers = market.numbers
        first = numbers["date"].max() - timedelta(days=DAYS)
        numbers = numbers[numbers["campaign_id"].isin(CAMPAIGNS) & (numbers["date"] > first)]
        early = DUE - timedelta(hours=1)
        with closing(open_store(self.database)) as store:
            store.add_numbers(numbers, source="demo", pulled_at=early)
            store.set_plan(_plan(market, early), origin="file")
            for channel, language, person in CHANNELS:
                days = (1, 2, 3, 4, 5, 6, 7)
                store.subscribe(
                    Subscription(0, channel, "07:30", days, "Europe/Oslo", language, person)
                )
        self._well(self.work(early))  # the new day's boards, so that no trial waits for them
        return DUE

    def _queued(self) -> datetime:
        """Both digests are written, none is out."""
        self._well(self.work(DUE, deliver=False))
        return DUE + timedelta(minutes=1)

    def _posted(self) -> datetime:
        """Both digests and their threads are out."""
        self._well(self.work(DUE))
        return DUE + timedelta(minutes=5)

    def _pull(self) -> datetime:
        """The ad platform was pulled yesterday; today's pull is due."""
        self._well(self.work(PULLING - timedelta(days=1)))
        return PULLING

    def _apply(self) -> datetime:
        """Somebody had two budgets set that were acknowledged; nobody has done it yet."""
        at = DUE + timedelta(hours=2)
        giver, taker = own_budgets(self.world, self.account)[:2]
        changes = change_of(giver, "-40"), change_of(taker, "40")
        advice = Advice(
            "a1", "shift", "v1", tuple(c.key for c in changes), "shift_budget", "advise",
            budgets={c.key: float(c.after) for c in changes}, currency="NOK", opened_on=MONDAY,
            budgets_before={c.key: float(c.before) for c in changes},
            numbers={"name": "Giver", "to": {"name": "Taker"}},
        )  # fmt: skip
        with closing(open_store(self.database)) as store, store.atomic():
            store.save_advice([advice], as_of=MONDAY, at=at)
            store.answer("a1", GivenAnswer("acknowledge", KARI, at))
            store.enqueue([Outgoing("card", "advice", "C0PERFORM", "Move it.", (), "", "a1")])
        self._well(self.work(at))
        with closing(open_store(self.database)) as store, store.atomic():
            run = Run("a1", 1, KARI, at, changes, 0)
            store.log(runs.asked(run))
            store.add_jobs(JOB, {run.key: {"advice": "a1", "round": 1}})
        return at + timedelta(minutes=2)

    def _well(self, life: Life) -> None:
        assert life.code == 0, life.log()
        assert "Traceback" not in life.log(), life.log()
