"""The Home tab: what is open, how the month goes, where digests come, what to ask."""

from __future__ import annotations

from datetime import time
from typing import Any

from bot.desk import boards, judged
from bot.desk.cards import cards, names_of
from bot.desk.names import title
from bot.desk.office import Office
from bot.desk.pace import pace
from bot.desk.showing import late
from bot.desk.types import Asker
from bot.messages.values import Home, Subscribed
from bot.store.base import Subscription


def home(office: Office, asker: Asker) -> dict[str, Any]:
    """A view for views.publish."""
    as_of = office.today(asker)
    four, week = (boards.figures(office, as_of, window) for window in ("28d", "7d"))
    month = boards.figures(office, as_of, "mtd")
    told = judged.judged(office, as_of)
    todo = [record for record in told.shown if record.state in {"open", "in_progress"}]
    shown = Home(
        cards=cards(office, todo, names_of(four.rows), office.zone(asker)),
        pace=pace(month, (week, four), office.plan(as_of)),
        subscriptions=tuple(_told(office, each) for each in office.store.subscriptions()),
        last_day=office.store.last_day(as_of),
        late=late(office, week, four.channels),
        channels=tuple(title(each) for each in four.channels[:3]),
    )
    return office.renderer(asker.language).home(home=shown)


def _told(office: Office, subscription: Subscription) -> Subscribed:
    return Subscribed(
        time=time.fromisoformat(subscription.time),
        weekdays=subscription.weekdays,
        time_zone=subscription.time_zone,
        language=subscription.language,
        channel=office.place(subscription.channel),
        channel_id=subscription.channel,
    )
