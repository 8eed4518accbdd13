"""Modals about a piece of advice: why not, until when, and everything behind it.

The modal that asks how much of a piece of advice is acknowledged.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.context.context import Office
from bot.domain.replies import Asker
from bot.errors import UsageError
from bot.features.explain.advice_evidence import evidence
from bot.features.parts.cards import card, known_names
from bot.features.triage.answering import record_of
from bot.policy.permissions import AgreedPart, part_of
from bot.render.values.templates import Card
from bot.store.base import AdviceRecord

View = dict[str, Any]


def dismiss_view(office: Office, advice_id: str, asker: Asker) -> View:
    """Asks why not."""
    advice_card = _card(office, record_of(office, advice_id), asker)
    return office.renderer(asker.language).modal("dismiss", card=advice_card)


def snooze_view(office: Office, advice_id: str, asker: Asker) -> View:
    """Asks until when."""
    advice_card = _card(office, record_of(office, advice_id), asker)
    tomorrow = office.today(asker) + timedelta(days=1)
    return office.renderer(asker.language).modal("snooze", card=advice_card, tomorrow=tomorrow)


def evidence_view(office: Office, advice_id: str, asker: Asker) -> View:
    """Every number behind the advice, the rule's lines, and what was said before."""
    record = record_of(office, advice_id)
    advice_evidence = evidence(office, record, _card(office, record, asker))
    return office.renderer(asker.language).modal("evidence", evidence=advice_evidence)


def _card(office: Office, record: AdviceRecord, asker: Asker) -> Card:
    return card(office, record, known_names(office, record), office.zone(asker))


def view(office: Office, advice_id: str, asker: Asker) -> dict[str, Any]:
    """Asks for a share or a new daily budget."""
    record = record_of(office, advice_id)
    advice_card = card(office, record, known_names(office, record), office.zone(asker))
    return office.renderer(asker.language).modal("partly", card=advice_card)


def given(text: str) -> AgreedPart:
    """What was written into it: `50%`, `to 400`, or an amount alone.

    Raises:
        UsageError: Neither a share nor an amount.
    """
    part = part_of(text) or part_of(f"to {text.strip()}")
    if part is None:
        raise UsageError(
            "I cannot read that as a part of it.",
            hint="Write a share or an amount, such as half or 400.",
        )
    return part
