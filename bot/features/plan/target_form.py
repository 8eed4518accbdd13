"""The form of a target: of a cell, channel and pattern, by the metric the cell judges by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.context.context import REST, SLACK, Office, values_of
from bot.domain.replies import Asker
from bot.errors import PerfbotError, UsageError
from bot.features.plan.amounts import amount, given, memo, since_of
from bot.features.plan.entries import (
    Misfilled,
    Overtaken,
    PlannedCampaign,
    StandingEntry,
    campaigns,
    changed,
    channels,
    currency_of,
    fitting,
    held,
    keep,
    matched,
    refuse_forged,
    together,
    valid_from,
    version,
)
from bot.numbers.input.names import normal_name
from bot.policy.permissions import require
from bot.render.values.plans import CellChoice, Changed, TargetForm
from bot.store.base import PlanRow

View = dict[str, Any]
PATTERN = "target.pattern"


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


def opened(office: Office, asker: Asker) -> View:
    """The form, at the cell most campaigns are in."""
    require(office, asker, "admin")
    return _view(office, asker, {}, version(office), _known(office, asker))


def previewed(office: Office, view: Mapping[str, Any], asker: Asker) -> View:
    """The form again with the campaigns it is about; also after another cell was chosen."""
    require(office, asker, "admin")
    since = since_of(view)
    return _view(office, asker, given(view), since, _known(office, asker), look=True)


def submitted(office: Office, view: Mapping[str, Any], asker: Asker) -> View | None:
    """Keep the target; None where it is kept, else the form with what came between.

    Raises:
        NotAllowed: The asker may not.
        Misfilled: With what is wrong, by field.
    """
    require(office, asker, "admin")
    inputs, since = given(view), since_of(view)
    value = _value(inputs)
    all_campaigns = _known(office, asker)
    places = [cell.value for cell in cells(office, all_campaigns)]
    refuse_forged(inputs, {"target.cell": places, "target.channel": dict(channels(all_campaigns))})
    rows = _rows(office, asker, _wanted(office, all_campaigns, inputs), value, all_campaigns)
    patterns = [row.pattern for row in rows]
    try:
        with office.store.atomic():
            for origin in dict.fromkeys(row.origin for row in rows):
                same = [row for row in rows if row.origin == origin]
                keep(office, same, origin, since=since, guarded_patterns=patterns)
                since = version(office)  # our own first half is no news to the second
    except Overtaken as overtaken:
        news = changed(office, overtaken.event, asker)
        return _view(office, asker, inputs, version(office), all_campaigns, look=True, news=news)
    return None


def cells(office: Office, all_campaigns: Sequence[PlannedCampaign]) -> tuple[CellChoice, ...]:
    """The sixteen cells, those with most campaigns first."""
    count = Counter((campaign.stage, campaign.pricing) for campaign in all_campaigns)
    choices = [
        CellChoice(f"{stage}/{pricing}", stage, pricing, judge, count[stage, pricing])
        for (stage, pricing), judge in office.judges.items()
    ]
    return tuple(sorted(choices, key=lambda choice: -choice.campaigns))


def _view(  # noqa: PLR0913  # what a form is made of
    office: Office,
    asker: Asker,
    inputs: Mapping[str, str],
    since: int,
    all_campaigns: Sequence[PlannedCampaign],
    *,
    look: bool = False,
    news: Changed | None = None,
) -> View:
    scope = _wanted(office, all_campaigns, inputs)
    selection = scope.selected
    form = TargetForm(
        cells=cells(office, all_campaigns),
        chosen=scope.cell,
        channels=channels(all_campaigns),
        currency=currency_of(selection or all_campaigns),
        news=news,
    )
    if look:
        entries = tuple(dict.fromkeys(campaign.entry for campaign in selection if campaign.entry))
        form = replace(form, matched=matched(selection), entries=entries[:3])
        form = replace(form, amount=_readable(inputs))
    view = office.renderer(asker.language).modal("target", form=form)
    return memo(view, since=since)


def _readable(inputs: Mapping[str, str]) -> float | None:
    try:
        return _value(inputs)
    except Misfilled:
        return None


def _value(inputs: Mapping[str, str]) -> float:
    try:
        return float(amount(inputs.get("target.amount", "")))
    except PerfbotError as error:
        raise Misfilled({"target.amount": error}) from None


def _known(office: Office, asker: Asker) -> tuple[PlannedCampaign, ...]:
    return campaigns(office, office.today(asker))


def _wanted(
    office: Office, all_campaigns: Sequence[PlannedCampaign], inputs: Mapping[str, str]
) -> TargetRequest:
    choices = cells(office, all_campaigns)
    chosen = {choice.value: choice for choice in choices}.get(
        inputs.get("target.cell", ""), choices[0]
    )
    pattern = together(inputs.get("target.channel", ""), inputs.get(PATTERN, ""))
    return TargetRequest(chosen, pattern, tuple(fitting(all_campaigns, pattern)))


def _rows(
    office: Office,
    asker: Asker,
    scope: TargetRequest,
    value: float,
    all_campaigns: Sequence[PlannedCampaign],
) -> list[PlanRow]:
    """One row for each entry that holds some of the campaigns, and one for those without any.

    An entry keeps everything else it says, and its place.

    Raises:
        Misfilled: There are no campaigns, several currencies, or others the target would touch.
    """
    selected = scope.selected
    if not selected:
        raise _wrong("No campaign fits that.", "Look with Preview, or make an entry of the plan.")
    if len({campaign.currency for campaign in selected}) > 1:
        raise _wrong("These campaigns are in several currencies.", "Choose a channel of one.")
    return list(_each(office, asker, scope, value, all_campaigns))


def _each(
    office: Office,
    asker: Asker,
    scope: TargetRequest,
    value: float,
    all_campaigns: Sequence[PlannedCampaign],
) -> Iterator[PlanRow]:
    selected, metric = set(scope.selected), scope.cell.judge
    entries = held(office, asker)
    for pattern in dict.fromkeys(campaign.entry for campaign in scope.selected):
        pool = [
            campaign
            for campaign in (all_campaigns if pattern else scope.fits)
            if campaign.entry == pattern
        ]
        unselected = [campaign for campaign in pool if campaign not in selected]
        current_entry = entries.get(normal_name(pattern)) if pattern else None
        touched = any(campaign.judge == metric for campaign in unselected)
        if touched and not (
            current_entry and set(scope.fits) <= selected and _all_of(scope, pattern)
        ):
            raise _wrong(
                "Campaigns of other stages share an entry of the plan with these.",
                "Write a pattern that fits only the ones you mean.",
            )
        entry_values = _merged(current_entry, value, metric, () if touched else unselected)
        yield _row(office, asker, scope, entry_values, current_entry, narrow=touched)


def _all_of(scope: TargetRequest, pattern: str) -> bool:
    return all(campaign.entry == pattern for campaign in scope.fits)


def _merged(
    current_entry: StandingEntry | None,
    value: float,
    metric: str,
    unselected: Sequence[PlannedCampaign],
) -> dict[str, Any]:
    """What the entry says with the new target; targets of other metrics stay as they are."""
    stored_values = values_of(current_entry.entry) if current_entry else {}
    target = stored_values.get("target")
    if isinstance(target, Mapping):
        return {**stored_values, "target": {**target, metric: value}}
    if current_entry and not any(campaign.judge != metric for campaign in unselected):
        return {**stored_values, "target": value}
    judges = (
        {campaign.judge for campaign in unselected if campaign.judge}
        if target is not None
        else set()
    )
    return {**stored_values, "target": {**dict.fromkeys(sorted(judges), target), metric: value}}


def _row(  # noqa: PLR0913  # what a row is made of
    office: Office,
    asker: Asker,
    scope: TargetRequest,
    values: Mapping[str, Any],
    current_entry: StandingEntry | None,
    *,
    narrow: bool,
) -> PlanRow:
    provenance = (valid_from(office, asker), asker.user, office.clock())
    if current_entry is None:
        return PlanRow(scope.pattern, values, *provenance, REST)
    if narrow:
        before = (entry.position for entry in held(office, asker).values() if entry.origin == SLACK)
        return PlanRow(scope.pattern, values, *provenance, SLACK, max(before, default=0) + 1)
    origin = SLACK if current_entry.origin == "file" else current_entry.origin
    return PlanRow(current_entry.entry.match, values, *provenance, origin, current_entry.position)


def _wrong(message: str, hint: str) -> Misfilled:
    return Misfilled({PATTERN: UsageError(message, hint=hint)})
