"""Which open advice is somebody's own: what they own, what waits for them, else their channels'."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk import who_two
from bot.desk.cards import ids_of
from bot.desk.figures import Row
from bot.desk.office import Office
from bot.desk.types import Asker
from bot.desk.who import may
from bot.store.base import AdviceRecord

OPEN = ("open", "in_progress")


def mine(
    office: Office, records: Sequence[AdviceRecord], rows: Sequence[Row], asker: Asker
) -> tuple[str, list[AdviceRecord]]:
    """Open advice for one person.

    Returns:
        `mine` with what they own or what waits for them; where there is none, `channels` with
        what is shown in channels they subscribed; else `all` of it.
    """
    todo = [record for record in records if record.state in OPEN]
    names = {asker.user.casefold(), office.person(asker.user).casefold()}
    owned = ids_of(
        row for row in rows if str(row.get("owner") or "").lstrip("@").casefold() in names
    )
    own = [
        one for one in todo if owned & set(one.advice.campaign_ids) or _waits(office, one, asker)
    ]
    if own:
        return "mine", own
    theirs = {one.channel for one in office.store.subscriptions() if one.created_by == asker.user}
    near = [one for one in todo if theirs and theirs & _channels(office, one)]
    return ("channels", near) if near else ("all", todo)


def _waits(office: Office, record: AdviceRecord, asker: Asker) -> bool:
    """Somebody is on it, or it waits for a second person who may."""
    if record.state == "in_progress":
        return record.answered_by == asker.user
    if not who_two.needed(office, record):
        return False
    first = who_two.first_of(office.store, record)
    return first is not None and first.who != asker.user and may(office, asker.user, "approver")


def _channels(office: Office, record: AdviceRecord) -> set[str]:
    return {message.channel for message in office.store.messages_of(record.advice.id)}
