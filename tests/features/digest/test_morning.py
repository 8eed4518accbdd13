"""The story of a day can be told twice without saying anything twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from bot.blockkit import validate
from bot.domain.advice import HeldBack
from bot.domain.replies import Press
from bot.errors import SourceError
from bot.features.digest import digest
from bot.features.digest.notices import FAULTS, still_so
from bot.jobs import morning, pull_keeping
from bot.numbers.input.daily import normalise
from bot.render.values.digests import Digest, SpendMoved
from bot.snapshot import evaluation as judged
from bot.snapshot.evaluation import JudgedMorning
from bot.sources import AccountPull, Pulled
from bot.store import open_store
from bot.store.records import GivenAnswer

MORNING = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)


@dataclass
class Told:
    """A source that says what it is told to say."""

    name: str = "told"
    answers: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def pull(self, since, until):
        self.asked.append((since, until))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def pulled(day: date, spend: float = 10.0) -> Pulled:
    row = {"date": day, "channel": "google", "account_id": "1", "campaign_id": "a", "spend": spend}
    frame = normalise(pd.DataFrame([row]).assign(date=lambda each: pd.to_datetime(each["date"])))
    return Pulled(frame, NOW, (AccountPull("1", ("google_ads",), ok=True, until=day),))


@pytest.fixture
def store():
    made = open_store(":memory:")
    yield made
    made.close()


def test_the_keys_of_a_digest_depend_on_subscription_and_day_alone(world, renderers):
    """Written again, in any language, it is the same digest."""
    again = morning.digest(
        world.store, world.context.rulebook, renderers["nb"], world.subscription, MORNING
    )
    assert [each.key for each in again] == [each.key for each in world.posted]
    assert again[0].key == f"digest:{world.subscription.id}:{MORNING}"
    assert [each.item for each in again[1:]] == list(range(1, len(again)))
    assert {each.parent for each in again[1:]} == {again[0].key}


def test_judging_twice_changes_nothing(world):
    """The same morning judged again opens no advice and expires none."""
    before = [(each.advice.id, each.state) for each in world.store.all_advice()]
    events = len(world.store.events())
    morning.refresh(world.store, world.context.rulebook, MORNING, clock=lambda: NOW)
    assert [(each.advice.id, each.state) for each in world.store.all_advice()] == before
    assert len(world.store.events()) == events


def test_what_was_answered_is_not_told_as_new(world, kari):
    """Acknowledged before the digest is written, it is shown as answered; dismissed, not at all."""
    world.desk.answer(Press(world.items[0].advice_id, "acknowledge"), kari)
    world.desk.answer(Press(world.items[1].advice_id, "dismiss"), kari)
    found = digest.of_morning(world.context, MORNING, ZoneInfo("UTC"))
    assert [card.state for card in found.cards] == ["acknowledged", "open", "open", "open"]


def test_what_somebody_took_on_is_said_while_it_is_not_mended(world, kari, renderers):
    """Of an acknowledged fault whose rule still speaks the next mornings have a line, by whom."""
    faults = [each.advice for each in world.store.all_advice() if each.advice.action in FAULTS]
    world.desk.answer(Press(faults[0].id, "acknowledge"), kari)
    silent = HeldBack(faults[0].campaign_ids[0], faults[0].rule, "answered", {})
    later = JudgedMorning(MORNING + timedelta(1), (), (silent,))
    (card,) = still_so(world.context, later, {}, ZoneInfo("UTC"))
    quiet = Digest(MORNING + timedelta(1), MORNING, still_so=(card,))
    assert not quiet.quiet
    text = str(renderers["nb"].render("digest", digest=quiet).blocks)
    assert "Tatt, men fortsatt slik" in text
    assert card.answered_by in text
    own = SpendMoved("Leads", 1.5, MORNING, ids=tuple(faults[0].campaign_ids))
    assert digest._not_taken_on([own, replace(own, whole=True)], [card]) == (
        replace(own, whole=True),
    )
    shown = replace(later, records=(world.store.advice(faults[0].id),))
    assert still_so(world.context, shown, {}, ZoneInfo("UTC")) == ()


def test_a_digest_names_what_is_late(world, renderers):
    """A channel whose numbers stop early is named, and the digest is no quiet one."""
    later = MORNING + timedelta(days=3)
    found = digest.of_morning(world.context, later, ZoneInfo("UTC"))
    assert {each.channel for each in found.late} == {"Google", "Meta", "TikTok", "LinkedIn"}
    words = digest.written(world.context, renderers["en"], later, ZoneInfo("UTC"))
    assert "late" in str(words.parent.blocks)
    assert validate(words.parent.blocks) == []


def test_a_pull_asks_for_whole_days_and_again_for_what_may_be_restated(store):
    """First more than a year until yesterday; then from five weeks before what it had."""
    source = Told(answers=[pulled(date(2026, 11, 22)), pulled(date(2026, 11, 22), 12.0)])
    pull_keeping.pull(store, [source], lambda: NOW)
    pull_keeping.pull(store, [source], lambda: NOW)
    yesterday = date(2026, 11, 22)
    assert source.asked[0] == (yesterday - timedelta(days=400), yesterday)
    assert source.asked[1] == (yesterday - timedelta(days=35), yesterday)
    assert store.numbers()["spend"].tolist() == [12.0]


def test_a_source_that_fails_holds_up_no_other(store):
    """It is remembered with the sentence why; the next one is pulled."""
    broken = Told("broken", [SourceError("The warehouse did not answer.", hint="Try later.")])
    fine = Told("fine", [pulled(date(2026, 11, 22))])
    found = pull_keeping.pull(store, [broken, fine], lambda: NOW)
    assert [(each.source, each.ok) for each in found] == [("broken", False), ("fine", True)]
    assert "did not answer" in found[0].error
    assert store.last_day() == date(2026, 11, 22)


def test_a_failure_that_is_over_is_cleared(store):
    """Once a source answers again, nothing of its failure is left to warn about."""
    source = Told(answers=[SourceError("No."), pulled(date(2026, 11, 22))])
    pull_keeping.pull(store, [source], lambda: NOW)
    pull_keeping.pull(store, [source], lambda: NOW)
    newest = {each.account_id: each for each in store.pulls()}
    assert all(each.ok for each in newest.values())


def snoozed(world, item, until=MORNING):
    """As if somebody had said so the day before."""
    world.store.answer(
        item.advice_id, GivenAnswer("snooze", by="U1", at=NOW - timedelta(days=1), until=until)
    )


def test_back_from_snooze_the_message_is_open_again(world):
    """Judged on the day a snooze ends: the message is edited, and one line says so."""
    item = world.items[0]
    snoozed(world, item)
    morning.refresh(world.store, world.context.rulebook, MORNING, clock=lambda: NOW)
    assert world.store.advice(item.advice_id).state == "open"
    edit, parent, line = world.store.due(NOW).messages
    edit = world.desk.fresh(edit, 0)
    assert (parent.kind, parent.parent) == ("update", world.digest.key)
    assert (edit.kind, edit.parent) == ("update", item.key)
    assert "advice.acknowledge" in str(edit.blocks)
    assert (line.kind, line.parent) == ("line", world.digest.key)
    assert line.text.startswith("Back from snooze: ")


def test_back_from_snooze_is_said_once(world):
    """Judging that morning again says nothing more."""
    snoozed(world, world.items[0])
    for _ in range(2):
        morning.refresh(world.store, world.context.rulebook, MORNING, clock=lambda: NOW)
    assert len(world.store.due(NOW).messages) == 3


def test_a_snooze_that_is_over_may_find_nothing_left_to_do(world):
    """What is no longer true says so instead of coming back."""
    item, later = world.items[0], MORNING + timedelta(days=40)
    snoozed(world, item, until=later)
    morning.refresh(world.store, world.context.rulebook, later, clock=lambda: NOW)
    assert world.store.advice(item.advice_id).state == "expired"
    due = world.store.due(NOW, limit=200).messages
    assert [each for each in due if each.kind == "update" and each.parent == item.key]
    lines = [each for each in due if each.kind == "line"]
    assert all(each.text.startswith("No longer true: ") for each in lines)


def test_nobody_waits_while_a_morning_is_worked_out(world, monkeypatch):
    """The store is free while boards and advice are computed; saving is one short transaction."""
    held, context = [], world.context
    real = judged.advised_apart

    def looked(*given):
        thread = Thread(target=lambda: held.append(other.claim("test", "free", NOW)))
        thread.start()
        thread.join(5)
        return real(*given)

    other = world.store
    monkeypatch.setattr(judged, "advised_apart", looked)
    morning.refresh(world.store, context.rulebook, MORNING, clock=lambda: NOW)
    assert held == [True]


def test_numbers_that_come_while_a_morning_is_worked_out_are_in_it(world, monkeypatch):
    """An import in between is seen: the morning is worked out again."""
    real, calls = judged.advised_apart, []

    def interrupted(*given):
        if not calls:
            rows = world.store.numbers(date(2026, 11, 22), date(2026, 11, 22))
            changed = rows.assign(spend=rows["spend"] + 1.0)
            world.store.add_numbers(changed, source="late", pulled_at=NOW)
        calls.append(given)
        return real(*given)

    monkeypatch.setattr(judged, "advised_apart", interrupted)
    morning.refresh(world.store, world.context.rulebook, MORNING, clock=lambda: NOW)
    assert len(calls) == 2
