"""One seeded world behind all local platforms: entities, numbers, and what was changed when."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.demo.platforms.entities import ACTIVE, PLANS, Account, Budget, Campaign, Change
from bot.demo.platforms.making import Maker, ids, make_accounts
from bot.demo.platforms.numbers import (
    Dice,
    Ints,
    Table,
    active,
    known,
    merge,
    nothing,
    path,
    played,
    split,
)

AHEAD = 200  # days that can be walked into the future
PEOPLE = ("kari@shop.example", "ola@agency.example")


@dataclass(frozen=True)
class Size:
    """How large a world is.

    Attributes:
        campaigns: At least so many in the first account of each platform.
        empty: So many more accounts on each platform that have no campaigns.
    """

    campaigns: int = 0
    empty: int = 0


USUAL_SIZE = Size()


@dataclass(frozen=True)
class Past:
    """A change before today; `subject` is the campaign's id where it is empty."""

    at: datetime
    what: str
    before: float | str
    after: float | str
    subject: str = ""


class World:
    """What the platforms hold. The same seed, days and moment give the same numbers.

    Args:
        now: The moment, with its time zone, or a clock; set `world.now` to move on (never before
            `opened`). Each account has its own day: `world.today(account)`.
        seed: What all chance comes from.
        days: How many days of numbers there are before today.
        currencies: An account a currency on every platform; two by default.
        size: How many more campaigns and accounts than usual.
    """

    def __init__(
        self,
        now: datetime | Callable[[], datetime],
        seed: int = 1,
        *,
        days: int = 400,
        currencies: Sequence[str] = ("NOK", "USD"),
        size: Size = USUAL_SIZE,
    ) -> None:
        self._clock = now if callable(now) else _standing(now)
        now = self.now
        if now.tzinfo is None:
            raise ValueError("the moment needs a time zone")
        self.seed, self.lock, self._empty = seed, threading.RLock(), size.empty
        self.opened = now.date() - timedelta(days=days)
        self._changes: list[Change] = []
        self._days = days + AHEAD
        self._accounts = {
            name: make_accounts(name, (*currencies, *["NOK"] * size.empty)) for name in PLANS
        }
        self._campaigns: dict[str, list[Campaign]] = {}
        self._by_id: dict[tuple[str, str], Campaign] = {}
        self._fed: dict[str, dict[str, tuple[Budget, list[Campaign]]]] = {}
        self._truth: dict[str, list[Table]] = {}
        self._made_at, self._least, self._made = now, size.campaigns, set[str]()

    def _make(self, platform: str) -> None:
        """Builds a platform's campaigns when they are first asked for, as of the world's making."""
        with self.lock:
            if platform in self._made:
                return
            self._made.add(platform)
            counter = ids(platform)
            for number, account in enumerate(self._accounts[platform]):
                maker = Maker(account, counter, self.opened, self._made_at.date(), self.seed)
                full = number < len(self._accounts[platform]) - self._empty
                campaigns = maker.campaigns(0 if number else self._least) if full else []
                self._campaigns[account.account_id] = campaigns
                self._index(account, campaigns)
                self._remember(account, campaigns)

    def _index(self, account: Account, campaigns: Sequence[Campaign]) -> None:
        """Budgets and campaigns by id: campaigns are made once and never go."""
        fed: dict[str, tuple[Budget, list[Campaign]]] = {}
        for campaign in campaigns:
            self._by_id[account.account_id, campaign.campaign_id] = campaign
            for budget in campaign.budgets():
                fed.setdefault(budget.budget_id, (budget, []))[1].append(campaign)
        self._fed[account.account_id] = fed

    # -- who and what ---------------------------------------------------------------------
    def accounts(self, platform: str) -> tuple[Account, ...]:
        """The accounts of a platform, as `google`, `meta`, `linkedin`, `tiktok`, `microsoft`."""
        return self._accounts[platform]

    def account(self, platform: str, account_id: str) -> Account | None:
        matches = (a for a in self._accounts[platform] if a.account_id == account_id)
        return next(matches, None)

    def campaigns(self, account: Account) -> list[Campaign]:
        """The account's campaigns, removed ones among them."""
        self._make(account.platform)
        return self._campaigns[account.account_id]

    def campaign(self, account: Account, campaign_id: str) -> Campaign | None:
        self._make(account.platform)
        return self._by_id.get((account.account_id, campaign_id))

    def budgets(self, account: Account) -> dict[str, tuple[Budget, list[Campaign]]]:
        """The account's budgets by id, each with the campaigns it feeds."""
        self._make(account.platform)
        return self._fed[account.account_id]

    @property
    def changes(self) -> list[Change]:
        """What was changed on the platforms in use: seeded from before, then as it came."""
        return self._changes

    def history(self, account: Account) -> list[Change]:
        """What was changed in an account, newest first."""
        self._make(account.platform)
        account_changes = [change for change in self._changes if change.account is account]
        return sorted(account_changes, key=lambda change: change.when, reverse=True)

    # -- when -----------------------------------------------------------------------------
    @property
    def now(self) -> datetime:
        """The moment."""
        return self._clock()

    @now.setter
    def now(self, moment: datetime) -> None:
        self._clock = _standing(moment)

    def local(self, account: Account) -> datetime:
        """The moment in the account's own time zone."""
        return self.now.astimezone(ZoneInfo(account.time_zone))

    def today(self, account: Account) -> date:
        return self.local(account).date()

    # -- numbers --------------------------------------------------------------------------
    def numbers(self, campaign: Campaign, *, half: bool = False) -> Table:
        """What the platform shows of a campaign this moment; `half` of yesterday where asked."""
        return merge([self._known(campaign, t, half=half) for t in self._tables(campaign)])

    def account_numbers(self, account: Account, *, half: bool = False) -> Table:
        """The same of all its campaigns together."""
        days = (self.today(account) - self.opened).days + 1
        tables = [self.numbers(campaign, half=half) for campaign in self.campaigns(account)]
        return merge(tables) if tables else nothing(self.opened, days)

    def group_numbers(self, campaign: Campaign, *, half: bool = False) -> list[Table]:
        """The same of each of its groups, adding up to the campaign's; empty without groups."""
        if campaign.budget is None:
            return [self._known(campaign, t, half=half) for t in self._tables(campaign)]
        if not campaign.groups:
            return []
        parts = [group.part for group in campaign.groups]
        return split(self.numbers(campaign, half=half), parts)

    def _known(self, campaign: Campaign, table: Table, *, half: bool) -> Table:
        local = self.local(campaign.account)
        passed = (local.hour * 60 + local.minute) / 1440
        return known(table, local.date(), passed, campaign.plan.lag, half=half)

    def _tables(self, campaign: Campaign) -> list[Table]:
        """The truth: one table for the campaign, or one a group where groups have budgets."""
        with self.lock:
            if campaign.campaign_id not in self._truth:
                self._truth[campaign.campaign_id] = self._play(campaign)
            return self._truth[campaign.campaign_id]

    def _play(self, campaign: Campaign) -> list[Table]:
        running = active(campaign, self.opened, self._days)
        keys = [(campaign.campaign_id, budget) for budget in campaign.budgets()]
        if campaign.budget is None:
            keys = [(g.group_id, g.budget) for g in campaign.groups if g.budget]
        shares = self._sharing(campaign)
        return [
            played(campaign, Dice(self.seed, key),
                   self._path(campaign.account, budget) // shares, running, self.opened)
            for key, budget in keys
        ]  # fmt: skip

    def _sharing(self, campaign: Campaign) -> int:
        """Among how many campaigns its budget is divided."""
        if campaign.budget is None or not campaign.budget.shared:
            return 1
        return len(self.budgets(campaign.account)[campaign.budget.budget_id][1])

    def _path(self, account: Account, budget: Budget) -> Ints:
        zone = ZoneInfo(account.time_zone)
        steps = [
            (change.when.astimezone(zone).date(), int(change.before or 0), int(change.after or 0))
            for change in sorted(self._changes, key=lambda change: change.when)
            if change.what == "budget" and change.subject_id == budget.budget_id
        ]
        return path(budget.amount, steps, self.opened, self._days)

    # -- what is changed ------------------------------------------------------------------
    def change_budget(
        self, account: Account, budget: Budget, amount: int, *, by: str = PEOPLE[0], through: str
    ) -> None:
        """Set a daily budget (minor units) from today on; the change history remembers it."""
        with self.lock:
            fed = self.budgets(account)[budget.budget_id][1]
            self._note(Change(account, self.now, "budget", budget.budget_id, budget.amount,
                              amount, by, through), fed)  # fmt: skip
            budget.amount = amount
            for campaign in fed:
                self._truth.pop(campaign.campaign_id, None)

    def change_target(
        self, campaign: Campaign, target: int, *, by: str = PEOPLE[0], through: str
    ) -> None:
        """Set what the platform bids to pay for a result (minor units)."""
        with self.lock:
            before, subject = campaign.target, campaign.campaign_id
            self._note(Change(campaign.account, self.now, "target", subject, before, target,
                              by, through), [campaign])  # fmt: skip
            campaign.target = target

    def change_roas(
        self, campaign: Campaign, roas: float, *, by: str = PEOPLE[0], through: str
    ) -> None:
        """Set the return the platform bids to."""
        with self.lock:
            before, subject = campaign.target_roas, campaign.campaign_id
            self._note(Change(campaign.account, self.now, "roas", subject, before, roas,
                              by, through), [campaign])  # fmt: skip
            campaign.target_roas = roas

    def change_status(
        self, campaign: Campaign, status: str, *, by: str = PEOPLE[0], through: str
    ) -> None:
        """Pause a campaign or let it run again, from today on."""
        with self.lock:
            before, subject = campaign.status, campaign.campaign_id
            self._note(Change(campaign.account, self.now, "status", subject, before, status,
                              by, through), [campaign])  # fmt: skip
            campaign.status = status
            campaign.stopped = None if status == ACTIVE else self.today(campaign.account)
            self._truth.pop(subject, None)

    def set_end(self, campaign: Campaign, day: date | None) -> None:
        """Have it end after a day: no history has an entry for that."""
        with self.lock:
            campaign.ends = day
            self._truth.pop(campaign.campaign_id, None)

    def set_groups(self, campaign: Campaign, status: str) -> None:
        """Switch all its groups off or on, from today on: its own status stays as it is."""
        with self.lock:
            for group in campaign.groups:
                group.status = status
            campaign.emptied = None if status == ACTIVE else self.today(campaign.account)
            self._truth.pop(campaign.campaign_id, None)

    def _note(self, change: Change, fed: Sequence[Campaign]) -> None:
        touched = tuple(campaign.campaign_id for campaign in fed)
        self._changes.append(replace(change, campaign_ids=touched))

    def _remember(self, account: Account, campaigns: Sequence[Campaign]) -> None:
        """What happened before today: a budget raised, a target lowered, a campaign paused."""
        for campaign in campaigns[: len(PLANS[account.platform])]:
            if campaign.stopped:
                stopped_at = datetime.combine(
                    campaign.stopped, time(9, 12), ZoneInfo(account.time_zone)
                )
                self._past(campaign, Past(stopped_at, "status", ACTIVE, campaign.status))
            if campaign.target:
                lowered_at = self._made_at - timedelta(days=9, hours=3)
                before = campaign.target * 6 // 5
                self._past(campaign, Past(lowered_at, "target", before, campaign.target))
        for raised, budget in ((c, b) for c in campaigns[1:2] for b in c.budgets()):
            raised_at, before = self._made_at - timedelta(days=12, hours=5), budget.amount * 5 // 6
            step = Past(raised_at, "budget", before, budget.amount, budget.budget_id)
            self._past(raised, step)

    def _past(self, campaign: Campaign, step: Past) -> None:
        by = PEOPLE[zlib.crc32(campaign.campaign_id.encode()) % 2]
        self._changes.append(
            Change(campaign.account, step.at, step.what, step.subject or campaign.campaign_id,
                   step.before, step.after, by, "web", (campaign.campaign_id,))
        )  # fmt: skip


def _standing(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment
