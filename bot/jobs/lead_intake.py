"""Leads into the store, and how many were qualified beside the numbers of their campaigns."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd

from bot.jobs.order_intake import Handed, hashed
from bot.numbers import documented, lead_quality
from bot.numbers.input.daily import campaigns_only, normalise
from bot.store.base import Store

SOURCE = "leads"


def keep(store: Store, leads: pd.DataFrame, at: datetime) -> Handed:
    """Keep leads and count those that were qualified; the same again changes nothing.

    Args:
        store: The store.
        leads: `bot.numbers.lead_quality.COLUMNS`; the id as the CRM has it.
        at: Now: the counts are known from today on.
    """
    if not len(leads):
        return Handed(0, 0, 0, 0, 0)
    with store.atomic("numbers"):
        known = leads.assign(lead=hashed(store, leads["lead"]), updated_at=at)
        added, changed = store.add_leads(known)
        matched = placed(store, leads["date"].min().date(), leads["date"].max().date())
        days = _count(store, matched, at)
        theirs = set(matched["lead"][matched["matched"]]) & set(known["lead"])
    return Handed(len(leads), added, changed, len(theirs), days)


def count(store: Store, since: date, until: date, at: datetime) -> int:
    """Count the leads of these days anew, as after a pull: how many days x campaigns changed."""
    return _count(store, placed(store, since, until), at)


def placed(store: Store, since: date, until: date) -> pd.DataFrame:
    """The leads of these days with their campaigns (`bot.numbers.documented.match`)."""
    leads = store.leads(since, until)
    numbers = campaigns_only(store.numbers(since, until)) if len(leads) else _NONE
    return documented.match(leads, numbers)


_NONE = normalise(pd.DataFrame())


def _count(store: Store, matched: pd.DataFrame, at: datetime) -> int:
    if not matched["matched"].any():
        return 0
    since, until = matched["date"].min().date(), matched["date"].max().date()
    rows = lead_quality.qualified(matched, campaigns_only(store.numbers(since, until)))
    if not len(rows):
        return 0
    stored = store.add_numbers(rows, source=SOURCE, pulled_at=at, columns=("qualified_leads",))
    return stored.added + stored.restated
