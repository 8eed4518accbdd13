"""An answer has one winner, edits every message that shows the advice, and adds one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.ask import Asker
from bot.blockkit import validate
from bot.domain.replies import Press
from bot.errors import UnknownName, UsageError
from bot.features.triage.posted import posted_card
from bot.jobs import morning
from bot.store.base import Subscription

MORNING = date(2026, 11, 23)


@pytest.fixture
def advice(world) -> str:
    """The id of the first piece of advice."""
    return world.items[0].advice_id


def test_an_acknowledgement_edits_the_message_and_adds_one_line(world, kari, advice):
    """Kari acknowledges: the message says so with Undo, and the thread gets one line."""
    said = world.desk.answer(Press(advice, "acknowledge"), kari)
    (change, parent), (line,) = said.changes, said.lines
    assert parent.ts == world.digest.ts
    assert said.reply is None
    assert (change.channel, change.ts) == ("C1", world.items[0].ts)
    assert "Acknowledged by Kari at 08:14" in change.text
    assert "advice.undo" in str(change.blocks)
    assert "advice.acknowledge" not in str(change.blocks)
    assert (line.channel, line.thread_ts) == ("C1", world.digest.ts)
    assert "Kari" in line.text
    assert "<@" not in line.text + str(line.blocks)
    assert world.store.advice(advice).state == "acknowledged"


def test_the_second_answer_loses_politely(world, kari, ola, advice):
    """Ola comes second: only he is told, nothing is edited."""
    world.desk.answer(Press(advice, "acknowledge"), kari)
    said = world.desk.answer(Press(advice, "acknowledge"), ola)
    assert "Kari" in said.reply.text
    assert (said.changes, said.lines) == ((), ())
    assert said.reply.response_type == "ephemeral"


def test_an_answer_can_be_undone(world, kari, ola, advice):
    """Undo brings the buttons back and says who undid it."""
    world.desk.answer(Press(advice, "dismiss", reason="We know"), kari)
    said = world.desk.answer(Press(advice, "undo"), ola)
    assert "advice.acknowledge" in str(said.changes[0].blocks)
    assert "Ola" in said.lines[0].text
    assert world.store.advice(advice).state == "open"


def test_what_is_said_of_an_answer_goes_by_the_answers_own_event(world, kari):
    """How a move is measured is kept after the answer, or taken back: neither is the answer.

    Whoever looks later for what was not said knows it by the same event, so nothing comes twice.
    """
    ids = [each.advice_id for each in world.items]
    move = next(each for each in ids if world.store.advice(each).advice.action == "shift_budget")
    for verb in ("acknowledge", "undo"):
        number = world.desk.answer(Press(move, verb), kari).event
        written = world.store.events(subject=move)
        assert [each.kind for each in written if each.number == number] == [f"advice.{verb}"]
        assert written[-1].kind.startswith("outcome.")


@pytest.mark.parametrize("verb", ["acknowledge", "progress", "snooze", "dismiss"])
@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_answer_gives_valid_messages(world, advice, verb, language):
    """Whatever is answered, Slack takes the edit and the line."""
    world.store.subscribe(Subscription(**{**world.subscription.__dict__, "language": language}))
    said = world.desk.answer(
        Press(advice, verb, reason="<!here> *no*"), Asker("U1", "C1", language)
    )
    for each in (*said.changes, *said.lines):
        assert each.text
        assert validate(list(each.blocks)) == []
        assert "<!here>" not in each.text


def test_every_message_that_shows_it_is_edited_and_each_thread_gets_one_line(
    world, kari, renderers
):
    """Advice shown in two channels and two mornings: each is edited, its digest too; four lines."""
    other = world.store.subscribe(
        Subscription(0, "C2", "08:00", (1, 2, 3, 4, 5), "Europe/Oslo", "nb", "U2")
    )
    rulebook, clock = world.context.rulebook, world.context.clock
    for day in (MORNING, MORNING + timedelta(days=1)):
        for subscription in (world.subscription, other):
            words = renderers[subscription.language]
            messages = morning.digest(
                world.store, rulebook, words, subscription, MORNING, clock=clock
            )
            keyed = [_of_day(message, day) for message in messages]
            world.store.enqueue(keyed)
            for number, message in enumerate(keyed, start=1):
                ts = f"{subscription.id}{day.day}.{number:06}"
                world.store.delivered(message.key, ts)
    said = world.desk.answer(Press(world.items[0].advice_id, "acknowledge"), kari)
    assert len(said.changes) == len({(each.channel, each.ts) for each in said.changes}) == 8
    assert len(said.lines) == len({(each.channel, each.thread_ts) for each in said.lines}) == 4
    words = {each.channel: each.text for each in said.lines}
    assert "ekreftet" in words["C2"] or "Kari" in words["C2"]
    assert words["C1"] != words["C2"]


def _of_day(message, day):
    """The same message as of another morning's digest."""
    from dataclasses import replace

    old, new = MORNING.isoformat(), day.isoformat()
    return replace(
        message, key=message.key.replace(old, new), parent=message.parent.replace(old, new)
    )


def test_a_snooze_ends_on_a_later_day(world, kari, advice):
    """A snooze into the past, or for years, is refused with the way out."""
    for until in (MORNING, MORNING - timedelta(days=1), MORNING + timedelta(days=4000)):
        with pytest.raises(UsageError):
            world.desk.answer(Press(advice, "snooze", until=until), kari)
    assert world.store.advice(advice).state == "open"


def test_a_snooze_of_a_leap_year_is_the_longest(world, kari, advice):
    """A snooze lasts a year at most: 366 days are kept, 367 are refused."""
    with pytest.raises(UsageError, match="a year at most"):
        world.desk.answer(Press(advice, "snooze", until=MORNING + timedelta(days=367)), kari)
    until = MORNING + timedelta(days=366)
    world.desk.answer(Press(advice, "snooze", until=until), kari)
    assert world.store.advice(advice).snoozed_until == until


def test_advice_without_a_number_in_its_thread_is_the_first(world):
    """A message that has no number (0) shows its advice as the first; the others keep theirs."""
    record = world.store.advice(world.items[2].advice_id)
    third = posted_card(world.context, world.items[2], record)
    assert (third.number, third.of) == (3, 5)
    unnumbered = posted_card(world.context, replace(world.items[2], item=0), record)
    assert (unnumbered.number, unnumbered.of) == (1, 5)
    alone = replace(world.items[2], item=0, key="alone", parent="", ts="1796.1")
    card = posted_card(world.context, alone, record)
    assert (card.number, card.of) == (1, 1)


def test_a_snooze_without_a_day_lasts_one(world, kari, advice):
    """Snoozed and nothing else said: until tomorrow."""
    world.desk.answer(Press(advice, "snooze"), kari)
    assert world.store.advice(advice).snoozed_until == MORNING + timedelta(days=1)


def test_unknown_advice_and_verbs_are_named(world, kari, advice):
    """A button of another world changes nothing."""
    with pytest.raises(UnknownName):
        world.desk.answer(Press("nope", "acknowledge"), kari)
    with pytest.raises(UsageError):
        world.desk.answer(Press(advice, "explode"), kari)


@pytest.mark.parametrize("view", ["dismiss_view", "snooze_view", "evidence_view"])
@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_modals_are_valid(world, view, language):
    """Every modal of every piece of advice is one Slack opens."""
    for item in world.items:
        made = getattr(world.desk, view)(item.advice_id, Asker("U1", "C1", language))
        assert made["type"] == "modal"
        assert made["private_metadata"] == item.advice_id
        assert validate(made["blocks"], surface="modal") == []


def test_the_evidence_holds_every_number_of_the_advice(world, kari, advice):
    """Each metric the rule looked at stands in the modal."""
    record = world.store.advice(advice)
    blocks = str(world.desk.evidence_view(advice, kari)["blocks"])
    for reason in record.advice.reasons:
        assert reason.line in blocks
    assert record.advice.rule in blocks


def test_a_shift_names_both_sides_and_keeps_the_total(world):
    """The budgets of a shift add up to what they were, and both campaigns are named."""
    shift = next(
        record.advice
        for record in world.store.all_advice()
        if record.advice.action == "shift_budget"
    )
    assert round(sum(shift.budgets.values()) - sum(shift.budgets_before.values()), 6) == 0
    (message,) = [item for item in world.items if item.advice_id == shift.id]
    assert "Google | Shopping" in str(message.blocks)
    assert "The total stays the same" in str(message.blocks)


def test_in_progress_may_still_be_acknowledged_or_dismissed(world, kari, ola):
    """Working on it is no end: the message keeps both buttons, and anybody may press them."""
    item = world.items[0]
    changes = world.desk.answer(Press(item.advice_id, "progress"), kari).changes
    (change,) = [each for each in changes if each.ts == item.ts]
    ids = {each["action_id"] for each in change.blocks[-1]["elements"]}
    assert ids == {"advice.acknowledge", "advice.dismiss", "advice.undo", "advice.evidence"}
    changes = world.desk.answer(Press(item.advice_id, "acknowledge"), ola).changes
    (done,) = [each for each in changes if each.ts == item.ts]
    assert "Acknowledged by Ola at 08:14" in done.text


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Kari acknowledged this at 08:14."), ("nb", "Kari tok denne kl. 08:14.")],
)
def test_who_comes_second_reads_who_and_when(world, kari, ola, language, told):
    """The time is a date of Slack's, so each reads it in their own time zone."""
    item = world.items[0]
    world.desk.answer(Press(item.advice_id, "acknowledge"), kari)
    reply = world.desk.answer(
        Press(item.advice_id, "acknowledge"), replace(ola, language=language)
    ).reply
    assert reply.text.startswith(told)
    (element,) = [
        each for each in reply.blocks[0]["elements"][0]["elements"] if each["type"] == "date"
    ]
    assert element == {
        "type": "date",
        "timestamp": int(world.context.clock().timestamp()),
        "format": "{time}",
        "fallback": "08:14",
        "style": {"bold": True},
    }


def test_the_evidence_is_told_by_campaign_in_words(world, kari):
    """Each campaign's numbers under its name; each line in words, then as it is written."""
    shift = next(each for each in world.items if "Move" in each.text)
    view = world.desk.evidence_view(shift.advice_id, kari)
    assert validate(view["blocks"], surface="modal") == []
    text = str(view["blocks"])
    assert "Rule:" in text
    assert "One more sale may cost less elsewhere: try it. " in text
    assert "Chance that money is better elsewhere: 85\\xa0%, over 25\\xa0%" in text
    assert "Answer to budgets known: 0, under 1" in text
    assert "Also checked:" in text
    assert "Google | Competitors" in text
    fields = [block for block in view["blocks"] if "fields" in block]
    assert len(fields) == 4
    assert all("|" not in each["text"] for block in fields for each in block["fields"])
