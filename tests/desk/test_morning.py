"""The story of a day can be told twice without saying anything twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from bot import morning
from bot.blockkit import validate
from bot.desk import digest
from bot.errors import SourceError
from bot.numbers.daily import normalise
from bot.sources import AccountPull, Pulled
from bot.store import open_store

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
        world.store, world.office.rulebook, renderers["nb"], world.subscription, MORNING
    )
    assert [each.key for each in again] == [each.key for each in world.posted]
    assert again[0].key == f"digest:{world.subscription.id}:{MORNING}"
    assert [each.item for each in again[1:]] == [1, 2, 3, 4]
    assert {each.parent for each in again[1:]} == {again[0].key}


def test_judging_twice_changes_nothing(world):
    """The same morning judged again opens no advice and expires none."""
    before = [(each.advice.id, each.state) for each in world.store.all_advice()]
    events = len(world.store.events())
    morning.refresh(world.store, world.office.rulebook, MORNING, clock=lambda: NOW)
    assert [(each.advice.id, each.state) for each in world.store.all_advice()] == before
    assert len(world.store.events()) == events


def test_what_was_answered_is_not_told_as_new(world, kari):
    """Acknowledged before the digest is written, it is shown as answered; dismissed, not at all."""
    world.desk.answer(world.items[0].advice_id, "acknowledge", kari)
    world.desk.answer(world.items[1].advice_id, "dismiss", kari)
    found = digest.of_morning(world.office, MORNING, ZoneInfo("UTC"))
    assert [card.state for card in found.cards] == ["acknowledged", "open", "open"]


def test_a_digest_names_what_is_late(world, renderers):
    """A channel whose numbers stop early is named, and the digest is no quiet one."""
    later = MORNING + timedelta(days=3)
    found = digest.of_morning(world.office, later, ZoneInfo("UTC"))
    assert {each.channel for each in found.late} == {"Google", "Meta", "TikTok", "LinkedIn"}
    words = digest.written(world.office, renderers["en"], later, ZoneInfo("UTC"))
    assert "late" in str(words.parent.blocks)
    assert validate(words.parent.blocks) == []


def test_a_pull_asks_for_whole_days_and_again_for_what_may_be_restated(store):
    """First more than a year until yesterday; then from five weeks before what it had."""
    source = Told(answers=[pulled(date(2026, 11, 22)), pulled(date(2026, 11, 22), 12.0)])
    morning.pull(store, [source], lambda: NOW)
    morning.pull(store, [source], lambda: NOW)
    yesterday = date(2026, 11, 22)
    assert source.asked[0] == (yesterday - timedelta(days=400), yesterday)
    assert source.asked[1] == (yesterday - timedelta(days=35), yesterday)
    assert store.numbers()["spend"].tolist() == [12.0]


def test_a_source_that_fails_holds_up_no_other(store):
    """It is remembered with the sentence why; the next one is pulled."""
    broken = Told("broken", [SourceError("The warehouse did not answer.", hint="Try later.")])
    fine = Told("fine", [pulled(date(2026, 11, 22))])
    found = morning.pull(store, [broken, fine], lambda: NOW)
    assert [(each.source, each.ok) for each in found] == [("broken", False), ("fine", True)]
    assert "did not answer" in found[0].error
    assert store.last_day() == date(2026, 11, 22)


def test_a_failure_that_is_over_is_cleared(store):
    """Once a source answers again, nothing of its failure is left to warn about."""
    source = Told(answers=[SourceError("No."), pulled(date(2026, 11, 22))])
    morning.pull(store, [source], lambda: NOW)
    morning.pull(store, [source], lambda: NOW)
    newest = {each.account_id: each for each in store.pulls()}
    assert all(each.ok for each in newest.values())
