"""An entry of the plan as it stands, and as a filled-in form leaves it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.desk.office import Office
from bot.desk.plan import REST, SLACK, values_of
from bot.desk.planning_amounts import amount
from bot.desk.planning_kept import Misfilled, valid_from
from bot.desk.planning_match import Campaign, currency_of
from bot.desk.types import Asker
from bot.errors import PerfbotError, UsageError
from bot.numbers.names import normal_name
from bot.numbers.plan import PlanEntry

SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,}")


@dataclass(frozen=True)
class Held:
    """An entry of the plan as it stands, and where it was said."""

    entry: PlanEntry
    origin: str
    position: int = 0


def held(office: Office, asker: Asker) -> dict[str, Held]:
    """Every entry that holds today, by its normal pattern, in the plan's order."""
    today = valid_from(office, asker)
    said = {
        normal_name(row.pattern): row
        for row in office.store.plan_rows(today)
        if row.origin in {SLACK, REST}
    }
    found = {}
    for entry in office.plan(today).entries:
        row = said.get(normal_name(entry.match))
        origin, position = (row.origin, row.position) if row else ("file", 0)
        found[normal_name(entry.match)] = Held(entry, origin, position)
    return found


def target_of(entry: PlanEntry, judge: str) -> tuple[str, float | None]:
    """The target a form shows of an entry, and of which metric ("" for whatever is judged by)."""
    if not isinstance(entry.target, Mapping):
        return judge, None if entry.target is None else float(entry.target)
    metric = judge if judge in entry.target else next(iter(entry.target), judge)
    value = entry.target.get(metric)
    return metric, None if value is None else float(value)


def values(
    office: Office,
    found: Held | None,
    told: Mapping[str, str],
    about: Sequence[Campaign],
    asker: Asker,
) -> dict[str, Any]:
    """What the entry says from now on.

    Raises:
        Misfilled: An amount that cannot be read, or nothing said at all.
    """
    old = values_of(found.entry) if found else {}
    stage, pricing = told.get("plan.stage") or None, told.get("plan.pricing") or None
    minor = office.renderer(asker.language).speech.forms.minor(currency_of(about))
    amounts = _amounts(told, {"plan.target": 6, "plan.budget": minor})
    judge = office.judges.get((stage or "", pricing or ""), "")
    said = {
        **old,
        "stage": stage,
        "pricing_model": pricing,
        "target": _target(found, amounts.get("plan.target"), judge),
        "monthly_budget": amounts.get("plan.budget"),
        "owner": told.get("plan.owner") or _kept_owner(found),
    }
    said = {name: value for name, value in said.items() if value is not None}
    if not said:
        empty = UsageError("The entry says nothing yet.", hint="Fill in one of the fields.")
        raise Misfilled({"plan.stage": empty})
    return said


def _amounts(told: Mapping[str, str], decimals: Mapping[str, int]) -> dict[str, float]:
    found, wrong = {}, {}
    for field, most in decimals.items():
        try:
            if told.get(field):
                found[field] = float(amount(told[field], decimals=most))
        except PerfbotError as error:
            wrong[field] = error
    if wrong:
        raise Misfilled(wrong)
    return found


def _target(found: Held | None, value: float | None, judge: str) -> Any:
    """The target to keep: of several metrics only the one that was shown is replaced."""
    old = found.entry.target if found else None
    if not isinstance(old, Mapping):
        return value
    shown, _ = target_of(found.entry, judge) if found else (judge, None)
    kept = {metric: each for metric, each in old.items() if metric != shown}
    kept |= {shown: value} if value is not None else {}
    return kept or None


def _kept_owner(found: Held | None) -> str | None:
    """An owner who is no member of Slack cannot be shown in the menu: left as it is."""
    owner = found.entry.owner if found else None
    return owner if owner and not SLACK_USER.fullmatch(owner) else None
