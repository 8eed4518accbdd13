"""`/perf find TEXT`: campaigns, advice and answers by their words, with the way to each message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.context.context import Context
from bot.domain.replies import Asker, Reply
from bot.errors import UsageError
from bot.features.parts.advice_cards import card
from bot.question.grammar import Question
from bot.render.values.advice_card import Card
from bot.render.values.evidence import FoundAdvice, FoundAll, FoundAnswer
from bot.render.values.templates import Option
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord, Event, Found

MOST = 5  # of each kind
LONGEST = 150


def answer(context: Context, question: Question, asker: Asker, as_of: date) -> Reply:  # noqa: ARG001, every answer's shape
    """What fits the words after `find`.

    Raises:
        UsageError: There are none.
    """
    text = " ".join(word.removeprefix('"') for word in question.words)
    message = context.renderer(asker.language).render("find", found=found(context, text, asker))
    return Reply(message.text, message.blocks)


def found(context: Context, text: str, asker: Asker) -> FoundAll:
    """The best few campaigns, pieces of advice and answers that fit."""
    if not text.strip():
        raise UsageError("I don't know what to look for.", hint="Write it after find.")
    kinds = {
        kind: context.store.find(text, kind=kind, limit=MOST)
        for kind in ("campaign", "advice", "answer")
    }
    return FoundAll(
        text=text[:LONGEST],
        campaigns=tuple(_campaign(hit) for hit in kinds["campaign"]),
        advice=tuple(_advice(context, hit, asker) for hit in kinds["advice"]),
        answers=tuple(_answer(context, hit, asker) for hit in kinds["answer"]),
        total=sum(hits[0].of for hits in kinds.values() if hits),
    )


def names_in(record: AdviceRecord) -> dict[str, str]:
    """What a piece of advice itself calls its campaigns, by id; ids it does not name are left out.

    Old advice is told by its own words: its morning's board is gone.
    """
    numbers, to = record.advice.numbers, record.advice.numbers.get("to")
    given_names = (numbers.get("name"), to.get("name") if isinstance(to, Mapping) else to)
    pairs = zip(record.advice.campaign_ids, given_names, strict=False)
    return {key: str(name) for key, name in pairs if name}


def shown(context: Context, record: AdviceRecord, asker: Asker) -> Card:
    """A piece of advice of any age, as it stands."""
    return card(context, record, names_in(record), context.zone(asker))


def _campaign(hit: Found) -> Option:
    name = hit.name if '"' not in hit.name else hit.ref
    return Option(f"{hit.name} ({title(hit.channel)})", f'campaign "{name}"')


def _advice(context: Context, hit: Found, asker: Asker) -> FoundAdvice:
    record = context.store.advice(hit.advice_id)
    assert record is not None, "advice is never deleted"
    return FoundAdvice(shown(context, record, asker), _link(context, hit.advice_id))


def _answer(context: Context, hit: Found, asker: Asker) -> FoundAnswer:
    event, record = _event(context, hit), context.store.advice(hit.advice_id)
    assert record is not None, "advice is never deleted"
    return FoundAnswer(
        who=context.person(event.actor),
        at=event.at.astimezone(context.zone(asker)),
        kind=event.kind,
        card=shown(context, record, asker),
        reason=str(event.details.get("reason") or ""),
        link=_link(context, hit.advice_id),
    )


def _event(context: Context, hit: Found) -> Event:
    events = context.store.events(subject=hit.advice_id, kind=hit.name)
    return next(event for event in events if event.number == int(hit.ref))


def _link(context: Context, advice_id: str) -> str:
    """The address of the newest message that shows it, "" where there is none."""
    messages = context.store.messages_of(advice_id)
    return context.link(messages[-1].channel, messages[-1].ts) if messages else ""
