"""Modals about a piece of advice: why not, until when, and everything behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.desk.answering import record_of
from bot.desk.cards import card, known_names
from bot.desk.evidence import evidence
from bot.desk.office import Office
from bot.desk.types import Asker
from bot.messages.values import Card
from bot.store.base import AdviceRecord

View = dict[str, Any]


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
    found = evidence(office, record, _card(office, record, asker))
    return office.renderer(asker.language).modal("evidence", evidence=found)


def _card(office: Office, record: AdviceRecord, asker: Asker) -> Card:
    return card(office, record, known_names(office, record), office.zone(asker))
