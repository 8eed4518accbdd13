"""The Home tab: what is open, how the month goes, where digests come, what is set, what to ask."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from bot.desk import boards, judged
from bot.desk.cards import cards, names_of
from bot.desk.homes_mine import mine
from bot.desk.homes_pace import by_account, elapsed
from bot.desk.names import title
from bot.desk.office import Office
from bot.desk.planning_entry import Held, held, target_of
from bot.desk.planning_kept import last_change
from bot.desk.planning_match import campaigns, currency_of, fitting
from bot.desk.resolving import unjudged
from bot.desk.schedule import form_of
from bot.desk.showing import late, unreported
from bot.desk.subscribing import ZONES
from bot.desk.types import Asker
from bot.desk.who import may
from bot.messages.plans import PlanLine
from bot.messages.values import Home, Subscribed
from bot.store.base import Subscription

MOST_ACCOUNTS, MOST_ENTRIES = 6, 8


def home(office: Office, asker: Asker) -> dict[str, Any]:
    """A view for views.publish."""
    as_of = office.today(asker)
    four, week = (boards.figures(office, as_of, window) for window in ("28d", "7d"))
    month = boards.figures(office, as_of, "mtd")
    whose, todo = mine(office, judged.judged(office, as_of).shown, four.rows, asker)
    accounts, entries = by_account(month, (week, four)), held(office, asker)
    shown = Home(
        cards=cards(office, todo, names_of(four.rows), office.zone(asker)),
        subscriptions=tuple(_told(office, each) for each in office.store.subscriptions()),
        last_day=office.store.last_day(as_of),
        late=late(office, week, four.channels),
        channels=tuple(title(each) for each in four.channels[:3]),
        whose=whose,
        accounts=accounts[:MOST_ACCOUNTS],
        all_accounts=len(accounts),
        elapsed=elapsed(as_of),
        plan=_lines(office, [*entries.values()][:MOST_ENTRIES], as_of),
        entries=len(entries),
        may_set=may(office, asker.user, "admin"),
        may_subscribe=may(office, asker.user, "answerer"),
        language=office.language(asker.language),
        languages=tuple(office.renderers),
        time_zone=office.zone(asker).key,
        time_zones=tuple(dict.fromkeys((office.zone(asker).key, *ZONES))),
        changed=last_change(office, asker),
        judging=unjudged(office.store, office.today()) is not None,
        silent=unreported(office, as_of),
    )
    return office.renderer(asker.language).home(home=shown)


def _lines(office: Office, entries: list[Held], as_of: date) -> tuple[PlanLine, ...]:
    known = campaigns(office, as_of) if entries else ()
    return tuple(
        _line(office, each, currency_of(fitting(known, each.entry.match))) for each in entries
    )


def _line(office: Office, each: Held, currency: str | None) -> PlanLine:
    entry = each.entry
    stage, pricing = entry.stage or "", entry.pricing_model or ""
    metric, target = target_of(entry, office.judges.get((stage, pricing), ""))
    return PlanLine(
        pattern=entry.match,
        stage=stage,
        pricing=pricing,
        target=target,
        metric=metric,
        budget=entry.monthly_budget,
        owner=office.person(entry.owner) if entry.owner else "",
        currency=currency or office.settings.app.currency,
        origin=each.origin,
    )


def _told(office: Office, subscription: Subscription) -> Subscribed:
    form, weekdays, day = form_of(subscription)
    return Subscribed(
        time=time.fromisoformat(subscription.time),
        weekdays=weekdays,
        time_zone=subscription.time_zone,
        language=subscription.language,
        channel=office.place(subscription.channel),
        channel_id=subscription.channel,
        form=form,
        day=day,
        id=subscription.id,
    )
