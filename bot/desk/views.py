"""Modals about a piece of advice: why not, until when, and everything behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from bot.desk import boards
from bot.desk.answering import record_of
from bot.desk.cards import card, known_names
from bot.desk.office import Office
from bot.desk.showing import charts
from bot.desk.types import Asker
from bot.messages.values import Card, Evidence, EvidenceRow, Trend
from bot.store.base import AdviceRecord

View = dict[str, Any]
EARLIER = 8
MOST_CHARTS = 2


def dismiss_view(office: Office, advice_id: str, asker: Asker) -> View:
    """Asks why not."""
    shown = _card(office, record_of(office, advice_id), asker)
    return office.renderer(asker.language).modal("dismiss", card=shown)


def snooze_view(office: Office, advice_id: str, asker: Asker) -> View:
    """Asks until when."""
    shown = _card(office, record_of(office, advice_id), asker)
    tomorrow = office.today(asker) + timedelta(days=1)
    return office.renderer(asker.language).modal("snooze", card=shown, tomorrow=tomorrow)


def evidence_view(office: Office, advice_id: str, asker: Asker) -> View:
    """Every number behind the advice, the rule's lines, and what was said before."""
    record = record_of(office, advice_id)
    evidence = _evidence(office, record, _card(office, record, asker))
    return office.renderer(asker.language).modal("evidence", evidence=evidence)


def _card(office: Office, record: AdviceRecord, asker: Asker) -> Card:
    return card(office, record, known_names(office, record), office.zone(asker))


def _evidence(office: Office, record: AdviceRecord, shown: Card) -> Evidence:
    days = _days(record)
    rows = [row for each in record.advice.evidence for row in _rows(office, shown, each)]
    return Evidence(
        card=shown,
        rows=tuple(rows),
        since=days[0],
        until=days[1],
        earlier=tuple(_earlier(office, record)),
        trends=_trends(office, record),
    )


def _trends(office: Office, record: AdviceRecord) -> tuple[Trend, ...]:
    """Four weeks of the campaign it is about: what it is judged by, and its spend."""
    channel = str(record.advice.numbers.get("channel") or "")
    about = record.advice.campaign_ids[:1]
    if not channel or not about:
        return ()
    plain = about[0].removeprefix(f"{channel}:")
    found = [
        each
        for each in boards.trends(office, record.as_of, channel)
        if each.kind == "campaign" and each.group.rpartition("|")[2] == plain
    ]
    found.sort(key=lambda each: each.metric == "spend")
    return charts(found, record.as_of)[:MOST_CHARTS]


def _days(record: AdviceRecord) -> tuple[date | None, date | None]:
    """The days its numbers now are from."""
    since, _, until = str(record.advice.numbers.get("now") or "").partition("..")
    return (date.fromisoformat(since), date.fromisoformat(until)) if until else (None, None)


def _rows(office: Office, shown: Card, campaign_id: str) -> Iterator[EvidenceRow]:
    """One row a metric, its windows side by side."""
    metrics: dict[str, dict[str, float | None]] = {}
    for column, value in shown.advice.evidence[campaign_id].items():
        metric, _, window = column.partition(".")
        if metric != "threshold":
            metrics.setdefault(metric, {})[window] = value
    for metric, windows in metrics.items():
        known = office.rulebook.metrics.get(metric)
        if known is None or not any(value is not None for value in windows.values()):
            continue  # signals are told by the lines that read them
        yield EvidenceRow(
            name=shown.names.get(campaign_id, campaign_id),
            metric=metric,
            now=windows.get("now"),
            before=windows.get("before"),
            target=windows.get("target"),
            currency=shown.advice.currency if known.unit == "money" else None,
        )


def _earlier(office: Office, record: AdviceRecord) -> list[tuple[date, str, str]]:
    """Other advice about the same campaign, newest first."""
    about = set(record.advice.campaign_ids[:1])
    found = [
        each
        for each in office.store.all_advice()
        if about & set(each.advice.campaign_ids) and each.advice.id != record.advice.id
    ]
    found.sort(key=_opened, reverse=True)
    return [(_opened(each), each.advice.title, each.state) for each in found[:EARLIER]]


def _opened(record: AdviceRecord) -> date:
    return record.advice.opened_on or record.as_of
