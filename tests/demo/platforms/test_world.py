"""The world behind the local platforms, its faults and its journal."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.platforms import Faults, Journal, World
from bot.demo.platforms.entities import Part, Turn
from bot.demo.platforms.google_ads.access import Refusal
from bot.demo.platforms.google_ads.answering import answer
from bot.demo.platforms.google_ads.checking import check
from bot.demo.platforms.google_ads.gaql import parse
from bot.demo.platforms.google_ads.sources import View
from bot.demo.platforms.journal import Entry
from bot.demo.platforms.numbers import MEASURES, Table, reached, split
from bot.demo.platforms.world import Size

FIRST = date(2026, 11, 1)
PARTS = st.builds(
    Part,
    share=st.floats(0.01, 5),
    appeal=st.floats(0, 3),
    worth=st.floats(0, 3),
    price=st.floats(0.1, 3),
    turn=st.none() | st.builds(
        Turn, st.sampled_from(["clicks", "results"]), st.just(FIRST), st.floats(0, 2),
        st.integers(0, 9),
    ),
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Days whose clicks do not exceed their showings, and whose value hangs on sales."""
    days = draw(st.integers(1, 6))
    counts = {
        m: draw(st.lists(st.integers(0, 9_999), min_size=days, max_size=days)) for m in MEASURES
    }
    values = {m: np.array(column, dtype=np.int64) for m, column in counts.items()}
    for measure in ("clicks", "video_views", "engagements"):
        values[measure] = np.minimum(values[measure], values["impressions"])
    values["landing_views"] = np.minimum(values["landing_views"], values["clicks"])
    values["value"] = np.where(values["purchases"], values["value"], 0)
    return Table(FIRST, values, draw(st.booleans()))


@given(table=tables(), parts=st.lists(PARTS, min_size=1, max_size=7))
def test_parts_add_up_to_their_whole(table: Table, parts: list[Part]) -> None:
    """Day by day and measure by measure; and no part has more clicks than showings."""
    pieces = split(table, parts)
    for measure in MEASURES:
        assert (sum(piece[measure] for piece in pieces) == table[measure]).all()
    for piece in pieces:
        assert all((piece[measure] >= 0).all() for measure in MEASURES)
        assert (piece["clicks"] <= piece["impressions"]).all()
        assert (piece["landing_views"] <= piece["clicks"]).all()


@given(people=st.floats(1, 1e7), few=st.integers(0, 10**7), more=st.integers(0, 10**7))
def test_reach_grows_and_never_adds_up(people: float, few: int, more: int) -> None:
    """More showings reach no fewer people, and never more than the two spans together."""
    together = reached(people, few + more)
    assert together >= reached(people, few)
    assert together <= reached(people, few) + reached(people, more) + 1
    assert together <= min(few + more, people + 1)


def test_the_same_seed_is_the_same_world(world: World) -> None:
    """Whatever is asked first; another seed is another world."""
    twin, stranger = World(world.now), World(world.now, seed=2)
    twin.campaigns(twin.accounts("tiktok")[1])
    spends = [
        [known.numbers(c)["spend"].tolist() for c in known.campaigns(known.accounts("google")[0])]
        for known in (world, twin, stranger)
    ]
    assert spends[0] == spends[1] != spends[2]


def test_the_past_stays_when_time_goes_on(world: World) -> None:
    """A month later the settled days are what they were."""
    campaign = world.campaigns(world.accounts("meta")[0])[2]
    before = world.numbers(campaign)
    world.now += timedelta(days=30)
    after = world.numbers(campaign)
    assert len(after) == len(before) + 30
    for measure in ("impressions", "clicks", "purchases", "value"):
        assert (after[measure][:360] == before[measure][:360]).all()


def test_sales_come_in_late_and_only_more_of_them(world: World) -> None:
    """Each morning a day's sales are as many as before or more, until they are settled."""
    campaign = world.campaigns(world.accounts("google")[0])[1]
    day = len(world.numbers(campaign)) - 2
    counts = []
    for _ in range(40):
        counts.append(int(world.numbers(campaign)["purchases"][day]))
        world.now += timedelta(days=1)
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] == counts[-5]


def test_a_moment_needs_a_zone() -> None:
    """Nobody knows what day it is where, else."""
    with pytest.raises(ValueError, match="time zone"):
        World(datetime(2026, 11, 28))


def test_faults_are_used_up_by_account() -> None:
    """A fault for one account leaves the others alone, counts down, and can be cleared."""
    faults = Faults().add("throttled", times=2, account="7").add("half_day", times=None)
    assert faults.take("throttled", "8") is None
    assert [bool(faults.take("throttled", "7")) for _ in range(3)] == [True, True, False]
    assert faults.is_on("half_day", "8")
    faults.clear()
    assert not faults.is_on("half_day", "8")
    with pytest.raises(ValueError, match="unknown fault"):
        faults.add("meteor")


def test_the_journal_keeps_no_secret() -> None:
    """Whoever adds an entry: tokens become fingerprints, and the same token the same one."""
    journal = Journal()
    for name in ("access_token", "Authorization", "Developer-Token", "client_secret"):
        journal.add(Entry("GET /", values={name: "Bearer sesame", "limit": "5"}))
    assert "sesame" not in repr(journal.entries)
    prints = {v for e in journal.entries for n, v in e.values.items() if n != "limit"}
    assert len(prints) == 1
    assert all(entry.values["limit"] == "5" for entry in journal.entries)


WORDS = st.sampled_from([
    "SELECT", "FROM", "WHERE", "AND", "ORDER", "BY", "LIMIT", "BETWEEN", "IN", "(", ")", ",", "=",
    "campaign", "campaign.id", "campaign.name", "campaign.status", "metrics.clicks", "ENABLED",
    "segments.date", "segments.device", "'2026-11-01'", "'x'", "DURING", "LAST_7_DAYS", "5", "-1",
    "IS", "NULL", "LIKE", "CONTAINS", "ANY", "PARAMETERS", "customer.id", "metrics", "'", '"',
])  # fmt: skip


def outcome(query: str) -> str:
    """`read`, or the kind of the refusal; anything else breaks the test."""
    try:
        check(parse(query), date(2026, 11, 28))
    except Refusal as refusal:
        return refusal.kind
    return "read"


@given(words=st.lists(WORDS, max_size=25))
def test_any_query_is_read_or_refused_with_a_code(words: list[str]) -> None:
    """The reader never breaks: it reads, or it refuses with a code of the SDK's own."""
    assert outcome(" ".join(["SELECT", *words])) in ("read", "query_error")


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is sent: no other error comes out."""
    assert outcome(text) in ("read", "query_error")


def test_all_platforms_run_from_the_command_line() -> None:
    """One line of JSON says where each is; each answers there until it is interrupted."""
    command = [sys.executable, "-m", "bot.demo.platforms", "--only", "meta", "--only", "tiktok"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout
        addresses = json.loads(running.stdout.readline())
        token = {"access_token": addresses["meta"]["access_token"]}
        reply = httpx.get(f"{addresses['meta']['url']}/v26.0/me/adaccounts", params=token)
        assert len(reply.json()["data"]) == 2
        header = {"Access-Token": addresses["tiktok"]["access_token"]}
        address = f"{addresses['tiktok']['url']}/open_api/v1.3/oauth2/advertiser/get/"
        assert len(httpx.get(address, headers=header).json()["data"]["list"]) == 2
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)
    assert running.returncode == 0


def test_an_account_can_be_empty(world: World) -> None:
    """It is listed with the others, and has neither campaigns nor numbers."""
    local = World(world.now, size=Size(empty=1))
    account = local.accounts("google")[2]
    assert local.campaigns(account) == []
    assert local.account_numbers(account).total("impressions") == 0
    query = "SELECT customer.id, campaign.id, metrics.clicks FROM campaign"
    assert list(answer(View(local, account), check(parse(query), local.today(account)))) == []
