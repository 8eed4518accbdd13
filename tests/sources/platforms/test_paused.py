"""A campaign that somebody paused has not stopped; one that stopped by itself has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot import rules_files
from bot.ask import Context
from bot.demo.platforms import World, meta
from bot.jobs import morning
from bot.settings import Settings
from bot.snapshot import evaluation
from bot.snapshot.evaluation import STOP
from bot.sources.platforms.meta import MetaAds
from bot.sources.platforms.pulling import PlatformSource
from bot.store import open_store

NOW = datetime(2026, 11, 28, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def answer():
    """60 days, at the end of which one campaign was paused by hand."""
    world = World(datetime(2026, 11, 25, 8, tzinfo=UTC))
    account = world.accounts("meta")[0]
    campaign = next(c for c in world.campaigns(account) if c.name == "Meta | Traffic to guides")
    world.change_status(campaign, "paused", by="kari@shop.example", through="web")
    world.now = NOW
    with meta(world) as server:
        values = {"META_ADS_ACCESS_TOKEN": server.access_token, "META_ADS_GRAPH_URL": server.url}
        source = PlatformSource("meta", MetaAds(values), lambda: NOW, (account.account_id,))
        return source.pull(date(2026, 9, 20), None), campaign.campaign_id


@pytest.mark.parametrize("told", [True, False])
def test_who_paused_it_makes_the_difference(answer, told):
    """With the change in the log nothing is said; without it, it is the usual alarm."""
    pulled, campaign_id = answer
    store = open_store(":memory:")
    try:
        changes = pulled.changes if told else ()
        morning.kept(store, "meta", replace(pulled, changes=changes), None)
        context = Context(store, rules_files.load(None), {}, Settings(), lambda: NOW)
        advice = evaluation.advised(context, NOW.date()).advice
        stopped = [each.campaign_ids for each in advice if each.rule == STOP]
        assert stopped == ([] if told else [(campaign_id,)])
        morning.changed(store, changes)  # pulled once more: each change is in the log once
        assert len(store.events(kind="platform.")) == len(changes)
    finally:
        store.close()
