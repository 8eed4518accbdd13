"""Advice as people see it: its names, its place in a list, and how it was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.advice.outcome import MEASURED
from bot.context.answer_cache import Same
from bot.context.context import Context
from bot.domain.campaign_rows import CampaignRow
from bot.errors import UnknownName
from bot.features.applying.at_platforms import at_platform
from bot.policy import dual_approval as who_two
from bot.policy.permissions import acknowledged
from bot.render.values.templates import Card
from bot.snapshot import boards
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord, Store

Names = Mapping[str, str]


def names_on(context: Context, as_of: date) -> dict[str, str]:
    """Campaign id to name, for every campaign with numbers in the 28 days or those before."""
    figures = boards.figures(context, as_of, "28d")
    return context.shelf.memo(("names",), Same(figures), lambda: names_of(figures.rows))


def names_of(rows: Iterable[CampaignRow]) -> dict[str, str]:
    """Campaign id to name; an id two campaigns share is also known as `channel:id`."""
    names: dict[str, str] = {}
    for row in rows:
        plain = row.entity.rpartition("|")[2]
        for key in (row.campaign_id, plain, f"{row.channel}:{plain}"):
            names.setdefault(key, row.label)
    return names


def cards(  # noqa: PLR0913 - what a list of cards is made of
    context: Context,
    records: Sequence[AdviceRecord],
    names: Names,
    zone: ZoneInfo,
    *,
    most: int | None = None,
    channel: str = "",
) -> tuple[Card, ...]:
    """One card a record, numbered in their order; the first `most` of them.

    `channel`: the Slack channel they are read in, "" for none.
    """
    at_once = said_at_once(context, channel) if records else {}
    return tuple(
        card(context, record, names, zone, ListPlace(number, len(records), at_once))
        for number, record in enumerate(records[:most], start=1)
    )


@dataclass(frozen=True)
class ListPlace:
    """Where a card stands in its list.

    Attributes:
        at_once: When the channel it stands in was told of advice before any digest, by advice id;
            None where it stands in no channel.
    """

    number: int = 1
    of: int = 1
    at_once: Mapping[str, datetime] | None = None


ALONE = ListPlace()


def card(
    context: Context, record: AdviceRecord, names: Names, zone: ZoneInfo, place: ListPlace = ALONE
) -> Card:
    """A piece of advice as it stands now."""
    advice, measured = record.advice, _plan_of(context, record)
    at_once = said_at_once(context) if place.at_once is None else place.at_once
    said_at = at_once.get(advice.id)
    two = who_two.needed(context, record)
    first_approval = who_two.first_of(context.store, record) if two else None
    if not set(advice.campaign_ids) <= names.keys():  # silent for weeks, or not on that board
        names = {**known_names(context, record), **names}
    return Card(
        advice=advice,
        names={
            campaign_id: names.get(campaign_id, campaign_id) for campaign_id in advice.campaign_ids
        },
        number=place.number,
        of=place.of,
        state=record.state,
        answered_by=context.person(record.answered_by) if record.answered_by else "",
        answered_at=record.answered_at.astimezone(zone) if record.answered_at else None,
        until=record.snoozed_until,
        reason=record.reason,
        partly=acknowledged(context.store, record),
        measured_on=measured[0] if measured else None,
        against=measured[1] if measured else 0,
        why=_why(context, advice.rule),
        channel=title(advice.channel),
        said_at=said_at.astimezone(zone) if said_at else None,
        two_people=two,
        first_by=context.person(first_approval.who) if first_approval else "",
        first_part=first_approval.budgets
        if first_approval and first_approval.budgets != advice.budgets
        else {},
        platform=at_platform(context, record),
        waits_for=waits_for(context.store, record),
    )


EXPIRED = "advice.expire"


def waits_for(store: Store, record: AdviceRecord) -> str:
    """The guard that holds back what is still true; "" where it ended for another reason."""
    if record.state != "expired":
        return ""
    ends = store.events(subject=record.advice.id, kind=EXPIRED)
    return str(ends[-1].details.get("guard", "")) if ends else ""


def template_of(card: Card) -> str:
    """The template for a card as it stands."""
    return "advice" if card.state == "open" else "advice_answered"


def _plan_of(context: Context, record: AdviceRecord) -> tuple[date, int] | None:
    """The day an acknowledged move is measured, and against how many untouched campaigns."""
    if record.state != "acknowledged" or record.advice.action not in MEASURED:
        return None
    outcomes = [outcome for outcome in context.store.outcomes(advice_id=record.advice.id)
             if outcome.state != "void"]  # fmt: skip
    frozen = outcomes[-1].frozen if outcomes else None
    return (frozen.read_on, len(frozen.controls)) if frozen and frozen.controls else None


def said_at_once(context: Context, channel: str = "") -> dict[str, datetime]:
    """When advice was first said at once in a channel, before any digest, by its id: to the minute.

    What another channel was told this one has not heard. Read in no channel ("": at the terminal,
    on Home), the first of any counts.
    """
    at_once: dict[str, datetime] = {}
    for event in context.store.events(kind="urgent.queued"):  # few: one statement for all cards
        if channel in {"", event.channel}:
            at_once.setdefault(event.subject, event.at.replace(second=0, microsecond=0))
    return at_once


def _why(context: Context, rule: str) -> str:
    try:
        return context.rulebook.rule(rule).why
    except UnknownName:  # advice outlives its rule
        return ""


def known_names(context: Context, record: AdviceRecord) -> dict[str, str]:
    """Names for one piece of advice: as it names them itself, else as on its morning's board."""
    numbers, ids = record.advice.numbers, record.advice.campaign_ids
    to = numbers.get("to")
    given_names = (numbers.get("name"), to.get("name") if isinstance(to, Mapping) else to)
    advice_names = {key: str(name) for key, name in zip(ids, given_names, strict=False) if name}
    return (
        advice_names
        if set(advice_names) >= set(ids)
        else names_on(context, record.as_of) | advice_names
    )
