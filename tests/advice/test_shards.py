"""Shards: a client's campaigns in one currency are judged as if nobody else were there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from benchmarks.speed.frames import MORNING, of_clients, plan_of_clients
from bot.advice import advise
from bot.advice.advise import by_shard
from bot.advice.sharded_advice import together
from bot.domain.advice import Answer, Evidence, Memory, to_json
from bot.domain.packed_findings import PackedFindings, joined
from bot.numbers.input.revisions import campaigns_of
from bot.numbers.plan import Account, Plan, PlanEntry
from bot.numbers.shards import Census, Shard, census_of

CLIENTS = 5


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    return of_clients(60, 45, CLIENTS)


@pytest.fixture(scope="module")
def plan(market: pd.DataFrame) -> Plan:
    known = plan_of_clients(CLIENTS)
    return replace(known, census=census(market, known))


@pytest.fixture(scope="module")
def memory(market, plan, rulebook) -> Memory:
    """Of the morning before, with an answer to what was said first."""
    earlier = advise(market, MORNING - timedelta(1), rulebook, plan)
    piece = earlier.advice[0]
    on = MORNING - timedelta(1)
    answer = Answer(piece.id, piece.rule, piece.campaign_ids, "acknowledge", on)
    return replace(earlier.memory, answers=(answer,))


def census(rows: pd.DataFrame, plan: Plan) -> Census:
    from bot.numbers.input.daily import visible_on

    return census_of(plan.resolve(campaigns_of(visible_on(rows, MORNING)), MORNING))


def written(advised) -> str:
    return json.dumps(to_json(advised, MORNING)) + repr(advised.memory) + repr(advised.tests)


def rows_of(market, plan, shards) -> pd.DataFrame:
    accounts = {f"a{number}": Shard(f"Client {number:04}" if number else "",
                                    "SEK" if number % 5 == 0 else "NOK")
                for number in range(CLIENTS)}  # fmt: skip
    assert set(accounts.values()) == set(plan.census.members)
    return market[market["account_id"].map(accounts).isin(list(shards))]


def test_packing_changes_no_byte(market, plan, memory, rulebook):
    """However shards are packed together, and in whichever order, a morning comes to the same."""
    shards = [*plan.census.members]
    packings = ([shards], [[shard] for shard in reversed(shards)], [shards[3:], shards[:1],
                shards[1:3]])  # fmt: skip
    results = set()
    for packing in packings:
        judged = {}
        for pack in packing:
            rows = rows_of(market, plan, pack)
            judged |= by_shard(rows, MORNING, rulebook, plan, memory)
        assert [*sorted(judged)] == shards
        results.add(written(together(judged, rulebook, memory, MORNING)))
    whole = advise(market, MORNING, rulebook, plan, memory)
    assert results == {written(whole)}
    assert whole.advice
    assert whole.memory.learned


def test_a_census_is_taken_of_whatever_is_judged_without_one(market, plan, memory, rulebook):
    """A frame of many clients is taken apart without being asked to."""
    found = advise(market, MORNING, rulebook, replace(plan, census=None), memory)
    assert written(found) == written(advise(market, MORNING, rulebook, plan, memory))


def test_nobody_elses_numbers_change_a_shard(market, plan, memory, rulebook):
    """False discoveries, pools and memory stay within a client's campaigns in one currency."""
    shard = Shard("Client 0002", "NOK")
    own = rows_of(market, plan, [shard])
    others = market.drop(own.index)
    tripled = others.assign(spend=others["spend"] * 3, clicks=0.0)
    before, after = (
        by_shard(pd.concat([own, rest]), MORNING, rulebook, plan, memory)[shard]
        for rest in (others, tripled)
    )
    assert written(before) == written(after)
    assert before.advice


def test_ids_of_two_clients_stay_apart(market, plan, rulebook):
    """A campaign id that two clients' platforms use names one campaign in every answer."""
    found = advise(market, MORNING, rulebook, plan)
    ids = plan.census.ids
    assert len(set(ids.values())) == len(ids) == 60
    assert {id_ for piece in found.advice for id_ in piece.campaign_ids} <= set(ids.values())
    google = [shard for name, shard in plan.census.shards.items() if name.startswith("google")]
    assert len({*google}) == CLIENTS  # the clash is between shards


def test_who_has_no_currency_stands_with_its_clients_only_one():
    """Numbers of no currency are judged beside their client's, where it has just one."""
    rows = pd.DataFrame({
        "entity": ["ga4||1", "meta|1|2", "ga4|2|3", "meta|2|4", "meta|3|5"],
        "channel": ["ga4", "meta", "ga4", "meta", "meta"], "account_id": ["", "1", "2", "2", "3"],
        "campaign_name": list("abcde"), "client": ["A", "A", "B", "B", "B"],
        "currency": [None, "NOK", None, "NOK", "SEK"],
    })  # fmt: skip
    shards = census_of(rows).shards
    assert shards["ga4||1"] == shards["meta|1|2"] == Shard("A", "NOK")
    assert shards["ga4|2|3"] == Shard("B", "")


def test_an_install_of_one_shard_is_judged_as_it_was(market, rulebook):
    """One client in one currency comes to the same, whether the plan names the client or not."""
    own = market[market["account_id"] == "a2"]
    target = {"cpa": 250.0, "cpl": 160.0}
    plain = advise(own, MORNING, rulebook, Plan((PlanEntry("*", target=target),)))
    account = Account("a2", client="Alfa")
    named = advise(own, MORNING, rulebook, Plan((PlanEntry("*", target=target),), None, (account,)))
    assert [piece.id for piece in plain.advice] == [piece.id for piece in named.advice]
    assert plain.held_back == named.held_back


def test_the_newest_evidence_is_remembered(rulebook):
    """What shards learned up to different days is never mixed."""
    from bot.domain.advice import Advised

    old = Evidence(MORNING - timedelta(9), {"a": (1.0,)})
    new = Evidence(MORNING - timedelta(2), {"b": (2.0,)})
    judged = {Shard("A"): Advised(memory=Memory(learned=old)),
              Shard("B"): Advised(memory=Memory(learned=new)), Shard("C"): Advised()}  # fmt: skip
    assert together(judged, rulebook, Memory(), MORNING).memory.learned == new


def test_packed_findings_are_the_same_findings(market, plan, rulebook):
    """What was held back reads the same packed as it was, from either end and in parts."""
    held = tuple(advise(market, MORNING, rulebook, plan).held_back)
    parts = [PackedFindings.of(held[:100]), held[100:130], PackedFindings.of(held[130:])]
    packed = joined(parts)
    assert tuple(packed) == held
    assert len(packed) == len(held)
    for place in (0, 99, 100, 129, 130, len(held) - 1, -1):
        assert packed[place] == held[place]
    assert tuple(packed[95:105]) == held[95:105]
    with pytest.raises(IndexError):
        packed[len(held)]
    assert joined([held[:2], held[2:4]]) == held[:4]
