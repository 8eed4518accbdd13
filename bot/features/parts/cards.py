"""Advice as people see it: with names, its place in the list, and how it was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.advice.outcome import MEASURED
from bot.context.cache import Same
from bot.context.context import Office
from bot.domain.campaign_rows import CampaignRow
from bot.errors import UnknownName
from bot.policy import dual_approval as who_two
from bot.policy.permissions import acknowledged
from bot.render.values.templates import Card
from bot.snapshot import boards
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord

Names = Mapping[str, str]


def names_on(office: Office, as_of: date) -> dict[str, str]:
    """Campaign id to name, for every campaign with numbers in the 28 days or those before."""
    figures = boards.figures(office, as_of, "28d")
    return office.shelf.memo(("names",), Same(figures), lambda: names_of(figures.rows))


def names_of(rows: Iterable[CampaignRow]) -> dict[str, str]:
    """Campaign id to name; an id two campaigns share is also known as `channel:id`."""
    names: dict[str, str] = {}
    for row in rows:
        plain = row.entity.rpartition("|")[2]
        for key in (row.campaign_id, plain, f"{row.channel}:{plain}"):
            names.setdefault(key, row.campaign_name)
    return names


def ids_of(rows: Iterable[CampaignRow]) -> set[str]:
    """Every id advice may know these campaigns by."""
    return {
        campaign_id
        for row in rows
        for campaign_id in (
            row.campaign_id,
            f"{row.channel}:{row.entity.rpartition('|')[2]}",
        )
    }


def cards(
    office: Office,
    records: Sequence[AdviceRecord],
    names: Names,
    zone: ZoneInfo,
    *,
    most: int | None = None,
) -> tuple[Card, ...]:
    """One card a record, numbered in their order; the first `most` of them."""
    return tuple(
        card(office, record, names, zone, ListPlace(number, len(records)))
        for number, record in enumerate(records[:most], start=1)
    )


@dataclass(frozen=True)
class ListPlace:
    """Where a card stands in its list."""

    number: int = 1
    of: int = 1


ALONE = ListPlace()


def card(
    office: Office, record: AdviceRecord, names: Names, zone: ZoneInfo, place: ListPlace = ALONE
) -> Card:
    """A piece of advice as it stands now."""
    advice, measured = record.advice, _plan_of(office, record)
    said_at = _said_at(office, record)
    two = who_two.needed(office, record)
    first_approval = who_two.first_of(office.store, record) if two else None
    return Card(
        advice=advice,
        names={
            campaign_id: names.get(campaign_id, campaign_id) for campaign_id in advice.campaign_ids
        },
        number=place.number,
        of=place.of,
        state=record.state,
        answered_by=office.person(record.answered_by) if record.answered_by else "",
        answered_at=record.answered_at.astimezone(zone) if record.answered_at else None,
        until=record.snoozed_until,
        reason=record.reason,
        partly=acknowledged(office.store, record),
        measured_on=measured[0] if measured else None,
        against=measured[1] if measured else 0,
        why=_why(office, advice.rule),
        channel=title(advice.channel),
        said_at=said_at.astimezone(zone) if said_at else None,
        two_people=two,
        first_by=office.person(first_approval.who) if first_approval else "",
        first_part=first_approval.budgets
        if first_approval and first_approval.budgets != advice.budgets
        else {},
    )


def _plan_of(office: Office, record: AdviceRecord) -> tuple[date, int] | None:
    """The day an acknowledged move is measured, and against how many untouched campaigns."""
    if record.state != "acknowledged" or record.advice.action not in MEASURED:
        return None
    outcomes = [outcome for outcome in office.store.outcomes(advice_id=record.advice.id)
             if outcome.state != "void"]  # fmt: skip
    frozen = outcomes[-1].frozen if outcomes else None
    return (frozen.read_on, len(frozen.controls)) if frozen and frozen.controls else None


def _said_at(office: Office, record: AdviceRecord) -> datetime | None:
    """When it was first said at once, before any digest."""
    queued = office.store.events(kind="urgent.queued")  # few: one statement for all cards
    return next((event.at for event in queued if event.subject == record.advice.id), None)


def _why(office: Office, rule: str) -> str:
    try:
        return office.rulebook.rule(rule).why
    except UnknownName:  # advice outlives its rule
        return ""


def known_names(office: Office, record: AdviceRecord) -> dict[str, str]:
    """Names for one piece of advice: as it names them itself, else as on its morning's board."""
    numbers, ids = record.advice.numbers, record.advice.campaign_ids
    to = numbers.get("to")
    given_names = (numbers.get("name"), to.get("name") if isinstance(to, Mapping) else to)
    advice_names = {key: str(name) for key, name in zip(ids, given_names, strict=False) if name}
    return (
        advice_names
        if set(advice_names) >= set(ids)
        else names_on(office, record.as_of) | advice_names
    )
