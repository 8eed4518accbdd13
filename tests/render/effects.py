"""Scenes of what came of a deed, where a target comes from, and when something was or will be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.advice.outcome import Outcome, Pooled
from bot.render.values.advice_card import Card
from bot.render.values.conversation import Definition, Moment, NotKnown, StatedEffect, TargetChange
from bot.render.values.overviews import OutcomeLine, PlanTargets, TargetLine
from bot.render.values.templates import Measured

DAY, READ = dt.date(2026, 10, 12), dt.date(2026, 11, 21)
MORNINGS = ("daily", (1, 2, 3, 4, 5), 1, dt.time(7, 30))
Scenes = dict[str, dict[str, Any]]


def effects(names: Sequence[str], name: str, card: Card) -> Scenes:
    """Every way a deed can have gone, of one campaign and of many."""
    lines = tuple(_line(each, at) for at, each in enumerate(names))
    taken = StatedEffect("taken", name, who=name, day=DAY, days=40, cards=(card,))
    dismissed = replace(taken, kind="dismissed", reason=name)
    return {
        "effect": {"found": StatedEffect("measured", "", lines or (_line(name),))},
        "effect:unread": {"found": StatedEffect("measured", name, (_line(name, 1),))},
        "effect:due": {"found": StatedEffect("measured", name, (_line(name),), due=True)},
        "effect:waiting": {"found": StatedEffect("waiting", name, read_on=READ)},
        "effect:unknown_day": {"found": StatedEffect("waiting", name)},
        "effect:taken": {"found": taken},
        "effect:dismissed": {"found": dismissed},
        "effect:no_reason": {"found": replace(dismissed, reason="")},
        "effect:snoozed": {"found": replace(taken, kind="snoozed")},
        "effect:target": {"found": StatedEffect("target", name, who=name, day=DAY)},
        "effect:a_target": {"found": StatedEffect("target", "", who=name, day=DAY)},
        "effect:nothing_about": {"found": StatedEffect("nothing", name)},
        "effect:nothing": {"found": StatedEffect("nothing")},
        **_targets(names, name),
        **_moments(name),
        "defined:word": {"found": Definition(unknown=name)},
        "not_known:about": {"found": NotKnown("auction", name)},
        "not_known:other": {"found": NotKnown("other", name)},
    }


def _line(name: str, at: int = 0) -> OutcomeLine:
    """A move that worked, by turns with one that could not be read."""
    if at % 2:
        outcome = Outcome("a", "shift", "price", "cpa", DAY, READ, "not_measured",
                          because="tracking")  # fmt: skip
    else:
        outcome = Outcome("a", "shift", "price", "cpa", DAY, READ, "worked", currency="NOK",
                          change=-0.14, low=-0.22, high=-0.05, money=980.0, gain=0.1)  # fmt: skip
    return OutcomeLine(Measured(outcome, "shift_budget", Pooled(3, -0.06, -0.1, -0.02), 2), (name,))


def _targets(names: Sequence[str], name: str) -> Scenes:
    plan = tuple(TargetLine(f"google_ads:{each}", target=250.0, metric="cpa", currency="NOK")
                 for each in names)  # fmt: skip
    change = TargetChange(name, "cpa", "NOK", 240.0, 250.0, name, DAY)
    return {
        "target_change": {"found": change},
        "target_change:first": {"found": replace(change, before=None)},
        "target_change:plan": {"found": replace(change, before=None, day=None)},
        "target_change:none": {"found": TargetChange(name)},
        "targets:no_metric": {"found": PlanTargets(plan, "roas")},
        "targets:few": {"found": PlanTargets(plan[:3])},
    }


def _moments(name: str) -> Scenes:
    aim = Moment("set", name, DAY, before=250.0, now=240.0, who=name, days=40)
    comes = Moment("digest", "", READ, at=dt.time(7, 30), comes=MORNINGS)
    return {
        "moment:last": {"found": Moment("last", name, READ, "leads", now=12.0, days=4)},
        "moment:set": {"found": aim},
        "moment:first_set": {"found": replace(aim, before=None)},
        "moment:never_set": {"found": Moment("never_set", name)},
        "moment:digest": {"found": comes},
        "moment:no_digest": {"found": Moment("no_digest", "")},
        "moment:everything": {"found": Moment("change", "", DAY, "cpa", 312.0, 455.0, "NOK", 9)},
    }
