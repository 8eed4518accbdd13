"""Budgets set at the local platforms over a real store: once, whatever is killed when."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.advice.budget_settings import changes_back
from bot.demo.platforms import Faults, World, google, meta
from bot.demo.platforms.google_ads.wire import certificate
from bot.errors import SourceError
from bot.features.applying import runs
from bot.features.applying.at_platforms import read_only
from bot.features.applying.runs import Run
from bot.jobs.applier import Applier, ConfiguredWriters
from bot.render import Renderer
from bot.sources.platforms.google import GoogleAds
from bot.sources.platforms.google_budgets import GoogleBudgets
from bot.sources.platforms.meta import MetaAds
from bot.sources.platforms.meta_budgets import MetaBudgets
from bot.sources.platforms.rest import Patience
from bot.store import open_store
from bot.store.records import GivenAnswer
from tests.platform_budgets import (
    Applying,
    Counting,
    Killed,
    account_in,
    change_of,
    own_budgets,
    some_steps,
)
from tests.sources.platforms.conftest import NOW, secrets_of

PATIENT = Patience(tries=2, sleep=lambda _seconds: None)
KILLS = {"google": 300, "meta": 200}  # twice each, a thousand in all; Meta takes more calls


@pytest.fixture(scope="session", autouse=True)
def _trusted() -> None:
    """gRPC reads the roots once a process, before its first channel."""
    os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(certificate().path)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer("en")


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def world() -> World:
    return World(NOW, days=40)


@pytest.fixture
def servers(world: World, faults: Faults) -> Iterator[tuple[Any, Any]]:
    with google(world, faults) as ads, meta(world, faults) as graph:
        yield ads, graph


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "perfbot.db")


@pytest.fixture
def applying(
    address: str, world: World, servers: tuple[Any, Any], renderer: Renderer
) -> Iterator[Applying]:
    with closing(open_store(address)) as store:
        store.upgrade()
        yield applying_at(store, world, servers, renderer)


def applying_at(store: Any, world: World, servers: tuple[Any, Any], renderer: Renderer) -> Applying:
    ads, graph = servers
    secrets = {"META_ADS_ACCESS_TOKEN": graph.access_token, "META_ADS_GRAPH_URL": graph.url}
    writers = {
        "google_ads": GoogleBudgets(GoogleAds(secrets_of(ads), ads.manager_id, PATIENT)),
        "meta_ads": MetaBudgets(MetaAds(secrets, None, PATIENT)),
    }
    return Applying(store, world, writers, renderers={"en": renderer})


Shift = Callable[..., tuple[Any, ...]]


@pytest.fixture(params=["google", "meta"])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def campaigns(world: World, platform: str) -> list[Any]:
    """Three with budgets of their own."""
    return own_budgets(world, account_in(world, platform))[:3]


def amounts(campaigns: list[Any]) -> list[Decimal]:
    return [c.account.decimal(c.budget.amount) for c in campaigns]


def statuses(run: Run) -> list[str]:
    return [result.status for result in run.results]


def kinds(applying: Applying, run: Run) -> list[str]:
    events = applying.store.events(subject=run.advice_id, kind=runs.STEPS)
    return [event.kind.removeprefix(runs.STEPS) for event in events]


def test_a_shift_is_validated_set_read_back_and_told(
    applying: Applying, campaigns: list[Any], platform: str
) -> None:
    """Both budgets are as agreed, the log says what was sent and answered, the thread what came."""
    giver, taker, _ = campaigns
    before = amounts(campaigns)
    run = applying.ask(change_of(giver, "-40"), change_of(taker, "40"))
    applying.work()
    assert amounts(campaigns) == [before[0] - 40, before[1] + 40, before[2]]
    run = applying.read(run)
    assert statuses(run) == ["set", "set"]
    sends = ["send", "answer"] * (1 if platform == "google" else 2)
    assert kinds(applying, run) == ["ask", "check", "plan", *sends, "done"]
    (line,) = applying.lines(run)
    assert line.text.startswith(f"Applied at {'Google' if platform == 'google' else 'Meta'}")
    assert "Giver" in str(line.blocks)
    assert "advice.set_back" in str(line.blocks)
    applying.work()
    assert len(applying.world.changes) == len({id(c) for c in applying.world.changes})
    assert kinds(applying, run)[-1] == "done"


def test_it_is_taken_back_to_what_it_was(applying: Applying, campaigns: list[Any]) -> None:
    """One press sets everything back that was set; a second has nothing to take back."""
    giver, taker, _ = campaigns
    before = amounts(campaigns)
    run = applying.ask(change_of(giver, "-40"), change_of(taker, "40"))
    applying.work()
    run = applying.read(run)
    back = applying.ask(
        *changes_back(run.changes, run.results, run.landed), undoes=1, advice_id=run.advice_id
    )
    applying.work()
    assert amounts(campaigns) == before
    assert applying.lines(back)[0].text.startswith("Undone at")
    assert runs.in_force(runs.runs_of(applying.store, run.advice_id)) is None


def test_a_stale_plan_is_refused_with_both_budgets(
    applying: Applying, campaigns: list[Any]
) -> None:
    """Somebody changed a budget since: nothing is sent, neither for it nor for the others."""
    giver, taker, _ = campaigns
    run = applying.ask(change_of(giver, "-40"), change_of(taker, "40"))
    applying.world.change_budget(taker.account, taker.budget, 77_700, through="web")
    before = amounts(campaigns)
    applying.work()
    assert amounts(campaigns) == before
    assert kinds(applying, run) == ["ask", "done"]
    (obstacle,) = applying.read(run).obstacles
    assert (obstacle.reason, obstacle.now) == ("stale", Decimal(777))
    (line,) = applying.lines(run)
    assert "777" in str(line.blocks)
    assert line.text.startswith("Nothing was sent to")


def test_caps_of_a_day_count_what_was_set_and_not_what_was_refused(
    applying: Applying, campaigns: list[Any]
) -> None:
    """Forty of sixty are used: thirty more are refused, twenty are not, and tomorrow is new."""
    giver, taker, other = campaigns
    applying.caps = (50, 60, 100)
    first = applying.ask(change_of(giver, "-40"), change_of(taker, "40"))
    stale = applying.ask(change_of(other, "20"))
    applying.world.change_budget(other.account, other.budget, 88_800, through="web")
    applying.work()
    assert (statuses(applying.read(first)), len(applying.read(stale).obstacles)) == (
        ["set", "set"],
        1,
    )
    refused = applying.ask(change_of(other, "30"))
    applying.work()
    (obstacle,) = applying.read(refused).obstacles
    assert (obstacle.reason, obstacle.before, obstacle.now) == ("cap_day", 60, 70)
    allowed = applying.ask(change_of(other, "20"))
    applying.work()
    assert statuses(applying.read(allowed)) == ["set"]
    applying.clock.now += timedelta(days=1)
    monthly = applying.ask(change_of(other, "45"))
    applying.work()
    assert [o.reason for o in applying.read(monthly).obstacles] == ["cap_month"]


def test_an_acknowledgement_taken_back_meanwhile_sends_nothing(
    applying: Applying, campaigns: list[Any]
) -> None:
    """Between the press and the job somebody took the answer back."""
    run = applying.ask(change_of(campaigns[0], "10"))
    applying.store.answer(run.advice_id, GivenAnswer("undo", "U1", applying.clock.now))
    applying.work()
    assert [o.reason for o in applying.read(run).obstacles] == ["answered"]


@pytest.mark.parametrize("platform", ["meta"], indirect=True)
def test_what_the_platform_refuses_is_said_campaign_by_campaign(
    applying: Applying, campaigns: list[Any]
) -> None:
    """Of any number of budgets one is too small: said by name, and nothing is sent."""
    small, *others = campaigns
    change = change_of(small, -(amounts([small])[0] - Decimal("0.5")))
    run = applying.ask(change, *(change_of(c, "10") for c in others))
    applying.work()
    (obstacle,) = applying.read(run).obstacles
    assert (obstacle.reason, obstacle.key) == ("refused", small.campaign_id)
    assert "at least" in obstacle.sentence


@pytest.mark.parametrize("platform", ["meta"], indirect=True)
def test_a_refusal_in_the_middle_stops_what_comes_after(
    applying: Applying, campaigns: list[Any], faults: Faults
) -> None:
    """The cut is made, the raise refused, the next never sent: each is said, money is not lost."""
    cut, raised, other = campaigns
    change = change_of(raised, "30")
    run = applying.ask(change_of(cut, "-40"), change, change_of(other, "10"))
    meta_budgets: Any = applying.writers["meta_ads"]
    real, world = meta_budgets.set, applying.world

    def busy(account_id: str, settings: Any) -> Any:
        if settings[0].key == raised.campaign_id:  # four changes an hour are Meta's limit
            for amount in (1, 2, 3, 4, 0):
                world.change_budget(
                    raised.account, raised.budget, int(change.before * 100) + amount, through="web"
                )
        return real(account_id, settings)

    applying.writers["meta_ads"] = _Replaced(meta_budgets, set=busy)  # type: ignore[assignment]
    applying.work()
    run = applying.read(run)
    assert statuses(run) == ["set", "refused", "not_sent"]
    assert "4 times an hour" in run.results[1].sentence
    assert applying.lines(run)[0].text.startswith("Only partly applied")


class _Replaced:
    """Something with one of its methods in another's place."""

    def __init__(self, real: Any, **methods: Any) -> None:
        self._real, self._methods = real, methods

    def __getattr__(self, name: str) -> Any:
        return self._methods.get(name) or getattr(self._real, name)


def test_a_shift_between_platforms_takes_before_it_gives(applying: Applying, world: World) -> None:
    """A Google campaign gives to a Meta one: two accounts, the cut first."""
    giver = own_budgets(world, account_in(world, "google"))[0]
    taker = own_budgets(world, account_in(world, "meta"))[0]
    run = applying.ask(change_of(taker, "40"), change_of(giver, "-40"))
    applying.work()
    assert statuses(applying.read(run)) == ["set", "set"]
    made = [change.account.platform for change in world.changes if change.through == "api"]
    assert made == ["google", "meta"]


def test_a_lost_answer_is_read_instead_of_sent_again(
    applying: Applying, campaigns: list[Any], faults: Faults, platform: str
) -> None:
    """The platform did it and its answer was lost: read back, it counts as set."""
    account = campaigns[0].account.account_id
    writer: Any = applying.writers[f"{platform}_ads"]
    real = writer.set

    def losing(account_id: str, settings: Any) -> Any:
        faults.add("lost_answer", times=1, account=account)
        return real(account_id, settings)

    applying.writers[f"{platform}_ads"] = _Replaced(writer, set=losing)  # type: ignore[assignment]
    run = applying.ask(change_of(campaigns[0], "10"))
    applying.work()
    assert statuses(applying.read(run)) == ["set"]
    (answer,) = applying.read(run).answers.values()
    assert answer.error
    assert sum(change.through == "api" for change in applying.world.changes) == 1


def test_where_it_may_only_read_it_says_so_once_and_only_proposes(
    address: str, world: World, renderer: Renderer, platform: str, campaigns: list[Any]
) -> None:
    """What to grant is said in the thread; the account counts as read-only from then on."""
    with (
        google(world, writable=False) as ads,
        meta(world, scopes=("ads_read",)) as graph,
        closing(open_store(address)) as store,
    ):
        store.upgrade()
        applying = applying_at(store, world, (ads, graph), renderer)
        run = applying.ask(change_of(campaigns[0], "10"))
        applying.work()
        (line,) = applying.lines(run)
        assert "may only read" in str(line.blocks)
        assert "only proposes" in str(line.blocks)
        account = (f"{platform}_ads", campaigns[0].account.account_id)
        assert list(read_only(store)) == [account]
        applying.clock.now += timedelta(days=1)
        applying.work()  # looked at again, and still so
        assert read_only(store) == {account: applying.clock.now.date()}
        ads.access = replace(ads.access, writable=True)
        graph.gate.scopes = frozenset({"ads_read", "ads_management"})
        applying.work()
        assert list(read_only(store)) == [account]  # once a day
        applying.clock.now += timedelta(days=1)
        applying.work()
        assert not read_only(store)


def test_what_cannot_be_read_back_is_said_once_and_looked_at_until_it_can(
    applying: Applying, campaigns: list[Any], platform: str
) -> None:
    """Sent, and then nobody could read the platform for a while: said once, and never resent."""
    writer: Any = applying.writers[f"{platform}_ads"]
    down = [False]

    def read(account_id: str) -> Any:
        if down[0]:
            raise SourceError("It is down.")
        return writer.budgets(account_id)

    def send(account_id: str, settings: Any) -> Any:
        down[0] = True
        return writer.set(account_id, settings)

    applying.writers[f"{platform}_ads"] = _Replaced(writer, budgets=read, set=send)  # type: ignore[assignment]
    applying.clock.now = datetime(2100, 1, 1, tzinfo=UTC)  # the next try is later than the store's
    run = applying.ask(change_of(campaigns[0], "10"))
    for _ in range(5):
        applying.work()
        applying.lapse()
    line = applying.store.outgoing(f"applying:{run.key}:line:0")
    assert line
    assert "not read back yet" in line.text
    assert "It is down." in str(line.blocks)
    assert not applying.read(run).is_done
    down[0] = False
    applying.work()
    assert statuses(applying.read(run)) == ["set"]
    assert kinds(applying, run).count("send") == 1


def test_an_account_no_source_reaches_is_said(applying: Applying, campaigns: list[Any]) -> None:
    """Switched on in [[accounts]] and in no source: nothing is sent, and the thread says why."""
    run = applying.ask(change_of(campaigns[0], "10"))
    Applier(applying.context(), ConfiguredWriters(applying.settings))()
    (obstacle,) = applying.read(run).obstacles
    assert obstacle.reason == "silent"
    assert "No source in perfbot.toml reaches account" in obstacle.sentence


# -- killed ---------------------------------------------------------------------------------------
def killed(applying: Applying, campaigns: list[Any], kills: int, seed: int) -> Counter[str]:
    """Runs that are killed at random steps until so many kills are done; what became of them."""
    chance, came = random.Random(seed), Counter[str]()
    counting = {channel: Counting(writer) for channel, writer in applying.writers.items()}
    applying.writers = dict(counting)  # type: ignore[arg-type]  # each stands for its writer
    applying.clock.each = timedelta(seconds=20)
    sign = 1
    while applying.death.kills < kills:
        giver, taker = chance.sample(campaigns, 2)
        step = Decimal(chance.randint(1, 30)) * sign
        applying.world.now += timedelta(hours=1, minutes=1)  # Meta's four an hour
        sign = -sign
        run = applying.ask(change_of(giver, -step), change_of(taker, step))
        history = len(applying.world.changes)
        lives(applying, run, chance)
        made = applying.world.changes[history:]
        told_to_set = [setting for writer in counting.values() for setting in writer.settings]
        assert len(set(told_to_set)) == len(told_to_set), "a call was made twice"
        for writer in counting.values():
            writer.settings.clear()
        check(applying, applying.read(run), made)
        came[",".join(sorted(set(statuses(applying.read(run)))))] += 1
    return came


def lives(applying: Applying, run: Run, chance: random.Random) -> None:
    """One process after another, each killed somewhere, until the run is done."""
    while not applying.read(run).is_done:
        applying.death.steps = some_steps(chance)
        with suppress(Killed):
            applying.applier()()
        applying.lapse()
    applying.death.steps = None


def check(applying: Applying, run: Run, made: list[Any]) -> None:
    """No budget was changed twice, and what was said of each is so."""
    touched = Counter(change.subject_id for change in made)
    assert all(count == 1 for count in touched.values()), touched
    for change, result in zip(run.changes, run.results, strict=True):
        campaign = applying.world.campaign(
            next(a for p in ("google", "meta") for a in applying.world.accounts(p)
                 if a.account_id == change.account_id),
            change.campaign_id,
        )  # fmt: skip
        assert campaign
        assert campaign.budget
        (now,) = amounts([campaign])
        assert now == result.now
        assert (now == change.after) == (result.status == "set")
        assert now in {change.before, change.after}
    assert len(applying.lines(run)) == 1


@pytest.mark.parametrize("seed", [7, 8])
def test_killed_anywhere_a_budget_is_never_set_twice(
    applying: Applying, campaigns: list[Any], platform: str, seed: int
) -> None:
    """A thousand kills, before and after every write and every call: once or not at all."""
    came = killed(applying, campaigns, KILLS[platform], seed)
    assert applying.death.kills >= KILLS[platform]
    assert came["set"] > sum(came.values()) / 2, came
    assert set(came) - {"set"}, came


def test_what_a_person_sets_back_meanwhile_is_left_to_them(
    applying: Applying, campaigns: list[Any]
) -> None:
    """Killed right after the call; before the next look somebody undid it by hand: it stays so."""
    campaign = campaigns[0]
    run = applying.ask(change_of(campaign, "10"))
    before = campaign.budget.amount
    while campaign.budget.amount == before:  # a life one step longer each time, until it is set
        applying.count += 1
        applying.death.steps = applying.count
        with suppress(Killed):
            applying.applier()()
        applying.lapse()
    assert not applying.read(run).is_done
    applying.world.change_budget(campaign.account, campaign.budget, before, through="web")
    applying.clock.each = timedelta(seconds=20)
    while not applying.read(run).is_done:
        applying.work()
        applying.lapse()
    assert statuses(applying.read(run)) == ["unchanged"]
    assert campaign.budget.amount == before
    assert sum(change.through == "api" for change in applying.world.changes) == 1


@pytest.mark.parametrize("platform", ["google"], indirect=True)
def test_the_same_in_postgresql(
    postgres_url: str, world: World, servers: Any, renderer: Renderer, campaigns: list[Any]
) -> None:
    """The log of the other database holds a call once, too."""
    with closing(open_store(postgres_url)) as store:
        store.upgrade()
        applying = applying_at(store, world, servers, renderer)
        killed(applying, campaigns, 40, seed=11)
