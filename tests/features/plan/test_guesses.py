"""The first morning, before anybody said what campaigns are for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from bot.ask import Asker, Context, Desk
from bot.blockkit import validate
from bot.errors import UsageError
from bot.features.digest import digest
from bot.features.parts.message_sync import digest_key
from bot.features.triage.posted import fresh, reads_now
from bot.jobs import morning
from bot.render import Renderer
from bot.settings import App, Settings
from bot.snapshot import boards
from bot.store import open_store
from bot.store.base import Outgoing, PlanRow, Subscription

AS_OF = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
KARI = Asker("U1", "C1", "en", "Europe/Oslo")


def campaign(name: str, *, sales: float = 0.0, leads: float = np.nan, cost: float = 240.0):
    """Sixty days of a campaign that sells, or gathers leads, at a cost."""
    days = pd.date_range(end=pd.Timestamp(AS_OF) - pd.Timedelta(days=1), periods=60)
    results = sales or leads
    return pd.DataFrame({
        "date": days, "channel": "google_ads", "account_id": "1", "campaign_id": name,
        "campaign_name": name, "currency": "NOK", "spend": results * cost,
        "impressions": results * 900, "clicks": results * 30, "leads": leads,
        "conversions": sales or np.nan, "daily_budget": results * cost,
    })  # fmt: skip


@pytest.fixture
def desk(tmp_path, rulebook):
    """Numbers whose names say what they are for, and no plan at all."""
    store = open_store(tmp_path / "first.db")
    frames = [
        campaign("Search | Purchase dear", sales=20, cost=300),
        campaign("Shopping sales", sales=20, cost=180),
        campaign("Lead form | Whitepaper", leads=12, cost=90),
        campaign("<!channel> {{ 7*7 }} purchase", sales=5, cost=240),
    ]
    store.add_numbers(pd.concat(frames), source="file", pulled_at=NOW)
    words = {language: Renderer(language, metrics=rulebook.metrics) for language in ("en", "nb")}
    settings = Settings(app=App(time_zone="Europe/Oslo", currency="NOK"))
    yield Desk(Context(store, rulebook, words, settings, lambda: NOW))
    store.close()


def told(desk: Desk, language: str = "en"):
    context = desk.context
    morning.refresh(context.store, context.rulebook, AS_OF, context.settings, lambda: NOW)
    return digest.written(context, context.renderer(language), AS_OF, context.zone(KARI)).parent


@pytest.mark.parametrize(
    ("language", "asks"),
    [
        ("en", "look like sales campaigns at about 2"),
        ("nb", "ser ut som salgskampanjer til omtrent 2"),
    ],
)
def test_the_first_digest_asks_what_campaigns_are_for(desk, language, asks):
    """One question for all kinds, with what a result costs, and buttons to agree or change."""
    message = told(desk, language)
    assert asks in str(message.blocks)
    presses = [
        element["value"]
        for block in message.blocks
        for element in block.get("elements", ())
        if element.get("action_id", "").startswith("guess.accept")
    ]
    assert presses == ["convert/CPA,act/CPL"]
    assert validate(list(message.blocks)) == []
    assert "mrkdwn" not in str([block for block in message.blocks if "<!channel>" in str(block)])


def test_change_opens_with_what_was_proposed(desk):
    """Nobody types again what the question said: name, stage, model and what a result costs."""
    (press,) = [
        element
        for block in told(desk).blocks
        for element in block.get("elements", ())
        if element.get("action_id", "").startswith("plan.fill")
    ]
    view = str(desk.forms.opened("plan.fill", press["value"], KARI).view)
    assert "Search | Purchase dear" in view
    assert "'initial_value': '240'" in view
    assert "'value': 'convert'}" in view.split("initial_option")[1]
    assert desk.context.store.plan_rows(AS_OF) == []


def test_no_money_is_moved_on_a_guess(desk):
    """Until somebody agrees nothing is cut, raised or shifted; why-not says so."""
    told(desk)
    from_names = [held for held in _held(desk) if held.guard == "guessed"]
    moves = [record for record in desk.context.store.all_advice() if record.advice.budgets]
    assert moves == []
    assert all(held.campaign_id for held in from_names)


def _held(desk: Desk):
    from bot.snapshot.evaluation import judged

    return judged(desk.context, AS_OF).held_back


def test_one_press_makes_the_plan(desk):
    """Yes: each campaign has an entry by its exact name; one whose name is a pattern is left."""
    assert "sales campaigns" in str(told(desk).blocks)
    reply = desk.forms.agreed("convert/CPA", KARI)
    assert "in the plan now" in reply.text
    rows = desk.context.store.plan_rows(AS_OF)
    assert {row.pattern for row in rows} >= {"google_ads:Shopping sales"}
    assert {dict(row.values)["stage"] for row in rows} == {"convert"}
    asked = digest.guesses(desk.context, boards.figures(desk.context, AS_OF, "28d"))
    assert [guess.names for guess in asked if guess.stage == "convert"] == [
        ("<!channel> {{ 7*7 }} purchase",)
    ]


def test_one_press_agrees_to_every_kind_asked_about(desk):
    """Sales and lead campaigns in one question: each gets the purpose it was asked about."""
    told(desk)
    reply = desk.forms.agreed("convert/CPA,act/CPL", KARI)
    assert "lead or traffic campaigns and sales campaigns" in reply.text
    stages = {row.pattern: dict(row.values)["stage"] for row in desk.context.store.plan_rows(AS_OF)}
    assert stages["google_ads:Shopping sales"] == "convert"
    assert {stage for name, stage in stages.items() if "Lead form" in name} == {"act"}


def doubted(desk, target):
    """The presses under targets that a digest doubts, after the plan states this one for all."""
    row = PlanRow("*", {"stage": "convert", "pricing_model": "CPA", "target": target}, AS_OF, "U1",
                  NOW, "slack")  # fmt: skip
    desk.context.store.set_plan([row], origin="slack")
    return doubts(desk)


def doubts(desk):
    """The presses as they stand."""
    return [
        element["value"]
        for block in told(desk).blocks
        for element in block.get("elements", ())
        if element.get("action_id", "").startswith("target.meant")
    ]


def test_a_target_that_is_meant_is_asked_about_once(desk):
    """Yes: the question does not come back and holds no advice; another target is asked about."""
    presses = doubted(desk, 20.0)
    assert presses
    assert {held.guard for held in _held(desk) if held.rule == "convert-cut-hard"} >= {"far_target"}
    reply = desk.forms.target_meant(presses[0], KARI)
    assert "is meant to cost 20\xa0kr a sale" in reply.text
    assert doubts(desk) == []
    assert "far_target" not in {held.guard for held in _held(desk)}
    (kept,) = desk.context.store.plan_rows(AS_OF)
    assert dict(kept.values) == {
        "stage": "convert", "pricing_model": "CPA", "target": 20.0, "target_meant": 20.0,
    }  # fmt: skip
    with pytest.raises(UsageError, match="nobody doubts it"):
        desk.forms.target_meant(presses[0], KARI)
    assert doubted(desk, 15.0)


def test_what_is_in_the_plan_already_is_said(desk):
    """A second press changes nothing and says why."""
    told(desk)
    desk.forms.agreed("convert/CPA", KARI)
    with pytest.raises(UsageError, match="in the plan already"):
        desk.forms.agreed("convert/CPA", KARI)


@pytest.mark.parametrize(("language", "settled"), [("en", "Agreed:"), ("nb", "Bekreftet:")])
def test_a_yes_is_seen_by_everybody_the_question_was_put_to(desk, language, settled):
    """Each channel's digest loses question and buttons, in its own language, and keeps all else."""
    store, wanted = (
        desk.context.store,
        Subscription(0, "C9", "07:30", (1, 2, 3, 4, 5), "UTC", language, "U1"),
    )
    subscription = store.subscribe(wanted)
    words, key = told(desk, language), digest_key(subscription, AS_OF)
    message = Outgoing(key, "digest", "C9", words.text, words.blocks)
    store.enqueue([message])
    (queued,) = store.due(NOW).messages
    store.delivered(queued.key, f"{NOW.timestamp():.6f}", message=queued)
    posted = store.outgoing(message.key)
    assert reads_now(desk.context, posted) is None or "guess.accept" in str(posted.blocks)
    desk.forms.agreed("convert/CPA,act/CPL", KARI)
    edits = [each for each in store.due(NOW + timedelta(1)).messages if each.kind == "update"]
    assert [edit.parent for edit in edits] == [message.key]
    edited = fresh(desk.context, edits[0], 0)
    assert "guess.accept" not in str(edited.blocks)
    assert settled in str(edited.blocks)
    asked = [block for block in message.blocks if block.get("block_id") == "digest.asked"]
    assert asked
    assert asked[0] not in edited.blocks
    assert len(edited.blocks) == len(message.blocks) - 1
    assert validate(list(edited.blocks)) == []
