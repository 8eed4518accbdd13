"""What the rules said on a morning, as it stands: who may advise, what is off, what is tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from bot.advice.outcome import Applied, Frozen, Outcome, Treated
from bot.context.context import Context
from bot.domain.advice import Advice, Advised, HeldBack
from bot.domain.campaign_rows import CampaignRow
from bot.rules_files import load
from bot.settings import Settings
from bot.snapshot.evaluation import (
    STATUS,
    STOP,
    JudgedMorning,
    changed,
    demotions,
    ids_of,
    judged,
    scores,
    switched_off,
    without_stops,
)
from bot.store import open_store
from bot.store.base import AdviceRecord, Event
from bot.store.records import GivenAnswer

MORNING = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
RULEBOOK = load()
RULE = RULEBOOK.rules[3].id
ADVICE = Advice("a", RULE, "v", ("1",), "cut_budget", "advise", currency="EUR")


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def status(after: str, at: datetime, *campaigns: str) -> Event:
    """A platform's word on campaigns of an account."""
    subject = " ".join(("google_ads|7", *campaigns))
    return Event(at, "platform", STATUS, subject, {"after": after})


@pytest.mark.parametrize(
    ("changes", "off"),
    [
        ([("paused", 3)], True), ([("ended", 3)], True), ([("removed", 0)], True),
        ([("active", 3)], False), ([("paused", 3), ("active", 2)], False),
        ([("active", 3), ("paused", 2)], True), ([("paused", 29)], True), ([("paused", 31)], False),
        ([("paused", -1)], False), ([("paused", 3), ("active", -1)], True), ([], False),
    ],
)  # fmt: skip
def test_a_campaign_is_off_as_its_platform_said_last_by_that_morning(store, changes, off):
    """Days before it, at noon; what is said a day later is not known, and a month is forgotten."""
    for after, age in changes:
        store.log(status(after, NOON - timedelta(age), "1", "2"))
    assert switched_off(store, MORNING) == (frozenset({"1", "2"}) if off else frozenset())


def test_the_account_is_no_campaign(store):
    """An account that is off names no campaign that is."""
    store.log(status("paused", NOON))
    assert switched_off(store, MORNING) == frozenset()


def test_only_the_alarm_that_a_campaign_stopped_is_left_out_where_somebody_stopped_it():
    """And only where all it is about are off."""
    stop = replace(ADVICE, id="s", rule=STOP)
    both = replace(stop, id="b", campaign_ids=("1", "2"))
    morning = Advised(advice=(ADVICE, stop, both))
    assert without_stops(morning, frozenset()).advice == (ADVICE, stop, both)
    assert without_stops(morning, frozenset({"1"})).advice == (ADVICE, both)
    assert without_stops(morning, frozenset({"1", "2"})).advice == (ADVICE,)


def dismiss(store, on: date, count: int = 10, first: int = 0) -> None:
    """People say no to a rule's advice."""
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    advice = [
        replace(ADVICE, id=f"a{n}", campaign_ids=(f"{n}",)) for n in range(first, first + count)
    ]
    store.save_advice(advice, as_of=on, at=at)
    for entry in advice:
        store.answer(entry.id, GivenAnswer("dismiss", "U1", at))


def test_a_rule_may_only_watch_from_the_morning_after_people_had_enough_of_it(store):
    """What is answered on a morning is not known when it begins."""
    dismiss(store, MORNING)
    assert demotions(store, MORNING) == ()
    (demotion,) = demotions(store, MORNING + timedelta(1))
    assert (demotion.rule, demotion.why, demotion.since) == (RULE, "noisy", MORNING)
    (score,) = scores(store, MORNING + timedelta(1)).rules
    assert (score.given, score.dismissed) == (10, 10)


def test_that_a_rule_may_only_watch_is_news_on_its_first_morning(store):
    """And no longer on the next; that it may advise again is news as well."""
    dismiss(store, MORNING)
    title = RULEBOOK.rules[3].title
    days = [MORNING + timedelta(step) for step in range(3)]
    news = [changed(store, RULEBOOK, before, now) for before, now in pairwise(days)]
    assert [[(each.title, each.why) for each in one] for one in news] == [[(title, "noisy")], []]
    back = changed(store, RULEBOOK, days[1], days[0])
    assert [(each.title, each.why) for each in back] == [(title, "")]


def test_an_outcome_is_known_on_the_morning_after_it_was_read(store):
    """And never before: a morning looked at again says what it said. What waits is no outcome."""
    for number in range(2):
        treated = (Treated("google|a|1", "1", 100.0, 80.0),)
        frozen = Frozen(f"a{number}", RULE, "cut_budget", MORNING, "convert", "conversions", "cpa",
                        "price", 10, treated, (), "EUR")  # fmt: skip
        kept = store.freeze_outcome(frozen, by="U1", at=NOON)
    read_on = MORNING + timedelta(20)
    outcome = Outcome("a1", RULE, "price", "cpa", MORNING, read_on, "worked", "applied",
                      gain=0.1, spread=0.05)  # fmt: skip
    store.save_applied(kept, Applied("applied", MORNING), at=NOON)
    store.save_outcome(kept, outcome, at=NOON + timedelta(20))
    assert scores(store, read_on).rules == ()
    (score,) = scores(store, read_on + timedelta(1)).rules
    assert score.verdicts == {"worked": 1}


def record(name: str, state: str, *ids: str, **changes: object) -> AdviceRecord:
    return AdviceRecord(replace(ADVICE, id=name, campaign_ids=ids, **changes), state, MORNING)


def test_what_was_dismissed_or_sleeps_is_not_shown():
    """Open, in progress and acknowledged is."""
    states = ("open", "in_progress", "acknowledged", "dismissed", "snoozed", "expired")
    morning = JudgedMorning(MORNING, tuple(record(state, state, "1") for state in states))
    assert [entry.state for entry in morning.shown] == list(states[:3])


def test_advice_about_several_campaigns_is_about_each_of_them_once():
    """In the order it is shown in."""
    small = record("small", "open", "1", "2", money_at_stake=1.0)
    big = record("big", "open", "2", "3", money_at_stake=9.0)
    held = [
        HeldBack("1", "r", "cooldown"),
        HeldBack("2", "r", "cooldown"),
        HeldBack("1", "q", "for"),
    ]
    morning = JudgedMorning(MORNING, (small, big), held, "EUR")
    assert [entry.advice.id for entry in morning.about(["1", "2"])] == ["big", "small"]
    assert [entry.advice.id for entry in morning.about(["3"])] == ["big"]
    assert morning.about(["4"]) == []
    assert [finding.rule for finding in morning.held_about(["1"])] == ["r", "q"]
    assert morning.held_about(["4"]) == []


def test_advice_knows_a_campaign_by_its_id_or_by_channel_and_id():
    """Where two channels have the same id, advice names the channel too."""
    row = CampaignRow({"channel": "google_ads", "campaign_id": "1", "entity": "google_ads|7|1"})
    assert ids_of([row]) == {"1", "google_ads:1"}


TEST = {
    "arms": [{"budget": 100.0}, {"budget": 150.0}], "days": 14, "lag": 3, "price": 20.0,
    "read_on": "2026-12-10", "needed": 30.0, "decides": 1.2, "testable": True,
}  # fmt: skip
SHIFT = {"shift": {
    "on": "2026-11-23", "before": {"1": 100.0}, "after": {"1": 150.0}, "days": 14, "wait": 3,
    "decides": 1.1, "readable": True,
}}  # fmt: skip


@pytest.mark.parametrize("numbers", [{"test": TEST}, SHIFT])
@pytest.mark.parametrize(
    ("verb", "after", "tries"),
    [
        ("acknowledge", 0, True), ("acknowledge", 16, True), ("acknowledge", 17, False),
        ("acknowledge", -1, False), ("progress", 1, True), ("dismiss", 1, False),
    ],
)  # fmt: skip
def test_a_campaign_is_tried_from_the_answer_until_its_test_is_read(
    store, numbers, verb, after, tries
):
    """Fourteen days and the three its results take; nobody calls it off target meanwhile."""
    advice = replace(ADVICE, numbers=numbers)
    store.save_advice([advice], as_of=MORNING, at=NOON)
    store.answer(advice.id, GivenAnswer(verb, "U1", NOON))
    as_of = MORNING + timedelta(after)
    context = Context(store, RULEBOOK, {}, Settings(), lambda: NOON)
    assert judged(context, as_of).testing == (frozenset({"1"}) if tries else frozenset())
