"""Whatever crashed after an answer was kept: each card agrees with it, each line is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.advice import Advice
from bot.domain.replies import Said, ThreadLine
from bot.jobs.outbox import Outbox
from bot.jobs.settle import Reconciler, answer_key
from bot.store.base import Event, Outgoing
from bot.store.records import GivenAnswer


class Telling:
    """Says one line in the thread of a1, and what a card's text should be."""

    def __init__(self, store):
        self.store = store
        self.broken: set[str] = set()

    def told(self, event: Event) -> Said | None:
        if event.subject in self.broken:
            raise RuntimeError("a bug")
        verb = event.kind.partition(".")[2]
        if verb not in {"acknowledge", "undo"}:
            return None
        shown = self.store.messages_of(event.subject)
        threads = {each.thread_ts: each for each in shown}
        return Said(lines=tuple(
            ThreadLine(each.channel, ts, f"{event.actor} {verb}", ())
            for ts, each in threads.items()
        ))  # fmt: skip

    def reads(self, advice_id: str) -> str:
        record = self.store.advice(advice_id)
        return f"{advice_id} {record.state}"

    def show_otherwise(self, messages):
        return [each for each in messages if each.text != self.reads(each.advice_id)]

    def fresh(self, message: Outgoing, _last_event: int) -> Outgoing:
        target = self.store.outgoing(message.parent) if message.kind == "update" else message
        if not target or not target.advice_id:
            return message
        return Outgoing(**{**vars(message), "text": self.reads(target.advice_id)})


@pytest.fixture
def telling(store):
    return Telling(store)


@pytest.fixture
def outbox(store, slack, clock, telling):
    return Outbox(store, slack, clock, fresh=telling.fresh)


@pytest.fixture
def agree(store, telling, outbox, clock):
    """Two channels whose digests show a1; the reconciler has looked once."""
    store.save_advice([Advice(name, "rule", "v1", ("c1",), "pause", "advise")
                       for name in ("a1", "a2")], as_of=clock().date(), at=clock())  # fmt: skip
    for channel in ("C1", "C2"):
        store.enqueue([
            Outgoing(f"d{channel}", "digest", channel, "Good morning", ()),
            Outgoing(f"a{channel}", "advice", channel, "a1 open", (), f"d{channel}", "a1"),
        ])  # fmt: skip
    outbox.deliver()
    found = Reconciler(store, telling, outbox, clock)
    found()
    return found


def shown(store, channel="C1"):
    return store.outgoing(f"a{channel}").text


def lines(store, slack):
    queued = [store.outgoing(key) for key, _ in slack.posted]
    return [each.text for each in queued if each.kind == "line"]


def test_nothing_is_said_where_nothing_is_missing(agree, slack):
    """A look at a store in order posts nothing."""
    before = len(slack.posted)
    agree()
    assert len(slack.posted) == before


def test_an_answer_whose_process_died_is_shown_within_the_minute(agree, store, slack, clock):
    """Kept, and nothing more: both channels' cards are edited, the line stands in both threads."""
    store.answer("a1", GivenAnswer("acknowledge", by="U1", at=clock()))
    clock.wait(minutes=1)
    agree()
    assert [shown(store, channel) for channel in ("C1", "C2")] == ["a1 acknowledged"] * 2
    assert lines(store, slack) == ["U1 acknowledge"] * 2
    again = len(slack.posted)
    clock.wait(minutes=1)
    agree()
    assert len(slack.posted) == again


def test_an_edit_that_waits_is_not_queued_again(agree, store, slack, clock, outbox):
    """What judging queued a moment ago is worded as it is sent; one edit a card is enough."""
    store.answer("a1", GivenAnswer("acknowledge", by="U1", at=clock()))
    outbox.wake = lambda: None  # nothing goes out yet
    store.enqueue([Outgoing("e", "update", "C1", "", (), "aC1")])
    agree()
    queued = [each for each in store.due(clock(), limit=100).messages if each.kind == "update"]
    assert [each.parent for each in queued if each.parent in {"aC1", "aC2"}] == ["aC1", "aC2"]
    assert slack.keys.count("aC1") == 1


def test_another_process_goes_on_where_one_died(agree, store, slack, clock, telling, outbox):
    """The process that looked is gone too: the next one, an hour later, says what is missing."""
    store.answer("a1", GivenAnswer("acknowledge", by="U1", at=clock() + timedelta(minutes=1)))
    clock.wait(hours=1)
    Reconciler(store, telling, outbox, clock)()
    assert shown(store) == "a1 acknowledged"
    assert lines(store, slack) == ["U1 acknowledge"] * 2


def test_a_card_edited_and_changed_again_ends_as_it_is(agree, store, slack, clock):
    """Acknowledged and undone in the same minute: the card is open, both lines were said."""
    store.answer("a1", GivenAnswer("acknowledge", by="U1", at=clock()))
    store.answer("a1", GivenAnswer("undo", by="U2", at=clock() + timedelta(seconds=5)))
    clock.wait(minutes=1)
    agree()
    assert shown(store) == "a1 open"
    assert set(lines(store, slack)) == {"U1 acknowledge", "U2 undo"}


def test_a_second_undo_is_an_edit_of_its_own(agree, store, clock):
    """Back to open twice: the second time is not taken for the first."""
    for _ in range(2):
        for verb, by in (("acknowledge", "U1"), ("undo", "U2")):
            store.answer("a1", GivenAnswer(verb, by=by, at=clock()))
            clock.wait(minutes=1)
            agree()
    assert shown(store) == "a1 open"


def test_a_card_posted_late_shows_the_state_it_is_sent_in(agree, store, slack, clock, outbox):
    """Queued open, answered before it went out: it goes out as answered."""
    card = Outgoing("late", "advice", "C3", "a1 open", (), advice_id="a1")
    store.enqueue([card])
    store.answer("a1", GivenAnswer("acknowledge", by="U1", at=clock()))
    outbox.deliver()
    assert store.outgoing("late").text == "a1 acknowledged"


def test_an_edit_is_what_its_message_reads_when_it_is_sent(agree, store, clock, outbox):
    """An edit queued before an undo says what holds after it."""
    store.answer("a1", GivenAnswer("acknowledge", by="U1", at=clock()))
    store.enqueue([Outgoing("edit", "update", "C1", "a1 acknowledged", (), "aC1")])
    store.answer("a1", GivenAnswer("undo", by="U1", at=clock()))
    outbox.deliver()
    assert shown(store) == "a1 open"


def test_an_answer_while_a_card_is_on_its_way_is_made_good(agree, store, clock, slack, telling):
    """Answered in the very moment the card was posted: looked at once it is out."""

    class Slow:
        def deliver(self, message, parent_ts=""):
            store.answer("a1", GivenAnswer("acknowledge", by="U1", at=clock() - timedelta(hours=1)))
            return slack.deliver(message, parent_ts)

        find = slack.find

    posting = Outbox(store, Slow(), clock, posted=lambda message, _: agree.posted(message))
    store.enqueue([Outgoing("now", "advice", "C3", "a1 open", (), advice_id="a1")])
    posting.deliver()
    assert store.outgoing("now").text == "a1 open"
    clock.wait(minutes=1)
    agree()
    assert store.outgoing("now").text == "a1 acknowledged"


def test_one_event_that_breaks_us_holds_up_no_other(agree, store, clock, telling, slack):
    """A bug in the words of one answer is logged; the next answer is shown."""
    store.enqueue([Outgoing("aa2", "advice", "C1", "a2 open", (), "dC1", "a2")])
    agree.outbox.deliver()
    telling.broken = {"a2"}
    store.answer("a2", GivenAnswer("acknowledge", by="U1", at=clock()))
    store.answer("a1", GivenAnswer("acknowledge", by="U1", at=clock()))
    clock.wait(minutes=1)
    agree()
    assert shown(store) == "a1 acknowledged"
    assert store.outgoing(f"{answer_key(store.events(subject='a1')[-1].number)}:line:0")
