"""The form of a threshold: one number of one cell, with a look back at what it would have said.

What a threshold set otherwise would have said over the last mornings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from bot.advice.rules.rulebook import Cell, Rulebook, Thresholds
from bot.backtest import Alteration, BacktestRequest, backtest
from bot.backtest.ledger import CampaignMorning
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
        row = super().numbers(cell, channel, captured=captured)
        override = self.dialled.get(cell.name)
        return row | {override[0]: override[1]} if override else row


def dialled(rulebook: Rulebook, cell: Cell, name: str, value: float) -> Rulebook:
    """The rulebook with a threshold of a cell set."""
    table = rulebook.thresholds
    changed = replace(cell, numbers={**cell.numbers, name: value})
    return replace(
        rulebook,
        thresholds=Dialled(
            table.default,
            {
                key: changed if table_cell.name == cell.name else table_cell
                for key, table_cell in table.cells.items()
            },
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
    before, after = (dialled(office.rulebook, cell, name, threshold) for threshold in (now, value))
    request = BacktestRequest(
        since, until, _reading(office.rulebook, name), changed=after, seeds=()
    )
    backtest_result = backtest(numbers, before, request, plan, office.store.window_reach())
    changes = [_told(rule.title, rule.change) for rule in backtest_result.rules if rule.change]
    changes = [change for change in changes if change.added or change.removed]
    changes.sort(key=lambda change: -(change.added + change.removed))
    return Looked(
        since, until, value, tuple(changes[:MOST_RULES]), max(0, len(changes) - MOST_RULES)
    )


def _without(plan: Plan, cell: Cell, name: str) -> Plan:
    """The plan without this very override, which would hide what is tried out."""
    place = (name, cell.stage, cell.pricing)
    overrides = (
        override
        for override in plan.overrides
        if (override.name, override.stage, override.pricing_model) != place
    )
    return replace(plan, overrides=tuple(overrides))


def _reading(rulebook: Rulebook, name: str) -> tuple[str, ...]:
    """The rules that read a threshold; none named (all) where it is only the engine's."""
    threshold_key = f"threshold.{name}"
    peers = name == "peers"
    return tuple(
        rule.id
        for rule in rulebook.rules
        if threshold_key in rule.reads
        or (peers and any(input_name.endswith(".peers") for input_name in rule.reads))
    )


def _told(title: str, change: Alteration) -> RuleChange:
    return RuleChange(
        title=title,
        added=change.only_after,
        removed=change.only_before,
        kept=change.both,
        gained=_examples(change.gained),
        lost=_examples(change.lost),
    )


def _examples(moments: Iterable[CampaignMorning]) -> tuple[tuple[str, date], ...]:
    return tuple((moment.campaign_name, moment.on) for moment in moments)[:3]


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
    inputs = given(view)
    form, dial = _form(office, asker, inputs), _dial(office, asker, inputs)
    try:
        looked = look_back(office, asker, dial.cell, dial.name, dial.value, _value(inputs, dial))
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
    inputs = given(view)
    places = [f"{stage}/{pricing}" for stage, pricing in office.judges]
    refuse_forged(inputs, {"threshold.cell": places, "threshold.name": _names(office)})
    dial = _dial(office, asker, inputs)
    value = _value(inputs, dial)
    values = {} if not inputs.get(VALUE) else {"value": value}
    today = valid_from(office, asker)
    row = PlanRow(dial.pattern, values, today, asker.user, office.clock(), THRESHOLD)
    try:
        keep(office, [row], THRESHOLD, since=_since(view))
    except Overtaken as overtaken:
        news = changed(office, overtaken.event, asker)
        form = replace(_form(office, asker, inputs), news=news)
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
    office: Office, asker: Asker, inputs: Mapping[str, str], news: Changed | None = None
) -> ThresholdForm:
    choices = cells(office, campaigns(office, office.today(asker)))
    dial = _dial(office, asker, {"threshold.cell": choices[0].value, **inputs})
    place = {choice.value: choice for choice in choices}[dial.cell.name]
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
    thresholds = office.rulebook.thresholds.names - {"captured"}
    order = {name: place for place, name in enumerate(THRESHOLDS)}
    return tuple(sorted(thresholds, key=lambda name: (order.get(name, len(order)), name)))


def _dial(office: Office, asker: Asker, inputs: Mapping[str, str]) -> Dial:
    places = {f"{stage}/{pricing}": (stage, pricing) for stage, pricing in office.judges}
    chosen = inputs.get("threshold.cell", "")
    place = places.get(chosen) or next(iter(places.values()))
    cell = office.rulebook.thresholds.cell(*place)
    names = _names(office)
    name = inputs.get("threshold.name", "")
    name = name if name in names else names[0]
    rule_value = float(cell.numbers[name])
    value = rule_value
    for override in office.plan(valid_from(office, asker)).overrides:
        if (override.name, override.stage, override.pricing_model) == (
            name,
            cell.stage,
            cell.pricing,
        ):
            value = float(override.value)
    return Dial(cell, name, value, rule_value)


def _value(inputs: Mapping[str, str], dial: Dial) -> float:
    """The new value; the rules' own where the field is empty.

    Raises:
        Misfilled: No number, or nothing where something has to be.
    """
    if not inputs.get(VALUE):
        return dial.own
    try:
        value = float(number(inputs[VALUE]))
        if value == 0 and dial.own > 0:
            raise UsageError("It has to be over 0.")
    except PerfbotError as error:
        raise Misfilled({VALUE: error}) from None
    return value
