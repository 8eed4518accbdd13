"""What there is to do is read in one order everywhere, and old threads keep their numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from bot.domain.replies import Press
from bot.features.digest import digest
from bot.features.parts.message_sync import thread_order
from bot.snapshot.evaluation import JudgedMorning, judged

MORNING = date(2026, 11, 23)


def test_every_list_has_the_same_order(world, kari):
    """The digest, its thread, /perf advice and the Home tab."""
    records = judged(world.context, MORNING).shown
    ids = [each.advice.id for each in records]
    cards = digest.of_morning(world.context, MORNING, ZoneInfo("UTC")).cards
    assert [card.id for card in cards] == ids
    assert [(each.item, each.advice_id) for each in world.items] == list(enumerate(ids, start=1))
    values = [
        element["value"]
        for block in world.desk.ask("/perf advice", kari, as_of=MORNING).blocks
        for element in block.get("elements", ())
        if element.get("action_id", "").startswith("advice.evidence")
    ]
    assert values == ids


def test_a_digest_asked_for_keeps_the_numbers_of_the_thread(world, kari):
    """What was dismissed keeps its place in the list, so that `ack 3` means the same everywhere."""
    asker = replace(kari, channel="C1")
    ids = [each.advice_id for each in world.items]
    world.desk.answer(Press(ids[0], "dismiss", reason="known"), kari)
    order = thread_order(world.context, "C1", MORNING, "daily")
    assert order == tuple(ids)
    cards = digest.of_morning(
        world.context, MORNING, ZoneInfo("UTC"), digest.Edition(thread=order)
    ).cards
    assert [(card.id, card.number) for card in cards] == [
        (id_, number) for number, id_ in enumerate(ids, start=1)
    ]
    assert cards[0].state == "dismissed"
    said = world.desk.ask("/perf digest", asker, MORNING)
    assert "dismissed" in str(said.blocks)


def test_numbers_of_a_thread_that_stands_mean_what_they_meant(world, kari):
    """The order of today's list may differ; the third of the thread is still the third."""
    third = world.items[2].advice_id
    shown = judged(world.context, MORNING)
    money = {each.advice.id: 1e6 if each.advice.id == third else 1.0 for each in shown.records}
    records = tuple(
        replace(each, advice=replace(each.advice, money_at_stake=money[each.advice.id],
                                     severity="advise"))
        for each in shown.records
    )  # fmt: skip
    assert JudgedMorning(MORNING, records).shown[0].advice.id == third
    ts = world.digest.ts
    world.desk.thread_reply("C1", ts, "ack 3", kari)
    assert world.store.advice(third).state == "acknowledged"
