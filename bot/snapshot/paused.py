"""What somebody switched off on the platform: that it is no longer shown is no news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.advice import Advised
from bot.store.base import Event, Store

STATUS = "platform.status"
STOP = "always-delivery-stop"
LOOK_BACK = timedelta(days=30)  # the rule speaks for a week after the last showing
OFF = ("paused", "removed")


def switched_off(store: Store, as_of: date) -> frozenset[str]:
    """Ids of campaigns that were paused or removed by hand and not switched on again since."""
    since = datetime.combine(as_of, time(), UTC) - LOOK_BACK
    newest: dict[str, Event] = {}
    for event in store.history(since=since, kinds=(STATUS,)):
        for campaign in event.subject.split(" ")[1:]:  # the account stands first
            newest_event = newest.get(campaign)
            if event.at.date() <= as_of and (newest_event is None or newest_event.at < event.at):
                newest[campaign] = event
    return frozenset(name for name, event in newest.items() if event.details.get("after") in OFF)


def without_stops(advised: Advised, off: frozenset[str]) -> Advised:
    """The advice without alarms that a campaign stopped which somebody switched off."""
    if not off:
        return advised
    remaining_advice = tuple(
        entry
        for entry in advised.advice
        if entry.rule != STOP or not off.issuperset(entry.campaign_ids)
    )
    return replace(advised, advice=remaining_advice)
