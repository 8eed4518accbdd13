"""/metrics says how perfbot is, with few labels, and lets nobody in from the internet."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from slack_sdk.errors import SlackApiError

from bot.app.serving import STORE_FIGURES, Server, StoreFigures, exposition, listening
from bot.places import CHECKOUT
from bot.settings import SourceSettings
from bot.slack import http
from bot.slack.web_clients import web_client
from bot.store import Store, open_store
from bot.store.base import Outgoing, Pull
from bot.telemetry import metrics
from tests.store.conftest import *  # noqa: F403  (a store on each database, rows and advice)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOGLE = SourceSettings(name="google", kind="google_ads")
META = SourceSettings(name="meta", kind="meta_ads")


def figures(store, *sources):
    page = exposition(StoreFigures(store, sources, lambda: NOW, ZoneInfo("Europe/Oslo")))()
    samples = {}
    for family in text_string_to_metric_families(page.decode()):
        samples |= {(one.name, tuple(one.labels.values())): one.value for one in family.samples}
    return samples


def pull(source, hours, ok=True, account="1"):
    at = NOW - timedelta(hours=hours)
    return Pull(source, at, None, None, ok=ok, account_id=account)


def message(key, **more):
    return Outgoing(key, "line", "C1", "text", (), **more)


def test_what_waits_is_counted(store: Store, add, save, advice, answer, on):
    """Pulls, advice, messages and jobs, on each database; what is held until later is not due."""
    add(24, {"date": 22, "spend": 5.0})
    save(24, advice("a1"), advice("a2"))
    answer("acknowledge")
    for one in (
        pull("google", 30),
        pull("google", 2),
        pull("google", 1, ok=False),
        pull("gone", 1),
    ):
        store.record_pull(one)
    store.record_pull(pull("meta", 50))
    later = datetime.now(UTC) + timedelta(hours=9)
    store.enqueue([message("now"), message("tonight", not_before=later), message("lost")])
    store.failed("lost", "gone", retry_at=None)
    store.add_jobs("pull", {"google:9": {}, "meta:9": {}})
    seen = figures(store, GOOGLE, META)
    assert seen["perfbot_store_up", ()] == 1
    assert seen["perfbot_pull_age_seconds", ("google",)] == 2 * 3600
    assert seen["perfbot_pull_failing", ("google",)] == 1
    assert seen["perfbot_pull_failing", ("meta",)] == 0
    assert ("perfbot_pull_age_seconds", ("gone",)) not in seen
    assert seen["perfbot_numbers_age_days", ()] == 2
    assert seen["perfbot_advice_open", ()] == 1
    assert seen["perfbot_outbox_waiting", ()] == 1
    assert seen["perfbot_outbox_failed", ()] == 1
    assert 0 <= seen["perfbot_outbox_oldest_seconds", ()] < 60
    assert seen["perfbot_jobs_waiting", ("pull",)] == 2
    assert seen["perfbot_shards_waiting", ()] == 0
    store.add_jobs("shard", {"run:0": {}, "run:1": {}, "run:2": {}})
    assert figures(store)["perfbot_shards_waiting", ()] == 3


def test_a_message_waits_since_it_was_queued(store: Store):
    """By the database's clock; once it is out nothing waits."""
    store.enqueue([message("first")])
    with store.engine.writing() as db:
        an_hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="microseconds")
        db.run("UPDATE outbox SET queued_at = ?", [an_hour_ago])
    store.failed("first", "not now", retry_at=datetime.now(UTC) + timedelta(minutes=30))
    assert 3590 < store.backlog().oldest < 3700
    store.delivered("first", "1.0")
    assert (store.backlog().messages, store.backlog().oldest) == (0, 0.0)


def test_a_store_that_cannot_be_read_is_a_figure(tmp_path):
    """The page is answered, and says so; nothing that is not known is said to be 0."""
    store = open_store(tmp_path / "perfbot.db")
    with store.engine.writing() as db:
        db.run("DROP TABLE jobs")
    seen = figures(store, GOOGLE)
    store.close()
    assert seen["perfbot_store_up", ()] == 0
    assert ("perfbot_advice_open", ()) not in seen


def test_labels_are_few_and_no_names(tmp_path):
    """Every label is one of those listed here; none holds a campaign, a channel or a person."""
    names_of_things = ("Merkevare Søk", "C0PERFORM", "kari")
    allowed = {"kind", "result", "reason", "step", "source", "le"}
    families = list(metrics.REGISTRY.collect())
    labels = {name for family in families for one in family.samples for name in one.labels}
    labels |= {name for _, names in STORE_FIGURES.values() for name in names}
    assert labels <= allowed
    for name in names_of_things:
        metrics.delivered(name, "sent")
        metrics.slack_called(name)
    page = exposition(StoreFigures(open_store(tmp_path / "x.db"), (), lambda: NOW, ZoneInfo("UTC")))
    assert not any(name in page().decode() for name in names_of_things)


@pytest.mark.parametrize("header", http.PROXIED)
def test_nobody_reads_it_through_a_proxy(header):
    """The way from the internet leads through one; Prometheus asks directly."""
    server = Server(http.asgi(None, metrics=lambda: b"perfbot_x 1\n"), listening("127.0.0.1", 0))
    server.start()
    try:
        assert httpx.get(f"{server.address}/metrics").text == "perfbot_x 1\n"
        asked = httpx.get(f"{server.address}/metrics", headers={header: "for=192.0.2.1"})
        assert (asked.status_code, "perfbot_x" in asked.text) == (404, False)
    finally:
        server.stop()


def test_what_slack_refuses_is_counted_by_its_word(workspace):
    """A call that works, one that is refused, one nobody answers: each counted once."""

    def counted():
        words = ("ok", "channel_not_found", "invalid_auth", "unreachable")
        return [metrics.SLACK_CALLS.labels(word)._value.get() for word in words]

    before = counted()
    client = web_client(workspace.bot_token, workspace.api_url)
    client.auth_test()
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="C0NOWHERE", text="x")
    with pytest.raises(SlackApiError):
        web_client("xoxb-wrong", workspace.api_url).auth_test()
    with pytest.raises(OSError, match="refused"):
        web_client("xoxb-wrong", "http://127.0.0.1:9/api/").auth_test()
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 1, 1, 1]


def exposed():
    """The names Prometheus sees: what is counted here, what is read from the store, the process."""
    names = {sample.name for family in metrics.REGISTRY.collect() for sample in family.samples}
    for family in metrics.REGISTRY.collect():  # without a label yet there is no sample
        names |= {f"{family.name}_total"} if family.type == "counter" else {family.name}
        if family.type == "histogram":
            names |= {f"{family.name}_{part}" for part in ("bucket", "sum", "count")}
    return names | set(STORE_FIGURES) | {"up"}


def expressions():
    dashboard = json.loads((CHECKOUT / "deploy/grafana-dashboard.json").read_text())
    alerts = (CHECKOUT / "deploy/alerts.yml").read_text()
    yield from (target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    yield alerts


def test_what_dashboard_and_alerts_use_exists_and_the_other_way_round():
    """Each metric they name is one perfbot has; each perfbot has is shown or alerted on."""
    used = {
        name
        for text in expressions()
        for name in re.findall(r"\b((?:perfbot|process)_[a-z_]+|up)(?=[{\[) ])", text)
    }
    assert used - exposed() == set()
    own = {family.name for family in metrics.REGISTRY.collect() if "perfbot" in family.name}
    unused = [
        name for name in own | set(STORE_FIGURES) if not any(one.startswith(name) for one in used)
    ]
    assert unused == []
