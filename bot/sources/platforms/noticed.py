"""What was changed on a platform that has no entry for it: noticed by holding pulls side by side.

Each pull leaves what every campaign's status and budget were. The next one sees what is different,
and so knows what a day's budget was and that a silent campaign was switched off; it does not know
by whom, nor at which hour.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.sources.facts import CampaignFacts, PlatformChange

SOMEBODY, NOTICED = "somebody", "noticed"  # by whom, and through what
REMEMBERED = timedelta(days=60)
Standing = tuple[str, float | None]
Sides = tuple[str, "float | str | None", "float | str | None"]


@dataclass(frozen=True)
class ChangeLedger:
    """What is known of an account's changes.

    Attributes:
        since: The day from which they are known.
        campaigns: Status and daily budget of each at the last pull.
        changes: Those noticed so far, oldest first.
    """

    since: date | None = None
    campaigns: Mapping[str, Standing] | None = None
    changes: tuple[PlatformChange, ...] = ()

    def after(
        self, facts: Sequence[CampaignFacts], shown_until: Mapping[str, date], now: datetime
    ) -> ChangeLedger:
        """The ledger with what a pull noticed.

        Args:
            facts: The campaigns as they are.
            shown_until: The last day of each on which anything was shown; a campaign was switched
                off after it.
            now: The moment of the pull, in the account's time zone.
        """
        noticed = [
            PlatformChange(fact.account_id, (fact.campaign_id,), moment, *sides, SOMEBODY, NOTICED)
            for fact in facts
            for sides, moment in self._different(fact, shown_until.get(fact.campaign_id), now)
        ]
        remembered = [change for change in self.changes if now - change.when <= REMEMBERED]
        standings = {fact.campaign_id: (fact.status, fact.daily_budget) for fact in facts}
        since = self.since or now.date() - timedelta(days=1)
        changes = sorted((*remembered, *noticed), key=lambda change: change.when)
        return ChangeLedger(max(since, (now - REMEMBERED).date()), standings, tuple(changes))

    def unlogged(
        self, logged: Sequence[PlatformChange], shown_until: Mapping[str, date], since: date
    ) -> tuple[PlatformChange, ...]:
        """Statuses noticed that a platform's own history does not explain.

        It has no entry for a campaign that ended as it was to, or whose ad sets were all switched
        off, and at most so many entries.

        Args:
            logged: The platform's own history.
            shown_until: Likewise as `after` takes it.
            since: The first day of that history.
        """
        newest = {
            campaign: change.after
            for change in sorted(logged, key=lambda change: change.when)
            if change.what == "status"
            for campaign in change.campaign_ids
        }
        return tuple(
            change
            for change in self.changes
            for campaign in change.campaign_ids
            if change.what == "status"
            and change.when.date() >= since
            and campaign in shown_until
            and newest.get(campaign) != change.after
        )

    def _different(
        self, fact: CampaignFacts, last_day: date | None, now: datetime
    ) -> list[tuple[Sides, datetime]]:
        status, budget = (self.campaigns or {}).get(fact.campaign_id, (None, fact.daily_budget))
        differences: list[tuple[Sides, datetime]] = []
        silent = fact.status in ("paused", "ended", "removed")
        if fact.status != status and (silent or (status and fact.status == "enabled")):
            moment = _midnight_after(last_day, now) if silent and last_day else now
            differences.append((("status", status, fact.status), moment))
        if fact.daily_budget != budget:
            differences.append((("budget", budget, fact.daily_budget), now))
        return differences

    def text(self) -> str:
        """As it is remembered until the next pull."""
        return json.dumps({
            "since": self.since and self.since.isoformat(), "campaigns": self.campaigns or {},
            "changes": [
                [change.when.isoformat(), change.campaign_ids[0], change.what, change.before,
                 change.after] for change in self.changes
            ],
        })  # fmt: skip


def ledger_of(text: str, account_id: str) -> ChangeLedger:
    """What an earlier pull left; an empty ledger where it left none, or none that can be read."""
    try:
        stored = json.loads(text)
        since = date.fromisoformat(stored["since"])
        standings = {str(key): (str(s), b) for key, (s, b) in stored["campaigns"].items()}
        changes = [_change(row, account_id) for row in stored["changes"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ChangeLedger()
    return ChangeLedger(since, standings, tuple(changes))


def _change(row: Sequence[Any], account_id: str) -> PlatformChange:
    written, campaign_id, aspect, before, after = row
    moment = datetime.fromisoformat(written)
    return PlatformChange(
        account_id, (campaign_id,), moment, aspect, before, after, SOMEBODY, NOTICED
    )


def _midnight_after(day: date, now: datetime) -> datetime:
    return min(datetime.combine(day + timedelta(days=1), time(), now.tzinfo), now)
