"""What was said is found again, and who did what can be read, by those who may."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from bot.ask import Asker, Context, Desk
from bot.blockkit import validate
from bot.cli.door import cli
from bot.domain.replies import Press
from bot.errors import NotAllowed, UsageError
from bot.features.search import audit
from bot.features.search import find as finding
from bot.jobs.pull_keeping import changed
from bot.settings import Settings
from bot.sources.base import CampaignFacts, PlatformChange, Purpose
from bot.store.records import Event


@pytest.fixture
def linked(world, rulebook, renderers):
    """The desk with a Slack that knows the way to every message."""
    link = "https://example.slack.com/archives/{}/p{}".format
    return Desk(
        Context(world.store, rulebook, renderers, Settings(), world.context.clock, link=link)
    )


def urls(blocks):
    return [block["accessory"]["url"] for block in blocks if "accessory" in block]


def test_campaigns_advice_and_answers_are_found(world, linked, kari):
    """With the way to the message that shows each, and a button a campaign."""
    item = world.items[0]
    linked.answer(Press(item.advice_id, "dismiss", reason="Black Friday er planlagt"), kari)
    name = world.store.advice(item.advice_id).advice.numbers["name"]
    reply = linked.ask(f"find {name}", kari)
    assert validate(reply.blocks) == []
    assert f"https://example.slack.com/archives/C1/p{item.ts}" in urls(reply.blocks)
    assert f'campaign "{name}"' in json.dumps(reply.blocks, ensure_ascii=False).replace("\\", "")
    told = linked.ask("finn black friday", Asker("U2", "C1", "nb", "Europe/Oslo"))
    assert told.text == "1 treff på black friday."
    assert "Kari: avvist." in str(told.blocks)


@pytest.mark.parametrize("text", ['" OR 1', "*", "<!channel>", "zzzz", "find find", "🙂"])
def test_any_words_are_looked_for(world, kari, text):
    """Hostile or unknown: an answer Slack takes, never an error."""
    reply = world.desk.ask(f"find {text}", kari)
    assert reply.error is None
    assert validate(reply.blocks) == []
    assert "<!" not in reply.text


def test_nothing_to_look_for_is_said(world, kari):
    """`/perf find` alone says what to write."""
    assert isinstance(world.desk.ask("find", kari).error, UsageError)


def test_the_log_tells_who_did_what(world, kari, ola):
    """Newest first, in the reader's language, by window, person and campaign."""
    first, second = world.items[:2]
    world.desk.answer(Press(first.advice_id, "acknowledge"), kari)
    world.desk.answer(Press(second.advice_id, "dismiss", reason="no"), ola)
    kinds = [event.kind for event in audit.logged(world.context)][:2]
    assert kinds == ["advice.dismiss", "advice.acknowledge"]
    assert {event.actor for event in audit.logged(world.context, by="kari")} == {"U1"}
    name = world.store.advice(second.advice_id).advice.numbers["name"]
    found = audit.logged(world.context, by="U2", campaign=name[:8])
    assert [event.subject for event in found] == [second.advice_id]
    assert audit.logged(world.context, since=world.context.clock() + timedelta(1)) == []
    reply = world.desk.ask("revisjon 7d @kari", Asker("U1", "C1", "nb", "Europe/Oslo"))
    assert validate(reply.blocks) == []
    assert "tatt" in str(reply.blocks)
    assert "avvist" not in str(reply.blocks)


def test_the_log_is_for_admins(world, rulebook, renderers, kari, ola):
    """Where admins are named, others are told who may."""
    settings = Settings(who={"admins": ("U1",)})
    desk = Desk(Context(world.store, rulebook, renderers, settings, world.context.clock))
    assert isinstance(desk.ask("audit", ola).error, NotAllowed)
    assert desk.ask("audit", kari).error is None


def test_perfbots_own_steps_are_there_when_asked_for(world):
    """What it opened and measured itself, besides what people did and read."""
    everything = audit.logged(world.context, everything=True)
    assert {"advice.open", "plan.set"} <= {event.kind for event in everything}
    assert "advice.open" not in {event.kind for event in audit.logged(world.context)}


def test_what_was_changed_at_a_platform_is_said_by_name(world, tmp_path):
    """From what to what, by whom, newest first; what a pull noticed may be older than the pull."""
    (raised, lowered) = (datetime(2026, 11, day, 9, 30, tzinfo=UTC) for day in (20, 18))
    campaigns = [CampaignFacts("551", "7", "Brand <!channel>", "enabled", Purpose()),
                 CampaignFacts("551", "8", "Shoes", "paused", Purpose())]  # fmt: skip
    changes = [
        PlatformChange("551", ("7",), raised, "budget", 3500.0, 4200.0, "ola@agency.example"),
        PlatformChange("551", ("7",), lowered, "bid", 31.25, 26.0, "kari@shop.example"),
        PlatformChange("551", ("8",), lowered, "status", None, "paused", "somebody", "noticed"),
        PlatformChange("551", ("9",), lowered, "status", "paused", "enabled", ""),
        PlatformChange("551", ("9",), lowered, "status", "x", "unknown", ""),
    ]
    for _ in range(2):  # a second pull tells the same once more
        changed(world.store, changes, campaigns)
    asked = [
        CliRunner().invoke(cli, ["audit", *more, "--db", str(tmp_path / "perfbot.db")]).output
        for more in ((), ("--campaign", "shoes"), ("--campaign", "9"))
    ]
    lines = [line for line in asked[0].splitlines() if "(551)" in line]
    assert len(lines) == len(changes)
    assert "ola@agency.example" in lines[0]
    assert "changed a budget at the platform" in lines[0]
    assert lines[0].endswith("Brand <!channel> (551), 3\u00a0500 → 4\u00a0200")
    assert any(line.endswith("(551), 31.25 → 26") for line in lines)
    assert "somebody" in asked[1]
    assert "paused it at the platform" in asked[1]
    assert asked[1].rstrip().endswith("Shoes (551), noticed then")
    assert "switched it on at the platform" in asked[2]
    assert "changed its status at the platform" in asked[2]
    reply = world.desk.ask("revisjon 28d", Asker("U1", "C1", "nb", "Europe/Oslo"))
    assert validate(reply.blocks) == []
    in_norwegian = json.dumps(reply.blocks, ensure_ascii=False)
    for words in ("endret et budsjett hos plattformen", "noen", "oppdaget da", "slo på"):
        assert words in in_norwegian, words


def test_old_advice_is_told_without_its_board(world, kari):
    """No board of a morning long gone is computed to name a campaign."""
    record = world.store.advice(world.items[0].advice_id)
    assert finding.shown(world.context, record, kari).name == record.advice.numbers["name"]


def test_the_terminal_reads_the_log_and_finds(world, tmp_path, kari):
    """`perfbot audit` and `perfbot find`, as text and JSON."""
    world.desk.answer(Press(world.items[0].advice_id, "dismiss", reason="Black Friday"), kari)
    path = str(tmp_path / "perfbot.db")

    def run(*words):
        return CliRunner().invoke(cli, [*words, "--db", path], catch_exceptions=False)

    told = json.loads(run("audit", "--user", "Kari", "--format", "json").output)
    (event,) = told["events"]
    assert (event["kind"], event["name"], event["details"]["reason"]) == (
        "advice.dismiss", "Kari", "Black Friday")  # fmt: skip
    assert "dismissed" in run("audit", "--campaign", event["about"][:6]).output
    found = json.loads(run("find", "black", "friday", "--format", "json").output)
    assert found["answers"][0]["messages"][0]["channel"] == "C1"
    assert "Black Friday" in run("find", "black").output
    assert run("find", "zzz").return_value == 1 or "Nothing fits" in run("find", "zzz").output


def test_who_has_taken_something_on_is_nobody_who_changed_a_plan(world, kari):
    """A plan that was set, or advice that was refused, is another deed."""
    item = world.items[0]
    name = world.store.advice(item.advice_id).advice.numbers["name"]
    asked = f'could you tell me who has taken on "{name}" and when?'
    world.store.log(Event(world.context.clock(), "U2", "plan.set", f"google_ads:{name}", {
        "before": {}, "after": {f"google_ads:{name}": {"target": 3}}}))  # fmt: skip
    world.desk.answer(Press(item.advice_id, "dismiss", reason="not now"), kari)
    assert "Nothing of the kind is logged about" in world.desk.ask(asked, kari).text
    world.desk.answer(Press(item.advice_id, "undo"), kari)
    world.desk.answer(Press(item.advice_id, "progress"), kari)
    assert "in progress" in world.desk.ask(asked, kari).text
