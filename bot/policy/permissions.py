"""Who may: ask, answer, decide about much money, change what is set.

Part of what is advised: `ack 50%`, `ack to 400`. The budgets somebody agreed to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from bot.context.context import Context
from bot.domain.advice import Advice
from bot.domain.money import WHOLE_FROM
from bot.domain.replies import Asker, Door
from bot.errors import NotAllowed, UsageError
from bot.question.vocabulary import HALVES
from bot.render.number_formats import NumberForms
from bot.store.base import AdviceRecord, Store

NUMBER = r"\d{1,12}(?:[.,]\d{1,4})?"
SHARE = re.compile(rf"(?P<share>{NUMBER})\s*(?:%|percent|per cent|prosent)")
AMOUNT = re.compile(rf"(?:to|til)\s+(?P<amount>{NUMBER})(?:\s*[a-zæøå]{{2,3}}\.?|\s*[€$£])?")
ACKNOWLEDGED = "advice.acknowledge"


@dataclass(frozen=True)
class AgreedPart:
    """A share of the change (0-1), or the new daily budget of one of its campaigns."""

    share: Decimal | None = None
    amount: Decimal | None = None


def part_of(text: str) -> AgreedPart | None:
    """`50%`, `50 prosent`, `half`, `to 400`, `til 1 400,50 kr` as a part; None where it is none."""
    phrase = " ".join(text.casefold().split())
    phrase = re.sub(r"(?<=\d)[\s\u00a0](?=\d{3}\b)", "", phrase)
    if phrase in HALVES:
        return AgreedPart(share=Decimal("0.5"))
    if match := SHARE.fullmatch(phrase):
        return AgreedPart(share=_number(match["share"]) / 100)
    match = AMOUNT.fullmatch(phrase)
    return AgreedPart(amount=_number(match["amount"])) if match else None


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def agreed(advice: Advice, part: AgreedPart) -> dict[str, float]:
    """The daily budgets of a part of the change; a shift's total is kept.

    A share of budgets from 100 up comes in whole units, anything else to the minor unit.

    Raises:
        UsageError: No budget is known, or it is no part of what is advised.
    """
    steps = _steps(advice)
    if not steps:
        raise UsageError(
            "No daily budget is known, so it cannot be acknowledged in part.",
            hint="Acknowledge it whole, or dismiss it.",
        )
    share = part.share if part.amount is None else _share(steps, part.amount)
    if share is None or not 0 < share <= 1:
        raise _no_part(steps)
    whole = part.share is not None and all(min(pair) >= WHOLE_FROM for pair in steps.values())
    unit = Decimal(1) if whole else Decimal(1).scaleb(-NumberForms("en").minor(advice.currency))
    return {key: float(budget) for key, budget in _scaled(steps, share, unit).items()}


Steps = Mapping[str, tuple[Decimal, Decimal]]


def _steps(advice: Advice) -> Steps:
    """Campaign id to its daily budget before and after, where both are known."""
    if not advice.budgets or not set(advice.budgets) <= set(advice.budgets_before):
        return {}
    return {
        key: (Decimal(str(advice.budgets_before[key])), Decimal(str(after)))
        for key, after in advice.budgets.items()
    }


def _share(steps: Steps, amount: Decimal) -> Decimal | None:
    """How much of the change brings one campaign's budget there; None where none fits alone."""
    shares = [
        (amount - before) / (after - before)
        for before, after in steps.values()
        if after != before and min(before, after) <= amount <= max(before, after)
    ]
    return shares[0] if len(shares) == 1 else None


def _scaled(steps: Steps, share: Decimal, unit: Decimal) -> dict[str, Decimal]:
    """Each budget moved by its share; what the last one gets makes the total come out."""
    moved = {
        key: ((after - before) * share).quantize(unit, ROUND_HALF_EVEN)
        for key, (before, after) in steps.items()
    }
    if sum(after - before for before, after in steps.values()) == 0:
        *other_keys, last_key = moved
        moved[last_key] = -sum((moved[key] for key in other_keys), Decimal(0))
    return {key: steps[key][0] + step for key, step in moved.items()}


def _no_part(steps: Steps) -> UsageError:
    before, after = next(iter(steps.values()))
    low, high = (format(budget.normalize(), "f") for budget in sorted((before, after)))
    return UsageError(
        "That is not a part of what is advised.",
        hint="Say an amount between %(low)s and %(high)s, or a share under 100 %%.",
        values={"low": low, "high": high},
    )


def only(advice: Advice, budgets: Mapping[str, float]) -> Advice:
    """The advice as far as it was agreed to; itself where it was agreed to whole."""
    return replace(advice, budgets={**advice.budgets, **budgets}) if budgets else advice


def acknowledged(store: Store, record: AdviceRecord) -> Mapping[str, float]:
    """The budgets agreed to, where that was less than advised: read from the event that says so."""
    if record.state != "acknowledged":
        return {}
    events = store.events(subject=record.advice.id, kind=ACKNOWLEDGED)
    budgets: Mapping[str, float] = events[-1].details.get("budgets", {}) if events else {}
    return budgets


ROLES = ("viewer", "answerer", "approver", "admin")  # who may do more may also do less
MOVES = (
    "shift_budget",
    "raise_budget",
    "cut_budget",
    "raise_bid",
    "pause",
    "adjust_pacing",
    "amplify",
)
MOST_NAMES = 6
TOGETHER = timedelta(7)  # moves of the same campaigns in so many days count as one

SENTENCES = {
    "viewer": "Only %(who)s may ask here.",
    "answerer": "Only %(who)s may answer advice, export numbers and subscribe channels.",
    "approver": "This moves more money than everybody may decide about: only %(who)s may "
    "acknowledge it.",
    "applier": "Only %(who)s may have budgets set at a platform.",
    "importer": "Only %(who)s may import numbers.",
    "admin": "Only %(who)s may see the audit log and change what is set.",
}


class PeoplesNames(tuple[str, ...]):
    """People's names, which each language puts in a row in its own way."""

    __slots__ = ()

    def __str__(self) -> str:
        return " and ".join((", ".join(self[:-1]), *self[-1:])) if len(self) > 1 else "".join(self)


def require(context: Context, asker: Asker, role: str) -> None:
    """Let through whoever has the role.

    Raises:
        NotAllowed: One sentence that says who may.
    """
    if not may(context, asker, role):
        raise NotAllowed(SENTENCES[role], values={"who": _names(context, allowed(context, role))})


def require_importer(context: Context, asker: Asker) -> None:
    """Let through admins: numbers that come in change what everybody sees.

    Raises:
        NotAllowed: One sentence that says who may.
    """
    if not may(context, asker, "admin"):
        who = _names(context, allowed(context, "admin"))
        raise NotAllowed(SENTENCES["importer"], values={"who": who})


def require_applier(context: Context, asker: Asker) -> None:
    """Let through approvers, where somebody is named one: budgets at a platform are nobody else's.

    Raises:
        NotAllowed: One sentence that says who may.
    """
    approver_ids = allowed(context, "approver") if asker.door is Door.SLACK else ()
    if approver_ids is None:
        raise NotAllowed(
            "Nobody is named who may have budgets set at a platform.",
            hint="Name them in [who] approvers.",
        )
    if not may(context, asker, "approver"):
        raise NotAllowed(SENTENCES["applier"], values={"who": _names(context, approver_ids)})


def check(context: Context, record: AdviceRecord, verb: str, asker: Asker) -> None:
    """Let through whoever may give this answer; raises NotAllowed.

    What counts is what is agreed to: `record` is the advice as far as the answer goes along.
    """
    require(context, asker, "answerer")
    if verb == "acknowledge" and much(context, context.settings.who.approver_above, record):
        require(context, asker, "approver")


def may(context: Context, asker: Asker, role: str) -> bool:
    """Whether somebody has a role, by their own id or as a member of a user group.

    Through Slack's door nobody may anything without an id, whatever that id is called.
    """
    if asker.door is not Door.SLACK:
        return asker.door is Door.TERMINAL or role == "viewer"
    if not asker.user:
        return False
    ids = allowed(context, role)
    if ids is None or asker.user in ids:
        return True
    return any(
        asker.user in context.members(member_id) for member_id in ids if _is_group(member_id)
    )


def allowed(context: Context, role: str) -> tuple[str, ...] | None:
    """Ids of people and user groups that have a role; None for everybody."""
    grants, at = context.settings.who, ROLES.index(role)
    lists = (grants.viewers, grants.answerers, grants.approvers, grants.admins)
    role_ids = next((ids for ids in reversed(lists[: at + 1]) if ids), None)
    if role_ids is None:
        return None
    return tuple(
        dict.fromkeys([*role_ids, *(member_id for ids in lists[at + 1 :] for member_id in ids)])
    )


def above(limit: float | dict[str, float] | None, advice: Advice, besides: float = 0.0) -> bool:
    """Whether advice moves more a day than a limit, with what was moved besides.

    Where nobody knows how much it moves, or the limit in its currency, it counts as more.
    """
    if limit is None or advice.action not in MOVES:
        return False
    most = limit.get(advice.currency or "") if isinstance(limit, dict) else limit
    amount = moved(advice)
    return most is None or amount is None or round(amount + besides, 6) > most


def much(context: Context, limit: float | dict[str, float] | None, record: AdviceRecord) -> bool:
    """Whether advice moves more than a limit, alone or with what was agreed to of late."""
    if limit is None or record.advice.action not in MOVES:
        return False
    return above(limit, record.advice) or above(limit, record.advice, _earlier(context, record))


def _earlier(context: Context, record: AdviceRecord) -> float:
    """Currency units a day that were agreed to of late about the same campaigns.

    They count together, so that much money is not moved in small parts that each take nobody.
    """
    events = context.store.history(since=context.clock() - TOGETHER, kinds=(ACKNOWLEDGED,))
    other_ids = {event.subject for event in events} - {record.advice.id}
    records = (context.store.advice(advice_id) for advice_id in sorted(other_ids))
    amounts = (_taken(context, earlier, record) for earlier in records if earlier)
    return sum(amount for amount in amounts if amount)


def _taken(context: Context, earlier: AdviceRecord, record: AdviceRecord) -> float | None:
    """What other advice about the same campaigns moves, as far as it was agreed to."""
    advice = earlier.advice
    shared_ids = set(record.advice.campaign_ids) & set(advice.campaign_ids)
    if earlier.state != "acknowledged" or advice.action not in MOVES or not shared_ids:
        return None
    return moved(only(advice, acknowledged(context.store, earlier)))


def moved(advice: Advice) -> float | None:
    """Currency units a day that advice moves: given or taken, whichever is more."""
    before, after = advice.budgets_before, advice.budgets
    if after and set(after) <= set(before):
        steps = [after[campaign_id] - before[campaign_id] for campaign_id in after]
        raised = sum(step for step in steps if step > 0)
        return max(raised, -sum(step for step in steps if step < 0))
    move = advice.numbers.get("move")
    return abs(float(move)) if isinstance(move, int | float) else None


def _is_group(member: str) -> bool:
    return member.startswith("S")


def _names(context: Context, ids: tuple[str, ...] | None) -> PeoplesNames:
    """What those who may are called, never a mention; a group by its members."""
    names = list(dict.fromkeys(context.person(user) for user in _people(context, ids or ())))
    return PeoplesNames(
        (*names[: MOST_NAMES - 1], "…") if len(names) > MOST_NAMES else tuple(names)
    )


def _people(context: Context, ids: tuple[str, ...]) -> Iterator[str]:
    for member_id in ids:
        yield from sorted(context.members(member_id)) if _is_group(member_id) else (member_id,)
