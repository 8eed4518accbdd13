"""The boards of a morning come to the same bytes, however its campaigns are packed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from benchmarks.speed.frames import MORNING, of_clients, plan_of_clients
from bot.context.context import ALWAYS, Context, values_of
from bot.rules_files import load
from bot.settings import Settings
from bot.snapshot import boards, sharded
from bot.snapshot.sharded import CampaignPack, ShardedMorning
from bot.store import open_store
from bot.store.base import PlanRow, Store

CLIENTS, DAYS = 4, 70
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
RULEBOOK = load()


def market() -> list[pd.DataFrame]:
    """Two pulls of four clients, of which two share an account and one repeats another's numbers.

    The newest days came in on their own day, then again with more, and fractional, sales. A
    account is late, another has a hole, half of it lacks on one day, and some have reach.
    """
    rows = of_clients(64, DAYS, CLIENTS)
    rows["account_id"] = rows["account_id"].replace("a1", "a0")
    rows["reach"] = np.where(rows["channel"] == "meta_ads", rows["impressions"] * 0.7, np.nan)
    rows["satisfaction"] = np.where(rows["account_id"] == "a3", 4.1, np.nan)
    ages = (pd.Timestamp(MORNING) - rows["date"]).dt.days
    number = rows["campaign_id"].str[1:].astype(int)
    gone = (rows["account_id"] == "a2") & ((ages == 9) | ((ages == 16) & (number % 4 < 2)))
    gone |= (rows["account_id"] == "a3") & (rows["channel"] == "meta_ads") & (ages < 4)
    gone |= (number % 7 == 0) & (ages > 40)
    rows = rows[~gone.to_numpy()]
    own = rows[rows["account_id"] == "a2"]
    some = own["campaign_id"].isin(sorted(own["campaign_id"].unique())[:3])
    copies = own[some.to_numpy()].assign(channel="tiktok_ads", account_id="t9", campaign_name=(
        "client0003 " + own["campaign_id"]))  # fmt: skip
    named = own[some.to_numpy()].assign(channel="ga4", account_id="", impressions=np.nan)
    parts = own[some.to_numpy()].assign(level="ad_group", parent_id=own["campaign_id"],
                                        campaign_id="g" + own["campaign_id"])  # fmt: skip
    rows = pd.concat([rows, copies, named, parts], ignore_index=True)
    early = rows[(pd.Timestamp(MORNING) - rows["date"]).dt.days > 1]
    factor = 1 + 0.37 * ((pd.Timestamp(MORNING) - rows["date"]).dt.days < 6)
    dearer = rows["account_id"].map({"a0": 1.4}).fillna(1.01)
    later = rows.assign(conversions=rows["conversions"] * factor, spend=rows["spend"] * dearer)
    return [early, later[((pd.Timestamp(MORNING) - later["date"]).dt.days < 12).to_numpy()]]


@pytest.fixture(scope="module")
def store() -> Store:
    """The market, with a plan that pays some campaigns by the month."""
    store = open_store(":memory:")
    said = [*plan_of_clients(CLIENTS).entries]
    said[2] = replace(said[2], monthly_budget=90_000.0)
    entries = [PlanRow(one.match, values_of(one), ALWAYS, "U1", AT, "slack", number)
               for number, one in enumerate(said)]  # fmt: skip
    store.set_plan(entries, origin="slack")
    for rows, at in zip(market(), (AT, AT + timedelta(hours=20)), strict=True):
        store.add_numbers(rows, source=f"pull {at:%H}", pulled_at=at)
    return store


def written(store: Store, *, apart: bool = False) -> dict[str, str]:
    """Every board that is kept, as text by name, and whose each campaign is."""
    context = Context(store, RULEBOOK, {}, Settings(), lambda: AT + timedelta(days=1))
    shards = ShardedMorning.of(context, MORNING)
    assert shards is not None
    rebuilt = boards.rebuilt(context, MORNING, shards=shards if apart else None)
    boards.keep(context, rebuilt)
    with store._db.reading() as db:  # type: ignore[attr-defined]
        kept = db.tuples('SELECT "window", rows FROM boards')
    return dict(kept) | {"clients": repr(sorted(rebuilt.clients.items()))}


@pytest.fixture(scope="module")
def together(store) -> dict[str, str]:
    """The boards of all campaigns read at once."""
    return written(store)


@pytest.mark.parametrize(("most", "packs"), [(1, 7), (38, 3)])
def test_packing_changes_no_byte(store, together, monkeypatch, most, packs):
    """Read shard by shard or several together, every board, trend, pace and health is the same."""
    read = []
    known = CampaignPack.days
    monkeypatch.setattr(sharded, "PACK", most)
    monkeypatch.setattr(
        CampaignPack, "days", lambda pack, since: read.append(known(pack, since)) or read[-1]
    )
    assert written(store, apart=True) == together
    assert len(read) == packs
    assert sum(len(days.history) for days in read) == len(
        store.numbers(history=True, as_of=MORNING)
    )


def test_the_market_has_what_reaches_over_packs(together):
    """A shared account, copies in two clients, lateness, paces: the promise above is about them."""
    health = json.loads(together["health"])[1:]
    faults = {fault["kind"] for feed in health for fault in feed["faults"]}
    assert faults >= {"late", "gap", "double", "restated", "partial"}
    rows = [
        row for name in together if name.startswith("28d:") for row in json.loads(together[name])
    ]
    assert len({row["client"] for row in rows if row["account_id"] == "a0"}) == 2
    copied = {row["double_of"]: row["client"] for row in rows if row["double_of"]}
    of = {row["entity"]: row["client"] for row in rows}
    assert any(of[original] != client for original, client in copied.items())
    assert any(series["complete"] for series in json.loads(together["trend:stages"])[1:])
    assert len(json.loads(together["paced"])) > 1
    assert (
        len({row["label"] for row in rows})
        == len(rows)
        == len({row["campaign_id"] for row in rows})
    )
