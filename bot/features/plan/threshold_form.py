"""The form of a threshold: one number of one cell, with a look back at what it would have said.

What a threshold set otherwise would have said over the last mornings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from bot.advice.rules.rulebook import Cell, Rulebook, Thresholds
from bot.backtest import Asked, Change, backtest
from bot.backtest.ledger import Moment
from bot.context.context import THRESHOLD, Office
from bot.domain.replies import Asker
from bot.errors import PerfbotError, UsageError
from bot.features.plan.amounts import given, memo, number, since_of
from bot.features.plan.entries import (
    Misfilled,
    Overtaken,
    campaigns,
    changed,
    keep,
    refuse_forged,
    valid_from,
    version,
)
from bot.features.plan.target_form import cells
from bot.numbers.plan import Plan
from bot.policy.permissions import require
from bot.render.plan_sentences import THRESHOLDS
from bot.render.values.plans import Changed, Looked, RuleChange, ThresholdForm
from bot.store.base import PlanRow

MORNINGS = 28
READ_BACK = 182  # days the rules look back at most from the first of them
MOST_RULES = 6


@dataclass(frozen=True)
class Dialled(Thresholds):
    """A table in which one threshold of one cell holds over channels and captured demand too.

    As an override does: what somebody set is meant as it stands.
    """

    dialled: Mapping[str, tuple[str, float]] = field(default_factory=dict)

    def numbers(self, cell: Cell, channel: str = "", *, captured: bool = False) -> dict[str, float]:
        """The row as it applies to a campaign of that channel."""
        found = super().numbers(cell, channel, captured=captured)
        own = self.dialled.get(cell.name)
        return found | {own[0]: own[1]} if own else found


def dialled(rulebook: Rulebook, cell: Cell, name: str, value: float) -> Rulebook:
    """The rulebook with a threshold of a cell set."""
    table = rulebook.thresholds
    changed = replace(cell, numbers={**cell.numbers, name: value})
    return replace(
        rulebook,
        thresholds=Dialled(
            table.default,
            {key: changed if one.name == cell.name else one for key, one in table.cells.items()},
            table.channels,
            table.captured,
            {cell.name: (name, value)},
        ),
    )


def look_back(  # noqa: PLR0913, PLR0917  # what a look back depends on
    office: Office, asker: Asker, cell: Cell, name: str, now: float, value: float
) -> Looked:
    """What the rules would have said over the last 28 mornings, with a new value and with `now`.

    Raises:
        NoNumbers: There are none for these mornings.
    """
    until = office.today(asker)
    since = until - timedelta(days=MORNINGS - 1)
    plan = _without(office.plan(until), cell, name)
    numbers = office.store.numbers(
        since - timedelta(READ_BACK), until - timedelta(1), as_of=until, history=True
    )
    before, after = (dialled(office.rulebook, cell, name, each) for each in (now, value))
    asked = Asked(since, until, _reading(office.rulebook, name), changed=after, seeds=())
    found = backtest(numbers, before, asked, plan, office.store.window_reach())
    changes = [_told(rule.title, rule.change) for rule in found.rules if rule.change]
    changes = [one for one in changes if one.added or one.removed]
    changes.sort(key=lambda one: -(one.added + one.removed))
    return Looked(
        since, until, value, tuple(changes[:MOST_RULES]), max(0, len(changes) - MOST_RULES)
    )


def _without(plan: Plan, cell: Cell, name: str) -> Plan:
    """The plan without this very override, which would hide what is tried out."""
    place = (name, cell.stage, cell.pricing)
    kept = (one for one in plan.overrides if (one.name, one.stage, one.pricing_model) != place)
    return replace(plan, overrides=tuple(kept))


def _reading(rulebook: Rulebook, name: str) -> tuple[str, ...]:
    """The rules that read a threshold; none named (all) where it is only the engine's."""
    wanted = f"threshold.{name}"
    peers = name == "peers"
    return tuple(
        rule.id
        for rule in rulebook.rules
        if wanted in rule.reads or (peers and any(one.endswith(".peers") for one in rule.reads))
    )


def _told(title: str, change: Change) -> RuleChange:
    return RuleChange(
        title=title,
        added=change.only_after,
        removed=change.only_before,
        kept=change.both,
        gained=_examples(change.gained),
        lost=_examples(change.lost),
    )


def _examples(moments: Iterable[Moment]) -> tuple[tuple[str, date], ...]:
    return tuple((one.campaign_name, one.on) for one in moments)[:3]


View = dict[str, Any]
VALUE = "threshold.value"


@dataclass(frozen=True)
class Dial:
    """A threshold of a cell: as it holds now, and as the rules themselves have it."""

    cell: Cell
    name: str
    value: float
    own: float

    @property
    def pattern(self) -> str:
        return f"{self.cell.name}.{self.name}"


def opened(office: Office, asker: Asker) -> View:
    """The form, at the cell most campaigns are in and the first threshold."""
    require(office, asker, "admin")
    return _view(office, asker, _form(office, asker, {}), version(office))


def chosen(office: Office, view: Mapping[str, Any], asker: Asker) -> View:
    """The form after another cell or threshold was chosen: its value as it holds now."""
    require(office, asker, "admin")
    return _view(office, asker, _form(office, asker, given(view)), _since(view))


def working(office: Office, view: Mapping[str, Any], asker: Asker) -> View:
    """The form while the look back is under way."""
    require(office, asker, "admin")
    form = replace(_form(office, asker, given(view)), working=True)
    return _view(office, asker, form, _since(view))


def previewed(office: Office, view: Mapping[str, Any], asker: Asker) -> View:
    """The form with what the new value would have said over the last 28 mornings."""
    require(office, asker, "admin")
    told = given(view)
    form, dial = _form(office, asker, told), _dial(office, asker, told)
    try:
        looked = look_back(office, asker, dial.cell, dial.name, dial.value, _value(told, dial))
        form = replace(form, looked=looked)
    except PerfbotError as error:
        wrong = next(iter(error.wrong.values())) if isinstance(error, Misfilled) else error
        form = replace(form, failed=sentence(office, asker, wrong))
    return _view(office, asker, form, _since(view))


def submitted(office: Office, view: Mapping[str, Any], asker: Asker) -> View | None:
    """Keep the new value; None where it is kept, else the form with what came between.

    An empty value brings the rules' own back.

    Raises:
        NotAllowed: The asker may not.
        Misfilled: No number.
    """
    require(office, asker, "admin")
    told = given(view)
    places = [f"{stage}/{pricing}" for stage, pricing in office.judges]
    refuse_forged(told, {"threshold.cell": places, "threshold.name": _names(office)})
    dial = _dial(office, asker, told)
    value = _value(told, dial)
    values = {} if not told.get(VALUE) else {"value": value}
    today = valid_from(office, asker)
    row = PlanRow(dial.pattern, values, today, asker.user, office.clock(), THRESHOLD)
    try:
        keep(office, [row], THRESHOLD, since=_since(view))
    except Overtaken as overtaken:
        news = changed(office, overtaken.event, asker)
        form = replace(_form(office, asker, told), news=news)
        return _view(office, asker, form, version(office))
    return None


def sentence(office: Office, asker: Asker, error: PerfbotError) -> str:
    """An error as plain text in the asker's language."""
    return office.renderer(asker.language).plainly(error)


def _view(office: Office, asker: Asker, form: ThresholdForm, since: int) -> View:
    return memo(office.renderer(asker.language).modal("threshold", form=form), since=since)


def _since(view: Mapping[str, Any]) -> int:
    return since_of(view)


def _form(
    office: Office, asker: Asker, told: Mapping[str, str], news: Changed | None = None
) -> ThresholdForm:
    choices = cells(office, campaigns(office, office.today(asker)))
    dial = _dial(office, asker, {"threshold.cell": choices[0].value, **told})
    place = {one.value: one for one in choices}[dial.cell.name]
    return ThresholdForm(
        cells=choices,
        chosen=place,
        names=_names(office),
        name=dial.name,
        value=dial.value,
        own=dial.own,
        news=news,
    )


def _names(office: Office) -> tuple[str, ...]:
    """The thresholds there are words for first; `captured` marks campaigns and is none."""
    known = office.rulebook.thresholds.names - {"captured"}
    order = {name: place for place, name in enumerate(THRESHOLDS)}
    return tuple(sorted(known, key=lambda name: (order.get(name, len(order)), name)))


def _dial(office: Office, asker: Asker, told: Mapping[str, str]) -> Dial:
    places = {f"{stage}/{pricing}": (stage, pricing) for stage, pricing in office.judges}
    chosen = told.get("threshold.cell", "")
    place = places.get(chosen) or next(iter(places.values()))
    cell = office.rulebook.thresholds.cell(*place)
    names = _names(office)
    name = told.get("threshold.name", "")
    name = name if name in names else names[0]
    own = float(cell.numbers[name])
    value = own
    for each in office.plan(valid_from(office, asker)).overrides:
        if (each.name, each.stage, each.pricing_model) == (name, cell.stage, cell.pricing):
            value = float(each.value)
    return Dial(cell, name, value, own)


def _value(told: Mapping[str, str], dial: Dial) -> float:
    """The new value; the rules' own where the field is empty.

    Raises:
        Misfilled: No number, or nothing where something has to be.
    """
    if not told.get(VALUE):
        return dial.own
    try:
        found = float(number(told[VALUE]))
        if found == 0 and dial.own > 0:
            raise UsageError("It has to be over 0.")
    except PerfbotError as error:
        raise Misfilled({VALUE: error}) from None
    return found
