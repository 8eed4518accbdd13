"""Who may: ask, answer, decide about much money, change what is set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.advice.types import Advice
from bot.desk.office import Office
from bot.desk.partly import ACKNOWLEDGED, acknowledged, only
from bot.desk.types import Asker
from bot.errors import NotAllowed
from bot.store.base import AdviceRecord

ROLES = ("viewer", "answerer", "approver", "admin")  # who may do more may also do less
TERMINAL = ("", "cli")  # whoever can run perfbot there has the database in their hands anyway
MOVES = ("shift_budget", "raise_budget", "cut_budget", "pause", "adjust_pacing", "amplify")
MOST_NAMES = 6
TOGETHER = timedelta(7)  # moves of the same campaigns in so many days count as one

SENTENCES = {
    "viewer": "Only %(who)s may ask here.",
    "answerer": "Only %(who)s may answer advice, export numbers and subscribe channels.",
    "approver": "This moves more money than everybody may decide about: only %(who)s may "
    "acknowledge it.",
    "admin": "Only %(who)s may see the audit log and change what is set.",
}


class Names(tuple[str, ...]):
    """People's names, which each language puts in a row in its own way."""

    __slots__ = ()

    def __str__(self) -> str:
        return " and ".join((", ".join(self[:-1]), *self[-1:])) if len(self) > 1 else "".join(self)


def require(office: Office, asker: Asker, role: str) -> None:
    """Let through whoever has the role.

    Raises:
        NotAllowed: One sentence that says who may.
    """
    if not may(office, asker.user, role):
        raise NotAllowed(SENTENCES[role], values={"who": _names(office, allowed(office, role))})


def check(office: Office, record: AdviceRecord, verb: str, asker: Asker) -> None:
    """Let through whoever may give this answer; raises NotAllowed.

    What counts is what is agreed to: `record` is the advice as far as the answer goes along.
    """
    require(office, asker, "answerer")
    if verb == "acknowledge" and much(office, office.settings.who.approver_above, record):
        require(office, asker, "approver")


def may(office: Office, user: str, role: str) -> bool:
    """Whether somebody has a role, by their own id or as a member of a user group."""
    ids = allowed(office, role)
    if user in TERMINAL or ids is None or user in ids:
        return True
    return any(user in office.members(each) for each in ids if _is_group(each))


def allowed(office: Office, role: str) -> tuple[str, ...] | None:
    """Ids of people and user groups that have a role; None for everybody."""
    who, at = office.settings.who, ROLES.index(role)
    lists = (who.viewers, who.answerers, who.approvers, who.admins)
    own = next((each for each in reversed(lists[: at + 1]) if each), None)
    if own is None:
        return None
    return tuple(dict.fromkeys([*own, *(one for each in lists[at + 1 :] for one in each)]))


def above(limit: float | dict[str, float] | None, advice: Advice, besides: float = 0.0) -> bool:
    """Whether advice moves more a day than a limit, with what was moved besides.

    Where nobody knows how much it moves, or the limit in its currency, it counts as more.
    """
    if limit is None or advice.action not in MOVES:
        return False
    most = limit.get(advice.currency or "") if isinstance(limit, dict) else limit
    amount = moved(advice)
    return most is None or amount is None or round(amount + besides, 6) > most


def much(office: Office, limit: float | dict[str, float] | None, record: AdviceRecord) -> bool:
    """Whether advice moves more than a limit, alone or with what was agreed to of late."""
    if limit is None or record.advice.action not in MOVES:
        return False
    return above(limit, record.advice) or above(limit, record.advice, _earlier(office, record))


def _earlier(office: Office, record: AdviceRecord) -> float:
    """Currency units a day that were agreed to of late about the same campaigns.

    They count together, so that much money is not moved in small parts that each take nobody.
    """
    said = office.store.history(since=office.clock() - TOGETHER, kinds=(ACKNOWLEDGED,))
    others = {event.subject for event in said} - {record.advice.id}
    known = (office.store.advice(each) for each in sorted(others))
    amounts = (_taken(office, one, record) for one in known if one)
    return sum(amount for amount in amounts if amount)


def _taken(office: Office, other: AdviceRecord, record: AdviceRecord) -> float | None:
    """What other advice about the same campaigns moves, as far as it was agreed to."""
    advice = other.advice
    about = set(record.advice.campaign_ids) & set(advice.campaign_ids)
    if other.state != "acknowledged" or advice.action not in MOVES or not about:
        return None
    return moved(only(advice, acknowledged(office.store, other)))


def moved(advice: Advice) -> float | None:
    """Currency units a day that advice moves: given or taken, whichever is more."""
    before, after = advice.budgets_before, advice.budgets
    if after and set(after) <= set(before):
        steps = [after[each] - before[each] for each in after]
        given = sum(step for step in steps if step > 0)
        return max(given, -sum(step for step in steps if step < 0))
    move = advice.numbers.get("move")
    return abs(float(move)) if isinstance(move, int | float) else None


def _is_group(member: str) -> bool:
    return member.startswith("S")


def _names(office: Office, ids: tuple[str, ...] | None) -> Names:
    """What those who may are called, never a mention; a group by its members."""
    found = list(dict.fromkeys(office.person(user) for user in _people(office, ids or ())))
    return Names((*found[: MOST_NAMES - 1], "…") if len(found) > MOST_NAMES else tuple(found))


def _people(office: Office, ids: tuple[str, ...]) -> Iterator[str]:
    for each in ids:
        yield from sorted(office.members(each)) if _is_group(each) else (each,)
