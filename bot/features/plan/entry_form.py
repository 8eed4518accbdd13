"""The form of a plan entry: stage, model, target, budget and owner of a campaign pattern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

from bot.context.context import SLACK, Office
from bot.domain.replies import Asker
from bot.errors import PerfbotError, UsageError
from bot.features.plan.amounts import given, memo, remembered, since_of
from bot.features.plan.entries import (
    SLACK_USER,
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
    target_of,
    together,
    valid_from,
    values,
    version,
)
from bot.numbers.input.names import normal_name
from bot.policy.permissions import require
from bot.render.values.plans import PlanForm
from bot.store.base import PlanRow

View = dict[str, Any]
LONGEST = 200


def opened(office: Office, pattern: str, asker: Asker) -> View:
    """The form of an entry, or of a new one where the pattern is "" or no longer there."""
    require(office, asker, "admin")
    current_entry = held(office, asker).get(normal_name(pattern)) if pattern else None
    return _view(
        office, asker, _form(office, current_entry, {}), version(office), _known(office, asker)
    )


def previewed(office: Office, view: Mapping[str, Any], asker: Asker) -> View:
    """The form again, with the campaigns it matches.

    A pattern that is in the plan already turns into the form of that entry.
    """
    require(office, asker, "admin")
    inputs, memory = given(view), remembered(view)
    pattern = memory.get("pattern") or _pattern(inputs)
    current_entry = held(office, asker).get(normal_name(pattern)) if pattern else None
    already_planned = current_entry is not None and not memory.get("pattern")
    form = _form(office, current_entry, inputs) if current_entry else _new(inputs)
    all_campaigns = _known(office, asker)
    fits = fitting(all_campaigns, pattern) if pattern else []
    own_pattern = current_entry.entry.match if current_entry else ""
    form = replace(
        form,
        again=already_planned,
        turn=_turn(current_entry.entry.match) if current_entry else "0",
        matched=matched(fits, own_pattern) if pattern else None,
    )
    return _view(office, asker, form, since_of(view), all_campaigns)


def submitted(office: Office, view: Mapping[str, Any], asker: Asker) -> View | None:
    """Keep what was filled in; None where it is kept, else the form with what came between.

    Raises:
        NotAllowed: The asker may not.
        Misfilled: With what is wrong, by field.
    """
    require(office, asker, "admin")
    inputs, memory = given(view), remembered(view)
    all_campaigns = _known(office, asker)
    refuse_forged(inputs, {"plan.channel": dict(channels(all_campaigns))})
    pattern = memory.get("pattern") or _checked_pattern(inputs)
    current_entry = held(office, asker).get(normal_name(pattern))
    new_values = values(office, current_entry, inputs, fitting(all_campaigns, pattern), asker)
    row = _row(office, current_entry, pattern, new_values, asker)
    try:
        keep(office, [row], row.origin, since=since_of(view))
    except Overtaken as overtaken:
        now = held(office, asker).get(normal_name(pattern))
        news = changed(office, overtaken.event, asker)
        form = _form(office, now, inputs) if now else _new(inputs)
        form = replace(form, news=news, turn=_turn(pattern))
        return _view(office, asker, form, version(office), all_campaigns)
    return None


def removed(office: Office, view: Mapping[str, Any], asker: Asker) -> View | None:
    """Take an entry made in Slack away, as `submitted`; the file's of its pattern holds again."""
    require(office, asker, "admin")
    memory = remembered(view)
    current_entry = held(office, asker).get(normal_name(memory.get("pattern", "")))
    if current_entry is None or current_entry.origin == "file":
        return None
    row = _row(office, current_entry, current_entry.entry.match, {}, asker)
    try:
        keep(office, [row], row.origin, since=since_of(view))
    except Overtaken as overtaken:
        news = changed(office, overtaken.event, asker)
        form = replace(_form(office, current_entry, {}), news=news, turn="again")
        return _view(office, asker, form, version(office), _known(office, asker))
    return None


def written(number: object) -> str:
    """A number as it is put into a field again."""
    return f"{float(str(number)):.6f}".rstrip("0").rstrip(".")


def _turn(pattern: str) -> str:
    """Short, and another for each entry."""
    return f"{crc32(pattern.encode()):x}"


def _pattern(inputs: Mapping[str, str]) -> str:
    channel, name = inputs.get("plan.channel", ""), inputs.get("plan.pattern", "")
    return together(channel, name) if channel or name else ""


def _checked_pattern(inputs: Mapping[str, str]) -> str:
    pattern = _pattern(inputs)
    if not pattern:
        error: PerfbotError = UsageError(
            "I need to know which campaigns it is about.",
            hint="Write a name or a pattern like brand*.",
        )
        raise Misfilled({"plan.pattern": error})
    if len(pattern) > LONGEST:
        raise Misfilled({"plan.pattern": UsageError("That is too long for a pattern.")})
    return pattern


def _new(inputs: Mapping[str, str]) -> PlanForm:
    return PlanForm(
        stage=inputs.get("plan.stage", ""),
        pricing=inputs.get("plan.pricing", ""),
        target=inputs.get("plan.target", ""),
        budget=inputs.get("plan.budget", ""),
        owner_id=inputs.get("plan.owner", ""),
    )


def _form(
    office: Office, current_entry: StandingEntry | None, inputs: Mapping[str, str]
) -> PlanForm:
    """The form of an entry; what was already filled in stays."""
    if current_entry is None:
        return _new(inputs)
    entry = current_entry.entry
    stage, pricing = entry.stage or "", entry.pricing_model or ""
    metric, target = target_of(entry, office.judges.get((stage, pricing), ""))
    owner = entry.owner or ""
    return PlanForm(
        pattern=entry.match,
        stage=inputs.get("plan.stage") or stage,
        pricing=inputs.get("plan.pricing") or pricing,
        target=inputs.get("plan.target") or ("" if target is None else written(target)),
        judged=metric,
        budget=inputs.get("plan.budget")
        or ("" if entry.monthly_budget is None else written(entry.monthly_budget)),
        owner=office.person(owner) if owner else "",
        owner_id=inputs.get("plan.owner") or (owner if SLACK_USER.fullmatch(owner) else ""),
        origin=current_entry.origin,
        removable=current_entry.origin != "file",
    )


def _known(office: Office, asker: Asker) -> tuple[PlannedCampaign, ...]:
    return campaigns(office, office.today(asker))


def _view(
    office: Office,
    asker: Asker,
    form: PlanForm,
    since: int,
    all_campaigns: Sequence[PlannedCampaign],
) -> View:
    selection = fitting(all_campaigns, form.pattern) if form.pattern else all_campaigns
    form = replace(form, channels=channels(all_campaigns), currency=currency_of(selection))
    view = office.renderer(asker.language).modal("plan", form=form)
    return memo(view, since=since, pattern=form.pattern)


def _row(
    office: Office,
    current_entry: StandingEntry | None,
    pattern: str,
    values: Mapping[str, Any],
    asker: Asker,
) -> PlanRow:
    origin = current_entry.origin if current_entry and current_entry.origin != "file" else SLACK
    at = office.clock()
    place = current_entry.position if current_entry else _next(office)
    today = valid_from(office, asker)
    return PlanRow(pattern, values, today, asker.user, at, origin, place)


def _next(office: Office) -> int:
    """A place before every other entry made in Slack."""
    rows = (row.position for row in office.store.plan_rows() if row.origin == SLACK)
    return max(rows, default=0) + 1
