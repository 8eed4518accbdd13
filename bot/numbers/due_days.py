"""Until which day an account's numbers can be there: one answer for rules, digests and health.

An account's day ends at its own midnight. In the morning of a team in Oslo the yesterday of an
account in New York is still running, so the newest day it can have is the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from bot.numbers.metrics.sums import Ints

MORNING = time(7, 30)
"""When yesterday's numbers should be there, where the team is."""
COUNTED = timedelta(hours=4)
"""After an account's midnight, until its day was counted and pulled."""


def due_until(as_of: date, now: datetime, morning: datetime, zone: ZoneInfo) -> date:
    """The last day that numbers of an account should be there of.

    Yesterday's come by the morning; where the account's own yesterday is not over or was not
    counted yet, those of the day before are all there can be.

    Args:
        as_of: The morning's day.
        now: When somebody looks, aware.
        morning: When numbers of the day before `as_of` should be there, aware.
        zone: Where the account is.
    """
    last_day = as_of - timedelta(1 if now >= morning else 2)
    return min(last_day, (now - COUNTED).astimezone(zone).date() - timedelta(1))


def days_not_due(as_of: date, home: str | None, zones: Sequence[str | None]) -> Ints:
    """Of the days before a morning, how many at the end accounts cannot have by then.

    Args:
        as_of: The morning; it is `MORNING` where the team is.
        home: Where the team is; None where nobody says: then every day is due everywhere.
        zones: Where each account is; None is where the team is.
    """
    at_home = zone_of(home) if home else None
    if at_home is None:
        return np.zeros(len(zones), dtype=np.int64)
    morning = datetime.combine(as_of, MORNING, at_home)
    last_day = as_of - timedelta(1)
    behind = {
        name: (last_day - due_until(as_of, morning, morning, zone_of(name or "") or at_home)).days
        for name in dict.fromkeys(zones)
    }
    return np.array([behind[name] for name in zones], dtype=np.int64)


@lru_cache(maxsize=4096)
def zone_of(name: str) -> ZoneInfo | None:
    """The zone of this name; None where a file calls it something else ("GMT+1, Oslo")."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
