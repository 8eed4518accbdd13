"""One line a day at most, in the thread, about what nobody has answered."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.desk.cards import cards, known_names
from bot.desk.office import Office
from bot.store.base import AdviceRecord, Event, Outgoing, Subscription

KIND = "reminder.queued"


def messages(office: Office, subscription: Subscription, day: date, after: int) -> list[Outgoing]:
    """The line of a day, where anything shown in the channel has been open that many days.

    What was named once is named again as many days later. Claims the channel's day and logs what
    it names: call it in the transaction that queues what it returns.
    """
    waiting = [each for each in office.store.all_advice(state="open", as_of=day)
               if _is_due(office, each, subscription.channel, day, after)]  # fmt: skip
    posted = {each.advice.id: _posted(office, subscription, each) for each in waiting}
    waiting = [each for each in waiting if posted[each.advice.id]]
    place = f"{subscription.channel}:{day}"
    if not waiting or not office.store.claim("reminder", place, office.clock()):
        return []
    for each in waiting:
        about = {"channel": subscription.channel, "day": day}
        office.store.log(Event(office.clock(), "perfbot", KIND, each.advice.id, about))
    root = posted[waiting[0].advice.id]
    assert root is not None, "what was not posted is left out"
    return [_line(office, subscription, waiting, day, root)]


def _line(
    office: Office,
    subscription: Subscription,
    waiting: list[AdviceRecord],
    day: date,
    root: Outgoing,
) -> Outgoing:
    names = {key: name for each in waiting for key, name in known_names(office, each).items()}
    shown = cards(office, waiting, names, ZoneInfo(subscription.time_zone))
    opened = waiting[0].advice.opened_on or day
    renderer = office.renderer(subscription.language)
    said = renderer.render("reminder", cards=shown, open_days=(day - opened).days)
    key = f"reminder:{subscription.id}:{day}"
    return Outgoing(key, "line", subscription.channel, said.text, said.blocks, root.key)


def _is_due(office: Office, record: AdviceRecord, channel: str, day: date, after: int) -> bool:
    """Open for so many days, and not named in this channel in the last so many."""
    opened, span = record.advice.opened_on, timedelta(after)
    if opened is None or day - opened < span:
        return False
    told = office.store.events(subject=record.advice.id, kind=KIND)
    mine = [event.details["day"] for event in told if event.details["channel"] == channel]
    return not any(day - named < span for named in mine)


def _posted(office: Office, subscription: Subscription, record: AdviceRecord) -> Outgoing | None:
    """The newest message of the channel that shows it."""
    shown = office.store.messages_of(record.advice.id)
    mine = [each for each in shown if each.channel == subscription.channel]
    return mine[-1] if mine else None
