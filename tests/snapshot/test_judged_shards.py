"""A morning judged by what changed is the morning judged whole, byte for byte."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.speed.frames import MORNING, of_clients, plan_of_clients
from bot.context.context import ALWAYS, Context, values_of
from bot.domain.advice import Advised, HeldBack, to_json
from bot.numbers.plan import Account, Plan, PlanEntry
from bot.numbers.shards import Shard
from bot.rules_files import load
from bot.settings import Settings
from bot.snapshot.evaluation import advised, save
from bot.snapshot.judged_shards import JudgedShards, packed
from bot.snapshot.sharded import ShardedMorning
from bot.store import open_store
from bot.store.base import PlanRow
from bot.store.records import GivenAnswer

CLIENTS, DAYS = 3, 35
PULLED = datetime(2026, 11, 22, 5, tzinfo=UTC)
ROWS = of_clients(24, DAYS, CLIENTS)
RULEBOOK = load()


class Install:
    """A store of three clients whose morning before was judged, and what its worker remembers."""

    def __init__(self) -> None:
        self.store = open_store(":memory:")
        self.pulls = 0
        self.pulled(ROWS)
        entries = [PlanRow(one.match, values_of(one), ALWAYS, "U1", PULLED, "slack", place)
                   for place, one in enumerate(plan_of_clients(CLIENTS).entries)]  # fmt: skip
        self.store.set_plan(entries, origin="slack")
        self.context = Context(self.store, RULEBOOK, {}, Settings(), lambda: PULLED)
        self.earlier = JudgedShards()
        yesterday = MORNING - timedelta(1)
        save(self.context, yesterday, advised(self.context, yesterday))

    def pulled(self, rows: pd.DataFrame) -> None:
        self.pulls += 1
        at = PULLED - timedelta(2) + timedelta(seconds=self.pulls)
        self.store.add_numbers(rows, source="x", pulled_at=at)

    def late(self, client: int, channel: str | None = None) -> None:
        """The newest day of a client's channel, or of all its channels, comes otherwise."""
        newest = ROWS[(ROWS["date"] == ROWS["date"].max()) & (ROWS["account_id"] == f"a{client}")]
        if channel:
            newest = newest[newest["channel"] == channel]
        self.pulled(newest.assign(clicks=newest["clicks"] * 2 + self.pulls, reach=1.0))

    def renamed(self, client: int) -> None:
        row = ROWS[ROWS["account_id"] == f"a{client}"].tail(1)
        self.pulled(row.assign(campaign_name=row["campaign_name"] + " II", clicks=1.0))

    def arrived(self, client: int) -> None:
        """A campaign that is called, and numbered, as another client's is."""
        row = ROWS[ROWS["account_id"] == f"a{client}"].tail(3)
        self.pulled(row.assign(account_id=f"a{(client + 1) % CLIENTS}"))

    def target(self, client: int) -> None:
        at = PULLED + timedelta(seconds=self.pulls)
        self.pulls += 1
        row = PlanRow(f"client{client:04} act*", {"target": {"cpc": 3.0 + self.pulls}}, MORNING,
                      "U1", at, "slack")  # fmt: skip
        self.store.set_plan([row], origin="slack")

    def answered(self, client: int) -> None:
        census = ShardedMorning.whole(self.context, MORNING).census
        own = {census.ids[name] for name in census.ids if f"|a{client}|" in name}
        for record in self.store.all_advice(state="open"):
            if own.issuperset(record.advice.campaign_ids):
                self.store.answer(record.advice.id, GivenAnswer("dismiss", "U1", PULLED))
                return

    def reach(self, client: int) -> None:
        self.pulls += 1
        row = ROWS[ROWS["account_id"] == f"a{client}"].tail(1)
        since = pd.Timestamp(MORNING - timedelta(7))
        self.store.add_window_reach(row[["channel", "account_id", "campaign_id"]].assign(
            since=since, until=pd.Timestamp(MORNING - timedelta(1)), reach=90.0 + self.pulls,
            pulled_at=pd.Timestamp(PULLED)))  # fmt: skip

    def parts(self, client: int) -> None:
        """What goes on below a campaign."""
        self.pulls += 1
        row = ROWS[ROWS["account_id"] == f"a{client}"].tail(1)
        told = row[["date", "channel", "account_id", "campaign_id", "campaign_name"]]
        self.store.add_details(told.assign(
            level="ad", detail_id="1", detail_name="An ad", impressions=5_000.0 + self.pulls,
            clicks=90.0, spend=400.0, currency="NOK"))  # fmt: skip

    def forgotten(self, client: int) -> None:
        self.store.expire_numbers(ROWS["date"].min().date() + timedelta(client + 1))

    def threshold(self, client: int) -> None:
        self.pulls += 1
        value, at = 1.5 + client / 10 + self.pulls / 1000, PULLED + timedelta(seconds=self.pulls)
        row = PlanRow("convert/CPA.waste", {"value": value}, MORNING, "U1", at, "threshold")
        self.store.set_plan([row], origin="threshold")

    def judged(self, monkeypatch: pytest.MonkeyPatch) -> tuple[Advised, set[Shard]]:
        """By what changed, and which shards that took."""
        again: set[Shard] = set()
        judge = ShardedMorning.judged

        def noted(morning: ShardedMorning, shard: Shard) -> Advised:
            again.add(shard)
            return judge(morning, shard)

        with monkeypatch.context() as patched:
            patched.setattr(ShardedMorning, "judged", noted)
            return advised(self.context, MORNING, earlier=self.earlier), again


def written(found: Advised) -> str:
    return json.dumps(to_json(found, MORNING)) + repr(found.memory) + repr(found.tests)


@pytest.fixture(scope="module")
def install():
    """One for all examples: each begins where the last ended, and its whole is judged anew."""
    made = Install()
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("kind", "shards"),
    [("late", 1), ("target", 1), ("answered", 1), ("reach", 1), ("parts", 1), ("threshold", 3)],
)
def test_a_change_is_judged_where_it_is(install, monkeypatch, kind, shards):
    """Of three clients one, when it is one's; of all, when it is everybody's. Nothing: none.

    It stands before the examples below, which may leave a client without advice to answer.
    """
    install.judged(monkeypatch)
    assert install.judged(monkeypatch)[1] == set()
    getattr(install, kind)(2)
    assert len(install.judged(monkeypatch)[1]) == shards


SMALL = ("late", "renamed", "target", "answered", "reach", "parts")
ANY = (*SMALL, "arrived", "forgotten", "threshold")


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(st.tuples(st.sampled_from(ANY), st.integers(0, CLIENTS - 1)), max_size=2))
def test_judged_by_what_changed_is_judged_whole(install, monkeypatch, changes):
    """Whatever few things changed: the same bytes, and small changes touch their own shards."""
    install.judged(monkeypatch)
    for kind, client in changes:
        getattr(install, kind)(client)
    found, again = install.judged(monkeypatch)
    assert written(found) == written(advised(install.context, MORNING))
    if all(kind in SMALL for kind, _ in changes):
        assert {shard.client for shard in again} <= {
            f"Client {client:04}" if client else "" for _, client in changes
        }


def test_what_finds_no_room_is_judged_each_time():
    """Bounded: a result beyond the room is not kept, and what nobody looks for makes room."""
    calls: list[str] = []

    def of(kept: JudgedShards, name: str) -> Advised:
        def judge() -> Advised:
            calls.append(name)
            return packed(Advised(held_back=(HeldBack(name, "r", "g", {"x": 1.0}),)))

        return kept.of(name, judge)

    kept = JudgedShards(most=10_000)
    first = of(kept, "a")
    assert (of(kept, "a") is first, of(kept, "") is first, calls) == (True, False, ["a", ""])
    kept.most = 2 * kept.size
    with kept.morning():
        found = [of(kept, name) for name in "bcd"]
        assert kept.size <= kept.most
        assert [of(kept, name) is each for name, each in zip("bcd", found, strict=True)] == [
            True, True, False]  # fmt: skip
    calls.clear()
    with kept.morning():
        of(kept, "c")
        of(kept, "a")
    assert calls == ["a"]
    assert of(kept, "b") is not found[0]


def test_what_holds_more_takes_more_room():
    """What was held back counts as well as what is advised."""

    def room(count: int) -> int:
        kept = JudgedShards()
        findings = tuple(HeldBack(f"c{n}", "r", "g", {"x": float(n)}) for n in range(count))
        kept.of("a", lambda: packed(Advised(held_back=findings)))
        return kept.size

    assert room(1) + 1_000 < room(2_000)


names = st.sampled_from(["Brand A", "brand b", "meta:Brand A", "Sale", "brand*", "*", "meta:*a",
                         "[b]rand b", "12"])  # fmt: skip
entries = st.builds(PlanEntry, match=names, target=st.floats(1, 9) | st.none(),
                    client=st.sampled_from([None, "X", "Y"]),
                    valid_from=st.none() | st.dates(MORNING - timedelta(9), MORNING))  # fmt: skip
accounts = st.builds(Account, account_id=st.sampled_from(["1", "2", "3"]),
                     channel=st.sampled_from([None, "meta_ads"]), client=st.just("Z"))  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(
    entries=st.lists(entries, max_size=6),
    accounts=st.lists(accounts, max_size=3),
    names=st.lists(st.sampled_from(["Brand A", "brand b ", "Sale", None]), min_size=1, max_size=4),
    back=st.integers(0, 10),
)
def test_a_part_of_a_plan_says_the_same_of_its_campaigns(entries, accounts, names, back):
    """What fits none of them is left out, and nothing else: on any morning."""
    campaigns = pd.DataFrame({
        "channel": ["google_ads", "meta_ads", "google_ads", "tiktok_ads"][: len(names)],
        "account_id": ["1", "2", "1", "9"][: len(names)],
        "campaign_id": ["11", "12", "13", "14"][: len(names)],
        "campaign_name": names,
    })  # fmt: skip
    bids = {("meta_ads", "2", "12"): {"cpa": 5.0}, ("meta_ads", "2", "99"): {"cpa": 6.0}}
    plan, on = Plan(tuple(entries), "NOK", tuple(accounts), bids=bids), MORNING - timedelta(back)
    part = plan.only_about(campaigns)
    pd.testing.assert_frame_equal(part.resolve(campaigns, on), plan.resolve(campaigns, on))
    assert ("meta_ads", "2", "99") not in part.bids
    assert set(part.entries) <= set(plan.entries)
