"""The Home tab: what is open, how the month goes, where digests come, what is set, what to ask.

Which open advice is somebody's own: what they own, what waits for them, else their channels'. Of
it and of their campaigns are the three questions for whoever opens a conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Any

from bot.context.context import Context
from bot.context.scoping import shows_nothing
from bot.domain.campaign_rows import CampaignRow
from bot.domain.replies import Asker, Prompt, Prompts
from bot.features.digest.notices import still_so
from bot.features.parts.advice_cards import Names, cards, known_names, names_of
from bot.features.parts.figures_shown import complete_until, holes_of, late, unreported
from bot.features.parts.pacing import by_account, elapsed
from bot.features.parts.reporting import rates_of, shown, shown_days
from bot.features.plan.entries import (
    StandingEntry,
    campaigns,
    currency_of,
    fitting,
    held,
    last_change,
    target_of,
)
from bot.features.subscriptions import ZONES
from bot.features.triage.lifecycle import unjudged
from bot.policy import dual_approval as who_two
from bot.policy.permissions import may
from bot.policy.schedule import form_of
from bot.question.grammar import as_subject
from bot.render import controls
from bot.render.values.plans import PlanLine
from bot.render.values.templates import Card, Home, Subscribed
from bot.snapshot import boards
from bot.snapshot import evaluation as judged
from bot.snapshot.evaluation import ids_of
from bot.snapshot.naming import title
from bot.store.base import AdviceRecord, Subscription

OPEN = ("open", "in_progress")


def mine(
    context: Context, records: Sequence[AdviceRecord], rows: Sequence[CampaignRow], asker: Asker
) -> tuple[str, list[AdviceRecord]]:
    """Open advice for one person.

    Returns:
        `mine` with what they own or what waits for them; where there is none, `channels` with
        what is shown in channels they subscribed; else `all` of it.
    """
    todo = [record for record in records if record.state in OPEN]
    names = {asker.user.casefold(), context.person(asker.user).casefold()}
    owned = ids_of(row for row in rows if (row.owner or "").lstrip("@").casefold() in names)
    own_records = [
        record
        for record in todo
        if owned & set(record.advice.campaign_ids) or _waits(context, record, asker)
    ]
    if own_records:
        return "mine", own_records
    theirs = {
        subscription.channel
        for subscription in context.store.subscriptions()
        if subscription.created_by == asker.user
    }
    posted = context.store.channels_of([record.advice.id for record in todo]) if theirs else {}
    near = [record for record in todo if theirs & posted.get(record.advice.id, set())]
    return ("channels", near) if near else ("all", todo)


def _waits(context: Context, record: AdviceRecord, asker: Asker) -> bool:
    """Somebody is on it, or it waits for a second person who may."""
    if record.state == "in_progress":
        return record.answered_by == asker.user
    if not who_two.needed(context, record):
        return False
    first_approval = who_two.first_of(context.store, record)
    return (
        first_approval is not None
        and first_approval.who != asker.user
        and may(context, asker, "approver")
    )


MOST_ACCOUNTS, MOST_ENTRIES = 6, 8


def home(context: Context, asker: Asker) -> dict[str, Any]:
    """A view for views.publish."""
    as_of, is_nobodys = context.today(asker), shows_nothing(context)
    boards.read_morning(context, as_of, "7d", "28d", "mtd")
    four, week = (boards.figures(context, as_of, window) for window in ("28d", "7d"))
    month = shown(context, boards.figures(context, as_of, "mtd"))
    days = shown_days(boards.paced(context, as_of), shown(context, four))
    judgement, names = judged.judged(context, as_of), names_of(four.rows)
    audience, todo = mine(context, judgement.shown, four.rows, asker)
    accounts, entries = by_account(month, shown(context, four), days), held(context, asker)
    home_view = Home(
        cards=cards(context, todo, names, context.zone(asker)),
        running=_running(context, judgement, names, asker),
        subscriptions=tuple(
            _told(context, subscription) for subscription in context.store.subscriptions()
        ),
        last_day=complete_until(context, as_of),
        holes=holes_of(week, four.channels),
        late=late(context, week, four.channels),
        channels=tuple(title(channel) for channel in four.channels[:3]),
        whose=audience,
        accounts=accounts[:MOST_ACCOUNTS],
        all_accounts=len(accounts),
        elapsed=elapsed(as_of),
        plan=_lines(context, [*entries.values()][:MOST_ENTRIES], as_of),
        entries=len(entries),
        may_set=may(context, asker, "admin") and not is_nobodys,
        may_subscribe=may(context, asker, "answerer") and not is_nobodys,
        language=context.language(asker.language),
        languages=tuple(context.renderers),
        time_zone=context.zone(asker).key,
        time_zones=tuple(dict.fromkeys((context.zone(asker).key, *ZONES))),
        changed=last_change(context, asker),
        judging=unjudged(context.store, context.today()) is not None,
        silent=unreported(context, as_of),
        rates=rates_of(context, month),
        is_nobodys=is_nobodys,
    )
    return context.renderer(asker.language).home(home=home_view)


def _running(
    context: Context, judgement: judged.JudgedMorning, names: Names, asker: Asker
) -> tuple[Card, ...]:
    """What is acknowledged of this morning's advice, and faults taken on before that still are."""
    zone = context.zone(asker)
    answered = [record for record in judgement.shown if record.state == "acknowledged"]
    return (*cards(context, answered, names, zone), *still_so(context, judgement, names, zone))


def _lines(context: Context, entries: list[StandingEntry], as_of: date) -> tuple[PlanLine, ...]:
    known_campaigns = campaigns(context, as_of) if entries else ()
    return tuple(
        _line(context, plan_entry, currency_of(fitting(known_campaigns, plan_entry.entry.match)))
        for plan_entry in entries
    )


def _line(context: Context, plan_entry: StandingEntry, currency: str | None) -> PlanLine:
    entry = plan_entry.entry
    stage, pricing = entry.stage or "", entry.pricing_model or ""
    metric, target = target_of(entry, context.judges.get((stage, pricing), ""))
    return PlanLine(
        pattern=entry.match,
        stage=stage,
        pricing=pricing,
        target=target,
        metric=metric,
        budget=entry.monthly_budget,
        owner=context.person(entry.owner) if entry.owner else "",
        currency=currency or context.settings.app.currency,
        origin=plan_entry.origin,
    )


def _told(context: Context, subscription: Subscription) -> Subscribed:
    form, weekdays, day = form_of(subscription)
    return Subscribed(
        time=time.fromisoformat(subscription.time),
        weekdays=weekdays,
        time_zone=subscription.time_zone,
        language=subscription.language,
        channel=context.place(subscription.channel),
        channel_id=subscription.channel,
        form=form,
        day=day,
        id=subscription.id,
    )


MOST = 3


def prompts(context: Context, asker: Asker) -> Prompts:
    """What to do today; then why the advice about their own campaigns, and how those are doing.

    Where they own none, the channels with the most spend are asked about.
    """
    renderer = context.renderer(asker.language)
    candidates = [controls.ask_today(renderer.speech), *_about(context, asker)]
    unlike = {prompt.message: prompt for prompt in candidates}
    return Prompts(controls.prompts_heading(renderer.speech), tuple(unlike.values())[:MOST])


def _about(context: Context, asker: Asker) -> Iterator[Prompt]:
    renderer, as_of = context.renderer(asker.language), context.today(asker)
    four = boards.figures(context, as_of, "28d")
    audience, todo = mine(context, judged.judged(context, as_of).shown, four.rows, asker)
    for record in todo if audience != "all" else ():
        name = next(iter(known_names(context, record).values()), "")
        if name:
            yield controls.ask_why(renderer.speech, name, f"why {as_subject(name)}")
            yield controls.ask_how(renderer.speech, name, f"campaign {as_subject(name)}")
    for key in four.channels:
        yield controls.ask_how(renderer.speech, title(key), f"channel {as_subject(key)}")
    yield controls.ask_help(renderer.speech)
