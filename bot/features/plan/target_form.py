"""The form of a target: of a cell, channel and pattern, by the metric the cell judges by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from bot.context.context import REST, SLACK, Context, values_of
from bot.errors import PerfbotError, UsageError
from bot.features.plan.entries import (
    PlannedCampaign,
    StandingEntry,
    channels,
    currency_of,
    fitting,
    matched,
    next_position,
    together,
    valid_from,
)
from bot.features.plan.form import (
    Answers,
    Field,
    FieldKind,
    FormStep,
    Misfilled,
    Phase,
    SettingForm,
)
from bot.numbers.input.names import normal_name
from bot.render.values.plans import CellChoice, TargetForm
from bot.store.base import PlanRow

CELL, CHANNEL = "target.cell", "target.channel"
PATTERN, AMOUNT = "target.pattern", "target.amount"
FORM_FIELDS = (CELL, CHANNEL, PATTERN, AMOUNT)


@dataclass(frozen=True)
class TargetRequest:
    """What a form asks for: campaigns of one cell that fit a pattern."""

    cell: CellChoice
    pattern: str
    fits: tuple[PlannedCampaign, ...]

    @property
    def selected(self) -> list[PlannedCampaign]:
        place = (self.cell.stage, self.cell.pricing)
        return [campaign for campaign in self.fits if (campaign.stage, campaign.pricing) == place]


def cells(context: Context, all_campaigns: Sequence[PlannedCampaign]) -> tuple[CellChoice, ...]:
    """The sixteen cells, those with most campaigns first."""
    count = Counter((campaign.stage, campaign.pricing) for campaign in all_campaigns)
    choices = [
        CellChoice(f"{stage}/{pricing}", stage, pricing, judge, count[stage, pricing])
        for (stage, pricing), judge in context.judges.items()
    ]
    return tuple(sorted(choices, key=lambda choice: -choice.campaigns))


def cell_choices(step: FormStep) -> Container[str]:
    """The cells there are, as menus have them."""
    return {f"{stage}/{pricing}" for stage, pricing in step.context.judges}


def _draw(step: FormStep) -> TargetForm:
    request = _request(step)
    selection = request.selected
    form = TargetForm(
        cells=cells(step.context, step.campaigns),
        chosen=request.cell,
        channels=channels(step.campaigns),
        currency=currency_of(selection or step.campaigns),
        news=step.news,
        channel=step.submission.text(CHANNEL),
        pattern=step.submission.text(PATTERN),
        written=step.submission.text(AMOUNT),
    )
    if not step.looks:
        return form
    entries = tuple(dict.fromkeys(campaign.entry for campaign in selection if campaign.entry))
    return replace(
        form, matched=matched(selection), entries=entries[:3], amount=_readable_amount(step)
    )


def _readable_amount(step: FormStep) -> float | None:
    try:
        value = AMOUNT_FIELD.read(step)
    except PerfbotError:
        return None
    return value if isinstance(value, float) else None


def _request(step: FormStep) -> TargetRequest:
    choices = cells(step.context, step.campaigns)
    by_value = {choice.value: choice for choice in choices}
    chosen = by_value.get(step.submission.text(CELL), choices[0])
    pattern = together(step.submission.text(CHANNEL), step.submission.text(PATTERN))
    return TargetRequest(chosen, pattern, tuple(fitting(step.campaigns, pattern)))


def _change(step: FormStep, answers: Answers) -> Sequence[PlanRow]:
    """One row for each entry that holds some of the campaigns, and one for those without any.

    An entry keeps everything else it says, and its place.

    Raises:
        Misfilled: There are no campaigns, several currencies, or others the target would touch.
    """
    request, value = _request(step), answers.number(AMOUNT)
    assert value is not None, "it is required"
    selected = request.selected
    if not selected:
        raise _wrong("No campaign fits that.", "Look with Preview, or make an entry of the plan.")
    if len({campaign.currency for campaign in selected}) > 1:
        raise _wrong("These campaigns are in several currencies.", "Choose a channel of one.")
    return list(_rows(step, request, value))


def _rows(step: FormStep, request: TargetRequest, value: float) -> Iterator[PlanRow]:
    metric = request.cell.judge
    for pattern in dict.fromkeys(campaign.entry for campaign in request.selected):
        unselected = _unselected(step, request, pattern)
        current_entry = step.entries.get(normal_name(pattern)) if pattern else None
        touched = any(campaign.judge == metric for campaign in unselected)
        if touched and not (current_entry and _separable(request, pattern)):
            raise _wrong(
                "Campaigns of other stages share an entry of the plan with these.",
                "Write a pattern that fits only the ones you mean.",
            )
        judges = {campaign.judge for campaign in unselected} if not touched else set()
        values = _merged(current_entry, metric, value, judges)
        yield _row(step, request.pattern, values, current_entry, narrow=touched)


def _unselected(step: FormStep, request: TargetRequest, pattern: str) -> list[PlannedCampaign]:
    """Campaigns an entry holds besides those meant; of those without an entry, that fit."""
    selected, pool = set(request.selected), step.campaigns if pattern else request.fits
    return [campaign for campaign in pool if campaign.entry == pattern and campaign not in selected]


def _separable(request: TargetRequest, pattern: str) -> bool:
    """Whether everything that fits is meant, and held by one entry."""
    return set(request.fits) <= set(request.selected) and all(
        campaign.entry == pattern for campaign in request.fits
    )


def _merged(
    current_entry: StandingEntry | None, metric: str, value: float, judges: AbstractSet[str]
) -> Mapping[str, object]:
    """What the entry says with the new target; targets of other metrics stay as they are.

    `judges` are what the others it holds are judged by.
    """
    stored_values = values_of(current_entry.entry) if current_entry else {}
    target = stored_values.get("target")
    if isinstance(target, Mapping):
        return {**stored_values, "target": {**target, metric: value}}
    if current_entry and judges <= {metric}:
        return {**stored_values, "target": value}
    other_metrics = sorted(judges - {""}) if target is not None else ()
    return {**stored_values, "target": {**dict.fromkeys(other_metrics, target), metric: value}}


def _row(
    step: FormStep,
    pattern: str,
    values: Mapping[str, object],
    current_entry: StandingEntry | None,
    *,
    narrow: bool,
) -> PlanRow:
    """What holds the target: the entry there is, a narrow one before it, or one behind the plan."""
    context, asker = step.context, step.asker
    provenance = (valid_from(context, asker), asker.user, context.clock())
    if current_entry is None:
        return PlanRow(pattern, values, *provenance, REST)
    if narrow:
        return PlanRow(pattern, values, *provenance, SLACK, next_position(context))
    origin = SLACK if current_entry.origin == "file" else current_entry.origin
    return PlanRow(current_entry.entry.match, values, *provenance, origin, current_entry.position)


def _wrong(message: str, hint: str) -> Misfilled:
    return Misfilled({PATTERN: UsageError(message, hint=hint)})


AMOUNT_FIELD = Field(AMOUNT, FieldKind.MONEY, required=True)
TARGET = SettingForm(
    name="target",
    fields=(
        Field(CELL, FieldKind.CHOICE, choices=cell_choices, redraws=Phase.LOOKED),
        Field(CHANNEL, FieldKind.CHOICE),
        Field(PATTERN),
        AMOUNT_FIELD,
    ),
    draw=_draw,
    change=_change,
)
