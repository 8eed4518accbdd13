"""A morning of many shards, read from the store one after another."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from benchmarks.speed.frames import MORNING, of_clients, plan_of_clients
from bot.advice import advise
from bot.context.context import ALWAYS, Context, values_of
from bot.domain.advice import to_json
from bot.numbers.shards import Shard
from bot.rules_files import load
from bot.settings import Settings
from bot.snapshot.evaluation import advised
from bot.snapshot.sharded import ShardedMorning
from bot.store import open_store
from bot.store.base import PlanRow

PULLED = datetime(2026, 11, 23, 5, tzinfo=UTC)
CLIENTS = 3
SPAN = (MORNING - timedelta(182), MORNING - timedelta(1))


@pytest.fixture(params=["sqlite", "postgresql"])
def context(request, tmp_path) -> Context:
    """Thirty campaigns of three clients, each in a currency; half of them restated once."""
    url = str(tmp_path / "perfbot.db")
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    store = open_store(url)
    rows = of_clients(30, 40, CLIENTS)
    store.add_numbers(rows, source="x", pulled_at=PULLED - timedelta(2))
    newest = rows[rows["date"] >= "2026-11-18"].head(60)
    store.add_numbers(newest.assign(clicks=newest["clicks"] + 1), source="x", pulled_at=PULLED)
    entries = [PlanRow(one.match, values_of(one), ALWAYS, "U1", PULLED, "slack", place)
               for place, one in enumerate(plan_of_clients(CLIENTS).entries)]  # fmt: skip
    store.set_plan(entries, origin="slack")
    yield Context(store, load(), {}, Settings(), lambda: PULLED)
    store.close()


def test_read_by_shard_it_comes_to_the_same(context):
    """Judged shard by shard from the store, a morning is that of all its numbers at once."""
    numbers = context.store.numbers(*SPAN, as_of=MORNING, history=True)
    plan = context.plan(MORNING)
    whole = advise(numbers, MORNING, context.rulebook,
                   replace(plan, reported=dict(plan.reported)))  # fmt: skip
    found = advised(context, MORNING)
    assert json.dumps(to_json(found, MORNING)) == json.dumps(to_json(whole, MORNING))
    assert found.held_back


def test_a_shard_is_read_without_the_others(context):
    """The rows of a shard are those of its campaigns, every revision, as they are read together."""
    morning = ShardedMorning.of(context, MORNING)
    assert [*morning] == [
        Shard("", "SEK"),
        Shard("Client 0001", "NOK"),
        Shard("Client 0002", "NOK"),
    ]
    numbers = context.store.numbers(*SPAN, as_of=MORNING, history=True)
    shards = [morning.days(shard, SPAN[0]).history for shard in morning]
    assert [len(each) for each in shards] == [len(numbers[numbers["account_id"] == account])
                                              for account in ("a0", "a1", "a2")]  # fmt: skip
    keys = ["channel", "account_id", "campaign_id", "date", "pulled_on"]
    together = pd.concat(shards).sort_values(keys).reset_index(drop=True)
    assert_frame_equal(together, numbers.sort_values(keys).reset_index(drop=True))
    assert numbers["revision"].max() == 2


def test_one_client_and_currency_are_read_at_once(tmp_path):
    """Where no client is named and one currency is, nothing is taken apart; two currencies are."""
    store = open_store(str(tmp_path / "perfbot.db"))
    context = Context(store, load(), {}, Settings(), lambda: PULLED)
    rows = of_clients(30, 5, CLIENTS)
    store.add_numbers(rows[rows["currency"] == "SEK"], source="x", pulled_at=PULLED)
    assert ShardedMorning.of(context, MORNING) is None
    store.add_numbers(rows, source="x", pulled_at=PULLED)
    morning = ShardedMorning.of(context, MORNING)
    assert morning is not None
    assert [*morning] == [Shard("", "NOK"), Shard("", "SEK")]
    store.close()
