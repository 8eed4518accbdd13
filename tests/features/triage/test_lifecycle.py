"""Advice whose cause is gone resolves itself and says why; a changed plan is judged at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.context.context import SLACK, THRESHOLD
from bot.domain.campaign_rows import CampaignRow
from bot.features.triage import lifecycle as resolving
from bot.jobs import morning
from bot.jobs.outbox import Outbox
from bot.jobs.tick import Tick
from bot.render import Renderer
from bot.settings import App, Settings
from bot.store.base import Outgoing, PlanRow
from bot.store.records import GivenAnswer

MORNING = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
OSLO = Settings(app=App(time_zone="Europe/Oslo"))
ABM, LEADS = "linkedin_ads:LinkedIn | ABM", "m-leads"
COUNTED = ["clicks", "landing_views", "leads", "qualified_leads", "conversions", "revenue"]


def about(world, campaign):
    """The message of the advice about a campaign."""
    items = ((each, world.store.advice(each.advice_id).advice) for each in world.items)
    return next(each for each, advice in items if campaign in advice.campaign_ids)


def judge(world, at=NOW):
    morning.refresh(world.store, world.context.rulebook, MORNING, OSLO, lambda: at)


def change(world, pattern=ABM, by="U1", origin=SLACK, **values):
    """Somebody sets something in Slack."""
    row = PlanRow(pattern, values, MORNING, by, NOW, origin)
    assert world.store.set_plan([row], origin=origin)


def enough(world, by="U1", budget=3_000.0):
    """A budget for LinkedIn's campaign that it keeps pace with."""
    known = {"stage": "act", "pricing_model": "CPL", "target": 1500}
    change(world, by=by, monthly_budget=budget, **known)


def said(world, at=NOW):
    """What goes out, by kind."""
    found = [world.desk.fresh(each, 0) for each in world.store.due(at, limit=500).messages]
    for each in found:
        world.store.delivered(each.key, "" if each.kind == "update" else f"99.{each.number:06}")
    assert {each.kind for each in found} <= {"line", "update"}
    return [each for each in found if each.kind == "line"], [*found]


def state(world, item):
    return world.store.advice(item.advice_id).state


def leads_come_in(world):
    """There was no outage: the days without leads are restated with as many as a week before."""
    rows = world.store.numbers(MORNING - timedelta(28), MORNING - timedelta(1))
    mine = rows[rows["campaign_id"] == LEADS].set_index("date")
    for day in mine.index[mine["leads"] == 0]:
        counted = [name for name in COUNTED if name in mine]
        mine.loc[day, counted] = mine.loc[day - timedelta(7), counted]
    restated = mine.reset_index().assign(pulled_on=None)
    world.store.add_numbers(restated, source="late", pulled_at=NOW)


def test_what_somebody_is_on_resolves_itself_when_its_cause_is_gone(world):
    """One line in the thread, the card edited, a step in the log; nobody can answer it any more."""
    item = about(world, LEADS)
    world.store.answer(item.advice_id, GivenAnswer("progress", by="U2", at=YESTERDAY))
    leads_come_in(world)
    judge(world)
    assert state(world, item) == "expired"
    lines, everything = said(world)
    assert [each.text[:15] for each in lines].count("No longer true:") == len(lines) >= 1
    (card,) = (each for each in everything if each.parent == item.key)
    assert "No longer true, so there is nothing left to do." in str(card.blocks)
    assert "advice.acknowledge" not in str(card.blocks)
    parent = [each for each in everything if each.parent == world.digest.key]
    assert "expired" in str(next(each for each in parent if each.kind == "update").blocks)
    last = world.store.events(subject=item.advice_id)[-1]
    assert (last.kind, last.actor, last.details["as_of"]) == ("advice.expire", "perfbot", MORNING)
    assert last.details["from"] == "in_progress"
    judge(world)
    assert said(world) == ([], [])


def budget_edited(world, campaign, factor, days=1):
    """Somebody changed its daily budget on the platform."""
    rows = world.store.numbers(MORNING - timedelta(days), MORNING - timedelta(1))
    mine = rows[rows["campaign_id"] == campaign].copy()
    mine["daily_budget"] *= factor
    world.store.add_numbers(mine.assign(pulled_on=None), source="late", pulled_at=NOW)


@pytest.mark.parametrize(
    ("language", "line", "card"),
    [
        ("en", "Still true, but it waits: ", "Still true, but it waits: its budget was changed"),
        ("nb", "Gjelder fortsatt, men venter: ", "venter: budsjettet ble endret nylig"),
    ],
)
def test_what_only_a_guard_holds_back_waits_and_says_why(world, language, line, card):
    """A budget changed yesterday: the move is as true as before, and is not called untrue."""
    item = about(world, "g-competitors")
    subscription = replace(world.subscription, language=language)
    world.store.subscribe(subscription)
    budget_edited(world, "g-competitors", 1.5)
    judge(world)
    assert state(world, item) == "expired"
    assert world.store.events(subject=item.advice_id)[-1].details["guard"] in {
        "learning", "cooldown",
    }  # fmt: skip
    lines, everything = said(world)
    (told,) = [each for each in lines if each.text.startswith(line)]
    assert "Google | Shopping. " in told.text
    edited = next(each for each in everything if each.parent == item.key and each.kind == "update")
    assert card in str(edited.blocks)
    budget_edited(world, "g-competitors", 1 / 1.5)
    judge(world, NOW + timedelta(minutes=5))
    assert state(world, item) == "open"
    again = [each.text for each in said(world, NOW + timedelta(minutes=5))[0]]
    assert [text for text in again if text.startswith(("No need to wait", "Trenger ikke vente"))]


def test_it_is_left_alone_while_its_cause_is_there(world):
    """Silenced because somebody is on it, it is not said that morning: no reason to end it."""
    for item in world.items:
        world.store.answer(item.advice_id, GivenAnswer("progress", by="U2", at=YESTERDAY))
    judge(world)
    assert {state(world, item) for item in world.items} == {"in_progress"}
    assert not [each for each in said(world)[0] if "No longer true" in each.text]


def test_late_numbers_resolve_nothing_somebody_is_on(world):
    """Silence of a rule that has nothing to look at is no good news."""
    for item in world.items:
        world.store.answer(item.advice_id, GivenAnswer("progress", by="U2", at=NOW))
    later = MORNING + timedelta(3)
    morning.refresh(world.store, world.context.rulebook, later, OSLO, lambda: NOW + timedelta(3))
    assert {state(world, item) for item in world.items} == {"in_progress"}


def test_resolved_work_no_longer_silences_its_rule(world):
    """Should the cause come back, it is said again: nobody is on it now."""
    item = about(world, LEADS)
    world.store.answer(item.advice_id, GivenAnswer("progress", by="U2", at=YESTERDAY))
    assert [each.verb for each in world.store.memory(MORNING).answers] == ["progress"]
    leads_come_in(world)
    judge(world)
    assert world.store.memory(MORNING + timedelta(1)).answers == ()


@pytest.mark.parametrize("verb", [None, "progress"])
def test_a_changed_plan_resolves_advice_and_says_who_changed_it(world, verb):
    """Open or in progress: the line names who, and what; the rest stays as it is."""
    item, others = about(world, "l-abm"), len(world.items) - 1
    if verb:
        world.store.answer(item.advice_id, GivenAnswer(verb, by="U2", at=NOW))
    enough(world)
    judge(world)
    assert state(world, item) == "expired"
    lines, _ = said(world)
    (line,) = [each for each in lines if "since Kari changed the plan" in each.text]
    assert "LinkedIn | ABM" in line.text
    assert sum(state(world, each) == "open" for each in world.items) == others


@pytest.mark.parametrize(("target", "what"), [({"target": 9000.0}, "the target"), ({}, "the plan")])
def test_the_line_says_what_was_changed(world, target, what):
    """The target where that was changed, too; else the plan."""
    known = {"stage": "act", "pricing_model": "CPL", "target": 1500, "monthly_budget": 3000.0}
    change(world, **known | target)
    judge(world)
    assert [each for each in said(world)[0] if f"since Kari changed {what}" in each.text]


def test_a_threshold_is_told_of_its_cell(world):
    """Who changed a threshold of convert/CPA is named for campaigns of that cell."""
    change(world, "convert/CPA.waste", origin=THRESHOLD, value=50.0)
    was = resolving.before(world.store, MORNING)
    (event,) = was.changes
    columns = {
        "stage": "convert",
        "pricing_model": "CPA",
        "entity": "google_ads|g",
        "campaign_name": "x",
    }
    row, other = CampaignRow(columns), CampaignRow({**columns, "stage": "act"})
    item = world.store.advice(world.items[0].advice_id)
    for each, told in ((row, ("expire_threshold", "U1")), (other, ("expire", ""))):
        placed = dict.fromkeys(item.advice.campaign_ids, each)
        assert resolving._ended(item, was.changes, placed) == told
    assert event.actor == "U1"


def test_what_new_numbers_end_is_nobodys_doing(world):
    """A change of other campaigns' targets is not blamed for it."""
    change(world, "nobody*", target=1.0)
    leads_come_in(world)
    judge(world)
    assert state(world, about(world, LEADS)) == "expired"
    assert not [each for each in said(world)[0] if "changed" in each.text]


@dataclass
class Counted:
    """The worker's mornings, counted."""

    world: object
    days: list[date] = field(default_factory=list)

    def refresh(self, as_of: date) -> None:
        self.days.append(as_of)
        clock = self.world.context.clock
        morning.refresh(self.world.store, self.world.context.rulebook, as_of, OSLO, clock)


@dataclass
class Slack:
    """Takes everything."""

    posted: list[Outgoing] = field(default_factory=list)

    def deliver(self, message, parent_ts=""):  # noqa: ARG002
        self.posted.append(message)
        return f"98.{len(self.posted):06}"

    def find(self, message, parent_ts=""):  # noqa: ARG002
        return None

    @property
    def lines(self) -> list[str]:
        return [each.text for each in self.posted if each.kind == "line"]


@pytest.fixture
def worker(world):
    mornings, slack = Counted(world), Slack()
    outbox = Outbox(world.store, slack, lambda: NOW, fresh=world.desk.fresh)
    now = [NOW]
    tick = Tick(world.store, mornings, outbox, lambda: now[0], zone="Europe/Oslo")
    return tick, mornings, slack, now


def test_five_changes_in_a_minute_are_one_judging_and_one_line(world, worker):
    """The worker looks once a minute; several workers share it; nothing new is posted."""
    tick, mornings, slack, now = worker
    item = about(world, "l-abm")
    for step in range(5):
        enough(world, budget=3_000.0 + step)
    tick.changes(now[0])
    Tick(world.store, mornings, tick.outbox, tick.clock, zone="Europe/Oslo").changes(now[0])
    tick.outbox.deliver()
    assert mornings.days == [MORNING]
    assert state(world, item) == "expired"
    assert len([each for each in slack.lines if "since Kari changed the plan" in each]) == 1
    assert {each.kind for each in slack.posted} == {"line", "update"}
    now[0] += timedelta(minutes=1)
    tick.changes(now[0])
    assert mornings.days == [MORNING]


def test_a_change_taken_back_opens_the_advice_again_and_says_so(world, worker):
    """There and back and there, in three minutes: each step is told once, the card follows."""
    tick, mornings, slack, now = worker
    item = about(world, "l-abm")
    old = next(each for each in world.store.plan_rows() if each.pattern == ABM)
    for step in range(3):
        if step == 1:
            change(world, **old.values)
        else:
            enough(world, by="U2", budget=3_000.0 + step)
        tick.changes(now[0])
        tick.outbox.deliver()
        now[0] += timedelta(minutes=1)
    assert len(mornings.days) == 3
    ends = [each for each in slack.lines if "LinkedIn | ABM" in each]
    assert [each.partition(":")[0] for each in ends] == [
        "No longer true since Ola changed the plan", "True again",
        "No longer true since Ola changed the plan",
    ]  # fmt: skip
    cards = [str(each.blocks) for each in slack.posted if each.parent == item.key]
    assert ["advice.acknowledge" in each for each in cards] == [False, True, False]


@pytest.fixture
def channels(world, renderers, rulebook):
    """The morning's digest is out in four more channels, one of which reads Norwegian."""
    for number, language in enumerate(("en", "en", "en", "nb"), start=2):
        wanted = replace(world.subscription, id=0, channel=f"C{number}", language=language)
        subscription = world.store.subscribe(wanted)
        words = renderers[language]
        messages = morning.digest(
            world.store, rulebook, words, subscription, MORNING, clock=lambda: NOW
        )
        world.store.enqueue(messages)
        for place, message in enumerate(messages, start=1):
            world.store.delivered(message.key, f"179{number}.{place:06}")
    return ("C1", "C2", "C3", "C4", "C5")


def test_however_much_ends_each_message_is_edited_once(world, channels, monkeypatch):
    """A line of each is said in each channel, worded once for all that read the same."""
    worded, real = [], Renderer.render

    def render(renderer, template, **values):
        worded.append((template, renderer.language))
        return real(renderer, template, **values)

    monkeypatch.setattr(Renderer, "render", render)
    later, ids = MORNING + timedelta(days=40), [each.advice_id for each in world.items]
    morning.refresh(world.store, world.context.rulebook, later, clock=lambda: NOW)
    assert {world.store.advice(each).state for each in ids} == {"expired"}
    assert Counter(worded) == {("thread_line", "en"): len(ids), ("thread_line", "nb"): len(ids)}
    queued = world.store.due(NOW, limit=1000).messages
    shown = [each for one in ids for each in world.store.messages_of(one)]
    edited = Counter(each.parent for each in queued if each.kind == "update")
    assert edited == Counter({each.key: 1 for each in shown} | {each.parent: 1 for each in shown})
    lines = Counter(each.channel for each in queued if each.kind == "line")
    assert lines == dict.fromkeys(channels, len(ids))
    assert [each.channel for each in queued] == sorted(each.channel for each in queued)


def test_a_card_shows_what_a_press_on_its_button_means_now(world, worker):
    """Judged anew with other amounts, the message is edited without a word."""
    *_, slack, now = worker
    item = about(world, "g-competitors")
    record = world.store.advice(item.advice_id)
    was = resolving.before(world.store, MORNING)
    less = {key: value + 10 for key, value in record.advice.budgets.items()}
    everything = [each.advice for each in world.store.all_advice(as_of=MORNING)]
    changed = [
        replace(one, budgets=less) if one.id == item.advice_id else one for one in everything
    ]
    world.store.save_advice(changed, as_of=MORNING, at=NOW)
    told = list(resolving.told(world.context, MORNING, was))
    assert {each.kind for each in told} == {"update"}
    assert {each.parent for each in told} == {item.key, world.digest.key}
    assert (slack.posted, now) == ([], [NOW])


def test_a_morning_is_not_judged_before_its_numbers_are_in(world, worker):
    """Changed just after midnight: the morning's own judging will know it."""
    tick, mornings, _, now = worker
    enough(world)
    now[0] = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # 00:30 in Oslo
    tick.changes(now[0])
    assert mornings.days == []
    assert resolving.unjudged(world.store, MORNING) is not None


def test_a_judging_that_failed_is_tried_again_the_next_minute(world, worker):
    """Nothing was marked as judged."""
    tick, mornings, _, now = worker
    enough(world)
    mornings.refresh, real = (lambda _day: 1 / 0), mornings.refresh
    with pytest.raises(ZeroDivisionError):
        tick.changes(now[0])
    mornings.refresh = real
    tick.changes(now[0] + timedelta(minutes=1))
    assert mornings.days == [MORNING]


def test_home_says_that_it_is_being_judged(world, kari):
    """Until the worker has, the Home tab says when new advice comes."""
    told = "new advice comes with the next summary"
    assert told not in str(world.desk.home(kari))
    enough(world)
    assert told in str(world.desk.home(kari))
    judge(world)
    assert told not in str(world.desk.home(kari))


@pytest.mark.parametrize("form", ["plan.new", "target.new", "threshold.new"])
def test_every_form_says_what_a_change_leads_to(world, kari, form):
    """Judged at once; new advice waits for the next summary."""
    said_ = str(world.desk.forms.opened(form, "", kari))
    assert "judged anew within a minute or two" in said_
