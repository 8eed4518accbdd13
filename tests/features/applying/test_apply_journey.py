"""From numbers pulled at a platform to a budget set there and back, as a person has it done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from bot.ask import Asker, Context, Desk
from bot.demo.platforms import World, google
from bot.demo.platforms.google_ads.wire import certificate
from bot.domain.advice import Advice
from bot.domain.replies import Press
from bot.jobs import pull_keeping
from bot.jobs.applier import Applier
from bot.settings import Settings
from bot.settings.models import AccountSettings, Who
from bot.sources.platforms.google import GoogleAds
from bot.sources.platforms.google_budgets import GoogleBudgets
from bot.sources.platforms.pulling import PlatformSource
from bot.store import open_store
from bot.store.base import Outgoing
from tests.platform_budgets import account_in, own_budgets
from tests.sources.platforms.conftest import NOW, secrets_of

KARI = Asker("U1", "C1", "en", "Europe/Oslo")


@pytest.fixture(scope="session", autouse=True)
def _trusted() -> None:
    """gRPC reads the roots once a process, before its first channel."""
    os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(certificate().path)


@pytest.fixture
def world() -> World:
    return World(NOW, days=40)


@pytest.fixture
def server(world: World) -> Iterator[Any]:
    with google(world) as running:
        yield running


@pytest.fixture
def desk(world: World, server: Any, rulebook: Any, renderers: Any, tmp_path: Any) -> Iterator[Desk]:
    """A desk whose numbers were pulled from the local Google Ads, its NOK account switched on."""
    account = account_in(world, "google")
    switch = AccountSettings(
        channel="google_ads", account_id=account.account_id, apply=True,
        apply_change=1000, apply_day=1000, apply_month=1000,
    )  # fmt: skip
    settings = Settings(accounts=(switch,), who=Who(approvers=("U1",)))
    with closing(open_store(tmp_path / "perfbot.db")) as store:
        store.upgrade()
        client = GoogleAds(secrets_of(server), server.manager_id)
        source = PlatformSource("google", client, lambda: NOW, (account.account_id,))
        (pulled,) = pull_keeping.pull(store, [source], lambda: NOW)
        assert pulled.ok
        yield Desk(Context(store, rulebook, renderers, settings, lambda: NOW))


def advised(desk: Desk, world: World) -> Any:
    """A shift between two of its campaigns, as a digest has posted it."""
    giver, taker = own_budgets(world, account_in(world, "google"))[:2]
    before = {c.campaign_id: c.budget.amount / 100 for c in (giver, taker) if c.budget}
    after = {giver.campaign_id: before[giver.campaign_id] - 60,
             taker.campaign_id: before[taker.campaign_id] + 60}  # fmt: skip
    shift = Advice(
        "a1", "convert-shift", "v1", tuple(before), "shift_budget", "advise", budgets=after,
        budgets_before=before, currency="NOK", opened_on=NOW.date(),
        numbers={"name": giver.name, "to": {"name": taker.name}, "move": 60.0},
    )  # fmt: skip
    store = desk.context.store
    store.save_advice([shift], as_of=NOW.date(), at=NOW)
    store.enqueue([Outgoing("advice:a1", "advice", "C1", "Shift", (), "", "a1")])
    store.delivered("advice:a1", "17.000001")
    return giver, taker


def amounts(*campaigns: Any) -> list[Decimal]:
    return [c.account.decimal(c.budget.amount) for c in campaigns]


def test_acknowledged_applied_and_undone(desk: Desk, world: World, server: Any) -> None:
    """Three presses: the budgets are as agreed, the thread says so, and then as they were."""
    giver, taker = advised(desk, world)
    before = amounts(giver, taker)
    client = GoogleAds(secrets_of(server), server.manager_id)
    applier = Applier(desk.context, lambda _account: GoogleBudgets(client))
    taken = desk.answer(Press("a1", "acknowledge"), KARI)
    assert "advice.apply" in str(taken.changes[0].blocks)

    desk.answer(Press("a1", "apply"), KARI)
    assert applier() == 1
    assert amounts(giver, taker) == [before[0] - 60, before[1] + 60]
    line = desk.context.store.outgoing("applied:a1:1:line:0")
    assert line
    assert line.text == "Applied at Google, and read back."
    assert giver.name in str(line.blocks)

    undone = desk.answer(Press("a1", "set_back"), KARI)
    assert "has it undone at Google" in undone.lines[0].text
    assert applier() == 1
    assert amounts(giver, taker) == before
    line = desk.context.store.outgoing("applied:a1:2:line:0")
    assert line
    assert line.text == "Undone at Google, and read back."
    assert desk.apply_view("a1", KARI)["blocks"], "it may be applied again"


def test_a_budget_somebody_changed_meanwhile_is_left_alone(
    desk: Desk, world: World, server: Any
) -> None:
    """Between the acknowledgement and the press: both budgets are said, nothing is sent."""
    giver, taker = advised(desk, world)
    desk.answer(Press("a1", "acknowledge"), KARI)
    world.change_budget(taker.account, taker.budget, 123_400, through="web")
    before = amounts(giver, taker)
    client = GoogleAds(secrets_of(server), server.manager_id)
    desk.answer(Press("a1", "apply"), KARI)
    Applier(desk.context, lambda _account: GoogleBudgets(client))()
    assert amounts(giver, taker) == before
    line = desk.context.store.outgoing("applied:a1:1:line:0")
    assert line
    assert line.text == "Nothing was sent to Google."
    assert "1 234" in str(line.blocks).replace("\\xa0", " ").replace("\xa0", " ")
