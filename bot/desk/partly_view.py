"""The modal that asks how much of a piece of advice is acknowledged."""

from __future__ import annotations

from typing import Any

from bot.desk.answering import record_of
from bot.desk.cards import card, known_names
from bot.desk.office import Office
from bot.desk.partly import Part, part_of
from bot.desk.types import Asker
from bot.errors import UsageError


def view(office: Office, advice_id: str, asker: Asker) -> dict[str, Any]:
    """Asks for a share or a new daily budget."""
    record = record_of(office, advice_id)
    shown = card(office, record, known_names(office, record), office.zone(asker))
    return office.renderer(asker.language).modal("partly", card=shown)


def given(said: str) -> Part:
    """What was written into it: `50%`, `to 400`, or an amount alone.

    Raises:
        UsageError: Neither a share nor an amount.
    """
    part = part_of(said) or part_of(f"to {said.strip()}")
    if part is None:
        raise UsageError(
            "I cannot read that as a part of it.",
            hint="Write a share or an amount, such as half or 400.",
        )
    return part
