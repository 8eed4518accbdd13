"""An office whose accounts are switched on, over a real store, against the local platforms."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot import rules_files
from bot.context.context import Context
from bot.context.request import READS
from bot.demo.platforms import World
from bot.demo.platforms.entities import Account, Campaign
from bot.domain.advice import Advice
from bot.domain.platform_budgets import BudgetChange, BudgetSetting
from bot.features.applying import runs
from bot.features.applying.apply_requests import JOB
from bot.features.applying.runs import Run
from bot.jobs.applier import Applier
from bot.settings import Settings
from bot.settings.models import AccountSettings, Who
from bot.sources.platforms.client import BudgetWriter
from bot.store.base import Outgoing, Store
from bot.store.records import GivenAnswer

ON = date(2026, 11, 20)
APPROVER = "U1"
RULEBOOK = rules_files.load()


class Killed(BaseException):
    """The process is gone: nothing of ours is to catch it."""


@dataclass
class Clock:
    """Time that passes whenever somebody looks."""

    now: datetime = datetime(2026, 11, 20, 8, tzinfo=UTC)
    each: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        self.now += self.each
        return self.now


@dataclass
class Death:
    """Comes after so many steps; None for never."""

    steps: int | None = None
    kills: int = 0

    def step(self) -> None:
        if self.steps is None:
            return
        self.steps -= 1
        if self.steps <= 0:
            self.steps = None
            self.kills += 1
            raise Killed


class Mortal:
    """Whatever it is to change, and every call, may be the last: before it is done, or just after.

    Between two of those a process leaves the same behind wherever it dies: readings do not count.
    """

    def __init__(self, real: Any, death: Death) -> None:
        self._real, self._death = real, death

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._real, name)
        if name in {"fenced", "atomic"}:
            return lambda *given: self._spanned(attribute, *given)
        if not callable(attribute) or name in READS:
            return attribute

        def called(*given: Any, **named: Any) -> Any:
            self._death.step()
            answer = attribute(*given, **named)
            self._death.step()
            return answer

        return called

    @contextmanager
    def _spanned(self, real: Callable[..., Any], *given: Any) -> Iterator[None]:
        self._death.step()
        with real(*given):
            yield
            self._death.step()  # before the commit
        self._death.step()


class Counting:
    """A writer that remembers what it was told to set, and whether it answered."""

    def __init__(self, real: Any) -> None:
        self._real, self.settings = real, list[BudgetSetting]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def set(self, account_id: str, settings: Sequence[BudgetSetting]) -> Any:
        self.settings += settings
        return self._real.set(account_id, settings)


@dataclass
class Applying:
    """Everything a run needs.

    Attributes:
        writers: By channel, the platform's.
    """

    store: Store
    world: World
    writers: dict[str, BudgetWriter]
    clock: Clock = field(default_factory=Clock)
    death: Death = field(default_factory=Death)
    caps: tuple[float, float, float] = (1e9, 1e9, 1e9)
    renderers: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    @property
    def settings(self) -> Settings:
        change, day, month = self.caps
        accounts = tuple(
            AccountSettings(
                channel=f"{platform}_ads", account_id=account.account_id, apply=True,
                apply_change=change, apply_day=day, apply_month=month,
            )
            for platform in ("google", "meta")
            for account in self.world.accounts(platform)
        )  # fmt: skip
        return Settings(accounts=accounts, who=Who(approvers=(APPROVER,)))

    def context(self, store: Any = None) -> Context:
        office_store = store or self.store
        return Context(office_store, RULEBOOK, self.renderers, self.settings, self.clock)

    def applier(self) -> Applier:
        """A new process, mortal while `death` has steps left."""
        store: Any = Mortal(self.store, self.death)
        mortals: dict[str, Any] = {
            channel: Mortal(writer, self.death) for channel, writer in self.writers.items()
        }
        return Applier(self.context(store), lambda account: mortals[account[0]])

    def work(self) -> None:
        """Carry everything out, in one life."""
        self.death.steps = None
        self.applier()()

    def ask(self, *changes: BudgetChange, undoes: int = 0, advice_id: str = "") -> Run:
        """Somebody's wish, as the feature keeps it, of advice that is acknowledged and posted."""
        if not advice_id:
            self.count += 1
            advice_id = f"a{self.count}"
            self._advised(advice_id, changes)
        number = len(runs.runs_of(self.store, advice_id)) + 1
        run = Run(advice_id, number, APPROVER, self.clock.now, changes, undoes)
        self.store.log(runs.asked(run))
        self.store.add_jobs(JOB, {run.key: {"advice": advice_id, "round": number}})
        return run

    def _advised(self, advice_id: str, changes: tuple[BudgetChange, ...]) -> None:
        ids = tuple(change.key for change in changes)
        advice = Advice(
            advice_id, "shift", "v1", ids, "shift_budget", "advise",
            budgets={change.key: float(change.after) for change in changes},
            budgets_before={change.key: float(change.before) for change in changes},
            currency=changes[0].currency, opened_on=ON,
            numbers={"name": "Giver", "to": {"name": "Taker"}},
        )  # fmt: skip
        with self.store.atomic():
            self.store.save_advice([advice], as_of=ON, at=self.clock.now)
            given = GivenAnswer("acknowledge", APPROVER, self.clock.now)
            self.store.answer(advice_id, given)
            message = Outgoing(f"advice:{advice_id}", "advice", "C1", "Do it", (), "", advice_id)
            self.store.enqueue([message])
            self.store.delivered(message.key, f"17.{self.count:06}")

    def read(self, run: Run) -> Run:
        return runs.run_of(self.store, run.advice_id, run.round)

    def lines(self, run: Run) -> list[Outgoing]:
        """What was said of a run."""
        keys = (f"applied:{run.key}:line:{number}" for number in range(3))
        return [message for key in keys if (message := self.store.outgoing(key))]

    def lapse(self) -> None:
        """The lease of whoever was killed runs out."""
        with self.store.engine.writing() as db:
            db.run("UPDATE jobs SET until = '2020-01-01T00:00:00.000000+00:00', not_before = ''")


def account_in(world: World, platform: str, currency: str = "NOK") -> Account:
    return next(a for a in world.accounts(platform) if a.currency == currency)


def own_budgets(world: World, account: Account) -> list[Campaign]:
    """Running campaigns paid from a budget of their own."""
    return [
        campaign
        for campaign in world.campaigns(account)
        if campaign.budget and not campaign.budget.shared and campaign.status == "active"
        if campaign.kind != "advantage"
    ]


def change_of(campaign: Campaign, step: str | Decimal) -> BudgetChange:
    """From what it is now, by so much."""
    assert campaign.budget
    return change_to(campaign, campaign.account.decimal(campaign.budget.amount) + Decimal(step))


def change_to(campaign: Campaign, after: Decimal) -> BudgetChange:
    """From what it is now, to so much."""
    assert campaign.budget
    account, key = campaign.account, campaign.campaign_id
    before = account.decimal(campaign.budget.amount)
    channel = f"{account.platform}_ads"
    return BudgetChange(key, channel, account.account_id, key, before, after, account.currency)


def some_steps(chance: random.Random) -> int:
    """A life: long enough to get anywhere, mostly too short to get through."""
    return chance.randint(1, 40)
