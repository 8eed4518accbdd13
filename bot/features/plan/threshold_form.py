"""The form of a threshold: one number of one cell, with a look back at what it would have said.

What a threshold set otherwise would have said over the last mornings.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.advice.rules.rulebook import Cell, Rulebook, Thresholds
from bot.backtest import Alteration, BacktestRequest, backtest
from bot.backtest.ledger import CampaignMorning
from bot.context.context import THRESHOLD
from bot.errors import PerfbotError, UsageError
from bot.features.plan.entries import valid_from
from bot.features.plan.form import Answers, Field, FieldKind, FormStep, Phase, SettingForm
from bot.features.plan.target_form import cell_choices, cells
from bot.numbers.plan import Plan
from bot.render.plan_sentences import THRESHOLDS
from bot.render.values.plans import Looked, RuleChange, ThresholdForm
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


def look_back(step: FormStep, dial: Dial, value: float) -> Looked:
    """What the rules would have said over the last 28 mornings, with a new value and as it holds.

    Raises:
        NoNumbers: There are none for these mornings.
    """
    context, until = step.context, step.context.today(step.asker)
    since = until - timedelta(days=MORNINGS - 1)
    numbers = context.numbers(
        since - timedelta(READ_BACK), until - timedelta(1), as_of=until, history=True
    )
    before, after = (
        dialled(context.rulebook, dial.cell, dial.name, threshold)
        for threshold in (dial.value, value)
    )
    rules = _reading(context.rulebook, dial.name)
    request = BacktestRequest(since, until, rules, changed=after, seeds=())
    plan = _without(context.plan(until), dial.cell, dial.name)
    backtest_result = backtest(numbers, before, request, plan, context.store.window_reach())
    rule_changes = [_told(rule.title, rule.change) for rule in backtest_result.rules if rule.change]
    return _looked(request, value, rule_changes)


def _looked(request: BacktestRequest, value: float, rule_changes: Sequence[RuleChange]) -> Looked:
    changes = [change for change in rule_changes if change.added or change.removed]
    changes.sort(key=lambda change: -(change.added + change.removed))
    further = max(0, len(changes) - MOST_RULES)
    return Looked(request.since, request.until, value, tuple(changes[:MOST_RULES]), further)


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


CELL, NAME, VALUE = "threshold.cell", "threshold.name", "threshold.value"


def _draw(step: FormStep) -> ThresholdForm:
    choices, dial = cells(step.context, step.campaigns), _dial(step)
    form = ThresholdForm(
        cells=choices,
        chosen={choice.value: choice for choice in choices}[dial.cell.name],
        names=_names(step.context.rulebook),
        name=dial.name,
        value=dial.value,
        own=dial.own,
        news=step.news,
        working=step.phase is Phase.WORKING,
    )
    return _previewed(step, form, dial) if step.phase is Phase.LOOKED else form


def _previewed(step: FormStep, form: ThresholdForm, dial: Dial) -> ThresholdForm:
    """With what the new value would have said over the last 28 mornings."""
    try:
        value = VALUE_FIELD.read(step)
        new_value = value if isinstance(value, float) else dial.own
        return replace(form, looked=look_back(step, dial, new_value))
    except PerfbotError as error:
        return replace(form, failed=step.context.renderer(step.asker.language).plainly(error))


def _change(step: FormStep, answers: Answers) -> Sequence[PlanRow]:
    """The new value; nothing written brings the rules' own back."""
    context, asker = step.context, step.asker
    value = answers.number(VALUE)
    values = {} if value is None else {"value": value}
    today = valid_from(context, asker)
    return [PlanRow(_dial(step).pattern, values, today, asker.user, context.clock(), THRESHOLD)]


def _over_nothing(step: FormStep, value: float) -> None:
    if value == 0 and _dial(step).own > 0:
        raise UsageError("It has to be over 0.")


def _names(rulebook: Rulebook) -> tuple[str, ...]:
    """The thresholds there are words for first; `captured` marks campaigns and is none."""
    thresholds = rulebook.thresholds.names - {"captured"}
    order = {name: place for place, name in enumerate(THRESHOLDS)}
    return tuple(sorted(thresholds, key=lambda name: (order.get(name, len(order)), name)))


def _name_choices(step: FormStep) -> Container[str]:
    return _names(step.context.rulebook)


def _dial(step: FormStep) -> Dial:
    """The threshold that is chosen: by default the first, of the cell most campaigns are in."""
    cell, name = _cell(step), step.submission.text(NAME)
    names = _names(step.context.rulebook)
    name = name if name in names else names[0]
    own = float(cell.numbers[name])
    place = (name, cell.stage, cell.pricing)
    overrides = step.context.plan(valid_from(step.context, step.asker)).overrides
    values = [
        float(override.value)
        for override in overrides
        if (override.name, override.stage, override.pricing_model) == place
    ]
    return Dial(cell, name, [own, *values][-1], own)


def _cell(step: FormStep) -> Cell:
    value = step.submission.inputs.get(CELL)
    if value is None:
        value = cells(step.context, step.campaigns)[0].value
    places = {f"{stage}/{pricing}": (stage, pricing) for stage, pricing in step.context.judges}
    place = places.get(value) or next(iter(places.values()))
    return step.context.rulebook.thresholds.cell(*place)


VALUE_FIELD = Field(VALUE, FieldKind.NUMBER, bound=_over_nothing)
THRESHOLD_FORM = SettingForm(
    name="threshold",
    fields=(
        Field(CELL, FieldKind.CHOICE, choices=cell_choices, redraws=Phase.CHOSEN),
        Field(NAME, FieldKind.CHOICE, choices=_name_choices, redraws=Phase.CHOSEN),
        VALUE_FIELD,
    ),
    draw=_draw,
    change=_change,
    slow=True,
)
