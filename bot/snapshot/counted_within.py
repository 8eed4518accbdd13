"""Within how many days of what the platforms count results, as they said it, and since when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from bot.store.base import Store

ATTRIBUTION = "import:attribution"  # a preference of nobody's, a line an account
NEWS = timedelta(28)
"""So long a change is said: prices of before and after it are no measure of each other."""


@dataclass(frozen=True)
class CountedWithin:
    """An account's setting (`bot.domain.attribution`), and what it was before `since`."""

    now: str
    since: str = ""
    before: str = ""

    def on(self, as_of: date) -> CountedWithin:
        """Without a change that is no news any more, or is later than a morning."""
        changed = date.fromisoformat(self.since) if self.since else None
        if changed is None or changed <= as_of - NEWS:
            return CountedWithin(self.now)
        return CountedWithin(self.before) if changed > as_of else self


def remember(store: Store, settings: Mapping[tuple[str, str], str], on: date) -> None:
    """Keep what a pull of a day said; an account that says nothing keeps what it said.

    Args:
        store: The store; call it in a transaction.
        settings: By channel and account.
        on: The day.
    """
    stored = known(store) if any(settings.values()) else {}
    changed: dict[str, str] = {}
    for account, setting in settings.items():
        before = stored.get(account)
        if not setting or (before and before.now == setting):
            continue
        now = CountedWithin(setting, on.isoformat(), before.now) if before else CountedWithin(
            setting)  # fmt: skip
        changed[json.dumps(account)] = json.dumps(asdict(now))
    if changed:
        store.set_preference(ATTRIBUTION, **changed)


def known(store: Store) -> dict[tuple[str, str], CountedWithin]:
    """What each account said last, by channel and account."""
    lines = store.preference(ATTRIBUTION)
    return {
        (name[0], name[1]): CountedWithin(**json.loads(written))
        for key, written in lines.items()
        if len(name := json.loads(key)) == 2
    }
